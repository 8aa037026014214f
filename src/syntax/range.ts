import { fail } from "../source/diagnostic.js";
import { cover, type Span } from "../source/span.js";
import {
  type Chain,
  finish,
  finishAll,
  finishOperands,
  first,
  flat,
  type Items,
  more,
  type Operands,
  over,
  type Pending,
} from "./build.js";
import { relations, type Token } from "./tokens.js";
import type { Condition, Domain, Relation, SimpleDomain, Tree } from "./tree.js";

/** Postprocessors for what integrals and sums that reach to the end of the product run over. Of constant cost, as those of `build.ts`. */
export type Range = Listed | { readonly clauses: Chain<Divided> };

/** Labels and, where it is written, their domain. */
interface Listed {
  readonly labels: Chain<Tree>;
  readonly domain: Domain | undefined;
}

/** `p`, `p \in Z^3`, `p \in Z^3 \setminus \{0\}` or `p \neq q`. */
type Clause =
  | { readonly label: Pending; readonly domain?: Chain<SimpleDomain>; readonly sign?: Token; readonly without?: Items }
  | { readonly relations: Related };

/** `sum relation sum relation ...` */
interface Related {
  readonly before: Related | undefined;
  readonly sign: Token | undefined;
  readonly side: Pending;
}

interface Divided {
  readonly divider: Token | undefined;
  readonly clause: Clause;
}

export function range(labels: Chain<Tree>, domain?: Domain): Range {
  return { labels, domain };
}

export function clauses(list: Chain<Divided>): Range {
  return { clauses: list };
}

export function firstClause(clause: Clause): Chain<Divided> {
  return first({ divider: undefined, clause });
}

export function moreClauses(before: Chain<Divided>, divider: Token, clause: Clause): Chain<Divided> {
  return more(before, { divider, clause });
}

export function related(before: Related | undefined, sign: Token | undefined, side: Pending): Related {
  return { before, sign, side };
}

/** An integral or a sum that reaches to the end of the product. A domain under an integral is that of its labels. */
export function prefixed(open: Token, range: Range, operands: Operands): Tree {
  const body = finishOperands(operands);
  const span = cover(open, body.span);
  const { labels, domains, conditions } = "clauses" in range ? conditional(flat(range.clauses)) : listed(range);
  const stated = domains.some((domain) => domain !== undefined) ? { domains } : {};
  if (open.text === "\\sum")
    return {
      kind: "summation",
      labels,
      ...stated,
      ...(conditions.length > 0 ? { conditions } : {}),
      body,
      span,
    };
  const [condition] = conditions;
  if (condition !== undefined)
    fail("integral-limits", condition.span, "found a condition under an integral sign; only a sum takes one", "write it as a factor");
  return { kind: "integral", labels, ...stated, ...over(open), body, span };
}

interface Under {
  readonly labels: readonly Tree[];
  readonly domains: readonly (Domain | undefined)[];
  readonly conditions: readonly Condition[];
}

function listed({ labels, domain }: Listed): Under {
  const list = flat(labels);
  return { labels: list, domains: list.map(() => domain), conditions: [] };
}

/**
 * Labels and conditions in the written order. A domain is that of all names since the last clause with a domain or a relation;
 * of which of them a condition is meant is for elaboration to say.
 */
function conditional(list: readonly Divided[]): Under {
  const labels: Tree[] = [];
  const domains: (Domain | undefined)[] = [];
  const conditions: Condition[] = [];
  let group: Tree[] = [];
  let only = false;
  for (const { divider, clause } of list) {
    if (divider !== undefined && divider.type !== ",") group = [];
    if (divider?.type === "colon" || divider?.type === "bar") {
      if (only) fail("condition", divider, `found a second "${divider.text}" under a sum; conditions are separated by commas`);
      only = true;
    }
    if ("relations" in clause) {
      for (const condition of chained(clause.relations, group, only)) conditions.push(condition);
      group = [];
      continue;
    }
    const label = finish(clause.label);
    if (only)
      fail(
        "condition",
        label.span,
        "found no condition behind the colon under a sum; expected one such as p \\neq 0",
        "list labels in front of it",
      );
    labels.push(label);
    domains.push(undefined);
    group.push(label);
    if (clause.domain === undefined) continue;
    const domain = flat(clause.domain);
    domains.fill(domain, labels.length - group.length);
    const without = clause.without === undefined ? [] : finishAll(clause.without);
    for (const left of group)
      for (const right of without)
        conditions.push({ relation: "\\ne", left, right, before: [], only: true, span: cover(left.span, right.span) });
    group = [];
  }
  return { labels, domains, conditions };
}

const relationOf = ({ text }: Token): Relation => (relations.get(text) ?? text) as Relation;

/** `1 \le i < j` is two conditions. */
function chained(last: Related, before: readonly Tree[], only: boolean): Condition[] {
  const chain: Related[] = [];
  for (let at: Related | undefined = last; at !== undefined; at = at.before) chain.push(at);
  const sides = chain.reverse().map(({ side }) => finish(side));
  const span: Span = cover((sides[0] as Tree).span, (sides[sides.length - 1] as Tree).span);
  const signs = chain.slice(1).map(({ sign }) => relationOf(sign as Token));
  if (signs.length > 1 && signs.includes("\\ne"))
    fail(
      "condition",
      span,
      "found a chain with \\neq under a sum, which does not say whether the outer two are different",
      "write each pair, as in \\sum_{m, n, l: m \\neq n, n \\neq l, m \\neq l}",
    );
  return signs.map((relation, k): Condition => {
    const [left, right] = [sides[k] as Tree, sides[k + 1] as Tree];
    return { relation, left, right, before: k === 0 ? before : [], only, span: cover(left.span, right.span) };
  });
}

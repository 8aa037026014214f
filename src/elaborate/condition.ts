import type { Argument, Expression, Kind } from "../core/expression.js";
import { one, zero } from "../core/rational.js";
import { fail } from "../source/diagnostic.js";
import { codeOf, valueText } from "../source/symbols.js";
import type { Condition, Tree } from "../syntax/tree.js";
import { deltaOf } from "./algebra.js";
import { at, local } from "./environment.js";
import { describe } from "./kinds.js";
import { indexKinds, readArgument, readFree } from "./label.js";
import type { Env } from "./meaning.js";
import { negative, numberAt, productOf, spend, sumOf } from "./meaning.js";
import { mentions } from "./mention.js";
import { labelForm, occurrence, spell } from "./name.js";
import { between } from "./special.js";

/**
 * Sums with conditions. `\sum_{p \neq 0} E` is `\sum_p (1 - \delta_{p,0}) E`, and i < j is the sum of
 * \delta_{i,a} \delta_{j,b} over the values a < b of a finite set of numbers.
 *
 * Which labels the sum is over, as a physicist reads it: those that are listed; the label on the left of an
 * inequality, as the m of `\sum_{m \neq n}`; and its other labels unless they have a meaning outside, which they have when an
 * outer sum or a definition binds them, or when they are free elsewhere in the statement. Without one they must at least be in
 * the summand: `\sum_{m \neq n} f(m)` alone may be either.
 */
export interface UnderSum {
  readonly labels: readonly Tree[];
  readonly conditions: readonly Meant[];
}

/** A condition, and all that it is meant of: both labels of `p, q \neq 0`. */
interface Meant {
  readonly condition: Condition;
  readonly lefts: readonly Tree[];
}

interface Named {
  readonly name: string;
  readonly tree: Tree;
}

/** Most products of deltas that one `i < j` may become. */
const mostPairs = 2_000;

export function underSum(tree: Tree & { kind: "summation" }, env: Env): UnderSum {
  const { conditions = [] } = tree;
  if (conditions.length === 0) return { labels: tree.labels, conditions: [] };
  const labels = [...tree.labels];
  const listed = new Set(labels.flatMap((label) => nameOf(label) ?? []));
  const add = ({ name, tree: label }: Named): void => {
    if (listed.has(name)) return;
    listed.add(name);
    labels.push(label);
  };
  const outside = ({ name }: Named): boolean =>
    local(env, name)?.meant.kind === "labels" || (env.closed === undefined && env.site === undefined && mentions(env.work.trees, name));
  // `q \neq p, p \neq 0`: the second says that p is one of the sum's labels.
  const own = conditions.filter(
    (each) => binds(each) && each.relation === "\\ne" && nameOf(each.left) !== undefined && labelsIn(each.right, env).length === 0,
  );
  const meant = conditions.map((condition): Meant => {
    const name = nameOf(condition.left);
    const fresh = binds(condition) && name !== undefined && !listed.has(name);
    const right = new Set(labelsIn(condition.right, env).map((label) => label.name));
    const shared = fresh && condition.before.every((label) => !right.has(nameOf(label) ?? ""));
    return { condition, lefts: shared ? [...condition.before, condition.left] : [condition.left] };
  });
  for (const { left } of own) add({ name: nameOf(left) ?? "", tree: left });
  for (const condition of conditions) {
    if (!binds(condition)) continue;
    const name = nameOf(condition.left);
    const open = (side: Tree): readonly Named[] => labelsIn(side, env).filter((label) => !listed.has(label.name));
    const [lefts, rights] = [open(condition.left), open(condition.right)];
    const first = lefts[0];
    if (condition.relation === "\\ne" && name !== undefined && first !== undefined) {
      const other = rights.find((label) => label.name !== name);
      if (other !== undefined && outside(first)) ambiguous(first, other, condition, env);
      add(first);
    } else for (const label of lefts) if (!outside(label)) add(label);
    for (const label of rights) {
      if (listed.has(label.name) || outside(label)) continue;
      if (!mentions([tree.body], label.name))
        ambiguous(first ?? { name: spell(condition.left), tree: condition.left }, label, condition, env);
      add(label);
    }
  }
  if (labels.length === 0) nothing(tree, conditions[0] as Condition, env);
  return { labels, conditions: meant };
}

/** Whether a condition may name labels of the sum. */
const binds = ({ only, relation }: Condition): boolean => !only && relation !== "=";

function nameOf(tree: Tree): string | undefined {
  const o = occurrence(tree);
  return o && labelForm(o)?.name;
}

/** The labels that a side names, in their order. */
function labelsIn(tree: Tree, env: Env): readonly Named[] {
  switch (tree.kind) {
    case "group":
      return labelsIn(tree.body, env);
    case "list":
    case "juxtaposition":
      return tree.items.flatMap((item) => labelsIn(item, env));
    case "sum":
      return tree.terms.flatMap((term) => (term.tree ? labelsIn(term.tree, env) : []));
    case "name":
    case "script": {
      const o = occurrence(tree);
      const name = nameOf(tree);
      if (!o || name === undefined) return [];
      return local(env, name)?.meant.kind === "labels" || indexKinds(o, env) ? [{ name, tree }] : [];
    }
    default:
      return [];
  }
}

const textOf = ({ left, relation, right }: Condition): string =>
  `${spell(left)} ${relation === "\\ne" ? "\\neq" : relation} ${spell(right)}`;

function ambiguous(left: Named, right: Named, condition: Condition, env: Env): never {
  const text = textOf(condition);
  return fail(
    "ambiguous-sum",
    at(env, condition),
    `found a sum over \`${text}\`, which does not say whether \`${left.name}\` alone is summed over or \`${right.name}\` too`,
    `list them: \\sum_{${left.name}: ${text}} for ${left.name} alone, \\sum_{${left.name},${right.name}: ${text}} for both`,
  );
}

function nothing(tree: Tree, condition: Condition, env: Env): never {
  const text = textOf(condition);
  const names = [...labelsIn(condition.left, env), ...labelsIn(condition.right, env)].map((label) => label.name);
  return fail(
    "sum-without-labels",
    at(env, condition),
    condition.relation === "="
      ? `found an equation under a sum, \`${text}\`, which does not say what is summed over`
      : `found a sum over \`${text}\`, whose labels all have a meaning outside of it`,
    condition.relation === "=" && names.length === 1 && tree.kind === "summation"
      ? `an upper limit is missing, as in \\sum_{${names[0]}=1}^{2}, or write \\sum_{${names[0]}: ${text}}`
      : `list the labels in front of it: \\sum_{${names.join(",") || "m"}: ${text}}`,
  );
}

/** The factors that a condition stands for, each 0 or 1; the sum's labels are bound in `env`. */
export function conditionFactors({ condition, lefts }: Meant, env: Env): readonly Expression[] {
  return lefts.map((left) => {
    const span = at(env, condition);
    if (condition.relation === "\\ne" || condition.relation === "=") {
      const equal = between([left, condition.right], span, env);
      if (condition.relation === "=") return equal;
      return sumOf([numberAt(one, span), negative(equal, span)], span);
    }
    return ordered(left, condition, env);
  });
}

/** i < j for labels and values of finite sets of numbers. */
function ordered(left: Tree, condition: Condition, env: Env): Expression {
  const { relation } = condition;
  const span = at(env, condition);
  const [a, b] = [sideOf(left, env), sideOf(condition.right, env)];
  const holds = (x: number, y: number): boolean =>
    relation === "<" ? x < y : relation === ">" ? x > y : relation === "\\le" ? x <= y : x >= y;
  if (a.values.length * b.values.length > 2 * mostPairs)
    fail("too-large", span, `found an inequality between labels of ${a.values.length} and ${b.values.length} values, which is too many`);
  const terms: Expression[] = [];
  for (const x of a.values)
    for (const y of b.values)
      if (holds(x, y)) {
        spend(env, span);
        terms.push(productOf([...a.is(x), ...b.is(y)], span));
      }
  return terms.length === 0 ? numberAt(zero, span) : sumOf(terms, span);
}

interface Side {
  readonly values: readonly number[];
  /** That it has this value, as factors. */
  readonly is: (value: number) => readonly Expression[];
}

function sideOf(tree: Tree, env: Env): Side {
  const span = at(env, tree);
  const read = readFree(tree, env);
  if (!Array.isArray(read)) {
    const { n, d } = read as { readonly n: bigint; readonly d: bigint };
    if (d !== 1n || codeOf(spell(tree)) !== undefined) return noOrder(spell(tree), "which is no whole number", tree, env);
    return { values: [Number(n)], is: () => [] };
  }
  const [argument, ...others] = read as readonly Argument[];
  if (argument === undefined || others.length > 0) return noOrder(spell(tree), "expected a label in a finite set of numbers", tree, env);
  const kind = argument.of;
  if (argument.kind !== "label" || kind.kind !== "finite" || kind.size || kind.values.some((value) => valueText(value) !== String(value)))
    return noOrder(spell(tree), `in ${describe(kind)}, which has no order here`, tree, env);
  return { values: kind.values, is: (value) => [deltaOf(argument, valueIn(kind, value, tree, env), span)] };
}

const valueIn = (kind: Kind, value: number, tree: Tree, env: Env): Argument =>
  readArgument({ kind: "number", text: String(value), span: tree.span }, [kind], env)[0] as Argument;

function noOrder(text: string, what: string, tree: Tree, env: Env): never {
  return fail(
    "bad-condition",
    at(env, tree),
    `found \`${text}\` in an inequality under a sum, ${what}`,
    "only labels of a set such as {1..6} are ordered; what is symmetric in m and n is \\frac12 \\sum_{m \\neq n}",
  );
}

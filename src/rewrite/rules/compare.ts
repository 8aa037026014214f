import type { Argument, Expression, Label } from "../../core/expression.js";
import { equals } from "../../core/rational.js";
import { type Collected, collect } from "./canonical.js";
import { freeLabels, substitute, Unrepresentable } from "./labels.js";
import { measure } from "./node.js";
import type { RuleSet } from "./rule.js";
import { canonicalRules } from "./sets.js";
import { type Limits, type Normalized, normalize } from "./strategy.js";

export interface Comparison {
  readonly equal: boolean | "undecided";
  /** Why nothing was decided: a limit, or a part that the rules do not understand. */
  readonly reason?: string;
  /** One normal form a case: free labels of a finite kind are given each of their values. */
  readonly cases: readonly { readonly left: Normalized; readonly right: Normalized }[];
}

/** Cases beyond which free finite labels are not tried out. */
const mostCases = 64;

/** All ways to give the free labels of finite kinds their values. */
function assignments(labels: readonly Label[]): readonly ReadonlyMap<number, Argument>[] | undefined {
  let all: ReadonlyMap<number, Argument>[] = [new Map()];
  for (const label of labels) {
    const { kind } = label;
    // A label of {1..p} stays free: its values are not known.
    if (kind.kind !== "finite" || kind.size !== undefined) continue;
    if (all.length * kind.values.length > mostCases) return undefined;
    all = all.flatMap((map) =>
      kind.values.map((value) => new Map([...map, [label.id, { kind: "constant", of: kind, value } as Argument]])),
    );
  }
  return all;
}

const normalForms = (a: Collected, b: Collected): boolean => {
  if (a.terms.size !== b.terms.size) return false;
  for (const [key, x] of a.terms) {
    const y = b.terms.get(key);
    if (!y || !equals(x.re, y.re) || !equals(x.im, y.im)) return false;
  }
  return true;
};

/**
 * Compares two expressions by rules only. Both become sums of integrals of c-numbers times normal-ordered operators,
 * and equal terms are found by trying all names of bound labels.
 *
 * `false` is said only where differing normal forms mean differing operators: not where a bound label stands in a
 * combination such as V(x-y) (a shift of the label gives another form of the same integral), nor where an exponential or
 * a root of a sum remains, nor beyond the limits.
 */
export function compareByRules(left: Expression, right: Expression, rules: RuleSet = canonicalRules(), options: Limits = {}): Comparison {
  for (const side of [left, right]) {
    const size = measure(side, options.nodes ?? 20_000);
    if (size.depth > (options.depth ?? 400) || size.nodes > (options.nodes ?? 20_000))
      return { equal: "undecided", reason: "the expression is too large", cases: [] };
  }
  const free = new Map([...freeLabels(left), ...freeLabels(right)]);
  const maps = assignments([...free.values()]);
  if (!maps) return { equal: "undecided", reason: "too many free labels of finite kinds", cases: [] };
  const cases: { left: Normalized; right: Normalized }[] = [];
  let equal: Comparison["equal"] = true;
  let reason: string | undefined;
  for (const map of maps) {
    let a: Normalized;
    let b: Normalized;
    try {
      a = normalize(substitute(left, map), rules, { steps: 5_000, nodes: 20_000, ...options, record: false });
      b = normalize(substitute(right, map), rules, { steps: 5_000, nodes: 20_000, ...options, record: false });
    } catch (caught) {
      if (caught instanceof Unrepresentable)
        return { equal: "undecided", reason: "a label inside the generator of a unitary is free", cases };
      throw caught;
    }
    cases.push({ left: a, right: b });
    const stopped = a.why !== "done" ? a.why : b.why;
    const one = collect(a.result);
    const two = collect(b.result);
    if (stopped !== "done" || !one || !two) {
      equal = "undecided";
      reason = stopped !== "done" ? stopped : "a part of the normal form is not understood by the rules";
      continue;
    }
    if (normalForms(one, two)) continue;
    if (!one.doubtful && !two.doubtful) return { equal: false, cases };
    equal = "undecided";
    reason = "the normal forms differ in a part whose equality they do not decide";
  }
  return { equal, ...(reason === undefined ? {} : { reason }), cases };
}

/** Whether both are the same operator, by rules only; the slow reference for the engine. */
export function equalByRules(a: Expression, b: Expression): boolean | "undecided" {
  return compareByRules(a, b).equal;
}

import type { Expression } from "../../core/expression.js";
import type { Binding } from "./binding.js";
import type { Labels } from "./labels.js";
import { flatten } from "./node.js";
import { type Rewrite, rewrites } from "./pattern.js";

/**
 * A rule of the algebra. Those with a left and a right side come from `rules/*.wick`; a computed one is for what no
 * pattern can say (the number of ladder operators of a term, the values that a finite label runs through).
 */
export type Rule = PatternRule | ComputedRule;

interface Common {
  readonly name: string;
  /** The comment above the rule: what it says and where it is from. */
  readonly source: string;
}

export interface PatternRule extends Common {
  readonly kind: "pattern";
  readonly left: Expression;
  readonly right: Expression;
  /** Names of the variables on the left, by the way they are matched. */
  readonly variables: Variables;
  /** The file, and the line where the rule starts. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export interface ComputedRule extends Common {
  readonly kind: "computed";
  readonly apply: (node: Expression, labels: Labels) => Expression | undefined;
}

export interface Variables {
  readonly operators: ReadonlyMap<string, number>;
  readonly labels: ReadonlyMap<string, number>;
  readonly scalars: ReadonlyMap<string, number>;
  readonly species: ReadonlyMap<string, number>;
  readonly symbols: ReadonlyMap<string, number>;
  readonly unitaries: ReadonlyMap<string, number>;
}

/** A condition on what the variables stand for. */
export type Guard = (b: Binding, v: Variables) => boolean;

/** A choice of rules in the order in which they are tried, with the conditions of this choice. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  /** Conditions without which a rule is false. */
  readonly conditions: ReadonlyMap<string, Guard>;
  /** Conditions that give a direction to a rule that is true either way. */
  readonly directions: ReadonlyMap<string, Guard>;
  /** Rules that change the order of ladder operators, not to be used under `\Nor`. */
  readonly ordering: ReadonlySet<string>;
}

/** The rewrites of one node by one rule that its conditions admit, in a fixed order. */
export function* apply(
  rule: Rule,
  node: Expression,
  set: RuleSet,
  labels: Labels,
  directed = true,
): Generator<Rewrite | { binding?: undefined; before: Expression; after: Expression; node: Expression }> {
  if (rule.kind === "computed") {
    const made = rule.apply(node, labels);
    const after = made && flatten(made);
    if (after) yield { before: node, after, node: after };
    return;
  }
  const condition = set.conditions.get(rule.name);
  const direction = directed ? set.directions.get(rule.name) : undefined;
  yield* rewrites(
    rule.left,
    rule.right,
    node,
    labels,
    (b) => (!condition || condition(b, rule.variables)) && (!direction || direction(b, rule.variables)),
  );
}

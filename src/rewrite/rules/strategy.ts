import type { Expression } from "../../core/expression.js";
import { advance, type Derivation, replaceAt, type Step } from "./derivation.js";
import { Labels, separate, smallestId } from "./labels.js";
import { children, flatten, isScalar, measure, withChildren } from "./node.js";
import { apply, type Rule, type RuleSet } from "./rule.js";
import { derivedLadder, withinComponents } from "./space.js";

export interface Limits {
  /** Steps after which to stop. Default 20,000. */
  readonly steps?: number;
  /** Nodes of the expression beyond which to stop. Default 50,000. */
  readonly nodes?: number;
  /** Nesting beyond which an expression is refused. Default 400. */
  readonly depth?: number;
  /** Whether to keep the steps, default true. Without it the derivation is empty, and the run faster. */
  readonly record?: boolean;
}

export interface Normalized {
  readonly result: Expression;
  readonly why: "done" | "step limit" | "too large";
  readonly derivation: Derivation;
}

/**
 * Rewrites until no rule applies. Innermost first, from left to right, and at one place the first rule of the set that
 * matches, in its first match: the run depends on nothing but the expression and the rules.
 *
 * A node without a redex is remembered (states share what a step leaves alone), so that a step costs about its
 * path and not the whole expression.
 */
export function normalize(expression: Expression, rules: RuleSet, options: Limits = {}): Normalized {
  const stepLimit = options.steps ?? 20_000;
  const nodeLimit = options.nodes ?? 50_000;
  const depthLimit = options.depth ?? 400;
  const record = options.record ?? true;
  const size = measure(expression, nodeLimit);
  if (size.nodes > nodeLimit || size.depth > depthLimit)
    return { result: expression, why: "too large", derivation: { start: expression, steps: [] } };
  const labels = new Labels(smallestId(expression));
  const start = flatten(separate(expression, labels));
  const steps: Step[] = [];
  // Two memories: under `\Nor` fewer rules may be used.
  const done = { open: new WeakSet<Expression>(), normal: new WeakSet<Expression>() };
  let state = start;
  let why: Normalized["why"] = "done";
  let nodes = size.nodes;
  let count = 0;
  for (;;) {
    const redex = find(state, rules, labels, done);
    if (!redex) {
      // A power that is not multiplied out is left by its size alone.
      if (hasOperatorPower(state)) why = "too large";
      break;
    }
    if (count >= stepLimit) {
      why = "step limit";
      break;
    }
    const after = replaceAt(state, redex.path, redex.node, withChildren);
    count++;
    if (record) {
      const next = advance(state, after);
      steps.push({
        rule: redex.rule,
        path: redex.path,
        before: redex.before,
        after: redex.after,
        patches: next.patches,
        state: next.state,
      });
      state = next.state;
    } else state = after;
    nodes += Math.max(0, measure(redex.node, nodeLimit).nodes - redex.nodes);
    if (nodes > nodeLimit) {
      const now = measure(state, nodeLimit);
      nodes = now.nodes;
      if (now.nodes > nodeLimit || now.depth > depthLimit) {
        why = "too large";
        break;
      }
    }
  }
  return { result: state, why, derivation: { start, steps } };
}

function hasOperatorPower(e: Expression): boolean {
  return (e.kind === "power" && e.exponent.d === 1n && e.exponent.n > 0n && !isScalar(e)) || children(e).some(hasOperatorPower);
}

/** Whether the expression is a sum of integrals of c-numbers times creators times annihilators: nothing is left to be worked out. */
export function isNormalForm(e: Expression): boolean {
  const settled = (s: Expression): boolean =>
    s.kind !== "expectation" && s.kind !== "contraction" && s.kind !== "part" && s.kind !== "normal" && children(s).every(settled);
  return (e.kind === "sum" ? e.terms : [e]).every((term) => {
    const body = withinComponents(term.kind === "bind" ? term.body : term).of;
    let level = 0;
    return (body.kind === "product" ? body.factors : [body]).every((factor) => {
      const before = level;
      const ladder = derivedLadder(factor)?.ladder;
      level = ladder ? (ladder.creation ? 1 : 2) : 0;
      return level >= before && (ladder !== undefined || (isScalar(factor) && settled(factor)));
    });
  });
}

const byKind = new WeakMap<RuleSet, Map<Expression["kind"], readonly Rule[]>>();

/** The rules that may match a node of a kind, in their order. */
function rulesFor(set: RuleSet, kind: Expression["kind"]): readonly Rule[] {
  let table = byKind.get(set);
  if (!table) {
    table = new Map();
    byKind.set(set, table);
  }
  let list = table.get(kind);
  if (!list) {
    list = set.rules.filter((rule) => rule.kind === "computed" || rule.left.kind === kind);
    table.set(kind, list);
  }
  return list;
}

interface Redex {
  readonly path: readonly number[];
  readonly rule: string;
  readonly before: Expression;
  readonly after: Expression;
  readonly node: Expression;
  readonly nodes: number;
}

function find(
  root: Expression,
  set: RuleSet,
  labels: Labels,
  done: { open: WeakSet<Expression>; normal: WeakSet<Expression> },
): Redex | undefined {
  const path: number[] = [];
  const visit = (node: Expression, inNormal: boolean): Redex | undefined => {
    const memory = inNormal ? done.normal : done.open;
    if (memory.has(node)) return undefined;
    // What stands inside an expectation or a part is an operator again, not a word to be reordered.
    const inner =
      node.kind === "normal" ? true : node.kind === "expectation" || node.kind === "contraction" || node.kind === "part" ? false : inNormal;
    const parts = children(node);
    for (let i = 0; i < parts.length; i++) {
      path.push(i);
      const found = visit(parts[i] as Expression, inner);
      if (found) return found;
      path.pop();
    }
    for (const rule of rulesFor(set, node.kind)) {
      if (inNormal && set.ordering.has(rule.name)) continue;
      for (const rewrite of apply(rule, node, set, labels))
        return {
          path: [...path],
          rule: rule.name,
          before: rewrite.before,
          after: rewrite.after,
          node: rewrite.node,
          nodes: measure(node).nodes,
        };
    }
    memory.add(node);
    return undefined;
  };
  return visit(root, false);
}

import { enablePatches, Immer, type Patch } from "immer";
import type { Expression } from "../../core/expression.js";
import { alphaEqual, Labels, smallestId } from "./labels.js";
import { children } from "./node.js";
import { apply, type RuleSet } from "./rule.js";

/**
 * A derivation: the states of an expression under rules, one rule a step. Each state shares with the one before it
 * all that the step left alone; `patches` lead from one to the next.
 */
export interface Derivation {
  readonly start: Expression;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly rule: string;
  /** Child numbers from the root to the node at which the rule was used. */
  readonly path: readonly number[];
  /** The part of that node that the left side of the rule matched, and what became of it. */
  readonly before: Expression;
  readonly after: Expression;
  readonly patches: readonly Patch[];
  /** The whole expression after the step. */
  readonly state: Expression;
}

enablePatches();
// Expressions belong to their callers, so nothing is frozen.
const immer = new Immer({ autoFreeze: false });

/** The expression with the node at the path replaced; everything above it is flattened again. */
export function replaceAt(
  root: Expression,
  path: readonly number[],
  node: Expression,
  rebuild: (e: Expression, parts: readonly Expression[]) => Expression,
): Expression {
  const chain: Expression[] = [root];
  for (const index of path) chain.push(children(chain[chain.length - 1] as Expression)[index] as Expression);
  let result = node;
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const parent = chain[depth] as Expression;
    const parts = [...children(parent)];
    parts[path[depth] as number] = result;
    result = rebuild(parent, parts);
  }
  return result;
}

type Fields = Record<string, unknown>;

/** The field of the part or list of parts; a node with two parts is replaced whole. */
const childField = (e: Expression): string | undefined => {
  switch (e.kind) {
    case "sum":
      return "terms";
    case "product":
      return "factors";
    case "power":
      return "base";
    case "bind":
      return "body";
    default:
      return "of" in e ? "of" : undefined;
  }
};

/**
 * The next state and the patches to it, which name no more than what differs: the walk goes down as long as a node
 * only has one child that is not shared.
 */
export function advance(before: Expression, after: Expression): { readonly state: Expression; readonly patches: readonly Patch[] } {
  if (before.kind !== after.kind || childField(before) === undefined) {
    return { state: after, patches: [{ op: "replace", path: [], value: after }] };
  }
  const [state, patches] = immer.produceWithPatches(before, (draft) => {
    graft(draft as unknown as Fields, before, after);
  });
  return { state: state as Expression, patches };
}

function graft(draft: Fields, before: Expression, after: Expression): void {
  let place = draft;
  let from = before;
  let to = after;
  for (;;) {
    const field = childField(from) as string;
    for (const key of Object.keys(to))
      if (key !== field && (to as unknown as Fields)[key] !== (from as unknown as Fields)[key]) place[key] = (to as unknown as Fields)[key];
    const old = children(from);
    const now = children(to);
    let head = 0;
    while (head < old.length && head < now.length && old[head] === now[head]) head++;
    let tail = 0;
    while (tail < old.length - head && tail < now.length - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
    const gone = old.length - head - tail;
    const made = now.length - head - tail;
    if (gone === 0 && made === 0) return;
    const list = field === "terms" || field === "factors";
    const a = old[head] as Expression;
    const b = now[head] as Expression;
    if (gone === 1 && made === 1 && a.kind === b.kind && childField(a) !== undefined) {
      place = (list ? (place[field] as unknown[])[head] : place[field]) as Fields;
      from = a;
      to = b;
      continue;
    }
    if (list) (place[field] as unknown[]).splice(head, gone, ...now.slice(head, head + made));
    else place[field] = b;
    return;
  }
}

/** Why a derivation does not hold. */
export interface Flaw {
  readonly step: number;
  readonly rule: string;
  readonly reason: "unknown rule" | "no such place" | "not an instance of the rule" | "patches do not lead to the next state";
}

/**
 * Does the derivation again: applies the patches to each state, and checks that the rule named by the step, at its
 * place, can make the new state from the old one. Nothing that the strategy decided is taken for granted.
 * @returns the last state, or the first flaw
 */
export function replay(
  derivation: Derivation,
  set: RuleSet,
  rebuild: (e: Expression, parts: readonly Expression[]) => Expression,
): { readonly result: Expression } | { readonly flaw: Flaw } {
  let state = derivation.start;
  for (const [index, step] of derivation.steps.entries()) {
    const flaw = (reason: Flaw["reason"]): { flaw: Flaw } => ({ flaw: { step: index, rule: step.rule, reason } });
    const rule = set.rules.find((r) => r.name === step.rule);
    if (!rule) return flaw("unknown rule");
    let node: Expression | undefined = state;
    for (const child of step.path) node = node && children(node)[child];
    if (!node) return flaw("no such place");
    const next = patched(state, step.patches);
    if (!alphaEqual(next, step.state)) return flaw("patches do not lead to the next state");
    const labels = new Labels(Math.min(smallestId(state), smallestId(next)));
    let found = false;
    for (const rewrite of apply(rule, node, set, labels, false)) {
      if (alphaEqual(replaceAt(state, step.path, rewrite.node, rebuild), next)) {
        found = true;
        break;
      }
    }
    if (!found) return flaw("not an instance of the rule");
    state = next;
  }
  return { result: state };
}

function patched(state: Expression, patches: readonly Patch[]): Expression {
  const [only] = patches;
  if (patches.length === 1 && only && only.path.length === 0) return only.value as Expression;
  return immer.applyPatches(state, patches) as Expression;
}

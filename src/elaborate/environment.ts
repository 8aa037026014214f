import { freeLabels, plain } from "../core/argument.js";
import type { Argument, Expression, Kind, Label, Parameter } from "../core/expression.js";
import type { Source, Span } from "../source/span.js";
import type { Tree } from "../syntax/tree.js";
import type { Env, Frame, Meaning } from "./meaning.js";
import { mostNodes } from "./meaning.js";
import type { Scope } from "./scope.js";

/** An environment at the top of a statement. */
export function open(scope: Scope, source: Source, trees: readonly Tree[], read: (tree: Tree, env: Env) => Meaning): Env {
  return {
    scope,
    source,
    frame: undefined,
    before: Number.POSITIVE_INFINITY,
    closed: undefined,
    site: undefined,
    work: { budget: mostNodes, depth: 0, used: new Set(), trees },
    read,
  };
}

/** The environment inside the body of a definition or generator: free labels are faults. */
export const closedBy = (env: Env, name: string): Env => ({ ...env, closed: name });

export const bindLabels = (env: Env, name: string, labels: readonly Label[]): Env => ({
  ...env,
  frame: { name, meant: { kind: "labels", labels }, parent: env.frame },
});

export const bindMeaning = (env: Env, name: string, meaning: Meaning, written: string): Env => ({
  ...env,
  frame: { name, meant: { kind: "meaning", meaning, written }, parent: env.frame },
});

/** The innermost local name spelled like this. */
export function local(env: Env, name: string): Frame | undefined {
  for (let frame = env.frame; frame; frame = frame.parent) if (frame.name === name) return frame;
  return undefined;
}

/**
 * New labels of these kinds, named like the document's own indices: the `count`-th name of the kind, and
 * with a number after the last.
 */
export function fresh(env: Env, kinds: readonly Kind[], avoid: ReadonlySet<string> = new Set()): readonly Label[] {
  const names = env.scope.namesOf(kinds);
  const stem = names[0] ?? (kinds.length > 1 ? "X" : kinds[0]?.kind === "space" ? "x" : kinds[0]?.kind === "lattice" ? "p" : "m");
  let name = names.find((one) => !avoid.has(one));
  for (let at = 1; name === undefined; at++) if (!avoid.has(`${stem}_${at}`)) name = `${stem}_${at}`;
  return env.scope.session.labels(name, kinds);
}

/** New labels for every argument, with distinct names. */
export function freshGroups(env: Env, groups: readonly (readonly Kind[])[], avoid: ReadonlySet<string> = new Set()): readonly Label[] {
  const taken = new Set(avoid);
  const labels: Label[] = [];
  for (const kinds of groups) {
    for (const label of fresh(env, kinds, taken)) {
      labels.push(label);
      taken.add(label.name);
    }
  }
  return labels;
}

/**
 * An expression at labels of its own, taken at arguments: what is in it is worked out before the arguments are put in. Undefined
 * when it has other free labels, which a definition must not have.
 */
export function closedCall(
  env: Env,
  name: string,
  labels: readonly Label[],
  body: Expression,
  list: readonly Argument[],
  span: Span,
): Expression | undefined {
  if (freeLabels(body).some((label) => !labels.includes(label))) return undefined;
  const layout = { base: name, subscript: [], superscript: [], arguments: [] };
  return { kind: "call", definition: { id: env.scope.session.id(), name, parameters: labels, body, layout }, arguments: list, span };
}

export const asArguments = (labels: readonly Label[]): readonly Argument[] => labels.map(plain);

/** A declared parameter by its name, such as the p of {1..p}. */
export function parameterOf(name: string, env: Env): Parameter | undefined {
  const entry = env.scope.exact(name);
  return entry && entry.order < env.before && entry.meant.kind === "parameter" ? entry.meant.parameter : undefined;
}

/** A span of the text that messages should point to. */
export const at = (env: Env, tree: { readonly span: Span }): Span => env.site ?? tree.span;

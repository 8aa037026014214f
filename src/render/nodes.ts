import { plain } from "../core/argument.js";
import type { Argument, Expression, Label } from "../core/expression.js";

/** Questions about expressions that are to be written. */

/** Products inside products are one product. */
export function flatten(factors: readonly Expression[]): Expression[] {
  const flat: Expression[] = [];
  const stack = [...factors].reverse();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next.kind === "product" && next.factors.length > 0)
      for (let i = next.factors.length - 1; i >= 0; i--) stack.push(next.factors[i] as Expression);
    else flat.push(next);
  }
  return flat;
}

/** Labels that are printed as one name: the components of a pair label, if they are all there. */
export function grouped(labels: readonly Label[]): readonly (readonly Label[])[] {
  const groups: Label[][] = [];
  for (const label of labels) {
    const { pair } = label;
    const open =
      pair === undefined ? undefined : groups.find((group) => group[0]?.pair?.group === pair.group && group.length === pair.position);
    if (open !== undefined) open.push(label);
    else groups.push([label]);
  }
  return groups.flatMap((group) => (group.length > 1 && group.length !== group[0]?.pair?.size ? group.map((label) => [label]) : [group]));
}

/** Whether a label has a name that the language can read. */
export function readable(name: string): boolean {
  return /^(?:[a-zA-Z]|\\[a-zA-Z]+(?:\{[^{}]*\})?)'*(?:_(?:\d|[a-zA-Z]|\{[^{}]*\}))?'*$/.test(name);
}

export function argumentsOf(e: Expression): readonly Argument[] {
  if (e.kind === "value" || e.kind === "ladder" || e.kind === "call") return e.arguments;
  if (e.kind === "partial") return [plain(e.label)];
  return e.kind === "delta" ? [e.left, e.right] : [];
}

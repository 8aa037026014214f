import type { Argument, Label } from "../core/expression.js";
import { isOne, plainLabel } from "./words.js";

/** Both arguments of a delta, as the language has them; a right side that is missing or the origin belongs to a difference. */
export interface DeltaOf {
  readonly left: Argument;
  readonly right?: Argument;
}

/** The two arguments that a delta makes equal, where each is a label or a constant. */
function sidesOf({ left, right }: DeltaOf): readonly [Argument, Argument] | undefined {
  if (right !== undefined && !(right.kind === "affine" && right.terms.length === 0)) {
    const simple = [left, right].every((side) => side.kind === "constant" || plainLabel(side) !== undefined);
    return simple ? [left, right] : undefined;
  }
  if (left.kind !== "affine" || left.terms.length !== 2 || left.scale.parameters.length > 0 || !isOne(left.scale.number)) return undefined;
  const [one, two] = left.terms as [(typeof left.terms)[0], (typeof left.terms)[0]];
  if (one.label.unit || two.label.unit || one.coefficient.d !== 1n || two.coefficient.d !== 1n) return undefined;
  const single = (label: Label): Argument => ({
    kind: "affine",
    of: left.of,
    scale: left.scale,
    terms: [{ label, coefficient: { n: 1n, d: 1n } }],
  });
  if (one.coefficient.n === 1n && two.coefficient.n === -1n) return [single(one.label), single(two.label)];
  if (one.coefficient.n === -1n && two.coefficient.n === 1n) return [single(two.label), single(one.label)];
  return undefined;
}

/**
 * The deltas of the components of a pair label, `\delta_{m,n} \delta(x-y)` at X = (m,x) and Y = (n,y), are one delta
 * of the pair: its components have no names by themselves. Returns X's arguments and what they are set equal to.
 */
export function pairSides(first: DeltaOf, second: DeltaOf): readonly [readonly Argument[], readonly Argument[]] | undefined {
  const a = sidesOf(first);
  const b = sidesOf(second);
  if (a === undefined || b === undefined) return undefined;
  for (const i of [0, 1] as const)
    for (const j of [0, 1] as const) {
      const one = plainLabel(a[i])?.pair;
      const two = plainLabel(b[j])?.pair;
      if (one === undefined || two === undefined || one.group !== two.group || one.size !== 2 || one.position === two.position) continue;
      const [other, another] = [a[1 - i] as Argument, b[1 - j] as Argument];
      return one.position === 0
        ? [
            [a[i], b[j]],
            [other, another],
          ]
        : [
            [b[j], a[i]],
            [another, other],
          ];
    }
  return undefined;
}

/** `\delta(X-Y)`, or `\delta_{X,(1,x)}` where one side is no pair label. */
export function pairDeltaText(left: string, right: string): string {
  const [first, second] = left.startsWith("(") && !right.startsWith("(") ? [right, left] : [left, right];
  if (second.startsWith("(")) return `\\delta_{${first},${second}}`;
  return first < second ? `\\delta(${first}-${second})` : `\\delta(${second}-${first})`;
}

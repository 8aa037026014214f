import { adjoint, bind, substitute } from "../algebra/bind.js";
import { normalise } from "../algebra/diagram.js";
import { ladderHead } from "../algebra/head.js";
import { type Arg, constantLabel, freeLabel } from "../algebra/label.js";
import { add, fromProduct, type Sum } from "../algebra/sum.js";
import { multiplyNormal } from "../algebra/wick.js";
import { type Kind, type Species, sameKind } from "../core/expression.js";
import { settle } from "./function.js";
import { identityAt, placeholders } from "./hyperbolic.js";

/** A quadratic generator between species that meet each other, and linear forms in their ladder operators. */

/** What [a_s, Q] has for each species. */
export interface Block {
  readonly species: readonly Species[];
  /** [a_s(first), Q] split by what it ends in: D and K, by species, at first and second placeholders. */
  readonly passive: readonly (readonly Sum[])[];
  readonly pair: readonly (readonly Sum[])[];
  /** What [a_s(first), Q] has without operators: f, where Q has \int f a^* less its adjoint. */
  readonly shift: readonly Sum[];
}

export const isShifted = ({ shift }: Block): boolean => shift.some((sum) => sum.size > 0);

/** The sign of the bracket of two ladder operators that is a number: a commutator for bosons, an anticommutator for fermions. */
export const exchange = (species: Species): -1 | 1 => (species.statistics === "fermion" ? 1 : -1);

export const ladder = (species: Species, creation: boolean, args: readonly Arg[]): Sum =>
  fromProduct(normalise({ kinds: [], vertices: [{ head: ladderHead(species, creation), args, exp: 1 }] }));

/** Labels of a species at the second placeholders. */
export const second = (s: Species): number[] => placeholders(s.slots, 100);

/** \int M(x,y) f(y) dy of a row and a function f at its first placeholders, or its conjugate. */
export function appliedTo(values: Sum, f: Sum, t: Species, conjugated: boolean): Sum {
  const labels = second(t);
  const at = substitute(f, new Map(placeholders(t.slots).map((code, i) => [code, labels[i] as number])));
  return settle(bind(multiplyNormal(values, conjugated ? adjoint(at) : at), labels));
}

/** \int M(x,y) z_y dy of a row: what it makes of the ladder operators at y, `second` bound. */
export function applied(values: Sum, t: Species, creation: boolean): Sum {
  const labels = second(t);
  return settle(bind(multiplyNormal(values, ladder(t, creation, labels)), labels));
}

/** The labels of a block's species as one kind: several species are the values 1, ..., n of a finite label in front of theirs. */
export interface Joined {
  readonly kinds: readonly Kind[];
  /** The sum over all entries of a matrix of kernels, at `placeholders(kinds)` and `placeholders(kinds, kinds.length)`. */
  readonly whole: (entries: readonly (readonly Sum[])[]) => Sum;
  /** The labels of a species as such a label. */
  readonly at: (species: number, codes: readonly number[]) => Arg[];
}

/** Undefined where the species have different labels. */
export function joined({ species }: Block): Joined | undefined {
  const { slots } = species[0] as Species;
  if (species.some((s) => s.slots.length !== slots.length || s.slots.some((kind, i) => !sameKind(kind, slots[i] as Kind))))
    return undefined;
  const single = species.length === 1;
  const index: Kind = { kind: "finite", values: species.map((_, i) => i + 1) };
  const kinds = single ? slots : [index, ...slots];
  const [x, y] = [placeholders(kinds), placeholders(kinds, kinds.length)];
  const shift = single ? 0 : 1;
  const entry = (sum: Sum, i: number, j: number): Sum => {
    // In two steps, as the placeholders of both overlap.
    const far = new Map<number, Arg>();
    const back = new Map<number, Arg>();
    const move = (codes: readonly number[], targets: readonly number[]): void =>
      codes.forEach((from, at) => {
        const middle = freeLabel({ id: -2_600_000_000 - far.size, name: `!${far.size}`, kind: slots[at] as Kind });
        far.set(from, middle);
        back.set(middle, targets[at + shift] as number);
      });
    move(placeholders(slots), x);
    move(placeholders(slots, 100), y);
    const value = substitute(substitute(sum, far), back);
    if (single) return value;
    const [row, column] = [constantLabel(index, i + 1), constantLabel(index, j + 1)];
    return multiplyNormal(
      value,
      multiplyNormal(identityAt([index], [x[0] as number], [row]), identityAt([index], [y[0] as number], [column])),
    );
  };
  return {
    kinds,
    whole: (entries) => add(...entries.flatMap((row, i) => row.map((sum, j) => entry(sum, i, j)))),
    at: (i, codes) => (single ? [...codes] : [constantLabel(index, i + 1), ...codes]),
  };
}

/** Images by the kernels in front of a and of a^*, of e^M and of e^{-M}, less the identity. */
export function imagesBy(
  { species }: Block,
  { at }: Joined,
  kernel: (creation: boolean, inverse: boolean, args: readonly Arg[]) => Sum,
): readonly { forward: Sum; backward: Sum }[] {
  return species.map((s, i) => {
    const own = placeholders(s.slots);
    const image = (inverse: boolean): Sum => {
      const terms: Sum[] = [ladder(s, false, own)];
      species.forEach((t, j) => {
        const args = [...at(i, own), ...at(j, second(t))];
        for (const creation of [false, true]) terms.push(applied(kernel(creation, inverse, args), t, creation));
      });
      return add(...terms);
    };
    return { forward: image(false), backward: image(true) };
  });
}

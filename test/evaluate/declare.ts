import type { Argument, Kind, Label, Layout, Parameter, Species, SymbolInfo, Symmetry } from "../../src/core/expression.js";
import { type Rational, rational } from "../../src/core/rational.js";

/** What a document declares, and arguments made of labels, in few letters. */

let next = 1;
export const fresh = (): number => next++;
export const layout: Layout = { base: "", subscript: [], superscript: [], arguments: [] };

export const space: Kind = { kind: "space", dimension: 3 };
export const lattice: Kind = { kind: "lattice", dimension: 3 };
export const finite = (...values: number[]): Kind => ({ kind: "finite", values });

export const label = (name: string, kind: Kind = space): Label => ({ id: fresh(), name, kind });
export const labels = (names: string, kind: Kind = space): Label[] => names.split(" ").map((n) => label(n, kind));

/** A plain label, a written argument, or a value of {1, 2}. */
export type Arg = Label | Argument | number;
const isLabel = (a: Arg): a is Label => typeof a === "object" && "name" in a;

/** An affine argument: pairs of coefficient and label, times a scale. */
export function form(terms: [number | Rational, Label][], scale: [Parameter, number][] = [], number: Rational = rational(1)): Argument {
  return {
    kind: "affine",
    of: terms[0]?.[1].kind ?? space,
    scale: { number, parameters: scale.map(([parameter, exponent]) => ({ parameter, exponent })) },
    terms: terms.map(([c, l]) => ({ label: l, coefficient: typeof c === "number" ? rational(c) : c })),
  };
}
export const minus = (x: Label, y: Label): Argument =>
  form([
    [1, x],
    [-1, y],
  ]);
export const origin = (kind: Kind = space): Argument => ({
  kind: "affine",
  of: kind,
  scale: { number: rational(1), parameters: [] },
  terms: [],
});

export function argument(a: Arg): Argument {
  if (typeof a === "number") return { kind: "constant", of: finite(1, 2), value: a };
  if (!isLabel(a)) return a;
  return a.kind.kind === "finite" ? { kind: "label", of: a.kind, label: a } : form([[1, a]]);
}

export const symbol = (name: string, slots: Kind[], extra: { real?: boolean; symmetries?: Symmetry[] } = {}): SymbolInfo => ({
  id: fresh(),
  name,
  slots,
  real: extra.real ?? false,
  symmetries: extra.symmetries ?? [],
  layout,
});
export const symmetry = (
  permutation: number[],
  sign: 1 | -1 = 1,
  conjugated = false,
  negated: boolean[] = permutation.map(() => false),
): Symmetry => ({
  permutation,
  negated,
  sign,
  conjugated,
});
export const even = symmetry([0], 1, false, [true]);
export const odd = symmetry([0], -1, false, [true]);
export const swap = symmetry([1, 0]);
export const antiswap = symmetry([1, 0], -1);
export const hermitian = symmetry([1, 0], 1, true);

export const species = (name: string, slots: Kind[] = [], statistics: "boson" | "fermion" = "boson"): Species => ({
  id: fresh(),
  name,
  statistics,
  slots,
  layout,
});
export const parameter = (name: string, domain: Parameter["domain"] = "positive"): Parameter => ({ id: fresh(), name, domain, layout });

import type { Form, FormFactor, FormLadder, FormScalar, FormTerm } from "../../src/algebra/form.js";
import type { Argument, Kind, Label, Layout, Parameter, Species, SymbolInfo, Symmetry } from "../../src/core/expression.js";
import { one, type Rational, rational, zero } from "../../src/core/rational.js";
import type { NamePool } from "../../src/render/options.js";

/** Forms by hand, for tests of what they look like. */
export const space: Kind = { kind: "space", dimension: 3 };
export const lattice: Kind = { kind: "lattice", dimension: 3 };
export const finite: Kind = { kind: "finite", values: [1, 2] };

let count = 0;
export const label = (name: string, kind: Kind = space): Label => ({ id: count++, name, kind });

/** Components of a label over {1,2} * R^3. */
export function pairLabel(name: string): readonly [Label, Label] {
  const group = count++;
  return [
    { id: count++, name: `${name}.1`, kind: finite, pair: { name, group, position: 0, size: 2 } },
    { id: count++, name: `${name}.2`, kind: space, pair: { name, group, position: 1, size: 2 } },
  ];
}

export const layout = (
  base: string,
  subscript: Layout["subscript"] = [],
  args: Layout["arguments"] = [],
  superscript: readonly string[] = [],
): Layout => ({
  base,
  subscript,
  superscript,
  arguments: args,
});

export const species = (
  name: string,
  slots: readonly Kind[] = [space],
  runs: readonly (readonly number[])[] = slots.map((_, i) => [i]),
): Species => ({
  id: count++,
  name,
  statistics: "boson",
  slots,
  layout: layout(name, runs),
});

export const fermion = (name: string, slots: readonly Kind[] = [space]): Species => ({ ...species(name, slots), statistics: "fermion" });

export const parameter = (name: string, domain: Parameter["domain"] = "positive"): Parameter => ({
  id: count++,
  name,
  domain,
  layout: layout(name),
});

/** `base_{subscript}^{superscript}(slots)`; `runs` groups the slots of pair labels. */
export function symbol(
  base: string,
  slots: readonly Kind[],
  more: { sub?: string; sup?: string; real?: boolean; symmetries?: readonly Symmetry[]; runs?: readonly (readonly number[])[] } = {},
): SymbolInfo {
  return {
    id: count++,
    name: base + (more.sub === undefined ? "" : `_${more.sub}`),
    slots,
    real: more.real ?? false,
    symmetries: more.symmetries ?? [],
    layout: layout(
      base,
      more.sub === undefined ? [] : [more.sub],
      more.runs ?? slots.map((_, i) => [i]),
      more.sup === undefined ? [] : [more.sup],
    ),
  };
}

export const even: Symmetry = { permutation: [0], negated: [true], sign: 1, conjugated: false };
export const symmetric: Symmetry = { permutation: [1, 0], negated: [false, false], sign: 1, conjugated: false };

type Place = Label | Argument | number;

const plain = { number: one, parameters: [] };

export const at = (place: Place): Argument => {
  if (typeof place === "number") return { kind: "constant", of: finite, value: place };
  if (!("id" in place)) return place;
  if (place.kind.kind === "finite") return { kind: "label", of: place.kind, label: place };
  return { kind: "affine", of: place.kind, scale: plain, terms: [{ label: place, coefficient: one }] };
};

/** `scale * (sum of coefficient label)`. */
export const affine = (
  terms: readonly (readonly [number | Rational, Label])[],
  scale?: Parameter,
  kind: Kind = terms[0]?.[1].kind ?? space,
): Argument => ({
  kind: "affine",
  of: kind,
  scale: scale === undefined ? plain : { number: one, parameters: [{ parameter: scale, exponent: 1 }] },
  terms: terms.map(([coefficient, each]) => ({
    label: each,
    coefficient: typeof coefficient === "number" ? rational(coefficient) : coefficient,
  })),
});

export const minus = (a: Label, b: Label, scale?: Parameter): Argument =>
  affine(
    [
      [1, a],
      [-1, b],
    ],
    scale,
  );

export const value = (
  of: SymbolInfo,
  places: readonly Place[],
  more: { bar?: boolean; dots?: number; exponent?: Rational } = {},
): FormFactor => ({
  kind: "value",
  symbol: of,
  conjugated: more.bar ?? false,
  dots: more.dots ?? 0,
  arguments: places.map(at),
  exponent: more.exponent ?? one,
});

export const bar = (of: SymbolInfo, ...places: readonly Place[]): FormFactor => value(of, places, { bar: true });
export const at1 = (of: SymbolInfo, ...places: readonly Place[]): FormFactor => value(of, places);
export const delta = (left: Place, right?: Place): FormFactor => ({
  kind: "delta",
  left: at(left),
  ...(right === undefined ? {} : { right: at(right) }),
});

export const star = (of: Species, ...places: readonly Place[]): FormLadder => ({
  species: of,
  creation: true,
  arguments: places.map(at),
  exponent: 1,
});
export const lower = (of: Species, ...places: readonly Place[]): FormLadder => ({
  species: of,
  creation: false,
  arguments: places.map(at),
  exponent: 1,
});

export const scalar = (of: Parameter, exponent: Rational | number = 1, conjugated = false): FormScalar => ({
  kind: "parameter",
  parameter: of,
  conjugated,
  exponent: typeof exponent === "number" ? rational(exponent) : exponent,
});

export interface Parts {
  readonly re?: Rational | number;
  readonly im?: Rational | number;
  readonly scalars?: readonly FormScalar[];
  readonly bound?: readonly Label[];
  readonly factors?: readonly FormFactor[];
  readonly operators?: readonly FormLadder[];
}

const number = (r: Rational | number): Rational => (typeof r === "number" ? rational(r) : r);

export const term = (parts: Parts): FormTerm => ({
  re: number(parts.re ?? (parts.im === undefined ? 1 : zero)),
  im: number(parts.im ?? 0),
  scalars: parts.scalars ?? [],
  bound: parts.bound ?? [],
  factors: parts.factors ?? [],
  operators: parts.operators ?? [],
});

export const form = (...parts: readonly Parts[]): Form => ({ terms: parts.map(term) });

/** What a document with `index x, y, z in R^3`, `index m, n in {1, 2}`, `index p, q, r in Z^3`, `index X, Y in {1,2} * R^3` offers. */
export const pool: NamePool = {
  indices: [
    { kinds: [space], names: ["x", "y", "z"] },
    { kinds: [finite], names: ["m", "n"] },
    { kinds: [lattice], names: ["p", "q", "r"] },
    { kinds: [finite, space], names: ["X", "Y"] },
  ],
  taken: new Set(["N", "V"]),
};

import fc from "fast-check";
import type {
  Argument,
  Definition,
  Expression,
  Kind,
  Label,
  Layout,
  Parameter,
  Species,
  SymbolInfo,
  Symmetry,
} from "../src/core/expression.js";
import { one, type Rational, rational } from "../src/core/rational.js";
import { nowhere } from "../src/source/span.js";

/**
 * Random expressions of the core, for laws. An expression is read off from a list of choices (numbers); a list that has
 * run out gives the smallest expression, so that a failing example shrinks to a short one.
 */

export const space: Kind = { kind: "space", dimension: 3 };
export const lattice: Kind = { kind: "lattice", dimension: 3 };
export const pair: Kind = { kind: "finite", values: [1, 2] };

let nextId = 1_000_000;
const layout = (base: string, slots: number, call: boolean): Layout => {
  const all = Array.from({ length: slots }, (_, i) => [i]);
  return { base, subscript: call ? [] : all, superscript: [], arguments: call ? all : [] };
};

export const label = (name: string, kind: Kind): Label => ({ id: nextId++, name, kind });
export const species = (name: string, statistics: Species["statistics"], slots: readonly Kind[]): Species => ({
  id: nextId++,
  name,
  statistics,
  slots,
  layout: layout(name, slots.length, false),
});
export const symbol = (name: string, slots: readonly Kind[], real = false, symmetries: readonly Symmetry[] = []): SymbolInfo => ({
  id: nextId++,
  name,
  slots,
  real,
  symmetries,
  layout: layout(name, slots.length, true),
});
export const parameter = (name: string, domain: Parameter["domain"]): Parameter => ({
  id: nextId++,
  name,
  domain,
  layout: layout(name, 0, false),
});

const swap = (sign: 1 | -1, conjugated: boolean): Symmetry => ({ permutation: [1, 0], negated: [false, false], sign, conjugated });

/** What the random expressions speak of. */
export const sample = {
  labels: [
    label("x", space),
    label("y", space),
    label("z", space),
    label("m", pair),
    label("n", pair),
    label("p", lattice),
    label("q", lattice),
  ],
  bosons: [
    species("a", "boson", [space]),
    species("b", "boson", [space]),
    species("c", "boson", []),
    species("z", "boson", [pair, space]),
    species("l", "boson", [lattice]),
  ],
  fermions: [species("e", "fermion", [space]), species("f", "fermion", []), species("g", "fermion", [lattice])],
  symbols: [
    symbol("f", [space]),
    symbol("h", [space], true, [{ permutation: [0], negated: [true], sign: 1, conjugated: false }]),
    symbol("k", [space, space], false, [swap(1, false)]),
    symbol("j", [space, space], false, [swap(1, true)]),
    symbol("w", [space, space], true, [swap(-1, false)]),
    symbol("u", [pair, space]),
    symbol("v", [lattice]),
  ],
  parameters: [parameter("N", "positive"), parameter("r", "real"), parameter("s", "complex")],
} as const;

export interface Shape {
  /** Ladder operators in one product at most; default 4. */
  readonly degree?: number;
  /** Nodes, roughly; default 14. */
  readonly size?: number;
  readonly bosons?: boolean;
  readonly fermions?: boolean;
  /** Integrals and sums; default true. */
  readonly binders?: boolean;
  /** Commutators, adjoints, powers; default true. */
  readonly operations?: boolean;
  /** `\Nor`, expectations, contractions and parts; default false. */
  readonly projections?: boolean;
  /** Affine arguments such as x-y in functions; default false. */
  readonly affine?: boolean;
  /** Kinds of labels used; default all. */
  readonly kinds?: readonly Kind["kind"][];
  /** Also time derivatives; default false. */
  readonly derivatives?: boolean;
}

export const num = (n: number | bigint, d: number | bigint = 1): Expression => ({ kind: "number", value: rational(n, d), span: nowhere });
export const i: Expression = { kind: "imaginary", span: nowhere };
export const param = (p: Parameter): Expression => ({ kind: "parameter", parameter: p, span: nowhere });
export const add = (...terms: readonly Expression[]): Expression => ({ kind: "sum", terms, span: nowhere });
export const mul = (...factors: readonly Expression[]): Expression => ({ kind: "product", factors, span: nowhere });
export const dag = (of: Expression): Expression => ({ kind: "adjoint", of, span: nowhere });
export const commutator = (left: Expression, right: Expression, sign: 1 | -1 = -1): Expression => ({
  kind: "commutator",
  sign,
  left,
  right,
  span: nowhere,
});
export const bound = (labels: readonly Label[], body: Expression): Expression => ({ kind: "bind", labels, body, span: nowhere });
export const pow = (base: Expression, n: number | bigint, d: number | bigint = 1): Expression => ({
  kind: "power",
  base,
  exponent: rational(n, d),
  span: nowhere,
});
export const nor = (of: Expression): Expression => ({ kind: "normal", of, span: nowhere });
export const vev = (of: Expression): Expression => ({ kind: "expectation", of, span: nowhere });
export const dot = (of: Expression): Expression => ({ kind: "derivative", of, span: nowhere });

export function at(l: Label): Argument {
  return l.kind.kind === "finite"
    ? { kind: "label", of: l.kind, label: l }
    : { kind: "affine", of: l.kind, scale: { number: one, parameters: [] }, terms: [{ label: l, coefficient: one }] };
}

export function combination(kind: Kind, terms: readonly (readonly [Label, number])[]): Argument {
  const total = new Map<Label, number>();
  for (const [l, c] of terms) total.set(l, (total.get(l) ?? 0) + c);
  const list = [...total].filter(([, c]) => c !== 0).map(([l, c]) => ({ label: l, coefficient: rational(c) as Rational }));
  return { kind: "affine", of: kind, scale: { number: one, parameters: [] }, terms: list };
}

export const op = (s: Species, creation: boolean, ...labels: readonly Label[]): Expression => ({
  kind: "ladder",
  species: s,
  creation,
  arguments: labels.map(at),
  span: nowhere,
});
export const val = (s: SymbolInfo, ...args: readonly (Label | Argument)[]): Expression => ({
  kind: "value",
  symbol: s,
  arguments: args.map((a) => ("id" in a ? at(a) : a)),
  span: nowhere,
});
export const delta = (left: Label | Argument, right: Label | Argument): Expression => ({
  kind: "delta",
  left: "id" in left ? at(left) : left,
  right: "id" in right ? at(right) : right,
  span: nowhere,
});

export const partOf = (
  which: { readonly total?: number; readonly creators?: number; readonly annihilators?: number },
  of: Expression,
): Expression => ({ kind: "part", ...which, of, span: nowhere });
export const definition = (name: string, parameters: readonly Label[], body: Expression): Definition => ({
  id: nextId++,
  name,
  parameters,
  body,
  layout: layout(name, parameters.length, false),
});
export const call = (d: Definition, ...labels: readonly Label[]): Expression => ({
  kind: "call",
  definition: d,
  arguments: labels.map(at),
  span: nowhere,
});

class Choices {
  private readonly list: readonly number[];
  private place = 0;
  constructor(list: readonly number[]) {
    this.list = list;
  }
  /** 0 .. below-1. */
  pick(below: number): number {
    const value = this.list[this.place++] ?? 0;
    return value % below;
  }
  of<T>(list: readonly T[]): T {
    return list[this.pick(list.length)] as T;
  }
}

/**
 * The expression of a list of choices. Free labels are those of `sample`; two different species may share labels. No
 * delta at the origin of space arises from the expression itself, but from a product such as f(x) [a_x, a_x^*] it may.
 */
export function expressionFrom(list: readonly number[], shape: Shape = {}): Expression {
  const choices = new Choices(list);
  const {
    degree = 4,
    size = 14,
    bosons = true,
    fermions = true,
    binders = true,
    operations = true,
    projections = false,
    affine = false,
    derivatives = false,
  } = shape;
  const kinds = new Set<Kind["kind"]>(shape.kinds ?? ["space", "lattice", "finite"]);
  const fits = (slots: readonly Kind[]): boolean => slots.every((k) => kinds.has(k.kind));
  const allSpecies = [...(bosons ? sample.bosons : []), ...(fermions ? sample.fermions : [])].filter((s) => fits(s.slots));
  const allSymbols = sample.symbols.filter((s) => fits(s.slots));
  let budget = size;
  const labelOf = (kind: Kind, scope: readonly Label[]): Label => choices.of(scope.filter((l) => l.kind.kind === kind.kind));
  const argument = (kind: Kind, scope: readonly Label[]): Argument => {
    if (kind.kind === "finite" && choices.pick(4) === 3) return { kind: "constant", of: kind, value: 1 + choices.pick(2) };
    const first = labelOf(kind, scope);
    if (affine && kind.kind !== "finite" && choices.pick(3) === 2)
      return combination(kind, [
        [first, 1],
        [labelOf(kind, scope), choices.of([-1, 1])],
      ]);
    return at(first);
  };
  const ladder = (scope: readonly Label[]): Expression => {
    const s = choices.of(allSpecies);
    const creation = choices.pick(2) === 1;
    return {
      kind: "ladder",
      species: s,
      creation,
      arguments: s.slots.map((k) => (k.kind === "finite" ? argument(k, scope) : at(labelOf(k, scope)))),
      span: nowhere,
    };
  };
  const scalar = (scope: readonly Label[]): Expression => {
    switch (choices.pick(7)) {
      case 1:
        return i;
      case 2:
        return param(choices.of(sample.parameters));
      case 3:
        return pow(param(sample.parameters[0] as Parameter), choices.of([1, -1, 3]), choices.of([1, 2]));
      case 4: {
        const two = scope.filter((l) => l.kind.kind !== "finite" && kinds.has(l.kind.kind));
        const first = two.length > 1 ? choices.of(two) : undefined;
        const others = first ? two.filter((l) => l !== first && l.kind.kind === first.kind.kind) : [];
        if (first && others.length > 0) return delta(first, choices.of(others));
        return num(2);
      }
      case 5:
      case 6: {
        if (allSymbols.length === 0) return num(3);
        const s = choices.of(allSymbols);
        const value: Expression = { kind: "value", symbol: s, arguments: s.slots.map((k) => argument(k, scope)), span: nowhere };
        const conjugated = choices.pick(3) === 2 ? dag(value) : value;
        return derivatives && choices.pick(4) === 3 ? dot(conjugated) : conjugated;
      }
      default:
        return num(choices.of([2, -1, 3, -2]), choices.of([1, 1, 2]));
    }
  };
  const make = (scope: readonly Label[], ladders: number): Expression => {
    budget--;
    if (budget <= 0 || ladders <= 1) return ladders < 1 ? scalar(scope) : ladder(scope);
    const most = operations ? (projections ? 12 : 9) : 6;
    // A leaf at the top would make most expressions trivial.
    switch (budget > size / 2 ? choices.pick(most - 2) + 2 : choices.pick(most)) {
      case 0:
        return ladder(scope);
      case 1:
        return scalar(scope);
      case 2:
        return add(make(scope, ladders), make(scope, ladders));
      case 3: {
        const left = 1 + choices.pick(ladders - 1);
        return mul(make(scope, left), make(scope, ladders - left));
      }
      case 4: {
        const left = Math.floor(ladders / 2);
        return mul(scalar(scope), make(scope, left), make(scope, ladders - left));
      }
      case 5: {
        if (!binders) return ladder(scope);
        const kind = choices.of([space, pair, lattice].filter((k) => kinds.has(k.kind)));
        const made = label(choices.of(["x", "u", "w"]), kind);
        // A factor with the label, so that the integral is one.
        const factor =
          kind.kind === "space" ? val(sample.symbols[0], made) : kind.kind === "lattice" ? val(sample.symbols[6], made) : undefined;
        const inner = make([...scope, made], ladders);
        return bound([made], factor ? mul(factor, inner) : inner);
      }
      case 6:
        return dag(make(scope, ladders));
      case 7: {
        const left = 1 + choices.pick(ladders - 1);
        return commutator(make(scope, left), make(scope, ladders - left), choices.of([-1, -1, 1]));
      }
      case 8:
        return pow(make(scope, Math.floor(ladders / 2)), 2);
      case 9:
        return nor(mul(ladder(scope), make(scope, ladders - 1)));
      case 10:
        return vev(make(scope, ladders));
      default:
        return { kind: "part", total: choices.pick(3), of: make(scope, ladders), span: nowhere };
    }
  };
  return make(
    sample.labels.filter((l) => kinds.has(l.kind.kind)),
    degree,
  );
}

/** Random expressions of a shape. */
export function expressions(shape: Shape = {}): fc.Arbitrary<Expression> {
  return fc.array(fc.nat({ max: 5039 }), { minLength: 4, maxLength: 60, size: "max" }).map((list) => expressionFrom(list, shape));
}

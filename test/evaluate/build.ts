import type {
  Argument,
  Assumption,
  Definition,
  Equation,
  Expression,
  Kind,
  Label,
  Layout,
  Parameter,
  Species,
  SymbolInfo,
  Symmetry,
  Unitary,
} from "../../src/core/expression.js";
import { type Rational, rational } from "../../src/core/rational.js";
import { nowhere } from "../../src/source/span.js";

/** A few letters for writing typed expressions in tests. */
let next = 1;
const layout: Layout = { base: "", subscript: [], superscript: [], arguments: [] };
const span = nowhere;

export const space: Kind = { kind: "space", dimension: 3 };
export const lattice: Kind = { kind: "lattice", dimension: 3 };
export const finite = (...values: number[]): Kind => ({ kind: "finite", values });

export const label = (name: string, kind: Kind = space): Label => ({ id: next++, name, kind });
export const labels = (names: string, kind: Kind = space): Label[] => names.split(" ").map((n) => label(n, kind));

type Arg = Label | Argument | number;
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

function argument(a: Arg): Argument {
  if (typeof a === "number") return { kind: "constant", of: finite(1, 2), value: a };
  if (!isLabel(a)) return a;
  return a.kind.kind === "finite" ? { kind: "label", of: a.kind, label: a } : form([[1, a]]);
}

export const symbol = (name: string, slots: Kind[], extra: { real?: boolean; symmetries?: Symmetry[] } = {}): SymbolInfo => ({
  id: next++,
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
  id: next++,
  name,
  statistics,
  slots,
  layout,
});
export const parameter = (name: string, domain: Parameter["domain"] = "positive"): Parameter => ({ id: next++, name, domain, layout });

type Ex = Expression | number | Parameter;
export function ex(e: Ex): Expression {
  if (typeof e === "number")
    return { kind: "number", value: Number.isInteger(e) ? rational(e) : rational(Math.round(e * 1000), 1000), span };
  return "domain" in e ? { kind: "parameter", parameter: e, span } : e;
}
export const frac = (n: number, d: number): Expression => ({ kind: "number", value: rational(n, d), span });
export const I: Expression = { kind: "imaginary", span };
export const PI: Expression = { kind: "pi", span };
export const val = (s: SymbolInfo, ...args: Arg[]): Expression => ({ kind: "value", symbol: s, arguments: args.map(argument), span });
export const an = (s: Species, ...args: Arg[]): Expression => ({
  kind: "ladder",
  species: s,
  creation: false,
  arguments: args.map(argument),
  span,
});
export const cr = (s: Species, ...args: Arg[]): Expression => ({
  kind: "ladder",
  species: s,
  creation: true,
  arguments: args.map(argument),
  span,
});
export const delta = (a: Arg, b: Arg): Expression => ({ kind: "delta", left: argument(a), right: argument(b), span });
export const add = (...terms: Ex[]): Expression => ({ kind: "sum", terms: terms.map(ex), span });
export const mul = (...factors: Ex[]): Expression => ({ kind: "product", factors: factors.map(ex), span });
export const neg = (e: Ex): Expression => mul(-1, e);
export const sub = (a: Ex, b: Ex): Expression => add(a, neg(b));
export const pow = (base: Ex, n: number, d = 1): Expression => ({ kind: "power", base: ex(base), exponent: rational(n, d), span });
export const int = (over: Label[], body: Ex): Expression => ({ kind: "bind", labels: over, body: ex(body), span });
export const dag = (e: Ex): Expression => ({ kind: "adjoint", of: ex(e), span });
export const comm = (left: Ex, right: Ex, sign: -1 | 1 = -1): Expression => ({
  kind: "commutator",
  sign,
  left: ex(left),
  right: ex(right),
  span,
});
export const nor = (e: Ex): Expression => ({ kind: "normal", of: ex(e), span });
export const vev = (e: Ex): Expression => ({ kind: "expectation", of: ex(e), span });
export const contract = (left: Ex, right: Ex): Expression => ({ kind: "contraction", left: ex(left), right: ex(right), span });
export const part = (e: Ex, which: { total?: number; creators?: number; annihilators?: number }): Expression => ({
  kind: "part",
  ...which,
  of: ex(e),
  span,
});
export const dt = (e: Ex): Expression => ({ kind: "derivative", of: ex(e), span });
export const fun = (name: "exp" | "cosh" | "sinh", e: Ex): Expression => ({ kind: "function", name, of: ex(e), span });
export const definition = (name: string, parameters: Label[], body: Ex): Definition => ({
  id: next++,
  name,
  parameters,
  body: ex(body),
  layout,
});
export const call = (d: Definition, ...args: Arg[]): Expression => ({ kind: "call", definition: d, arguments: args.map(argument), span });
export const unitary = (name: string, generator: Ex): Unitary => ({ id: next++, name, generator: ex(generator), layout });
export const uni = (u: Unitary, inverse = false): Expression => ({ kind: "unitary", unitary: u, inverse, span });

export const equation = (left: Ex, right: Ex, assumptions: Assumption[] = []): Equation => ({
  left: ex(left),
  right: ex(right),
  assumptions,
});
export function assume(left: Ex, right: Ex, target?: { symbol: SymbolInfo; arguments: Arg[]; order: number; coefficient: Ex }): Assumption {
  return {
    left: ex(left),
    right: ex(right),
    span,
    ...(target === undefined
      ? {}
      : {
          target: {
            symbol: target.symbol,
            arguments: target.arguments.map(argument),
            order: target.order,
            coefficient: ex(target.coefficient),
          },
        }),
  };
}

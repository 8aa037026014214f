import type { Expression, Kind, Parameter, Species, SymbolInfo, Unitary } from "../core/expression.js";
import type { Rational } from "../core/rational.js";
import type { Span } from "../source/span.js";
import type { Hyperbolic } from "./hyperbolic.js";
import type { Factor } from "./measure.js";

/**
 * An expression made ready for evaluation: labels numbered, adjoints pushed down to the ladder operators,
 * products split into numbers and operators, integrals pushed in as far as they go. Nothing here depends on random numbers.
 */
export type Node = {
  readonly id: number;
  readonly span: Span;
  readonly scalar: boolean;
  /** Numbers of the labels that it depends on, ascending. */
  readonly free: readonly number[];
} & (
  | { readonly kind: "number"; readonly value: Rational }
  | { readonly kind: "imaginary" }
  | { readonly kind: "pi" }
  | { readonly kind: "parameter"; readonly parameter: Parameter }
  | { readonly kind: "value"; readonly symbol: SymbolInfo; readonly arguments: readonly Place[] }
  | {
      readonly kind: "delta";
      readonly left: Place;
      readonly right: Place;
      readonly dimension: number;
      readonly of: Kind;
      readonly unit: Rational;
    }
  | { readonly kind: "conj"; readonly of: Node }
  | { readonly kind: "sum"; readonly terms: readonly Node[] }
  | { readonly kind: "product"; readonly scalars: readonly Node[]; readonly operators: readonly Node[] }
  | { readonly kind: "power"; readonly base: Node; readonly exponent: Rational }
  | { readonly kind: "bind"; readonly labels: readonly number[]; readonly domains: readonly (readonly number[])[]; readonly body: Node }
  | { readonly kind: "ladder"; readonly species: Species; readonly creation: boolean; readonly arguments: readonly Place[] }
  | { readonly kind: "commutator"; readonly sign: -1 | 1; readonly left: Node; readonly right: Node }
  | { readonly kind: "normal"; readonly of: Node }
  | { readonly kind: "part"; readonly total?: number; readonly creators?: number; readonly annihilators?: number; readonly of: Node }
  | { readonly kind: "expectation"; readonly of: Node }
  | { readonly kind: "unitary"; readonly unitary: Unitary; readonly generator: Node; readonly inverse: boolean }
  | { readonly kind: "derivative"; readonly of: Node }
  | { readonly kind: "function"; readonly name: "exp" | "cosh" | "sinh"; readonly of: Node }
  /** (d/dx)^order, see `trigonometric.ts`. */
  | { readonly kind: "partial"; readonly label: number; readonly order: number; readonly of: Node }
  /** A value of a derivative of a function: `orders` slot by slot. */
  | { readonly kind: "slope"; readonly symbol: SymbolInfo; readonly arguments: readonly Place[]; readonly orders: readonly number[] }
  | { readonly kind: "call"; readonly parameters: readonly number[]; readonly arguments: readonly Place[]; readonly body: Node }
  | { readonly kind: "hyperbolic"; readonly series: Series }
);

/** What the series of ch and sh are made of: the kernel `body` at the labels `from` and `to`, and integrals over `domains` with a weight. */
export interface Series {
  readonly of: Hyperbolic;
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly body: Node;
  readonly domains: readonly (readonly number[])[];
  readonly weight: Node;
}

/** An argument: a value of a finite kind, a label of one, or a scaled linear form modulo the number of points. */
export type Place =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "label"; readonly label: number }
  | {
      readonly kind: "form";
      readonly scale: readonly Factor[];
      readonly terms: readonly (readonly [number, number])[];
      /** What is added, a residue: 1 in `j+1`. */
      readonly offset: number;
    };

/** What else a model is made for: expressions that stand for a series, values of symbolic sizes, symbols that get into exponentials. */
export interface Settings {
  readonly series: ReadonlyMap<Expression, Hyperbolic>;
  readonly sizes: ReadonlyMap<number, number>;
  readonly small: ReadonlySet<number>;
  /** Highest frequency of random functions, where there are derivatives in space. */
  readonly band?: number;
  /** By how many forms fermions are tested, see `state.ts`. */
  readonly forms?: number;
}

import type { Argument, Label, Parameter, Species, SymbolInfo } from "../core/expression.js";
import type { Rational } from "../core/rational.js";

/**
 * A normal form as plain data: what renderers and explainers read. The engine's own terms are interned and
 * packed; `form` (in `rewrite`) unpacks them. Terms are in the engine's canonical order, which depends on the
 * input only through its meaning.
 */
export interface Form {
  readonly terms: readonly FormTerm[];
}

export interface FormTerm {
  /** Gaussian rational, never zero. */
  readonly re: Rational;
  readonly im: Rational;
  /** Powers of parameters, numbers and pi: `N^{1/2}`, `2^{1/2}`, `\pi^{-1}`. */
  readonly scalars: readonly FormScalar[];
  /** Bound labels, integrated or summed, but no components. Names are the engine's; a renderer chooses its own. */
  readonly bound: readonly Label[];
  /** Commuting factors. */
  readonly factors: readonly FormFactor[];
  /** Normal ordered: creators first. */
  readonly operators: readonly FormLadder[];
}

export type FormScalar =
  | { readonly kind: "parameter"; readonly parameter: Parameter; readonly conjugated: boolean; readonly exponent: Rational }
  | { readonly kind: "number"; readonly base: bigint; readonly exponent: Rational }
  | { readonly kind: "pi"; readonly exponent: Rational };

/**
 * A derivative in space of the function of one argument, u -> f(N u) where the argument is scaled. A component that
 * two partials of a term share is summed over, one that only one of them has is the free index of a vector.
 */
export interface FormPartial {
  readonly slot: number;
  readonly component: Label;
}

export type FormFactor =
  | {
      readonly kind: "value";
      readonly symbol: SymbolInfo;
      readonly conjugated: boolean /** Time derivatives. */;
      readonly dots: number;
      readonly arguments: readonly Argument[];
      readonly partials?: readonly FormPartial[];
      /** 1 where there are derivatives. */
      readonly exponent: Rational;
    }
  /** One argument: the delta of `argument`, for space and lattice kinds; finite kinds have two. */
  | { readonly kind: "delta"; readonly left: Argument; readonly right?: Argument; readonly partials?: readonly FormPartial[] }
  /** `exp(of)`, or `(of)^exponent` of a sum that is no monomial. `of` may use the term's bound labels. */
  | { readonly kind: "exp"; readonly of: Form }
  | { readonly kind: "power"; readonly of: Form; readonly exponent: Rational };

export interface FormLadder {
  readonly species: Species;
  readonly creation: boolean;
  readonly arguments: readonly Argument[];
  readonly partials?: readonly FormPartial[];
  /** 1 where there are derivatives. */
  readonly exponent: number;
}

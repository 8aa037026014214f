import type { Span } from "../source/span.js";
import type { Rational } from "./rational.js";

/**
 * Typed expressions: every name resolved, every function and kernel given its labels. Both ways of a check
 * start here, and only here do they meet: the engine (`rewrite`) and the finite model (`evaluate`) each
 * read this tree on their own.
 */

/** What a label ranges over. `R^d` with Dirac deltas; `Z^d` and finite sets with Kronecker deltas. */
export type Kind =
  | { readonly kind: "space"; readonly dimension: number }
  | { readonly kind: "lattice"; readonly dimension: number }
  /** With `size`, {1, ..., size} for a parameter: nothing may depend on how many values there are, and `values` is empty. */
  | { readonly kind: "finite"; readonly values: readonly number[]; readonly size?: Parameter };

export function sameKind(a: Kind, b: Kind): boolean {
  if (a.kind === "finite" || b.kind === "finite")
    return (
      a.kind === "finite" &&
      b.kind === "finite" &&
      a.size?.id === b.size?.id &&
      a.values.length === b.values.length &&
      a.values.every((v, i) => v === b.values[i])
    );
  return a.kind === b.kind && a.dimension === b.dimension;
}

/**
 * A label. Identity is `id`: each binder makes new ones, a free label of a document is one object.
 * A label of a product kind `X in {1,2} * R^3` is resolved into one label a component, both with
 * `pair.name === "X"`, the same `pair.group`, and `pair.position` 0, 1, ...
 * With `unit` it is no label but the number 1 of the lattice Z, in arguments such as `j+1`: nothing binds or replaces it.
 */
export interface Label {
  readonly id: number;
  readonly name: string;
  readonly kind: Kind;
  readonly pair?: { readonly name: string; readonly group: number; readonly position: number; readonly size: number };
  readonly unit?: true;
}

/** A rational times powers of parameters (integer exponents). */
export interface Scale {
  readonly number: Rational;
  readonly parameters: readonly { readonly parameter: Parameter; readonly exponent: number }[];
}

/**
 * An argument of a value, ladder operator or delta.
 * "affine" (space, lattice): `scale * sum_i coefficient_i label_i`, labels distinct, coefficients nonzero,
 * `scale` is 1 unless the user scaled the whole argument by a parameter, as in `V(N(x-y))`; no terms at all is
 * the origin (`a_0`). On Z the number 1 may be among the labels, see `Label.unit`. "label" and "constant" are for finite kinds.
 */
export type Argument =
  | {
      readonly kind: "affine";
      readonly of: Kind;
      readonly scale: Scale;
      readonly terms: readonly { readonly label: Label; readonly coefficient: Rational }[];
    }
  | { readonly kind: "label"; readonly of: Kind; readonly label: Label }
  | { readonly kind: "constant"; readonly of: Kind; readonly value: number };

/** How a symbol with labels is written: subscript items and parenthesised arguments, each a name part or a run of slots (two slots for a pair label). */
export interface Layout {
  /** LaTeX of the bare name, `\tilde{\phi}`, `V`, without its scripts. */
  readonly base: string;
  readonly subscript: readonly (string | readonly number[])[];
  readonly superscript: readonly string[];
  /** Slots in parentheses; empty for ladder operators and plain parameters. */
  readonly arguments: readonly (readonly number[])[];
}

/** `f(x_1, ..., x_n) = sign * [conj] f(+-x_{permutation[0]}, ..., +-x_{permutation[n-1]})` over flattened slots. */
export interface Symmetry {
  readonly permutation: readonly number[];
  readonly negated: readonly boolean[];
  readonly sign: 1 | -1;
  readonly conjugated: boolean;
}

/** A declared function or kernel. A one-slot symbol is a function; any number of slots may occur. Product kinds are flattened. */
export interface SymbolInfo {
  readonly id: number;
  /** Canonical text of the name, unique in its document: `\tilde{\phi}_1^{(N)}`. */
  readonly name: string;
  readonly slots: readonly Kind[];
  readonly real: boolean;
  /** Generators of the symmetry group; closed by whoever needs the group. */
  readonly symmetries: readonly Symmetry[];
  readonly layout: Layout;
  /** Where the symbol is no declared one: a function of a kernel, such as `ch(2k)`. */
  readonly of?: KernelFunction;
}

/**
 * `ch(m k)` or `sh(m k)` of a symmetric or antisymmetric kernel k, m rational:
 * ch(k) = sum_n (k \overline{k})^n / (2n)!,  sh(k) = sum_n (k \overline{k})^n k / (2n+1)!.
 * ch(k) is hermitian and has the identity in it (`ch(k)(x,y)` is `\delta(x-y) + ...`), sh(k) is symmetric or antisymmetric.
 * The engine makes symbols of its own of other kernels, such as the blocks of e^{m M}; elaboration does not.
 * The slots of such a symbol are those of the kernel's first argument, then those of its second.
 */
export interface KernelFunction {
  /** "p" is ch - 1; "r" is the first block of the first row of e^{m M} without the identity and "v" the second. */
  readonly name: "ch" | "sh" | "p" | "r" | "v";
  readonly multiple: Rational;
  readonly kernel: Kernel;
  /** For r and v, whose kernel has the name of M or of a unitary and no values. */
  readonly group?: Group;
  /** A unitary with the pair kernel k, by which a kernel without a name is known: ch(m k) is u and sh(m k) is v of its power m. */
  readonly unitary?: string;
}

/** What is to be known of M = (D, k; \overline{k}, \overline{D}), D skew-hermitian, k symmetric for bosons and antisymmetric for fermions. */
export interface Group {
  readonly statistics: "boson" | "fermion";
  /** Whether there is a k; without one M is D alone. */
  readonly pairs: boolean;
  /** Whether the kernel's name is that of a unitary that acts on its ladder operators by e^M, and not of M. */
  readonly unitary: boolean;
  readonly spelled?: true;
}

/** A kernel by its values: `body` with the labels `first` and `second` free in it, and no others. */
export interface Kernel {
  /** LaTeX by which it is known, `k`, `\mathbf{k}`. */
  readonly name: string;
  readonly first: readonly Label[];
  readonly second: readonly Label[];
  readonly body: Expression;
}

export interface Species {
  readonly id: number;
  readonly name: string;
  readonly statistics: "boson" | "fermion";
  readonly slots: readonly Kind[];
  readonly layout: Layout;
}

/**
 * `positive` and `real` parameters are their own conjugates and do not depend on time; complex ones do not either. One that an index
 * runs to, {1..p}, is a number of values: it becomes positive, also for what stands before.
 */
export interface Parameter {
  readonly id: number;
  readonly name: string;
  domain: "positive" | "real" | "complex";
  readonly layout: Layout;
}

/** `let` with labels (or nothing) as parameters. Definitions with function parameters are expanded where they are used. */
export interface Definition {
  readonly id: number;
  readonly name: string;
  readonly parameters: readonly Label[];
  readonly body: Expression;
  readonly layout: Layout;
}

/** `unitary W = \exp(E)`. */
export interface Unitary {
  readonly id: number;
  readonly name: string;
  readonly generator: Expression;
  readonly layout: Layout;
  /** The matrix or kernel M, as LaTeX, where this is no unitary of the document but acts on ladder operators by e^M. */
  readonly exponent?: string;
  /** Whether e^M is written \exp(M), because the document has an e of its own. */
  readonly spelled?: true;
  /** The multiple of what has the name: of M, or of the generator of the document's unitary, for T^2. */
  readonly power?: Rational;
}

/**
 * `assume L = R`, read from left to right for all values of the labels free in it.
 * `target`, where there is one: L is `coefficient * D value`, with D either nothing or `order` time derivatives
 * of a value of one symbol at distinct plain labels, or such a value alone; a value that is matched may be replaced by
 * `right / coefficient`. Without a target L is a closed scalar (for instance an integral), used as it stands.
 */
export interface Assumption {
  readonly left: Expression;
  readonly right: Expression;
  readonly target?: {
    readonly symbol: SymbolInfo;
    /** The distinct labels at which L takes the symbol, slot by slot; a constant of a finite kind stays. */
    readonly arguments: readonly Argument[];
    readonly order: number;
    readonly coefficient: Expression;
  };
  /**
   * L is `coefficient * \Delta value`, the Laplacian by the label in one slot of a value at distinct plain labels; there is no
   * target then.
   */
  readonly laplacian?: {
    readonly symbol: SymbolInfo;
    readonly arguments: readonly Argument[];
    readonly slot: number;
    readonly coefficient: Expression;
  };
  readonly span: Span;
}

/** A scalar or an operator. Free labels are free in the usual sense; every expression knows where it was written. */
export type Expression = { readonly span: Span } & (
  | { readonly kind: "number"; readonly value: Rational }
  | { readonly kind: "imaginary" }
  | { readonly kind: "pi" }
  | { readonly kind: "parameter"; readonly parameter: Parameter }
  /** With `partials`, derivatives of the function before it is evaluated: `(\nabla w)(x-y)`, `(\Delta w)(N(x-y))`. */
  | {
      readonly kind: "value";
      readonly symbol: SymbolInfo;
      readonly arguments: readonly Argument[];
      readonly partials?: readonly { readonly slot: number; readonly component: Component }[];
    }
  | { readonly kind: "ladder"; readonly species: Species; readonly creation: boolean; readonly arguments: readonly Argument[] }
  /** Dirac's for space, Kronecker's otherwise; both arguments of one kind. `\delta(x-y)` has left x-y and right the origin. */
  | { readonly kind: "delta"; readonly left: Argument; readonly right: Argument }
  | { readonly kind: "sum"; readonly terms: readonly Expression[] }
  /** In the written order. */
  | { readonly kind: "product"; readonly factors: readonly Expression[] }
  /** Integer powers of anything (negative only of scalars), rational powers of scalars. */
  | { readonly kind: "power"; readonly base: Expression; readonly exponent: Rational }
  /** Integral over space labels, sum over the others. */
  | { readonly kind: "bind"; readonly labels: readonly Label[]; readonly body: Expression }
  /** Adjoint of an operator; of a scalar that is the complex conjugate. */
  | { readonly kind: "adjoint"; readonly of: Expression }
  | { readonly kind: "commutator"; readonly sign: -1 | 1; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "normal"; readonly of: Expression }
  | { readonly kind: "expectation"; readonly of: Expression }
  | { readonly kind: "contraction"; readonly left: Expression; readonly right: Expression }
  /** The terms of the normal form with `total` ladder operators, or with `creators` and `annihilators`. */
  | { readonly kind: "part"; readonly total?: number; readonly creators?: number; readonly annihilators?: number; readonly of: Expression }
  | { readonly kind: "unitary"; readonly unitary: Unitary; readonly inverse: boolean }
  /** Time derivative; parameters are constant, declared functions, kernels and unitaries depend on time, ladder operators do not. */
  | { readonly kind: "derivative"; readonly of: Expression }
  | { readonly kind: "function"; readonly name: "exp" | "cosh" | "sinh"; readonly of: Expression }
  /** Derivative by one component of a label of R^d; ladder operators, values, deltas and products are differentiated. */
  | { readonly kind: "partial"; readonly label: Label; readonly component: Component; readonly of: Expression }
  /** Sum over all d values of a component: `\Delta_x E`, `\nabla_x A \nabla_x B`. It occurs in `of` exactly twice in each term. */
  | { readonly kind: "components"; readonly component: Component; readonly of: Expression }
  /** A definition at given labels: the body with each parameter replaced by the argument. */
  | { readonly kind: "call"; readonly definition: Definition; readonly arguments: readonly Argument[] }
);

/** A vector index j = 1, ..., d of `\partial_{x^j}`. Identity is `id`; `dimension` is that of the label's R^d. */
export interface Component {
  readonly id: number;
  readonly dimension: number;
}

export interface Equation {
  readonly left: Expression;
  readonly right: Expression;
  /** What was assumed before it in the document. */
  readonly assumptions: readonly Assumption[];
  /** Of which equation of a chain it is, from 1; absent where there is one. */
  readonly link?: number;
  /** Of which entry of an equation between matrices, as `(1,2)`; of a block within an entry `(1,2)(2,1)`. */
  readonly entry?: string;
  /** Assumptions before it that have an error: what is true may rest on them. */
  readonly unread?: readonly Unread[];
}

/** An `assume` that could not be read. */
export interface Unread {
  /** "in line 3". */
  readonly place: string;
  /** Symbols and parameters that it names; absent where it names definitions and may be about anything. */
  readonly ids?: ReadonlySet<number>;
}

/** What remains of a document for checking, in its order. */
export type Checkable =
  | { readonly kind: "claim" | "refute"; readonly name: string; readonly span: Span; readonly equations: readonly Equation[] }
  | {
      readonly kind: "show";
      readonly name: string;
      readonly span: Span;
      readonly expression: Expression;
      readonly assumptions: readonly Assumption[];
    };

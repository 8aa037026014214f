import type { Sum } from "../algebra/sum.js";
import type { Assumption, Definition, Expression, Species, Unitary } from "../core/expression.js";

/** What a unitary with a quadratic generator is called: in messages, and where its kernels are shown unless it only passes by. */
export type Called = Pick<Unitary, "name" | "exponent" | "power" | "spelled"> & { readonly passing?: true };

/** What a unitary with a quadratic generator does, see `gaussian.ts`. */
export interface Transformation {
  /** Images of the annihilators under exp(-Q) A exp(Q) and under the inverse, at the placeholders of their labels. */
  readonly images: ReadonlyMap<Species, { readonly forward: Sum; readonly backward: Sum }>;
  /** Of the generator: D_{ss} in [a_s, Q] = \int D(x,y) a_y + ..., at the first and second placeholders, and the terms without operators. */
  readonly passive: ReadonlyMap<Species, Sum>;
  readonly scalar: Sum;
  /** Whether the generator has linear terms beside quadratic ones. */
  readonly shifted: boolean;
  /** Conjugated terms of coefficient 1. */
  readonly known: Map<string, Sum>;
}

/** What one lowering knows. Memos are shared by all requests under the same assumptions. */
export interface Context {
  readonly assumptions: readonly Assumption[];
  /** Inside \Nor: products drop contractions. */
  readonly normal: boolean;
  readonly limit: number | undefined;
  readonly calls: Map<Definition, Sum>;
  readonly normalCalls: Map<Definition, Sum>;
  /** Right sides of assumptions, by assumption and further time derivatives. */
  readonly assumed: Map<Assumption, Sum[]>;
  readonly busy: Set<Assumption>;
  readonly generators: Map<Unitary, Sum>;
  /** Of unitaries with quadratic generators. */
  readonly transformations: Map<Unitary, Transformation>;
  /** The lowering itself, handed down so that its parts need not import it. */
  readonly lower: (e: Expression, context: Context) => Sum;
}

/** A context in which nothing is remembered yet. */
export const freshContext = (assumptions: readonly Assumption[], limit: number | undefined, lower: Context["lower"]): Context => ({
  assumptions: [...assumptions],
  normal: false,
  limit,
  calls: new Map(),
  normalCalls: new Map(),
  assumed: new Map(),
  busy: new Set(),
  generators: new Map(),
  transformations: new Map(),
  lower,
});

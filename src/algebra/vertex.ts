import type { Arg } from "./label.js";
import type { Coefficient } from "./number.js";

/** One factor of a diagram: a head at its arguments, to a power (ladder operators to the first one only). */
export interface Vertex {
  readonly head: number;
  readonly args: readonly Arg[];
  readonly exp: number;
}

/** A diagram as it comes from an operation: any shape, deltas not yet eliminated. */
export interface Raw {
  readonly kinds: readonly number[];
  readonly vertices: readonly Vertex[];
  /** A bound label that was identified with another one and does not occur any more. */
  readonly gone?: ReadonlySet<number>;
}

/** A coefficient times a monomial in atoms, [id, exponent, id, exponent, ...] sorted by id. */
export interface Product {
  readonly coefficient: Coefficient;
  readonly mono: readonly number[];
}

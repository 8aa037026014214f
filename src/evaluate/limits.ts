import type { Span } from "../source/span.js";

/** Thrown where an expression has no meaning, or too large a one, on a finite model; caught by `compare`. */
export class Unsupported extends Error {
  readonly span: Span;
  constructor(message: string, span: Span) {
    super(message);
    this.span = span;
  }
}

/** Functions beside derivatives have frequencies without a bound; as power series in what is exponentiated they have one. */
export class Unbounded extends Unsupported {}

/** Thrown by the exact mode where only floating point can go on (the exponential of a number that does not cancel). */
export class Transcendental extends Error {}

/** A division by zero, or a root that does not exist: an accident of this choice of random numbers, so another is drawn. */
export class Singular extends Error {}

/** A series converges too slowly for the numbers in it, or they overflow: smaller ones are drawn. */
export class Slow extends Singular {}

/** The budget of operations, or of memory, is used up. */
export class Exhausted extends Error {}

import type { Arg } from "./label.js";

/** One factor of a diagram: a head at its arguments, to a power (ladder operators to the first one only). */
export interface Vertex {
  readonly head: number;
  readonly args: readonly Arg[];
  readonly exp: number;
}

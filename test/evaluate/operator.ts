import type { Expression, Species, Unitary } from "../../src/core/expression.js";
import { nowhere as span } from "../../src/source/span.js";
import { type Ex, ex } from "./build.js";
import { type Arg, argument, fresh, layout } from "./declare.js";

/** Ladder operators, unitaries, and what is done with operators, in few letters. */

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
export const unitary = (name: string, generator: Ex): Unitary => ({ id: fresh(), name, generator: ex(generator), layout });
export const uni = (u: Unitary, inverse = false): Expression => ({ kind: "unitary", unitary: u, inverse, span });

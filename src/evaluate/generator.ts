import { Transcendental, Unsupported } from "./limits.js";
import { isAnnihilator, modeOfSymbol, type Poly } from "./poly.js";
import type { Node } from "./program.js";
import { isSkew, type Quadratic, quadraticOf } from "./quadratic.js";
import type { Ring, Value } from "./ring.js";
import type { Linear, Modes } from "./state.js";

/** The exponent of a unitary: of degree one, or with a part of degree two. */
export interface Generator {
  readonly linear: Linear;
  readonly quadratic?: Quadratic;
}

/** Why some equations with unitaries are not compared. */
export const leftOver = "a unitary is left over that does not cancel: the finite model knows T^* A T and T A T^*, not T alone";

export function modesOf(symbol: Poly): readonly number[] {
  const modes = new Set<number>();
  for (const m of symbol.keys()) for (const s of m.symbols) modes.add(modeOfSymbol(s));
  return [...modes].sort((a, b) => a - b);
}

/**
 * A generator from its normal symbol.
 * @throws Unsupported if it is of degree three or more, not skew-adjoint, or odd in fermions
 * @throws Transcendental in the exact mode without epsilon if it is of degree two
 */
export function generatorOf(ring: Ring, modes: Modes, node: Extract<Node, { kind: "unitary" }>, symbol: Poly): Generator {
  const { name } = node.unitary;
  const vanishes = (v: Value): boolean =>
    ring.exact ? ring.isZero(v) : v.every((x, i) => i % 3 === 2 || Math.abs(x) < 1e-9 * (1 + (v[i - (i % 3) + 2] as number)));
  const creation = new Map<number, Value>();
  const annihilation = new Map<number, Value>();
  let constant = ring.zero;
  let degree = 0;
  for (const [m, value] of symbol) {
    degree = Math.max(degree, m.symbols.length);
    if (m.symbols.length > 2)
      throw new Unsupported(
        `the unitary ${name} has a generator of degree ${m.symbols.length}: the finite model knows degrees 1 and 2`,
        node.span,
      );
    if (m.symbols.filter((s) => modes.fermionic(modeOfSymbol(s))).length === 1)
      throw new Unsupported(`the unitary ${name} has a generator that is linear in fermions`, node.span);
    const [first, second] = m.symbols;
    if (first === undefined) constant = value;
    else if (second !== undefined) continue;
    else if (isAnnihilator(first)) annihilation.set(modeOfSymbol(first), ring.negate(value));
    else creation.set(modeOfSymbol(first), value);
  }
  if (!isSkew(ring, symbol, modes.monomials, vanishes))
    throw new Unsupported(`the generator of ${name} is not skew-adjoint (E^* = -E), so its exponential is not unitary`, node.span);
  const linear = { creation, annihilation, constant };
  if (degree < 2) return { linear };
  if (ring.exact && ring.depth === 0) throw new Transcendental("the exponential of a quadratic generator");
  return { linear, quadratic: quadraticOf(ring, symbol, modesOf(symbol), modes.fermionic) };
}

import { Slow } from "./limits.js";
import type { Ring, Value } from "./ring.js";

/** A value from that of its image under a symmetry. */
export function related(ring: Ring, v: Value, image: { readonly sign: 1 | -1; readonly conjugated: boolean }): Value {
  const w = image.conjugated ? ring.conj(v) : v;
  return image.sign < 0 ? ring.negate(w) : w;
}

/** Exactly zero, or zero up to rounding. */
export function negligible(ring: Ring, v: Value): boolean {
  return deviation(ring, v) < 1e-8;
}

export function agree(ring: Ring, a: Value, b: Value): boolean {
  return negligible(ring, ring.subtract(a, b));
}

/** 0 or 1 in the exact mode; else the largest modulus of a coefficient relative to the terms that it is made of. */
export function deviation(ring: Ring, v: Value): number {
  if (ring.exact) return ring.isZero(v) ? 0 : 1;
  let worst = 0;
  for (let i = 0; i < v.length; i += 3) {
    const size = v[i + 2] as number;
    const modulus = Math.hypot(v[i] as number, v[i + 1] as number);
    if (!Number.isFinite(modulus) || !Number.isFinite(size)) throw new Slow("numbers overflow");
    if (modulus > 0) worst = Math.max(worst, size > 0 ? modulus / size : 1);
  }
  return worst;
}

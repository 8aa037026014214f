import { accumulate, annihilatorSymbol, creatorSymbol, type Monomials, type Poly } from "./poly.js";
import type { Ring, Value } from "./ring.js";

/** sum_m f_m a_m^* + sum_m g_m a_m + c. */
export interface Form {
  readonly creation: readonly (readonly [number, Value])[];
  readonly annihilation: readonly (readonly [number, Value])[];
  readonly constant: Value;
}

/** As a polynomial in symbols. */
export function polyOf(ring: Ring, monomials: Monomials, { creation, annihilation, constant }: Form): Poly {
  const out: Poly = new Map();
  accumulate(ring, out, monomials.unit, constant);
  for (const [mode, v] of creation) accumulate(ring, out, monomials.raise(monomials.unit, creatorSymbol(mode)).to, v);
  for (const [mode, v] of annihilation) accumulate(ring, out, monomials.raise(monomials.unit, annihilatorSymbol(mode)).to, v);
  return out;
}

/** W^{-1} alpha W for W = exp(sum f a^* - g a): a + f and a^* + g. */
export function shiftsOf(
  ring: Ring,
  { creation, annihilation }: { readonly creation: ReadonlyMap<number, Value>; readonly annihilation: ReadonlyMap<number, Value> },
  inverse: boolean,
): ReadonlyMap<number, Form> {
  const out = new Map<number, Form>();
  const constant = (v: Value): Value => (inverse ? ring.negate(v) : v);
  for (const [mode, f] of creation)
    out.set(annihilatorSymbol(mode), { creation: [], annihilation: [[mode, ring.one]], constant: constant(f) });
  for (const [mode, g] of annihilation)
    out.set(creatorSymbol(mode), { creation: [[mode, ring.one]], annihilation: [], constant: constant(g) });
  return out;
}

/** A form with each of its ladder operators replaced by that operator's image. */
export function through(ring: Ring, form: Form, image: (symbol: number) => Form | undefined): Form {
  const creation = new Map<number, Value>();
  const annihilation = new Map<number, Value>();
  let { constant } = form;
  const put = (into: Map<number, Value>, mode: number, value: Value): void => {
    const old = into.get(mode);
    into.set(mode, old === undefined ? value : ring.add(old, value));
  };
  const follow = (own: Map<number, Value>, symbol: number, mode: number, factor: Value): void => {
    const to = image(symbol);
    if (to === undefined) {
      put(own, mode, factor);
      return;
    }
    for (const [m, v] of to.creation) put(creation, m, ring.multiply(factor, v));
    for (const [m, v] of to.annihilation) put(annihilation, m, ring.multiply(factor, v));
    constant = ring.add(constant, ring.multiply(factor, to.constant));
  };
  for (const [mode, f] of form.creation) follow(creation, creatorSymbol(mode), mode, f);
  for (const [mode, g] of form.annihilation) follow(annihilation, annihilatorSymbol(mode), mode, g);
  return { creation: [...creation], annihilation: [...annihilation], constant };
}

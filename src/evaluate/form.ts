import { annihilatorSymbol, creatorSymbol } from "./poly.js";
import type { Ring, Value } from "./ring.js";

/** sum_m f_m a_m^* + sum_m g_m a_m + c. */
export interface Form {
  readonly creation: readonly (readonly [number, Value])[];
  readonly annihilation: readonly (readonly [number, Value])[];
  readonly constant: Value;
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

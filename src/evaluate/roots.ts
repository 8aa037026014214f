import { hash } from "./hash.js";
import { Singular } from "./limits.js";
import type { Machine } from "./machine.js";
import { agree } from "./near.js";
import { powerMod } from "./prime.js";
import type { Value } from "./ring.js";

/** The positive root of a positive number. @throws Singular where there is none: another draw may help */
export function squareRoot(machine: Machine, v: Value): Value {
  if (!machine.isPositive(v)) throw new Singular("no square root");
  return machine.ring(0).root(v, { n: 1n, d: 2n });
}

/** lambda with lambda conj(lambda) = v: always there for v in GF(p), found by trying real parts; v > 0 in floating point. */
export function normRoot(machine: Machine, v: Value, prime: number | undefined, words: readonly number[]): Value | undefined {
  const ring = machine.ring(0);
  if (!agree(ring, v, ring.conj(v))) return undefined;
  if (prime === undefined) return squareRoot(machine, v);
  for (let draw = 0; draw < 200; draw++) {
    const x = hash([...words, 12, draw]) % prime;
    const rest = ((((v[0] as number) - ((x * x) % prime)) % prime) + prime) % prime;
    if (rest === 0 || powerMod(rest, (prime - 1) / 2, prime) !== 1) continue;
    return [x, powerMod(rest, (prime + 1) / 4, prime)];
  }
  return undefined;
}

import { atomOf } from "../algebra/atom.js";
import { add, type Sum, scale } from "../algebra/sum.js";
import { degrees, multiply, multiplyNormal } from "../algebra/wick.js";
import type { Context } from "./context.js";

export function isScalar(sum: Sum): boolean {
  for (const term of sum.values())
    for (let i = 0; i < term.mono.length; i += 2) {
      const atom = atomOf(term.mono[i] as number);
      if (atom.creators + atom.annihilators > 0) return false;
    }
  return true;
}

/** The largest number of ladder operators in a term. */
export function degreeOf(sum: Sum): number {
  let most = 0;
  for (const { mono } of sum.values()) {
    const [creators, annihilators] = degrees(mono);
    most = Math.max(most, creators + annihilators);
  }
  return most;
}

/** The terms without ladder operators. */
export const scalarPart = (sum: Sum): Sum => new Map([...sum].filter(([, { mono }]) => degrees(mono).every((n) => n === 0)));

/** +1 when every term has an even number of fermions, -1 odd, 0 mixed. */
function grade(sum: Sum): -1 | 0 | 1 {
  let found: -1 | 0 | 1 | undefined;
  for (const term of sum.values()) {
    let count = 0;
    for (let i = 0; i < term.mono.length; i += 2) count += atomOf(term.mono[i] as number).fermions * (term.mono[i + 1] as number);
    const here = count % 2 === 0 ? 1 : -1;
    if (found !== undefined && found !== here) return 0;
    found = here;
  }
  return found ?? 1;
}

/** [A,B] (sign -1) or {A,B} (sign +1), from connected terms alone where the others cancel. */
export function bracket(a: Sum, b: Sum, sign: -1 | 1, context: Context): Sum {
  if (context.normal) return add(multiplyNormal(a, b), scale(multiplyNormal(b, a), sign));
  const [p, q] = [grade(a), grade(b)];
  // :A B: = exchange :B A:, so the disconnected parts cancel when sign = -exchange.
  const exchange = p === 0 || q === 0 ? 0 : p === -1 && q === -1 ? -1 : 1;
  const connected = exchange !== 0 && sign === -exchange;
  return add(multiply(a, b, { connected }, context.limit), scale(multiply(b, a, { connected }, context.limit), sign));
}

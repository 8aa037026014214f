import { hash } from "./hash.js";

export const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));

/** a^e mod p for a < p < 2^26, e < 2^53: every product stays below 2^52, so doubles are exact. */
export function powerMod(a: number, e: number, p: number): number {
  let result = 1;
  let base = a % p;
  let rest = e;
  while (rest > 0) {
    if (rest % 2 === 1) result = (result * base) % p;
    base = (base * base) % p;
    rest = Math.floor(rest / 2);
  }
  return result;
}

/** 1/a mod p by Euclid's algorithm; a prime to p. */
export function inverseMod(a: number, p: number): number {
  let [r0, r1] = [p, ((a % p) + p) % p];
  let [t0, t1] = [0, 1];
  while (r1 !== 0) {
    const q = Math.floor(r0 / r1);
    [r0, r1] = [r1, r0 - q * r1];
    [t0, t1] = [t1, t0 - q * t1];
  }
  if (r0 !== 1) throw new RangeError(`${a} has no inverse modulo ${p}`);
  return t0 < 0 ? t0 + p : t0;
}

/** Miller and Rabin's test with the bases 2, 3, 5, 7, which decide every n < 3,215,031,751. */
export function isPrime(n: number): boolean {
  if (n < 2) return false;
  for (const q of [2, 3, 5, 7]) if (n % q === 0) return n === q;
  let odd = n - 1;
  let twos = 0;
  while (odd % 2 === 0) {
    odd /= 2;
    twos++;
  }
  outer: for (const a of [2, 3, 5, 7]) {
    let x = powerMod(a, odd, n);
    if (x === 1 || x === n - 1) continue;
    for (let i = 1; i < twos; i++) {
      x = (x * x) % n;
      if (x === n - 1) continue outer;
    }
    return false;
  }
  return true;
}

/** What a prime must allow: square roots (and other roots) of the given small primes, and roots of odd order. */
export interface Demands {
  readonly residues: readonly number[];
  /** Odd part of the lcm of the exponents' denominators; the group of squares must have order prime to it. */
  readonly roots: number;
  /** An odd number that divides p+1, so that there are roots of unity of this order with conj(w) = 1/w. */
  readonly circle?: number;
}

function common(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/**
 * A random prime p = 3 mod 4 in [2^25, 2^26). Then -1 is no square, so GF(p)[i] is a field with the
 * Frobenius map i -> -i; the squares are a group of odd order (p-1)/2, and since that is prime to `roots` too, each
 * square has exactly one root of each wanted order that is a square itself: rational powers are single-valued.
 * @returns undefined when a few hundred thousand draws show none
 */
export function choosePrime(words: readonly number[], demands: Demands): number | undefined {
  for (let draw = 0; draw < 400000; draw++) {
    const step = 4 * (demands.circle ?? 1);
    const least = Math.ceil(33554432 / step);
    const p = (least + (hash([...words, draw]) % least)) * step + step - 1;
    if (p >= 67108864) continue;
    if (p % 3 === 0 || p % 5 === 0 || p % 7 === 0 || !isPrime(p)) continue;
    const half = (p - 1) / 2;
    if (common(half, demands.roots) !== 1) continue;
    if (demands.residues.every((q) => powerMod(q % p, half, p) === 1)) return p;
  }
  return undefined;
}

/**
 * Random numbers as a function of what they are for: the value of a kernel at three points must be the
 * same whenever it is asked for, in whatever order. Two lanes of the finaliser of MurmurHash3 (Appleby, public
 * domain) over the words of the key; the lanes have different constants and are mixed at the end.
 */

function scramble(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** 53 bits from a key of integers below 2^53 in modulus. */
export function hash(words: readonly number[]): number {
  let a = 0x9e3779b9 | 0;
  let b = 0x243f6a88 | 0;
  for (const word of words) {
    const low = word | 0;
    const high = Math.floor(word / 4294967296) | 0;
    a = scramble(a ^ low) + Math.imul(b, 5) + high;
    b = scramble(b + Math.imul(low, 0x27d4eb2f) + 0x165667b1) ^ Math.imul(a, 9);
  }
  a = scramble(a ^ (b >>> 7));
  b = scramble(b ^ Math.imul(a, 0x9e3779b1) ^ words.length);
  return (a >>> 0) * 2097152 + (b >>> 11);
}

/** Uniform in [0, 1). */
export function unit(words: readonly number[]): number {
  return hash(words) / 9007199254740992;
}

/**
 * Exact coefficients: Gaussian rationals. A plain number is a real safe integer, which most coefficients are;
 * everything else is `(re + i im) / den` in lowest terms with den > 0, its parts growing into BigInt when they
 * leave the safe range.
 */
export type Int = number | bigint;
export interface Gauss {
  readonly re: Int;
  readonly im: Int;
  readonly den: Int;
}
export type Coefficient = number | Gauss;

const limit = Number.MAX_SAFE_INTEGER;

function shrink(a: bigint): Int {
  return a <= 9007199254740991n && a >= -9007199254740991n ? Number(a) : a;
}

export function multiplyInt(a: Int, b: Int): Int {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (product <= limit && product >= -limit) return product;
  }
  return shrink(BigInt(a) * BigInt(b));
}

export function addInt(a: Int, b: Int): Int {
  if (typeof a === "number" && typeof b === "number") {
    const total = a + b;
    if (total <= limit && total >= -limit) return total;
  }
  return shrink(BigInt(a) + BigInt(b));
}

export function negateInt(a: Int): Int {
  return typeof a === "number" ? 0 - a : -a;
}

export function gcdInt(a: Int, b: Int): Int {
  if (typeof a === "number" && typeof b === "number") {
    let x = Math.abs(a);
    let y = Math.abs(b);
    while (y !== 0) [x, y] = [y, x % y];
    return x;
  }
  let x = BigInt(a);
  let y = BigInt(b);
  if (x < 0n) x = -x;
  if (y < 0n) y = -y;
  while (y !== 0n) [x, y] = [y, x % y];
  return shrink(x);
}

/** a / b for b dividing a. */
function divideInt(a: Int, b: Int): Int {
  if (typeof a === "number" && typeof b === "number") return a / b;
  return shrink(BigInt(a) / BigInt(b));
}

/** (re + i im) / den in lowest terms. `den` must not be zero. */
export function gauss(re: Int, im: Int, den: Int): Coefficient {
  let [r, i, d] = [re, im, den];
  if (d !== 1) {
    if (d < 0) [r, i, d] = [negateInt(r), negateInt(i), negateInt(d)];
    const common = gcdInt(i === 0 ? r : gcdInt(r, i), d);
    if (common !== 1) [r, i, d] = [divideInt(r, common), divideInt(i, common), divideInt(d, common)];
  }
  return i === 0 && d === 1 && typeof r === "number" ? r : { re: r, im: i, den: d };
}

export const imaginary: Coefficient = { re: 0, im: 1, den: 1 };

export const real = (a: Coefficient): Int => (typeof a === "number" ? a : a.re);
export const imag = (a: Coefficient): Int => (typeof a === "number" ? 0 : a.im);
export const denominator = (a: Coefficient): Int => (typeof a === "number" ? 1 : a.den);

export function multiply(a: Coefficient, b: Coefficient): Coefficient {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (product <= limit && product >= -limit) return product;
    return { re: BigInt(a) * BigInt(b), im: 0, den: 1 };
  }
  if (a === 1) return b;
  if (b === 1) return a;
  const [ar, ai, br, bi] = [real(a), imag(a), real(b), imag(b)];
  const den = multiplyInt(denominator(a), denominator(b));
  if (ai === 0 && bi === 0) return gauss(multiplyInt(ar, br), 0, den);
  return gauss(addInt(multiplyInt(ar, br), negateInt(multiplyInt(ai, bi))), addInt(multiplyInt(ar, bi), multiplyInt(ai, br)), den);
}

export function add(a: Coefficient, b: Coefficient): Coefficient {
  if (typeof a === "number" && typeof b === "number") {
    const total = a + b;
    if (total <= limit && total >= -limit) return total;
    return { re: BigInt(a) + BigInt(b), im: 0, den: 1 };
  }
  const [da, db] = [denominator(a), denominator(b)];
  if (da === 1 && db === 1) return gauss(addInt(real(a), real(b)), addInt(imag(a), imag(b)), 1);
  return gauss(
    addInt(multiplyInt(real(a), db), multiplyInt(real(b), da)),
    addInt(multiplyInt(imag(a), db), multiplyInt(imag(b), da)),
    multiplyInt(da, db),
  );
}

export function conjugate(a: Coefficient): Coefficient {
  return typeof a === "number" || a.im === 0 ? a : { re: a.re, im: negateInt(a.im), den: a.den };
}

/** 1 / a. @throws RangeError when a is zero */
export function invert(a: Coefficient): Coefficient {
  const [r, i, d] = [real(a), imag(a), denominator(a)];
  if (r === 0 && i === 0) throw new RangeError("division by zero");
  if (i === 0) return gauss(d, 0, r);
  const norm = addInt(multiplyInt(r, r), multiplyInt(i, i));
  return gauss(multiplyInt(r, d), negateInt(multiplyInt(i, d)), norm);
}

/** a^n for an integer n. */
export function power(a: Coefficient, n: number): Coefficient {
  let base = n < 0 ? invert(a) : a;
  let result: Coefficient = 1;
  for (let left = Math.abs(n); left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = multiply(result, base);
    if (left > 1) base = multiply(base, base);
  }
  return result;
}

export function integer(n: bigint): Coefficient {
  const value = shrink(n);
  return typeof value === "number" ? value : { re: value, im: 0, den: 1 };
}

export function fromRational(n: bigint, d: bigint): Coefficient {
  if (d === 1n) return integer(n);
  return gauss(shrink(n), 0, shrink(d));
}

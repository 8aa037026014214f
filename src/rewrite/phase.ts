import { type Coefficient, denominator, gauss, imag, multiply as times } from "../algebra/number.js";
import { piBase, primeBase, scalarEntries, scalarPower } from "../algebra/scalar.js";
import { add, constant, type Sum, scale, type Term } from "../algebra/sum.js";

/** The two parts of an exponent: e^{sum} = factor e^{rest}. */
interface Split {
  readonly factor: Sum;
  readonly rest: Sum;
}

const root = (prime: bigint, by: Coefficient): Sum => {
  const { id, factor } = scalarPower(primeBase(prime), 1, 2);
  return constant(times(by, factor), id);
};

/** e^{i \pi n / 12} for n = 0, 2, 3, 4: the angles below a right one whose functions are square roots of numbers. */
function corner(n: number): Sum | undefined {
  switch (n) {
    case 0:
      return constant(1);
    case 2:
      return add(root(3n, gauss(1, 0, 2)), constant(gauss(0, 1, 2)));
    case 3:
      return root(2n, gauss(1, 1, 2));
    case 4:
      return add(root(3n, gauss(0, 1, 2)), constant(gauss(1, 0, 2)));
    default:
      return undefined;
  }
}

/**
 * Takes the numbers out of an exponent: e^{i \pi q + B} = i^k e^{i \pi r + B} with q = k/2 + r, 0 <= r < 1/2 for rational q, and
 * writes e^{i \pi r} with roots where r is 1/6, 1/4 or 1/3. Undefined where there is nothing to take out.
 */
export function quarterTurns(exponent: Sum): Split | undefined {
  for (const term of exponent.values()) {
    if (!isMultipleOfPi(term)) continue;
    const [n, d] = [BigInt(imag(term.coefficient)), BigInt(denominator(term.coefficient))];
    // q = n/d = k/2 + r, and 12 r = (12 n - 6 k d) / d.
    const k = floor(2n * n, d);
    const left = 2n * n - k * d;
    const small = (6n * left) % d === 0n ? corner(Number((6n * left) / d)) : undefined;
    const taken = gauss(0, Number(small === undefined ? k * d : 2n * n), Number(2n * d));
    if (taken === 0) return undefined;
    const turn = ([1, gauss(0, 1, 1), -1, gauss(0, -1, 1)] as const)[Number(((k % 4n) + 4n) % 4n)] as Coefficient;
    return {
      factor: scale(small ?? constant(1), turn),
      rest: add(exponent, constant(times(taken, -1), term.scalar)),
    };
  }
  return undefined;
}

/** A multiple of \pi whose imaginary part is no number of many digits. */
function isMultipleOfPi({ coefficient, scalar, mono }: Term): boolean {
  const [n, d] = [Number(imag(coefficient)), Number(denominator(coefficient))];
  if (mono.length > 0 || n === 0 || Math.abs(n) > 1e9 || d > 1e6) return false;
  const [entry, ...others] = scalarEntries(scalar);
  return entry !== undefined && others.length === 0 && entry.base === piBase() && entry.num === 1 && entry.den === 1;
}

function floor(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n ? quotient - 1n : quotient;
}

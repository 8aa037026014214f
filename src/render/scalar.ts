import type { FormScalar, FormTerm } from "../algebra/form.js";
import { gcd, type Rational } from "../core/rational.js";
import { isOne, parameterText, power, type Style } from "./words.js";

/** A number and powers of parameters, without its sign: `\frac{3 i}{2} N^{3}`, or "" for 1. */
export interface Coefficient {
  readonly negative: boolean;
  readonly text: string;
}

/** The parts of a coefficient that stay where they are written and those that go under a fraction. */
interface Powers {
  readonly over: string[];
  readonly under: string[];
}

const half = (e: Rational): boolean => e.d === 2n && (e.n === 1n || e.n === -1n);

/**
 * Writes `re + i im` times powers. LaTeX puts negative powers under a fraction, `\frac{1}{2 \sqrt{N}}`; plain text
 * keeps them, `1/2 N^{-1/2}`.
 *
 * @param extra further factors that hold no labels, already written, over and under the fraction
 */
export function coefficientText(
  term: Pick<FormTerm, "re" | "im">,
  scalars: readonly FormScalar[],
  imaginary: string,
  style: Style,
  extra: Powers = { over: [], under: [] },
): Coefficient {
  const { re, im } = term;
  if (re.d === 1n && re.n === 1n && im.n === 0n && scalars.length === 0 && extra.over.length === 0 && extra.under.length === 0) return plus;
  const negative = re.n !== 0n ? re.n < 0n : im.n < 0n;
  const sign = negative ? -1n : 1n;
  const powers = powersOf(scalars, style);
  const common = (re.d * im.d) / gcd(re.d, im.d);
  const scale = gcd(powers.denominator, gcd((re.n * common) / re.d, (im.n * common) / im.d));
  const denominator = (common * powers.denominator) / scale;
  const real = (sign * re.n * common) / re.d / scale;
  const imag = (sign * im.n * common) / im.d / scale;
  const over = [...powers.over, ...extra.over];
  const under = [...powers.under, ...extra.under];
  let top: string;
  let sum = false;
  if (imag === 0n) top = real === 1n ? "" : String(real);
  else if (real === 0n) top = imag === 1n ? imaginary : `${imag} ${imaginary}`;
  else {
    const size = imag < 0n ? -imag : imag;
    top = `${real} ${imag < 0n ? "-" : "+"} ${size === 1n ? "" : `${size} `}${imaginary}`;
    sum = true;
  }
  const tops = sum ? `(${top})` : top;
  if (style.latex && (denominator !== 1n || under.length > 0)) {
    const below = [...(denominator === 1n ? [] : [String(denominator)]), ...under].join(" ");
    return { negative, text: [`\\frac{${top === "" ? "1" : top}}{${below}}`, ...over].join(" ") };
  }
  const parts: string[] = [];
  if (denominator === 1n) {
    if (tops !== "") parts.push(tops);
  } else if (imag === 0n) parts.push(`${real}/${denominator}`);
  else if (real === 0n) parts.push(`${imag}/${denominator} ${imaginary}`);
  else parts.push(`1/${denominator} ${tops}`);
  parts.push(...over, ...under);
  return { negative, text: parts.join(" ") };
}

const plus: Coefficient = { negative: false, text: "" };

/** `denominator` is what plain text takes out of roots below: 2^{-1/2} = \sqrt{2} / 2. */
function powersOf(scalars: readonly FormScalar[], style: Style): Powers & { readonly denominator: bigint } {
  if (scalars.length === 0) return none;
  const over: string[] = [];
  const under: string[] = [];
  const put = (base: string, e: Rational, shape: "plain" | "scripted"): void => {
    // Only LaTeX has a fraction to put a negative power into.
    if (e.n < 0n && style.latex) under.push(power(base, { n: -e.n, d: e.d }, shape, style));
    else over.push(power(base, e, shape, style));
  };
  const roots = { over: 1n, under: 1n };
  for (const scalar of scalars)
    if (scalar.kind === "number" && half(scalar.exponent)) roots[scalar.exponent.n > 0n ? "over" : "under"] *= scalar.base;
  if (!style.latex) roots.over *= roots.under;
  if (roots.over !== 1n) over.push(`\\sqrt{${roots.over}}`);
  if (style.latex && roots.under !== 1n) under.push(`\\sqrt{${roots.under}}`);
  for (const scalar of scalars) {
    if (scalar.kind === "number") {
      if (!half(scalar.exponent)) put(String(scalar.base), scalar.exponent, "scripted");
    } else if (scalar.kind === "pi") put("\\pi", scalar.exponent, "plain");
    else {
      const name = parameterText(scalar.parameter.layout);
      const scripted = scalar.parameter.layout.superscript.length > 0;
      if (!scalar.conjugated) {
        const partner = scalars.find((s) => s.kind === "parameter" && s.conjugated && s.parameter.id === scalar.parameter.id);
        if (partner?.kind === "parameter" && sameExponent(partner.exponent, scalar.exponent) && isOne(scalar.exponent)) {
          over.push(`|${name}|^2`);
          continue;
        }
        put(name, scalar.exponent, scripted ? "scripted" : "plain");
      } else {
        const partner = scalars.find((s) => s.kind === "parameter" && !s.conjugated && s.parameter.id === scalar.parameter.id);
        if (partner !== undefined && sameExponent(partner.exponent, scalar.exponent) && isOne(scalar.exponent)) continue;
        put(`\\overline{${name}}`, scalar.exponent, "plain");
      }
    }
  }
  return { over, under, denominator: style.latex ? 1n : roots.under };
}

const none = { over: [], under: [], denominator: 1n };

const sameExponent = (a: Rational, b: Rational): boolean => a.n === b.n && a.d === b.d;

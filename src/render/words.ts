import type { Argument, Label, Layout } from "../core/expression.js";
import type { Rational } from "../core/rational.js";
import { valueText } from "../source/symbols.js";

/** Small pieces of notation that forms and expressions share. `latex` false writes one plain line for a terminal. */
export interface Style {
  readonly latex: boolean;
}

export const isOne = (r: Rational): boolean => r.n === 1n && r.d === 1n;

/** `A` in parentheses that grow in LaTeX. */
export function parenthesised(body: string, style: Style): string {
  return style.latex ? `\\left( ${body} \\right)` : `(${body})`;
}

/** A nonnegative rational: `3`, `\frac{1}{2}`, in plain text `1/2`. */
export function fraction(r: Rational, style: Style): string {
  if (r.d === 1n) return String(r.n);
  return style.latex ? `\\frac{${r.n}}{${r.d}}` : `${r.n}/${r.d}`;
}

/** What follows `_` or `^`: braces unless it is a single letter, digit or sign. */
export function script(body: string): string {
  return body.length === 1 ? body : `{${body}}`;
}

export function exponentText(e: Rational): string {
  return script(e.d === 1n ? String(e.n) : `${e.n}/${e.d}`);
}

/**
 * `base^e`, as a root where e is 1/2. `shape` says what `base` is: "plain" takes an exponent as it stands,
 * "scripted" has a superscript already, or ends in something that an exponent would not cover, and needs parentheses.
 */
export function power(base: string, e: Rational, shape: "plain" | "scripted", style: Style): string {
  if (isOne(e)) return base;
  if (e.n === 1n && e.d === 2n) return `\\sqrt{${base}}`;
  return `${shape === "plain" ? base : parenthesised(base, style)}^${exponentText(e)}`;
}

/** `\dot{\phi}`, `\ddot{\phi}`; more than two dots are for the caller. */
export function dotted(base: string, dots: number): string {
  return dots === 0 ? base : `${dots === 1 ? "\\dot" : "\\ddot"}{${base}}`;
}

/** A symbol as its layout writes it: `base`, then scripts, then arguments; `run` prints a run of slots. */
export function applied(layout: Layout, base: string, run: (slots: readonly number[]) => string): string {
  let text = base;
  if (layout.subscript.length > 0)
    text += `_${script(layout.subscript.map((item) => (typeof item === "string" ? item : run(item))).join(","))}`;
  if (layout.superscript.length > 0) text += `^${script(layout.superscript.join(","))}`;
  if (layout.arguments.length > 0) text += `(${layout.arguments.map(run).join(",")})`;
  return text;
}

/** The label of an argument that is just a label. */
export function plainLabel(argument: Argument | undefined): Label | undefined {
  if (argument === undefined || argument.kind === "constant") return undefined;
  if (argument.kind === "label") return argument.label;
  if (argument.terms.length !== 1 || argument.scale.parameters.length > 0 || !isOne(argument.scale.number)) return undefined;
  const term = argument.terms[0] as { readonly label: Label; readonly coefficient: Rational };
  return isOne(term.coefficient) && !term.label.unit ? term.label : undefined;
}

/**
 * `x-y`, `2 x`, `N(x-y)`, `0`. Positive terms come first, and among equal signs the smaller `rank`.
 * `name` is called in the printed order, so that names can be given on the way.
 */
export function argumentText(argument: Argument, name: (label: Label) => string, rank: (label: Label) => number, style: Style): string {
  if (argument.kind === "constant") return valueText(argument.value);
  if (argument.kind === "label") return name(argument.label);
  const { scale, terms } = argument;
  const plain = plainLabel(argument);
  if (plain !== undefined) return name(plain);
  if (terms.length === 0) return "0";
  const body = affineTerms(terms, name, rank, style);
  const sign = scale.number.n < 0n ? "-" : "";
  const number: Rational = scale.number.n < 0n ? { n: -scale.number.n, d: scale.number.d } : scale.number;
  const factors = [
    ...(isOne(number) ? [] : [fraction(number, style)]),
    ...scale.parameters.map(({ parameter, exponent }) =>
      power(
        parameterText(parameter.layout),
        { n: BigInt(exponent), d: 1n },
        parameter.layout.superscript.length > 0 ? "scripted" : "plain",
        style,
      ),
    ),
  ];
  if (factors.length === 0) return sign === "" ? body : terms.length > 1 ? `-(${body})` : `-${body}`;
  const bare = terms.length === 1 && isOne((terms[0] as { readonly coefficient: Rational }).coefficient);
  return bare ? `${sign}${factors.join(" ")} ${body}` : `${sign}${factors.join(" ")}(${body})`;
}

const rankOf = (label: Label, rank: (label: Label) => number): number => (label.unit ? Number.MAX_VALUE : rank(label));

type AffineTerms = readonly { readonly label: Label; readonly coefficient: Rational }[];

/** `x-y`, `x+\frac{1}{2} y`, `j+1`: positive terms first, a number last unless it alone is positive. */
export function affineTerms(terms: AffineTerms, name: (label: Label) => string, rank: (label: Label) => number, style: Style): string {
  const sorted =
    terms.length === 1
      ? terms
      : [...terms].sort(
          (a, b) => Number(a.coefficient.n < 0n) - Number(b.coefficient.n < 0n) || rankOf(a.label, rank) - rankOf(b.label, rank),
        );
  let text = "";
  for (const { label, coefficient } of sorted) {
    const negative = coefficient.n < 0n;
    const size = negative ? { n: -coefficient.n, d: coefficient.d } : coefficient;
    text += negative ? "-" : text === "" ? "" : "+";
    text += label.unit ? fraction(size, style) : isOne(size) ? name(label) : `${fraction(size, style)} ${name(label)}`;
  }
  return text;
}

/** A parameter, or anything else without labels. */
export function parameterText(layout: Layout): string {
  return applied(layout, layout.base, () => "");
}

/** As many signs as there are differentials, up to three; beyond that one stands for all. */
export function integralSign(count: number): string {
  return count === 2 ? "\\iint" : count === 3 ? "\\iiint" : "\\int";
}

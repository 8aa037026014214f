import type { FormFactor, FormScalar, FormTerm } from "../algebra/form.js";
import type { Argument, Label } from "../core/expression.js";
import { add, equals, type Rational, rational } from "../core/rational.js";
import { applied, isOne, power } from "./words.js";

export type Value = FormFactor & { readonly kind: "value" };

/** A value beside its conjugate is a square of absolute values, `|\phi(x)|^{2 modulus}`. */
export interface Written {
  readonly value: Value;
  readonly modulus: number;
}

/** Values of several labels come first: the interaction, then the wave functions. */
export function weight(value: Value): number {
  if (value.arguments.length > 1) return 0;
  const [argument] = value.arguments;
  return argument?.kind === "affine" && argument.terms.length > 1 ? 0 : 1;
}

export function conjugateCount(term: FormTerm): number {
  let count = 0;
  for (const factor of term.factors) if (factor.kind === "value" && factor.conjugated) count++;
  return count;
}

/** Collects `\overline{f} f` into `|f|^2`. */
export function moduli(values: readonly Value[]): readonly Written[] {
  if (!values.some((value) => value.conjugated)) return values.map((value) => ({ value, modulus: 0 }));
  const left = values.map((value) => value.exponent);
  const written: Written[] = [];
  values.forEach((value, i) => {
    const e = left[i] as Rational;
    if (e.n === 0n) return;
    if (e.d === 1n && e.n > 0n) {
      const partner = values.findIndex(
        (other, j) =>
          j > i &&
          other.conjugated !== value.conjugated &&
          other.symbol.id === value.symbol.id &&
          other.dots === value.dots &&
          (left[j] as Rational).d === 1n &&
          (left[j] as Rational).n > 0n &&
          other.arguments.every((argument, k) => sameArgument(argument, value.arguments[k] as Argument)),
      );
      if (partner >= 0) {
        const f = left[partner] as Rational;
        const least = Math.min(Number(e.n), Number(f.n));
        written.push({ value: { ...value, conjugated: false }, modulus: least });
        left[i] = rational(Number(e.n) - least);
        left[partner] = rational(Number(f.n) - least);
        if ((left[i] as Rational).n === 0n) return;
      }
    }
    written.push({ value: { ...value, exponent: left[i] as Rational }, modulus: 0 });
  });
  return written;
}

export function sameArgument(a: Argument, b: Argument): boolean {
  if (a.kind === "constant" || b.kind === "constant") return a.kind === "constant" && b.kind === "constant" && a.value === b.value;
  if (a.kind === "label" || b.kind === "label") return a.kind === "label" && b.kind === "label" && a.label.id === b.label.id;
  return (
    a.terms.length === b.terms.length &&
    equals(a.scale.number, b.scale.number) &&
    a.scale.parameters.length === b.scale.parameters.length &&
    a.scale.parameters.every(
      (p, i) => p.parameter.id === b.scale.parameters[i]?.parameter.id && p.exponent === b.scale.parameters[i]?.exponent,
    ) &&
    a.terms.every((term) => b.terms.some((other) => other.label.id === term.label.id && equals(other.coefficient, term.coefficient)))
  );
}

/** `left - right` of unscaled arguments. */
export function difference(left: Argument & { readonly kind: "affine" }, right: Argument & { readonly kind: "affine" }): Argument {
  const terms = new Map<number, { readonly label: Label; readonly coefficient: Rational }>();
  for (const [side, sign] of [
    [left, 1n],
    [right, -1n],
  ] as const)
    for (const { label, coefficient } of side.terms) {
      const scaled = rational(sign * coefficient.n * side.scale.number.n, coefficient.d * side.scale.number.d);
      const sum = add(terms.get(label.id)?.coefficient ?? { n: 0n, d: 1n }, scaled);
      if (sum.n === 0n) terms.delete(label.id);
      else terms.set(label.id, { label, coefficient: sum });
    }
  return { kind: "affine", of: left.of, scale: { number: { n: 1n, d: 1n }, parameters: [] }, terms: [...terms.values()] };
}

/**
 * Puts powers of N beside a value whose argument N scales: `\frac{1}{\sqrt{N}} \iint N^3 V(N(x-y)) ...`, as N^3 V(N x) is
 * what tends to a delta in three dimensions.
 */
export function attach(
  scalars: readonly FormScalar[],
  values: readonly Written[],
): { scalars: readonly FormScalar[]; attached: ReadonlyMap<Value, string> } {
  const attached = new Map<Value, string>();
  if (scalars.length === 0) return { scalars, attached };
  const scaled = values.flatMap(({ value }) => {
    const [argument] = value.arguments;
    if (value.arguments.length !== 1 || argument?.kind !== "affine" || argument.of.kind !== "space" || !isOne(value.exponent)) return [];
    const [scale] = argument.scale.parameters;
    return argument.scale.parameters.length === 1 && scale?.exponent === 1
      ? [{ value, parameter: scale.parameter, dimension: BigInt(argument.of.dimension) }]
      : [];
  });
  if (scaled.length === 0) return { scalars, attached };
  const rest = [...scalars];
  for (const { value, parameter, dimension } of scaled) {
    const at = rest.findIndex((s) => s.kind === "parameter" && !s.conjugated && s.parameter.id === parameter.id);
    const scalar = rest[at];
    if (scalar?.kind !== "parameter") continue;
    const e = scalar.exponent;
    const take =
      e.n >= dimension * e.d || (e.d === 2n && e.n === 2n * dimension - 1n)
        ? dimension
        : scaled.length === 1 && e.d === 1n && e.n > 0n
          ? e.n
          : 0n;
    if (take === 0n) continue;
    const name = applied(parameter.layout, parameter.layout.base, () => "");
    attached.set(value, power(name, { n: take, d: 1n }, parameter.layout.superscript.length > 0 ? "scripted" : "plain", { latex: true }));
    const left = rational(e.n - take * e.d, e.d);
    if (left.n === 0n) rest.splice(at, 1);
    else rest[at] = { ...scalar, exponent: left };
  }
  return { scalars: rest, attached };
}

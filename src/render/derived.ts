import type { FormFactor } from "../algebra/form.js";
import type { Group, KernelFunction } from "../core/expression.js";
import { negate, type Rational } from "../core/rational.js";
import { exponentText, fraction, isOne, type Style, script } from "./words.js";

/**
 * Kernels that are functions of a kernel: `\mathrm{sh}(2k)` and, without its identity, `(\mathrm{ch}(2k) - 1)`; of a matrix M
 * `e^{2M}_{12}`, and of a unitary `v_{T^2}`.
 */
export function derivedName(of: KernelFunction, style: Style): string {
  if (of.unitary !== undefined) return powerName(of, of.unitary, of.name === "sh");
  if (of.group !== undefined) return blockName(of, of.group, style);
  const argument = multipleOf(of.multiple, of.kernel.name, style);
  const name = style.latex ? `\\mathrm{${of.name === "sh" ? "sh" : "ch"}}` : of.name === "sh" ? "sh" : "ch";
  return of.name === "p" ? `(${name}(${argument}) - 1)` : `${name}(${argument})`;
}

/** `2k`, `-\frac{1}{2} k`; a bracket around all of it falls away. */
function multipleOf(multiple: Rational, name: string, style: Style): string {
  if (isOne(multiple)) return enclosed(name) ? name.slice(1, -1) : name;
  const sign = multiple.n < 0n ? "-" : "";
  const size = { n: multiple.n < 0n ? -multiple.n : multiple.n, d: multiple.d };
  return isOne(size) ? `${sign}${name}` : `${sign}${fraction(size, style)}${size.d === 1n ? "" : " "}${name}`;
}

/** Whether the first bracket is closed by the last character. */
function enclosed(text: string): boolean {
  if (!text.startsWith("(")) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth++;
    else if (text[i] === ")" && --depth === 0) return i === text.length - 1;
  }
  return false;
}

/** `v_T` or `(u_{T^2} - 1)`. */
function powerName({ multiple, kernel }: Pick<KernelFunction, "multiple" | "kernel">, unitary: string, pair: boolean): string {
  const power = script(isOne(multiple) ? unitary : `${unitary}^${exponentText(multiple)}`);
  if (!pair) return `(u_${power} - 1)`;
  // The block of a label in a finite set is a second subscript.
  return kernel.first[0]?.kind.kind === "finite" ? `(v_${power})` : `v_${power}`;
}

/** A block of e^{m M}: `(e^{2M})_{12}`, `(e^{h} - 1)`, or those of a unitary. */
function blockName({ name, multiple, kernel }: KernelFunction, group: Group, style: Style): string {
  if (group.unitary) return powerName({ multiple, kernel }, kernel.name, name === "v");
  // A product needs no bracket in an exponent.
  const inner = enclosed(kernel.name) && !/[+-]/.test(kernel.name) ? kernel.name.slice(1, -1) : kernel.name;
  const argument = multipleOf(multiple, inner, style);
  const exponential = group.spelled ? `\\exp(${argument})` : `e^{${argument}}`;
  if (!group.pairs) return `(${exponential} - 1)`;
  return name === "v" ? `(${exponential})_{12}` : `((${exponential})_{11} - 1)`;
}

type Value = FormFactor & { readonly kind: "value" };

/** A diagonal block of e^{M} without its bar: \overline{e^{M}_{11}(y,x)} = e^{-M}_{11}(x,y). */
export function unbarred(value: Value): Value {
  const { symbol, conjugated, partials, arguments: list } = value;
  const { of } = symbol;
  if (!conjugated || of?.name !== "r" || of.group?.unitary !== false || partials !== undefined) return value;
  const half = list.length / 2;
  return {
    ...value,
    conjugated: false,
    symbol: { ...symbol, of: { ...of, multiple: negate(of.multiple) } },
    arguments: [...list.slice(half), ...list.slice(0, half)],
  };
}

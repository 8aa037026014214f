import type { KernelFunction } from "../core/expression.js";
import type { Rational } from "../core/rational.js";
import { fraction, isOne, type Style } from "./words.js";

/** Kernels that are functions of a kernel: `\mathrm{sh}(2k)` and, without its identity, `(\mathrm{ch}(2k) - 1)`. */
export function derivedName(of: KernelFunction, style: Style): string {
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

/**
 * Wickwork: normal ordering of operator expressions, and proof or refutation of printed formulas.
 *
 * Everything works on texts in the language of `docs/language.md`, touches no file, and throws only for bugs: what is
 * wrong with a text comes back as diagnostics with line and column.
 *
 * @packageDocumentation
 */
import { load, type Read } from "./check/check.js";
import { explainText } from "./check/derivation.js";
import type { Comparison, ExpressionOptions, NormalForm, Result } from "./check/expressions.js";
import { compareTexts, normalForm, openScope } from "./check/expressions.js";
import type { Message } from "./check/report.js";
import { locate } from "./check/report.js";
import type { Value, ValueOptions } from "./check/value.js";
import { valueText } from "./check/value.js";
import type { Checkable } from "./core/expression.js";

export type { CheckOptions, Read } from "./check/check.js";
export { check } from "./check/check.js";
export type { Effort } from "./check/equation.js";
export type { Comparison, ExpressionOptions, NormalForm, Result } from "./check/expressions.js";
export type {
  ClaimReport,
  Message,
  Numbers,
  Report,
  ShowReport,
  StatementReport,
  Suggestion,
  Summary,
  Truncation,
} from "./check/report.js";
export { exitStatus, summary, toJson } from "./check/report.js";
export type { Value, ValueOptions } from "./check/value.js";
export type { Status } from "./check/verdict.js";
export { checkLatex } from "./render/katex.js";

/** A document that was read: what can be checked in it, and what is wrong with it. */
export interface Parsed {
  readonly statements: readonly Checkable[];
  readonly diagnostics: readonly Message[];
}

/**
 * Reads a document: its claims, refutes and shows as typed expressions, and a diagnostic for each faulty statement.
 *
 * ```ts
 * const { statements, diagnostics } = parse("claim (1): [a_x, a_y^*] = \\delta(x-y)\n");
 * ```
 * @param options.path what messages call the document
 * @param options.read gives the text of a document that is used; without it a `use` finds nothing
 */
export function parse(text: string, options: { readonly path?: string; readonly read?: Read } = {}): Parsed {
  const source = { path: options.path ?? "document.wick", text };
  const { statements, diagnostics } = load(source, options.read);
  return { statements, diagnostics: locate(source, diagnostics) };
}

/**
 * The normal form of an expression, creators to the left, as LaTeX and as text that can be read back.
 *
 * ```ts
 * const result = normalOrder("a_x a_y^*");
 * if (result.ok) console.log(result.value.text); // a_y^* a_x + \delta(x-y)
 * ```
 */
export function normalOrder(text: string, options: ExpressionOptions = {}): Result<NormalForm> {
  const scope = openScope(options);
  return scope.ok ? heard(scope, normalForm(text, scope.value, options)) : scope;
}

/**
 * The LaTeX of an expression's normal form.
 *
 * ```ts
 * const result = toLatex("[a_x, a_y^*]"); // { ok: true, value: "\\delta(x-y)", ... }
 * ```
 */
export function toLatex(text: string, options: ExpressionOptions = {}): Result<string> {
  const result = normalOrder(text, options);
  return result.ok ? { ...result, value: result.value.latex } : result;
}

/**
 * Decides whether two expressions are equal: by their normal forms and, independently, on a finite model with random
 * values.
 *
 * ```ts
 * const result = evaluate("[a_x, a_y^*]", "\\delta(x-y)", { seed: 7 });
 * if (result.ok) console.log(result.value.status, result.value.numeric); // "proved", { trials: 3, residual: 0, ... }
 * ```
 * @param options.seed of the random values, 1 unless told
 * @param options.trials 3 unless told
 * @param options.points that a continuous label ranges over
 */
export function evaluate(
  left: string,
  right: string,
  options: ExpressionOptions & { readonly seed?: number; readonly trials?: number; readonly points?: number } = {},
): Result<Comparison> {
  const scope = openScope(options);
  if (!scope.ok) return scope;
  const { seed, trials, points, limit } = options;
  const effort = Object.fromEntries(Object.entries({ seed, trials, points, limit }).filter(([, value]) => value !== undefined));
  return heard(scope, compareTexts(left, right, scope.value, effort).result);
}

/**
 * How an expression is brought to normal form, rule by rule, as LaTeX for an appendix.
 *
 * ```ts
 * const result = explain("a_x a_y^*");
 * ```
 */
export function explain(text: string, options: ExpressionOptions = {}): Result<string> {
  const scope = openScope(options);
  return scope.ok ? heard(scope, explainText(text, scope.value)) : scope;
}

/**
 * The number that a scalar expression stands for, at given values of its parameters. Loads mathjs when it is first called.
 *
 * ```ts
 * const result = await value("\\sqrt{N} \\cosh s", { at: "N = 100, s = ln(2)" });
 * if (result.ok) console.log(result.value.text); // 12.5
 * ```
 * @param options.at values of parameters, the right sides in the syntax of mathjs; messages about it count its columns
 */
export async function value(text: string, options: ValueOptions = {}): Promise<Result<Value>> {
  const scope = openScope(options);
  return scope.ok ? heard(scope, (await valueText(text, scope.value, options)).result) : scope;
}

/** A result with the warnings of the document that its names are from. */
function heard<T>(scope: Result<unknown>, result: Result<T>): Result<T> {
  return scope.diagnostics.length === 0 ? result : { ...result, diagnostics: [...scope.diagnostics, ...result.diagnostics] };
}

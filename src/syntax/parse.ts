import type { Diagnostic } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import { readExpression, readStatement } from "./read.js";
import { keywords, split } from "./statements.js";
import type { Statement, Tree } from "./tree.js";

export { keywords };

/**
 * Cuts a document into statements: each starts in column 0 with a keyword and goes on over the lines that
 * are indented, blank, or only a comment. Text in column 0 that is no keyword gives a diagnostic, and the
 * lines that belong to it are left out. Linear in the length of the text.
 */
export function splitStatements(text: string): { statements: Span[]; diagnostics: Diagnostic[] } {
  return split(text);
}

/**
 * Reads one statement. `range` is what `splitStatements` gave for it; all spans are offsets in `text`.
 *
 * @param labels base names of the indices declared so far (`x`, `X`, `\xi`): `d` written against one of
 *   them, with its primes and subscripts, is a differential
 * @returns no statement exactly when there is an error among the diagnostics
 */
export function parseStatement(
  text: string,
  range: Span,
  labels: ReadonlySet<string>,
): { statement?: Statement; diagnostics: Diagnostic[] } {
  return readStatement(text, range, labels);
}

/** Reads one expression that fills the whole text. Spans are offsets in `text`. */
export function parseExpression(text: string, labels: ReadonlySet<string>): { tree?: Tree; diagnostics: Diagnostic[] } {
  return readExpression(text, labels);
}

import type { Span } from "./span.js";

/**
 * A message about the user's text, as a value.
 *
 * `code` is stable (kebab-case, for tests and editors); `message` says what was found and what was
 * expected; `hint` what to write instead, where a likely slip is recognised.
 */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly span: Span;
  readonly message: string;
  readonly hint?: string;
}

export function error(code: string, span: Span, message: string, hint?: string): Diagnostic {
  return { severity: "error", code, span, message: cut(message), ...(hint === undefined ? {} : { hint: cut(hint) }) };
}

/** The longest formula between backticks, and the longest message. */
const longestQuote = 120;
const longest = 1_000;

/** A message that can be read: long formulas in it lose their middle. */
function cut(text: string): string {
  if (text.length <= longestQuote) return text;
  const quotes = text.replace(/`([^`]*)`/g, (quote: string, inner: string) =>
    inner.length <= longestQuote ? quote : `\`${shorten(inner, longestQuote)}\``,
  );
  return shorten(quotes, longest);
}

/** The two ends of a text with a mark between, of at most `most` characters. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const tail = Math.floor(most / 4);
  return `${text.slice(0, most - tail - 3)} … ${text.slice(text.length - tail)}`;
}

export function warning(code: string, span: Span, message: string, hint?: string): Diagnostic {
  return { ...error(code, span, message, hint), severity: "warning" };
}

/**
 * Carries a diagnostic out of a deep recursion to the statement that it belongs to; caught at the
 * boundary of each layer's public functions, never seen by a user of the package.
 */
export class Fault extends Error {
  readonly diagnostic: Diagnostic;
  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

/** Throws a `Fault`. */
export function fail(code: string, span: Span, message: string, hint?: string): never {
  throw new Fault(error(code, span, message, hint));
}

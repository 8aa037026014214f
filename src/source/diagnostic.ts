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
  return { severity: "error", code, span, message, ...(hint === undefined ? {} : { hint }) };
}

export function warning(code: string, span: Span, message: string, hint?: string): Diagnostic {
  return { severity: "warning", code, span, message, ...(hint === undefined ? {} : { hint }) };
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

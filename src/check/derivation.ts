import type { Scope } from "../elaborate/scope.js";
import { error } from "../source/diagnostic.js";
import type { Source } from "../source/span.js";
import { namePool } from "./check.js";
import { explain } from "./explain.js";
import { guarded, type Result, readExpression } from "./expressions.js";
import { locate } from "./report.js";

/** The derivation of an expression text's normal form, as an `align*` that stands by itself. */
export function explainText(text: string, scope: Scope, path = "expression"): Result<string> {
  const source: Source = { path, text };
  const read = readExpression(source, scope);
  if (!read.ok) return read;
  return guarded(source, (): Result<string> => {
    const { latex, infinite } = explain(read.value, { names: namePool(scope) });
    if (infinite === undefined) return { ok: true, value: latex, diagnostics: read.diagnostics };
    const message = `the product ${infinite} of distributions at one point has no normal form`;
    return {
      ok: false,
      diagnostics: locate(source, [error("delta-zero", read.value.span, message, "give its two factors different labels")]),
    };
  });
}

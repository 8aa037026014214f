import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Diagnostic } from "../../src/source/diagnostic.js";
import { lineStarts, position } from "../../src/source/span.js";

/**
 * Annotated documents. A comment line
 *
 *     % error 3:9 integral-without-differential
 *     % error 3:9 found "t"; expected
 *     % hint 3:9 did you mean x?
 *
 * says that the document gives an error (`warning` likewise) at line 3, column 9, with that code, or with that
 * text in its message; `hint` that there is a diagnostic there whose hint has the text. The errors and warnings
 * of a document must be those that are announced, no more and no fewer.
 */
export interface Expectation {
  readonly severity: "error" | "warning" | "hint";
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export function expectations(text: string): Expectation[] {
  return [...text.matchAll(/^[ \t]*%[ \t]*(error|warning|hint)[ \t]+(\d+):(\d+)[ \t]+(.*?)[ \t]*\r?$/gm)].map(
    ([, severity, line, column, text]) => ({
      severity: severity as Expectation["severity"],
      line: Number(line),
      column: Number(column),
      text: text as string,
    }),
  );
}

const order = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

/** Compares what `diagnose` says about a document with its annotations. */
export function compare(text: string, diagnose: (text: string) => readonly Diagnostic[]): void {
  const starts = lineStarts(text);
  const expected = expectations(text);
  const found = diagnose(text).map((d) => ({ ...d, ...position(starts, d.span.start) }));
  const lines: string[] = [];
  for (const { severity, line, column, code, message, hint } of found) {
    const here = expected.filter((e) => e.line === line && e.column === column);
    const match = here.find((e) => e.severity === severity && (e.text === code || message.includes(e.text)));
    lines.push(`${severity} ${line}:${column} ${match?.text ?? `${code}: ${message}`}`);
    for (const e of here) if (e.severity === "hint") lines.push(`hint ${line}:${column} ${hint?.includes(e.text) ? e.text : hint}`);
  }
  expect(lines.sort(order)).toEqual(expected.map((e) => `${e.severity} ${e.line}:${e.column} ${e.text}`).sort(order));
}

/** One test for each document of this folder whose name starts with `prefix`. */
export function suite(prefix: string, diagnose: (text: string, path: string) => readonly Diagnostic[]): void {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const files = readdirSync(folder).filter((name) => name.startsWith(prefix) && name.endsWith(".wick"));
  test(`there are documents ${prefix}*.wick`, () => expect(files.length).toBeGreaterThan(0));
  for (const name of files) test(name, () => compare(readFileSync(folder + name, "utf8"), (text) => diagnose(text, folder + name)));
}

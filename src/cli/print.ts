import type { ClaimReport, Message, Report, StatementReport, Summary, Truncation } from "../check/report.js";

/** Writes with colours or without. */
export interface Palette {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly odd: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
}

export function palette(colour: boolean): Palette {
  const style = (code: number) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { good: style(32), bad: style(31), odd: style(33), faint: style(2), strong: style(1) };
}

/** Characters of a source line that are shown. */
const window = 100;

/** Control characters of a user's text must not reach a terminal. */
function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is replaced
  return text.replace(/\t/g, " ").replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

/** `path:line:column: error: message`, the source line with a caret, and the hint. */
export function diagnostic(path: string, lines: readonly string[], { severity, line, column, length, message, hint }: Message): string {
  const head = `${path}:${line}:${column}: ${severity}: ${visible(message)}\n`;
  const source = lines[line - 1];
  let body = "";
  if (source !== undefined && source.trim() !== "") {
    const from = column > window - 20 ? column - Math.floor(window / 2) : 0;
    const shown = source.slice(from, from + window);
    const [before, after] = [from > 0 ? "…" : "", source.length > from + window ? "…" : ""];
    const gutter = `${line}`;
    const indent = " ".repeat(Math.max(0, column - 1 - from) + before.length);
    const marks = "^".repeat(Math.max(1, Math.min(length, shown.length - (column - 1 - from))));
    body = `  ${gutter} | ${before}${visible(shown)}${after}\n  ${" ".repeat(gutter.length)} | ${indent}${marks}\n`;
  }
  return head + body + (hint === undefined ? "" : `  hint: ${visible(hint)}\n`);
}

/** The table of one document's statements, and what there is to say of those that fail. */
export function table(report: Report, colours: Palette, verbose: boolean): string {
  const { statements } = report;
  if (statements.length === 0) return `${colours.strong(report.path)}\n  ${colours.faint("no claims")}\n`;
  const width = Math.min(40, Math.max(...statements.map((s) => title(s).length)));
  const rows = statements.map((statement) => {
    const mark =
      statement.kind === "show" ? (statement.passes ? colours.faint : colours.bad) : statement.passes ? colours.good : colours.bad;
    const place = colours.faint(`line ${String(statement.line).padEnd(5)} ${duration(statement.milliseconds).padStart(9)}`);
    const verdict = statement.passes ? "" : colours.bad("  fails");
    return `  ${mark(statement.status.padEnd(12))} ${title(statement).padEnd(width)}  ${place}${verdict}\n${details(statement, colours, verbose)}`;
  });
  return `${colours.strong(report.path)}\n${rows.join("")}`;
}

function title({ kind, name }: StatementReport): string {
  return name === "" ? kind : `${kind} (${visible(name)})`;
}

function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(1)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

function details(statement: StatementReport, colours: Palette, verbose: boolean): string {
  const lines: string[] = [];
  if (statement.kind === "show") {
    if (statement.text !== null) lines.push(`${statement.name === "" ? "" : `${visible(statement.name)} = `}${cut(statement.text)}`);
    return indent(lines);
  }
  if (statement.passes && !verbose) return "";
  lines.push(...reasons(statement, colours));
  const { equation, entry } = statement;
  const chain = equation === undefined ? "" : `equation ${equation} of the chain`;
  const place = entry === undefined ? "" : `entry ${entry}`;
  if (lines.length > 0 && chain + place !== "") lines.unshift(`${chain}${chain !== "" && place !== "" ? ", " : ""}${place}:`);
  return indent(lines);
}

/** Why a claim is refuted, or a refute is not. */
export function reasons(statement: ClaimReport, colours: Palette): readonly string[] {
  const lines: string[] = [];
  // What is wrong with a statement is said on standard error, with its place.
  if (statement.message !== undefined && statement.status !== "error") lines.push(visible(statement.message));
  if (statement.kind === "refute" && statement.passes === false && (statement.status === "proved" || statement.status === "verified"))
    lines.push(`the equation is true (${statement.status}), though it was to be refuted`);
  if (statement.status === "inconsistent" && statement.numeric !== null)
    lines.push(`seed ${statement.numeric.seed}, ${count(statement.numeric.trials, "trial")}`);
  if (statement.numeric?.truncation !== undefined) lines.push(truncated(statement.numeric.truncation));
  if (statement.residualText !== undefined) lines.push(`left - right = ${cut(statement.residualText)}`);
  for (const words of statement.words ?? []) lines.push(cut(words));
  if (statement.suggestion !== undefined) {
    const { slip, side, line, column, message, repaired } = statement.suggestion;
    lines.push(`${colours.odd(slip)} (${line}:${column}): ${visible(message)}`);
    lines.push(`did you mean: ${side === "left" ? `${cut(repaired)} on the left` : `... = ${cut(repaired)}`}`);
  }
  return lines;
}

/** What was found in a truncated Fock space. */
export function truncated({ error, particles }: Truncation): string {
  const space = particles === 0 ? "all of the fermions' Fock space" : `Fock space with at most ${particles} bosons`;
  return `the same in ${space}, truncation error below ${error.toExponential(1)}`;
}

/** Terminals and readers end somewhere: the beginning of a very long formula. */
function cut(text: string): string {
  const shown = visible(text);
  return shown.length > 2000 ? `${shown.slice(0, 2000)} … (${shown.length} characters)` : shown;
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `      ${line}\n`).join("");
}

export function total({ claims, passes, fails, errors }: Summary, documents: number, setting: string, colours: Palette): string {
  const parts = [`${count(claims, "claim")} in ${count(documents, "document")}: ${passes} pass`];
  if (fails > 0) parts.push(colours.bad(`${fails} fail`));
  if (errors > 0) parts.push(colours.bad(count(errors, "error")));
  return `${parts.join(", ")} ${colours.faint(`(${setting})`)}\n`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

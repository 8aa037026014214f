import type { Diagnostic } from "../source/diagnostic.js";
import type { Source } from "../source/span.js";
import { lineStarts, position } from "../source/span.js";
import type { Status } from "./verdict.js";

/** A diagnostic with its place as people count it. */
export interface Message {
  readonly severity: "error" | "warning";
  readonly code: string;
  /** 1-based; columns count UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** How many columns are at fault on that line, at least one. */
  readonly length: number;
  readonly message: string;
  readonly hint?: string;
}

/** The numbers of a statement: of its worst equation where it chains several. */
export interface Numbers {
  readonly trials: number;
  /** Largest difference of the two sides; 0 or 1 where it is exact. */
  readonly residual: number;
  readonly exact: boolean;
  readonly exhaustive: boolean;
  readonly seed: number;
  readonly points: number;
  /** Where unitaries are left that do not cancel and both sides agree: what was found in a truncated Fock space. */
  readonly truncation?: Truncation;
  /** To which order in the kernels both sides were also compared exactly, as power series: where floating point alone decides. */
  readonly order?: number;
}

export interface Truncation {
  /** A bound of what the truncation does to a vector or number, relative to its terms. */
  readonly error: number;
  /** The most bosons that its states have; 0 where there are only fermions. */
  readonly particles: number;
}

/** A single slip that explains a refuted claim, with a repair that was proved both ways. */
export interface Suggestion {
  readonly slip: string;
  readonly side: "left" | "right";
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The side as it should read, in the language. */
  readonly repaired: string;
}

interface Common {
  /** As in the document; empty where the statement has none. */
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly milliseconds: number;
  readonly passes: boolean;
}

export interface ClaimReport extends Common {
  readonly kind: "claim" | "refute";
  readonly status: Status;
  /** Whether the normal forms agree; null where there are none. */
  readonly symbolic: boolean | null;
  readonly numeric: Numbers | null;
  /** LaTeX of `lhs - rhs` in normal form, where the equation is refuted and the engine has it. */
  readonly residual: string | null;
  readonly residualText?: string;
  readonly residualTerms?: number;
  /** What the residual says, in sentences. */
  readonly words?: readonly string[];
  readonly suggestion?: Suggestion;
  /** Which equation of a chain the above is about, from 1; absent where there is one equation. */
  readonly equation?: number;
  /** Which entry of an equation between matrices, as `(1,2)`. */
  readonly entry?: string;
  /** Why there is no answer. */
  readonly message?: string;
}

export interface ShowReport extends Common {
  readonly kind: "show";
  readonly status: "shown" | "error";
  readonly latex: string | null;
  readonly text: string | null;
  readonly terms: number | null;
  readonly message?: string;
}

export type StatementReport = ClaimReport | ShowReport;

/** What a check says of one document. */
export interface Report {
  readonly path: string;
  readonly diagnostics: readonly Message[];
  readonly statements: readonly StatementReport[];
}

export interface Summary {
  /** Claims and refutes, faulty ones too. */
  readonly claims: number;
  readonly passes: number;
  /** Those that do not pass though they could be decided (or contradict themselves). */
  readonly fails: number;
  /** Error messages: faulty statements of every kind, and statements that could not be decided. */
  readonly errors: number;
}

export function summary(reports: readonly Report[]): Summary {
  const claims = reports.flatMap((report) => report.statements.filter((statement) => statement.kind !== "show"));
  const diagnostics = reports.flatMap((report) => report.diagnostics);
  return {
    claims: claims.length,
    passes: claims.filter((claim) => claim.passes).length,
    fails: claims.filter((claim) => !claim.passes && claim.status !== "error").length,
    errors: diagnostics.filter((diagnostic) => diagnostic.severity === "error").length,
  };
}

/** Exit status of a check: 0 all pass, 1 some statement fails, 2 a document has errors. */
export function exitStatus(reports: readonly Report[]): 0 | 1 | 2 {
  if (reports.some((report) => report.diagnostics.some((diagnostic) => diagnostic.severity === "error"))) return 2;
  return reports.every((report) => report.statements.every((statement) => statement.passes)) ? 0 : 1;
}

/** Places diagnostics in their text. */
export function locate(source: Source, diagnostics: readonly Diagnostic[]): readonly Message[] {
  const starts = lineStarts(source.text);
  return diagnostics.map(({ severity, code, span, message, hint }) => {
    const at = Math.min(span.start, source.text.length);
    const { line, column } = position(starts, at);
    const lineEnd = starts[line] === undefined ? source.text.length : (starts[line] as number) - 1;
    const length = Math.max(1, Math.min(span.end, lineEnd) - at);
    return { severity, code, line, column, length, message, ...(hint === undefined ? {} : { hint }) };
  });
}

/** The object that `--json` prints; the contract's fields, and a few more. */
export function toJson(reports: readonly Report[]): Record<string, unknown> {
  return {
    version: 1,
    files: reports.map(({ path, diagnostics, statements }) => ({
      path,
      diagnostics: diagnostics.map(({ severity, line, column, message, code, hint }) => ({
        severity,
        line,
        column,
        message,
        code,
        ...(hint === undefined ? {} : { hint }),
      })),
      statements: statements.map((statement) => ({ ...statement, milliseconds: Math.round(statement.milliseconds * 1000) / 1000 })),
    })),
    summary: summary(reports),
  };
}

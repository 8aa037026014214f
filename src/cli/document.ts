import { dirname, join, resolve } from "node:path";
import { check, type Read } from "../check/check.js";
import type { Message, Report } from "../check/report.js";
import { type Found, readText, readUsed } from "./files.js";
import { Stop } from "./io.js";

/** How hard a check tries; what is absent is left to the program. */
export interface Effort {
  readonly seed?: number;
  readonly points?: number;
  readonly trials?: number;
}
export interface CheckFlags extends Effort {
  readonly json?: boolean;
  readonly explain?: boolean;
}

/** A document that was checked, and its text, which messages quote. */
export interface Checked {
  readonly report: Report;
  readonly text: string;
}

export function effort({ seed, points, trials }: Effort): Effort {
  return {
    ...(seed === undefined ? {} : { seed }),
    ...(points === undefined ? {} : { points }),
    ...(trials === undefined ? {} : { trials }),
  };
}

/** The report of a document that cannot be read at all. */
export function failed(path: string, problem: Stop): Report {
  const text = problem.message.startsWith(`${path}: `) ? problem.message.slice(path.length + 2) : problem.message;
  const message: Message = {
    severity: "error",
    code: "unreadable",
    line: 1,
    column: 1,
    length: 1,
    message: text,
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
  };
  return { path, diagnostics: [message], statements: [] };
}

/** A bug in one document must not keep the others from being checked. */
export function broken(path: string, problem: unknown): Report {
  const message = `internal error: ${problem instanceof Error ? problem.message : String(problem)}`;
  return failed(path, new Stop(message, "please report this document"));
}

/** Reads one document and checks it; a document that cannot be read has that as its only message. */
export function checkFound(found: Found, flags: CheckFlags, cwd: string, tick: (done: number, total: number) => void): Checked {
  let text: string;
  try {
    text = readText(found.path, found.absolute);
  } catch (problem) {
    if (problem instanceof Stop) return { report: failed(found.path, problem), text: "" };
    throw problem;
  }
  try {
    const options = {
      ...effort(flags),
      path: found.path,
      read: reader(found, cwd),
      slips: flags.explain === true ? "all" : "claims",
      // The table shows no residual of what passes, see `print.ts`.
      residuals: flags.explain === true || flags.json === true ? "all" : "failing",
      onStatement: tick,
    } as const;
    return { report: check(text, options), text };
  } catch (problem) {
    return { report: broken(found.path, problem), text };
  }
}

/** What a document may use: other documents inside its root, by their paths as messages show them. */
export function reader(found: Found, cwd: string): Read {
  return (path, from) => {
    try {
      const { text } = readUsed(path, resolve(cwd, from), found.root);
      return { path: join(dirname(from), path), text };
    } catch (problem) {
      if (!(problem instanceof Stop)) throw problem;
      return { error: problem.message };
    }
  };
}

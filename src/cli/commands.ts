import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { checkDocument, load } from "../check/check.js";
import { compareTexts, type ExpressionOptions, normalForm, openScope, type Result } from "../check/expressions.js";
import { escapeTex } from "../check/printed.js";
import type { Report } from "../check/report.js";
import { exitStatus, locate, summary, toJson } from "../check/report.js";
import type { ElaboratedDocument } from "../elaborate/document.js";
import type { Scope } from "../elaborate/scope.js";
import { type CheckFlags, type Effort, effort, failed, reader } from "./document.js";
import { attempt, documents, type Found, readText } from "./files.js";
import { type Exit, exit, type Io, Stop } from "./io.js";
import { checks } from "./parallel.js";
import { diagnostic, palette, table, total, truncated } from "./print.js";

export interface ExpressionFlags extends Effort {
  readonly with?: string;
  readonly json?: boolean;
  readonly latex?: boolean;
}
export interface ValueFlags {
  readonly at?: string;
  readonly with?: string;
  readonly json?: boolean;
}
export interface TexFlags {
  readonly output?: string;
}
export interface PaperFlags {
  readonly output: string;
  readonly seed?: number;
}

/** Every document below some paths, each once; what cannot be found becomes a report with that message. */
function collect(paths: readonly string[], cwd: string): readonly (Found | Report)[] {
  const seen = new Set<string>();
  return paths.flatMap((path): readonly (Found | Report)[] => {
    try {
      return documents(path, cwd).filter(({ absolute }) => !seen.has(absolute) && seen.add(absolute));
    } catch (problem) {
      if (problem instanceof Stop) return [failed(path, problem)];
      throw problem;
    }
  });
}

function isReport(item: Found | Report): item is Report {
  return "diagnostics" in item;
}

/** Says on a terminal how far a long check is; nothing in the first second. */
function progress(io: Io): { readonly tick: (what: string) => void; readonly clear: () => void } {
  const started = performance.now();
  let shown = false;
  return {
    tick: (what) => {
      if (!io.progress || performance.now() - started < 1000) return;
      shown = true;
      io.err(`\r\u001b[K${what}`);
    },
    clear: () => {
      if (shown) io.err("\r\u001b[K");
      shown = false;
    },
  };
}

export async function check(paths: readonly string[], flags: CheckFlags, io: Io): Promise<Exit> {
  const found = collect(paths, io.cwd);
  const colours = palette(io.colour);
  const bar = progress(io);
  const reports: Report[] = [];
  const readable = found.filter((item): item is Found => !isReport(item));
  const next = checks(readable, flags, io.cwd);
  try {
    let at = 0;
    for (const item of found) {
      const { report, text } = isReport(item)
        ? { report: item, text: "" }
        : await next(at++, (path, done, all) => bar.tick(`${path}: ${done} of ${all}`));
      reports.push(report);
      bar.clear();
      const lines = report.diagnostics.length === 0 ? [] : text.split("\n");
      for (const message of report.diagnostics) io.err(diagnostic(report.path, lines, message));
      if (flags.json !== true && !(isReport(item) || report.statements.length === 0))
        io.out(table(report, colours, flags.explain === true));
    }
  } finally {
    next.end();
  }
  if (flags.json === true) io.out(`${JSON.stringify(toJson(reports), null, 1)}\n`);
  else io.out(total(summary(reports), reports.length, `seed ${flags.seed ?? 1}`, colours));
  return exitStatus(reports);
}

/** Writes an expression's messages; with `--json`, an object with them on standard output too. */
function refuse(result: Result<unknown>, path: string, text: string, flags: ExpressionFlags, io: Io): Exit {
  for (const message of result.diagnostics) io.err(diagnostic(path, text.split("\n"), message));
  if (flags.json === true) io.out(`${JSON.stringify({ version: 1, status: "error", diagnostics: result.diagnostics })}\n`);
  return exit.error;
}

async function argument(text: string, io: Io): Promise<string> {
  const found = text === "-" ? (await io.input()).trim() : text;
  if (found.trim() === "") throw new Stop("the expression is empty", "write one, such as 'a_x a_y^*', or - to read standard input");
  return found;
}

/** The scope that `--with` asks for. */
function scopeOf(flags: ExpressionFlags, io: Io): Scope | Exit {
  const options: ExpressionOptions = flags.with === undefined ? {} : withDocument(flags.with, io);
  const scope = openScope(options);
  if (!scope.ok) return refuse(scope, flags.with ?? "", options.with?.text ?? "", flags, io);
  const lines = scope.diagnostics.length === 0 ? [] : (options.with?.text ?? "").split("\n");
  for (const message of scope.diagnostics) io.err(diagnostic(flags.with ?? "", lines, message));
  return scope.value;
}

function withDocument(path: string, io: Io): ExpressionOptions {
  const [found] = documents(path, io.cwd);
  if (found === undefined || found.path !== path) throw new Stop(`--with ${path}: a single document is expected, this is a folder`);
  return { with: { path, text: readText(path, found.absolute) }, read: reader(found, io.cwd) };
}

export async function normal(given: string, flags: ExpressionFlags, io: Io): Promise<Exit> {
  const text = await argument(given, io);
  const scope = scopeOf(flags, io);
  if (typeof scope === "number") return scope;
  const result = normalForm(text, scope);
  if (!result.ok) return refuse(result, "expression", text, flags, io);
  const { latex, text: written, terms, milliseconds } = result.value;
  if (flags.json === true) io.out(`${JSON.stringify({ version: 1, latex, text: written, terms, milliseconds })}\n`);
  else io.out(`${flags.latex === true ? latex : written}\n`);
  return exit.pass;
}

export async function equal(givenLeft: string, givenRight: string, flags: ExpressionFlags, io: Io): Promise<Exit> {
  if (givenLeft === "-" && givenRight === "-") throw new Stop("only one of the two expressions can be read from standard input");
  const [left, right] = [await argument(givenLeft, io), await argument(givenRight, io)];
  const scope = scopeOf(flags, io);
  if (typeof scope === "number") return scope;
  const { result, at } = compareTexts(left, right, scope, effort(flags));
  if (!result.ok) return refuse(result, at, at === "left" ? left : right, flags, io);
  const { status, symbolic, numeric, residual, residualText, words, milliseconds } = result.value;
  if (flags.json === true)
    io.out(
      `${JSON.stringify({ version: 1, status, symbolic, numeric, residual, ...(residualText === undefined ? {} : { residualText }), milliseconds })}\n`,
    );
  else {
    const setting =
      numeric === null
        ? ""
        : ` (${numeric.trials} trial${numeric.trials === 1 ? "" : "s"}, seed ${numeric.seed}${numeric.exact ? ", exact" : ""})`;
    const why = [
      ...(numeric?.truncation === undefined ? [] : [truncated(numeric.truncation)]),
      ...(residualText === undefined ? [] : [`left - right = ${residualText}`]),
      ...(words ?? []),
    ];
    io.out(
      `${palette(io.colour)[status === "proved" || status === "verified" ? "good" : "bad"](status)}${setting}\n${why.map((line) => `  ${line}\n`).join("")}`,
    );
  }
  return status === "proved" || status === "verified" ? exit.pass : exit.fail;
}

export async function value(given: string, flags: ValueFlags, io: Io): Promise<Exit> {
  const text = await argument(given, io);
  const scope = scopeOf(flags, io);
  if (typeof scope === "number") return scope;
  const { valueText } = await import("../check/value.js");
  const { result, at } = await valueText(text, scope, flags.at === undefined ? {} : { at: flags.at });
  if (!result.ok) return at === "expression" ? refuse(result, at, text, flags, io) : refuse(result, "--at", flags.at ?? "", flags, io);
  const { re, im, text: written, milliseconds } = result.value;
  // JSON has no infinity: a part beyond 10^308 is null there, and its digits stand in the text.
  if (flags.json === true) io.out(`${JSON.stringify({ version: 1, value: { re, im }, text: written, milliseconds })}\n`);
  else io.out(`${written}\n`);
  return exit.pass;
}

export async function explain(given: string, flags: ExpressionFlags, io: Io): Promise<Exit> {
  const text = await argument(given, io);
  const scope = scopeOf(flags, io);
  if (typeof scope === "number") return scope;
  const { explainText } = await import("../check/derivation.js");
  const result = explainText(text, scope);
  if (!result.ok) return refuse(result, "expression", text, flags, io);
  io.out(`${result.value.trimEnd()}\n`);
  return exit.pass;
}

/** Loads documents for writing; one with errors is reported, and left out. */
function loadAll(
  paths: readonly string[],
  io: Io,
): { readonly loaded: readonly { readonly found: Found; readonly document: ElaboratedDocument }[]; readonly faulty: boolean } {
  let faulty = false;
  const loaded = collect(paths, io.cwd).flatMap((item) => {
    try {
      const report = isReport(item) ? item : undefined;
      if (report !== undefined) throw new Stop(`${report.path}: ${report.diagnostics[0]?.message ?? "unreadable"}`);
      const found = item as Found;
      const document = load({ path: found.path, text: readText(found.path, found.absolute) }, reader(found, io.cwd));
      if (document.diagnostics.some(({ severity }) => severity === "error")) faulty = true;
      for (const message of locate(document.source, document.diagnostics))
        io.err(diagnostic(found.path, document.source.text.split("\n"), message));
      return [{ found, document }];
    } catch (problem) {
      if (!(problem instanceof Stop)) throw problem;
      faulty = true;
      io.err(`error: ${problem.message}\n`);
      return [];
    }
  });
  return { loaded, faulty };
}

export async function tex(paths: readonly string[], flags: TexFlags, io: Io): Promise<Exit> {
  const { texBody, texFile } = await import("../check/tex.js");
  const { loaded, faulty } = loadAll(paths, io);
  if (flags.output === undefined) {
    const body = loaded
      .map(({ found, document }) =>
        loaded.length > 1 ? `\\subsection*{${escapeTex(found.path)}}\n${texBody(document)}` : texBody(document),
      )
      .join("\n");
    const [only] = loaded;
    if (only !== undefined) io.out(texFile(loaded.length === 1 ? only.found.path : "Equations", body));
  } else {
    const folder = resolve(io.cwd, flags.output);
    const written = new Set<string>();
    for (const { found, document } of loaded) {
      // Below a folder that was named, documents keep their places; a document that was named itself has none.
      const below = relative(found.root, found.absolute);
      const name = (paths.some((path) => resolve(io.cwd, path) === found.absolute) ? basename(below) : below)
        .replace(/\.wick$/, "")
        .concat(".tex");
      if (written.has(name))
        throw new Stop(`two documents would be written to ${join(flags.output, name)}`, "write them to different folders");
      written.add(name);
      writeOwn(join(flags.output, name), join(folder, name), texFile(found.path, texBody(document)));
      io.err(`wrote ${join(flags.output, name)}\n`);
    }
  }
  return faulty ? exit.error : exit.pass;
}

/** Writes a file unless one stands there that this program did not write. */
function writeOwn(shown: string, path: string, text: string): void {
  attempt(shown, () => {
    if (existsSync(path) && !/^(?:%|<!--) Written by wick\./.test(readFileSync(path, "utf8")))
      throw new Stop(`${shown}: there is a file that wick did not write`, "move it away, or choose another folder");
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  });
}

export async function paper(folder: string, flags: PaperFlags, io: Io): Promise<Exit> {
  const { paperTables } = await import("../check/paper.js");
  const { loaded, faulty } = loadAll([folder], io);
  const root = resolve(io.cwd, folder);
  const checked = loaded.map(({ found, document }) => ({
    name: relative(root, found.absolute),
    document,
    report: checkDocument(document, { ...effort(flags) }),
  }));
  const reports = checked.map(({ report }) => report);
  const tables = paperTables(basename(root), checked);
  for (const [name, text] of Object.entries(tables)) writeOwn(join(flags.output, name), join(resolve(io.cwd, flags.output), name), text);
  for (const report of reports) io.out(table(report, palette(io.colour), false));
  io.out(total(summary(reports), reports.length, `seed ${flags.seed ?? 1}`, palette(io.colour)));
  return faulty ? exit.error : exitStatus(reports);
}

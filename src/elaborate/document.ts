import type { Checkable, Equation, Expression, Unread } from "../core/expression.js";
import type { Diagnostic } from "../source/diagnostic.js";
import { error, Fault } from "../source/diagnostic.js";
import type { Source, Span } from "../source/span.js";
import { lineStarts, nowhere, position } from "../source/span.js";
import { parseStatement, splitStatements } from "../syntax/parse.js";
import type { Statement, Tree } from "../syntax/tree.js";
import { declareIndices, declareParameters, declareSpecies, declareSymbols } from "./declare.js";
import type { Side } from "./define.js";
import { assume, compareAll, define, defineUnitary, equate } from "./define.js";
import { asArguments, freshGroups, open } from "./environment.js";
import { read } from "./expression.js";
import { assumed, declaredNames, namesIn, titleOf } from "./faulty.js";
import type { Env } from "./meaning.js";
import { asSimple } from "./pairing.js";
import { Scope, Session } from "./scope.js";

/** A statement that a check would have run, had it been free of errors. */
export interface FaultyCheckable {
  readonly kind: "claim" | "refute" | "show";
  readonly name: string;
  readonly span: Span;
}

/** `rule ccr: L -> R`. */
export interface ElaboratedRule {
  readonly name: string;
  readonly left: Expression;
  readonly right: Expression;
  readonly span: Span;
}

export interface ElaboratedDocument {
  readonly source: Source;
  /** What there is to check, in order. */
  readonly statements: readonly Checkable[];
  /** Claims and their like that have an error, each with at least one diagnostic inside its span. */
  readonly faulty: readonly FaultyCheckable[];
  readonly rules: readonly ElaboratedRule[];
  readonly diagnostics: readonly Diagnostic[];
  readonly scope: Scope;
}

/** Finds the text of a used document: `path` as written, `from` the path of the document with the `use`. */
export type Reader = (path: string, from: string) => Source | { readonly error: string };

/** Uses within uses. */
const mostUses = 100;

/** Faults of a used document that are repeated at its `use`. */
const mostRepeated = 5;

interface Loader {
  readonly session: Session;
  readonly read: Reader;
  /** Documents that are read, by path. */
  readonly done: Map<string, ElaboratedDocument>;
  /** Paths being read, the outermost first. */
  readonly stack: string[];
}

/**
 * Reads a document: splits it into statements and elaborates one after the other. An error stays in its
 * statement; names that a faulty statement was to declare are remembered, so that uses of them say why.
 */
export function loadDocument(source: Source, read: Reader): ElaboratedDocument {
  return load(source, { session: new Session(), read, done: new Map(), stack: [] });
}

function load(source: Source, loader: Loader): ElaboratedDocument {
  const scope = new Scope(loader.session);
  const { statements: ranges, diagnostics: found } = splitStatements(source.text);
  const diagnostics: Diagnostic[] = [...found];
  const statements: Checkable[] = [];
  const faulty: FaultyCheckable[] = [];
  const rules: ElaboratedRule[] = [];
  const starts = lineStarts(source.text);
  loader.stack.push(source.path);
  for (const range of ranges) {
    const parsed = parseStatement(source.text, range, scope.labelNames);
    for (const diagnostic of parsed.diagnostics) diagnostics.push(diagnostic);
    const result = parsed.statement ? run(parsed.statement, scope, source, loader) : undefined;
    if (result) for (const diagnostic of result.diagnostics) diagnostics.push(diagnostic);
    if (result?.checkable) statements.push(result.checkable);
    if (result?.rule) rules.push(result.rule);
    if (result && result.diagnostics.length === 0) continue;
    const text = source.text.slice(range.start, range.end);
    const title = titleOf(text);
    if (title) faulty.push({ ...title, span: range });
    const place = `in line ${position(starts, range.start).line}`;
    const assumption = assumed(text);
    if (assumption !== undefined) scope.addUnread(unreadOf(assumption, place, scope));
    for (const name of declaredNames(text)) if (!scope.exact(name) && !scope.index(name)) scope.addFaulty(name, place);
  }
  loader.stack.pop();
  diagnostics.sort((a, b) => a.span.start - b.span.start);
  const document = { source, statements, faulty, rules, diagnostics, scope };
  loader.done.set(source.path, document);
  return document;
}

/** What an assumption with an error may be about. */
function unreadOf(text: string, place: string, scope: Scope): Unread {
  const names = namesIn(text);
  const ids = new Set<number>();
  for (const { base, meant } of scope.entries) {
    if (!names.has(base)) continue;
    if (meant.kind === "symbol") ids.add(meant.symbol.id);
    else if (meant.kind === "parameter") ids.add(meant.parameter.id);
    else if (meant.kind !== "species") return { place };
  }
  return { place, ids };
}

interface Result {
  readonly diagnostics: readonly Diagnostic[];
  readonly checkable?: Checkable;
  readonly rule?: ElaboratedRule;
}

/** Elaborates one statement; a fault ends it, and only it. */
function run(statement: Statement, scope: Scope, source: Source, loader: Loader): Result {
  if (statement.kind === "use") return use(statement, scope, source, loader);
  const outcome = guarded(statement.span, () => elaborate(statement, open(scope, source, treesOf(statement), read)));
  return "diagnostic" in outcome ? { diagnostics: [outcome.diagnostic] } : { diagnostics: [], ...outcome.value };
}

/** The expressions of a statement in which labels may be free. */
function treesOf(statement: Statement): readonly Tree[] {
  switch (statement.kind) {
    case "claim":
    case "refute":
      return statement.sides;
    case "show":
      return [statement.body];
    case "assume":
    case "rule":
      return [statement.left, statement.right];
    default:
      return [];
  }
}

function elaborate(statement: Statement, env: Env): { checkable?: Checkable; rule?: ElaboratedRule } {
  const { scope } = env;
  switch (statement.kind) {
    case "index":
      declareIndices(statement, env);
      return {};
    case "param":
      declareParameters(statement, env);
      return {};
    case "boson":
    case "fermion":
      declareSpecies(statement, env);
      return {};
    case "function":
    case "kernel":
      declareSymbols(statement, env);
      return {};
    case "let":
      define(statement, env);
      return {};
    case "unitary":
      defineUnitary(statement, env);
      return {};
    case "assume":
      scope.assume(assume(statement, env));
      return {};
    case "claim":
    case "refute": {
      const { kind, span, name = "" } = statement;
      return { checkable: { kind, name, span, equations: equations(statement.sides, env) } };
    }
    case "show": {
      const { span, name = "" } = statement;
      return { checkable: { kind: "show", name, span, expression: whole(statement.body, env), assumptions: scope.assumptions } };
    }
    case "rule":
      return { rule: { name: statement.name, ...equate(statement.left, statement.right, env), span: statement.span } };
    case "use":
      return {};
  }
}

/** `A = B = C`: A = B and B = C; between matrices an equation for each entry. */
function equations(sides: readonly Tree[], env: Env): readonly Equation[] {
  const { assumptions, unread } = env.scope;
  const known = unread.length === 0 ? { assumptions } : { assumptions, unread };
  const meanings = sides.map((tree): Side => ({ meaning: env.read(tree, env), span: tree.span }));
  return meanings
    .slice(1)
    .flatMap((right, at) =>
      compareAll(meanings[at] as Side, right, env).map(
        (equation): Equation => ({ ...equation, ...known, ...(sides.length > 2 ? { link: at + 1 } : {}) }),
      ),
    );
}

/** An expression with everything it needs; a function or kernel at new free labels. */
function whole(tree: Tree, env: Env): Expression {
  const meaning = asSimple(env.read(tree, env), tree.span, "where one expression is expected", "show its entries one by one, as in M_{12}");
  if (meaning.sort === "plain") return meaning.expression;
  return meaning.at(asArguments(freshGroups(env, meaning.groups, env.work.used)), tree.span);
}

/** Runs what may fault; a call stack that runs out and a number that grows out of bounds are faults too. */
function guarded<T>(span: Span, work: () => T): { readonly value: T } | { readonly diagnostic: Diagnostic } {
  try {
    return { value: work() };
  } catch (caught) {
    if (caught instanceof Fault) return { diagnostic: caught.diagnostic };
    if (caught instanceof RangeError && /call stack/i.test(caught.message))
      return { diagnostic: error("too-deep", span, "found this nested too deeply", "define inner parts with `let`") };
    if (caught instanceof RangeError && /BigInt/.test(caught.message))
      return { diagnostic: error("too-large", span, "found a number that is too large") };
    throw caught;
  }
}

// use

function use(statement: Statement & { kind: "use" }, scope: Scope, source: Source, loader: Loader): Result {
  const { path, span } = statement;
  const fault = (code: string, message: string, hint?: string): Result => ({ diagnostics: [error(code, span, message, hint)] });
  if (path.trim() === "") return fault("bad-use", "found an empty path, expected that of another document");
  if (/^([/\\~]|[A-Za-z]:|[a-z]+:\/\/)/.test(path) || path.includes("\0"))
    return fault(
      "bad-use",
      `found the path "${path.replaceAll("\0", "\\0")}", expected one relative to this document`,
      'as in `use "preamble.wick"`',
    );
  if (loader.stack.length >= mostUses) return fault("bad-use", `found documents that use each other more than ${mostUses} deep`);
  const found = loader.read(path, source.path);
  if ("error" in found) return fault("bad-use", `"${path}" cannot be used: ${found.error}`);
  const at = loader.stack.indexOf(found.path);
  if (at >= 0) {
    const cycle = [...loader.stack.slice(at), found.path].join(" uses ");
    return fault(
      "use-cycle",
      `found documents that use each other in a circle: ${cycle}`,
      "move what they share into a document of its own",
    );
  }
  const document = loader.done.get(found.path) ?? load(found, loader);
  const diagnostics: Diagnostic[] = faultsOf(document, span);
  const merged = guarded(span, () => merge(document, scope, source, span));
  if ("diagnostic" in merged) diagnostics.push(merged.diagnostic);
  return { diagnostics };
}

/** The faults of a used document, said at the `use`. */
function faultsOf(document: ElaboratedDocument, span: Span): Diagnostic[] {
  const starts = lineStarts(document.source.text);
  const faults = document.diagnostics.filter((one) => one.severity === "error");
  const shown = faults.slice(0, mostRepeated).map((one) => {
    const { line, column } = position(starts, one.span.start);
    return error(one.code, span, `${document.source.path}, line ${line}, column ${column}: ${one.message}`, one.hint);
  });
  if (faults.length > shown.length)
    shown.push(error("bad-use", span, `${document.source.path} has ${faults.length - shown.length} more errors`));
  return shown;
}

/** Takes over everything that the used document declares and assumes. */
function merge(document: ElaboratedDocument, scope: Scope, source: Source, span: Span): void {
  for (const index of document.scope.indices) scope.addIndex({ ...index, order: scope.nextOrder() }, { source, span });
  for (const entry of document.scope.entries) scope.add({ ...entry, order: scope.nextOrder() }, { source, span });
  for (const assumption of document.scope.assumptions) scope.assume(assumption);
  const from = (place: string): string => (place.includes(",") ? place : `in ${document.source.path}, ${place.replace(/^in /, "")}`);
  scope.addUnread(...document.scope.unread.map((one) => ({ ...one, place: from(one.place) })));
  for (const [name, place] of document.scope.faulty) scope.addFaulty(name, from(place));
}

// Expressions of a command line

/** The names of a command line without documents: contract, section 4. */
export function defaultScope(): Scope {
  const scope = new Scope(new Session(), true);
  const source = { path: "", text: "" };
  const declare = (
    names: readonly string[],
    kind: { kind: "space"; dimension: number } | { kind: "finite"; values: readonly number[] },
  ): void => {
    for (const name of names) scope.addIndex({ name, kinds: [kind], order: scope.nextOrder(), span: nowhere, source });
  };
  declare(["x", "y", "z"], { kind: "space", dimension: 3 });
  declare(["m", "n"], { kind: "finite", values: [1, 2] });
  return scope;
}

/**
 * Elaborates one expression. A function or kernel is taken at new free labels.
 * @throws Fault with the diagnostic of the first error
 */
export function elaborateExpression(tree: Tree, scope: Scope, source: Source = { path: "", text: "" }): Expression {
  const outcome = guarded(tree.span, () => whole(tree, open(scope, source, [tree], read)));
  if ("diagnostic" in outcome) throw new Fault(outcome.diagnostic);
  return outcome.value;
}

/** Elaborates both sides of an equation, functions and kernels at the same labels. @throws Fault */
export function elaborateEquation(left: Tree, right: Tree, scope: Scope, source: Source = { path: "", text: "" }): Equation {
  const outcome = guarded(left.span, () => equate(left, right, open(scope, source, [left, right], read)));
  if ("diagnostic" in outcome) throw new Fault(outcome.diagnostic);
  return { ...outcome.value, assumptions: scope.assumptions, unread: scope.unread };
}

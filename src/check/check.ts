import type { Checkable, Equation } from "../core/expression.js";
import { type ElaboratedDocument, elaborateEquation, loadDocument, type Reader } from "../elaborate/document.js";
import type { Scope } from "../elaborate/scope.js";
import { Models } from "../evaluate/models.js";
import { latexForm, textForm } from "../render/form.js";
import type { NamePool, RenderOptions } from "../render/options.js";
import { adjointPartners, form, type normalOrder, reset, termCount } from "../rewrite/engine.js";
import type { Diagnostic } from "../source/diagnostic.js";
import { error, Fault } from "../source/diagnostic.js";
import type { Source, Span } from "../source/span.js";
import { lineStarts, position } from "../source/span.js";
import { parseExpression } from "../syntax/parse.js";
import type { Vocabulary } from "./edits.js";
import { vocabulary } from "./edits.js";
import type { Decision, Effort } from "./equation.js";
import { decide, defaultEffort, diagnosticOf } from "./equation.js";
import { generatorFaults } from "./generator.js";
import { printable } from "./normal.js";
import type { ClaimReport, Numbers, Report, ShowReport, StatementReport, Suggestion } from "./report.js";
import { locate } from "./report.js";
import { describe } from "./residual.js";
import { findSlip } from "./slip.js";
import { passes, worst } from "./verdict.js";

/** Reads another document for `use`: its text and the path by which it is known, or why there is none. */
export type Read = Reader;

export interface CheckOptions extends Partial<Effort> {
  /** What messages call the document. */
  readonly path?: string;
  /** Without it, a `use` finds nothing. */
  readonly read?: Read;
  /** Where to look for a slip: in claims that fail unless told otherwise, or in refutes that pass, too. */
  readonly slips?: "none" | "claims" | "all";
  /**
   * Which residuals to write out: of every refuted equation unless told otherwise, or only where the statement fails. A long
   * residual takes as long to write as its verdict took to find, and a passing refute's is often not read by anybody.
   */
  readonly residuals?: "all" | "failing";
  /** Called after each statement. */
  readonly onStatement?: (done: number, total: number) => void;
}

/**
 * Checks one document: every claim and refute both ways, every show in normal form.
 *
 * A faulty statement gives a diagnostic and, where its keyword can be read, an entry with status "error";
 * the others are checked all the same. Nothing is thrown for a fault of the text.
 */
export function check(text: string, options: CheckOptions = {}): Report {
  const source: Source = { path: options.path ?? "document.wick", text };
  return checkDocument(load(source, options.read), options);
}

/** Loads a document for `checkDocument`; its faults are in its diagnostics. */
export function load(source: Source, read?: Read): ElaboratedDocument {
  return loadDocument(source, read ?? (() => ({ error: "no other documents can be read here" })));
}

/** `check` of a document that was loaded before. */
export function checkDocument(document: ElaboratedDocument, options: CheckOptions = {}): Report {
  const { source, statements, scope } = document;
  // What the engine has interned for earlier documents is no longer needed.
  reset();
  const effort: Effort = { ...defaultEffort, ...given(options), models: new Models() };
  const diagnostics: Diagnostic[] = [...document.diagnostics];
  const starts = lineStarts(source.text);
  const names: RenderOptions = { names: namePool(scope) };
  diagnostics.push(...generatorFaults(source, scope, names, effort));
  const found: { readonly at: number; readonly report: StatementReport }[] = [];
  const checker = new Checker(source, scope, names, effort, options.slips ?? "claims", options.residuals ?? "all");
  statements.forEach((statement, i) => {
    const started = performance.now();
    const outcome = statement.kind === "show" ? checker.show(statement) : checker.claim(statement);
    diagnostics.push(...outcome.diagnostics);
    const place = position(starts, statement.span.start);
    const milliseconds = performance.now() - started;
    found.push({
      at: statement.span.start,
      report: { ...outcome.report, name: statement.name, ...place, milliseconds } as StatementReport,
    });
    options.onStatement?.(i + 1, statements.length);
  });
  const checked = new Set(statements.map((statement) => statement.span.start));
  const errors = document.diagnostics.filter((d) => d.severity === "error").sort((x, y) => x.span.start - y.span.start);
  let next = 0;
  for (const faulty of [...document.faulty].sort((x, y) => x.span.start - y.span.start)) {
    if (checked.has(faulty.span.start)) continue;
    while (next < errors.length && (errors[next] as Diagnostic).span.start < faulty.span.start) next++;
    const cause = errors[next];
    const message = cause !== undefined && cause.span.start <= faulty.span.end ? cause.message : undefined;
    const report = { ...faultyReport(faulty.kind, message), name: faulty.name, ...position(starts, faulty.span.start) };
    found.push({ at: faulty.span.start, report: report as StatementReport });
  }
  found.sort((a, b) => a.at - b.at);
  diagnostics.sort((a, b) => a.span.start - b.span.start);
  return { path: source.path, diagnostics: locate(source, diagnostics), statements: found.map(({ report }) => report) };
}

function given(options: CheckOptions): Partial<Effort> {
  const { seed, trials, points, limit } = options;
  return Object.fromEntries(Object.entries({ seed, trials, points, limit }).filter(([, value]) => value !== undefined));
}

/** Names that a renderer may give to bound labels, and those it must not. */
export function namePool(scope: Scope): NamePool {
  const indices = [...scope.indices].map(({ name, kinds }) => ({ kinds, names: [name] }));
  const taken = new Set<string>();
  for (const { base, name } of scope.entries) {
    taken.add(base);
    taken.add(name);
  }
  return { indices, taken };
}

type Outcome = {
  readonly diagnostics: readonly Diagnostic[];
  readonly report:
    | Omit<ClaimReport, "name" | "line" | "column" | "milliseconds">
    | Omit<ShowReport, "name" | "line" | "column" | "milliseconds">;
};

class Checker {
  private readonly source: Source;
  private readonly scope: Scope;
  private readonly names: RenderOptions;
  private readonly effort: Effort;
  private readonly slips: "none" | "claims" | "all";
  private readonly residuals: "all" | "failing";
  private readonly starts: readonly number[];
  private readonly declared: Vocabulary;
  /** Milliseconds that slips may still be looked for in this document. */
  private patience = 20_000;

  constructor(
    source: Source,
    scope: Scope,
    names: RenderOptions,
    effort: Effort,
    slips: "none" | "claims" | "all",
    residuals: "all" | "failing",
  ) {
    this.source = source;
    this.scope = scope;
    this.names = names;
    this.effort = effort;
    this.slips = slips;
    this.residuals = residuals;
    this.starts = lineStarts(source.text);
    const meant = [...scope.entries].map((entry) => entry.meant);
    this.declared = {
      symbols: meant.flatMap((m) => (m.kind === "symbol" ? [m.symbol] : [])),
      species: meant.flatMap((m) => (m.kind === "species" ? [m.species] : [])),
      definitions: meant.flatMap((m) => (m.kind === "definition" ? [m.definition] : [])),
      parameters: meant.flatMap((m) => (m.kind === "parameter" ? [m.parameter] : [])),
    };
  }

  show(statement: Checkable & { readonly kind: "show" }): Outcome {
    try {
      const sum = printable(statement.expression, this.context(statement.assumptions));
      const whole = form(sum);
      const options: RenderOptions = { ...this.names, adjointOf: adjointPartners(sum) };
      const [latex, text, terms] = [latexForm(whole, options), textForm(whole, options), termCount(sum)];
      return { diagnostics: [], report: { kind: "show", status: "shown", passes: true, latex, text, terms } };
    } catch (problem) {
      const diagnostic = diagnosticOf(problem, statement.span);
      return {
        diagnostics: [diagnostic],
        report: { kind: "show", status: "error", passes: false, latex: null, text: null, terms: null, message: diagnostic.message },
      };
    }
  }

  private context(assumptions: Equation["assumptions"]): Parameters<typeof normalOrder>[1] {
    return this.effort.limit === undefined ? { assumptions } : { assumptions, limit: this.effort.limit };
  }

  claim(statement: Checkable & { readonly kind: "claim" | "refute" }): Outcome {
    const { kind, equations } = statement;
    const decisions = equations.map((equation) => this.decide(equation));
    const status = worst(decisions.map((decision) => decision.status));
    const at = decisions.findIndex((decision) => decision.status === status);
    const decision = decisions[at] as Decision;
    const passed = passes(kind, status);
    const { link, entry } = equations[at] as Equation;
    const report = {
      kind,
      status,
      passes: passed,
      symbolic: decisions.every((d) => d.symbolic.kind === "equal")
        ? true
        : decisions.some((d) => d.symbolic.kind === "different")
          ? false
          : null,
      numeric: numbers(decisions),
      residual: null,
      ...(link === undefined ? {} : { equation: link }),
      ...(entry === undefined ? {} : { entry }),
      ...(decision.diagnostic === undefined ? {} : { message: decision.diagnostic.message }),
    };
    const diagnostics = decision.diagnostic === undefined || status !== "error" ? [] : [decision.diagnostic];
    if (status !== "refuted" || (passed && this.residuals === "failing")) return { diagnostics, report };
    return {
      diagnostics,
      report: {
        ...report,
        ...this.explain(equations[at] as Equation, decision, this.slips === "all" || (this.slips === "claims" && !passed)),
      },
    };
  }

  private decide(equation: Equation): Decision {
    return decide(equation, this.effort);
  }

  /** The residual of a refuted equation, and the slip behind it where one is wanted and found. A verdict stands without them. */
  private explain(equation: Equation, decision: Decision, search: boolean): Partial<ClaimReport> {
    if (decision.sums === undefined) return {};
    const { left, right, residual } = decision.sums;
    const { span } = equation.left;
    const described = attempted(span, () => describe(left, right, residual, this.names));
    const found = search ? attempted(span, () => this.suggestion(equation, decision)) : undefined;
    if ("problem" in described) return { words: [described.problem] };
    const { latex, text, terms, words } = described.value;
    const suggestion = found !== undefined && "value" in found ? found.value : undefined;
    return { residual: latex, residualText: text, residualTerms: terms, words, ...(suggestion === undefined ? {} : { suggestion }) };
  }

  private suggestion(equation: Equation, decision: Decision): Suggestion | undefined {
    if (decision.sums === undefined) return undefined;
    const used = vocabulary([equation.left, equation.right]);
    // What the equation itself names is a likelier source of a slip than what is only declared.
    const merge = <T extends { readonly id: number }>(a: readonly T[], b: readonly T[]): readonly T[] =>
      [...new Map([...a, ...b].map((x) => [x.id, x])).values()].slice(0, 40);
    const started = performance.now();
    const slip = findSlip(equation, decision.sums, {
      milliseconds: Math.min(1500, this.patience),
      source: this.source.text,
      names: this.names,
      words: {
        symbols: merge(used.symbols, this.declared.symbols),
        species: merge(used.species, this.declared.species),
        definitions: merge(used.definitions, this.declared.definitions),
        parameters: merge(used.parameters, this.declared.parameters),
      },
      prove: (repaired) => this.decide(repaired).status === "proved",
      read: (a, b) => this.read(a, b),
    });
    this.patience = Math.max(100, this.patience - (performance.now() - started));
    if (slip === undefined) return undefined;
    const { kind, side, span, message, repaired } = slip;
    return { slip: kind, side, ...position(this.starts, span.start), message, repaired };
  }

  /** Reads two sides with the document's names; undefined where they cannot be read. */
  private read(left: string, right: string): Equation | undefined {
    try {
      const [a, b] = [left, right].map((text) => {
        const { tree, diagnostics } = parseExpression(text, this.scope.labelNames);
        return diagnostics.some((d) => d.severity === "error") ? undefined : tree;
      });
      return a === undefined || b === undefined ? undefined : elaborateEquation(a, b, this.scope, this.source);
    } catch (problem) {
      if (problem instanceof Fault || problem instanceof RangeError) return undefined;
      throw problem;
    }
  }
}

function attempted<T>(span: Span, work: () => T): { readonly value: T } | { readonly problem: string } {
  try {
    return { value: work() };
  } catch (problem) {
    return { problem: diagnosticOf(problem, span).message };
  }
}

/** The fewest trials and the largest difference of a chain's equations; null where one was not compared. */
function numbers(decisions: readonly Decision[]): Numbers | null {
  const all = decisions.flatMap((decision) => (decision.numeric === undefined ? [] : [decision.numeric]));
  const [first] = all;
  if (first === undefined || all.length < decisions.length) return null;
  const orders = all.flatMap((n) => n.order ?? []);
  const [truncation] = all.flatMap((n) => n.truncation ?? []).sort((a, b) => b.error - a.error);
  return {
    trials: Math.min(...all.map((n) => n.trials)),
    residual: Math.max(...all.map((n) => n.residual)),
    exact: all.every((n) => n.exact),
    exhaustive: all.every((n) => n.exhaustive),
    seed: first.seed,
    points: first.points,
    ...(truncation === undefined ? {} : { truncation }),
    ...(orders.length === 0 ? {} : { order: Math.min(...orders) }),
  };
}

/** A statement that was to be checked but could not be read. */
function faultyReport(kind: "claim" | "refute" | "show", message: string | undefined): Partial<StatementReport> {
  const common = { passes: false, status: "error" as const, milliseconds: 0, ...(message === undefined ? {} : { message }) };
  return kind === "show"
    ? { kind, ...common, latex: null, text: null, terms: null }
    : { kind, ...common, symbolic: null, numeric: null, residual: null };
}

/** A diagnostic for a text that cannot be a document at all; null where it can. */
export function unreadable(text: string): Diagnostic | null {
  const nul = text.indexOf("\0");
  if (nul >= 0) return error("binary", { start: nul, end: nul + 1 }, "this is no text: it has a NUL byte");
  return null;
}

import type { Expression } from "../core/expression.js";
import { defaultScope, elaborateEquation, elaborateExpression } from "../elaborate/document.js";
import type { Scope } from "../elaborate/scope.js";
import { latexForm, textForm } from "../render/form.js";
import type { RenderOptions } from "../render/options.js";
import type { Sum } from "../rewrite/engine.js";
import { adjointPartners, form, termCount } from "../rewrite/engine.js";
import type { Diagnostic } from "../source/diagnostic.js";
import type { Source } from "../source/span.js";
import { parseExpression } from "../syntax/parse.js";
import type { Tree } from "../syntax/tree.js";
import { load, namePool, type Read, unreadable } from "./check.js";
import type { Decision, Effort } from "./equation.js";
import { decide, defaultEffort, diagnosticOf } from "./equation.js";
import { printable } from "./normal.js";
import type { Message, Numbers } from "./report.js";
import { locate } from "./report.js";
import { describe } from "./residual.js";
import type { Status } from "./verdict.js";

/** Either a value, or the messages that say why there is none. Warnings may come with a value. */
export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly diagnostics: readonly Message[] }
  | { readonly ok: false; readonly diagnostics: readonly Message[] };

export interface ExpressionOptions {
  /** A document whose declarations and assumptions hold; without it, single letters stand for themselves. */
  readonly with?: Source;
  /** Reads what that document uses. */
  readonly read?: Read;
  /** What messages call the expression. */
  readonly path?: string;
  /** Terms that a normal form may have. */
  readonly limit?: number;
}

export interface NormalForm {
  /** Broken into aligned lines where it is long. */
  readonly latex: string;
  /** One line, which can be read back. */
  readonly text: string;
  readonly terms: number;
  /** From the parsed and elaborated expression to the normal form. */
  readonly milliseconds: number;
}

/** The names that hold for expressions on their own: a document's, or the command line's. Its faults come as warnings. */
export function openScope(options: ExpressionOptions): Result<Scope> {
  if (options.with === undefined) return { ok: true, value: defaultScope(), diagnostics: [] };
  const problem = unreadable(options.with.text);
  if (problem !== null) return { ok: false, diagnostics: locate(options.with, [problem]) };
  const { scope, diagnostics } = load(options.with, options.read);
  // A faulty statement matters only to an expression that needs it, which is told so when it uses a name of it.
  return { ok: true, value: scope, diagnostics: locate(options.with, diagnostics).map((one) => ({ ...one, severity: "warning" })) };
}

const isError = ({ severity }: Diagnostic): boolean => severity === "error";

/** Parses and elaborates one expression. */
export function readExpression(source: Source, scope: Scope): Result<Expression> {
  return guarded(source, (): Result<Expression> => {
    const problem = unreadable(source.text);
    if (problem !== null) return { ok: false, diagnostics: locate(source, [problem]) };
    const { tree, diagnostics } = parseExpression(source.text, scope.labelNames);
    const messages = locate(source, diagnostics);
    if (tree === undefined || diagnostics.some(isError)) return { ok: false, diagnostics: messages };
    return { ok: true, value: elaborateExpression(tree, scope, source), diagnostics: messages };
  });
}

/** Runs work on a text; what it throws becomes a message. */
export function guarded<T>(source: Source, work: () => Result<T>): Result<T> {
  try {
    return work();
  } catch (problem) {
    return { ok: false, diagnostics: locate(source, [diagnosticOf(problem, { start: 0, end: Math.min(source.text.length, 1) })]) };
  }
}

export function renderOptions(scope: Scope, sum: Sum): RenderOptions {
  return { names: namePool(scope), adjointOf: adjointPartners(sum) };
}

/** The normal form of an expression text. */
export function normalForm(text: string, scope: Scope, options: ExpressionOptions = {}): Result<NormalForm> {
  const source: Source = { path: options.path ?? "expression", text };
  const read = readExpression(source, scope);
  if (!read.ok) return read;
  return guarded(source, (): Result<NormalForm> => {
    const { assumptions } = scope;
    const started = performance.now();
    const sum = printable(read.value, options.limit === undefined ? { assumptions } : { assumptions, limit: options.limit });
    const milliseconds = performance.now() - started;
    const whole = form(sum);
    const rendering = renderOptions(scope, sum);
    return {
      ok: true,
      value: { latex: latexForm(whole, rendering), text: textForm(whole, rendering), terms: termCount(sum), milliseconds },
      diagnostics: read.diagnostics,
    };
  });
}

/** What two expressions' comparison says; see `verdict`. */
export interface Comparison {
  readonly status: Status;
  readonly symbolic: boolean | null;
  readonly numeric: Numbers | null;
  /** LaTeX of `left - right` where they differ. */
  readonly residual: string | null;
  readonly residualText?: string;
  readonly words?: readonly string[];
  readonly milliseconds: number;
}

/** Decides whether two expression texts are equal, both ways. `at` says to which text the messages belong. */
export function compareTexts(
  left: string,
  right: string,
  scope: Scope,
  effort: Partial<Effort> = {},
): { readonly result: Result<Comparison>; readonly at: "left" | "right" } {
  const sources = { left: { path: "left", text: left }, right: { path: "right", text: right } };
  // Both are read as one text, so that a span tells to which of them it belongs.
  const shift = left.length + 1;
  const refuse = (diagnostic: Diagnostic): ReturnType<typeof compareTexts> => {
    const { start, end } = diagnostic.span;
    const at = start >= shift ? "right" : "left";
    const by = at === "right" ? shift : 0;
    return { result: { ok: false, diagnostics: locate(sources[at], [{ ...diagnostic, span: { start: start - by, end: end - by } }]) }, at };
  };
  try {
    const trees: Tree[] = [];
    for (const text of [left, " ".repeat(shift) + right]) {
      const { tree, diagnostics } = parseExpression(text, scope.labelNames);
      const fault = unreadable(text) ?? diagnostics.find(isError);
      if (fault !== undefined) return refuse(fault);
      if (tree !== undefined) trees.push(tree);
    }
    const [a, b] = trees as [Tree, Tree];
    const equation = elaborateEquation(a, b, scope);
    const started = performance.now();
    const decision = decide(equation, { ...defaultEffort, ...effort });
    const milliseconds = performance.now() - started;
    if (decision.status === "error" && decision.diagnostic !== undefined) return refuse(decision.diagnostic);
    return { result: { ok: true, value: { ...comparison(decision, scope), milliseconds }, diagnostics: [] }, at: "left" };
  } catch (problem) {
    return refuse(diagnosticOf(problem, { start: 0, end: 1 }));
  }
}

function comparison(decision: Decision, scope: Scope): Omit<Comparison, "milliseconds"> {
  const { status, symbolic, numeric, sums } = decision;
  const base = {
    status,
    symbolic: symbolic.kind === "equal" ? true : symbolic.kind === "different" ? false : null,
    numeric:
      numeric === undefined
        ? null
        : {
            trials: numeric.trials,
            residual: numeric.residual,
            exact: numeric.exact,
            exhaustive: numeric.exhaustive,
            seed: numeric.seed,
            points: numeric.points,
            ...(numeric.truncation === undefined ? {} : { truncation: numeric.truncation }),
            ...(numeric.order === undefined ? {} : { order: numeric.order }),
          },
    residual: null,
  };
  if (status !== "refuted" || sums === undefined) return base;
  const { latex, text, words } = describe(sums.left, sums.right, sums.residual, { names: namePool(scope) });
  return { ...base, residual: latex, residualText: text, words };
}

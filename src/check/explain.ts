import type { Expression } from "../core/expression.js";
import { rational } from "../core/rational.js";
import { latexExpression } from "../render/expression.js";
import type { RenderOptions } from "../render/options.js";
import { isInfinite } from "../rewrite/rules/canonical.js";
import type { Derivation } from "../rewrite/rules/derivation.js";
import { alphaEqual } from "../rewrite/rules/labels.js";
import { children, product, withChildren } from "../rewrite/rules/node.js";
import { explainingRules } from "../rewrite/rules/sets.js";
import { isNormalForm, type Limits, normalize } from "../rewrite/rules/strategy.js";

/** A derivation to be read: lines of LaTeX, each with the rules that led to it from the line before. */
export interface Explanation {
  readonly why: "done" | "step limit" | "too large";
  /** The product at one point that made a delta at the origin, in LaTeX, where there is one: the last line then is no operator. */
  readonly infinite?: string;
  readonly lines: readonly Line[];
  /** An `align*` environment. */
  readonly latex: string;
  readonly derivation: Derivation;
}

export interface Line {
  /** Names of the rules of the merged steps; of the first line none. */
  readonly rules: readonly string[];
  readonly steps: number;
  readonly latex: string;
}

export interface ExplainOptions extends RenderOptions {
  readonly limits?: Limits;
  /** Lines at most; more steps are merged until they fit. Default 40. */
  readonly most?: number;
}

/** Steps that only keep books: they join the line of what follows. */
const silent: ReadonlySet<string> = new Set([
  "zero",
  "collect",
  "scalar",
  "distribute-left",
  "distribute-right",
  "integral-left",
  "integral-right",
  "integral-sum",
  "commutator-scalar-left",
  "commutator-scalar-right",
  "vacuum-one",
  "vacuum-scalar",
  "normal-one",
  "normal-scalar",
  "power",
  "sh-transpose",
  "components",
  "conjugate-i",
  "conjugate-delta",
  "conjugate-real",
]);

/** Rules that only sort operators that commute or anticommute. */
const isSilent = (rule: string): boolean => silent.has(rule) || /-order(-back)?(-creators)?$/.test(rule);

interface Mark {
  readonly rules: readonly string[];
  readonly steps: number;
  readonly state: Expression;
}

/** Runs of steps by one rule become one line, with the silent steps before and after them. */
function mergeByRule(derivation: Derivation): Mark[] {
  const marks: { rules: string[]; loud: string | undefined; steps: number; state: Expression }[] = [];
  for (const step of derivation.steps) {
    const last = marks[marks.length - 1];
    const quiet = isSilent(step.rule);
    if (last && (quiet || last.loud === undefined || last.loud === step.rule)) {
      if (!last.rules.includes(step.rule)) last.rules.push(step.rule);
      last.loud ??= quiet ? undefined : step.rule;
      last.steps++;
      last.state = step.state;
    } else marks.push({ rules: [step.rule], loud: quiet ? undefined : step.rule, steps: 1, state: step.state });
  }
  return marks.map(({ rules, steps, state }) => ({ rules, steps, state }));
}

/** Joins neighbours evenly until there are no more than `most`. */
function thin(marks: readonly Mark[], most: number): readonly Mark[] {
  if (marks.length <= most) return marks;
  const out: Mark[] = [];
  for (let k = 0; k < most; k++) {
    const group = marks.slice(Math.floor((k * marks.length) / most), Math.floor(((k + 1) * marks.length) / most));
    out.push({
      rules: [...new Set(group.flatMap((m) => m.rules))],
      steps: group.reduce((n, m) => n + m.steps, 0),
      state: (group[group.length - 1] as Mark).state,
    });
  }
  return out;
}

/** For the eye: equal neighbours as a power, and the number of a term in front of its integral. */
function tidy(e: Expression): Expression {
  const parts = children(e);
  const now = withChildren(
    e,
    parts.map((part) => tidy(part)),
  );
  if (now.kind === "bind") {
    const first = now.body.kind === "product" ? now.body.factors[0] : undefined;
    if (first?.kind !== "number" || now.body.kind !== "product") return now;
    return { kind: "product", factors: [first, { ...now, body: product(now.body.factors.slice(1)) }], span: now.span };
  }
  if (now.kind !== "product") return now;
  const out: Expression[] = [];
  for (let k = 0; k < now.factors.length; ) {
    const factor = now.factors[k] as Expression;
    let end = k + 1;
    while (factor.kind === "ladder" && end < now.factors.length && alphaEqual(factor, now.factors[end] as Expression)) end++;
    out.push(end - k > 1 ? { kind: "power", base: factor, exponent: rational(end - k), span: factor.span } : factor);
    k = end;
  }
  return out.length === now.factors.length ? now : { ...now, factors: out };
}

/** Terms of a sum that share a line. */
const perLine = 4;

/** A sum in groups of terms, one a line of the display. */
function broken(e: Expression, options: RenderOptions): readonly string[] {
  if (e.kind !== "sum" || e.terms.length <= perLine) return [latexExpression(e, options)];
  const lines: string[] = [];
  for (let k = 0; k < e.terms.length; k += perLine) {
    const terms = e.terms.slice(k, k + perLine);
    const text = latexExpression(terms.length === 1 ? (terms[0] as Expression) : { ...e, terms }, options);
    lines.push(k === 0 || text.startsWith("-") ? text : `+ ${text}`);
  }
  return lines;
}

/** Rules that a line names: the loud ones, or the silent ones where it has no other. */
function named(rules: readonly string[]): string {
  const loud = rules.filter((rule) => !isSilent(rule));
  const list = loud.length > 0 ? loud : rules;
  return list.length > 4 ? `${list.slice(0, 3).join(", ")} and ${list.length - 3} more` : list.join(", ");
}

/** `\\Nor{A}`, which is no command of LaTeX, as `\\operatorname{Nor}\\{A\\}`, so that the display needs no preamble. */
function selfContained(latex: string): string {
  let out = "";
  let rest = latex;
  for (let at = rest.indexOf("\\Nor{"); at >= 0; at = rest.indexOf("\\Nor{")) {
    let depth = 1;
    let end = at + 5;
    while (depth > 0 && end < rest.length) {
      if (rest[end] === "\\") end++;
      else if (rest[end] === "{") depth++;
      else if (rest[end] === "}") depth--;
      end++;
    }
    out += `${rest.slice(0, at)}\\operatorname{Nor}\\left\\{ `;
    rest = `${rest.slice(at + 5, end - 1)} \\right\\}${rest.slice(end)}`;
  }
  return out + rest;
}

/**
 * The derivation of the normal form of an expression, for a reader. The display is an `align*` that stands by
 * itself: KaTeX and LaTeX with amsmath both set it.
 */
export function explain(expression: Expression, options: ExplainOptions = {}): Explanation {
  const { limits, most = 40, ...render } = options;
  const { result, why, derivation } = normalize(expression, explainingRules(), limits ?? { steps: 4_000, nodes: 20_000 });
  const marks = thin(mergeByRule(derivation), most);
  const lines: Line[] = [
    { rules: [], steps: 0, latex: why === "too large" && derivation.steps.length === 0 ? "" : latexExpression(expression, render) },
  ];
  const rows: string[] = [`& ${lines[0]?.latex ?? ""}`];
  for (const mark of marks) {
    const parts = broken(tidy(mark.state), render);
    lines.push({ rules: mark.rules, steps: mark.steps, latex: parts.join(" ") });
    parts.forEach((part, k) => {
      rows.push(`${k === 0 ? "&= " : "&\\quad "}${part}${k === 0 ? ` && \\text{${named(mark.rules)}}` : ""}`);
    });
  }
  if (derivation.steps.length === 0 && why === "done" && isNormalForm(result))
    rows[0] = `& ${lines[0]?.latex ?? ""} && \\text{in normal form}`;
  else if (why === "done" && !isNormalForm(result)) rows.push("& && \\text{no rule goes further}");
  if (why !== "done") rows.push(`&= \\dots && \\text{stopped: ${why}}`);
  const latex = selfContained(`\\begin{align*}\n${rows.join(" \\\\\n")}\n\\end{align*}`);
  const source = hasInfinite(result) ? origin(derivation) : undefined;
  return { why, lines, latex, derivation, ...(source === undefined ? {} : { infinite: latexExpression(source, render) }) };
}

function hasInfinite(e: Expression): boolean {
  return isInfinite(e) || children(e).some(hasInfinite);
}

/** What the step rewrote that made the first delta at the origin. */
function origin(derivation: Derivation): Expression {
  for (const step of derivation.steps) if (hasInfinite(step.after) && !hasInfinite(step.before)) return step.before;
  return derivation.start;
}

import type { Argument, Equation } from "../core/expression.js";
import type { Numeric } from "../evaluate/evaluate.js";
import { compare } from "../evaluate/evaluate.js";
import type { Sum } from "../rewrite/engine.js";
import { difference, expandFinite, isZero, normalOrder, termCount } from "../rewrite/engine.js";
import type { Diagnostic } from "../source/diagnostic.js";
import { error, Fault } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import { cover } from "../source/span.js";
import type { Numerical, Symbolic, Verdict } from "./verdict.js";
import { verdict } from "./verdict.js";
import { nodes } from "./walk.js";

/** How both ways are run. Everything is deterministic in these. */
export interface Effort {
  /** Of the finite model's random values. */
  readonly seed: number;
  readonly trials: number;
  /** Points that a continuous label ranges over; the model chooses where this is absent. */
  readonly points?: number;
  /** Terms that a normal form may have. */
  readonly limit?: number;
}

export const defaultEffort: Effort = { seed: 1, trials: 3 };

/** What the finite model says where it can say anything. */
export type Answer = Exclude<Numeric, { readonly unsupported: unknown }>;

/** One equation, both ways. */
export interface Decision extends Verdict {
  readonly symbolic: Symbolic;
  /** Absent where the finite model was not asked (the equation makes no sense) or could not answer. */
  readonly numeric?: Answer;
  /** Normal forms of both sides and of `left - right`, where the engine has them. */
  readonly sums?: { readonly left: Sum; readonly right: Sum; readonly residual: Sum };
}

/** Beyond this the finite sums of a residual are not written out just to see whether it vanishes. */
const expandable = 5000;

/** Decides one equation by its normal forms and by the finite model, which know nothing of each other. */
export function decide(equation: Equation, effort: Effort): Decision {
  const span = cover(equation.left.span, equation.right.span);
  const { symbolic, sums } = symbolically(equation, effort, span);
  const found = sums === undefined ? {} : { sums };
  // A senseless equation has no numbers to compare: its delta(0) is a number only because the model is finite.
  if (symbolic.kind === "senseless") return { ...verdict(symbolic, { kind: "unsupported", message: "", span }, span), symbolic, ...found };
  const { numerical, numeric } = numerically(equation, effort, span, symbolic.kind);
  return { ...verdict(symbolic, numerical, span), symbolic, ...found, ...(numeric === undefined ? {} : { numeric }) };
}

function symbolically(equation: Equation, effort: Effort, span: Span): { symbolic: Symbolic; sums?: NonNullable<Decision["sums"]> } {
  const { assumptions } = equation;
  const context = effort.limit === undefined ? { assumptions } : { assumptions, limit: effort.limit };
  try {
    const left = normalOrder(equation.left, context);
    const right = normalOrder(equation.right, context);
    let residual = difference(left, right);
    let equal = isZero(residual);
    if (!equal && termCount(residual) <= expandable) {
      try {
        const expanded = expandFinite(residual);
        equal = isZero(expanded);
        if (termCount(expanded) < termCount(residual)) residual = expanded;
      } catch (problem) {
        // Writing the sums out is an extra; without it the forms as they stand decide.
        if (!(problem instanceof Fault)) throw problem;
      }
    }
    return { symbolic: { kind: equal ? "equal" : "different" }, sums: { left, right, residual } };
  } catch (problem) {
    const diagnostic = diagnosticOf(problem, span);
    const unknown = diagnostic.code === "not-understood" || diagnostic.code === "too-large" || diagnostic.code === "internal";
    return { symbolic: { kind: unknown ? "unknown" : "senseless", diagnostic } };
  }
}

/** Numbers of points on which an answer that the normal forms do not share is looked at again. */
const elsewhere = [5, 7] as const;
/** Seeds that a comparison in floating point has to survive besides its own, where it alone decides. */
const moreSeeds = 8;
/** Relative deviation that rounding can explain; between this and the model's tolerance lies no answer. */
const rounding = 1e-12;

function numerically(
  equation: Equation,
  effort: Effort,
  span: Span,
  symbolic: Symbolic["kind"],
): { numerical: Numerical; numeric?: Answer } {
  const { seed, trials, points } = effort;
  const ask = (options: Parameters<typeof compare>[1]): Numeric => {
    try {
      return compare(equation, options);
    } catch (problem) {
      const { message, span: at } = diagnosticOf(problem, span);
      return { unsupported: { message, span: at } };
    }
  };
  const heard = (answer: Answer, agree = answer.agree, exhaustive = answer.exhaustive) => ({
    numerical: { kind: "compared", agree, exhaustive } as const,
    numeric: answer,
  });
  const confirming = symbolic === "equal";
  const answer = ask({ seed, trials, confirming, ...(points === undefined ? {} : { points }) });
  if ("unsupported" in answer) return { numerical: { kind: "unsupported", ...answer.unsupported } };
  if (answer.agree && symbolic === "equal") return heard(answer);
  if (!answer.agree) {
    // A few points have identities of their own, such as 3p = 0: what only they make false is asked elsewhere.
    if (!wraps(equation)) return heard(answer);
    let other = answer;
    for (const n of [7, 11]) {
      const next = ask({ seed, trials, points: n });
      if ("unsupported" in next || !next.agree) return heard(answer);
      if (other === answer) other = next;
    }
    return heard(other);
  }
  // Only the numbers say that it is true: three points may be too few to see that it is not.
  let exhaustive = answer.exhaustive;
  for (const n of elsewhere) {
    const other = ask({ seed: seed + n, trials, points: n });
    if ("unsupported" in other) exhaustive &&= n !== elsewhere[0];
    else if (!other.agree) {
      // Five points have 5p = 0 for every p: what they alone make false is asked on more.
      const more = wraps(equation) ? [7, 11, 13].filter((m) => m !== n).map((m) => ask({ seed: seed + m, trials, points: m })) : [];
      if (more.length === 0 || more.some((one) => "unsupported" in one || !one.agree)) return heard(other);
    }
  }
  if (!answer.exact) {
    // Roots and logarithms have branches that three random numbers may all miss.
    exhaustive &&= answer.residual <= rounding;
    for (let k = 1; k <= moreSeeds; k++) {
      const other = ask({ seed: seed + 1000 * k, trials, ...(points === undefined ? {} : { points }) });
      if (!("unsupported" in other) && !other.agree) return heard(other);
    }
  }
  return heard(answer, true, exhaustive);
}

/** Whether labels are added up so that a sum may vanish on a few points only: three or more of them in one argument. */
function wraps(equation: Equation): boolean {
  const long = (a: Argument): boolean =>
    a.kind === "affine" && a.terms.reduce((total, { coefficient: c }) => total + Math.abs(Number(c.n) / Number(c.d)), 0) >= 3;
  return [equation.left, equation.right].some((side) =>
    nodes(side).some((e) => {
      if (e.kind === "value" || e.kind === "ladder" || e.kind === "call") return e.arguments.some(long);
      if (e.kind !== "delta" || e.left.kind !== "affine" || e.right.kind !== "affine") return false;
      return long({ ...e.left, terms: [...e.left.terms, ...e.right.terms] });
    }),
  );
}

/** What an exception says to a user. A deep recursion is the input's depth; anything else unexpected is a bug, said as one. */
export function diagnosticOf(problem: unknown, span: Span): Diagnostic {
  if (problem instanceof Fault) return problem.diagnostic;
  if (problem instanceof RangeError && /call stack/i.test(problem.message))
    return error("too-deep", span, "this is nested too deeply", "introduce a `let` for a part of it");
  if (problem instanceof RangeError && /array length|string length|BigInt|allocation/i.test(problem.message))
    return error("too-large", span, "the result is too large");
  return error(
    "internal",
    span,
    `internal error: ${problem instanceof Error ? problem.message : String(problem)}`,
    "please report this statement",
  );
}

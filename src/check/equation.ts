import type { Argument, Equation } from "../core/expression.js";
import type { Numeric } from "../evaluate/evaluate.js";
import { compare } from "../evaluate/evaluate.js";
import { symbolicSizes } from "../evaluate/hyperbolic.js";
import { Models } from "../evaluate/models.js";
import { reachOf } from "../evaluate/reach.js";
import type { Sum } from "../rewrite/engine.js";
import { difference, expandFinite, isFormal, isZero, normalOrder, sameBehindUnitaries, termCount, volumeIn } from "../rewrite/engine.js";
import type { Diagnostic } from "../source/diagnostic.js";
import { error, Fault } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import { cover } from "../source/span.js";
import { underAssumptions } from "./assumed.js";
import { withSeries } from "./series.js";
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
  /** What the finite model has computed for other equations of the same document. */
  readonly models?: Models;
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
  const alone = numerically(equation, effort, span, symbolic.kind);
  const looked = symbolic.kind === "equal" ? alone : withSeries(equation, effort, wraps(equation), alone);
  const { numerical, numeric } = underAssumptions(equation, effort, looked);
  return { ...verdict(symbolic, numerical, span), symbolic, ...found, ...(numeric === undefined ? {} : { numeric }) };
}

const unclear = "parts of it that diverge do not cancel in the normal forms";

function symbolically(equation: Equation, effort: Effort, span: Span): { symbolic: Symbolic; sums?: NonNullable<Decision["sums"]> } {
  const { assumptions } = equation;
  const context = { assumptions, infinite: true, ...(effort.limit === undefined ? {} : { limit: effort.limit }) };
  try {
    const left = normalOrder(equation.left, context);
    const right = normalOrder(equation.right, context);
    let residual = difference(left, right);
    let equal = isZero(residual);
    if (!equal && termCount(residual) <= expandable) {
      try {
        const expanded = expandFinite(residual);
        equal = isZero(expanded);
        if (termCount(expanded) < termCount(residual) && !isFormal(expanded)) residual = expanded;
      } catch (problem) {
        // Writing the sums out is an extra; without it the forms as they stand decide.
        if (!(problem instanceof Fault)) throw problem;
      }
    }
    const sums = { left, right, residual };
    // Parts that diverge one by one: what does not cancel is left to the numbers.
    if (!equal && [left, right, residual].some((sum) => volumeIn(sum) !== undefined))
      return { symbolic: { kind: "unknown", diagnostic: error("divergent", span, unclear) }, sums };
    return { symbolic: { kind: equal ? "equal" : "different" }, sums };
  } catch (problem) {
    const diagnostic = diagnosticOf(problem, span);
    if (diagnostic.code === "not-understood" && behindUnitaries(equation, context)) return { symbolic: { kind: "equal" } };
    const unknown = diagnostic.code === "not-understood" || diagnostic.code === "too-large" || diagnostic.code === "internal";
    return { symbolic: { kind: unknown ? "unknown" : "senseless", diagnostic } };
  }
}

/** Whether the sides, one of which has unitaries that do not cancel, are equal as normal forms behind such products. */
function behindUnitaries({ left, right }: Equation, context: Parameters<typeof normalOrder>[1]): boolean {
  try {
    return sameBehindUnitaries(left, right, context);
  } catch (problem) {
    if (problem instanceof Fault) return false;
    throw problem;
  }
}

/** Numbers of points on which an answer that the normal forms do not share is looked at again. */
const elsewhere = [5, 7] as const;
/** Likewise where three points say that it is false and have sums of labels that vanish there only. */
const afterwards = [7, 11] as const;
/** More points than this are not asked for; nor are more sizes of an index set {1..p}. */
const mostPoints = 31;
const mostSizes = 40;
/** Numbers in an equation that together are larger than 2^this may hide a term from a comparison in floating point. */
const mostBits = 32;
/** Seeds that a comparison in floating point has to survive besides its own, where it alone decides. */
const moreSeeds = 8;
/** Sizes 2^spread of the random numbers with which the cuts of roots are looked for. */
const spreads = [2, 3, 4, 4, 6, 6, 12, 12];
/** A relative deviation that is a difference whatever the sizes are. */
const visible = 1e-3;
/** Relative deviation that rounding can explain; between this and the model's tolerance lies no answer. */
const rounding = 1e-12;

function numerically(
  equation: Equation,
  effort: Effort,
  span: Span,
  symbolic: Symbolic["kind"],
): { numerical: Numerical; numeric?: Answer } {
  const { seed, trials, points, models = new Models() } = effort;
  const ask = (options: Parameters<typeof compare>[1]): Numeric => {
    try {
      return compare(equation, { again: true, models, ...options });
    } catch (problem) {
      const { message, span: at } = diagnosticOf(problem, span);
      // What stands for `ch(k)` may have been met in another statement first.
      const inside = at.start >= span.start && at.end <= span.end;
      return { unsupported: { message, span: inside ? at : span } };
    }
  };
  const heard = (answer: Answer, agree = answer.agree, exhaustive = answer.exhaustive, why?: string) => ({
    numerical: { kind: "compared", agree, exhaustive, ...(why === undefined ? {} : { why }) } as const,
    numeric: answer,
  });
  const confirming = symbolic === "equal";
  let answer = ask({ seed, trials, confirming, again: false, ...(points === undefined ? {} : { points }) });
  if ("unsupported" in answer) return { numerical: { kind: "unsupported", ...answer.unsupported } };
  if (answer.agree && symbolic === "equal") return heard(answer);
  let more: readonly number[] = elsewhere;
  if (!answer.agree) {
    // A few points have identities of their own, such as 3p = 0: what only they make false is asked elsewhere.
    if (!wraps(equation)) return heard(answer);
    for (const n of afterwards) {
      const other = ask({ seed, trials, points: n });
      if ("unsupported" in other || !other.agree) return heard(answer);
      if (n === afterwards.at(-1)) answer = other;
    }
    if (symbolic === "equal") return heard(answer);
    more = [];
  }
  // Only the numbers say that it is true: three points may be too few to see that it is not.
  const reach = reachOf(equation);
  // On few points numbers beside labels, as in c_{j+3}, would be others.
  if (more.length > 0 && reach.least > 3) more = [reach.least, reach.least + 2];
  let exhaustive = answer.exhaustive;
  let why = answer.order === undefined ? undefined : `only as power series to order ${answer.order} in what is exponentiated`;
  const short = (reason: string): void => {
    if (exhaustive) why = reason;
    exhaustive = false;
  };
  const blind = !answer.exact && reach.bits > mostBits;
  if (blind) short("numbers of very different size, or many of them, stand in it, which floating point may not tell from rounding");
  for (const n of blind ? [] : more) {
    const other = ask({ seed: seed + n, trials, points: n });
    if ("unsupported" in other) exhaustive &&= n !== more[0];
    else if (!other.agree) {
      // Five points have 5p = 0 for every p: what they alone make false is asked on more.
      const rest = wraps(equation) ? [7, 11, 13].filter((m) => m !== n).map((m) => ask({ seed: seed + m, trials, points: m })) : [];
      if (rest.length === 0 || rest.some((one) => "unsupported" in one || !one.agree)) return heard(other);
    }
  }
  if (exhaustive && reach.points > Math.max(...(more.length > 0 ? more : afterwards))) {
    // So many labels may be different from each other on so many points only.
    const n = reach.points + ((reach.points + 1) % 2);
    const other = n > mostPoints ? undefined : ask({ seed: seed + n, trials: 1, points: n });
    if (other === undefined || "unsupported" in other)
      short(`a term has so many labels that it would take a finite model of ${n} points, which is too large`);
    else if (!other.agree) {
      const next = wraps(equation) ? ask({ seed: seed + n, trials: 1, points: n + 2 }) : other;
      if (!("unsupported" in next) && !next.agree) return heard(other);
      short(`the numbers on ${n} points differ`);
    }
  }
  const parameters = symbolicSizes(equation).length;
  if (exhaustive && parameters > 0) {
    const list = (reach.sizes - 1) ** parameters > mostSizes ? undefined : grid(reach.sizes, parameters);
    if (list === undefined) short("too many sizes of an index set would have to be tried");
    for (const sizes of list ?? []) {
      const other = ask({
        seed: seed + sizes.reduce((a, b) => 41 * a + b, 0),
        trials: 1,
        sizes,
        ...(points === undefined ? {} : { points }),
      });
      if (!("unsupported" in other) && !other.agree) return heard(other);
      if ("unsupported" in other) short(`an index set of ${Math.max(...sizes)} values is too large for the finite model`);
      if (!exhaustive) break;
    }
  }
  if (!answer.exact) {
    // Roots and logarithms have branches that three random numbers may all miss.
    exhaustive &&= answer.residual <= rounding;
    for (let k = 1; k <= (exhaustive ? moreSeeds : 0); k++) {
      const other = ask({ seed: seed + 1000 * k, trials, ...(points === undefined ? {} : { points }) });
      if (!("unsupported" in other) && !other.agree) return heard(other);
    }
    if (reach.cuts) {
      for (const [k, spread] of spreads.entries()) {
        const other = ask({ seed: seed + 1000 * (moreSeeds + 1 + k), trials, spread, ...(points === undefined ? {} : { points }) });
        if (!("unsupported" in other) && !other.agree && other.residual > visible) return heard(other);
      }
      short("it has a root of what may be negative or complex, and numbers cannot try both sides of the root's cut everywhere");
    }
  }
  return heard(answer, true, exhaustive, why);
}

/** Values from 2 to `most` for each of some parameters. */
function grid(most: number, parameters: number): readonly (readonly number[])[] {
  let list: readonly (readonly number[])[] = [[]];
  for (let i = 0; i < parameters; i++)
    list = list.flatMap((one) => Array.from({ length: Math.max(2, most - 1) }, (_, k) => [...one, k + 2]));
  return list;
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

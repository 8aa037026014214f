import { resetAtoms } from "../algebra/atom.js";
import { expandFinite as expand, replaceVertices, resetBind } from "../algebra/bind.js";
import { resetMembers } from "../algebra/family.js";
import { hasSizes, headOf, resetHeads, sizeOf } from "../algebra/head.js";
import { lastComponents, resetHyperbolic } from "../algebra/hyperbolic.js";
import { resetLabels } from "../algebra/label.js";
import { resetMet } from "../algebra/met.js";
import { byParts, resetParts } from "../algebra/parts.js";
import { isFormal, resetRates, timeWords } from "../algebra/rates.js";
import { rescale } from "../algebra/rescale.js";
import { parameterBase, resetScalars, scalarPower } from "../algebra/scalar.js";
import { resetScales } from "../algebra/scale.js";
import { constant, type Sum, startWork, difference as subtract } from "../algebra/sum.js";
import { multiplyNormal, resetWick } from "../algebra/wick.js";
import type { Assumption, Expression } from "../core/expression.js";
import { type Context, freshContext } from "./context.js";
import { diverges, verticesOf, volumeIn } from "./divergent.js";
import { clearDenominators, resetFunctions, settle } from "./function.js";
import { resetTransformations } from "./gaussian.js";
import { resetFamilies } from "./hyperbolic.js";
import { lower } from "./lower.js";
import { resetPropagators } from "./propagator.js";
import { applyLaplacians } from "./space.js";
import { applyClosed } from "./time.js";
import { standingForms } from "./unitary.js";

export { volumeIn } from "./divergent.js";
export { adjointPartners, form } from "./form.js";
export { isFormal };

let last: Context | undefined;

/**
 * Forgets everything that was interned. Sums made before become meaningless: call it only between documents,
 * so that a long-running host does not grow without bound.
 */
export function reset(): void {
  resetAtoms();
  resetBind();
  resetMet();
  resetHeads();
  resetLabels();
  resetScales();
  resetScalars();
  resetMembers();
  resetHyperbolic();
  resetRates();
  resetParts();
  resetFamilies();
  resetPropagators();
  resetFunctions();
  resetTransformations();
  resetWick();
  last = undefined;
}

function contextFor(assumptions: readonly Assumption[], limit: number | undefined): Context {
  const same =
    last !== undefined &&
    last.limit === limit &&
    last.assumptions.length === assumptions.length &&
    assumptions.every((a, i) => last?.assumptions[i] === a);
  if (!same || last === undefined) last = freshContext(assumptions, limit, lower);
  return last;
}

/** What is asked for, and how. */
interface Request {
  readonly assumptions?: readonly Assumption[];
  readonly limit?: number;
  /** Divergent parts of what is expanded stay in the sum: the caller subtracts another and looks at `volumeIn`. */
  readonly infinite?: boolean;
}

/** Seconds after which a request ends with the fault "too-large". */
const patience = 20;

/**
 * Normal form of an expression under what is assumed.
 *
 * @throws Fault "delta-zero" for a product of distributions at one point (named), "not-understood" with the
 *   subterm, "too-large", "divergent", "not-scalar", "not-skew-adjoint", "division-by-zero"
 */
export function normalOrder(e: Expression, options: Request = {}): Sum {
  startWork(patience);
  const context = contextFor(options.assumptions ?? [], options.limit);
  const normal = finished(lower(e, context), context);
  const divergent = volumeIn(normal);
  if (divergent !== undefined && !(options.infinite === true && hasFunction(normal))) diverges(divergent, e.span);
  return normal;
}

/**
 * Whether both sides are seen to be equal as sums of normal forms behind products of unitaries, as in W V = e^{is} V W. Says only
 * "yes": that a difference is left proves nothing.
 *
 * @throws Fault as `normalOrder`
 */
export function sameBehindUnitaries(left: Expression, right: Expression, options: Request = {}): boolean {
  startWork(patience);
  const context = contextFor(options.assumptions ?? [], options.limit);
  const minus: Expression = { kind: "number", value: { n: -1n, d: 1n }, span: right.span };
  const negative: Expression = { kind: "product", factors: [minus, right], span: right.span };
  return standingForms({ kind: "sum", terms: [left, negative], span: left.span }, context).every(({ rest }) => {
    const normal = finished(rest, context);
    return isZero(normal) || isZero(expandFinite(normal));
  });
}

/** Whether something stands there that is expanded, as \sinh is, into parts that may diverge one by one. */
function hasFunction(sum: Sum): boolean {
  for (const { head } of verticesOf(sum)) if (headOf(head).kind === "function") return true;
  return false;
}

/** What is done once a whole side is known. */
function finished(sum: Sum, context: Context): Sum {
  const assumed = context.assumptions.length === 0 ? sum : applyClosed(applyLaplacians(sum, context), context);
  return rescale(settle(withSizes(assumed)));
}

/** Sums over {1..p} of what does not depend on their label are p. */
function withSizes(sum: Sum): Sum {
  if (!hasSizes()) return sum;
  return replaceVertices(
    sum,
    ({ head }) => {
      const of = headOf(head);
      const size = of.kind === "value" ? sizeOf(of.symbol) : undefined;
      return size === undefined ? undefined : constant(1, scalarPower(parameterBase(size, false), 1, 1).id);
    },
    multiplyNormal,
  );
}

/** a - b. */
export function difference(a: Sum, b: Sum): Sum {
  return subtract(a, b);
}

/** Whether the sum is zero, fractions cleared. Decides only "yes": a sum that is not seen to be zero may still be. */
export function isZero(a: Sum): boolean {
  return a.size === 0 || clearDenominators(a).size === 0;
}

export function termCount(a: Sum): number {
  return a.size;
}

/** Finite sums written out and free finite labels instantiated: zero exactly when the sum vanishes for all their values. */
export function expandFinite(a: Sum): Sum {
  startWork(patience);
  return byParts(rescale(timeWords(lastComponents(expand(a, multiplyNormal)))));
}

export type { Sum };

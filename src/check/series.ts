import type { Equation } from "../core/expression.js";
import { compare, type Numeric } from "../evaluate/evaluate.js";
import type { Numerical } from "./verdict.js";

type Answer = Exclude<Numeric, { readonly unsupported: unknown }>;

/** What the finite model says of an equation, and the numbers behind it. */
export interface Heard {
  readonly numerical: Numerical;
  readonly numeric?: Answer;
}

/** Order in the kernels of the power series that are compared, and one for what looks like rounding. */
const usual = 6;
const high = 12;
/** Operations of a second look. */
const budget = 4e6;
/** A relative deviation in floating point below which a difference is looked for in the series, and one that may be rounding. */
const small = 1e-6;
const dust = 1e-9;

/**
 * A second look at what floating point alone decides: exactly, in finite fields, as power series in what gets into exponentials.
 * An equation of functions that are analytic where the kernels vanish holds in every order, so a difference in one refutes it; where all
 * orders that were compared agree, floating point is believed unless it says by next to nothing that both sides differ.
 *
 * @param wraps labels are added up so that a few points have identities of their own: a difference is believed if more points show it too
 */
export function withSeries(
  equation: Equation,
  effort: { readonly seed: number; readonly points?: number },
  wraps: boolean,
  heard: Heard,
): Heard {
  const { numerical, numeric } = heard;
  if (numerical.kind !== "compared" || numeric === undefined || numeric.exact || numeric.truncation !== undefined) return heard;
  if (!numerical.agree && numeric.residual > small) return heard;
  const first = compared(equation, effort, wraps, usual);
  if (first === undefined) return heard;
  if (!first.agree) return refuted(first);
  if (numerical.agree) return { numerical, numeric: { ...numeric, order: first.order as number } };
  if (numeric.residual > dust) return heard;
  const second = compared(equation, effort, wraps, high) ?? first;
  if (!second.agree) return refuted(second);
  const why = `only to ${numeric.residual.toExponential(1)} of their terms, which may be rounding or not, and their power series to order ${second.order}`;
  return {
    numerical: { kind: "compared", agree: true, exhaustive: false, why },
    numeric: { ...numeric, order: second.order as number },
  };
}

const refuted = (answer: Answer): Heard => ({
  numerical: { kind: "compared", agree: false, exhaustive: answer.exhaustive },
  numeric: answer,
});

function compared(
  equation: Equation,
  { seed, points }: { readonly seed: number; readonly points?: number },
  wraps: boolean,
  order: number,
): Answer | undefined {
  const ask = (given: { readonly points?: number }): Answer | undefined => {
    try {
      const answer = compare(equation, { seed, trials: 1, again: true, budget, order, ...given });
      return "unsupported" in answer ? undefined : answer;
    } catch {
      // No answer is what a second look says about something that is too deep or too large for it.
      return undefined;
    }
  };
  const answer = ask(points === undefined ? {} : { points });
  if (answer === undefined || answer.agree || !wraps) return answer;
  return [7, 11].every((n) => ask({ points: n })?.agree === false) ? answer : undefined;
}

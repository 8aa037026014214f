import type { Equation } from "../core/expression.js";
import { rational } from "../core/rational.js";
import { cover, type Span } from "../source/span.js";
import { Applied, type Truncation } from "./applied.js";
import { Assumptions } from "./assume.js";
import type { Smooth } from "./bandwidth.js";
import { inSeries, runError, sizeOf } from "./bound.js";
import { Coherent } from "./coherent.js";
import { leftOver } from "./generator.js";
import { hash } from "./hash.js";
import { exponentiated, symbolicSizes, withoutHyperbolic } from "./hyperbolic.js";
import { Exhausted, Singular, Slow, Transcendental, Unbounded, Unsupported } from "./limits.js";
import type { Machine } from "./machine.js";
import { type Marks, marksOf } from "./marks.js";
import { type Kept, Models, type Run } from "./models.js";
import { deviation } from "./near.js";
import { addPoly, type Poly } from "./poly.js";
import { choosePrime, type Demands } from "./prime.js";
import { Compiler, type Node, type Settings } from "./program.js";
import type { Ring, Value } from "./ring.js";
import { differential } from "./solve.js";
import { type Background, emptyState, makeBackground, type State } from "./state.js";
import { type Survey, survey } from "./survey.js";
import { tested } from "./tested.js";
import { testAt } from "./trigonometric.js";
import { truncationOf } from "./truncation.js";

/** Of a trial: `seed` chooses the random numbers, `points` how many a space or lattice label has (odd), `budget` how many elementary operations. */
export interface Options {
  /** The normal forms agree already, so that a model with fewer dimensions than the labels have is enough. */
  readonly confirming?: boolean;
  readonly seed: number;
  readonly trials: number;
  readonly points?: number;
  readonly budget?: number;
  /** Asked before with other random numbers: what is only a second look is left out. */
  readonly again?: boolean;
  /** Values of the parameters that indices run to, in the order of `symbolicSizes`; chosen by the points where this is absent. */
  readonly sizes?: readonly number[];
  /** All assumptions bear on the equation, also those that seem to be about other things. */
  readonly all?: boolean;
  /** Random numbers in floating point are up to 2^spread times larger or smaller than usual. */
  readonly spread?: number;
  /**
   * Exactly, as power series in what gets into exponentials up to this order: all that is of higher order is left out, see `formal.ts`.
   * What differs in these terms is false; what agrees in them is not decided.
   */
  readonly order?: number;
  /** What other equations of the same document have left behind. */
  readonly models?: Models;
}

/** What the numbers say about an equation. */
export type Numeric =
  | {
      /** Trials made; the first that disagrees ends the comparison. */
      readonly trials: number;
      readonly agree: boolean;
      /** Computed in finite fields. */
      readonly exact: boolean;
      /** 0 or 1 when exact; else the largest difference relative to the size of the terms summed. */
      readonly residual: number;
      /** All values of the free labels were tried, not a random choice of them. */
      readonly exhaustive: boolean;
      readonly seed: number;
      readonly points: number;
      /** log2 of the probability that a false equation passes; an estimate in floating point, see `bound.ts`. */
      readonly errorBound: number;
      /** Where unitaries are left that do not cancel: of a second computation, in a truncated Fock space. */
      readonly truncation?: Truncation;
      /** The order of the power series that were compared; absent where both sides were computed as a whole. */
      readonly order?: number;
    }
  | { readonly unsupported: { readonly message: string; readonly span: Span } };

const usualTolerance = 1e-8;
/**
 * Where series are exponentiated, claims that are true miss by less than 1e-14 of the size of their terms, and a false one may differ
 * from a true one in a late term only. What is solved for in an assumption is not that exact.
 */
const strictTolerance = 1e-11;
/** A few seconds. */
const defaultBudget = 2e7;
const manyTuples = 2000;
const fewTuples = 100;
const attempts = 80;

/**
 * Compares both sides of an equation on finite models: labels on a few points of a cyclic group, random numbers for all
 * that is declared, operators acting on a generic vector of Fock space (see `state.ts`), exactly in finite fields where
 * no transcendental function occurs. Independent of the symbolic engine.
 *
 * A trial uses as many primes as it takes for the probability that a false equation passes to be below 2^-50.
 */
export function compare(equation: Equation, options: Options): Numeric {
  const { without, solved } = differential(equation);
  const first = attempt(without, options);
  // What holds without an assumption holds with it.
  return solved === undefined || (!("unsupported" in first) && first.agree) ? first : attempt(solved, options);
}

function attempt(given: Equation, asked: Options): Numeric {
  const span = cover(given.left.span, given.right.span);
  try {
    const models = asked.models ?? new Models();
    const { equation, series } = withoutHyperbolic(given, models.rewriter);
    const { surveyed, options } = surveyedAs(equation, series, asked);
    const strict = surveyed.assumptions.length === 0 && exponentiated([equation.left, equation.right], series).size > 0;
    const need: Need = { ...surveyed, series, models, tolerance: strict ? strictTolerance : usualTolerance };
    const least = options.points ?? need.points;
    if (!Number.isInteger(least) || least < 3 || least > 63 || least % 2 === 0)
      throw new Unsupported(`a label needs an odd number of points from 3 to 63, not ${least}`, span);
    if (need.unfit(least))
      throw new Unsupported(
        least < need.points && need.shifted
          ? `the numbers beside labels, as in c_{j+1}, need a finite model of ${need.points} points, not ${least}`
          : `a coefficient of a label has no inverse modulo ${least} points`,
        span,
      );
    const points = need.smooth === undefined ? least : circle(need.smooth, need, least, span);
    const band = need.smooth === undefined ? {} : { band: (least - 1) / 2 };
    const budget = { left: options.budget ?? defaultBudget };
    const first = decide(equation, need, { ...options, ...band, points }, budget, false);
    if (first.agree && need.smooth?.faithful === false && options.confirming !== true)
      throw new Unsupported(
        "more than two derivatives stand in one term: the finite model has one dimension, and may take for equal what differs by the pairing of gradients",
        span,
      );
    if (first.agree || !need.rescaled) return first;
    // V(N x) beside V(x) under an integral: a substitution x -> x/N might make both sides equal, and the model knows none. At N = 1
    // it needs none; what fails there is false.
    const second = decide(equation, need, { ...options, ...band, points }, budget, true);
    if (!second.agree) return first;
    throw new Unsupported(
      "a function occurs under integrals both scaled and unscaled: the finite model cannot follow a change of scale",
      span,
    );
  } catch (problem) {
    if (problem instanceof Unsupported)
      return { unsupported: { message: problem.message, span: problem.span.end > problem.span.start ? problem.span : span } };
    if (problem instanceof Exhausted) return { unsupported: { message: "the equation is too large for the finite model", span } };
    if (problem instanceof RangeError && /call stack/.test(problem.message))
      return { unsupported: { message: "the expression is nested too deeply for the finite model", span } };
    throw problem;
  }
}

/** Powers of what is exponentiated beside derivatives. */
const besideDerivatives = 4;

/** Exponentials of functions beside derivatives are power series: only then have they a largest frequency. */
function surveyedAs(
  equation: Equation,
  series: Settings["series"],
  options: Options,
): { readonly surveyed: Survey; readonly options: Options & { readonly alone?: boolean } } {
  try {
    return { surveyed: survey(equation, series, options.order, options.all), options };
  } catch (problem) {
    if (!(problem instanceof Unbounded) || options.order !== undefined) throw problem;
    return {
      surveyed: survey(equation, series, besideDerivatives, options.all),
      options: { ...options, order: besideDerivatives, alone: true },
    };
  }
}

type Settled = Options & {
  /** There is nothing else than the power series. */
  readonly alone?: boolean;
  readonly points: number;
  readonly band?: number;
};

/** The number of points on which products of functions with the frequencies of a model with `given` points are exact. */
function circle(smooth: Smooth, need: Survey, given: number, span: Span): number {
  let points = (given - 1) * Math.max(1, smooth.total) + 1;
  while (points <= 63 && need.unfit(points)) points += 2;
  if (points > 63)
    throw new Unsupported(
      "derivatives stand beside too many functions and operators: their frequencies are too many for the finite model",
      span,
    );
  return points;
}
type Need = Survey & {
  readonly series: Settings["series"];
  readonly models: Models;
  readonly tolerance: number;
  readonly applied?: boolean;
  readonly marks?: Marks;
};
type Outcome = Exclude<Numeric, { readonly unsupported: unknown }>;

function decide(equation: Equation, need: Need, options: Settled, budget: { left: number }, unscaled: boolean): Outcome {
  try {
    return cancelled(equation, need, options, budget, unscaled);
  } catch (problem) {
    if (!(problem instanceof Unsupported) || problem.message !== leftOver || options.order !== undefined) throw problem;
    return run(equation, { ...need, applied: true }, options, budget, false, unscaled);
  }
}

function cancelled(equation: Equation, need: Need, options: Settled, budget: { left: number }, unscaled: boolean): Outcome {
  if (options.order !== undefined) return asSeries(equation, need, options, budget, unscaled, options.order);
  if (!need.floating && need.series.size === 0) {
    try {
      return run(equation, need, options, budget, true, unscaled);
    } catch (problem) {
      if (!(problem instanceof Transcendental)) throw problem;
    }
  }
  return run(equation, need, options, budget, false, unscaled);
}

function asSeries(equation: Equation, need: Need, options: Settled, budget: { left: number }, unscaled: boolean, order: number): Outcome {
  const span = equation.left.span;
  const marks = marksOf(equation, need, need.series, order);
  if (marks === undefined) throw new Unsupported("there are no kernels in exponentials here whose power series could be compared", span);
  if (need.smooth?.depth !== undefined && marks.depth > need.smooth.depth)
    throw new Unsupported("the power series in the kernels have too high frequencies beside derivatives", span);
  try {
    return run(equation, { ...need, marks }, options, budget, true, unscaled);
  } catch (problem) {
    if (problem instanceof Transcendental) throw new Unsupported(`no power series in the kernels: ${problem.message}`, span);
    throw problem;
  }
}

function run(equation: Equation, need: Need, options: Settled, budget: { left: number }, exact: boolean, unscaled: boolean): Outcome {
  const { points, seed } = options;
  const sizes = symbolicSizes(equation);
  // An index that runs to a parameter has an odd number of values in one trial, an even one in another.
  const turns = sizes.length > 0 && options.sizes === undefined ? 2 : 1;
  const trials = Math.max(turns, Math.floor(options.trials));
  const models = [0, 1].slice(0, turns).map((turn) => modelOf(equation, need, options, sizes, turn, !unscaled));
  let odd = need.denominator;
  while (odd % 2 === 0) odd /= 2;
  const demands: Demands = { residues: need.residues, roots: odd, ...(options.band === undefined ? {} : { circle: points }) };
  const size = sizeOf(equation, {
    points,
    denominator: 2 * need.denominator,
    parameters: need.parameters.size,
    assumptions: need.assumptions,
    measure: need.measure,
    ...(options.band === undefined ? {} : { band: options.band }),
  });
  const each = exact
    ? runError(need.marks === undefined ? size : inSeries(size, need.marks.depth), need.residues.length + (odd > 1 ? 1 : 0), demands.circle)
    : Math.min(-1, Math.log2(size.degree) - 26);
  if (each > -0.5) throw new Unsupported("the degree of the equation is too high for the finite model", equation.left.span);
  // Series are a second look, unless there is no first one.
  const second = need.marks !== undefined && options.alone !== true;
  const primes = Math.ceil((second ? 20 : 50) / (-each * trials));
  if (primes > 60) throw new Unsupported("the degree of the equation is too high for the finite model", equation.left.span);
  const all = Math.max(...models.map((m) => m.all));
  let limit = need.marks === undefined ? manyTuples : fewTuples;
  let exhaustive = all <= limit && options.alone !== true;
  let residual = 0;
  const outcome = (made: number, agree: boolean): Outcome => ({
    trials: made,
    agree,
    exact,
    residual: exact && !agree ? 1 : residual,
    exhaustive,
    seed,
    points,
    errorBound: each * trials * primes,
    ...(need.marks === undefined ? {} : { order: need.marks.order }),
  });
  const whole = budget.left;
  for (let trial = 0; trial < trials; trial++) {
    for (let turn = 0; turn < primes; turn++) {
      try {
        const model = models[trial % models.length] as Model;
        const words = [Math.floor(seed) % 9007199254740992, trial, turn];
        const worst = once(
          { need, ...model, demands, exact, unscaled, limit, spread: options.spread ?? 0, runs: trials * primes, budget },
          words,
        );
        residual = Math.max(residual, worst);
      } catch (problem) {
        if (!(problem instanceof Exhausted) || !exhaustive || all <= 40) throw problem;
        // Too dear for all values of the free labels: start again with a random choice.
        exhaustive = false;
        limit = 20;
        budget.left = whole;
        trial = -1;
        residual = 0;
        break;
      }
      if (residual > (exact ? 0 : need.tolerance)) return outcome(trial + 1, false);
    }
  }
  const truncation =
    need.applied && options.again !== true
      ? truncationOf(equation, models[0] as Model, [Math.floor(seed) % 9007199254740992, 14], budget.left)
      : undefined;
  return { ...outcome(trials, true), ...(truncation === undefined ? {} : { truncation }) };
}

/** Both sides compiled for given numbers of points. */
interface Model {
  readonly compiler: Compiler;
  /** Where the compiler and its models are kept for other equations. */
  readonly kept?: Kept;
  readonly left: Node;
  readonly right: Node;
  readonly labels: readonly number[];
  /** How many values the free labels have together. */
  readonly all: number;
  /** Values of the parameters that indices run to. */
  readonly sizes: ReadonlyMap<number, number>;
}

function modelOf(
  equation: Equation,
  need: Need,
  { points, band, sizes: given }: Settled,
  parameters: readonly number[],
  turn: number,
  keeping: boolean,
): Model {
  // 2 and 3 on three points; more of both where few may have identities of their own.
  const least = band === undefined ? points : 2 * band + 1;
  const sizes = new Map(parameters.map((id, i) => [id, given?.[i] ?? least - 1 + ((turn + i) % 2)]));
  const small = exponentiated([equation.left, equation.right, ...need.assumptions.flatMap((a) => [a.left, a.right])], need.series);
  const forms = need.smooth?.forms;
  const make = (): Compiler =>
    new Compiler(points, need.measure, {
      series: need.models.rewriter.series,
      sizes,
      small,
      ...(band === undefined ? {} : { band }),
      ...(forms === undefined ? {} : { forms }),
    });
  // All that a node or a number depends on besides the expression, the units of its labels and the words of random numbers.
  const settings = [
    points,
    band,
    forms,
    need.fermions,
    [...sizes],
    [...small].sort(),
    band === undefined ? [] : need.free.map((l) => l.kind),
  ];
  const lasting = keeping && need.applied !== true && need.marks === undefined;
  const kept = lasting ? need.models.find(JSON.stringify(settings), need.measure, make) : undefined;
  const compiler = kept?.compiler ?? make();
  let left = compiler.node(equation.left);
  let right = compiler.node(equation.right);
  let labels = need.free.map((l) => compiler.label(l));
  if (band !== undefined) {
    // What is left of the free labels are functions of low frequencies, by which both sides are tested.
    const tests = need.free.map((l, i) => testAt(l.kind, i));
    [left, right, labels] = [compiler.smear(left, labels, tests), compiler.smear(right, labels, tests), []];
  }
  return {
    compiler,
    ...(kept === undefined ? {} : { kept }),
    left,
    right,
    labels,
    sizes,
    all: labels.reduce((n, l) => n * compiler.domain(l).length, 1),
  };
}

interface Job extends Model {
  readonly need: Need;
  readonly demands: Demands;
  readonly exact: boolean;
  readonly unscaled: boolean;
  readonly limit: number;
  readonly spread: number;
  /** How many runs there are to be. */
  readonly runs: number;
  readonly budget: { left: number };
}

/** One choice of a prime and of all random numbers; the largest deviation. Unlucky choices are drawn again. */
function once(job: Job, words: readonly number[]): number {
  let why = "";
  let shrink = 0;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const key = [...words, attempt];
    const prime = job.exact ? choosePrime([...key, 9], job.demands) : undefined;
    if (job.exact && prime === undefined) throw new Unsupported("no finite field has all the roots of numbers that occur", job.left.span);
    const name = [prime, key, job.spread, shrink, job.need.models.name(job.need.assumptions)].join(" ");
    const known = job.kept?.runs.get(name);
    // What is thrown may leave a model in the middle of something: it is put back only when all went well.
    job.kept?.runs.delete(name);
    const machine = known?.machine ?? newMachine(job, prime, key);
    machine.shrink = shrink;
    const before = job.budget.left;
    machine.resume(before);
    try {
      const assumptions = known?.assumptions ?? realised(job, machine, prime, key);
      const worst = tuples(job, machine, key);
      if (worst > (job.exact ? 0 : job.need.tolerance)) assumptions.verify(job.need.rates);
      job.kept?.runs.set(name, { machine, assumptions });
      return worst;
    } catch (problem) {
      if (!(problem instanceof Singular)) throw problem;
      why = problem.message;
      if (problem instanceof Slow) shrink++;
    } finally {
      job.budget.left = machine.remaining;
      if (job.kept !== undefined) job.kept.spent += before - machine.remaining;
    }
  }
  throw new Unsupported(`no choice of random numbers could be used${why === "" ? "" : `: ${why}`}`, job.left.span);
}

function newMachine(job: Job, prime: number | undefined, key: readonly number[]): Machine {
  const machine = new (job.need.applied ? Applied : Coherent)(job.compiler, prime, key, job.budget.left, job.unscaled);
  machine.spread = job.spread;
  if (job.need.marks !== undefined) machine.formal = { ...job.need.marks, roots: !job.need.floating };
  return machine;
}

/** @throws Singular where another draw may help */
function realised(job: Job, machine: Machine, prime: number | undefined, key: readonly number[]): Run["assumptions"] {
  for (const [id, size] of job.sizes) machine.fixed.set(id, machine.ring(0).rational(rational(size)));
  if (job.unscaled) for (const p of job.need.scaling) machine.fixed.set(p.id, machine.ring(0).one);
  const assumptions = new Assumptions(machine, job.need.assumptions, prime, key);
  assumptions.realise();
  return assumptions;
}

function tuples(job: Job, machine: Machine, key: readonly number[]): number {
  const { compiler, labels } = job;
  const domains = labels.map((l) => compiler.domain(l));
  const everything = job.all <= job.limit;
  const patterns = everything ? [] : partitions(labels.length, Math.min(job.limit, 300));
  const count = everything ? job.all : Math.min(job.limit, 300) + patterns.length;
  const before = machine.remaining;
  let worst = 0;
  for (let index = 0; index < count; index++) {
    machine.leave();
    let rest = index;
    const pattern = patterns[index];
    labels.forEach((label, i) => {
      const domain = domains[i] as readonly number[];
      if (pattern !== undefined) {
        // What is special happens where some labels coincide and all others differ.
        const place = (point: number): number => hash([...key, 10, index, point]);
        const order = [...domain].sort((a, b) => place(a) - place(b));
        machine.environment[label] = order[(pattern[i] as number) % domain.length] as number;
        return;
      }
      let pick = rest % domain.length;
      rest = Math.floor(rest / domain.length);
      if (!everything) {
        // Half of the time the point of an earlier label: what is special happens where labels coincide.
        const draw = hash([...key, 8, index, i]);
        const earlier = i > 0 && draw % 2 === 0 ? machine.environment[labels[Math.floor(draw / 2) % i] as number] : undefined;
        const place = earlier === undefined ? -1 : domain.indexOf(earlier);
        pick = place >= 0 ? place : Math.floor(draw / 2) % domain.length;
      }
      machine.environment[label] = domain[pick] as number;
    });
    worst = Math.max(worst, difference(job, machine));
    if (everything && job.all > 40 && index === 7 && ((before - machine.remaining) / 8) * job.all * job.runs > before)
      throw new Exhausted();
    if (worst > (job.exact ? 0 : job.need.tolerance)) return worst;
  }
  return worst;
}

/** The ways in which n labels may coincide, as numbers of the blocks that they are in; none where there are too many. */
function partitions(n: number, limit: number): readonly (readonly number[])[] {
  let list: readonly (readonly number[])[] = [[]];
  for (let i = 0; i < n; i++) {
    list = list.flatMap((p) => Array.from({ length: Math.max(-1, ...p) + 2 }, (_, block) => [...p, block]));
    if (list.length > 3 * limit) return [];
  }
  return list;
}

/** How far both sides are apart at the present points of the free labels. */
function difference(job: Job, machine: Machine): number {
  const ring = machine.ring(0);
  if (job.left.scalar && job.right.scalar) return deviation(ring, ring.subtract(machine.scalar(job.left, 0), machine.scalar(job.right, 0)));
  if (machine instanceof Applied) return machine.apart(job.left, job.right);
  const state = emptyState("generic");
  machine.generic(job.left, state, ring.one);
  machine.generic(job.right, state, ring.negate(ring.one));
  let worst = 0;
  const words = new Set<string>();
  for (const { background, poly } of job.exact ? alike(ring, state, job.need) : merged(ring, state)) {
    let here = 0;
    const values = job.compiler.band === undefined ? poly.values() : tested(machine, poly);
    for (const value of values) here = Math.max(here, deviation(ring, value));
    if (here > (job.exact ? 0 : job.need.tolerance)) words.add(background.word.key);
    worst = Math.max(worst, here);
  }
  // sum_w w |u_w> is zero where all |u_w> are, and is not where one is left; several might cancel each other.
  if (words.size > 1) throw new Unsupported(leftOver, job.left.span);
  return worst;
}

type Part = { readonly background: Background; readonly poly: Poly };

/**
 * Exactly: parts with equal exponents. Of a series in epsilon the exponent's constant is made a number but for its value at epsilon = 0,
 * whose exponential is no number of the field: e^c and 1 are taken for independent, which a c with pi would spoil.
 */
function alike(ring: Ring, state: State, need: Need): Iterable<Part> {
  if (ring.depth === 0) return state.parts.values();
  const found = new Map<string, Part>();
  for (const { background: b, poly } of state.parts.values()) {
    const constant = ring.resize(b.scalar.slice(0, 2));
    if (need.floating && !ring.isZero(constant)) throw new Transcendental("exponential of a nonzero number");
    const background = makeBackground(ring, b.shift, constant, b.slope, b.word);
    const part = found.get(background.key) ?? { background, poly: new Map() };
    found.set(background.key, part);
    addPoly(ring, part.poly, poly, ring.exp(ring.subtract(b.scalar, constant)));
  }
  return found.values();
}

/** In floating point: parts whose exponentials are equal up to rounding are added, the exponent's constant being made a number. */
function merged(ring: Ring, state: State): readonly Part[] {
  const clusters: Part[] = [];
  const near = (a: ReadonlyMap<number, Value>, b: ReadonlyMap<number, Value>): boolean =>
    [...new Set([...a.keys(), ...b.keys()])].every((mode) => {
      const d = ring.subtract(a.get(mode) ?? ring.zero, b.get(mode) ?? ring.zero);
      return Math.hypot(d[0] as number, d[1] as number) < 1e-8 * Math.max(1, d[2] as number);
    });
  for (const { background, poly } of state.parts.values()) {
    let cluster = clusters.find(({ background: b }) => b.word === background.word && near(b.shift, background.shift));
    if (cluster === undefined) {
      cluster = { background, poly: new Map() };
      clusters.push(cluster);
    }
    addPoly(ring, cluster.poly, poly, ring.exp(background.scalar));
  }
  return clusters;
}

import type { Equation } from "../core/expression.js";
import { cover, type Span } from "../source/span.js";
import { Assumptions, deviation } from "./assume.js";
import { runError, sizeOf } from "./bound.js";
import { hash } from "./hash.js";
import { Exhausted, Singular, Transcendental, Unsupported } from "./limits.js";
import { Machine } from "./machine.js";
import { addPoly, type Poly } from "./poly.js";
import { choosePrime, type Demands } from "./prime.js";
import { Compiler, type Node } from "./program.js";
import type { Ring, Value } from "./ring.js";
import { emptyState, type State } from "./state.js";
import { type Survey, survey } from "./survey.js";

/** Of a trial: `seed` chooses the random numbers, `points` how many a space or lattice label has (odd), `budget` how many elementary operations. */
export interface Options {
  readonly seed: number;
  readonly trials: number;
  readonly points?: number;
  readonly budget?: number;
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
    }
  | { readonly unsupported: { readonly message: string; readonly span: Span } };

const tolerance = 1e-8;
/** A few seconds. */
const defaultBudget = 2e7;
const manyTuples = 2000;
const attempts = 80;

/**
 * Compares both sides of an equation on finite models: labels on a few points of a cyclic group, random numbers for all
 * that is declared, operators acting on a generic vector of Fock space (see `state.ts`), exactly in finite fields where
 * no transcendental function occurs. Independent of the symbolic engine.
 *
 * A trial uses as many primes as it takes for the probability that a false equation passes to be below 2^-50.
 */
export function compare(equation: Equation, options: Options): Numeric {
  const span = cover(equation.left.span, equation.right.span);
  try {
    const need = survey(equation);
    const points = options.points ?? need.points;
    if (!Number.isInteger(points) || points < 3 || points > 63 || points % 2 === 0)
      throw new Unsupported(`a label needs an odd number of points from 3 to 63, not ${points}`, span);
    if (need.unfit(points)) throw new Unsupported(`a coefficient of a label has no inverse modulo ${points} points`, span);
    const budget = { left: options.budget ?? defaultBudget };
    const first = decide(equation, need, { ...options, points }, budget, false);
    if (first.agree || !need.rescaled) return first;
    // V(N x) beside V(x) under an integral: a substitution x -> x/N might make both sides equal, and the model knows none. At N = 1
    // it needs none; what fails there is false.
    const second = decide(equation, need, { ...options, points }, budget, true);
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

type Settled = Options & { readonly points: number };
type Outcome = Exclude<Numeric, { readonly unsupported: unknown }>;

function decide(equation: Equation, need: Survey, options: Settled, budget: { left: number }, unscaled: boolean): Outcome {
  if (!need.floating) {
    try {
      return run(equation, need, options, budget, true, unscaled);
    } catch (problem) {
      if (!(problem instanceof Transcendental)) throw problem;
    }
  }
  return run(equation, need, options, budget, false, unscaled);
}

function run(equation: Equation, need: Survey, options: Settled, budget: { left: number }, exact: boolean, unscaled: boolean): Outcome {
  const { points, seed } = options;
  const trials = Math.max(1, Math.floor(options.trials));
  const compiler = new Compiler(points);
  const left = compiler.node(equation.left);
  const right = compiler.node(equation.right);
  let odd = need.denominator;
  while (odd % 2 === 0) odd /= 2;
  const demands: Demands = { residues: need.residues, roots: odd };
  const size = sizeOf(equation, {
    points,
    denominator: 2 * need.denominator,
    parameters: need.parameters.size,
    assumptions: need.assumptions,
  });
  const each = exact ? runError(size, need.residues.length + (odd > 1 ? 1 : 0)) : Math.min(-1, Math.log2(size.degree) - 26);
  if (each > -0.5) throw new Unsupported("the degree of the equation is too high for the finite model", equation.left.span);
  const primes = Math.ceil(50 / (-each * trials));
  if (primes > 60) throw new Unsupported("the degree of the equation is too high for the finite model", equation.left.span);
  const labels = need.free.map((l) => compiler.label(l));
  const all = labels.reduce((n, l) => n * compiler.domain(l).length, 1);
  let limit = manyTuples;
  let exhaustive = all <= limit;
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
  });
  const whole = budget.left;
  for (let trial = 0; trial < trials; trial++) {
    for (let turn = 0; turn < primes; turn++) {
      try {
        const worst = once({ need, compiler, left, right, labels, demands, exact, unscaled, all, limit, runs: trials * primes, budget }, [
          Math.floor(seed) % 9007199254740992,
          trial,
          turn,
        ]);
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
      if (residual > (exact ? 0 : tolerance)) return outcome(trial + 1, false);
    }
  }
  return outcome(trials, true);
}

interface Job {
  readonly need: Survey;
  readonly compiler: Compiler;
  readonly left: Node;
  readonly right: Node;
  readonly labels: readonly number[];
  readonly demands: Demands;
  readonly exact: boolean;
  readonly unscaled: boolean;
  /** How many values the free labels have together. */
  readonly all: number;
  readonly limit: number;
  /** How many runs there are to be. */
  readonly runs: number;
  readonly budget: { left: number };
}

/** One choice of a prime and of all random numbers; the largest deviation. Unlucky choices are drawn again. */
function once(job: Job, words: readonly number[]): number {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const key = [...words, attempt];
    const prime = job.exact ? choosePrime([...key, 9], job.demands) : undefined;
    if (job.exact && prime === undefined) throw new Unsupported("no finite field has all the roots of numbers that occur", job.left.span);
    const machine = new Machine(job.compiler, prime, key, job.budget.left, job.unscaled);
    try {
      if (job.unscaled) for (const p of job.need.scaling) machine.fixed.set(p.id, machine.ring(0).one);
      const assumptions = new Assumptions(machine, job.need.assumptions, prime, key);
      assumptions.realise();
      const worst = tuples(job, machine, key);
      if (worst > (job.exact ? 0 : tolerance)) assumptions.verify();
      return worst;
    } catch (problem) {
      if (!(problem instanceof Singular)) throw problem;
    } finally {
      job.budget.left = machine.remaining;
    }
  }
  throw new Unsupported("every choice of random numbers met a division by zero or an assumption that cannot hold", job.left.span);
}

function tuples(job: Job, machine: Machine, key: readonly number[]): number {
  const { compiler, labels } = job;
  const domains = labels.map((l) => compiler.domain(l));
  const everything = job.all <= job.limit;
  const count = everything ? job.all : Math.min(job.limit, 300);
  const before = machine.remaining;
  let worst = 0;
  for (let index = 0; index < count; index++) {
    machine.environment = [];
    let rest = index;
    labels.forEach((label, i) => {
      const domain = domains[i] as readonly number[];
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
    if (worst > (job.exact ? 0 : tolerance)) return worst;
  }
  return worst;
}

/** How far both sides are apart at the present points of the free labels. */
function difference(job: Job, machine: Machine): number {
  const ring = machine.ring(0);
  if (job.left.scalar && job.right.scalar) return deviation(ring, ring.subtract(machine.scalar(job.left, 0), machine.scalar(job.right, 0)));
  const state = emptyState("generic");
  machine.generic(job.left, state, ring.one);
  machine.generic(job.right, state, ring.negate(ring.one));
  let worst = 0;
  for (const poly of job.exact ? [...state.parts.values()].map((p) => p.poly) : merged(ring, state))
    for (const value of poly.values()) worst = Math.max(worst, deviation(ring, value));
  return worst;
}

/** In floating point: parts whose exponentials are equal up to rounding are added, the exponent's constant being made a number. */
function merged(ring: Ring, state: State): readonly Poly[] {
  const clusters: { readonly shift: ReadonlyMap<number, Value>; readonly poly: Poly }[] = [];
  const near = (a: ReadonlyMap<number, Value>, b: ReadonlyMap<number, Value>): boolean =>
    [...new Set([...a.keys(), ...b.keys()])].every((mode) => {
      const d = ring.subtract(a.get(mode) ?? ring.zero, b.get(mode) ?? ring.zero);
      return Math.hypot(d[0] as number, d[1] as number) < 1e-8 * Math.max(1, d[2] as number);
    });
  for (const { background, poly } of state.parts.values()) {
    let cluster = clusters.find((c) => near(c.shift, background.shift));
    if (cluster === undefined) {
      cluster = { shift: background.shift, poly: new Map() };
      clusters.push(cluster);
    }
    addPoly(ring, cluster.poly, poly, ring.exp(background.scalar));
  }
  return clusters.map((c) => c.poly);
}

import type { Assumption, Expression, Parameter, SymbolInfo } from "../core/expression.js";
import { hash } from "./hash.js";
import { Singular, Unsupported } from "./limits.js";
import type { Machine } from "./machine.js";
import { powerMod } from "./prime.js";
import type { Node, Place } from "./program.js";
import type { Ring, Value } from "./ring.js";
import { images } from "./table.js";
import { argumentLabels, collect, freeLabels } from "./tree.js";

/**
 * Makes a model's random numbers satisfy what the document assumes.
 *
 * An assumption with a target, c d^m f / dt^m (x, y, ...) = R, defines the coefficients of f from t^m on:
 * f_j = (j-m)!/j! (R/c)_{j-m}, recursively where R mentions f itself at lower orders. A closed one, such as
 * int |f|^2 = 1, is met by a factor of a whole function on which its left side depends homogeneously, or by solving
 * for a parameter in which it is linear. In the end all of them are verified.
 */
export class Assumptions {
  private readonly machine: Machine;
  private readonly list: readonly Prepared[];
  private readonly prime: number | undefined;
  private readonly words: readonly number[];
  private readonly known = new Map<string, Value>();
  private readonly active = new Set<string>();
  private readonly failures: Unsupported[] = [];

  constructor(machine: Machine, assumptions: readonly Assumption[], prime: number | undefined, words: readonly number[]) {
    this.machine = machine;
    this.prime = prime;
    this.words = words;
    this.list = assumptions.map((a) => {
      const { target } = a;
      const left = machine.compile(a.left);
      const right = machine.compile(a.right);
      if (!left.scalar || !right.scalar)
        throw new Unsupported("an assumption between operators cannot be realised in the finite model", a.span);
      const free = new Map([...freeLabels(a.left), ...freeLabels(a.right)].map((l) => [l.id, l]));
      if (target === undefined) return { assumption: a, left, right, labels: [...free.values()].map((l) => machine.compiler.label(l)) };
      const coefficient = machine.compile(target.coefficient);
      const pattern = target.arguments.map((x) => machine.compiler.place(x));
      const bound = new Set(target.arguments.flatMap((x) => argumentLabels(x).map((l) => l.id)));
      for (const l of [...freeLabels(a.right), ...freeLabels(target.coefficient)])
        if (!bound.has(l.id))
          throw new Unsupported(
            `the right side of this assumption depends on ${l.name}, the left side's ${target.symbol.name} does not`,
            a.span,
          );
      return {
        assumption: a,
        left,
        right,
        labels: [...free.values()].map((l) => machine.compiler.label(l)),
        target: { symbol: target.symbol, order: target.order, coefficient, pattern },
      };
    });
    machine.defined = (symbol, tuple, order) => this.defined(symbol, tuple, order);
  }

  private forget(): void {
    this.machine.forget();
    this.known.clear();
  }

  // ---- values that are defined ------------------------------------------------------------------------------

  private defined(symbol: SymbolInfo, tuple: readonly number[], order: number): Value | undefined {
    const rule = this.rule(symbol, tuple, order);
    const others = images(symbol, tuple, this.machine.compiler.points);
    const ring = this.machine.ring(0);
    if (rule === undefined) {
      // A pattern with constants may match an image of the tuple only.
      for (const image of others) {
        const other = this.rule(symbol, image.tuple, order);
        if (other !== undefined) return related(ring, this.raw(other, image.tuple, order), image);
      }
      return undefined;
    }
    const value = this.raw(rule, tuple, order);
    for (const image of others) {
      const other = this.rule(symbol, image.tuple, order);
      if (other === undefined) continue;
      const expected = related(ring, this.raw(other, image.tuple, order), image);
      if (!agree(ring, value, expected))
        throw new Unsupported(`the assumption gives ${symbol.name} values that do not have its declared symmetry`, rule.assumption.span);
    }
    if (symbol.real && !agree(ring, value, ring.conj(value)))
      throw new Unsupported(`${symbol.name} is declared real, and the assumption gives it values that are not`, rule.assumption.span);
    return value;
  }

  private rule(symbol: SymbolInfo, tuple: readonly number[], order: number): Defining | undefined {
    for (const p of this.list) {
      if (p.target === undefined || p.target.symbol.id !== symbol.id || order < p.target.order) continue;
      if (p.target.pattern.every((place, i) => place.kind !== "constant" || place.value === tuple[i])) return p as Defining;
    }
    return undefined;
  }

  private raw(rule: Defining, tuple: readonly number[], order: number): Value {
    const { machine } = this;
    const key = `${rule.target.symbol.id}:${tuple.join()}:${order}`;
    const old = this.known.get(key);
    if (old !== undefined) return old;
    if (this.active.has(key))
      throw new Unsupported(`the assumptions define ${rule.target.symbol.name} by itself, in a circle`, rule.assumption.span);
    this.active.add(key);
    const outside = machine.environment;
    machine.environment = [];
    rule.target.pattern.forEach((place, i) => {
      const label = plainLabel(place);
      if (label !== undefined) machine.environment[label] = tuple[i] as number;
    });
    const at = order - rule.target.order;
    const ring = machine.ring(at);
    const series = ring.multiply(machine.scalar(rule.right, at), ring.invert(machine.scalar(rule.target.coefficient, at)));
    machine.environment = outside;
    this.active.delete(key);
    const coefficient = series.slice(at * ring.stride, (at + 1) * ring.stride);
    let falling = 1n;
    for (let k = at + 1; k <= order; k++) falling *= BigInt(k);
    const base = machine.ring(0);
    const value = base.multiply(coefficient, base.rational({ n: 1n, d: falling }));
    this.known.set(key, value);
    return value;
  }

  // ---- closed assumptions -----------------------------------------------------------------------------------

  /**
   * What cannot be realised is put aside: an equation that holds without an assumption holds with it. Only one that
   * fails is then undecided, see `verify`.
   * @throws Singular where another draw may help
   */
  realise(): void {
    const used = new Set<string>();
    for (const p of this.list) {
      const names = [...new Set([...mentions(p.assumption.left), ...mentions(p.assumption.right)])];
      if (p.target === undefined) {
        if (p.labels.length > 0) {
          this.failures.push(
            new Unsupported(
              "an assumption with free labels must give the value of one function or kernel for the finite model to follow it",
              p.assumption.span,
            ),
          );
          continue;
        }
        const [left, right] = this.sides(p);
        if (!agree(this.machine.ring(0), left, right)) {
          try {
            this.solve(p, used);
          } catch (problem) {
            if (!(problem instanceof Unsupported)) throw problem;
            this.failures.push(problem);
          }
        }
      }
      for (const name of names) used.add(name);
    }
  }

  private sides(p: Prepared): readonly [Value, Value] {
    this.forget();
    return [this.machine.scalar(p.left, 0), this.machine.scalar(p.right, 0)];
  }

  private solve(p: Prepared, used: ReadonlySet<string>): void {
    const inLeft = collect(p.assumption.left);
    const inRight = collect(p.assumption.right);
    // What the left side depends on, also through values that assumptions define.
    for (let grew = true; grew; ) {
      grew = false;
      for (const q of this.list) {
        if (q.target === undefined || q.target.order > 0) continue;
        for (const inside of [inLeft, inRight]) {
          if (!inside.symbols.has(q.target.symbol.id)) continue;
          for (const [id, symbol] of collect(q.assumption.right).symbols) {
            if (inside.symbols.has(id)) continue;
            inside.symbols.set(id, symbol);
            grew = true;
          }
        }
      }
    }
    for (const symbol of inLeft.symbols.values()) {
      const defined = this.list.some((q) => q.target?.symbol.id === symbol.id && q.target.order === 0);
      if (defined || inRight.symbols.has(symbol.id) || this.machine.factors.has(symbol.id) || this.normalised(p, symbol)) continue;
      if (this.rescale(p, symbol)) return;
    }
    const parameters = new Map([...inLeft.parameters, ...inRight.parameters]);
    const order = { complex: 0, real: 1, positive: 2 } as const;
    let accident: Singular | undefined;
    for (const parameter of [...parameters.values()].sort((a, b) => order[a.domain] - order[b.domain])) {
      if (used.has(`parameter ${parameter.id}`) || this.machine.fixed.has(parameter.id)) continue;
      try {
        if (this.linear(p, parameter)) return;
      } catch (problem) {
        if (!(problem instanceof Singular)) throw problem;
        accident = problem;
        this.machine.fixed.delete(parameter.id);
      }
    }
    this.forget();
    if (accident !== undefined) throw accident;
    throw new Unsupported(
      "this assumption could not be realised in the finite model: no function that can be rescaled, and no parameter in which it is linear",
      p.assumption.span,
    );
  }

  /** An earlier closed assumption depends on the symbol: a factor would break it. */
  private normalised(p: Prepared, symbol: SymbolInfo): boolean {
    for (const q of this.list) {
      if (q === p) return false;
      if (
        q.target === undefined &&
        (collect(q.assumption.left).symbols.has(symbol.id) || collect(q.assumption.right).symbols.has(symbol.id))
      )
        return true;
    }
    return false;
  }

  /** Multiplies a function by lambda with lambda^a conj(lambda)^b = right/left, where the left side scales like that. */
  private rescale(p: Prepared, symbol: SymbolInfo): boolean {
    const { machine } = this;
    const [left, right] = this.sides(p);
    const ring = machine.ring(0);
    if (negligible(ring, left) || negligible(ring, right)) throw new Singular("a side of an assumption is zero by accident");
    const ratio = ring.multiply(right, ring.invert(left));
    const probe = machine.draw([11, symbol.id], symbol.real);
    machine.factors.set(symbol.id, probe);
    const scaled = this.sides(p)[0];
    const scalesLike = (factor: Value): boolean => agree(ring, scaled, ring.multiply(factor, left));
    let lambda: Value | undefined;
    if (scalesLike(ring.multiply(probe, ring.conj(probe))))
      lambda = symbol.real ? this.squareRoot(ring, ratio) : this.normRoot(ring, ratio);
    else if (scalesLike(probe)) lambda = ratio;
    else if (scalesLike(ring.conj(probe))) lambda = ring.conj(ratio);
    if (lambda === undefined || (symbol.real && !agree(ring, lambda, ring.conj(lambda)))) {
      machine.factors.delete(symbol.id);
      this.forget();
      return false;
    }
    machine.factors.set(symbol.id, lambda);
    this.forget();
    return true;
  }

  private squareRoot(ring: Ring, v: Value): Value {
    if (!this.machine.isPositive(v)) throw new Singular("no square root");
    return ring.root(v, { n: 1n, d: 2n });
  }

  /** lambda with lambda conj(lambda) = v: always there for v in GF(p), found by trying real parts; v > 0 in floating point. */
  private normRoot(ring: Ring, v: Value): Value | undefined {
    const { prime } = this;
    if (!agree(ring, v, ring.conj(v))) return undefined;
    if (prime === undefined) return this.squareRoot(ring, v);
    for (let draw = 0; draw < 200; draw++) {
      const x = hash([...this.words, 12, draw]) % prime;
      const rest = ((((v[0] as number) - ((x * x) % prime)) % prime) + prime) % prime;
      if (rest === 0 || powerMod(rest, (prime - 1) / 2, prime) !== 1) continue;
      return [x, powerMod(rest, (prime + 1) / 4, prime)];
    }
    return undefined;
  }

  private linear(p: Prepared, parameter: Parameter): boolean {
    const { machine } = this;
    const ring = machine.ring(0);
    const at = (k: number): Value => {
      machine.fixed.set(parameter.id, ring.rational({ n: BigInt(k), d: 1n }));
      const [left, right] = this.sides(p);
      return ring.subtract(left, right);
    };
    // Squares, so that roots of the parameter elsewhere in the assumption exist and show that it is not linear.
    const [f1, f4, f9] = [at(1), at(4), at(9)];
    machine.fixed.delete(parameter.id);
    const slope = ring.subtract(f4, f1);
    const straight = ring.subtract(ring.scale(ring.subtract(f9, f4), 3), ring.scale(slope, 5));
    if (negligible(ring, slope) || !negligible(ring, straight)) return false;
    const solution = ring.subtract(ring.one, ring.scale(ring.multiply(f1, ring.invert(slope)), 3));
    if (parameter.domain !== "complex" && !agree(ring, solution, ring.conj(solution))) return false;
    if (parameter.domain === "positive" && !machine.isPositive(solution)) throw new Singular("a positive parameter came out not positive");
    machine.fixed.set(
      parameter.id,
      ring.exact ? solution : [solution[0] as number, solution[1] as number, Math.hypot(solution[0] as number, solution[1] as number)],
    );
    const [left, right] = this.sides(p);
    if (agree(ring, left, right)) return true;
    machine.fixed.delete(parameter.id);
    return false;
  }

  /**
   * Asked when an equation failed: does this model satisfy the assumptions at all? Checks each at a few points, and closed
   * ones as functions of time to the order that was used.
   * @throws Unsupported where one does not hold
   */
  verify(): void {
    const { machine } = this;
    const [failure] = this.failures;
    if (failure !== undefined) throw failure;
    const highest = machine.highest;
    for (const p of this.list) {
      const order = p.target === undefined ? highest : 0;
      const ring = machine.ring(order);
      for (let sample = 0; sample < (p.labels.length === 0 ? 1 : 4); sample++) {
        machine.environment = [];
        for (const label of p.labels) {
          const domain = machine.compiler.domain(label);
          machine.environment[label] = domain[hash([...this.words, 13, sample, label]) % domain.length] as number;
        }
        if (!agree(ring, machine.scalar(p.left, order), machine.scalar(p.right, order)))
          throw new Unsupported("this assumption could not be realised in the finite model together with the others", p.assumption.span);
      }
    }
  }
}

interface Prepared {
  readonly assumption: Assumption;
  readonly left: Node;
  readonly right: Node;
  readonly labels: readonly number[];
  readonly target?: { readonly symbol: SymbolInfo; readonly order: number; readonly coefficient: Node; readonly pattern: readonly Place[] };
}

type Defining = Prepared & { readonly target: NonNullable<Prepared["target"]> };

function plainLabel(place: Place): number | undefined {
  if (place.kind === "label") return place.label;
  return place.kind === "form" ? place.terms[0]?.[0] : undefined;
}

function related(ring: Ring, v: Value, image: { readonly sign: 1 | -1; readonly conjugated: boolean }): Value {
  const w = image.conjugated ? ring.conj(v) : v;
  return image.sign < 0 ? ring.negate(w) : w;
}

/** Exactly zero, or zero up to rounding. */
export function negligible(ring: Ring, v: Value): boolean {
  return deviation(ring, v) < 1e-8;
}

function agree(ring: Ring, a: Value, b: Value): boolean {
  return negligible(ring, ring.subtract(a, b));
}

/** 0 or 1 in the exact mode; else the largest modulus of a coefficient relative to the terms that it is made of. */
export function deviation(ring: Ring, v: Value): number {
  if (ring.exact) return ring.isZero(v) ? 0 : 1;
  let worst = 0;
  for (let i = 0; i < v.length; i += 3) {
    const size = v[i + 2] as number;
    const modulus = Math.hypot(v[i] as number, v[i + 1] as number);
    if (!Number.isFinite(modulus) || !Number.isFinite(size)) throw new Singular("overflow");
    if (modulus > 0) worst = Math.max(worst, size > 0 ? modulus / size : 1);
  }
  return worst;
}

function mentions(root: Expression): readonly string[] {
  const { symbols, parameters } = collect(root);
  return [...[...symbols.keys()].map((id) => `symbol ${id}`), ...[...parameters.keys()].map((id) => `parameter ${id}`)];
}

import type { Assumption, Expression, Parameter, SymbolInfo } from "../core/expression.js";
import { eliminate } from "./eliminate.js";
import { hash } from "./hash.js";
import { Singular, Unsupported } from "./limits.js";
import type { Machine } from "./machine.js";
import { agree, negligible, related } from "./near.js";
import { type Defining, type Prepared, plainLabel, prepare, type Touched, type Unknown } from "./prepare.js";
import type { Value } from "./ring.js";
import { normRoot, squareRoot } from "./roots.js";
import { images, normalise, type Orbit, orbit } from "./table.js";
import { collect } from "./tree.js";

/**
 * Makes a model's random numbers satisfy what the document assumes.
 *
 * An assumption with a target, c d^m f / dt^m (x, y, ...) = R, defines the coefficients of f from t^m on:
 * f_j = (j-m)!/j! (R/c)_{j-m}, recursively where R mentions f itself at lower orders. A closed one, such as
 * int |f|^2 = 1, is met by a factor of a whole function or of a parameter, by solving for a parameter in which it is
 * linear, or for values of a function at a few points, as in <f, g> = 0. In the end all of them are verified.
 */
export class Assumptions {
  private readonly machine: Machine;
  private readonly list: readonly Prepared[];
  private readonly prime: number | undefined;
  private readonly words: readonly number[];
  private readonly known = new Map<string, Value>();
  private readonly active = new Set<string>();
  private readonly failures: Unsupported[] = [];
  /** Parameters that were fixed before: scales at 1. */
  private readonly start: ReadonlyMap<number, Value>;
  /** Values at single points for which an assumption was solved, by the orbit's representative. */
  private readonly solved = new Map<number, Map<string, Value>>();
  private readonly orbits = new Map<string, Orbit>();
  /** Notes which values were asked for, while it is there. */
  private touched: Touched[] | undefined;

  constructor(machine: Machine, assumptions: readonly Assumption[], prime: number | undefined, words: readonly number[]) {
    this.machine = machine;
    this.prime = prime;
    this.words = words;
    this.start = new Map(machine.fixed);
    this.list = assumptions.map((a) => prepare(machine, a));
    machine.defined = (symbol, tuple, order) => this.defined(symbol, tuple, order);
  }

  private forget(): void {
    this.machine.forget();
    this.known.clear();
  }

  // ---- values that are defined ------------------------------------------------------------------------------

  private defined(symbol: SymbolInfo, tuple: readonly number[], order: number): Value | undefined {
    if (order === 0) this.touched?.push({ symbol, tuple });
    const rule = this.rule(symbol, tuple, order);
    const others = images(symbol, tuple, this.machine.compiler.points);
    const ring = this.machine.ring(0);
    if (rule === undefined) {
      // A pattern with constants may match an image of the tuple only.
      for (const image of others) {
        const other = this.rule(symbol, image.tuple, order);
        if (other !== undefined) return related(ring, this.raw(other, image.tuple, order), image);
      }
      const solved = order === 0 ? this.solved.get(symbol.id) : undefined;
      if (solved === undefined) return undefined;
      const at = this.orbit(symbol, tuple);
      const value = solved.get(at.key);
      return value === undefined ? undefined : related(ring, this.factored(symbol, value), at);
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
    machine.leave();
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
   * fails is then undecided, see `verify`. What must vanish comes first: factors, by which norms are met, keep it zero.
   * @throws Singular where another draw may help
   */
  realise(): void {
    const closed = this.list.filter((p) => p.target === undefined);
    const isZero = (e: Expression): boolean => e.kind === "number" && e.value.n === 0n;
    const vanishing = (p: Prepared): boolean => isZero(p.assumption.left) || isZero(p.assumption.right);
    const first = [...closed.filter(vanishing), ...closed.filter((p) => !vanishing(p))];
    const failures = this.attempt(first);
    if (failures.length === 0) return;
    // What the first way spoils for the second, the second may leave to the first.
    if (closed.length > 1) {
      this.reset();
      if (this.attempt([...first].reverse()).length === 0) return;
      this.reset();
      this.attempt(first);
    }
    this.failures.push(...failures);
  }

  private reset(): void {
    this.machine.factors.clear();
    this.machine.fixed.clear();
    for (const [id, value] of this.start) this.machine.fixed.set(id, value);
    this.solved.clear();
    this.forget();
  }

  private attempt(list: readonly Prepared[]): readonly Unsupported[] {
    const failures: Unsupported[] = [];
    const done: Prepared[] = [];
    for (const p of list) {
      if (p.labels.length > 0) {
        failures.push(
          new Unsupported(
            "an assumption with free labels must give the value of one function or kernel for the finite model to follow it",
            p.assumption.span,
          ),
        );
        continue;
      }
      try {
        if (!this.holds(p)) this.solve(p, [...done, p]);
        done.push(p);
      } catch (problem) {
        if (!(problem instanceof Unsupported)) throw problem;
        failures.push(problem);
      }
    }
    return failures;
  }

  private holds(p: Prepared): boolean {
    return negligible(this.machine.ring(0), this.residual(p));
  }

  /** Left side minus right side, with everything computed afresh. */
  private residual(p: Prepared): Value {
    this.forget();
    return this.machine.ring(0).subtract(this.machine.scalar(p.left, 0), this.machine.scalar(p.right, 0));
  }

  /** Makes p hold, and keeps all that held before: `all` are those and p. Each way is tried out and taken back where it fails. */
  private solve(p: Prepared, all: readonly Prepared[]): void {
    const { machine } = this;
    this.touched = [];
    this.residual(p);
    const places = this.touched;
    this.touched = undefined;
    const symbols = new Map(places.map(({ symbol }) => [symbol.id, symbol]));
    const parameters = new Map([...collect(p.assumption.left).parameters, ...collect(p.assumption.right).parameters]);
    for (const q of this.list)
      if (q.target !== undefined && symbols.has(q.target.symbol.id))
        for (const side of [q.assumption.right, q.assumption.left]) for (const [id, x] of collect(side).parameters) parameters.set(id, x);
    const random = [...symbols.values()].filter((s) => !this.list.some((q) => q.target?.symbol.id === s.id && q.target.order === 0));
    for (const symbol of random) {
      const before = machine.factors.get(symbol.id);
      const set = (factor: Value | undefined): void => this.put(machine.factors, symbol.id, this.times(before, factor));
      if (this.rescale(p, all, symbol.id, symbol.real, set)) return;
    }
    const order = { complex: 0, real: 1, positive: 2 } as const;
    const sorted = [...parameters.values()].sort((a, b) => order[a.domain] - order[b.domain]);
    let accident: Singular | undefined;
    for (const parameter of sorted) {
      const before = machine.fixed.get(parameter.id);
      const start = machine.parameter(parameter);
      const set = (factor: Value | undefined): void =>
        this.put(machine.fixed, parameter.id, factor === undefined ? before : this.times(start, factor));
      try {
        if (parameter.domain === "complex") {
          const move = (by: Value | undefined): void =>
            this.put(machine.fixed, parameter.id, by === undefined ? before : this.settled(machine.ring(0).add(start, by)));
          if (this.shift(all, [{ real: true, imaginary: true, move }])) return;
        } else if (this.linear(p, all, parameter)) return;
        if (this.rescale(p, all, parameter.id, parameter.domain !== "complex", set)) {
          if (parameter.domain !== "positive" || machine.isPositive(machine.parameter(parameter))) return;
          throw new Singular("a positive parameter came out not positive");
        }
      } catch (problem) {
        if (!(problem instanceof Singular)) throw problem;
        accident = problem;
        this.put(machine.fixed, parameter.id, before);
      }
    }
    // One parameter was not enough: all that are linear at once, then two or more by a common factor.
    if (sorted.length > 1) {
      try {
        if (this.together(all, sorted) || this.groups(p, all, sorted)) return;
      } catch (problem) {
        if (!(problem instanceof Singular)) throw problem;
        accident = problem;
      }
    }
    // Single values cannot be moved where functions have a few frequencies only.
    if (machine.compiler.band === undefined)
      for (const symbol of random) if (this.shift(all, this.unknowns(symbol, places, all.length))) return;
    this.forget();
    if (accident !== undefined) throw accident;
    throw new Unsupported(
      all.length > 1
        ? "this assumption could not be realised in the finite model together with those before it: no functions or parameters that can be rescaled, or in which they all are linear"
        : "this assumption could not be realised in the finite model: no function or parameter that can be rescaled, or in which it is linear",
      p.assumption.span,
    );
  }

  private together(all: readonly Prepared[], parameters: readonly Parameter[]): boolean {
    const { machine } = this;
    const restore = this.saved(parameters);
    const unknowns = parameters.map(({ id, domain }, i): Unknown => {
      const before = machine.fixed.get(id);
      const start = machine.parameter(parameters[i] as Parameter);
      const move = (by: Value | undefined): void =>
        this.put(machine.fixed, id, by === undefined ? before : this.settled(machine.ring(0).add(start, by)));
      return { real: true, imaginary: domain === "complex", move };
    });
    if (this.shift(all, unknowns)) {
      this.positive(parameters, restore);
      return true;
    }
    restore();
    return false;
  }

  /** Pairs of parameters, and all of them, times one factor: that keeps what is homogeneous in them, as orthogonality is. */
  private groups(p: Prepared, all: readonly Prepared[], parameters: readonly Parameter[]): boolean {
    const { machine } = this;
    if (parameters.length > 8) return false;
    const pairs = parameters.flatMap((s, i) => parameters.slice(i + 1).map((t) => [s, t]));
    for (const group of parameters.length > 2 ? [...pairs, parameters] : pairs) {
      const restore = this.saved(group);
      const starts = group.map((s) => machine.parameter(s));
      const set = (factor: Value | undefined): void => {
        restore();
        if (factor === undefined) return;
        for (const [i, { id }] of group.entries())
          this.put(machine.fixed, id, this.settled(machine.ring(0).multiply(starts[i] as Value, factor)));
      };
      for (const real of group.every((s) => s.domain === "complex") ? [true, false] : [true])
        if (this.rescale(p, all, group.reduce((sum, s) => sum * 31 + s.id, 17) % 1000003, real, set)) {
          this.positive(group, restore);
          return true;
        }
      restore();
    }
    return false;
  }

  private saved(parameters: readonly Parameter[]): () => void {
    const before = parameters.map(({ id }) => this.machine.fixed.get(id));
    return () => {
      for (const [i, { id }] of parameters.entries()) this.put(this.machine.fixed, id, before[i]);
    };
  }

  /** @throws Singular where a positive parameter came out not positive: another draw may help */
  private positive(parameters: readonly Parameter[], restore: () => void): void {
    if (parameters.every((s) => s.domain !== "positive" || this.machine.isPositive(this.machine.parameter(s)))) return;
    restore();
    throw new Singular("a positive parameter came out not positive");
  }

  private put(map: Map<number, Value>, id: number, value: Value | undefined): void {
    if (value === undefined) map.delete(id);
    else map.set(id, value);
  }

  private times(a: Value | undefined, b: Value | undefined): Value | undefined {
    return a === undefined || b === undefined ? (a ?? b) : this.settled(this.machine.ring(0).multiply(a, b));
  }

  /** A number of the model itself: in floating point its size is its modulus, wherever it came from. */
  private settled(v: Value): Value {
    const ring = this.machine.ring(0);
    return ring.exact ? ring.resize(v) : [v[0] as number, v[1] as number, Math.hypot(v[0] as number, v[1] as number)];
  }

  /**
   * Multiplies a function, or parameters, by lambda, where left minus right is A |lambda|^2 + B, A lambda + B,
   * A conj(lambda) + B, or one of the first kind after multiplication by lambda or its conjugate. That lambda would be 0 is no solution: what is assumed about a function does not make it vanish.
   */
  private rescale(p: Prepared, all: readonly Prepared[], id: number, real: boolean, set: (factor: Value | undefined) => void): boolean {
    const { machine } = this;
    const ring = machine.ring(0);
    const at = (factor: Value): Value => {
      set(factor);
      return this.residual(p);
    };
    // Squares, so that roots of a positive parameter exist.
    const probe = (k: number): Value => {
      const root = machine.draw([11, id, k], real);
      return real ? this.settled(ring.multiply(root, root)) : root;
    };
    const [q1, q2] = [probe(0), probe(1)];
    const start = this.residual(p);
    const [r1, r2] = [at(q1), at(q2)];
    set(undefined);
    const norm = (v: Value): Value => ring.multiply(v, ring.conj(v));
    const normed = (v: Value): Value | undefined => (real ? squareRoot(machine, v) : normRoot(machine, v, this.prime, this.words));
    const same = (v: Value): Value => v;
    const shapes: readonly (readonly [(v: Value) => Value, (v: Value) => Value | undefined, (v: Value) => Value])[] = [
      [norm, normed, () => ring.one],
      [same, same, () => ring.one],
      [ring.conj, ring.conj, () => ring.one],
      [norm, normed, same],
      [norm, normed, ring.conj],
    ];
    for (const [shape, inverse, times] of shapes) {
      const step = (q: Value): Value => ring.subtract(shape(q), ring.one);
      const change = (r: Value, q: Value): Value => ring.subtract(ring.multiply(r, times(q)), start);
      const slope = ring.multiply(change(r1, q1), ring.invert(step(q1)));
      if (negligible(ring, slope) || !agree(ring, change(r2, q2), ring.multiply(slope, step(q2)))) continue;
      const wanted = ring.subtract(ring.one, ring.multiply(start, ring.invert(slope)));
      if (negligible(ring, wanted) || (real && !agree(ring, wanted, ring.conj(wanted)))) continue;
      const lambda = inverse(this.settled(wanted));
      if (lambda === undefined) continue;
      set(this.settled(lambda));
      if (all.every((q) => this.holds(q))) return true;
      set(undefined);
    }
    this.forget();
    return false;
  }

  private orbit(symbol: SymbolInfo, tuple: readonly number[]): Orbit {
    const plain = normalise(symbol, tuple);
    const key = `${symbol.id}:${plain.join()}`;
    const known = this.orbits.get(key) ?? orbit(symbol, plain, this.machine.compiler.points);
    this.orbits.set(key, known);
    return known;
  }

  private factored(symbol: SymbolInfo, value: Value): Value {
    const factor = this.machine.factors.get(symbol.id);
    return factor === undefined ? value : this.machine.ring(0).multiply(value, factor);
  }

  /** Values of a function at single points, enough of them for `count` complex equations. */
  private unknowns(symbol: SymbolInfo, places: readonly Touched[], count: number): readonly Unknown[] {
    const found = new Map<string, Unknown>();
    const table = this.solved.get(symbol.id) ?? new Map<string, Value>();
    this.solved.set(symbol.id, table);
    const ring = this.machine.ring(0);
    for (const { symbol: other, tuple } of places) {
      if (other.id !== symbol.id || found.size > 2 * count) continue;
      const { key, representative, real, imaginary } = this.orbit(symbol, tuple);
      if (found.has(key) || (real && imaginary)) continue;
      const before = table.get(key);
      const drawn = this.machine.draw([14, symbol.id, ...representative], real || imaginary);
      const start = before ?? (imaginary ? ring.multiply(drawn, ring.imaginary) : drawn);
      found.set(key, {
        real: !imaginary,
        imaginary: !real,
        move: (by) => {
          if (by !== undefined) table.set(key, this.settled(ring.add(start, by)));
          else if (before !== undefined) table.set(key, before);
          else table.delete(key);
        },
      });
    }
    return [...found.values()];
  }

  /**
   * Solves assumptions that are linear over the real numbers in some unknowns: residuals at 0 and at each unit vector give a
   * linear system for their changes. Those that the system leaves free keep their random values.
   */
  private shift(all: readonly Prepared[], unknowns: readonly Unknown[]): boolean {
    const ring = this.machine.ring(0);
    const undo = (): void => {
      for (const u of unknowns) u.move(undefined);
      this.forget();
    };
    const real = (v: Value): Value => (ring.exact ? v.map((x, i) => (i % 2 === 0 ? x : 0)) : [v[0] as number, 0, Math.abs(v[0] as number)]);
    const minusI = ring.negate(ring.imaginary);
    const residuals = (): readonly Value[] =>
      all.flatMap((q) => {
        const r = this.residual(q);
        return [real(r), real(ring.multiply(minusI, r))];
      });
    for (const u of unknowns) u.move(ring.zero);
    const base = residuals();
    const directions = unknowns.flatMap((u) => [
      ...(u.real ? [{ u, unit: ring.one }] : []),
      ...(u.imaginary ? [{ u, unit: ring.imaginary }] : []),
    ]);
    const columns = directions.map(({ u, unit }) => {
      u.move(unit);
      const column = residuals().map((r, i) => this.settled(ring.subtract(r, base[i] as Value)));
      u.move(ring.zero);
      return column;
    });
    const changes = eliminate(
      ring,
      base.map((r, i) => [...columns.map((c) => c[i] as Value), ring.negate(r)]),
    );
    if (changes === undefined) {
      undo();
      return false;
    }
    for (const u of unknowns) {
      let by = ring.zero;
      directions.forEach((d, i) => {
        if (d.u === u) by = ring.add(by, ring.multiply(d.unit, changes[i] as Value));
      });
      u.move(this.settled(by));
    }
    if (all.every((q) => this.holds(q))) return true;
    undo();
    return false;
  }

  private linear(p: Prepared, all: readonly Prepared[], parameter: Parameter): boolean {
    const { machine } = this;
    const ring = machine.ring(0);
    const before = machine.fixed.get(parameter.id);
    const at = (k: number): Value => {
      machine.fixed.set(parameter.id, ring.rational({ n: BigInt(k), d: 1n }));
      return this.residual(p);
    };
    // Squares, so that roots of the parameter elsewhere in the assumption exist and show that it is not linear.
    const [f1, f4, f9] = [at(1), at(4), at(9)];
    this.put(machine.fixed, parameter.id, before);
    const slope = ring.subtract(f4, f1);
    const straight = ring.subtract(ring.scale(ring.subtract(f9, f4), 3), ring.scale(slope, 5));
    if (negligible(ring, slope) || !negligible(ring, straight)) return false;
    const solution = ring.subtract(ring.one, ring.scale(ring.multiply(f1, ring.invert(slope)), 3));
    if (!agree(ring, solution, ring.conj(solution))) return false;
    if (parameter.domain === "positive" && !machine.isPositive(solution)) throw new Singular("a positive parameter came out not positive");
    machine.fixed.set(parameter.id, this.settled(solution));
    if (all.every((q) => this.holds(q))) return true;
    this.put(machine.fixed, parameter.id, before);
    return false;
  }

  /**
   * Asked when an equation failed: does this model satisfy the assumptions at all? Checks each at a few points and as a function of
   * time, to the order `highest` that was used or that an equation of motion speaks of: w = h and \partial_t w = f say that \partial_t h = f.
   * @throws Unsupported where one does not hold
   */
  verify(highest: number): void {
    const { machine } = this;
    const [failure] = this.failures;
    if (failure !== undefined) throw failure;
    for (const p of this.list) {
      const order = Math.max(0, highest - (p.target?.order ?? 0));
      const ring = machine.ring(order);
      for (let sample = 0; sample < (p.labels.length === 0 ? 1 : 4); sample++) {
        machine.leave();
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

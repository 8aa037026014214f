import type { Expression, Parameter, SymbolInfo } from "../core/expression.js";
import { isInteger } from "../core/rational.js";
import { nowhere, type Span } from "../source/span.js";
import type { Form } from "./form.js";
import { formalRing, marked } from "./formal.js";
import type { Generator } from "./generator.js";
import { Gradient } from "./gradient.js";
import { hash, unit } from "./hash.js";
import { Exhausted, Slow, Transcendental, Unsupported } from "./limits.js";
import type { Marks } from "./marks.js";
import type { Poly } from "./poly.js";
import { powerMod } from "./prime.js";
import type { Compiler, Node, Place } from "./program.js";
import { exactRing, floatRing, type Ring, type Value } from "./ring.js";
import { type Summed, seriesAt } from "./series.js";
import type { Modes } from "./state.js";
import { normalise, orbit, residueOf, scaleOf } from "./table.js";
import { testOf } from "./trigonometric.js";
import { type Letter, newWord, type Word } from "./word.js";

/** Charged for a number that is kept, so that the budget bounds memory too. */
const dearness = 10;

/** What random numbers are for, as the first word of a hash's key. */
const purpose = { value: 1, parameter: 2, reference: 3, pi: 4, root: 5, symbol: 6, size: 7 } as const;

/** Gives a coefficient of the series of a value that an assumption defines, or undefined where it is random. */
export type Defined = (symbol: SymbolInfo, tuple: readonly number[], order: number) => Value | undefined;

/** Scalars of one order in t with what has been computed of them. */
interface Level {
  readonly ring: Ring;
  readonly scalars: (Map<number | string, Value> | undefined)[];
  /** By symbol, then by the points of its arguments. */
  readonly values: (Map<number | string, Value> | undefined)[];
  readonly symbols: Map<string, Poly>;
  readonly generators: Map<number, Generator>;
  /** Of ladder operators behind a word, and behind one letter. */
  readonly images: Map<string, Map<number, Form | undefined>>;
  readonly actions: Map<string, ReadonlyMap<number, Form>>;
  readonly references: (Value | undefined)[];
  /** Series of ch and sh, by their nodes. */
  readonly series: Map<number, Summed>;
}

/**
 * One model: a field, and random numbers for everything that is declared. All numbers are functions of `words`, so
 * nothing depends on the order in which they are asked for.
 */
export abstract class Numbers {
  readonly compiler: Compiler;
  /** The points that labels stand at now. */
  environment: number[] = [];
  defined: Defined = () => undefined;
  /** Factors of whole functions and values of parameters that assumptions fixed. */
  readonly factors = new Map<number, Value>();
  readonly fixed = new Map<number, Value>();
  /** Scale parameters are 1 here: see `evaluate.ts`. */
  readonly unscaled: boolean;
  /** In the exact mode: what is multiplied by epsilon, and whether roots of constants have one value. Set before anything is asked for. */
  formal: (Marks & { readonly roots: boolean }) | undefined;
  /** In floating point, numbers are of order one times a random power of two with at most this exponent. */
  spread = 0;
  /** What gets into exponentials is 2^shrink times smaller than usual. */
  shrink = 0;

  private readonly prime: number | undefined;
  private readonly words: readonly number[];
  private readonly levels: Level[] = [];
  protected readonly modes: Modes;
  private left: number;
  private readonly gradient: Gradient;

  constructor(compiler: Compiler, prime: number | undefined, words: readonly number[], budget: number, unscaled = false) {
    this.compiler = compiler;
    this.prime = prime;
    this.words = words;
    this.left = budget;
    this.unscaled = unscaled;
    this.gradient = new Gradient({
      compiler,
      prime,
      words: [...words, purpose.root],
      ring: (order) => this.ring(order),
      parameter: (parameter) => this.parameter(parameter),
      draw: (key, real) => this.draw([purpose.value, ...key], real),
      magnitude: (symbol) => this.magnitude(symbol),
    });
    this.modes = {
      monomials: compiler.monomials,
      fermionic: (mode) => compiler.fermionic[mode] as boolean,
      reference: (mode, ring) => {
        const { references } = this.level(ring.order);
        const known = references[mode];
        if (known !== undefined) return known;
        const { species, points } = compiler.places[mode] as (typeof compiler.places)[number];
        const made = ring.resize(
          // Not by the mode's number, which says in what order modes were asked for.
          compiler.band === undefined
            ? this.draw([purpose.reference, species.id, ...points], false)
            : this.test(testOf(species, 0), points),
        );
        references[mode] = made;
        return made;
      },
      ...(compiler.forms === undefined ? {} : { forms: (mode: number, ring: Ring) => this.gradient.forms(mode, ring) }),
      spend: (k) => {
        this.left -= k;
        if (this.left < 0) throw new Exhausted();
      },
      noWord: newWord(),
      image: (word, symbol, ring) => (word.first === undefined ? undefined : this.image(word, symbol, ring.order)),
      rate: (letter, ring) => this.rate(letter, ring.order),
    };
    this.resume(budget);
  }

  /** No label stands anywhere. An array that is long enough for all: an index far behind the end would make it a slow hash table. */
  leave(): void {
    this.environment = new Array<number>(this.compiler.labels.length);
  }

  /** Goes on with a budget of its own, the work on monomials, which all models of a compiler share, charged to it. */
  resume(budget: number): void {
    this.left = budget;
    this.compiler.monomials.charge = this.modes.spend;
  }

  get remaining(): number {
    return this.left;
  }

  level(order: number): Level {
    const known = this.levels[order];
    if (known !== undefined) return known;
    if (order > 12) throw new Unsupported("too many time derivatives for the finite model", nowhere);
    const { prime, formal } = this;
    const exact = (p: number): Ring => (formal === undefined ? exactRing(p, order) : formalRing(p, order, formal.depth));
    const ring = prime === undefined ? floatRing(order) : exact(prime);
    const made: Level = {
      ring,
      scalars: [],
      values: [],
      symbols: new Map(),
      generators: new Map(),
      images: new Map(),
      actions: new Map(),
      references: [],
      series: new Map(),
    };
    this.levels[order] = made;
    return made;
  }

  ring(order: number): Ring {
    return this.level(order).ring;
  }

  /** Forgets computed values; the random numbers stay. Needed when an assumption has fixed something. */
  forget(): void {
    this.levels.length = 0;
    this.gradient.forget();
  }

  /** A random number of order 0, real or not. */
  draw(words: readonly number[], real: boolean): Value {
    const at = (component: number): readonly number[] => [...this.words, ...words, component];
    if (this.prime !== undefined) return this.lifted([hash(at(0)) % this.prime, real ? 0 : hash(at(1)) % this.prime]);
    const factor = this.factor(words);
    const [x, y] = [factor * (2.4 * unit(at(0)) - 1.2), real ? 0 : factor * (2.4 * unit(at(1)) - 1.2)];
    return [x, y, Math.hypot(x, y)];
  }

  /** A random number for the symbol of a mode's creator. */
  protected symbolAt(mode: number): Value {
    const { species, points } = this.compiler.places[mode] as (typeof this.compiler.places)[number];
    return this.draw([purpose.symbol, species.id, ...points], false);
  }

  /** A random positive number: a nonzero square, or one between 1/2 and 3/2. */
  private positive(words: readonly number[]): Value {
    const { prime } = this;
    if (prime === undefined) {
      const x = this.factor(words) * (0.5 + unit([...this.words, ...words]));
      return [x, 0, x];
    }
    const root = 1 + (hash([...this.words, ...words]) % (prime - 1));
    return this.lifted([(root * root) % prime, 0]);
  }

  /** A number as one without epsilon. */
  private lifted(v: Value): Value {
    return this.formal === undefined ? v : this.ring(0).resize(v);
  }

  private factor(words: readonly number[]): number {
    if (this.spread === 0) return 1;
    return 2 ** (2 * this.spread * unit([...this.words, ...words, purpose.size]) - this.spread);
  }

  isPositive(v: Value): boolean {
    if (this.prime === undefined) return (v[0] as number) > 1e-9 && Math.abs(v[1] as number) < 1e-9;
    return v.every((x, i) => i === 0 || x === 0) && powerMod(v[0] as number, (this.prime - 1) / 2, this.prime) === 1;
  }

  parameter(parameter: Parameter): Value {
    const fixed = this.fixed.get(parameter.id);
    if (fixed !== undefined) return fixed;
    const words = [purpose.parameter, parameter.id];
    const made = parameter.domain === "positive" ? this.positive(words) : this.draw(words, parameter.domain === "real");
    return this.formal?.parameters.has(parameter.id) ? marked(this.ring(0), made) : made;
  }

  // ---- points -----------------------------------------------------------------------------------------------

  point(place: Place, span: Span): number {
    if (place.kind === "constant") return place.value;
    if (place.kind === "label") return this.at(place.label);
    const [first] = place.terms;
    if (first === undefined) return place.offset;
    const n = this.compiler.points;
    const scale = scaleOf(this.at(first[0]));
    let residue = place.offset;
    for (const [label, coefficient] of place.terms) {
      const point = this.at(label);
      if (scaleOf(point) !== scale)
        throw new Unsupported("a sum of labels at different scales, like x + N y, has no place in the finite model", span);
      residue += coefficient * residueOf(point);
    }
    return (this.unscaled ? 0 : this.compiler.multiplyScale(scale, place.scale)) * 64 + (residue % n);
  }

  private at(label: number): number {
    const point = this.environment[label];
    if (point === undefined)
      throw new Unsupported(`the label ${this.compiler.labels[label]?.name} is neither bound nor a parameter here`, nowhere);
    return point;
  }

  // ---- scalars ----------------------------------------------------------------------------------------------

  /** The series of f at a tuple, to the order of the level. */
  private value(node: Extract<Node, { kind: "value" }>, order: number): Value {
    const { symbol } = node;
    const places = node.arguments;
    const level = this.level(order);
    let table = level.values[symbol.id];
    if (table === undefined) {
      table = new Map();
      level.values[symbol.id] = table;
    }
    // Up to four small points make one number; the list itself is made only where the value is new.
    let small = places.length <= 4;
    let packed = 0;
    for (const place of places) {
      const point = this.point(place, node.span);
      if (point < 0 || point >= 4096) small = false;
      packed = packed * 4096 + point;
    }
    let tuple: number[] | undefined;
    if (!small) tuple = places.map((place) => this.point(place, node.span));
    const key = tuple === undefined ? packed : tuple.join();
    const known = table.get(key);
    if (known !== undefined) return known;
    const made = this.valueAt(
      symbol,
      places.map((place) => this.point(place, node.span)),
      order,
    );
    table.set(key, made);
    return made;
  }

  private valueAt(symbol: SymbolInfo, tuple: readonly number[], order: number): Value {
    this.modes.spend(dearness);
    const series: number[] = [];
    for (let j = 0; j <= order; j++) series.push(...(this.defined(symbol, tuple, j) ?? this.random(symbol, tuple, j)));
    return series;
  }

  private random(symbol: SymbolInfo, tuple: readonly number[], order: number): Value {
    const plain = normalise(symbol, tuple);
    const key = `${symbol.id}:${plain.join()}`;
    let found = this.compiler.orbits.get(key);
    if (found === undefined) {
      found = orbit(symbol, plain, this.compiler.points);
      this.compiler.orbits.set(key, found);
    }
    const ring = this.ring(0);
    if (this.compiler.band !== undefined) return this.gradient.random(symbol, tuple, order);
    if (found.real && found.imaginary) return ring.zero;
    // Points are numbered by scale in order of occurrence; the scale's own text makes the key independent of that.
    const words = found.representative.flatMap((p, i) =>
      symbol.slots[i]?.kind === "finite" || p < 64 ? [p] : [residueOf(p), -7, ...this.compiler.scaleWords(scaleOf(p))],
    );
    let v = this.draw([purpose.value, symbol.id, order, found.representative.length, ...words], found.real || found.imaginary);
    if (found.imaginary) v = ring.multiply(v, ring.imaginary);
    const factor = this.magnitude(symbol);
    if (factor !== undefined) v = ring.multiply(v, factor);
    if (found.conjugated) v = ring.conj(v);
    return found.sign < 0 ? ring.negate(v) : v;
  }

  /** The factor of a whole function. */
  private magnitude(symbol: SymbolInfo): Value | undefined {
    const factor = this.factors.get(symbol.id);
    if (this.formal?.symbols.has(symbol.id)) return marked(this.ring(0), factor ?? this.ring(0).one);
    if (this.prime !== undefined || !this.compiler.small.has(symbol.id)) return factor;
    const small = this.smallness(symbol);
    return factor === undefined ? small : this.ring(0).multiply(small, factor);
  }

  /** What makes the norm of a random kernel about 1: that of a d x d matrix of numbers of order one is about 2 sqrt d. */
  private smallness(symbol: SymbolInfo): Value {
    let dimension = 1;
    for (const kind of symbol.slots.slice(symbol.slots.length >> 1))
      dimension *=
        kind.kind === "finite"
          ? this.compiler.values(kind).length
          : // A few frequencies: all entries have one size, so that the norm grows like d.
            this.compiler.points ** (kind.kind === "space" && this.compiler.band !== undefined ? 2 : 1);
    // Not the same in all trials: a series cut off late shows where the numbers are larger.
    const turn = [1, 3, 0.6][(this.words[1] ?? 0) % 3] as number;
    const factor = ((symbol.slots.length > 1 ? 0.5 / Math.sqrt(dimension) : 0.6) * turn) / 2 ** this.shrink;
    return [factor, 0, factor];
  }

  /** Value of a scalar node at the present environment, as a series to the given order. */
  scalar(node: Node, order: number): Value {
    switch (node.kind) {
      case "value":
        return this.value(node, order);
      case "delta":
        return this.delta(node, order);
      case "conj":
        return this.ring(order).conj(this.scalar(node.of, order));
      case "sum":
      case "product":
        return this.compiler.shared[node.id] ? this.remembered(node, order) : this.combined(node, order);
      default:
        return this.remembered(node, order);
    }
  }

  private combined(node: Extract<Node, { kind: "sum" | "product" }>, order: number): Value {
    const ring = this.ring(order);
    if (node.kind === "sum") {
      this.modes.spend(node.terms.length);
      let sum = ring.zero;
      for (const term of node.terms) sum = ring.add(sum, this.scalar(term, order));
      return sum;
    }
    this.modes.spend(node.scalars.length);
    let product = ring.one;
    for (const factor of node.scalars) {
      product = ring.multiply(product, this.scalar(factor, order));
      if (ring.isZero(product)) return product;
    }
    return product;
  }

  /** The values of the dearer nodes are kept, by the points of the labels they depend on. */
  private remembered(node: Node, order: number): Value {
    const level = this.level(order);
    let table = level.scalars[node.id];
    if (table === undefined) {
      table = new Map();
      level.scalars[node.id] = table;
    }
    const key = this.key(node);
    const known = table.get(key);
    if (known !== undefined) return known;
    this.modes.spend(dearness);
    const value = this.compute(node, order);
    table.set(key, value);
    return value;
  }

  protected key(node: Node): number | string {
    const { free } = node;
    if (free.length === 0) return 0;
    if (free.length === 1) return this.at(free[0] as number);
    if (free.length <= 4) {
      let key = 0;
      let small = true;
      for (const label of free) {
        const point = this.at(label);
        if (point < 0 || point >= 4096) small = false;
        key = key * 4096 + point;
      }
      if (small) return key;
    }
    return free.map((label) => this.at(label)).join();
  }

  private compute(node: Node, order: number): Value {
    const ring = this.ring(order);
    switch (node.kind) {
      case "sum":
      case "product":
        return this.combined(node, order);
      case "number":
        return ring.rational(node.value);
      case "imaginary":
        return ring.imaginary;
      case "pi":
        return ring.resize(this.prime === undefined ? [Math.PI, 0, Math.PI] : this.positive([purpose.pi]));
      case "parameter":
        return ring.resize(this.parameter(node.parameter));
      case "power":
        return this.power(node, order);
      case "bind": {
        let sum = ring.zero;
        this.loop(node.labels, node.domains, () => {
          this.modes.spend(1);
          sum = ring.add(sum, this.scalar(node.body, order));
        });
        return sum;
      }
      case "expectation":
        return this.expectation(node.of, order);
      case "derivative":
        return ring.differentiate(this.scalar(node.of, order + 1));
      case "function":
        return this.transcendental(node.name, this.scalar(node.of, order), ring);
      case "partial": {
        let sum = ring.zero;
        this.along(node, order, (weight) => {
          sum = ring.add(sum, ring.multiply(weight, this.scalar(node.of, order)));
        });
        return sum;
      }
      case "slope":
        return this.slope(node, order);
      case "call":
        return this.enter(node, () => this.scalar(node.body, order));
      case "hyperbolic":
        return seriesAt({
          ring,
          node,
          known: this.level(order).series,
          environment: this.environment,
          scalar: (part) => this.scalar(part, order),
          spend: this.modes.spend,
        });
      case "normal":
      case "part":
      case "commutator":
      case "ladder":
      case "unitary":
        throw new Unsupported("an operator stands where a number is needed", node.span);
      default:
        return this.scalar(node, order);
    }
  }

  private transcendental(name: "exp" | "cosh" | "sinh", of: Value, ring: Ring): Value {
    const up = ring.exp(of);
    if (name === "exp") return up;
    const down = ring.exp(ring.negate(of));
    const half = ring.rational({ n: 1n, d: 2n });
    return ring.multiply(half, name === "cosh" ? ring.add(up, down) : ring.subtract(up, down));
  }

  private power(node: Extract<Node, { kind: "power" }>, order: number): Value {
    const ring = this.ring(order);
    const { exponent } = node;
    if (!isInteger(exponent)) return this.root(node, order);
    const base = this.scalar(node.base, order);
    let rest = exponent.n < 0n ? -exponent.n : exponent.n;
    if (rest > 1n << 60n) throw new Unsupported("the exponent is too large for the finite model", node.span);
    let square = exponent.n < 0n ? ring.invert(base) : base;
    let result = ring.one;
    for (; rest > 0n; rest >>= 1n) {
      if (rest & 1n) result = ring.multiply(result, square);
      square = ring.multiply(square, square);
      if (!ring.exact && !Number.isFinite(square[0] as number)) throw new Slow("a power overflows");
    }
    return result;
  }

  /** (a b ...)^q is a^q b^q ... for positive factors. A number's root is made of those of numerator and denominator. */
  private root(node: Extract<Node, { kind: "power" }>, order: number): Value {
    const ring = this.ring(order);
    const base = this.scalar(node.base, order);
    if (!ring.exact && (base[0] as number) < 0 && Math.abs(base[1] as number) < 1e-9 * (base[2] as number)) {
      // On the cut of the principal root: sqrt(-2) is i sqrt 2 whatever the sign of a zero imaginary part is.
      return ring.root(
        base.map((x, i) => (i % 3 === 1 ? Math.abs(x) : x)),
        node.exponent,
      );
    }
    if (this.formal?.roots === false && (base[0] !== 1 || base[1] !== 0))
      throw new Transcendental("a root of what is no positive monomial");
    return ring.root(base, node.exponent);
  }

  private delta(node: Extract<Node, { kind: "delta" }>, order: number): Value {
    const ring = this.ring(order);
    const [a, b] = [this.point(node.left, node.span), this.point(node.right, node.span)];
    if (node.of.kind === "finite") return a === b ? ring.one : ring.zero;
    if (residueOf(a) !== residueOf(b)) return ring.zero;
    const origin = (place: Place): boolean => place.kind === "form" && place.terms.length === 0;
    const scales = [...(origin(node.left) ? [] : [scaleOf(a)]), ...(origin(node.right) ? [] : [scaleOf(b)])];
    const [scale = 0] = scales;
    if (scales.some((s) => s !== scale))
      throw new Unsupported("a delta of labels at different scales, like x - N y, has no place in the finite model", node.span);
    if (node.dimension === 0) return ring.one;
    // delta(w u) = |w|^{-d} delta(u)
    let result = ring.one;
    if (node.unit.n !== node.unit.d) {
      const over = ring.rational({ n: node.unit.d, d: node.unit.n });
      for (let i = 0; i < node.dimension; i++) result = ring.multiply(result, over);
    }
    if (scale === 0) return result;
    for (const { parameter, exponent } of this.compiler.scales[scale]?.factors ?? []) {
      if (parameter.domain !== "positive")
        throw new Unsupported(`a delta scaled by ${parameter.name}, which may be negative, has no place in the finite model`, node.span);
      const base = ring.resize(this.parameter(parameter));
      const factor = exponent > 0 ? ring.invert(base) : base;
      for (let i = 0; i < Math.abs(exponent) * node.dimension; i++) result = ring.multiply(result, factor);
    }
    return result;
  }

  protected loop(labels: readonly number[], domains: readonly (readonly number[])[], body: () => void, from = 0): void {
    if (from === labels.length) {
      body();
      return;
    }
    const label = labels[from] as number;
    const old = this.environment[label];
    for (const point of domains[from] as readonly number[]) {
      this.environment[label] = point;
      this.loop(labels, domains, body, from + 1);
    }
    this.environment[label] = old as number;
  }

  // ---- derivatives in space, see `gradient.ts` --------------------------------------------------------------

  /** A random number for a function of low frequencies, by which operators are tested. */
  test(symbol: SymbolInfo, points: readonly number[]): Value {
    return this.gradient.random(symbol, points, 0);
  }

  /** Puts a label at all points of its scale, with the derivative's weights. */
  protected along(node: Extract<Node, { kind: "partial" }>, order: number, body: (weight: Value) => void): void {
    const at = this.at(node.label);
    this.gradient.along(at, node.order, order, (point, weight) => {
      this.environment[node.label] = point;
      this.modes.spend(1);
      body(weight);
    });
    this.environment[node.label] = at;
  }

  private slope(node: Extract<Node, { kind: "slope" }>, order: number): Value {
    const tuple = node.arguments.map((place) => this.point(place, node.span));
    if (this.compiler.scales.length > 1 && node.arguments.some((p) => p.kind === "form" && p.terms.length === 0))
      throw new Unsupported("a derivative at the origin beside scaled labels is not in the finite model", node.span);
    return this.gradient.slope(node.symbol, tuple, node.orders, order, (points) => this.valueAt(node.symbol, points, order));
  }

  protected enter<T>(node: Extract<Node, { kind: "call" }>, body: () => T): T {
    const points = node.arguments.map((a) => this.point(a, node.span));
    const old = node.parameters.map((p) => this.environment[p] as number);
    node.parameters.forEach((p, i) => {
      this.environment[p] = points[i] as number;
    });
    const result = body();
    node.parameters.forEach((p, i) => {
      this.environment[p] = old[i] as number;
    });
    return result;
  }

  compile(e: Expression): Node {
    return this.compiler.node(e);
  }

  /** <A>, for which operators are needed: see `machine.ts`. */
  protected abstract expectation(operator: Node, order: number): Value;
  /** See `Modes`. */
  protected abstract image(word: Word, symbol: number, order: number): Form | undefined;
  protected abstract rate(letter: Letter, order: number): Poly;
}

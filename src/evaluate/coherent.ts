import type { Form } from "./form.js";
import { leftOver } from "./generator.js";
import { Unsupported } from "./limits.js";
import type { Done } from "./machine.js";
import type { Node } from "./node.js";
import type { Monomial, Poly } from "./poly.js";
import { isAnnihilator, modeOfSymbol } from "./poly.js";
import { Products, type Term } from "./products.js";
import type { Ring, Value } from "./ring.js";
import { type Background, behind, emptyState, initialState, type Linear, partOf, type State } from "./state.js";
import { testOf } from "./trigonometric.js";
import { lengthen, letterOf, type Word } from "./word.js";

/** Where the polynomials of states are taken: zeta_m = value(m). */
interface Point {
  readonly value: (mode: number) => Value;
  readonly monomials: Map<Monomial, Value>;
  /** Of linear forms, by what stands in the exponent. */
  readonly numbers: Map<string, Map<Form, Value>>;
  /** Of shared nodes in \\Nor{...}, by node and labels. */
  readonly written: Map<string, Value>;
}

/**
 * A sum of numbers in front of exponentials: the value of each polynomial at a point, which is a matrix element
 * <exp(sum l_m a_m^*) 0, A v>. `at` gives the point where a polynomial behind a word is wanted: unitaries that act later move it.
 */
interface Sink {
  readonly start: State["start"];
  readonly parts: Map<string, { readonly background: Background; value: Value }>;
  readonly at: (word: Word) => Point;
  readonly done: Done<Sink>;
}

/**
 * A machine that wants one number of a vector instead of its polynomial. Nothing acts on what the leftmost operator makes, so a
 * linear form f zeta + g d/dzeta + c there needs but the value and the derivative along g at the point l; the
 * one before needs second derivatives, along g and its own g', and so on. For a product of n linear forms on a constant that is 2^n
 * numbers, whatever the number of modes:
 *   V(k, D) = (f_k l + g_k r + c_k) V(k-1, D) + V(k-1, D + {k}) + sum_{d in D} (g_d f_k) V(k-1, D - {d})
 * is the derivative along all g_d, d in D, of the k-th product, by the rule of Leibniz.
 */
export class Coherent extends Products {
  private readonly points: Point[] = [];
  private readonly origins: Point[] = [];

  override forget(): void {
    super.forget();
    this.points.length = 0;
    this.origins.length = 0;
  }

  override generic(node: Node, into: State, coefficient: Value): void {
    if (this.compiler.fermions) {
      super.generic(node, into, coefficient);
      return;
    }
    const ring = this.ring(0);
    const sink = this.sink("generic", this.anywhere(0));
    this.enterSink(node, initialState("generic", ring, this.modes), 0, sink, coefficient);
    this.empty(sink, into, 0);
  }

  protected override expectation(operator: Node, order: number): Value {
    if (this.compiler.fermions) return super.expectation(operator, order);
    const ring = this.ring(order);
    const sink = this.sink("vacuum", this.origin(order));
    this.enterSink(operator, initialState("vacuum", ring, this.modes), order, sink, ring.one);
    let sum = ring.zero;
    for (const { background, value } of sink.parts.values()) {
      if (background.word.key !== "") throw new Unsupported(leftOver, operator.span);
      sum = ring.add(sum, ring.multiply(value, ring.exp(background.scalar)));
    }
    return sum;
  }

  private sink(start: State["start"], point: Point): Sink {
    return { start, parts: new Map(), at: () => point, done: new WeakMap() };
  }

  /** Random values of all zeta; functions of low frequencies where there are derivatives in space. */
  private anywhere(order: number): Point {
    const known = this.points[order];
    if (known !== undefined) return known;
    const ring = this.ring(order);
    const values: Value[] = [];
    const made = newPoint((mode) => {
      const old = values[mode];
      if (old !== undefined) return old;
      const { species, points } = this.compiler.places[mode] as (typeof this.compiler.places)[number];
      const value = ring.resize(this.compiler.band === undefined ? this.symbolAt(mode) : this.test(testOf(species, 1), points));
      values[mode] = value;
      return value;
    });
    this.points[order] = made;
    return made;
  }

  private origin(order: number): Point {
    const { zero } = this.ring(order);
    const made = this.origins[order] ?? newPoint(() => zero);
    this.origins[order] = made;
    return made;
  }

  // ---- numbers into a sink ----------------------------------------------------------------------------------

  private deposit(sink: Sink, background: Background, value: Value, ring: Ring): void {
    const known = sink.parts.get(background.key);
    if (known === undefined) sink.parts.set(background.key, { background, value });
    else known.value = ring.add(known.value, value);
  }

  /** sink += coefficient * state. */
  private pour(state: State, sink: Sink, order: number, coefficient: Value): void {
    const ring = this.ring(order);
    for (const { background, poly } of state.parts.values()) {
      if (poly.size === 0) continue;
      this.deposit(sink, background, ring.multiply(coefficient, this.taken(poly, sink.at(background.word), order)), ring);
    }
  }

  /** The numbers of a sink as constant polynomials. */
  private empty(sink: Sink, into: State, order: number): void {
    const ring = this.ring(order);
    const { unit } = this.modes.monomials;
    for (const { background, value } of sink.parts.values()) {
      const poly = partOf(into, background);
      const old = poly.get(unit);
      poly.set(unit, old === undefined ? value : ring.add(old, value));
    }
  }

  private taken(poly: Poly, point: Point, order: number): Value {
    const ring = this.ring(order);
    let sum = ring.zero;
    this.modes.spend(poly.size);
    for (const [m, value] of poly) sum = ring.add(sum, ring.multiply(value, this.monomial(m, point, ring)));
    return sum;
  }

  /** Of bosonic creators, or of annihilators at the numbers that they stand for on the generic start. */
  private monomial(m: Monomial, point: Point, ring: Ring): Value {
    const known = point.monomials.get(m);
    if (known !== undefined) return known;
    let value = ring.one;
    for (const s of m.symbols)
      value = ring.multiply(value, isAnnihilator(s) ? this.modes.reference(modeOfSymbol(s), ring) : point.value(modeOfSymbol(s)));
    point.monomials.set(m, value);
    return value;
  }

  // ---- operators --------------------------------------------------------------------------------------------

  /** sink += coefficient * (node state). */
  private enterSink(node: Node, state: State, order: number, sink: Sink, coefficient: Value): void {
    const ring = this.ring(order);
    if (node.scalar) {
      const c = ring.multiply(coefficient, this.scalar(node, order));
      if (!ring.isZero(c)) this.pour(state, sink, order, c);
      return;
    }
    if (this.compiler.shared[node.id] && (node.kind === "sum" || node.kind === "bind")) {
      const known = this.again(sink.done, node, state, order, () => {
        const made: Sink = { ...sink, parts: new Map() };
        this.descend(node, state, order, made, ring.one);
        return made;
      });
      if (known !== undefined) {
        for (const { background, value } of known.parts.values()) this.deposit(sink, background, ring.multiply(coefficient, value), ring);
        return;
      }
    }
    this.descend(node, state, order, sink, coefficient);
  }

  private descend(node: Node, state: State, order: number, sink: Sink, coefficient: Value): void {
    const ring = this.ring(order);
    switch (node.kind) {
      case "sum":
        for (const term of node.terms) this.enterSink(term, state, order, sink, coefficient);
        return;
      case "bind":
        this.loop(node.labels, node.domains, () => this.enterSink(node.body, state, order, sink, coefficient));
        return;
      case "partial":
        this.along(node, order, (weight) => this.enterSink(node.of, state, order, sink, ring.multiply(weight, coefficient)));
        return;
      case "call":
        this.enter(node, () => this.enterSink(node.body, state, order, sink, coefficient));
        return;
      case "ladder":
        this.chain([node], state, order, sink, coefficient);
        return;
      case "product": {
        let c = coefficient;
        for (const factor of node.scalars) {
          c = ring.multiply(c, this.scalar(factor, order));
          if (ring.isZero(c)) return;
        }
        this.chain(node.operators, state, order, sink, c);
        return;
      }
      case "commutator": {
        this.chain([node.left, node.right], state, order, sink, coefficient);
        this.chain([node.right, node.left], state, order, sink, node.sign < 0 ? ring.negate(coefficient) : coefficient);
        return;
      }
      case "normal": {
        const constant = this.constant(state);
        if (constant === undefined) break;
        const point = sink.at(constant.background.word);
        const value = this.commuting(node.of, order, point);
        this.deposit(sink, constant.background, ring.multiply(coefficient, ring.multiply(constant.factor, value)), ring);
        return;
      }
      default:
    }
    this.pour(this.apply(node, state, order), sink, order, coefficient);
  }

  /** sink += coefficient * (product of operators) state. */
  private chain(operators: readonly Node[], state: State, order: number, sink: Sink, coefficient: Value): void {
    const ring = this.ring(order);
    let outer = 0;
    while (operators[outer]?.kind === "unitary") outer++;
    if (outer === operators.length) {
      this.pour(this.sequence(operators, state, order), sink, order, coefficient);
      return;
    }
    if (outer > 0) {
      const unitaries = operators.slice(0, outer) as Extract<Node, { kind: "unitary" }>[];
      const inner = this.before(unitaries, sink, order);
      this.chain(operators.slice(outer), state, order, inner, coefficient);
      const constants = emptyState(sink.start);
      this.empty(inner, constants, order);
      this.pour(this.sequence(unitaries, constants, order), sink, order, ring.one);
      return;
    }
    const { unit } = this.modes.monomials;
    const isConstant = (poly: Poly): boolean => poly.size === 1 && poly.has(unit);
    if (this.isShort(operators) && [...state.parts.values()].every(({ poly }) => poly.size === 0 || isConstant(poly))) {
      const terms = this.multipliedOut(operators, order);
      for (const { background, poly } of state.parts.values()) {
        const constant = poly.get(unit);
        if (constant === undefined) continue;
        const value = ring.multiply(constant, this.element(terms, background, sink, order));
        this.deposit(sink, background, ring.multiply(coefficient, value), ring);
      }
      return;
    }
    const [first, ...rest] = operators as [Node, ...Node[]];
    const current = this.sequence(rest, state, order);
    if (!this.isLinear(first)) {
      this.enterSink(first, current, order, sink, coefficient);
      return;
    }
    const form = this.form(first, order);
    for (const { background, poly } of current.parts.values()) {
      if (poly.size === 0) continue;
      const value = this.slopeOf(this.behindWord(form, background.word, order), poly, background, sink, order);
      this.deposit(sink, background, ring.multiply(coefficient, value), ring);
    }
  }

  /** Of a sum of products of linear forms on the exponential of a background, at the sink's point. */
  private element(terms: readonly Term[], background: Background, sink: Sink, order: number): Value {
    const ring = this.ring(order);
    const point = sink.at(background.word);
    let sum = ring.zero;
    for (const { factor, forms } of terms) {
      const moved = forms.map((form) => this.behindWord(form, background.word, order));
      const value = this.leibniz(moved, this.numbers(moved, point, background, sink.start, order), ring);
      sum = ring.add(sum, ring.multiply(factor, value));
    }
    return sum;
  }

  /** (f zeta + g d/dzeta + c) P at a point. */
  private slopeOf(form: Form, poly: Poly, background: Background, sink: Sink, order: number): Value {
    const ring = this.ring(order);
    const point = sink.at(background.word);
    const [number] = this.numbers([form], point, background, sink.start, order);
    const along = new Map(form.annihilation);
    let sum = ring.multiply(number as Value, this.taken(poly, point, order));
    for (const [m, value] of poly) {
      let before = -1;
      for (const symbol of m.symbols) {
        const g = symbol === before ? undefined : along.get(symbol);
        before = symbol;
        if (g === undefined) continue;
        const { to, factor } = this.modes.monomials.lower(m, symbol);
        sum = ring.add(sum, ring.multiply(ring.multiply(g, ring.scale(value, factor)), this.monomial(to, point, ring)));
      }
    }
    this.modes.spend(2 * poly.size);
    return sum;
  }

  private numbers(forms: readonly Form[], point: Point, background: Background, start: State["start"], order: number): readonly Value[] {
    const ring = this.ring(order);
    let table = point.numbers.get(background.key);
    if (table === undefined) {
      table = new Map();
      point.numbers.set(background.key, table);
    }
    const known = table;
    return forms.map((form) => {
      const old = known.get(form);
      if (old !== undefined) return old;
      let sum = form.constant;
      for (const [mode, f] of form.creation) sum = ring.add(sum, ring.multiply(f, point.value(mode)));
      for (const [mode, g] of form.annihilation) {
        const shift = background.shift.get(mode);
        if (shift !== undefined) sum = ring.add(sum, ring.multiply(g, shift));
        if (start === "generic") sum = ring.add(sum, ring.multiply(g, this.modes.reference(mode, ring)));
      }
      this.modes.spend(form.creation.length + form.annihilation.length);
      known.set(form, sum);
      return sum;
    });
  }

  // ---- unitaries to the left --------------------------------------------------------------------------------

  /** The sink of what stands behind unitaries: a Weyl operator turns P(zeta) into P(zeta - g), so P is wanted at l - g. */
  private before(unitaries: readonly Extract<Node, { kind: "unitary" }>[], sink: Sink, order: number): Sink {
    const ring = this.ring(order);
    const known = new Map<Word, Point>();
    const at = (word: Word): Point => {
      const old = known.get(word);
      if (old !== undefined) return old;
      let current = word;
      const moved = new Map<number, Value>();
      for (let i = unitaries.length - 1; i >= 0; i--) {
        const node = unitaries[i] as Extract<Node, { kind: "unitary" }>;
        const generator = this.generator(node, order);
        if (generator.quadratic !== undefined) current = lengthen(current, letterOf(node));
        else {
          const linear: Linear = current.key === "" ? generator.linear : behind(ring, this.modes, current, generator.linear);
          for (const [mode, g] of linear.annihilation)
            moved.set(mode, (node.inverse ? ring.add : ring.subtract)(moved.get(mode) ?? ring.zero, g));
        }
      }
      const outer = sink.at(current);
      const made =
        moved.size === 0
          ? outer
          : newPoint((mode) => {
              const by = moved.get(mode);
              return by === undefined ? outer.value(mode) : ring.add(outer.value(mode), by);
            });
      known.set(word, made);
      return made;
    };
    return { start: sink.start, parts: new Map(), at, done: new WeakMap() };
  }

  // ---- what stands in \Nor{...} -----------------------------------------------------------------------------

  /** An operator multiplied out as if all ladder operators commuted, each of them a number. */
  private commuting(node: Node, order: number, point: Point): Value {
    if (node.scalar) return this.scalar(node, order);
    if (!this.compiler.shared[node.id]) return this.multipliedAt(node, order, point);
    const key = `${order} ${node.id} ${this.key(node)}`;
    const known = point.written.get(key);
    if (known !== undefined) return known;
    const made = this.multipliedAt(node, order, point);
    point.written.set(key, made);
    return made;
  }

  private multipliedAt(node: Node, order: number, point: Point): Value {
    const ring = this.ring(order);
    const of = (part: Node): Value => this.commuting(part, order, point);
    switch (node.kind) {
      case "ladder": {
        const mode = this.mode(node);
        return node.creation ? point.value(mode) : this.modes.reference(mode, ring);
      }
      case "sum": {
        let sum = ring.zero;
        for (const term of node.terms) sum = ring.add(sum, of(term));
        return sum;
      }
      case "product": {
        if (node.operators.some(({ kind }) => kind === "unitary")) return this.taken(this.commutative(node, order, true), point, order);
        let product = ring.one;
        for (const scalar of node.scalars) {
          product = ring.multiply(product, this.scalar(scalar, order));
          if (ring.isZero(product)) return product;
        }
        for (const operator of node.operators) product = ring.multiply(product, of(operator));
        return product;
      }
      case "bind": {
        let sum = ring.zero;
        this.loop(node.labels, node.domains, () => {
          this.modes.spend(1);
          sum = ring.add(sum, of(node.body));
        });
        return sum;
      }
      case "call":
        return this.enter(node, () => of(node.body));
      case "normal":
        return of(node.of);
      default:
        return this.taken(this.commutative(node, order, true), point, order);
    }
  }
}

function newPoint(value: (mode: number) => Value): Point {
  const values: Value[] = [];
  return {
    value: (mode) => {
      const known = values[mode] ?? value(mode);
      values[mode] = known;
      return known;
    },
    monomials: new Map(),
    numbers: new Map(),
    written: new Map(),
  };
}

import type { Species } from "../core/expression.js";
import type { Span } from "../source/span.js";
import { type Form, polyOf, shiftsOf, through } from "./form.js";
import { type Generator, generatorOf, leftOver, modesOf } from "./generator.js";
import { Unsupported } from "./limits.js";
import { Numbers } from "./numbers.js";
import {
  accumulate,
  addPoly,
  annihilatorSymbol,
  creatorSymbol,
  isAnnihilator,
  type Monomial,
  modeOfSymbol,
  multiplyPoly,
  type Poly,
} from "./poly.js";
import type { Node, Place } from "./program.js";
import { imagesOf, type Quadratic, quadraticOf, rateOf, symbolOf } from "./quadratic.js";
import type { Value } from "./ring.js";
import {
  addState,
  applyLadder,
  applyLadders,
  applySymbol,
  type Background,
  differentiateState,
  displace,
  emptyState,
  initialState,
  type Ladder,
  makeBackground,
  partOf,
  plainPoly,
  resizeState,
  type State,
} from "./state.js";
import { type Letter, lengthen, letterOf, type Word } from "./word.js";

/** Ladder operators that are applied in one go, see `applyLadders`. */
const longestRun = 6;

const unordered = "a unitary has no normal ordering of finitely many terms";

/** What shared nodes have given, by the state and by node and labels; null where they were asked for once. */
export type Done<T> = WeakMap<State, Map<string, T | null>>;

/** A model with its operators: how nodes act on states, and their normal symbols. */
export class Machine extends Numbers {
  private readonly done: Done<State> = new WeakMap();

  /** <A>: the constant term of A on the vacuum. */
  protected expectation(operator: Node, order: number): Value {
    const ring = this.ring(order);
    const state = this.apply(operator, initialState("vacuum", ring, this.modes), order);
    let sum = ring.zero;
    for (const { background, poly } of state.parts.values()) {
      if (background.word.key !== "") throw new Unsupported(leftOver, operator.span);
      const constant = poly.get(this.modes.monomials.unit);
      if (constant !== undefined) sum = ring.add(sum, ring.multiply(constant, ring.exp(background.scalar)));
    }
    return sum;
  }

  /** The operator of a node applied to a state. */
  apply(node: Node, state: State, order: number): State {
    const into = emptyState(state.start);
    this.act(node, state, order, into, this.ring(order).one);
    return into;
  }

  /** into += coefficient * (node state). */
  private act(node: Node, state: State, order: number, into: State, coefficient: Value): void {
    const ring = this.ring(order);
    if (node.scalar) {
      const c = ring.multiply(coefficient, this.scalar(node, order));
      if (!ring.isZero(c)) addState(ring, this.modes, state, into, c);
      return;
    }
    if (this.compiler.shared[node.id] && (node.kind === "sum" || node.kind === "bind")) {
      const known = this.again(this.done, node, state, order, () => {
        const made = emptyState(state.start);
        this.perform(node, state, order, made, ring.one);
        return made;
      });
      if (known !== undefined) {
        addState(ring, this.modes, known, into, coefficient);
        return;
      }
    }
    this.perform(node, state, order, into, coefficient);
  }

  /** What a node makes of a state, from the second time on that it is asked for: most are asked once, and nothing is kept for them. */
  protected again<T>(done: Done<T>, node: Node, state: State, order: number, make: () => T): T | undefined {
    let table = done.get(state);
    if (table === undefined) {
      table = new Map();
      done.set(state, table);
    }
    const key = `${order} ${node.id} ${this.key(node)}`;
    const known = table.get(key);
    if (known !== null && known !== undefined) return known;
    this.modes.spend(1);
    table.set(key, null);
    if (known === undefined) return undefined;
    const made = make();
    table.set(key, made);
    return made;
  }

  private perform(node: Node, state: State, order: number, into: State, coefficient: Value): void {
    const ring = this.ring(order);
    switch (node.kind) {
      case "sum":
        for (const term of node.terms) this.act(term, state, order, into, coefficient);
        return;
      case "product": {
        let c = coefficient;
        for (const factor of node.scalars) {
          c = ring.multiply(c, this.scalar(factor, order));
          if (ring.isZero(c)) return;
        }
        this.follow(node.operators, state, order, into, c);
        return;
      }
      case "power": {
        if (node.exponent.n > 100000n) throw new Unsupported("the power of an operator is too high for the finite model", node.span);
        let current = state;
        for (let i = 0; i < Number(node.exponent.n); i++) current = this.apply(node.base, current, order);
        addState(ring, this.modes, current, into, coefficient);
        return;
      }
      case "bind":
        this.loop(node.labels, node.domains, () => this.act(node.body, state, order, into, coefficient));
        return;
      case "partial":
        this.along(node, order, (weight) => this.act(node.of, state, order, into, ring.multiply(weight, coefficient)));
        return;
      case "ladder":
        applyLadder(ring, this.modes, this.mode(node), node.creation, state, into, coefficient);
        return;
      case "commutator": {
        this.act(node.left, this.apply(node.right, state, order), order, into, coefficient);
        const other = this.apply(node.left, state, order);
        this.act(node.right, other, order, into, node.sign < 0 ? ring.negate(coefficient) : coefficient);
        return;
      }
      case "normal":
      case "part": {
        const constant = this.constant(state);
        if (constant === undefined) {
          const symbol = node.kind === "part" ? this.part(node, order) : this.written(node, order);
          applySymbol(ring, this.modes, symbol, state, into, coefficient);
          return;
        }
        // On the start itself the operator's symbol is the answer, with the numbers r_m in place of omega_m.
        const symbol = this.rememberedSymbol(node, "w", order, () =>
          node.kind === "part" ? this.substitute(this.part(node, order), order) : this.commutative(node.of, order, true),
        );
        this.modes.spend(symbol.size + 1);
        addPoly(ring, partOf(into, constant.background), symbol, ring.multiply(coefficient, constant.factor));
        return;
      }
      case "unitary":
        this.unitary(node, order, state, into, coefficient);
        return;
      case "derivative": {
        // (dA/dt) v = d/dt (A v) - A dv/dt, for any continuation of v to the next order.
        const next = this.ring(order + 1);
        const longer = resizeState(next, state);
        const first = differentiateState(ring, this.modes, this.apply(node.of, longer, order + 1));
        const second = this.apply(node.of, differentiateState(ring, this.modes, longer), order);
        addState(ring, this.modes, first, into, coefficient);
        addState(ring, this.modes, second, into, ring.negate(coefficient));
        return;
      }
      case "call":
        this.enter(node, () => this.act(node.body, state, order, into, coefficient));
        return;
      default:
        throw new Unsupported(`the finite model has no action for ${node.kind}`, node.span);
    }
  }

  /** The product of operators applied to a state. */
  protected sequence(operators: readonly Node[], state: State, order: number): State {
    if (operators.length === 0) return state;
    const into = emptyState(state.start);
    this.follow(operators, state, order, into, this.ring(order).one);
    return into;
  }

  /** into += coefficient * (product of operators) state. */
  private follow(operators: readonly Node[], state: State, order: number, into: State, coefficient: Value): void {
    const ring = this.ring(order);
    let current = state;
    for (let end = operators.length; ; ) {
      // The longest run of ladder operators at the right end of what is left, else one operator.
      const ladders: Ladder[] = [];
      let start = end;
      for (; start > 0 && end - start < longestRun; start--) {
        const factor = operators[start - 1] as Node;
        if (factor.kind !== "ladder") break;
        ladders.push({ mode: this.mode(factor), creation: factor.creation });
      }
      ladders.reverse();
      const last = start === 0 || (start === end && start === 1);
      const target = last ? into : emptyState(state.start);
      const factor = last ? coefficient : ring.one;
      if (start < end) applyLadders(ring, this.modes, ladders, current, target, factor);
      else this.act(operators[--start] as Node, current, order, target, factor);
      if (last) return;
      current = target;
      end = start;
    }
  }

  protected mode(node: Extract<Node, { kind: "ladder" }>): number {
    const { modes } = this.compiler;
    let table = modes[node.id];
    if (table === undefined) {
      table = new Map();
      modes[node.id] = table;
    }
    const points = this.key(node);
    let mode = table.get(points);
    if (mode === undefined) {
      mode = this.newMode(node.species, node.arguments, node.span);
      table.set(points, mode);
    }
    return mode;
  }

  private newMode(species: Species, args: readonly Place[], span: Span): number {
    const points: number[] = [];
    for (let i = 0; i < args.length; i++) {
      const point = this.point(args[i] as Place, span);
      if (species.slots[i]?.kind !== "finite" && point >= 64)
        throw new Unsupported(
          "a ladder operator at a scaled label changes its commutation relation, which the finite model cannot follow",
          span,
        );
      points.push(point);
    }
    return this.compiler.mode(species, points);
  }

  /** The factor of a state that is a multiple of the generic start. */
  protected constant(state: State): { readonly background: Background; readonly factor: Value } | undefined {
    if (state.start !== "generic" || state.parts.size !== 1 || this.compiler.forms !== undefined) return undefined;
    for (const { background, poly } of state.parts.values()) {
      const factor = poly.get(this.modes.monomials.unit);
      if (background.key === "||" && background.shift.size === 0 && poly.size === 1 && factor !== undefined) return { background, factor };
    }
    return undefined;
  }

  /** The symbol at omega_m = r_m for bosons. */
  private substitute(symbol: Poly, order: number): Poly {
    const ring = this.ring(order);
    const out: Poly = new Map();
    for (const [m, value] of symbol) {
      let factor = value;
      let rest = this.modes.monomials.unit;
      for (let i = m.symbols.length - 1; i >= 0; i--) {
        const s = m.symbols[i] as number;
        if (isAnnihilator(s) && !this.modes.fermionic(modeOfSymbol(s)))
          factor = ring.multiply(factor, this.modes.reference(modeOfSymbol(s), ring));
        else rest = this.modes.monomials.raise(rest, s).to;
      }
      accumulate(ring, out, rest, factor);
    }
    return out;
  }

  private rememberedSymbol(node: Node, what: string, order: number, make: () => Poly): Poly {
    const level = this.level(order);
    const key = `${node.id}${what}${this.key(node)}`;
    const known = level.symbols.get(key);
    if (known !== undefined) return known;
    const made = make();
    level.symbols.set(key, made);
    return made;
  }

  /** The normal symbol of an operator. @throws Unsupported when it is no polynomial */
  symbol(node: Node, order: number): Poly {
    return this.rememberedSymbol(node, "s", order, () =>
      plainPoly(this.apply(node, initialState("formal", this.ring(order), this.modes), order), "the normal form", node.span),
    );
  }

  private part(node: Extract<Node, { kind: "part" }>, order: number): Poly {
    return this.rememberedSymbol(node, "p", order, () => {
      const out: Poly = new Map();
      for (const [m, value] of this.symbol(node.of, order)) {
        if (node.total !== undefined && m.creators + m.annihilators !== node.total) continue;
        if (node.creators !== undefined && m.creators !== node.creators) continue;
        if (node.annihilators !== undefined && m.annihilators !== node.annihilators) continue;
        out.set(m, value);
      }
      return out;
    });
  }

  /** What stands in \Nor{...}, multiplied out as if all ladder operators (anti)commuted. */
  private written(node: Extract<Node, { kind: "normal" }>, order: number): Poly {
    return this.rememberedSymbol(node, "n", order, () => this.commutative(node.of, order));
  }

  protected commutative(node: Node, order: number, numeric = false): Poly {
    if (node.scalar) {
      const value = this.scalar(node, order);
      return this.ring(order).isZero(value) ? new Map() : new Map([[this.modes.monomials.unit, value]]);
    }
    if (this.compiler.shared[node.id] && (node.kind === "sum" || node.kind === "bind"))
      return this.rememberedSymbol(node, numeric ? "d" : "c", order, () => this.multiplied(node, order, numeric));
    return this.multiplied(node, order, numeric);
  }

  private multiplied(node: Node, order: number, numeric: boolean): Poly {
    const ring = this.ring(order);
    const { monomials } = this.modes;
    const times = (a: Poly, b: Poly): Poly => multiplyPoly(ring, monomials, a, b, this.modes.spend);
    const constant = (v: Value): Poly => (ring.isZero(v) ? new Map() : new Map([[monomials.unit, v]]));
    const add = (into: Poly, from: Poly, sign = 1): void => {
      this.modes.spend(from.size + 1);
      for (const [m, v] of from) accumulate(ring, into, m, sign < 0 ? ring.negate(v) : v);
    };
    switch (node.kind) {
      case "ladder": {
        const mode = this.mode(node);
        if (numeric && !node.creation && !this.modes.fermionic(mode)) return constant(this.modes.reference(mode, ring));
        const step = monomials.raise(monomials.unit, node.creation ? creatorSymbol(mode) : annihilatorSymbol(mode));
        return new Map<Monomial, Value>([[step.to, ring.one]]);
      }
      case "sum": {
        const out: Poly = new Map();
        for (const term of node.terms) add(out, this.commutative(term, order, numeric));
        return out;
      }
      case "product": {
        let factor = ring.one;
        for (const s of node.scalars) {
          factor = ring.multiply(factor, this.scalar(s, order));
          if (ring.isZero(factor)) return new Map();
        }
        let out = constant(factor);
        if (node.operators.some(({ kind }) => kind === "unitary")) {
          out = times(out, this.between(node.operators, order));
          return numeric ? this.substitute(out, order) : out;
        }
        for (const f of node.operators) out = times(out, this.commutative(f, order, numeric));
        return out;
      }
      case "power": {
        if (node.exponent.n > 100000n) throw new Unsupported("the power of an operator is too high for the finite model", node.span);
        const base = this.commutative(node.base, order, numeric);
        let out = constant(ring.one);
        for (let i = 0; i < Number(node.exponent.n); i++) out = times(out, base);
        return out;
      }
      case "bind": {
        const out: Poly = new Map();
        this.loop(node.labels, node.domains, () => add(out, this.commutative(node.body, order, numeric)));
        return out;
      }
      case "partial": {
        const out: Poly = new Map();
        this.along(node, order, (weight) => addPoly(ring, out, this.commutative(node.of, order, numeric), weight));
        return out;
      }
      case "commutator": {
        const [a, b] = [this.commutative(node.left, order, numeric), this.commutative(node.right, order, numeric)];
        const out: Poly = new Map();
        add(out, times(a, b));
        add(out, times(b, a), node.sign);
        return out;
      }
      case "normal":
        return this.commutative(node.of, order, numeric);
      case "part":
        return numeric ? this.substitute(this.part(node, order), order) : this.part(node, order);
      case "derivative": {
        const out: Poly = new Map();
        for (const [m, v] of this.commutative(node.of, order + 1, numeric)) accumulate(ring, out, m, ring.differentiate(v));
        return out;
      }
      case "call":
        return this.enter(node, () => this.commutative(node.body, order, numeric));
      default:
        throw new Unsupported(unordered, node.span);
    }
  }

  /** T^* A T in \Nor{...}: each ladder operator of A is the linear form that T makes of it, and nothing is contracted. */
  private between(operators: readonly Node[], order: number): Poly {
    const ring = this.ring(order);
    const { monomials, noWord, spend } = this.modes;
    let word = noWord;
    let out: Poly = new Map([[monomials.unit, ring.one]]);
    for (const node of [...operators].reverse()) {
      if (node.kind === "unitary") {
        word = lengthen(word, letterOf(node));
        continue;
      }
      const moved: Poly = new Map();
      for (const [m, value] of this.commutative(node, order)) {
        let product: Poly = new Map([[monomials.unit, value]]);
        for (const symbol of [...m.symbols].reverse()) {
          const form = this.image(word, symbol, order);
          const factor: Poly =
            form === undefined ? new Map([[monomials.raise(monomials.unit, symbol).to, ring.one]]) : polyOf(ring, monomials, form);
          product = multiplyPoly(ring, monomials, factor, product, spend);
        }
        addPoly(ring, moved, product, ring.one);
      }
      out = multiplyPoly(ring, monomials, moved, out, spend);
    }
    if (word.first !== undefined) throw new Unsupported(unordered, (operators[0] as Node).span);
    return out;
  }

  private unitary(node: Extract<Node, { kind: "unitary" }>, order: number, state: State, into: State, coefficient: Value): void {
    const ring = this.ring(order);
    const generator = this.generator(node, order);
    if (generator.quadratic === undefined) {
      displace(ring, this.modes, generator.linear, node.inverse, state, into, coefficient);
      return;
    }
    const letter = letterOf(node);
    for (const { background: b, poly } of state.parts.values()) {
      const moved = makeBackground(ring, b.shift, b.scalar, b.slope, lengthen(b.word, letter));
      this.modes.spend(poly.size + 1);
      addPoly(ring, partOf(into, moved), poly, coefficient);
    }
  }

  /** The generator of a unitary. @throws Unsupported if it is of higher degree than two, or not skew-adjoint */
  protected generator(node: Extract<Node, { kind: "unitary" }>, order: number): Generator {
    const { generators } = this.level(order);
    const known = generators.get(node.unitary.id);
    if (known !== undefined) return known;
    const made = generatorOf(this.ring(order), this.modes, node, this.symbol(node.generator, order));
    generators.set(node.unitary.id, made);
    return made;
  }

  protected image(word: Word, symbol: number, order: number): Form | undefined {
    const { first, rest } = word;
    if (first === undefined || rest === undefined) return undefined;
    const { images } = this.level(order);
    let table = images.get(word.key);
    if (table === undefined) {
      table = new Map();
      images.set(word.key, table);
    }
    if (table.has(symbol)) return table.get(symbol);
    const ring = this.ring(order);
    const inner = (s: number): Form | undefined => (rest.first === undefined ? undefined : this.image(rest, s, order));
    const outer = this.action(first, order).get(symbol);
    const made = outer === undefined ? inner(symbol) : through(ring, outer, inner);
    table.set(symbol, made);
    return made;
  }

  /** U^{-1} alpha U for the ladder operators that U reaches. */
  private action({ node, inverse, key }: Letter, order: number): ReadonlyMap<number, Form> {
    const { actions } = this.level(order);
    const known = actions.get(key);
    if (known !== undefined) return known;
    const { quadratic, linear } = this.generator(node, order);
    const ring = this.ring(order);
    const made = quadratic === undefined ? shiftsOf(ring, linear, inverse) : imagesOf(ring, quadratic, inverse, this.modes.spend);
    actions.set(key, made);
    return made;
  }

  protected rate({ node, inverse, key }: Letter, order: number): Poly {
    const level = this.level(order);
    const known = level.symbols.get(`rate ${key}`);
    if (known !== undefined) return known;
    const { ring } = level;
    const longer = this.symbol(node.generator, order + 1);
    const signed = (v: Value): Value => (inverse ? ring.negate(v) : v);
    const change: Poly = new Map();
    const now: Poly = new Map();
    for (const [m, v] of longer) {
      accumulate(ring, change, m, signed(ring.differentiate(v)));
      accumulate(ring, now, m, signed(ring.resize(v)));
    }
    const modes = modesOf(longer);
    const [q, dot] = [now, change].map((s) => quadraticOf(ring, s, modes, this.modes.fermionic)) as [Quadratic, Quadratic];
    const made = symbolOf(ring, rateOf(ring, q, dot, this.modes.spend), this.modes.monomials);
    level.symbols.set(`rate ${key}`, made);
    return made;
  }

  /** into += coefficient * (operator on the generic vector): its normal symbol at random arguments. */
  generic(node: Node, into: State, coefficient: Value): void {
    this.act(node, initialState("generic", this.ring(0), this.modes), 0, into, coefficient);
  }
}

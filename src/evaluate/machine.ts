import type { Species } from "../core/expression.js";
import type { Span } from "../source/span.js";
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
import type { Value } from "./ring.js";
import {
  addState,
  applyLadder,
  applyLadders,
  type Background,
  differentiateState,
  displace,
  emptyState,
  initialState,
  type Ladder,
  type Linear,
  partOf,
  plainPoly,
  resizeState,
  type State,
} from "./state.js";

/** Ladder operators that are applied in one go, see `applyLadders`. */
const longestRun = 6;

/** A model with its operators: how nodes act on states, and their normal symbols. */
export class Machine extends Numbers {
  /** <A>: the constant term of A on the vacuum. */
  protected expectation(operator: Node, order: number): Value {
    const ring = this.ring(order);
    const state = this.apply(operator, initialState("vacuum", ring, this.modes.monomials), order);
    let sum = ring.zero;
    for (const { background, poly } of state.parts.values()) {
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
        let current = state;
        for (let end = node.operators.length; ; ) {
          // The longest run of ladder operators at the right end of what is left, else one operator.
          const ladders: Ladder[] = [];
          let start = end;
          for (; start > 0 && end - start < longestRun; start--) {
            const factor = node.operators[start - 1] as Node;
            if (factor.kind !== "ladder") break;
            ladders.push({ mode: this.mode(factor), creation: factor.creation });
          }
          ladders.reverse();
          const last = start === 0 || (start === end && start === 1);
          const target = last ? into : emptyState(state.start);
          const factor = last ? c : ring.one;
          if (start < end) applyLadders(ring, this.modes, ladders, current, target, factor);
          else this.act(node.operators[--start] as Node, current, order, target, factor);
          if (last) return;
          current = target;
          end = start;
        }
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
          this.applySymbol(node.kind === "part" ? this.part(node, order) : this.written(node, order), state, order, into, coefficient);
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
        displace(ring, this.modes, this.linear(node, order), node.inverse, state, into, coefficient);
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

  private mode(node: Extract<Node, { kind: "ladder" }>): number {
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
    let key = `${species.id}`;
    for (let i = 0; i < args.length; i++) {
      const point = this.point(args[i] as Place, span);
      if (species.slots[i]?.kind !== "finite" && point >= 64)
        throw new Unsupported(
          "a ladder operator at a scaled label changes its commutation relation, which the finite model cannot follow",
          span,
        );
      key += `,${point}`;
    }
    return this.compiler.mode(key, species.statistics === "fermion");
  }

  /** The normal-ordered operator of a symbol: annihilators from the right, then creators. */
  private applySymbol(symbol: Poly, state: State, order: number, into: State, coefficient: Value): void {
    const ring = this.ring(order);
    // Monomials that end in the same annihilators share their action.
    const shared = new Map<string, State>();
    for (const [m, value] of symbol) {
      let current = state;
      const annihilators = m.symbols.slice(m.creators);
      for (let i = annihilators.length - 1; i >= 0; i--) {
        const key = annihilators.slice(i).join();
        let known = shared.get(key);
        if (known === undefined) {
          known = emptyState(state.start);
          applyLadder(ring, this.modes, modeOfSymbol(annihilators[i] as number), false, current, known, ring.one);
          shared.set(key, known);
        }
        current = known;
      }
      for (let i = m.creators - 1; i >= 0; i--) {
        const next = emptyState(state.start);
        applyLadder(ring, this.modes, m.symbols[i] as number, true, current, next, ring.one);
        current = next;
      }
      addState(ring, this.modes, current, into, ring.multiply(coefficient, value));
    }
  }

  /** The factor of a state that is a multiple of the generic start. */
  private constant(state: State): { readonly background: Background; readonly factor: Value } | undefined {
    if (state.start !== "generic" || state.parts.size !== 1) return undefined;
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
      plainPoly(this.apply(node, initialState("formal", this.ring(order), this.modes.monomials), order), "the normal form", node.span),
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

  private commutative(node: Node, order: number, numeric = false): Poly {
    const ring = this.ring(order);
    const { monomials } = this.modes;
    const times = (a: Poly, b: Poly): Poly => multiplyPoly(ring, monomials, a, b, this.modes.spend);
    const constant = (v: Value): Poly => (ring.isZero(v) ? new Map() : new Map([[monomials.unit, v]]));
    const add = (into: Poly, from: Poly, sign = 1): void => {
      this.modes.spend(from.size + 1);
      for (const [m, v] of from) accumulate(ring, into, m, sign < 0 ? ring.negate(v) : v);
    };
    if (node.scalar) return constant(this.scalar(node, order));
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
        throw new Unsupported("a unitary has no normal ordering of finitely many terms", node.span);
    }
  }

  /** The generator of a unitary as a linear form. @throws Unsupported if it is of higher degree, or not skew-adjoint */
  private linear(node: Extract<Node, { kind: "unitary" }>, order: number): Linear {
    const { linear } = this.level(order);
    const known = linear.get(node.unitary.id);
    if (known !== undefined) return known;
    const ring = this.ring(order);
    const creation = new Map<number, Value>();
    const annihilation = new Map<number, Value>();
    let constant = ring.zero;
    for (const [m, value] of this.symbol(node.generator, order)) {
      const [symbol] = m.symbols;
      if (symbol === undefined) {
        constant = value;
        continue;
      }
      if (m.symbols.length > 1)
        throw new Unsupported(
          `the unitary ${node.unitary.name} has a generator of degree ${m.symbols.length}: the finite model knows degree 1`,
          node.span,
        );
      const mode = modeOfSymbol(symbol);
      if (this.modes.fermionic(mode))
        throw new Unsupported(`the unitary ${node.unitary.name} has a generator that is linear in fermions`, node.span);
      if (isAnnihilator(symbol)) annihilation.set(mode, ring.negate(value));
      else creation.set(mode, value);
    }
    const vanishes = (v: Value): boolean =>
      ring.exact ? ring.isZero(v) : v.every((x, i) => i % 3 === 2 || Math.abs(x) < 1e-9 * (1 + (v[i - (i % 3) + 2] as number)));
    const skew = [...new Set([...creation.keys(), ...annihilation.keys()])].every((mode) =>
      vanishes(ring.subtract(annihilation.get(mode) ?? ring.zero, ring.conj(creation.get(mode) ?? ring.zero))),
    );
    if (!skew || !vanishes(ring.add(constant, ring.conj(constant))))
      throw new Unsupported(
        `the generator of ${node.unitary.name} is not skew-adjoint (E^* = -E), so its exponential is not unitary`,
        node.span,
      );
    const made = { creation, annihilation, constant };
    linear.set(node.unitary.id, made);
    return made;
  }

  /** into += coefficient * (operator on the generic vector): its normal symbol at random arguments. */
  generic(node: Node, into: State, coefficient: Value): void {
    this.act(node, initialState("generic", this.ring(0), this.modes.monomials), 0, into, coefficient);
  }
}

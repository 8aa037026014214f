import { type Form, through } from "./form.js";
import { Machine } from "./machine.js";
import type { Node } from "./node.js";
import type { Ring, Value } from "./ring.js";
import type { Word } from "./word.js";

/** Products of more linear factors, or more products in one factor, are multiplied out as polynomials. */
const longestLinear = 6;
const widest = 64;

/** A product of linear forms with a number in front. */
export interface Term {
  readonly factor: Value;
  readonly forms: readonly Form[];
}

/** A form that is being added up. */
interface Gathered {
  readonly creation: Map<number, Value>;
  readonly annihilation: Map<number, Value>;
  constant: Value;
}

/** How many products of linear forms an operator is when it is multiplied out, and of how many factors the longest is. */
interface Extent {
  readonly width: number;
  readonly length: number;
}
const boundless: Extent = { width: Number.POSITIVE_INFINITY, length: Number.POSITIVE_INFINITY };

/**
 * A machine that knows which operators are linear forms f zeta + g d/dzeta + c, and products of a few of them, whatever they are
 * defined by: with \\alpha_x = \\int k(x,y) a_y dy, a_x^* + \\alpha_x is one form.
 */
export abstract class Products extends Machine {
  private readonly straight: (boolean | undefined)[] = [];
  private readonly extents: (Extent | undefined)[] = [];
  private readonly pairings = new Map<Form, Map<Form, Value>>();
  private readonly kept: (Map<number | string, Form> | undefined)[][] = [];
  private readonly behindWords = new Map<Word, Map<Form, Form>>();

  override forget(): void {
    super.forget();
    this.pairings.clear();
    this.behindWords.clear();
    this.kept.length = 0;
  }

  /** Whether a node is f a^* + g a + c by its shape. */
  protected isLinear(node: Node): boolean {
    const known = this.straight[node.id];
    if (known !== undefined) return known;
    const one = (part: Node): boolean => part.scalar || this.isLinear(part);
    let found = false;
    if (node.kind === "ladder") found = true;
    else if (node.kind === "sum") found = node.terms.every(one);
    else if (node.kind === "bind" || node.kind === "call") found = this.isLinear(node.body);
    else if (node.kind === "partial" || node.kind === "normal") found = this.isLinear(node.of);
    else if (node.kind === "product") found = node.operators.length === 1 && this.isLinear(node.operators[0] as Node);
    this.straight[node.id] = found;
    return found;
  }

  protected form(node: Node, order: number): Form {
    const tables = this.kept[order] ?? [];
    this.kept[order] = tables;
    let table = tables[node.id];
    if (table === undefined) {
      table = new Map();
      tables[node.id] = table;
    }
    const key = this.key(node);
    const known = table.get(key);
    if (known !== undefined) return known;
    const ring = this.ring(order);
    const sum: Gathered = { creation: new Map(), annihilation: new Map(), constant: ring.zero };
    this.gather(node, ring.one, order, sum);
    const made: Form = { creation: [...sum.creation], annihilation: [...sum.annihilation], constant: sum.constant };
    table.set(key, made);
    return made;
  }

  /** sum += factor * node */
  private gather(node: Node, factor: Value, order: number, sum: Gathered): void {
    const ring = this.ring(order);
    if (node.scalar) {
      sum.constant = ring.add(sum.constant, ring.multiply(factor, this.scalar(node, order)));
      return;
    }
    switch (node.kind) {
      case "ladder":
        this.modes.spend(1);
        put(ring, node.creation ? sum.creation : sum.annihilation, this.mode(node), factor);
        return;
      case "sum":
        for (const term of node.terms) this.share(term, factor, order, sum);
        return;
      case "bind":
        this.loop(node.labels, node.domains, () => this.share(node.body, factor, order, sum));
        return;
      case "call":
        this.enter(node, () => this.share(node.body, factor, order, sum));
        return;
      case "partial":
        this.along(node, order, (weight) => this.share(node.of, ring.multiply(factor, weight), order, sum));
        return;
      case "product": {
        let c = factor;
        for (const scalar of node.scalars) {
          c = ring.multiply(c, this.scalar(scalar, order));
          if (ring.isZero(c)) return;
        }
        this.share(node.operators[0] as Node, c, order, sum);
        return;
      }
      default:
        this.share((node as Extract<Node, { kind: "normal" }>).of, factor, order, sum);
    }
  }

  /** Definitions are asked for again and again: their forms are kept. What stands in them but once is not. */
  private share(node: Node, factor: Value, order: number, sum: Gathered): void {
    if (node.scalar || (node.kind !== "call" && !this.compiler.shared[node.id])) {
      this.gather(node, factor, order, sum);
      return;
    }
    const ring = this.ring(order);
    const { creation, annihilation, constant } = this.form(node, order);
    for (const [mode, value] of creation) put(ring, sum.creation, mode, ring.multiply(factor, value));
    for (const [mode, value] of annihilation) put(ring, sum.annihilation, mode, ring.multiply(factor, value));
    sum.constant = ring.add(sum.constant, ring.multiply(factor, constant));
    this.modes.spend(creation.length + annihilation.length + 1);
  }

  /** w^{-1} F w. */
  protected behindWord(form: Form, word: Word, order: number): Form {
    if (word.first === undefined) return form;
    let table = this.behindWords.get(word);
    if (table === undefined) {
      table = new Map();
      this.behindWords.set(word, table);
    }
    const known = table.get(form);
    if (known !== undefined) return known;
    const made = through(this.ring(order), form, (symbol) => this.image(word, symbol, order));
    this.modes.spend((form.creation.length + form.annihilation.length) * made.creation.length);
    table.set(form, made);
    return made;
  }

  // ---- short products ---------------------------------------------------------------------------------------

  protected isShort(operators: readonly Node[]): boolean {
    let [width, length] = [1, 0];
    for (const operator of operators) {
      const extent = this.extent(operator);
      width *= extent.width;
      length += extent.length;
    }
    return width <= widest && length <= longestLinear;
  }

  private extent(node: Node): Extent {
    if (node.scalar) return { width: 1, length: 0 };
    const known = this.extents[node.id];
    if (known !== undefined) return known;
    const made = this.isLinear(node) ? { width: 1, length: 1 } : this.measured(node);
    this.extents[node.id] = made;
    return made;
  }

  private measured(node: Node): Extent {
    const product = (parts: readonly Node[]): Extent =>
      parts
        .map((part) => this.extent(part))
        .reduce((a, b) => ({ width: a.width * b.width, length: a.length + b.length }), { width: 1, length: 0 });
    switch (node.kind) {
      case "sum": {
        const parts = node.terms.map((term) => this.extent(term));
        return { width: parts.reduce((n, { width }) => n + width, 0), length: Math.max(...parts.map(({ length }) => length)) };
      }
      case "product":
        return product(node.operators);
      case "commutator": {
        const { width, length } = product([node.left, node.right]);
        return { width: 2 * width, length };
      }
      case "call":
        return this.extent(node.body);
      case "bind": {
        const { width, length } = this.extent(node.body);
        return { width: node.domains.reduce((n, domain) => n * domain.length, width), length };
      }
      default:
        return boundless;
    }
  }

  /** A short product of operators as a sum of products of linear forms. */
  protected multipliedOut(operators: readonly Node[], order: number): readonly Term[] {
    const ring = this.ring(order);
    let terms: readonly Term[] = [{ factor: ring.one, forms: [] }];
    for (const operator of operators) {
      const next = this.termsOf(operator, order);
      const made: Term[] = [];
      for (const a of terms)
        for (const b of next) made.push({ factor: ring.multiply(a.factor, b.factor), forms: [...a.forms, ...b.forms] });
      terms = made;
    }
    this.modes.spend(terms.length);
    return terms;
  }

  private termsOf(node: Node, order: number): readonly Term[] {
    const ring = this.ring(order);
    if (node.scalar) {
      const factor = this.scalar(node, order);
      return ring.isZero(factor) ? [] : [{ factor, forms: [] }];
    }
    if (this.isLinear(node)) return [{ factor: ring.one, forms: [this.form(node, order)] }];
    switch (node.kind) {
      case "sum":
        return node.terms.flatMap((term) => this.termsOf(term, order));
      case "product": {
        let factor = ring.one;
        for (const scalar of node.scalars) {
          factor = ring.multiply(factor, this.scalar(scalar, order));
          if (ring.isZero(factor)) return [];
        }
        return this.multipliedOut(node.operators, order).map((term) => ({ ...term, factor: ring.multiply(factor, term.factor) }));
      }
      case "commutator": {
        const other = this.multipliedOut([node.right, node.left], order);
        const turned = node.sign < 0 ? other.map((term) => ({ ...term, factor: ring.negate(term.factor) })) : other;
        return [...this.multipliedOut([node.left, node.right], order), ...turned];
      }
      case "call":
        return this.enter(node, () => this.termsOf(node.body, order));
      case "bind": {
        const terms: Term[] = [];
        this.loop(node.labels, node.domains, () => terms.push(...this.termsOf(node.body, order)));
        return terms;
      }
      default:
        throw new Error(`no sum of products: ${node.kind}`);
    }
  }

  /** V(n, {}) for forms in the written order, on the constant 1. */
  protected leibniz(forms: readonly Form[], numbers: readonly Value[], ring: Ring): Value {
    const count = forms.length;
    if (count === 1) return numbers[0] as Value;
    // Beyond the last creator nothing is left to differentiate.
    let last = count - 1;
    while (last >= 0 && (forms[last] as Form).creation.length === 0) last--;
    let visits = 0;
    /** `along` has a bit for each form in D, `open` of them in all. */
    const value = (from: number, along: number, open: number): Value => {
      if (from === count) return ring.one;
      visits++;
      const form = forms[from] as Form;
      const left = count - from - 1;
      let sum = ring.zero;
      if (open <= left) sum = ring.multiply(numbers[from] as Value, value(from + 1, along, open));
      if (from < last && open < left && form.annihilation.length > 0) sum = ring.add(sum, value(from + 1, along | (1 << from), open + 1));
      if (open > 0 && form.creation.length > 0)
        for (let i = 0; i < from; i++) {
          if ((along & (1 << i)) === 0) continue;
          const pairing = this.pairing(forms[i] as Form, form, ring);
          if (!ring.isZero(pairing)) sum = ring.add(sum, ring.multiply(pairing, value(from + 1, along & ~(1 << i), open - 1)));
        }
      return sum;
    };
    const result = count === 0 ? ring.one : value(0, 0, 0);
    this.modes.spend(visits);
    return result;
  }

  /** g_d f_k */
  private pairing(left: Form, right: Form, ring: Ring): Value {
    let table = this.pairings.get(left);
    if (table === undefined) {
      table = new Map();
      this.pairings.set(left, table);
    }
    const known = table.get(right);
    if (known !== undefined) return known;
    const at = new Map(right.creation);
    let sum = ring.zero;
    for (const [mode, g] of left.annihilation) {
      const f = at.get(mode);
      if (f !== undefined) sum = ring.add(sum, ring.multiply(g, f));
    }
    this.modes.spend(left.annihilation.length);
    table.set(right, sum);
    return sum;
  }
}

function put(ring: Ring, into: Map<number, Value>, mode: number, value: Value): void {
  const old = into.get(mode);
  into.set(mode, old === undefined ? value : ring.add(old, value));
}

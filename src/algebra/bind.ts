import type { Kind } from "../core/expression.js";
import { fail } from "../source/diagnostic.js";
import { nowhere } from "../source/span.js";
import { atomOf } from "./atom.js";
import type { Vertex } from "./canonical.js";
import { normalise, type Product } from "./diagram.js";
import { deltaHead, functionHead, headOf, ladderHead, valueHead } from "./head.js";
import { type Arg, constantLabel, freeInfo, freeLabel, kindOf, negateArg, withTemporaries } from "./label.js";
import { type Coefficient, conjugate as conjugateNumber, imag, real, multiply as times } from "./number.js";
import { scalarConjugate, scalarNonNegative } from "./scalar.js";
import {
  type Accumulator,
  add,
  addInto,
  constant,
  emit,
  fromProduct,
  mergeMono,
  rawOf,
  type Sum,
  scale,
  type Term,
  zeroSum,
} from "./sum.js";

/** Integrates or sums over free labels, which become bound. `labels` are their codes. */
export function bind(sum: Sum, labels: readonly number[]): Sum {
  const into: Accumulator = new Map();
  const kinds = labels.map((l) => freeInfo(l).kind);
  const to = new Map(labels.map((l, i) => [l, i]));
  for (const term of sum.values()) {
    const inside: number[] = [];
    const outside: number[] = [];
    // Moving the touched atoms together costs the signs of the fermionic ones that they pass.
    let sign = 1;
    let passed = 0;
    for (let i = 0; i < term.mono.length; i += 2) {
      const atom = atomOf(term.mono[i] as number);
      const odd = (atom.fermions * (term.mono[i + 1] as number)) % 2 === 1;
      if (atom.free.some((l) => to.has(l))) {
        inside.push(term.mono[i] as number, term.mono[i + 1] as number);
        if (odd && passed % 2 === 1) sign = -sign;
      } else {
        outside.push(term.mono[i] as number, term.mono[i + 1] as number);
        if (odd) passed++;
      }
    }
    const product = normalise(rawOf(inside, (l) => to.get(l), kinds));
    if (product === null) continue;
    const merged = mergeMono(product.mono, outside);
    if (merged === null) continue;
    emit(into, times(times(term.coefficient, product.coefficient), sign * merged.sign), term.scalar, merged.mono);
  }
  return into;
}

/** Replaces free labels by arguments. */
export function substitute(sum: Sum, map: ReadonlyMap<number, Arg>): Sum {
  if (map.size === 0) return sum;
  const into: Accumulator = new Map();
  for (const term of sum.values()) {
    let touched = false;
    for (let i = 0; i < term.mono.length && !touched; i += 2) touched = atomOf(term.mono[i] as number).free.some((l) => map.has(l));
    if (!touched) {
      emit(into, term.coefficient, term.scalar, term.mono);
      continue;
    }
    const product = normalise(rawOf(term.mono, (l) => map.get(l)));
    if (product !== null) emit(into, times(term.coefficient, product.coefficient), term.scalar, product.mono);
  }
  return into;
}

/** The free labels of a sum. */
export function freeLabels(sum: Sum): Set<number> {
  const found = new Set<number>();
  for (const term of sum.values())
    for (let i = 0; i < term.mono.length; i += 2) for (const l of atomOf(term.mono[i] as number).free) found.add(l);
  return found;
}

const adjoints = new Map<number, Product>();
let bases = new Map<string, Sum>();
let baseKeys = new Map<string, string>();
export function resetBind(): void {
  adjoints.clear();
  bases = new Map();
  baseKeys = new Map();
}

/** Stores the argument of an exponential or root under a short key. Placeholders are free labels of the sum. */
export function storeBase(sum: Sum): string {
  const key = [...sum.entries()]
    .map(([k, term]) => {
      const c = term.coefficient;
      return `${k}=${typeof c === "number" ? c : `${c.re},${c.im},${c.den}`}`;
    })
    .sort()
    .join("+");
  let short = baseKeys.get(key);
  if (short === undefined) {
    short = `s${baseKeys.size}`;
    baseKeys.set(key, short);
    bases.set(short, sum);
  }
  return short;
}
export const baseOf = (key: string): Sum => bases.get(key) as Sum;

/** The label that stands for an argument in a stored sum. */
export const placeholder = (slot: number, kind: Kind): number => freeLabel({ id: -2_000_000_000 - slot, name: `?${slot}`, kind });

/** Head of exp or a power of a stored sum over placeholders. */
export function headOfFunction(name: "exp" | "power", base: string, num: number, den: number, slots: readonly number[]): number {
  return functionHead(name, base, num, den, slots, () => baseSymmetries(base, slots));
}

/** Orders and signs of the arguments under which a stored sum does not change; of many arguments only a common sign. */
function baseSymmetries(base: string, slots: readonly number[]): { permutation: number[]; negated: boolean[] }[] {
  const labels = slots.map((kind, slot) => placeholder(slot, kindOf(kind)));
  const small = slots.length <= 3;
  const found: { permutation: number[]; negated: boolean[] }[] = [];
  const attempt = (permutation: number[], negated: boolean[]): void => {
    const to = new Map<number, Arg>();
    permutation.forEach((from, slot) => {
      const image = labels[from] as number;
      to.set(labels[slot] as number, negated[slot] ? negateArg(image) : image);
    });
    if (storeBase(substitute(baseOf(base), to)) === base) found.push({ permutation, negated });
  };
  const signs = (permutation: number[], done: boolean[]): void => {
    const slot = done.length;
    if (slot === slots.length) {
      attempt(permutation, done);
      return;
    }
    signs(permutation, [...done, false]);
    if (kindOf(slots[slot] as number).kind !== "finite" && (small || done.length === 0 || done[0])) signs(permutation, [...done, true]);
  };
  const permute = (done: number[]): void => {
    if (done.length === slots.length) {
      signs(done, []);
      return;
    }
    slots.forEach((kind, from) => {
      if (!done.includes(from) && kind === slots[done.length] && (small || from === done.length)) permute([...done, from]);
    });
  };
  permute([]);
  return found;
}

function adjointHead(id: number): number {
  const head = headOf(id);
  switch (head.kind) {
    case "value":
      return valueHead(head.symbol, !head.conjugated, head.dots, head.scales, head.partials);
    case "ladder":
      return ladderHead(head.species, !head.creation, false, head.partials);
    case "function": {
      const base = baseOf(head.base);
      if (head.name === "power" && head.den > 1) {
        // The principal root commutes with conjugation except on the negative half-line.
        if (positive(base)) return id;
        fail(
          "not-understood",
          nowhere,
          "the conjugate of a root of what may be negative is not understood",
          "declare parameters as positive",
        );
      }
      return headOfFunction(head.name, storeBase(adjoint(base)), head.num, head.den, head.slots);
    }
    case "delta":
      return id;
  }
}

/** Whether a scalar is seen to be positive: a sum of positive multiples of squares. Only "yes" means anything. */
function positive(sum: Sum): boolean {
  for (const { coefficient, scalar, mono } of sum.values()) {
    if (imag(coefficient) !== 0 || real(coefficient) < 0 || !scalarNonNegative(scalar)) return false;
    const exponents = new Map<number, number>();
    for (let i = 0; i < mono.length; i += 2) exponents.set(mono[i] as number, mono[i + 1] as number);
    for (const [id, exp] of exponents) {
      const bar = adjointAtom(id);
      const other = bar.mono[0] as number;
      if (bar.coefficient !== 1 || (other === id ? exp % 2 !== 0 : exponents.get(other) !== exp)) return false;
    }
  }
  return true;
}

function adjointAtom(id: number): Product {
  const known = adjoints.get(id);
  if (known !== undefined) return known;
  const atom = atomOf(id);
  // Reversing m fermions costs (-1)^{m(m-1)/2}.
  const sign = ((atom.fermions * (atom.fermions - 1)) / 2) % 2 === 0 ? 1 : -1;
  const vertices = atom.vertices.map((v) => ({ ...v, head: adjointHead(v.head) }));
  const product = normalise({ kinds: atom.kinds, vertices });
  if (product === null) throw new Error("an adjoint cannot vanish");
  const result = { ...product, coefficient: times(product.coefficient, sign) };
  adjoints.set(id, result);
  return result;
}

/** Adjoint; for scalars that is the complex conjugate. */
export function adjoint(sum: Sum): Sum {
  const into: Accumulator = new Map();
  for (const term of sum.values()) {
    const one = adjointTerm(term);
    if (one !== null) emit(into, one.coefficient, one.scalar, one.mono);
  }
  return into;
}

export function adjointTerm(term: Term): Term | null {
  let coefficient: Coefficient = conjugateNumber(term.coefficient);
  let mono: readonly number[] = [];
  for (let i = term.mono.length - 2; i >= 0; i -= 2) {
    const exp = term.mono[i + 1] as number;
    const product = adjointAtom(term.mono[i] as number);
    if (exp % 2 !== 0) coefficient = times(coefficient, product.coefficient);
    const merged = mergeMono(mono, [product.mono[0] as number, exp]);
    if (merged === null) return null;
    if (merged.sign === -1) coefficient = times(coefficient, -1);
    mono = merged.mono;
  }
  return { coefficient, scalar: scalarConjugate(term.scalar), mono };
}

/**
 * Takes atoms apart and puts them together again: every vertex of every atom is replaced by `image(vertex)`,
 * a sum over the vertex's labels (now free), and the bound labels are bound again. `product` multiplies in
 * the order of the vertices. Vertices for which `image` gives undefined stay.
 */
export function replaceVertices(sum: Sum, image: (vertex: Vertex) => Sum | undefined, product: (a: Sum, b: Sum) => Sum): Sum {
  const memo = new Map<number, Sum | null>();
  const atomImage = (id: number): Sum | null => {
    const known = memo.get(id);
    if (known !== undefined) return known;
    const atom = atomOf(id);
    const result = withTemporaries(atom.kinds, (labels) => {
      let changed = false;
      let value: Sum = constant(1);
      for (const v of atom.vertices) {
        const open: Vertex = { ...v, args: v.args.map((a) => openArg(a, labels)) };
        const by = image(open);
        if (by !== undefined) changed = true;
        let factor = by ?? fromProduct(normalise({ kinds: [], vertices: [{ ...open, exp: 1 }] }));
        if (by === undefined && open.exp !== 1) factor = fromProduct(normalise({ kinds: [], vertices: [open] }));
        if (by !== undefined && open.exp !== 1) {
          if (open.exp < 0) fail("not-understood", nowhere, "a negative power of an assumed value is not understood");
          const once = factor;
          for (let k = 1; k < open.exp; k++) factor = product(factor, once);
        }
        value = product(value, factor);
      }
      return changed ? bind(value, labels) : null;
    });
    memo.set(id, result);
    return result;
  };
  const into: Accumulator = new Map();
  for (const term of sum.values()) {
    let touched = false;
    for (let i = 0; i < term.mono.length && !touched; i += 2) touched = atomImage(term.mono[i] as number) !== null;
    if (!touched) {
      emit(into, term.coefficient, term.scalar, term.mono);
      continue;
    }
    let value: Sum = constant(term.coefficient, term.scalar);
    for (let i = 0; i < term.mono.length; i += 2) {
      const by = atomImage(term.mono[i] as number);
      const exp = term.mono[i + 1] as number;
      if (by === null) value = product(value, fromProduct({ coefficient: 1, mono: [term.mono[i] as number, exp] }));
      else {
        if (exp < 0) fail("not-understood", nowhere, "a negative power of an assumed value is not understood");
        for (let k = 0; k < exp; k++) value = product(value, by);
      }
    }
    addInto(into, value);
  }
  return into;
}

/** An argument of a diagram with its bound labels replaced by free ones. */
export function openArg(arg: Arg, labels: readonly number[]): Arg {
  if (typeof arg === "number") return arg < 0 ? arg : (labels[arg] as number);
  const flat = arg.slice();
  for (let i = 0; i < flat.length; i += 3) if ((flat[i] as number) >= 0) flat[i] = labels[flat[i] as number] as number;
  return sortTriples(flat);
}

function sortTriples(flat: readonly number[]): readonly number[] {
  const list: number[][] = [];
  for (let i = 0; i < flat.length; i += 3) list.push([flat[i] as number, flat[i + 1] as number, flat[i + 2] as number]);
  return list.sort((a, b) => (a[0] as number) - (b[0] as number)).flat();
}

/** d/dt of a sum: `derive` gives the derivative of one open vertex, a sum, or undefined when it is constant. */
export function derivation(sum: Sum, derive: (vertex: Vertex) => Sum | undefined, product: (a: Sum, b: Sum) => Sum): Sum {
  const memo = new Map<number, Sum>();
  const atomDerivative = (id: number): Sum => {
    const known = memo.get(id);
    if (known !== undefined) return known;
    const atom = atomOf(id);
    const result = withTemporaries(atom.kinds, (labels) => {
      const open = atom.vertices.map((v): Vertex => ({ ...v, args: v.args.map((a) => openArg(a, labels)) }));
      const parts: Sum[] = [];
      open.forEach((v, at) => {
        const by = derive({ ...v, exp: 1 });
        if (by === undefined) return;
        let value: Sum = constant(1);
        open.forEach((w, other) => {
          if (other !== at) value = product(value, fromProduct(normalise({ kinds: [], vertices: [w] })));
          else {
            value = product(value, by);
            if (v.exp !== 1)
              value = scale(product(value, fromProduct(normalise({ kinds: [], vertices: [{ ...v, exp: v.exp - 1 }] }))), v.exp);
          }
        });
        parts.push(bind(value, labels));
      });
      return parts.length === 0 ? zeroSum : add(...parts);
    });
    memo.set(id, result);
    return result;
  };
  const into: Accumulator = new Map();
  for (const term of sum.values())
    for (let i = 0; i < term.mono.length; i += 2) {
      const by = atomDerivative(term.mono[i] as number);
      if (by.size === 0) continue;
      const exp = term.mono[i + 1] as number;
      let value: Sum = constant(times(term.coefficient, exp), term.scalar);
      for (let j = 0; j < term.mono.length; j += 2) {
        const left = (term.mono[j + 1] as number) - (j === i ? 1 : 0);
        if (j === i) value = product(value, by);
        if (left !== 0) value = product(value, fromProduct({ coefficient: 1, mono: [term.mono[j] as number, left] }));
      }
      addInto(into, value);
    }
  return into;
}

/** Whether the values of a kind are known one by one: {1..p} with a parameter p is summed as it stands. */
const isListed = (kind: Kind): boolean => kind.kind === "finite" && kind.size === undefined;

/**
 * Writes out finite sums and instantiates free finite labels, for deciding equality: the result is zero
 * exactly when the sum is zero for every value of them.
 */
export function expandFinite(sum: Sum, product: (a: Sum, b: Sum) => Sum): Sum {
  const memo = new Map<number, Sum | null>();
  const expand = (id: number): Sum | null => {
    const known = memo.get(id);
    if (known !== undefined) return known;
    const atom = atomOf(id);
    const finite = atom.kinds.flatMap((kind, l) => (isListed(kindOf(kind)) ? [l] : []));
    let result: Sum | null = null;
    if (finite.length > 0) {
      const into: Accumulator = new Map();
      const kept = atom.kinds.flatMap((kind, l) => (isListed(kindOf(kind)) ? [] : [l]));
      const renumber = new Map(kept.map((l, i) => [l, i]));
      const choice = new Map<number, number>();
      const walk = (at: number): void => {
        const label = finite[at];
        if (label === undefined) {
          const to = (l: number): number => (l < 0 ? l : (choice.get(l) ?? (renumber.get(l) as number)));
          const vertices = atom.vertices.map((v) => ({
            ...v,
            args: v.args.map((a): Arg => (typeof a === "number" ? to(a) : sortTriples(a.map((n, i) => (i % 3 === 0 ? to(n) : n))))),
          }));
          const one = normalise({ kinds: kept.map((l) => atom.kinds[l] as number), vertices });
          if (one !== null) emit(into, one.coefficient, 0, one.mono);
          return;
        }
        const kind = kindOf(atom.kinds[label] as number);
        if (kind.kind !== "finite") return;
        for (const value of kind.values) {
          choice.set(label, constantLabel(kind, value));
          walk(at + 1);
        }
      };
      walk(0);
      result = into;
    }
    memo.set(id, result);
    return result;
  };
  let value: Accumulator = new Map();
  for (const term of sum.values()) {
    let one: Sum = constant(term.coefficient, term.scalar);
    for (let i = 0; i < term.mono.length; i += 2) {
      const by = expand(term.mono[i] as number);
      const exp = term.mono[i + 1] as number;
      if (by === null) one = product(one, fromProduct({ coefficient: 1, mono: [term.mono[i] as number, exp] }));
      else {
        if (exp < 0) fail("not-understood", nowhere, "a negative power of a finite sum is not understood");
        for (let k = 0; k < exp; k++) one = product(one, by);
      }
    }
    addInto(value, one);
  }
  for (const code of freeLabels(value)) {
    const kind = kindOf(freeInfo(code).kind);
    if (kind.kind !== "finite" || !isListed(kind)) continue;
    const next: Accumulator = new Map();
    for (const instance of kind.values) {
      const at = constantLabel(kind, instance);
      const tag = normalise({ kinds: [], vertices: [{ head: deltaHead(kind), args: [code, at], exp: 1 }] });
      const inside = substitute(value, new Map([[code, at]]));
      for (const term of inside.values()) {
        const merged = mergeMono((tag as Product).mono, term.mono);
        if (merged !== null) emit(next, term.coefficient, term.scalar, merged.mono);
      }
    }
    value = next;
  }
  return value;
}

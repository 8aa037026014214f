import { Fault } from "../source/diagnostic.js";
import { atomOf, internMarked } from "./atom.js";
import type { Vertex } from "./canonical.js";
import { describe, divergent, normalise, type Product } from "./diagram.js";
import { deltaHead, headOf, ladderHead } from "./head.js";
import { type Arg, combine, kindOf, mapArg } from "./label.js";
import { matchings } from "./matchings.js";
import { multiplyModes } from "./modes.js";
import { type Coefficient, integer, multiply as times } from "./number.js";
import { Packed } from "./packed.js";
import { scalarMultiply } from "./scalar.js";
import { type Accumulator, addTerm, emit, mergeMono, type Sum, type Term } from "./sum.js";

/**
 * Wick's theorem for products of normal-ordered sums. Contractions between the annihilators of the left factor
 * and the creators of the right one are made one creator at a time, and states that have become equal are
 * merged with their multiplicities: patterns are counted, contractions are not enumerated. Every fusion of two
 * atoms is remembered, so most of the work is on integers.  Source: G. C. Wick, Phys. Rev. 80, 268 (1950).
 */
export interface Rules {
  /** Leave out the product without contractions: what a commutator of bosons needs. */
  readonly connected?: boolean;
  /** Every creator of the right factor must be contracted: what a vacuum expectation needs. */
  readonly vacuum?: boolean;
  /** Keep only these numbers of ladder operators in the result. */
  readonly degree?: (creators: number, annihilators: number) => boolean;
}

interface Leg {
  readonly vertex: number;
  readonly size: number;
}

const fused = new Map<string, Product | null>();
const marked = new Map<string, Product | null>();
const cleared = new Map<number, Product | null>();
const legs = new Map<string, readonly Leg[]>();
export function resetWick(): void {
  fused.clear();
  marked.clear();
  cleared.clear();
  legs.clear();
}

/** Ladder vertices of an atom, one for each orbit of its symmetries. */
function legsOf(id: number, creation: boolean, onlyMarked: boolean): readonly Leg[] {
  const key = `${id}${creation ? "*" : ""}${onlyMarked ? "!" : ""}`;
  const known = legs.get(key);
  if (known !== undefined) return known;
  const atom = atomOf(id);
  const orbits = atom.orbits();
  const sizes = new Map<number, Leg>();
  atom.vertices.forEach((v, i) => {
    const head = headOf(v.head);
    if (head.kind !== "ladder" || head.creation !== creation || (onlyMarked && !head.marked)) return;
    const orbit = orbits[i] as number;
    const leg = sizes.get(orbit);
    sizes.set(orbit, { vertex: leg?.vertex ?? i, size: (leg?.size ?? 0) + 1 });
  });
  const result = [...sizes.values()];
  legs.set(key, result);
  return result;
}

function speciesAt(id: number, vertex: number): object {
  const head = headOf((atomOf(id).vertices[vertex] as Vertex).head);
  if (head.kind !== "ladder") throw new Error("a leg is a ladder operator");
  return head.species;
}

/**
 * Replaces u (an annihilator) and v (a creator) by their contraction. `second` is absent when both are in
 * `first`. `clear` takes the marks off what is left.
 */
function fuse(first: number, u: number, second: number | undefined, v: number, clear = false): Product | null {
  const key = `${first}.${u}.${second ?? ""}.${v}${clear ? "c" : ""}`;
  const known = fused.get(key);
  if (known !== undefined) return known;
  const a = atomOf(first);
  const kinds = a.kinds.slice();
  const all: Vertex[] = a.vertices.slice();
  let at = v;
  if (second !== undefined) {
    const b = atomOf(second);
    const offset = kinds.length;
    at = all.length + v;
    for (const kind of b.kinds) kinds.push(kind);
    for (const w of b.vertices)
      all.push({
        ...w,
        args: w.args.map((arg) =>
          typeof arg === "number" ? (arg < 0 ? arg : arg + offset) : arg.map((n, i) => (i % 3 === 0 && n >= 0 ? n + offset : n)),
        ),
      });
  }
  const left = all[u] as Vertex;
  const right = all[at] as Vertex;
  const head = headOf(left.head);
  if (head.kind !== "ladder") throw new Error("a contraction needs ladder operators");
  let sign: 1 | -1 = 1;
  if (head.species.statistics === "fermion") {
    let between = 0;
    all.forEach((w, i) => {
      const other = headOf(w.head);
      if (i === u || i === at || other.kind !== "ladder" || other.species.statistics !== "fermion") return;
      if (i < u) between++;
      if (i < at) between++;
    });
    if (at < u) between++;
    if (between % 2 === 1) sign = -1;
  }
  let vertices: Vertex[] = [];
  for (let i = 0; i < all.length; i++) if (i !== u && i !== at) vertices.push(clear ? unmarked(all[i] as Vertex) : (all[i] as Vertex));
  const gone = new Set<number>();
  const renamed = new Map<number, number>();
  const current = (arg: Arg): Arg => (typeof arg === "number" ? (renamed.get(arg) ?? arg) : arg);
  const other = headOf(right.head);
  const beyond = other.kind === "ladder" ? other.partials : [];
  const count = head.species.slots.length;
  head.slots.slice(0, count).forEach((kind, i) => {
    const [x, y] = [current(left.args[i] as Arg), current(right.args[i] as Arg)];
    if (head.partials.includes(i) || beyond.includes(i)) {
      // d/dx and d/dy of \delta(x-y): the second with a sign.
      const on = (v: Vertex, partials: readonly number[]): Arg[] =>
        partials.flatMap((slot, t) => (slot === i ? [v.args[count + t] as Arg] : []));
      const [first, second] = [on(left, head.partials), on(right, beyond)];
      if (second.length % 2 === 1) sign = sign === 1 ? -1 : 1;
      vertices.push({
        head: deltaHead(kindOf(kind), first.length + second.length),
        args: [combine(x, y, -1), ...first, ...second],
        exp: 1,
      });
      return;
    }
    if (typeof x === "number" && typeof y === "number" && x !== y && (x >= 0 || y >= 0)) {
      // The usual case: the delta of two plain labels identifies them, no vertex is needed.
      const [from, to] = y >= 0 ? [y, x] : [x, y];
      gone.add(from);
      for (const [old, now] of renamed) if (now === from) renamed.set(old, to);
      renamed.set(from, to);
      return;
    }
    const of = kindOf(kind);
    vertices.push({ head: deltaHead(of), args: of.kind === "finite" ? [x, y] : [combine(x, y, -1)], exp: 1 });
  });
  if (renamed.size > 0)
    vertices = vertices.map((v) => {
      const args = new Array<Arg>(v.args.length);
      let changed = false;
      for (let i = 0; i < args.length; i++) {
        const arg = v.args[i] as Arg;
        const next = typeof arg === "number" ? (renamed.get(arg) ?? arg) : mapArg(arg, (l) => renamed.get(l));
        if (next !== arg) changed = true;
        args[i] = next;
      }
      return changed ? { ...v, args } : v;
    });
  let result: Product | null;
  try {
    result = normalise({ kinds, vertices, gone });
  } catch (problem) {
    if (problem instanceof Fault && problem.diagnostic.code === "delta-zero") divergent(`the product ${describe(left)} ${describe(right)}`);
    throw problem;
  }
  if (result !== null && sign === -1) result = { ...result, coefficient: times(result.coefficient, -1) };
  fused.set(key, result);
  return result;
}

function unmarked(v: Vertex): Vertex {
  const head = headOf(v.head);
  return head.kind === "ladder" && head.marked ? { ...v, head: ladderHead(head.species, head.creation, false, head.partials) } : v;
}

/** Marks all legs of one direction and of the given species. */
function markAll(id: number, mark: "annihilators" | "creators", species: number): number {
  const atom = atomOf(id);
  const key = `${id}!${mark}${species}`;
  const vertices = atom.vertices.map((v) => {
    const head = headOf(v.head);
    const wanted = head.kind === "ladder" && head.creation === (mark === "creators") && ((1 << (head.species.id % 31)) & species) !== 0;
    return wanted ? { ...v, head: ladderHead(head.species, head.creation, true, head.partials) } : v;
  });
  const copy = internMarked(atom, key, vertices);
  cleared.set(copy.id, { coefficient: 1, mono: [id, 1] });
  return copy.id;
}

/**
 * An atom without its marks, or with the mark of one vertex removed. Null where it vanishes: two equal fermionic operators, one
 * of the left factor and one of the right, are told apart by a mark alone.
 */
function unmark(id: number, only?: number): Product | null {
  const known = only === undefined ? cleared.get(id) : marked.get(`${id}.${only}`);
  if (known !== undefined) return known;
  const atom = atomOf(id);
  const product = normalise({
    kinds: atom.kinds,
    vertices: atom.vertices.map((v, i) => (only === undefined || only === i ? unmarked(v) : v)),
  });
  if (only === undefined) cleared.set(id, product);
  else marked.set(`${id}.${only}`, product);
  return product;
}

interface Shape {
  readonly term: Term;
  readonly creators: number;
  readonly annihilators: number;
  readonly creates: number;
  readonly annihilates: number;
}

function shape(term: Term): Shape {
  let [creators, annihilators, creates, annihilates] = [0, 0, 0, 0];
  for (let i = 0; i < term.mono.length; i += 2) {
    const atom = atomOf(term.mono[i] as number);
    const exp = term.mono[i + 1] as number;
    creators += atom.creators * exp;
    annihilators += atom.annihilators * exp;
    creates |= atom.creates;
    annihilates |= atom.annihilates;
  }
  return { term, creators, annihilators, creates, annihilates };
}

/** Parity of moving the atom at index i to the front, skipping the atom at index `skip`. */
function frontSign(mono: readonly number[], i: number, skip: number): 1 | -1 {
  if (atomOf(mono[i] as number).fermions % 2 === 0) return 1;
  let odd = 0;
  for (let j = 0; j < i; j += 2) if (j !== skip && atomOf(mono[j] as number).fermions % 2 === 1) odd++;
  return odd % 2 === 0 ? 1 : -1;
}

function without(mono: readonly number[], i: number, j = -1): number[] {
  const rest: number[] = [];
  for (let k = 0; k < mono.length; k += 2) {
    const exp = (mono[k + 1] as number) - (k === i ? 1 : 0) - (k === j ? 1 : 0);
    if (exp !== 0) rest.push(mono[k] as number, exp);
  }
  return rest;
}

type Emit = (coefficient: Coefficient, mono: readonly number[]) => void;

/** Replaces the atoms at i and j (or i alone) of a monomial, already moved to the front, by a product. */
function replace(mono: readonly number[], i: number, j: number, by: Product, coefficient: Coefficient, out: Emit): void {
  let sign = frontSign(mono, i, -1);
  if (j >= 0 && j !== i && frontSign(mono, j, i) === -1) sign = sign === 1 ? -1 : 1;
  const merged = mergeMono(by.mono, without(mono, i, j));
  if (merged === null) return;
  if (merged.sign === -1) sign = sign === 1 ? -1 : 1;
  out(times(sign === 1 ? coefficient : times(coefficient, -1), by.coefficient), merged.mono);
}

/** All contractions of one creator, at leg v of the atom at index `at`, with annihilators of the monomial. */
function contractOne(mono: readonly number[], at: number, v: number, clear: boolean, coefficient: Coefficient, out: Emit): void {
  const own = mono[at] as number;
  // When v is its atom's only marked creator every symmetry of the atom fixes it, so orbits serve there too.
  const alone = atomOf(own).markedCreators === 1;
  const species = speciesAt(own, v);
  const bit = 1 << ((species as { id: number }).id % 31);
  for (let i = 0; i < mono.length; i += 2) {
    const id = mono[i] as number;
    const atom = atomOf(id);
    if ((atom.annihilates & bit) === 0 || atom.markedAnnihilators === 0) continue;
    const copies = (mono[i + 1] as number) - (i === at ? 1 : 0);
    if (copies > 0)
      for (const leg of legsOf(id, false, true)) {
        if (speciesAt(id, leg.vertex) !== species) continue;
        const product = fuse(id, leg.vertex, own, v, clear);
        if (product !== null) replace(mono, i, at, product, times(coefficient, copies * leg.size), out);
      }
    if (i === at && alone)
      for (const leg of legsOf(id, false, true)) {
        if (speciesAt(id, leg.vertex) !== species) continue;
        const product = fuse(id, leg.vertex, undefined, v, clear);
        if (product !== null) replace(mono, i, -1, product, times(coefficient, leg.size), out);
      }
    else if (i === at)
      atom.vertices.forEach((w, u) => {
        const head = headOf(w.head);
        if (head.kind !== "ladder" || head.creation || !head.marked || head.species !== species) return;
        const product = fuse(id, u, undefined, v, clear);
        if (product !== null) replace(mono, i, -1, product, coefficient, out);
      });
  }
}

/** Modes, each contracted with itself only: sum over k of k! C(p,k) C(q,k). Returns false when it does not apply. */
function closedForm(left: Term, right: Term, rules: Rules, out: Emit): boolean {
  const pairs: { a: number; b: number; p: number; q: number }[] = [];
  for (let j = 0; j < right.mono.length; j += 2) {
    const b = atomOf(right.mono[j] as number);
    if (b.creators === 0) continue;
    if (b.role !== "ladder" || b.fermions > 0) return false;
    let matches = 0;
    for (let i = 0; i < left.mono.length; i += 2) {
      const a = atomOf(left.mono[i] as number);
      if ((a.annihilates & b.creates) === 0) continue;
      if (a.role !== "ladder") return false;
      if (speciesAt(a.id, 0) !== speciesAt(b.id, 0)) continue;
      const product = fuse(a.id, 0, b.id, 0);
      if (product === null) continue;
      if (product.mono.length > 0 || product.coefficient !== 1 || ++matches > 1) return false;
      pairs.push({ a: a.id, b: b.id, p: left.mono[i + 1] as number, q: right.mono[j + 1] as number });
    }
    if (matches === 0 && rules.vacuum) return true;
  }
  const merged = mergeMono(left.mono, right.mono);
  if (merged === null) return true;
  const sign = merged.sign;
  const walk = (at: number, coefficient: Coefficient, mono: readonly number[], count: number): void => {
    if (at === pairs.length) {
      if (count > 0 || !rules.connected) out(sign === 1 ? coefficient : times(coefficient, -1), mono);
      return;
    }
    const { a, b, p, q } = pairs[at] as { a: number; b: number; p: number; q: number };
    const most = Math.min(p, q);
    let weight = 1n;
    for (let k = 0; k <= most; k++) {
      if (!rules.vacuum || k === q) {
        const rest: number[] = [];
        for (let i = 0; i < mono.length; i += 2) {
          const exp = (mono[i + 1] as number) - (mono[i] === a || mono[i] === b ? k : 0);
          if (exp !== 0) rest.push(mono[i] as number, exp);
        }
        walk(at + 1, times(coefficient, integer(weight)), rest, count + k);
      }
      weight = (weight * BigInt((p - k) * (q - k))) / BigInt(k + 1);
    }
  };
  walk(0, 1, merged.mono, 0);
  return true;
}

/** The contraction of two single ladder operators as a delta; see `matchings`. */
function deltaOf(a: number, c: number): number | undefined {
  const product = speciesAt(a, 0) === speciesAt(c, 0) ? fuse(a, 0, c, 0) : null;
  if (product === null) return -1;
  return product.coefficient === 1 && product.mono.length === 2 && product.mono[1] === 1 ? product.mono[0] : undefined;
}

/** left * right in normal order, handed out term by term. */
function contract(left: Shape, right: Shape, rules: Rules, out: Emit): void {
  const common = left.annihilates & right.creates;
  const plain = (): void => {
    const merged = mergeMono(left.term.mono, right.term.mono);
    if (merged !== null) out(merged.sign, merged.mono);
  };
  if (common === 0) {
    if (!rules.connected && !(rules.vacuum && right.creators > 0)) plain();
    return;
  }
  if (right.creators === 1 || left.annihilators === 1) {
    if (!rules.connected && !(rules.vacuum && right.creators > 0)) plain();
    if (rules.vacuum && right.creators > 1) return;
    single(left, right, out);
    return;
  }
  if (closedForm(left.term, right.term, rules, out)) return;
  const matched = matchings(left.term, right.term, rules, deltaOf);
  if (matched !== undefined) {
    for (let i = 0; i < matched.size; i++) out(1, matched.mono(i));
    return;
  }
  let states: Accumulator = new Map();
  let start: readonly number[] = [];
  let factor: Coefficient = 1;
  for (const [term, mark] of [
    [left.term, "annihilators"],
    [right.term, "creators"],
  ] as const)
    for (let i = 0; i < term.mono.length; i += 2) {
      const id = term.mono[i] as number;
      const exp = term.mono[i + 1] as number;
      const atom = atomOf(id);
      const touched = mark === "creators" ? atom.creates & common : atom.annihilates & common;
      const product: Product = { coefficient: 1, mono: [touched === 0 ? id : markAll(id, mark, common), 1] };
      const mono = [product.mono[0] as number, exp];
      const merged = mergeMono(start, mono);
      if (merged === null) return;
      if (exp % 2 === 1) factor = times(factor, product.coefficient);
      if (merged.sign === -1) factor = times(factor, -1);
      start = merged.mono;
    }
  addTerm(states, factor, 0, start);
  for (;;) {
    const next: Accumulator = new Map();
    let active = false;
    for (const state of states.values()) {
      let at = 0;
      while (at < state.mono.length && atomOf(state.mono[at] as number).markedCreators === 0) at += 2;
      if (at >= state.mono.length) {
        addTerm(next, state.coefficient, 0, state.mono);
        continue;
      }
      active = true;
      const own = state.mono[at] as number;
      const v = (legsOf(own, true, true)[0] as Leg).vertex;
      const last =
        atomOf(own).markedCreators === 1 &&
        state.mono[at + 1] === 1 &&
        !state.mono.some((id, i) => i % 2 === 0 && i !== at && atomOf(id).markedCreators > 0);
      if (!rules.vacuum) {
        const idle = last ? unmark(own) : unmark(own, v);
        if (idle !== null) replace(state.mono, at, -1, idle, state.coefficient, (c, m) => addTerm(next, c, 0, m));
      }
      contractOne(state.mono, at, v, last, state.coefficient, (c, m) => addTerm(next, c, 0, m));
    }
    states = next;
    if (!active) break;
  }
  for (const state of states.values()) {
    let mono: readonly number[] | null = [];
    let coefficient = state.coefficient;
    for (let i = 0; i < state.mono.length && mono !== null; i += 2) {
      const id = state.mono[i] as number;
      const exp = state.mono[i + 1] as number;
      const product: Product | null = atomOf(id).markedAnnihilators > 0 ? unmark(id) : { coefficient: 1, mono: [id, 1] };
      if (product === null) {
        mono = null;
        break;
      }
      if (exp % 2 !== 0) coefficient = times(coefficient, product.coefficient);
      const merged = mergeMono(mono, [product.mono[0] as number, exp]);
      mono = merged === null ? null : merged.mono;
      if (merged?.sign === -1) coefficient = times(coefficient, -1);
    }
    if (mono !== null) out(coefficient, mono);
  }
  if (rules.connected) {
    const merged = mergeMono(left.term.mono, right.term.mono);
    if (merged !== null) out(merged.sign === 1 ? -1 : 1, merged.mono);
  }
}

/** Exactly one contraction: either side has only one operator that can take part. */
function single(left: Shape, right: Shape, out: Emit): void {
  for (let j = 0; j < right.term.mono.length; j += 2) {
    const b = right.term.mono[j] as number;
    for (const creator of legsOf(b, true, false)) {
      const species = speciesAt(b, creator.vertex);
      for (let i = 0; i < left.term.mono.length; i += 2) {
        const a = left.term.mono[i] as number;
        if ((atomOf(a).annihilates & atomOf(b).creates) === 0) continue;
        for (const annihilator of legsOf(a, false, false)) {
          if (speciesAt(a, annihilator.vertex) !== species) continue;
          const product = fuse(a, annihilator.vertex, b, creator.vertex);
          if (product === null) continue;
          const count = annihilator.size * creator.size * (left.term.mono[i + 1] as number) * (right.term.mono[j + 1] as number);
          // Left atoms stand before right ones; bring a, then b, to the front of left * right.
          let sign: 1 | -1 = frontSign(left.term.mono, i, -1);
          if (atomOf(b).fermions % 2 === 1) {
            let odd = 0;
            for (let k = 0; k < left.term.mono.length; k += 2) if (k !== i && atomOf(left.term.mono[k] as number).fermions % 2 === 1) odd++;
            for (let k = 0; k < j; k += 2) if (atomOf(right.term.mono[k] as number).fermions % 2 === 1) odd++;
            if (odd % 2 === 1) sign = sign === 1 ? -1 : 1;
          }
          const rest = mergeMono(without(left.term.mono, i), without(right.term.mono, j));
          if (rest === null) continue;
          const merged = mergeMono(product.mono, rest.mono);
          if (merged === null) continue;
          if (rest.sign === -1) sign = sign === 1 ? -1 : 1;
          if (merged.sign === -1) sign = sign === 1 ? -1 : 1;
          out(times(product.coefficient, sign * count), merged.mono);
        }
      }
    }
  }
}

/** Numbers of creators and of annihilators of a monomial. */
export function degrees(mono: readonly number[]): [number, number] {
  let [creators, annihilators] = [0, 0];
  for (let i = 0; i < mono.length; i += 2) {
    const atom = atomOf(mono[i] as number);
    creators += atom.creators * (mono[i + 1] as number);
    annihilators += atom.annihilators * (mono[i + 1] as number);
  }
  return [creators, annihilators];
}

/** Product of two normal-ordered sums, in normal order. */
export function multiply(a: Sum, b: Sum, rules: Rules = {}, limit?: number): Sum {
  if (a.size * b.size > 500 && !rules.connected && !rules.vacuum && rules.degree === undefined) {
    const fast = multiplyModes(a, b, (x, y) => {
      const product = speciesAt(x, 0) === speciesAt(y, 0) ? fuse(x, 0, y, 0) : null;
      return product === null ? 0 : product.mono.length === 0 && product.coefficient === 1 ? 1 : undefined;
    });
    if (fast !== undefined) return fast;
  }
  const rights = [...b.values()].map(shape);
  if (a.size === 1 && rights.length === 1 && rules.degree === undefined) {
    const [left, right] = [a.values().next().value as Term, (rights[0] as Shape).term];
    const matched = matchings(left, right, rules, deltaOf, limit);
    if (matched !== undefined) {
      const scalar = scalarMultiply(left.scalar, right.scalar);
      const coefficient = times(times(left.coefficient, right.coefficient), scalar.factor);
      return new Packed(matched.size, (i) => ({ coefficient, scalar: scalar.id, mono: matched.mono(i) }));
    }
  }
  const into: Accumulator = new Map();
  for (const term of a.values()) {
    const left = shape(term);
    for (const right of rights) {
      const scalar = scalarMultiply(left.term.scalar, right.term.scalar);
      const coefficient = times(times(left.term.coefficient, right.term.coefficient), scalar.factor);
      contract(left, right, rules, (c, mono) => {
        if (rules.degree !== undefined && !rules.degree(...degrees(mono))) return;
        emit(into, times(coefficient, c), scalar.id, mono, limit);
      });
    }
  }
  return into;
}

/** The product that drops contractions, :a b:. */
export function multiplyNormal(a: Sum, b: Sum): Sum {
  const into: Accumulator = new Map();
  for (const x of a.values())
    for (const y of b.values()) {
      const merged = mergeMono(x.mono, y.mono);
      if (merged === null) continue;
      const scalar = scalarMultiply(x.scalar, y.scalar);
      const coefficient = times(times(x.coefficient, y.coefficient), scalar.factor);
      emit(into, merged.sign === 1 ? coefficient : times(coefficient, -1), scalar.id, merged.mono);
    }
  return into;
}

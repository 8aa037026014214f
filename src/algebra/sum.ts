import { fail } from "../source/diagnostic.js";
import { nowhere } from "../source/span.js";
import { atomOf, bitOf } from "./atom.js";
import type { Vertex } from "./canonical.js";
import { assemble, describe, divergent, normalise, type Product, pivotImage, type Raw } from "./diagram.js";
import { type Arg, mapArg } from "./label.js";
import { add as addCoefficients, type Coefficient, multiply as times } from "./number.js";
import { scalarMultiply } from "./scalar.js";

/** coefficient * scalar monomial * normal-ordered product of atoms. */
export interface Term {
  readonly coefficient: Coefficient;
  readonly scalar: number;
  /** [atom, exponent, ...] sorted by atom. */
  readonly mono: readonly number[];
}

/** A canonical sum: equal terms merged, no zeros; keys are canonical, so equal sums have equal keys. */
export type Sum = ReadonlyMap<string, Term>;
export type Accumulator = Map<string, Term>;

/** Most terms that a sum may grow to before the engine gives up with a message. */
export const termLimit = 2_000_000;

/** Work is counted in time, so that hopeless inputs end with a message; `start` is called once a request. */
const work = { deadline: Number.POSITIVE_INFINITY, count: 0 };
export function startWork(seconds: number): void {
  work.deadline = performance.now() + 1000 * seconds;
  work.count = 0;
}
export function checkWork(): void {
  if (performance.now() > work.deadline)
    fail("too-large", nowhere, "the normal form takes too long", "take a smaller power, or ask for a part of it with part_n(...)");
}

export function tooMany(limit: number): never {
  return fail(
    "too-large",
    nowhere,
    `the normal form has more than ${limit} terms`,
    "take a smaller power, or ask for a part of it with part_n(...)",
  );
}

/** Canonical key of a term without its coefficient. */
export function keyOf(scalar: number, mono: readonly number[]): string {
  const codes = [scalar & 0x7fff, scalar >> 15];
  for (let i = 0; i < mono.length; i += 2) {
    const id = mono[i] as number;
    codes.push(id & 0x7fff, id >> 15, (mono[i + 1] as number) + 32768);
  }
  return String.fromCharCode.apply(null, codes);
}

export function addTerm(into: Accumulator, coefficient: Coefficient, scalar: number, mono: readonly number[], limit = termLimit): void {
  if (coefficient === 0) return;
  if ((++work.count & 1023) === 0) checkWork();
  const key = keyOf(scalar, mono);
  const known = into.get(key);
  if (known === undefined) {
    if (into.size >= limit) tooMany(limit);
    into.set(key, { coefficient, scalar, mono });
    return;
  }
  const total = addCoefficients(known.coefficient, coefficient);
  if (total === 0) into.delete(key);
  else into.set(key, { coefficient: total, scalar: known.scalar, mono: known.mono });
}

export const zeroSum: Sum = new Map();

export function constant(coefficient: Coefficient, scalar = 0): Sum {
  const into: Accumulator = new Map();
  addTerm(into, coefficient, scalar, []);
  return into;
}

export function fromProduct(product: Product | null, scalar = 0): Sum {
  if (product === null) return zeroSum;
  const into: Accumulator = new Map();
  emit(into, product.coefficient, scalar, product.mono);
  return into;
}

export function addInto(into: Accumulator, sum: Sum, factor: Coefficient = 1): void {
  for (const term of sum.values()) addTerm(into, factor === 1 ? term.coefficient : times(term.coefficient, factor), term.scalar, term.mono);
}

export function add(...sums: readonly Sum[]): Sum {
  const into: Accumulator = new Map();
  for (const sum of sums) addInto(into, sum);
  return into;
}

export function difference(a: Sum, b: Sum): Sum {
  const into: Accumulator = new Map(a);
  addInto(into, b, -1);
  return into;
}

export function scale(sum: Sum, factor: Coefficient, scalar = 0): Sum {
  if (factor === 1 && scalar === 0) return sum;
  const into: Accumulator = new Map();
  for (const term of sum.values()) {
    const merged = scalarMultiply(term.scalar, scalar);
    addTerm(into, times(times(term.coefficient, factor), merged.factor), merged.id, term.mono);
  }
  return into;
}

const fermionsOf = (mono: readonly number[]): boolean => {
  for (let i = 0; i < mono.length; i += 2) if (atomOf(mono[i] as number).fermions % 2 === 1) return true;
  return false;
};

/** Product of two monomials in atoms, in that order; null when it vanishes. */
export function mergeMono(a: readonly number[], b: readonly number[]): { mono: readonly number[]; sign: 1 | -1 } | null {
  if (a.length === 0) return { mono: b, sign: 1 };
  if (b.length === 0) return { mono: a, sign: 1 };
  if (fermionsOf(a) && fermionsOf(b)) {
    let position = 0;
    const pieces = [];
    for (const mono of [a, b])
      for (let i = 0; i < mono.length; i += 2) {
        const count = atomOf(mono[i] as number).fermions * (mono[i + 1] as number);
        pieces.push({ id: mono[i] as number, exp: mono[i + 1] as number, fermions: Array.from({ length: count }, () => position++) });
      }
    return assemble(pieces);
  }
  const mono: number[] = [];
  let i = 0;
  let j = 0;
  let check = false;
  while (i < a.length || j < b.length) {
    const x = i < a.length ? (a[i] as number) : Number.POSITIVE_INFINITY;
    const y = j < b.length ? (b[j] as number) : Number.POSITIVE_INFINITY;
    if (x < y) {
      mono.push(x, a[i + 1] as number);
      i += 2;
    } else if (y < x) {
      mono.push(y, b[j + 1] as number);
      j += 2;
    } else {
      const exp = (a[i + 1] as number) + (b[j + 1] as number);
      if (exp !== 0) mono.push(x, exp);
      const role = atomOf(x).role;
      if (role === "delta" || role === "kronecker") check = true;
      if (exp > 32000) fail("too-large", nowhere, "an exponent is larger than 32,000", "use a smaller power");
      i += 2;
      j += 2;
    }
  }
  if (!check) return { mono, sign: 1 };
  const pieces = [];
  for (let k = 0; k < mono.length; k += 2) pieces.push({ id: mono[k] as number, exp: mono[k + 1] as number, fermions: [] });
  return assemble(pieces);
}

/** A monomial to a whole power. Kronecker deltas are idempotent; powers of Dirac's make no sense. */
export function raiseMono(mono: readonly number[], n: number): readonly number[] {
  if (n === 0) return [];
  return mono.map((x, i) => {
    if (i % 2 === 0) return x;
    const atom = atomOf(mono[i - 1] as number);
    if (n !== 1 && atom.role === "delta") divergent(`${describe(atom.vertices[0] as Vertex)}^${n}`);
    if (Math.abs(x * n) > 32000) fail("too-large", nowhere, "an exponent is larger than 32,000", "use a smaller power");
    return atom.role === "kronecker" ? 1 : x * n;
  });
}

/** Whether a free delta's pivot occurs in another atom of the term. */
function untidy(mono: readonly number[]): boolean {
  let seen = 0;
  let twice = 0;
  let pivots = 0;
  for (let i = 0; i < mono.length; i += 2) {
    const atom = atomOf(mono[i] as number);
    twice |= seen & atom.mask;
    seen |= atom.mask;
    if (atom.pivot !== 0) pivots |= bitOf(atom.pivot);
  }
  return (pivots & twice) !== 0;
}

/**
 * Adds a term after substituting what its deltas of free labels say: delta(x-y) f(y) becomes delta(x-y) f(x).
 * The deltas end in reduced echelon form, so equal terms agree.
 */
export function emit(into: Accumulator, coefficient: Coefficient, scalar: number, mono: readonly number[], limit = termLimit): void {
  if (!untidy(mono)) {
    addTerm(into, coefficient, scalar, mono, limit);
    return;
  }
  let current = mono;
  let factor = coefficient;
  for (let round = 0; round < 100; round++) {
    const next = eliminatePivot(current);
    if (next === undefined) break;
    if (next === null) return;
    factor = times(factor, next.coefficient);
    current = next.mono;
  }
  addTerm(into, factor, scalar, current, limit);
}

/** One substitution by one delta; undefined when there is nothing left to do, null when the term vanishes. */
function eliminatePivot(mono: readonly number[]): Product | null | undefined {
  for (let i = 0; i < mono.length; i += 2) {
    const delta = atomOf(mono[i] as number);
    if (delta.pivot === 0) continue;
    let touched = false;
    for (let j = 0; j < mono.length && !touched; j += 2) if (j !== i) touched = atomOf(mono[j] as number).free.includes(delta.pivot);
    if (!touched) continue;
    const by = pivotImage(delta.id);
    let coefficient: Coefficient = 1;
    let result: readonly number[] = [];
    for (let j = 0; j < mono.length; j += 2) {
      const id = mono[j] as number;
      const exp = mono[j + 1] as number;
      let piece: Product | null = { coefficient: 1, mono: [id, exp] };
      if (j !== i && atomOf(id).free.includes(delta.pivot)) piece = substituteAtom(id, exp, (l) => (l === delta.pivot ? by : undefined));
      if (piece === null) return null;
      const merged = mergeMono(result, piece.mono);
      if (merged === null) return null;
      coefficient = times(coefficient, piece.coefficient);
      if (merged.sign === -1) coefficient = times(coefficient, -1);
      result = merged.mono;
    }
    return { coefficient, mono: result };
  }
  return undefined;
}

/** An atom to a power with free labels replaced. */
export function substituteAtom(id: number, exp: number, to: (label: number) => Arg | undefined): Product | null {
  return normalise(rawOf([id, exp], to));
}

/** The diagram of a monomial, with its free labels replaced. `start` bound labels are already taken. */
export function rawOf(mono: readonly number[], to?: (label: number) => Arg | undefined, start: readonly number[] = []): Raw {
  const kinds = start.slice();
  const vertices: Raw["vertices"][number][] = [];
  for (let i = 0; i < mono.length; i += 2) {
    const atom = atomOf(mono[i] as number);
    const exp = mono[i + 1] as number;
    const repeat = atom.kinds.length === 0 && atom.role !== "ladder" ? 1 : exp;
    if (repeat < 0) fail("not-understood", nowhere, "one over an integral that depends on an integrated label is not understood");
    const single = repeat === 1 ? exp : 1;
    for (let copy = 0; copy < repeat; copy++) {
      const offset = kinds.length;
      for (const kind of atom.kinds) kinds.push(kind);
      for (const v of atom.vertices)
        vertices.push({
          head: v.head,
          exp: atom.kinds.length === 0 && atom.role !== "ladder" ? single : v.exp,
          args: v.args.map((a) => mapArg(a, (l) => (l >= 0 ? (offset === 0 ? undefined : l + offset) : to?.(l)))),
        });
    }
  }
  return { kinds, vertices };
}

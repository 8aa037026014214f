import type { Kind, Label } from "../core/expression.js";
import { gcd, tooLarge } from "./matrix.js";

/**
 * Arguments of vertices. A plain argument is an integer: a bound label of its diagram (0, 1, ...), or a free
 * label or a constant of a finite kind (-1, -2, ..., interned here). An affine argument is a flat list of
 * triples [label, n, d] sorted by label, meaning the sum of (n/d) label; the empty list is the origin.
 */
export type Affine = readonly number[];
export type Arg = number | Affine;

export interface FreeLabel {
  readonly kind: number;
  /** A label, or the constant of a finite kind. */
  readonly label?: Label;
  readonly constant?: number;
  /** Orders labels independently of the order in which they were met. */
  readonly order: string;
}

let kinds: Kind[] = [];
let kindIds = new Map<string, number>();
/** Kinds that were asked for before, as they are: their texts cost more than all else of a label. */
let seen = new WeakMap<Kind, number>();
let frees: FreeLabel[] = [];
let freeIds = new Map<string, number>();
let affines: Affine[] = [];
let affineIds = new Map<string, number>();

export function resetLabels(): void {
  kinds = [];
  kindIds = new Map();
  seen = new WeakMap();
  frees = [];
  freeIds = new Map();
  affines = [];
  affineIds = new Map();
  temporaries.clear();
}

export function kindId(kind: Kind): number {
  const met = seen.get(kind);
  if (met !== undefined) return met;
  const key =
    kind.kind === "finite"
      ? `{${kind.size === undefined ? kind.values.join(",") : `1..${kind.size.id}`}}`
      : `${kind.kind}${kind.dimension}`;
  let id = kindIds.get(key);
  if (id === undefined) {
    id = kinds.length;
    kinds.push(kind);
    kindIds.set(key, id);
  }
  seen.set(kind, id);
  return id;
}
export const kindOf = (id: number): Kind => kinds[id] as Kind;

function free(key: string, info: FreeLabel): number {
  const known = freeIds.get(key);
  if (known !== undefined) return known;
  frees.push(info);
  freeIds.set(key, -frees.length);
  return -frees.length;
}

/** The code of a free label, always negative. */
export function freeLabel(label: Label): number {
  const kind = kindId(label.kind);
  return free(`${label.id}|${label.name}|${kind}`, { kind, label, order: `${label.name}|${label.id}` });
}
export function constantLabel(kind: Kind, value: number): number {
  const id = kindId(kind);
  return free(`#${id}|${value}`, { kind: id, constant: value, order: `#${String(value + 1e6).padStart(9, "0")}` });
}
export const freeInfo = (code: number): FreeLabel => frees[-code - 1] as FreeLabel;
export const isConstant = (code: number): boolean => code < 0 && freeInfo(code).constant !== undefined;

/** Free labels for opening a diagram; they never leave the operation that asked for them. */
const temporaries = new Map<number, number[]>();
const inUse = new Map<number, number>();
export function withTemporaries<T>(wanted: readonly number[], work: (labels: readonly number[]) => T): T {
  const before = new Map(inUse);
  const labels = wanted.map((kind) => {
    const at = inUse.get(kind) ?? 0;
    inUse.set(kind, at + 1);
    const pool = temporaries.get(kind) ?? [];
    if (pool[at] === undefined) {
      // Identifiers below zero are never given to a user's label.
      const label: Label = { id: -1 - at - kind * 1e6, name: `~${at}`, kind: kindOf(kind) };
      pool[at] = freeLabel(label);
      temporaries.set(kind, pool);
    }
    return pool[at] as number;
  });
  try {
    return work(labels);
  } finally {
    inUse.clear();
    for (const [kind, count] of before) inUse.set(kind, count);
  }
}

/** Sum of (n/d) label in normal form: sorted, merged, no zeros; a single label once is plain. */
export function affine(triples: readonly number[]): Arg {
  if (triples.length === 3 && triples[1] === triples[2]) return triples[0] as number;
  const entries = new Map<number, [number, number]>();
  for (let i = 0; i < triples.length; i += 3) {
    const label = triples[i] as number;
    const [n, d] = entries.get(label) ?? [0, 1];
    const top = n * (triples[i + 2] as number) + (triples[i + 1] as number) * d;
    const bottom = d * (triples[i + 2] as number);
    const common = gcd(top, bottom) || 1;
    if (!Number.isSafeInteger(top) || !Number.isSafeInteger(bottom)) tooLarge();
    entries.set(label, [top / common, bottom / common]);
  }
  const flat: number[] = [];
  for (const [label, [n, d]] of [...entries].sort((a, b) => a[0] - b[0])) if (n !== 0) flat.push(label, d < 0 ? -n : n, Math.abs(d));
  return flat.length === 3 && flat[1] === 1 && flat[2] === 1 ? (flat[0] as number) : flat;
}

/** The triples of an argument; a constant of a finite kind counts as a label. */
export const triples = (arg: Arg): Affine => (typeof arg === "number" ? [arg, 1, 1] : arg);

/** a + (n/d) b. */
export function combine(a: Arg, b: Arg, n: number, d = 1): Arg {
  const flat = [...triples(a)];
  const other = triples(b);
  for (let i = 0; i < other.length; i += 3) flat.push(other[i] as number, (other[i + 1] as number) * n, (other[i + 2] as number) * d);
  return affine(flat);
}

export function negateArg(arg: Arg): Arg {
  return combine([], arg, -1);
}

/** Replaces labels. `to` gives the new argument of a label, or undefined to keep it. */
export function mapArg(arg: Arg, to: (label: number) => Arg | undefined): Arg {
  if (typeof arg === "number") return to(arg) ?? arg;
  let changed = false;
  const flat: number[] = [];
  for (let i = 0; i < arg.length; i += 3) {
    const [label, n, d] = [arg[i] as number, arg[i + 1] as number, arg[i + 2] as number];
    const image = to(label);
    if (image === undefined || image === label) flat.push(label, n, d);
    else {
      changed = true;
      const other = triples(image);
      for (let j = 0; j < other.length; j += 3) flat.push(other[j] as number, (other[j + 1] as number) * n, (other[j + 2] as number) * d);
    }
  }
  return changed ? affine(flat) : arg;
}

export function labelsOf(arg: Arg, into: (label: number) => void): void {
  if (typeof arg === "number") into(arg);
  else for (let i = 0; i < arg.length; i += 3) into(arg[i] as number);
}

/** A number for an affine list, equal for equal lists; far from every plain argument. */
export function affineId(list: Affine): number {
  const key = list.join(",");
  const known = affineIds.get(key);
  if (known !== undefined) return known;
  affines.push(list);
  affineIds.set(key, 1e6 + affines.length);
  return 1e6 + affines.length;
}

import type { Kind, Label } from "../core/expression.js";
import { gcd, tooLarge } from "./matrix.js";

/**
 * Arguments of vertices. A plain argument is an integer: a bound label of its diagram (0, 1, ...), or a free
 * label or a constant of a finite kind (-1, -2, ..., interned here). An affine argument is a flat list of
 * triples [label, n, d] sorted by label, meaning the sum of (n/d) label; the empty list is the origin. The number 1 of the
 * lattice Z is a constant as well, and n of it stand in an affine argument: j+2 is [1, 2, 1, j, 1, 1].
 */
export type Affine = readonly number[];
export type Arg = number | Affine;

export interface FreeLabel {
  readonly kind: number;
  /** A label, or the constant of a finite kind, or the number 1 of Z. */
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
let affineIds = new Map<number, number[]>();

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
  const flat: number[] = [];
  let zeros = false;
  // Insertion sort of a few labels.
  for (let i = 0; i < triples.length; i += 3) {
    const label = triples[i] as number;
    let [n, d] = [triples[i + 1] as number, triples[i + 2] as number];
    let at = flat.length;
    while (at > 0 && (flat[at - 3] as number) > label) at -= 3;
    const met = at > 0 && flat[at - 3] === label;
    if (met) {
      at -= 3;
      n = (flat[at + 1] as number) * d + n * (flat[at + 2] as number);
      d *= flat[at + 2] as number;
    } else {
      flat.push(0, 0, 0);
      flat.copyWithin(at + 3, at, flat.length - 3);
    }
    if (!Number.isSafeInteger(n) || !Number.isSafeInteger(d)) tooLarge();
    if (d !== 1) {
      const common = gcd(n, d) || 1;
      n = (d < 0 ? -n : n) / common;
      d = Math.abs(d) / common;
    }
    if (n === 0) zeros = true;
    flat[at] = label;
    flat[at + 1] = n;
    flat[at + 2] = d;
  }
  if (zeros) {
    let to = 0;
    for (let i = 0; i < flat.length; i += 3) {
      if (flat[i + 1] === 0) continue;
      for (let k = 0; k < 3; k++) flat[to++] = flat[i + k] as number;
    }
    flat.length = to;
  }
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
  if (typeof arg === "number") return [arg, -1, 1];
  if (arg.length === 3 && arg[1] === -1 && arg[2] === 1) return arg[0] as number;
  const flat = arg.slice();
  for (let i = 1; i < flat.length; i += 3) flat[i] = -(flat[i] as number);
  return flat;
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

/** The list with its bound labels numbered anew, no two of them alike: sorted again, as nothing can merge. */
export function renumbered(list: Affine, to: ArrayLike<number>): Affine {
  const flat = new Array<number>(list.length);
  for (let i = 0; i < list.length; i += 3) {
    const old = list[i] as number;
    const label = old < 0 ? old : (to[old] as number);
    let at = i;
    for (; at > 0 && (flat[at - 3] as number) > label; at -= 3) {
      flat[at] = flat[at - 3] as number;
      flat[at + 1] = flat[at - 2] as number;
      flat[at + 2] = flat[at - 1] as number;
    }
    flat[at] = label;
    flat[at + 1] = list[i + 1] as number;
    flat[at + 2] = list[i + 2] as number;
  }
  return flat;
}

/** A number for an affine list, equal for equal lists; far from every plain argument. */
export function affineId(list: Affine): number {
  let hash = list.length;
  for (let i = 0; i < list.length; i++) hash = (Math.imul(hash, 31) + (list[i] as number)) | 0;
  const bucket = affineIds.get(hash);
  if (bucket === undefined) {
    affineIds.set(hash, [affines.length]);
    affines.push(list);
    return 1e6 + affines.length;
  }
  for (const at of bucket) if (equalLists(affines[at] as Affine, list)) return 1e6 + at + 1;
  bucket.push(affines.length);
  affines.push(list);
  return 1e6 + affines.length;
}

export function equalLists(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

import type { Kind, Parameter, Species, SymbolInfo, Symmetry } from "../core/expression.js";
import { fail } from "../source/diagnostic.js";
import { nowhere } from "../source/span.js";
import { kindId } from "./label.js";

/**
 * What a vertex of a diagram is, apart from its labels. Interned: equal heads have equal ids.
 * A ladder's mark tells, while a product is contracted, that the operator may still take part.
 */
export type Head = {
  readonly id: number;
  readonly slots: readonly number[];
  /** All symmetries; empty when there is only the identity. */
  readonly group: readonly Element[];
  /** For each slot the first slot of its orbit under the group. */
  readonly orbits: readonly number[];
  /** Whether the group is all permutations within the orbits, without signs, bars or negations: then sorting replaces it. */
  readonly young: boolean;
  /** The least head that a symmetry gives: equal for heads that can stand for each other. */
  readonly lowest: number;
} & (
  | {
      readonly kind: "value";
      readonly symbol: SymbolInfo;
      readonly conjugated: boolean;
      readonly dots: number;
      readonly scales: readonly string[];
      /** The slots that are differentiated in space, in order; the component of each is an argument behind the others. */
      readonly partials: readonly number[];
    }
  | {
      readonly kind: "ladder";
      readonly species: Species;
      readonly creation: boolean;
      readonly marked: boolean;
      readonly partials: readonly number[];
    }
  /** One argument for space and lattice kinds, two for finite ones. */
  | { readonly kind: "delta"; readonly of: Kind; readonly partials: readonly number[] }
  /** exp(base) or base^(num/den), base a sum over placeholder labels, one for each slot. */
  | { readonly kind: "function"; readonly name: "exp" | "power"; readonly base: string; readonly num: number; readonly den: number }
);

/** One element of a vertex's symmetry group: the vertex equals sign * head(+-args[permutation]). */
export interface Element {
  readonly permutation: readonly number[];
  readonly negated: readonly boolean[];
  readonly sign: 1 | -1;
  readonly head: number;
}

let heads: Head[] = [];
let ids = new Map<string, number>();
let symbols = new WeakMap<object, number>();
let count = 0;
/** Heads of a species' annihilator and creator, without and with a mark. */
let ladders = new WeakMap<Species, number[]>();

export function resetHeads(): void {
  heads = [];
  ids = new Map();
  symbols = new WeakMap();
  ladders = new WeakMap();
  count = 0;
}

function identity(object: object): number {
  let id = symbols.get(object);
  if (id === undefined) {
    id = count++;
    symbols.set(object, id);
  }
  return id;
}

export const headOf = (id: number): Head => heads[id] as Head;

/** Largest symmetry group that is listed element by element. */
const groupLimit = 5040;
/** Most derivatives of one value, whose orders are listed. */
const mostPartials = 8;

/** Closes the generators; elements as (permutation, negation, sign, conjugation). */
function closure(symbol: SymbolInfo): readonly Symmetry[] {
  const n = symbol.slots.length;
  const start: Symmetry = {
    permutation: symbol.slots.map((_, i) => i),
    negated: symbol.slots.map(() => false),
    sign: 1,
    conjugated: false,
  };
  const key = (s: Symmetry) => `${s.permutation.join(",")}|${s.negated.map(Number).join("")}|${s.sign}|${s.conjugated && !symbol.real}`;
  const found = new Map([[key(start), start]]);
  const queue = [start];
  for (let g = queue.pop(); g !== undefined; g = queue.pop()) {
    for (const h of symbol.symmetries) {
      const next: Symmetry = {
        permutation: Array.from({ length: n }, (_, i) => g.permutation[h.permutation[i] as number] as number),
        negated: Array.from({ length: n }, (_, i) => h.negated[i] !== g.negated[h.permutation[i] as number]),
        sign: (g.sign * h.sign) as 1 | -1,
        conjugated: !symbol.real && g.conjugated !== h.conjugated,
      };
      if (found.has(key(next))) continue;
      found.set(key(next), next);
      queue.push(next);
      if (found.size > groupLimit)
        fail(
          "too-large",
          nowhere,
          `the symmetries of ${symbol.name} generate more than ${groupLimit} permutations`,
          "declare fewer of them",
        );
    }
  }
  return [...found.values()];
}

const closures = new WeakMap<SymbolInfo, readonly Symmetry[]>();

/** The whole symmetry group of a symbol, closed from its generators. */
export function symmetries(symbol: SymbolInfo): readonly Symmetry[] {
  let known = closures.get(symbol);
  if (known === undefined) {
    known = closure(symbol);
    closures.set(symbol, known);
  }
  return known;
}

/** The kind of a vector component j = 1, ..., d of a derivative in R^d: summed as it stands, never listed. */
export function componentKind(dimension: number): Kind {
  let kind = components.get(dimension);
  if (kind === undefined) {
    const layout = { base: "d", subscript: [], superscript: [], arguments: [] };
    kind = { kind: "finite", values: [], size: { id: -dimension, name: "d", domain: "positive", layout } };
    components.set(dimension, kind);
  }
  return kind;
}
const components = new Map<number, Kind>();

/** How many values a set {1..p} has, as a symbol without arguments: sums of what does not depend on their label. */
export function sizeSymbol(size: Parameter): SymbolInfo {
  let symbol = sizes.get(size);
  if (symbol === undefined) {
    symbol = { id: -2_000_000 - size.id, name: size.name, slots: [], real: true, symmetries: [], layout: size.layout };
    sizes.set(size, symbol);
    sized.set(symbol, size);
    sizesUsed = true;
  }
  return symbol;
}
export const sizeOf = (symbol: SymbolInfo): Parameter | undefined => sized.get(symbol);
/** Whether there is any: most documents need not look for them. */
export const hasSizes = (): boolean => sizesUsed;
let sizesUsed = false;
const sizes = new WeakMap<Parameter, SymbolInfo>();
const sized = new WeakMap<SymbolInfo, Parameter>();

/**
 * The number of values of Z^d, or the volume of R^d, as a symbol: what is left of a sum over a label that does not occur.
 * Between \sum_p e^{2 \tau(p)}, \sum_p e^{-2 \tau(p)} and \sum_p 1, into which \sum_p \sinh(\tau(p))^2 falls apart, it
 * cancels again where two expressions are equal; left over, it is a divergence.
 */
export function volumeSymbol(kind: Kind & { kind: "space" | "lattice" }): SymbolInfo {
  const key = `${kind.kind}${kind.dimension}`;
  let symbol = volumes.get(key);
  if (symbol === undefined) {
    const layout = { base: "\\infty", subscript: [], superscript: [], arguments: [] };
    symbol = { id: -3_000_000 - volumes.size, name: "\\infty", slots: [], real: true, symmetries: [], layout };
    volumes.set(key, symbol);
    infinite.set(symbol, kind);
  }
  return symbol;
}
/** The kind whose volume a symbol is. */
export const volumeOf = (symbol: SymbolInfo): Kind | undefined => infinite.get(symbol);
/** Whether there is any: what was computed before may hold one, so that it is not enough to look at what is made now. */
export const hasVolumes = (): boolean => volumes.size > 0;
const volumes = new Map<string, SymbolInfo>();
const infinite = new WeakMap<SymbolInfo, Kind>();

const componentOf = (slots: readonly Kind[], slot: number): number => {
  const kind = slots[slot] as Kind;
  if (kind.kind !== "space") throw new Error("only labels of R^d are differentiated");
  return kindId(componentKind(kind.dimension));
};

/** All orders of the components that stand on one slot: derivatives commute. */
function orders(partials: readonly number[]): number[][] {
  let lists: number[][] = [[]];
  partials.forEach((slot) => {
    lists = lists.flatMap((list) => partials.flatMap((other, from) => (other === slot && !list.includes(from) ? [[...list, from]] : [])));
  });
  return lists;
}

/**
 * Head of a value. `scales[i]` is the text of the i-th argument's parameter scale N, "" for none; derivatives in space
 * are those of u -> f(N u).
 */
export function valueHead(
  symbol: SymbolInfo,
  conjugated: boolean,
  dots: number,
  scales: readonly string[],
  partials: readonly number[] = [],
): number {
  const bar = conjugated && !symbol.real;
  const key = `v${identity(symbol)}${bar ? "*" : ""}.${dots}|${scales.join(";")}${partials.length > 0 ? `|${partials.join(",")}` : ""}`;
  const known = ids.get(key);
  if (known !== undefined) return known;
  const id = heads.length;
  const count = symbol.slots.length;
  const head = {
    id,
    kind: "value" as const,
    symbol,
    conjugated: bar,
    dots,
    scales,
    partials,
    slots: [...symbol.slots.map(kindId), ...partials.map((slot) => componentOf(symbol.slots, slot))],
    group: [] as Element[],
    orbits: Array.from({ length: count + partials.length }, (_, i) => i),
    young: true,
    lowest: id,
  };
  if (partials.length > mostPartials) fail("too-large", nowhere, `${symbol.name} has more than ${mostPartials} derivatives`);
  heads.push(head);
  ids.set(key, id);
  if (symbol.symmetries.length > 0 || new Set(partials).size < partials.length) {
    const own = symbol.symmetries.length > 0 ? symmetries(symbol) : [identityOf(count)];
    head.group = own.flatMap((s) => {
      const image = s.permutation.map((from) => scales[from] as string);
      // Where each derivative goes: its slot moves, and a negated argument costs a sign.
      const moved = partials
        .map((slot, from) => ({ slot: s.permutation.indexOf(slot), from }))
        .sort((a, b) => a.slot - b.slot || a.from - b.from);
      const odd = moved.filter((one) => s.negated[one.slot]).length % 2 === 1;
      const target = valueHead(
        symbol,
        bar !== s.conjugated,
        dots,
        image,
        moved.map((one) => one.slot),
      );
      return orders(moved.map((one) => one.slot)).map((order) => ({
        permutation: [...s.permutation, ...order.map((from) => count + (moved[from] as { from: number }).from)],
        negated: [...s.negated, ...partials.map(() => false)],
        sign: (odd ? -s.sign : s.sign) as 1 | -1,
        head: target,
      }));
    });
    Object.assign(head, shapeOf(head.group, id));
  }
  return id;
}

const identityOf = (count: number): Symmetry => ({
  permutation: Array.from({ length: count }, (_, i) => i),
  negated: Array.from({ length: count }, () => false),
  sign: 1,
  conjugated: false,
});

/** Orbits of the slots, and whether the group is the whole Young subgroup on them. */
function shapeOf(group: readonly Element[], id: number): { orbits: number[]; young: boolean; lowest: number } {
  const orbits = (group[0] as Element).permutation.map((_, i) => i);
  for (const element of group)
    element.permutation.forEach((from, i) => {
      orbits[i] = Math.min(orbits[i] as number, from);
    });
  let size = 1;
  for (const first of new Set(orbits)) for (let k = orbits.filter((o) => o === first).length; k > 1; k--) size *= k;
  const plain = group.every((g) => g.sign === 1 && g.head === id && g.negated.every((n) => !n));
  let lowest = id;
  for (const element of group) lowest = Math.min(lowest, element.head);
  return { orbits, young: plain && size === group.length, lowest };
}

export function ladderHead(species: Species, creation: boolean, marked = false, partials: readonly number[] = []): number {
  if (partials.length > 0) return ladderWith(species, creation, marked, partials);
  let row = ladders.get(species);
  if (row === undefined) {
    row = [];
    ladders.set(species, row);
  }
  const at = (creation ? 1 : 0) + (marked ? 2 : 0);
  row[at] ??= ladderWith(species, creation, marked, partials);
  return row[at] as number;
}

function ladderWith(species: Species, creation: boolean, marked: boolean, partials: readonly number[]): number {
  const key = `o${identity(species)}${creation ? "*" : ""}${marked ? "!" : ""}${partials.length > 0 ? `|${partials.join(",")}` : ""}`;
  const known = ids.get(key);
  if (known !== undefined) return known;
  const count = species.slots.length;
  const id = heads.length;
  heads.push({
    id,
    kind: "ladder",
    species,
    creation,
    marked,
    partials,
    slots: [...species.slots.map(kindId), ...partials.map((slot) => componentOf(species.slots, slot))],
    group:
      new Set(partials).size < partials.length
        ? orders(partials).map((order) => ({
            permutation: [...species.slots.map((_, i) => i), ...order.map((from) => count + from)],
            negated: [...species.slots, ...partials].map(() => false),
            sign: 1 as const,
            head: id,
          }))
        : [],
    orbits: [...species.slots.map((_, i) => i), ...partials.map((slot) => count + partials.indexOf(slot))],
    young: true,
    lowest: id,
  });
  ids.set(key, id);
  return id;
}

/** Dirac's or Kronecker's delta; `order` derivatives of Dirac's. */
export function deltaHead(of: Kind, order = 0): number {
  const kind = kindId(of);
  const key = `d${kind}${order > 0 ? `'${order}` : ""}`;
  const known = ids.get(key);
  if (known !== undefined) return known;
  const id = heads.length;
  const partials = Array.from({ length: order }, () => 0);
  const element = (permutation: readonly number[], negated: boolean): Element => ({
    permutation,
    negated: permutation.map((_, i) => negated && i === 0),
    sign: negated && order % 2 === 1 ? -1 : 1,
    head: id,
  });
  const rows = orders(partials).map((list) => [0, ...list.map((from) => 1 + from)]);
  heads.push(
    of.kind === "finite"
      ? {
          id,
          kind: "delta",
          of,
          partials,
          slots: [kind, kind],
          group: [element([0, 1], false), element([1, 0], false)],
          orbits: [0, 0],
          young: true,
          lowest: id,
        }
      : {
          id,
          kind: "delta",
          of,
          partials,
          slots: [kind, ...partials.map(() => componentOf([of], 0))],
          group: rows.flatMap((row) => [element(row, false), element(row, true)]),
          orbits: [0, ...partials.map(() => 1)],
          young: false,
          lowest: id,
        },
  );
  ids.set(key, id);
  return id;
}

/** Head of exp or a power of a sum, with the changes of its arguments that leave the sum as it is; `base` is the sum's canonical text over placeholders of the kinds `slots`. */
export function functionHead(
  name: "exp" | "power",
  base: string,
  num: number,
  den: number,
  slots: readonly number[],
  symmetries: () => readonly Omit<Element, "head" | "sign">[],
): number {
  const key = `f${name}|${num}/${den}|${slots.join(",")}|${base}`;
  const known = ids.get(key);
  if (known !== undefined) return known;
  const id = heads.length;
  const head = {
    id,
    kind: "function" as const,
    name,
    base,
    num,
    den,
    slots,
    group: [] as Element[],
    orbits: slots.map((_, i) => i),
    young: true,
    lowest: id,
  };
  heads.push(head);
  ids.set(key, id);
  const found = symmetries();
  if (found.length > 1) {
    head.group = found.map((element) => ({ ...element, sign: 1 as const, head: id }));
    Object.assign(head, shapeOf(head.group, id));
  }
  return id;
}

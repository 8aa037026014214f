import type { Kind, Species, SymbolInfo, Symmetry } from "../core/expression.js";
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
} & (
  | {
      readonly kind: "value";
      readonly symbol: SymbolInfo;
      readonly conjugated: boolean;
      readonly dots: number;
      readonly scales: readonly string[];
    }
  | { readonly kind: "ladder"; readonly species: Species; readonly creation: boolean; readonly marked: boolean }
  /** One argument for space and lattice kinds, two for finite ones. */
  | { readonly kind: "delta"; readonly of: Kind }
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

export function resetHeads(): void {
  heads = [];
  ids = new Map();
  symbols = new WeakMap();
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

/** Head of a value. `scales[i]` is the text of the i-th argument's parameter scale, "" for none. */
export function valueHead(symbol: SymbolInfo, conjugated: boolean, dots: number, scales: readonly string[]): number {
  const bar = conjugated && !symbol.real;
  const key = `v${identity(symbol)}${bar ? "*" : ""}.${dots}|${scales.join(";")}`;
  const known = ids.get(key);
  if (known !== undefined) return known;
  const id = heads.length;
  const head = {
    id,
    kind: "value" as const,
    symbol,
    conjugated: bar,
    dots,
    scales,
    slots: symbol.slots.map(kindId),
    group: [] as Element[],
    orbits: symbol.slots.map((_, i) => i),
    young: true,
  };
  heads.push(head);
  ids.set(key, id);
  if (symbol.symmetries.length > 0) {
    head.group = symmetries(symbol).map((s) => ({
      permutation: s.permutation,
      negated: s.negated,
      sign: s.sign,
      head: valueHead(
        symbol,
        bar !== s.conjugated,
        dots,
        s.permutation.map((from) => scales[from] as string),
      ),
    }));
    Object.assign(head, shapeOf(head.group, id));
  }
  return id;
}

/** Orbits of the slots, and whether the group is the whole Young subgroup on them. */
function shapeOf(group: readonly Element[], id: number): { orbits: number[]; young: boolean } {
  const orbits = (group[0] as Element).permutation.map((_, i) => i);
  for (const element of group)
    element.permutation.forEach((from, i) => {
      orbits[i] = Math.min(orbits[i] as number, from);
    });
  let size = 1;
  for (const first of new Set(orbits)) for (let k = orbits.filter((o) => o === first).length; k > 1; k--) size *= k;
  const plain = group.every((g) => g.sign === 1 && g.head === id && g.negated.every((n) => !n));
  return { orbits, young: plain && size === group.length };
}

export function ladderHead(species: Species, creation: boolean, marked = false): number {
  const key = `o${identity(species)}${creation ? "*" : ""}${marked ? "!" : ""}`;
  const known = ids.get(key);
  if (known !== undefined) return known;
  heads.push({
    id: heads.length,
    kind: "ladder",
    species,
    creation,
    marked,
    slots: species.slots.map(kindId),
    group: [],
    orbits: species.slots.map((_, i) => i),
    young: true,
  });
  ids.set(key, heads.length - 1);
  return heads.length - 1;
}

export function deltaHead(of: Kind): number {
  const kind = kindId(of);
  const key = `d${kind}`;
  const known = ids.get(key);
  if (known !== undefined) return known;
  const id = heads.length;
  const element = (permutation: readonly number[], negated: boolean): Element => ({
    permutation,
    negated: permutation.map(() => negated),
    sign: 1,
    head: id,
  });
  heads.push(
    of.kind === "finite"
      ? { id, kind: "delta", of, slots: [kind, kind], group: [element([0, 1], false), element([1, 0], false)], orbits: [0, 0], young: true }
      : { id, kind: "delta", of, slots: [kind], group: [element([0], false), element([0], true)], orbits: [0], young: false },
  );
  ids.set(key, id);
  return id;
}

/** Head of exp or a power of a sum; `base` is the sum's canonical text over placeholders of the kinds `slots`. */
export function functionHead(name: "exp" | "power", base: string, num: number, den: number, slots: readonly number[]): number {
  const key = `f${name}|${num}/${den}|${slots.join(",")}|${base}`;
  const known = ids.get(key);
  if (known !== undefined) return known;
  heads.push({ id: heads.length, kind: "function", name, base, num, den, slots, group: [], orbits: slots.map((_, i) => i), young: true });
  ids.set(key, heads.length - 1);
  return heads.length - 1;
}

import type { Form, FormTerm } from "../algebra/form.js";
import { argumentLabels } from "../core/argument.js";
import type { Argument, Kind, Label, Layout, SymbolInfo } from "../core/expression.js";
import { negate, type Rational } from "../core/rational.js";
import { kindKey, type NamePool, Names } from "./options.js";
import { plainLabel } from "./words.js";

/** A pair index over several kinds, printed as one name: `X` for the labels of `{1, 2} * R^3`. */
interface Pair {
  readonly labels: readonly Label[];
  name?: string;
}

/**
 * Names for the labels of one formula. Free labels keep theirs. A bound label is named when it is first
 * printed, with the next free name of its kind, so the names follow the order of the printed text.
 */
export class Labels {
  private readonly pool: NamePool;
  private readonly free = new Map<number, number>();
  private readonly freeNames = new Set<string>();
  private readonly pools = new Map<string, Names>();
  private names = new Map<number, string>();
  private ranks = new Map<number, number>();
  private pending = new Map<number, Label>();
  private pairs = new Map<number, Pair>();
  private used = new Set<string>();
  private wishes = new Map<number, number>();
  private places = new Map<number, number>();

  constructor(form: Form, pool: NamePool) {
    this.pool = pool;
    const found = new Map<number, Label>();
    collectFree(form, new Set(), found);
    const sorted = [...found.values()].sort((a, b) => compareNames(a.name, b.name) || a.id - b.id);
    for (const label of sorted) {
      this.free.set(label.id, this.free.size);
      this.freeNames.add(label.name);
      if (label.pair !== undefined) this.freeNames.add(label.pair.name);
    }
  }

  /** Starts a term: its bound labels wait for names. Returns what ends it; terms nest inside `exp`. */
  enter(term: FormTerm): () => void {
    const before = {
      names: this.names,
      ranks: this.ranks,
      pending: this.pending,
      pairs: this.pairs,
      used: this.used,
      wishes: this.wishes,
      places: this.places,
    };
    this.names = new Map(before.names);
    this.ranks = new Map(before.ranks);
    this.pending = new Map(before.pending);
    this.pairs = new Map(before.pairs);
    this.used = new Set(before.used);
    this.wishes = new Map(before.wishes);
    this.places = new Map(before.places);
    for (const label of term.bound) {
      this.pending.set(label.id, label);
      this.places.set(label.id, this.places.size);
    }
    this.findPairs(term);
    return () => Object.assign(this, before);
  }

  /** Labels in the order of the ladder operators: a tie between `V(x-y)` and `V(y-x)` is settled by it. */
  wish(label: Label): void {
    if (!this.wishes.has(label.id)) this.wishes.set(label.id, this.wishes.size);
  }

  /** Free labels by name, then bound ones by when they got theirs, then those without. */
  readonly rank = (label: Label): number => {
    const free = this.free.get(label.id);
    if (free !== undefined) return free;
    const named = this.ranks.get(label.id);
    if (named !== undefined) return 1e6 + named;
    const wish = this.wishes.get(label.id);
    return wish !== undefined ? 2e6 + wish : 3e6 + (this.places.get(label.id) ?? 0);
  };

  readonly name = (label: Label): string => {
    const known = this.names.get(label.id);
    if (known !== undefined) return known;
    if (!this.pending.has(label.id)) return label.name;
    const pair = this.pairs.get(label.id);
    if (pair !== undefined) {
      // A component that is printed without its partner: the partner is found in `run`, so name it alone.
      this.pairs.delete(label.id);
    }
    const name = this.fresh([label.kind]);
    this.assign(label, name);
    return name;
  };

  /** The name of a pair label whose components fill adjacent slots in their order. */
  pairName(args: readonly (Argument | undefined)[]): string | undefined {
    const labels = args.map(plainLabel);
    const [first] = labels;
    if (first === undefined) return undefined;
    const { pair } = first;
    if (this.free.has(first.id) || !(this.pending.has(first.id) || this.names.has(first.id))) {
      if (pair === undefined || pair.size !== labels.length) return undefined;
      return labels.every((label, i) => label?.pair?.group === pair.group && label.pair.position === i) ? pair.name : undefined;
    }
    const bound = this.pairs.get(first.id);
    if (bound === undefined || bound.labels.length !== labels.length || !bound.labels.every((label, i) => label.id === labels[i]?.id))
      return undefined;
    if (bound.name === undefined) {
      bound.name = this.fresh(bound.labels.map((label) => label.kind));
      for (const label of bound.labels) this.assign(label, bound.name);
    }
    return bound.name;
  }

  /** The binder of a finished term: names of sums, then of integrals, each once, in the order in which they were given. */
  binders(term: FormTerm): { readonly sums: readonly string[]; readonly integrals: readonly string[] } {
    for (const label of term.bound) if (!this.names.has(label.id)) this.name(label);
    const sorted = [...term.bound].sort((a, b) => this.rank(a) - this.rank(b));
    const sums: string[] = [];
    const integrals: string[] = [];
    const done = new Set<string>();
    for (const label of sorted) {
      const name = this.names.get(label.id) as string;
      if (done.has(name)) continue;
      done.add(name);
      (label.kind.kind === "space" || this.pairs.has(label.id) ? integrals : sums).push(name);
    }
    return { sums, integrals };
  }

  private assign(label: Label, name: string): void {
    this.pending.delete(label.id);
    this.names.set(label.id, name);
    this.ranks.set(label.id, this.ranks.size);
    this.used.add(name);
  }

  private fresh(kinds: readonly Kind[]): string {
    const key = kinds.map(kindKey).join("*");
    let names = this.pools.get(key);
    if (names === undefined) {
      names = new Names(this.pool, kinds, (name) => this.freeNames.has(name) || this.pool.taken.has(name));
      this.pools.set(key, names);
    }
    for (let i = 0; ; i++) {
      const name = names.name(i);
      if (!this.used.has(name)) return name;
    }
  }

  /** Bound labels that only ever fill adjacent slots together, of kinds over which the document has an index. */
  private findPairs(term: FormTerm): void {
    if (term.bound.length < 2 || !this.pool.indices.some((index) => index.kinds.length > 1)) return;
    const bound = new Set(term.bound.map((label) => label.id));
    const found = new Map<number, Pair>();
    const broken = new Set<number>();
    const use = (args: readonly Argument[], runs: readonly (readonly number[])[]): void => {
      for (const run of runs) {
        const labels = run.map((slot) => plainLabel(args[slot]));
        const whole = labels.length > 1 && labels.every((label) => label !== undefined && bound.has(label.id));
        for (const slot of run)
          for (const label of argumentLabels(args[slot] as Argument)) {
            if (!whole) broken.add(label.id);
            else {
              const other = found.get(label.id);
              if (other === undefined) found.set(label.id, { labels: labels as Label[] });
              else if (!other.labels.every((each, i) => each.id === labels[i]?.id))
                for (const each of [...other.labels, ...(labels as Label[])]) broken.add(each.id);
            }
          }
      }
    };
    const visit = (each: FormTerm): void => {
      for (const factor of each.factors) {
        if (factor.kind === "value") use(factor.arguments, runsOf(factor.symbol.layout));
        else if (factor.kind === "delta")
          use([factor.left, ...(factor.right === undefined ? [] : [factor.right])], [[0], ...(factor.right === undefined ? [] : [[1]])]);
        else for (const inner of factor.of.terms) visit(inner);
      }
      for (const ladder of each.operators) use(ladder.arguments, runsOf(ladder.species.layout));
    };
    visit(term);
    for (const [, pair] of found) {
      if (pair.labels.some((label) => broken.has(label.id))) continue;
      const key = pair.labels.map((label) => kindKey(label.kind)).join("*");
      if (!this.pool.indices.some((index) => index.kinds.map(kindKey).join("*") === key)) continue;
      const [first] = pair.labels;
      const shared = this.pairs.get((first as Label).id) ?? pair;
      for (const label of pair.labels) this.pairs.set(label.id, shared);
    }
  }
}

/** Slots in the order in which they are printed. */
function runsOf(layout: Layout): readonly (readonly number[])[] {
  const scripts = layout.subscript.filter((item): item is readonly number[] => typeof item !== "string");
  return scripts.length === 0 ? layout.arguments : [...scripts, ...layout.arguments];
}

/** The labels of a form that it does not bind. */
function collectFree(form: Form, bound: ReadonlySet<number>, found: Map<number, Label>): void {
  for (const term of form.terms) {
    const inside = term.bound.length === 0 ? bound : new Set([...bound, ...term.bound.map((label) => label.id)]);
    for (const factor of term.factors) {
      if (factor.kind === "value") for (const argument of factor.arguments) collectArgument(argument, inside, found);
      else if (factor.kind === "delta") {
        collectArgument(factor.left, inside, found);
        if (factor.right !== undefined) collectArgument(factor.right, inside, found);
      } else collectFree(factor.of, inside, found);
    }
    for (const ladder of term.operators) for (const argument of ladder.arguments) collectArgument(argument, inside, found);
  }
}

function collectArgument(argument: Argument, bound: ReadonlySet<number>, found: Map<number, Label>): void {
  if (argument.kind === "constant") return;
  if (argument.kind === "label") {
    if (!bound.has(argument.label.id)) found.set(argument.label.id, argument.label);
    return;
  }
  for (const { label } of argument.terms) if (!label.unit && !found.has(label.id) && !bound.has(label.id)) found.set(label.id, label);
}

/** `x` < `x'` < `x_1` < `x_2` < `x_{10}` < `y`. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  const [stemA, tailA, numberA] = splitName(a);
  const [stemB, tailB, numberB] = splitName(b);
  if (stemA !== stemB) return stemA < stemB ? -1 : 1;
  return numberA - numberB || (tailA < tailB ? -1 : tailA > tailB ? 1 : 0);
}

function splitName(name: string): [string, string, number] {
  const match = /^(.*?)('*)(?:_\{?(\d+)\}?)?('*)$/s.exec(name);
  return match === null ? [name, "", 0] : [match[1] as string, `${match[2]}${match[4]}`, match[3] === undefined ? -1 : Number(match[3])];
}

/**
 * Images of the arguments under the symmetries of a symbol that change neither sign nor conjugation: equal values,
 * of which the one with the best labels is printed. Capped, as only the looks depend on it.
 */
interface Image {
  readonly permutation: readonly number[];
  readonly negated: readonly boolean[];
}

const groups = new WeakMap<SymbolInfo, readonly Image[]>();

function imagesOf(symbol: SymbolInfo): readonly Image[] {
  const known = groups.get(symbol);
  if (known !== undefined) return known;
  const key = (image: Image): string => `${image.permutation.join(",")};${image.negated.join(",")}`;
  const identity: Image = { permutation: symbol.slots.map((_, i) => i), negated: symbol.slots.map(() => false) };
  const generators = symbol.symmetries.filter((s) => s.sign === 1 && (!s.conjugated || symbol.real));
  const all = [identity];
  const seen = new Set([key(identity)]);
  for (let at = 0; at < all.length && all.length < 120; at++) {
    const image = all[at] as Image;
    for (const generator of generators) {
      const next: Image = {
        permutation: generator.permutation.map((slot) => image.permutation[slot] as number),
        negated: generator.permutation.map((slot, i) => image.negated[slot] !== generator.negated[i]),
      };
      if (seen.has(key(next))) continue;
      seen.add(key(next));
      all.push(next);
    }
  }
  groups.set(symbol, all);
  return all;
}

/** `-A`. */
export function negated(argument: Argument): Argument {
  if (argument.kind !== "affine") return argument;
  return { ...argument, terms: argument.terms.map((term) => ({ label: term.label, coefficient: negate(term.coefficient) })) };
}

/** Lower is nicer: few minus signs, a positive sign on the best label, the best label first. */
function cost(argument: Argument, rank: (label: Label) => number, into: number[]): void {
  if (argument.kind !== "affine") {
    into.push(0, 0, argument.kind === "label" ? rank(argument.label) : -1);
    return;
  }
  let minus = 0;
  let best = Number.POSITIVE_INFINITY;
  let sign: Rational["n"] = 1n;
  const scale = argument.scale.number.n < 0n ? -1n : 1n;
  for (const { label, coefficient } of argument.terms) {
    if (coefficient.n < 0n) minus++;
    if (label.unit && argument.terms.length > 1) continue;
    const r = label.unit ? 0 : rank(label);
    if (r < best) {
      best = r;
      sign = coefficient.n;
    }
  }
  into.push(2 * minus > argument.terms.length ? 1 : 0, sign * scale < 0n ? 1 : 0, best);
}

function cheaper(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    if (x !== y) return x < y;
  }
  return false;
}

/** Equal arguments of a value, in the order and with the signs that read best. */
export function oriented(symbol: SymbolInfo, args: readonly Argument[], rank: (label: Label) => number): readonly Argument[] {
  if (symbol.symmetries.length === 0) return args;
  let best = args;
  let least: number[] | undefined;
  for (const image of imagesOf(symbol)) {
    const candidate = image.permutation.map((slot, i) => {
      const argument = args[slot] as Argument;
      return image.negated[i] === true ? negated(argument) : argument;
    });
    const price: number[] = [];
    for (const argument of candidate) cost(argument, rank, price);
    if (least === undefined || cheaper(price, least)) {
      least = price;
      best = candidate;
    }
  }
  return best;
}

/** The argument of a delta, which is even. */
export function evenArgument(argument: Argument, rank: (label: Label) => number): Argument {
  if (argument.kind !== "affine") return argument;
  const flipped = negated(argument);
  const here: number[] = [];
  const there: number[] = [];
  cost(argument, rank, here);
  cost(flipped, rank, there);
  return cheaper(there, here) ? flipped : argument;
}

/** Whether anything in a form depends on labels. */
export function hasLabels(form: Form): boolean {
  return form.terms.some(
    (term) =>
      term.bound.length > 0 ||
      term.operators.length > 0 ||
      term.factors.some((factor) => factor.kind === "value" || factor.kind === "delta" || hasLabels(factor.of)),
  );
}

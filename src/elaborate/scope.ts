import type {
  Assumption,
  Definition,
  Expression,
  Kind,
  Label,
  Parameter,
  Species,
  SymbolInfo,
  Unitary,
  Unread,
} from "../core/expression.js";
import { fail } from "../source/diagnostic.js";
import type { Source, Span } from "../source/span.js";
import { lineStarts, position } from "../source/span.js";
import type { Tree } from "../syntax/tree.js";
import { keyOf } from "./kinds.js";
import { nameOf } from "./name.js";

/** A parameter of a `let`: a label of some kind, or a name that stands for a function or kernel. */
export type MacroParameter =
  | { readonly kind: "label"; readonly name: string; readonly kinds: readonly Kind[] }
  | { readonly kind: "name"; readonly name: string };

/** A `let` with functions or kernels as parameters: its tree is elaborated anew at each use. */
export interface Macro {
  /** Labels in the subscript of the head, in order. */
  readonly subscript: readonly (MacroParameter & { readonly kind: "label" })[];
  readonly groups: readonly (readonly MacroParameter[])[];
  readonly body: Tree;
  /** The scope of the definition: its body sees what was declared there before `order`. */
  readonly scope: Scope;
  readonly order: number;
}

/** What a declared name stands for. */
export type Meant =
  | { readonly kind: "parameter"; readonly parameter: Parameter }
  | { readonly kind: "species"; readonly species: Species }
  /** `groups` are the parenthesised arguments; the subscript's labels come from the entry. */
  | { readonly kind: "symbol"; readonly symbol: SymbolInfo; readonly groups: readonly (readonly Kind[])[] }
  | {
      readonly kind: "definition";
      readonly definition: Definition;
      readonly operator: boolean;
      readonly groups: readonly (readonly Kind[])[];
    }
  | { readonly kind: "macro"; readonly macro: Macro }
  /** A block matrix, entry by entry; `groups` are the labels in parentheses that it was defined with. */
  | { readonly kind: "matrix"; readonly matrix: Table; readonly groups: readonly (readonly Kind[])[] }
  /** In the order of the product. */
  | { readonly kind: "unitaries"; readonly factors: readonly { readonly unitary: Unitary; readonly inverse: boolean }[] };

/** An entry of a defined matrix: a number, a definition, or a matrix again. */
export type Table =
  | { readonly kind: "matrix"; readonly rows: readonly (readonly Table[])[]; readonly name?: string }
  | { readonly kind: "number"; readonly expression: Expression }
  | {
      readonly kind: "entry";
      readonly definition: Definition;
      readonly operator: boolean;
      readonly groups: readonly (readonly Kind[])[];
    };

export interface Entry {
  readonly base: string;
  /** Items of the subscript: parts of the name, or the kinds of a label (two or more for a pair). */
  readonly sub: readonly (string | readonly Kind[])[];
  readonly sup: readonly string[];
  /** As it was declared, in one spelling. */
  readonly name: string;
  /** Declarations are numbered: a definition sees only what was declared before it. */
  readonly order: number;
  readonly span: Span;
  readonly source: Source;
  readonly meant: Meant;
}

export interface Index {
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly order: number;
  readonly span: Span;
  readonly source: Source;
}

/** What all documents that are read together share: numbers for symbols and labels, and the free labels. */
export class Session {
  #next = 1;
  readonly #free = new Map<string, readonly Label[]>();

  id(): number {
    return this.#next++;
  }

  /** The labels of a name of these kinds; a product kind gives one label a component. */
  labels(name: string, kinds: readonly Kind[]): readonly Label[] {
    if (kinds.length === 1) return [{ id: this.id(), name, kind: kinds[0] as Kind }];
    const group = this.id();
    return kinds.map((kind, at) => ({ id: this.id(), name, kind, pair: { name, group, position: at, size: kinds.length } }));
  }

  /** A free label of the documents is one object. */
  free(name: string, kinds: readonly Kind[]): readonly Label[] {
    const key = `${name} ${keyOf(kinds)}`;
    let labels = this.#free.get(key);
    if (!labels) {
      labels = this.labels(name, kinds);
      this.#free.set(key, labels);
    }
    return labels;
  }
}

/** Names beyond which a search for the nearest one stops. */
const mostNames = 5_000;

/**
 * What a document has declared. It only grows: nothing is ever redefined, so that whoever holds an entry or
 * its `order` sees the same names for good.
 */
export class Scope {
  readonly session: Session;
  /** Whether single letters stand for themselves, as on a command line without documents. */
  readonly lenient: boolean;
  readonly #indices = new Map<string, Index>();
  readonly #exact = new Map<string, Entry>();
  readonly #labelled = new Map<string, Entry[]>();
  readonly #parts = new Map<string, Entry[]>();
  readonly #keys = new Map<string, Entry>();
  readonly #kinds = new Map<string, string[]>();
  readonly #faulty = new Map<string, string>();
  #labelNames = new Set<string>();
  readonly #values = new Set<number>();
  #assumptions: Assumption[] = [];
  #snapshot: readonly Assumption[] = [];
  #unread: readonly Unread[] = [];
  #order = 0;

  constructor(session: Session = new Session(), lenient = false) {
    this.session = session;
    this.lenient = lenient;
  }

  /** Numbers at and above this are declared later. */
  get order(): number {
    return this.#order;
  }

  nextOrder(): number {
    return this.#order++;
  }

  /** Base names of the indices, for the parser. */
  get labelNames(): ReadonlySet<string> {
    return this.#labelNames;
  }

  /** Whether a declared finite set has this value. */
  hasValue(value: number): boolean {
    return this.#values.has(value);
  }

  get entries(): Iterable<Entry> {
    return this.#keys.values();
  }

  get indices(): Iterable<Index> {
    return this.#indices.values();
  }

  /** Everything assumed so far; the same array until the next assumption. */
  get assumptions(): readonly Assumption[] {
    if (this.#snapshot.length !== this.#assumptions.length) this.#snapshot = [...this.#assumptions];
    return this.#snapshot;
  }

  assume(assumption: Assumption): void {
    if (!this.#assumptions.includes(assumption)) this.#assumptions.push(assumption);
  }

  /** Assumptions with an error. */
  get unread(): readonly Unread[] {
    return this.#unread;
  }

  addUnread(...unread: readonly Unread[]): void {
    this.#unread = [...this.#unread, ...unread.filter((one) => !this.#unread.includes(one))];
  }

  index(name: string): Index | undefined {
    return this.#indices.get(name);
  }

  /** The entry whose name, scripts and all, is exactly this. */
  exact(name: string): Entry | undefined {
    return this.#exact.get(name);
  }

  /** Entries of this base that have labels in their subscript. */
  labelled(base: string): readonly Entry[] {
    return this.#labelled.get(base) ?? [];
  }

  /** Those among them whose subscript has exactly these parts of the name, in order, beside its labels. */
  labelledWith(base: string, parts: readonly string[]): readonly Entry[] {
    return this.#parts.get(`${base} ${parts.join(" ")}`) ?? [];
  }

  /** The spaces R^d that single indices are declared in. */
  spaces(): readonly Kind[] {
    const found = new Map<string, Kind>();
    for (const index of this.#indices.values()) for (const kind of index.kinds) if (kind.kind === "space") found.set(keyOf([kind]), kind);
    return [...found.values()];
  }

  /** Index names of these kinds, in the order of declaration. */
  namesOf(kinds: readonly Kind[]): readonly string[] {
    return this.#kinds.get(keyOf(kinds)) ?? [];
  }

  /** Declares an index, once more or for the first time; `by` is the statement that does, for messages. @throws Fault on another kind or a taken name */
  addIndex(index: Index, by: Pick<Index, "source" | "span"> = index): void {
    const old = this.#indices.get(index.name);
    if (old) {
      if (keyOf(old.kinds) !== keyOf(index.kinds))
        fail("redeclared", by.span, `\`${index.name}\` was declared with another kind ${where(old, by)}`);
      return;
    }
    const symbol = this.#exact.get(index.name);
    if (symbol) fail("redeclared", by.span, `\`${index.name}\` was declared ${where(symbol, by)}`);
    this.#indices.set(index.name, index);
    this.#labelNames.add(index.name.replace(/[_'].*$/, ""));
    for (const kind of index.kinds) if (kind.kind === "finite") for (const value of kind.values) this.#values.add(value);
    const key = keyOf(index.kinds);
    const names = this.#kinds.get(key);
    if (names) names.push(index.name);
    else this.#kinds.set(key, [index.name]);
  }

  /** Declares a name; `by` is the statement that does, for messages. @throws Fault where it is taken */
  add(entry: Entry, by: Pick<Entry, "source" | "span"> = entry): void {
    const key = keyOfEntry(entry);
    const old = this.#keys.get(key);
    if (old) {
      if (old.meant === entry.meant) return;
      fail("redeclared", by.span, `\`${entry.name}\` was declared ${where(old, by)}`, "give one of the two another name");
    }
    const index = entry.sub.length === 0 && entry.sup.length === 0 ? this.#indices.get(entry.base) : undefined;
    if (index) fail("redeclared", by.span, `\`${entry.name}\` was declared as an index ${where(index, by)}`);
    this.#keys.set(key, entry);
    if (entry.sub.every((item) => typeof item === "string")) this.#exact.set(nameOf(entry.base, entry.sub, entry.sup), entry);
    else {
      put(this.#labelled, entry.base, entry);
      put(this.#parts, partsOf(entry), entry);
    }
  }

  /** Takes back the declaration of a name. */
  remove(entry: Entry): void {
    this.#keys.delete(keyOfEntry(entry));
    const name = nameOf(entry.base, withoutKinds(entry.sub), entry.sup);
    if (this.#exact.get(name) === entry) this.#exact.delete(name);
    take(this.#labelled, entry.base, entry);
    take(this.#parts, partsOf(entry), entry);
  }

  /** Remembers that a statement with an error was to declare this name. */
  addFaulty(base: string, place: string): void {
    if (!this.#faulty.has(base)) this.#faulty.set(base, place);
  }

  get faulty(): Iterable<readonly [string, string]> {
    return this.#faulty;
  }

  /** Where a name was declared in a statement with an error. */
  faultyPlace(base: string): string | undefined {
    return this.#faulty.get(base);
  }

  /**
   * The declared name that is most like this one: the fewest edits of the base, then of its scripts. An index stands
   * for nothing but a label, so where a factor is wanted it comes after everything else; labels in subscripts are not
   * compared with each other, and a name that has one is more like others that do. `near` where the two are so alike
   * that the one may be a slip for the other: most of the letters are the same, or all labels.
   */
  nearest(wanted: Wanted, only?: "index"): { readonly name: string; readonly near: boolean } | undefined {
    const name = nameOf(wanted.base, wanted.sub, wanted.sup);
    const hasLabel = wanted.labels.some((kinds) => kinds !== undefined);
    let best: { readonly name: string; readonly near: boolean } | undefined;
    let least = Number.POSITIVE_INFINITY;
    const consider = (candidate: string, base: string, written: string, penalty: number): void => {
      const letters = edits(wanted.base, base);
      const distance = 2 * letters + 0.5 * edits(name, written) + penalty;
      if (distance >= least) return;
      least = distance;
      const length = Math.max(bare(wanted.base).length, bare(base).length);
      const sameLabels = hasLabel && letters <= 1 && penalty === 0 && scriptsOf(wanted.base, name) === scriptsOf(base, written);
      best = { name: candidate, near: 2 * letters <= length || sameLabels };
    };
    let seen = 0;
    if (only !== "index")
      for (const entry of this.#keys.values()) {
        if (++seen > mostNames) break;
        const labelled = entry.sub.some((item) => typeof item !== "string");
        const written = labelled && hasLabel ? nameOf(entry.base, withLabels(entry, wanted), entry.sup) : entry.name;
        consider(entry.name, entry.base, written, labelled === hasLabel ? 0 : 0.5);
      }
    if (best !== undefined) return best;
    for (const index of this.#indices.values()) {
      if (++seen > mostNames) break;
      consider(index.name, index.name, index.name, 0);
    }
    return best;
  }
}

/** A command without its backslash and braces. */
const bare = (base: string): string => base.replace(/[\\{}]/g, "");

const scriptsOf = (base: string, name: string): string => name.slice(base.length);

/** A name that was looked for, without what is an operation on it. */
export interface Wanted {
  readonly base: string;
  readonly sub: readonly string[];
  readonly sup: readonly string[];
  /** The kinds of those items of the subscript that are labels. */
  readonly labels: readonly (readonly Kind[] | undefined)[];
}

/** The subscript of an entry with the labels of the name that was looked for, as far as they are of its kinds. */
function withLabels(entry: Entry, wanted: Wanted): readonly string[] {
  const labels = wanted.sub.flatMap((text, k) => {
    const kinds = wanted.labels[k];
    return kinds ? [{ text, key: keyOf(kinds) }] : [];
  });
  let next = 0;
  return entry.sub.map((item) => {
    if (typeof item === "string") return item;
    const label = labels[next++];
    return label?.key === keyOf(item) ? label.text : "?";
  });
}

function put(map: Map<string, Entry[]>, key: string, entry: Entry): void {
  const list = map.get(key);
  if (list) list.push(entry);
  else map.set(key, [entry]);
}

function take(map: Map<string, Entry[]>, key: string, entry: Entry): void {
  const list = map.get(key)?.filter((other) => other !== entry) ?? [];
  if (list.length > 0) map.set(key, list);
  else map.delete(key);
}

const withoutKinds = (sub: Entry["sub"]): string[] => sub.filter((item) => typeof item === "string");
const partsOf = (entry: Entry): string => `${entry.base} ${withoutKinds(entry.sub).join(" ")}`;

const keyOfEntry = (entry: Entry): string =>
  `${entry.base} ${entry.sub.map((item) => (typeof item === "string" ? `=${item}` : `:${keyOf(item)}`)).join(" ")} ^ ${entry.sup.join(" ")}`;

/** "in line 3", with the file where it is another one. */
export function where(declared: { readonly source: Source; readonly span: Span }, from: { readonly source: Source }): string {
  const line = position(lineStarts(declared.source.text), declared.span.start).line;
  return declared.source.path === from.source.path ? `in line ${line}` : `in ${declared.source.path}, line ${line}`;
}

/** Levenshtein's distance over commands and letters, in one row; long names are cut. */
export function edits(a: string, b: string): number {
  const left = tokens(a);
  const right = tokens(b);
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (const [i, x] of left.entries()) {
    const next = [i + 1];
    for (const [j, y] of right.entries())
      next.push(
        Math.min(
          (row[j + 1] as number) + 1,
          (next[j] as number) + 1,
          (row[j] as number) + (x === y ? 0 : x.toLowerCase() === y.toLowerCase() ? 0.5 : 1),
        ),
      );
    row = next;
  }
  return row[right.length] as number;
}

const tokens = (name: string): readonly string[] => [...name.slice(0, 60)];

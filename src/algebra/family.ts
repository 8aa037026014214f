import type { Group, Kernel, Kind, Layout, SymbolInfo } from "../core/expression.js";
import { type Rational, rational } from "../core/rational.js";
import { normalise } from "./diagram.js";
import { headOf, valueHead } from "./head.js";
import { type Arg, freeInfo, isConstant } from "./label.js";
import { gcd } from "./matrix.js";
import { type Accumulator, addInto, constant, fromProduct, type Sum } from "./sum.js";
import type { Vertex } from "./vertex.js";

/**
 * A kernel k with the functions p_m = ch(m k) - 1 and sh_m = sh(m k) of its multiples, as symbols of the engine; or, where
 * there is a `group`, a block matrix M = (D, k; \overline{k}, \overline{D}) with the blocks of e^{m M},
 *   e^{m M} = (1 + r_m, v_m; \overline{v_m}, 1 + \overline{r_m}).
 */
export interface Family {
  readonly id: number;
  /** Kinds of one of the kernel's two arguments. */
  readonly slots: readonly Kind[];
  readonly real: boolean;
  /**
   * 1 for a symmetric kernel k, -1 for an antisymmetric one, as in the pairs of fermions: sh(k) is like k. Of a group without k,
   * 1 where D is symmetric, so that e^{m D} is, and 0 where it is not.
   */
  readonly sign: 1 | -1 | 0;
  /** The declared kernel that this family belongs to, when k is one; of a group without k, when D is a multiple of it. */
  readonly symbol: SymbolInfo | undefined;
  readonly bar: boolean;
  display: Display;
  group?: Group;
  /** Members between two values of the first listed label that are 0, as `zeroKey` writes them. */
  readonly zeros: ReadonlySet<string>;
}

/** A member between two values of a label in a finite set. */
export const zeroKey = (name: Name, from: number, to: number): string => `${name} ${from} ${to}`;

/** The place of the label in a finite set whose values are told apart, among the labels of one argument; -1 where there is none. */
export const listedSlot = (slots: readonly Kind[]): number => slots.findIndex((kind) => kind.kind === "finite" && kind.size === undefined);

/** Whether a vertex is a member that is 0 between the values at which it is taken. */
export function isZeroMember(v: Vertex): boolean {
  const head = headOf(v.head);
  const one = head.kind === "value" ? members.get(head.symbol) : undefined;
  if (one === undefined || one.family.zeros.size === 0) return false;
  const { slots, zeros } = one.family;
  const at = listedSlot(slots);
  const [from, to] = [v.args[at] as Arg, v.args[at + slots.length] as Arg].map((arg) =>
    typeof arg === "number" && isConstant(arg) ? freeInfo(arg).constant : undefined,
  );
  return from !== undefined && to !== undefined && zeros.has(zeroKey(one.name as Name, from, to));
}

/** How a family is shown: a kernel's name, and the multiple of the family's own kernel that has this name. */
export interface Display {
  readonly kernel: Kernel;
  readonly ratio: Rational;
  /** Whether a document calls it so; else it may have the name of a unitary. */
  readonly named: boolean;
  readonly unitary?: string;
}

export type Name = "p" | "sh" | "r" | "v";
export interface Member {
  readonly family: Family;
  readonly name: Name | "k";
  /** The multiple n/d, positive and in lowest terms; 1 for k. */
  readonly n: number;
  readonly d: number;
}

let families: Family[] = [];
let members = new WeakMap<SymbolInfo, Member>();
let symbols = new Map<string, SymbolInfo>();
let bases = new Map<SymbolInfo, Member>();
let groupBases = new Map<SymbolInfo, Member>();

export function resetMembers(): void {
  families = [];
  members = new WeakMap();
  symbols = new Map();
  bases = new Map();
  groupBases = new Map();
}

/** How many families there are: diagrams that were left alone may have a member of one in them after a new one is made. */
export const familyCount = (): number => families.length;

export function newFamily(family: Omit<Family, "id">): Family {
  const made: Family = { ...family, id: families.length };
  families.push(made);
  if (made.symbol !== undefined) (made.group === undefined ? bases : groupBases).set(made.symbol, { family: made, name: "k", n: 1, d: 1 });
  return made;
}

/** The symbol of p_m or sh_m, m = n/d > 0. */
export function memberSymbol(family: Family, name: Name, n: number, d: number): SymbolInfo {
  const common = gcd(n, d) || 1;
  const [top, bottom] = [n / common, d / common];
  const key = `${family.id}${name}${top}/${bottom}`;
  const known = symbols.get(key);
  if (known !== undefined) return known;
  const half = family.slots.length;
  const layout = (): Layout => ({
    base: text(),
    subscript: [],
    superscript: [],
    arguments: [family.slots.map((_, i) => i), family.slots.map((_, i) => i + half)],
  });
  const multiple = (): Rational => {
    const { ratio } = family.display;
    return rational(BigInt(top) * ratio.d, BigInt(bottom) * ratio.n);
  };
  const text = (): string => {
    const { n: a, d: b } = multiple();
    const size = b === 1n ? (a === 1n ? "" : `${a} `) : `\\frac{${a}}{${b}} `;
    const inner = `(${size}${family.display.kernel.name})`;
    if (family.group !== undefined) return `${name}_{${family.display.kernel.name}}`;
    return name === "sh" ? `\\mathrm{sh}${inner}` : `(\\mathrm{ch}${inner} - 1)`;
  };
  const symbol: SymbolInfo = {
    id: -1_000_000 - symbols.size,
    get name() {
      return text();
    },
    slots: [...family.slots, ...family.slots],
    real: family.real,
    symmetries:
      family.sign === 0
        ? []
        : [
            {
              permutation: Array.from({ length: 2 * half }, (_, i) => (i + half) % (2 * half)),
              negated: Array.from({ length: 2 * half }, () => false),
              sign: name === "p" ? 1 : family.sign,
              conjugated: name === "p",
            },
          ],
    get layout() {
      return layout();
    },
    get of() {
      const { group, display } = family;
      return {
        name,
        multiple: multiple(),
        kernel: display.kernel,
        ...(group && { group }),
        ...(display.unitary !== undefined && { unitary: display.unitary }),
      };
    },
  };
  symbols.set(key, symbol);
  members.set(symbol, { family, name, n: top, d: bottom });
  return symbol;
}

/** p_m or sh_m at its arguments, m = n/d of any sign: p is even in m, sh odd. For r and v see `propagator.ts`. */
export function member(family: Family, name: Name, n: number, d: number, conjugated: boolean, args: readonly Arg[]): Sum {
  const vertex = memberVertex(family, name, Math.abs(n), Math.abs(d), conjugated, args);
  if (vertex === undefined) return constant(0);
  const one = fromProduct(normalise({ kinds: [], vertices: [vertex] }));
  if (name === "sh" && n * d < 0) {
    const into: Accumulator = new Map();
    addInto(into, one, -1);
    return into;
  }
  return one;
}

export function memberVertex(family: Family, name: Name, n: number, d: number, bar: boolean, args: readonly Arg[]): Vertex | undefined {
  if (n === 0) return undefined;
  const symbol = memberSymbol(family, name, n, d);
  return {
    head: valueHead(
      symbol,
      bar,
      0,
      symbol.slots.map(() => ""),
    ),
    args,
    exp: 1,
  };
}

/** The same for families of block matrices: a block of e^{t M}, or the kernel that M is a multiple of. */
export function groupMemberOf(v: Vertex): Member | undefined {
  const head = headOf(v.head);
  const base = head.kind === "value" ? groupBases.get(head.symbol) : undefined;
  const one = memberOf(v);
  if (one?.family.group !== undefined) return one;
  return base !== undefined && isPlainValue(v) ? base : undefined;
}

/** What a vertex is in its family; time derivatives, powers and scaled arguments are not. */
export function memberOf(v: Vertex): Member | undefined {
  const head = headOf(v.head);
  if (head.kind !== "value" || !isPlainValue(v)) return undefined;
  return members.get(head.symbol) ?? bases.get(head.symbol);
}

/** A value as it stands, without time derivatives. */
function isPlainValue(v: Vertex): boolean {
  const head = headOf(v.head);
  return head.kind === "value" && head.dots === 0 && v.exp === 1 && head.scales.every((s) => s === "");
}

/** The family of a member with time derivatives, and how many. */
export function dotted(v: Vertex): { readonly member: Member; readonly dots: number } | undefined {
  const head = headOf(v.head);
  if (head.kind !== "value" || v.exp !== 1 || head.partials.length > 0 || head.scales.some((s) => s !== "")) return undefined;
  const one = members.get(head.symbol) ?? bases.get(head.symbol);
  return one === undefined ? undefined : { member: one, dots: head.dots };
}

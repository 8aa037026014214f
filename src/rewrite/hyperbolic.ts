import { atomOf } from "../algebra/atom.js";
import { adjoint, expandFinite, storeBase, substitute } from "../algebra/bind.js";
import { normalise } from "../algebra/diagram.js";
import { type Display, type Family, member, newFamily } from "../algebra/family.js";
import { deltaHead, headOf } from "../algebra/head.js";
import { type Arg, combine, freeLabel } from "../algebra/label.js";
import {
  type Coefficient,
  conjugate as conjugateNumber,
  denominator,
  imag,
  imaginary,
  invert,
  real,
  multiply as times,
} from "../algebra/number.js";
import { add, constant, difference, fromProduct, type Sum, scale, type Term, zeroSum } from "../algebra/sum.js";
import { multiplyNormal } from "../algebra/wick.js";
import type { Kernel, KernelFunction, Kind, Label, SymbolInfo } from "../core/expression.js";
import { gcd, type Rational, rational } from "../core/rational.js";
import { fail } from "../source/diagnostic.js";
import { nowhere } from "../source/span.js";
import type { Scaled } from "./arguments.js";
import type { Called, Context } from "./context.js";
import { zeroMembers } from "./zeros.js";

/**
 * Families of kernels: to which kernel k, up to a rational multiple and a power of i, the ch and sh of an
 * expression belong. Two kernels are one where their canonical forms agree, however they were written.
 */

/** A kernel as a multiple of its family's: k = phase * (n/d) * (kernel of the family), n/d > 0. */
export interface Belonging {
  readonly family: Family;
  readonly phase: Coefficient;
  readonly n: number;
  readonly d: number;
  /** Whether it is the conjugate of the family's kernel that k is a multiple of. */
  readonly bar: boolean;
}

interface Entry {
  readonly family: Family;
  /** Leading coefficient of the kernel that was met first, which is the family's own. */
  readonly lead: Coefficient;
  /** That kernel, at placeholders. */
  readonly values: Sum;
}

let entries = new Map<string, Entry>();
let known = new WeakMap<Kernel, { readonly context: unknown; readonly found: Belonging }>();

export function resetFamilies(): void {
  entries = new Map();
  known = new WeakMap();
}

/** Free labels that stand for a kernel's arguments while it is compared. */
export function placeholders(kinds: readonly Kind[], from = 0): number[] {
  return kinds.map((kind, i) => freeLabel({ id: -2_500_000_000 - from - i, name: `?${from + i}`, kind }));
}

/** Those for both arguments of a kernel. */
export const places = (kinds: readonly Kind[]): number[] => [...placeholders(kinds), ...placeholders(kinds, kinds.length)];

/** Values at `places(kinds)` with the arguments exchanged, sums over listed labels written out. */
export function exchanged(values: Sum, kinds: readonly Kind[]): Sum {
  const labels = places(kinds);
  const swap = new Map<number, Arg>(labels.map((label, i) => [label, labels[(i + kinds.length) % labels.length] as number]));
  return expandFinite(substitute(values, swap), multiplyNormal);
}

/** n/d > 0 and a power of i, for a number that is one times the other; undefined for others, as 1 + i. */
export function polar(c: Coefficient): { phase: Coefficient; n: number; d: number } | undefined {
  const [re, im, den] = [real(c), imag(c), Number(denominator(c))];
  const size = Number(re === 0 || re === 0n ? im : re);
  if ((Number(re) !== 0 && Number(im) !== 0) || !Number.isSafeInteger(size) || !Number.isSafeInteger(den)) return undefined;
  const turn: Coefficient = Number(im) !== 0 ? imaginary : 1;
  return { phase: size < 0 ? times(turn, -1) : turn, n: Math.abs(size), d: den };
}

/** The leading coefficient in an order that depends on the sum's terms only. */
export function leading(sum: Sum): Coefficient {
  let best: [string, Term] | undefined;
  for (const entry of sum) if (best === undefined || entry[0] < best[0]) best = entry;
  return (best as [string, Term])[1].coefficient;
}

/** The same for all rational multiples of a kernel, up to powers of i: (1 + i) k is none of k. */
function classOf(values: Sum, lead: Coefficient): string {
  let [re, im] = [BigInt(real(lead)), BigInt(imag(lead))];
  // To the first quadrant.
  while (re <= 0n || im < 0n) [re, im] = [im, -re];
  const common = gcd(re, im);
  return `${storeBase(scale(values, invert(lead)))} ${re / common} ${im / common}`;
}

/**
 * The family of a kernel given by its values at placeholders: `first` and `second`, flattened. `kernel` is how a
 * document calls it, unless it is the pair kernel of a unitary.
 *
 * @throws Fault "not-symmetric" when the kernel changes under the exchange of its arguments
 */
export function familyOf(values: Sum, kinds: readonly Kind[], kernel: Kernel, unitary?: Called): Belonging {
  const expanded = expandFinite(values, multiplyNormal);
  const labels = places(kinds);
  const swapped = exchanged(values, kinds);
  const symmetric = difference(expanded, swapped).size === 0;
  if (!symmetric && add(expanded, swapped).size > 0)
    fail(
      "not-symmetric",
      nowhere,
      `ch and sh need a symmetric or antisymmetric kernel, but ${kernel.name}(x,y) is neither ${kernel.name}(y,x) nor -${kernel.name}(y,x)`,
      "declare the kernel as symmetric",
    );
  if (expanded.size === 0) fail("zero-kernel", nowhere, `the kernel ${kernel.name} is zero`, "ch(0) is 1 and sh(0) is 0");
  const lead = leading(expanded);
  let key = classOf(expanded, lead);
  let entry = entries.get(key);
  let ratio = entry === undefined ? undefined : polar(times(lead, invert(entry.lead)));
  if (entry !== undefined && ratio === undefined) {
    // Numbers that are too large: a kernel of its own.
    key = `${storeBase(expanded)} itself`;
    entry = entries.get(key);
    ratio = { phase: 1, n: 1, d: 1 };
  }
  if (entry === undefined) {
    const conjugate = adjoint(expanded);
    const other = leading(conjugate);
    const known = entries.get(classOf(conjugate, other));
    const turned = known === undefined ? undefined : polar(times(other, invert(known.lead)));
    if (known !== undefined && turned !== undefined)
      return { family: known.family, phase: conjugateNumber(turned.phase), n: turned.n, d: turned.d, bar: true };
    const sign = symmetric ? 1 : -1;
    // Of a multiple of a declared kernel that kernel is the family's own, whichever multiple is met first.
    const declared = declaredKernel(values, labels, sign);
    ratio = declared?.ratio ?? { phase: 1, n: 1, d: 1 };
    const by = declared === undefined ? 1 : invert(declared.coefficient);
    const own = scale(expanded, by);
    const { phase, n, d } = ratio;
    entry = {
      lead: times(lead, by),
      values: own,
      family: newFamily({
        slots: kinds,
        real: difference(own, adjoint(own)).size === 0,
        sign,
        zeros: zeroMembers(kinds, labels, zeroSum, own, "p", "sh"),
        symbol: declared?.symbol,
        bar: declared?.bar ?? false,
        display: phase === 1 || declared === undefined ? display(kernel, n, d, unitary) : nameless(declared, kinds),
      }),
    };
    entries.set(key, entry);
  }
  const found = ratio as { phase: Coefficient; n: number; d: number };
  const shown = entry.family.display;
  if (found.phase === 1 && !shown.named) {
    const better = display(kernel, found.n, found.d, unitary);
    if (better.named || (shown.unitary === undefined && better.unitary !== undefined)) entry.family.display = better;
  }
  return { family: entry.family, ...found, bar: false };
}

/**
 * The kernel k of a symbol ch(mk), sh(mk) that the engine made, at `placeholders(kinds)` and `placeholders(kinds, kinds.length)`,
 * and m. Undefined for symbols of documents, which are never in a sum.
 */
export function kernelIn(
  of: KernelFunction,
): { readonly values: Sum; readonly kinds: readonly Kind[]; readonly multiple: Rational } | undefined {
  const found = madeOf(entries.values(), of);
  return found && { values: found.entry.values, kinds: found.entry.family.slots, multiple: found.multiple };
}

/** The entry whose family a symbol of the engine is of, and the multiple of the family's own kernel or matrix in it. */
export function madeOf<E extends { readonly family: Family }>(
  all: Iterable<E>,
  of: KernelFunction,
): { readonly entry: E; readonly multiple: Rational } | undefined {
  for (const entry of all) {
    const { kernel, ratio } = entry.family.display;
    if (kernel === of.kernel) return { entry, multiple: rational(of.multiple.n * ratio.n, of.multiple.d * ratio.d) };
  }
  return undefined;
}

/** A kernel that is n/d times its family's: of a document, or of a unitary T or its power T^m. */
function display(kernel: Kernel, n: number, d: number, unitary?: Called): Display {
  if (unitary === undefined) return { kernel, ratio: rational(n, d), named: true };
  const { name, exponent, power = rational(1), passing } = unitary;
  const shown = { kernel, ratio: rational(BigInt(n) * power.d, BigInt(d) * power.n), named: false };
  return exponent === undefined && passing === undefined ? { ...shown, unitary: name } : shown;
}

/** A kernel with a name and no values. */
export const bare = (name: string, kinds: readonly Kind[]): Kernel => ({
  name,
  first: kinds.map((kind, i) => ({ id: -2_700_000_000 - i, name: "x", kind })),
  second: kinds.map((kind, i) => ({ id: -2_700_000_100 - i, name: "x", kind })),
  body: { kind: "number", value: rational(0), span: nowhere },
});

/** A declared kernel of which only a multiple by -1 or i was met. */
function nameless({ symbol, bar }: { readonly symbol: SymbolInfo; readonly bar: boolean }, kinds: readonly Kind[]): Display {
  const name = bar ? `\\overline{${symbol.name}}` : symbol.name;
  return { kernel: bare(name, kinds), ratio: rational(1), named: false };
}

/** A number times a declared kernel at its own arguments, in either order; undefined for other values at these labels. */
export function multipleOfDeclared(values: Sum, labels: readonly number[]) {
  if (values.size !== 1) return undefined;
  const [term] = [...values.values()] as [Term];
  if (term.mono.length !== 2 || term.mono[1] !== 1) return undefined;
  const atom = atomOf(term.mono[0] as number);
  const [v] = atom.vertices;
  if (atom.kinds.length > 0 || v === undefined) return undefined;
  const head = headOf(v.head);
  if (head.kind !== "value" || head.dots > 0 || head.partials.length > 0 || head.scales.some((s) => s !== "")) return undefined;
  const count = labels.length / 2;
  const straight = v.args.every((a, i) => a === labels[i]);
  const crossed = v.args.every((a, i) => a === labels[(i + count) % (2 * count)]);
  return straight || crossed
    ? { symbol: head.symbol, conjugated: head.conjugated, straight, coefficient: term.coefficient, scalar: term.scalar }
    : undefined;
}

/**
 * The declared kernel of which these are a rational multiple, up to a power of i; one that changes its sign under the exchange of
 * its arguments has either order.
 */
function declaredKernel(values: Sum, labels: readonly number[], sign: 1 | -1) {
  const found = multipleOfDeclared(values, labels);
  if (found === undefined || found.scalar !== 0) return undefined;
  const coefficient = times(found.coefficient, found.straight ? 1 : sign);
  const ratio = polar(coefficient);
  return ratio && { symbol: found.symbol, bar: found.conjugated, coefficient, ratio };
}

/** The family of the kernel of a `ch` or `sh`. */
export function belongs(kernel: Kernel, context: Context): Belonging {
  const memo = known.get(kernel);
  if (memo !== undefined && memo.context === context.assumptions) return memo.found;
  const kinds = kernel.first.map((label) => label.kind);
  const values = context.lower(kernel.body, { ...context, normal: false });
  const to = new Map<number, Arg>();
  const put = (labels: readonly Label[], codes: readonly number[]): void => {
    labels.forEach((label, i) => {
      to.set(freeLabel(label), codes[i] as number);
    });
  };
  put(kernel.first, placeholders(kinds));
  put(kernel.second, placeholders(kinds, kinds.length));
  const found = familyOf(substitute(values, to), kinds, kernel);
  known.set(kernel, { context: context.assumptions, found });
  return found;
}

/** `\delta(x - y)` over all parts of two labels. */
export function identityAt(kinds: readonly Kind[], first: readonly Arg[], second: readonly Arg[]): Sum {
  let value: Sum = constant(1);
  kinds.forEach((kind, i) => {
    const [x, y] = [first[i] as Arg, second[i] as Arg];
    const args: readonly Arg[] = kind.kind === "finite" ? [x, y] : [combine(x, y, -1)];
    value = multiplyNormal(value, fromProduct(normalise({ kinds: [], vertices: [{ head: deltaHead(kind), args, exp: 1 }] })));
  });
  return value;
}

/** `ch(m k)`, `ch(m k) - 1` or `sh(m k)` at its arguments. */
export function kernelValue(of: KernelFunction, conjugated: boolean, args: readonly Scaled[], context: Context): Sum {
  if (args.some((a) => a.scale !== ""))
    fail("not-understood", nowhere, `${of.name}(${of.kernel.name}) at a scaled argument is not understood`, "give it plain labels");
  const { family, phase, n, d, bar } = belongs(of.kernel, context);
  const size = safe(of.multiple.n) * n;
  const under = safe(of.multiple.d) * d;
  const plain = args.map((a) => a.arg);
  const count = family.slots.length;
  if (of.name === "sh") {
    // sh(i k) = i sh(k), as (i k) \overline{(i k)} = k \overline{k}.
    const value = scale(member(family, "sh", size, under, bar, plain), phase);
    return conjugated ? adjoint(value) : value;
  }
  const value = member(family, "p", size, under, conjugated !== bar, plain);
  return of.name === "p" ? value : add(value, identityAt(family.slots, plain.slice(0, count), plain.slice(count)));
}

function safe(n: bigint): number {
  const value = Number(n);
  if (!Number.isSafeInteger(value)) fail("too-large", nowhere, "the multiple in ch or sh is too large");
  return value;
}

import { adjoint, expandFinite, storeBase } from "../algebra/bind.js";
import { type Family, newFamily } from "../algebra/family.js";
import type { Arg } from "../algebra/label.js";
import { type Coefficient, conjugate as conjugateNumber, denominator, imag, invert, real, multiply as times } from "../algebra/number.js";
import { groupMember } from "../algebra/propagator.js";
import { difference, type Sum, scale } from "../algebra/sum.js";
import { multiplyNormal } from "../algebra/wick.js";
import type { Group, KernelFunction, Kind } from "../core/expression.js";
import { type Rational, rational } from "../core/rational.js";
import type { Called } from "./context.js";
import { bare, exchanged, leading, madeOf, multipleOfDeclared, places, polar } from "./hyperbolic.js";
import { zeroMembers } from "./zeros.js";

/**
 * Families of block matrices M = (D, k; \overline{k}, \overline{D}), and the blocks of e^{m M}. Two matrices are one, up to a
 * rational factor, where the canonical forms of D and k agree, however they were written.
 */

/** M, or its conjugate, as a multiple n/d, of either sign, of its family's, with a phase in front of k and so of v. */
export interface Powers {
  readonly family: Family;
  readonly n: number;
  readonly d: number;
  readonly bar: boolean;
  readonly phase: Coefficient;
}

interface Entry {
  readonly family: Family;
  readonly lead: Coefficient;
  readonly phase: Coefficient;
  /** D and k at placeholders. */
  readonly blocks: Blocks;
}

/** D and k at `placeholders(kinds)` and `placeholders(kinds, kinds.length)`. */
export interface Blocks {
  readonly passive: Sum;
  readonly pair: Sum;
}

let entries = new Map<string, Entry>();
export function resetPropagators(): void {
  entries = new Map();
}

/**
 * M less a number in front of it and a phase in front of k: the same for all M that are multiples of one up to a rotation of the
 * phase of the ladder operators, (D, e^{is} k; ...) = P (D, k; ...) P^{-1} with P = (e^{is/2}, 0; 0, e^{-is/2}).
 */
function normalised(
  { passive, pair }: Blocks,
  { statistics }: Group,
): { readonly key: string; readonly lead: Coefficient; readonly phase: Coefficient } {
  const lead = leading(passive);
  const by = invert(lead);
  const own = storeBase(scale(passive, by));
  if (pair.size === 0) return { key: own, lead, phase: 1 };
  const phase = polar(leading(scale(pair, by)))?.phase ?? 1;
  return { key: `${own} ${statistics} ${storeBase(scale(pair, times(by, invert(phase))))}`, lead, phase };
}

/** A number as n/d; undefined where it is not real, or too large. */
function ratioOf(c: Coefficient): { readonly n: number; readonly d: number } | undefined {
  const [n, d] = [Number(real(c)), Number(denominator(c))];
  return Number(imag(c)) === 0 && Number.isSafeInteger(n) && Number.isSafeInteger(d) ? { n, d } : undefined;
}

/** The family of the M of a unitary; undefined where its multiple of that is too large. */
export function powersOf(blocks: Blocks, kinds: readonly Kind[], unitary: Called, statistics: Group["statistics"]): Powers | undefined {
  const name = unitary.exponent ?? unitary.name;
  const { spelled } = unitary;
  const group: Group = { statistics, pairs: blocks.pair.size > 0, unitary: unitary.exponent === undefined, ...(spelled && { spelled }) };
  const power = unitary.power ?? rational(1);
  const expanded = { passive: expandFinite(blocks.passive, multiplyNormal), pair: expandFinite(blocks.pair, multiplyNormal) };
  const conjugate = { passive: adjoint(expanded.passive), pair: adjoint(expanded.pair) };
  const own = normalised(expanded, group);
  for (const bar of [false, true]) {
    const { key, lead, phase } = bar ? normalised(conjugate, group) : own;
    const known = entries.get(key);
    if (known === undefined) continue;
    const ratio = ratioOf(times(lead, invert(known.lead)));
    const turn = times(phase, invert(known.phase));
    // What a document writes as e^M is shown so from then on, and what only passed by as a unitary of the document.
    const better = !known.family.display.named || (!group.unitary && known.family.group?.unitary === true);
    if (ratio !== undefined && better && unitary.passing !== true && !bar && turn === 1) {
      known.family.group = group;
      known.family.display = {
        kernel: bare(name, kinds),
        ratio: rational(BigInt(ratio.n) * power.d, BigInt(ratio.d) * power.n),
        named: true,
      };
    }
    return ratio && { family: known.family, ...ratio, bar, phase: bar ? conjugateNumber(turn) : turn };
  }
  const { key, lead, phase } = own;
  const declared = group.pairs ? undefined : declaredIn(expanded.passive, kinds);
  const family = newFamily({
    slots: kinds,
    real: difference(expanded.passive, conjugate.passive).size + difference(expanded.pair, conjugate.pair).size === 0,
    sign: !group.pairs && difference(expanded.passive, exchanged(expanded.passive, kinds)).size === 0 ? 1 : 0,
    zeros: zeroMembers(kinds, places(kinds), expanded.passive, expanded.pair, "r", "v"),
    symbol: declared?.symbol,
    bar: declared?.bar ?? false,
    display: { kernel: bare(name, kinds), ratio: rational(power.d, power.n), named: unitary.passing !== true },
    group,
  });
  entries.set(key, { lead, phase, blocks: expanded, family });
  return { family, n: 1, d: 1, bar: false, phase: 1 };
}

/** The declared kernel that D is a multiple of: at exchanged arguments it is the conjugate of a hermitian one. */
function declaredIn(values: Sum, kinds: readonly Kind[]) {
  const found = multipleOfDeclared(values, places(kinds));
  return found && { symbol: found.symbol, bar: found.conjugated === found.straight };
}

/** The block 11 of e^M less the identity, or the block 12, at its arguments; of e^{-M} for `inverse`. */
export const blockAt = ({ family, n, d, bar, phase }: Powers, name: "r" | "v", inverse: boolean, args: readonly Arg[]): Sum =>
  scale(groupMember(family, name, inverse ? -n : n, d, bar, args), name === "v" ? phase : 1);

/** D and k of the matrix of a symbol r or v that the engine made, and the multiple of it. */
export function matrixIn(
  of: KernelFunction,
): { readonly blocks: Blocks; readonly kinds: readonly Kind[]; readonly multiple: Rational } | undefined {
  const found = madeOf(entries.values(), of);
  return found && { blocks: found.entry.blocks, kinds: found.entry.family.slots, multiple: found.multiple };
}

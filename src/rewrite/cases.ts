import { atomOf } from "../algebra/atom.js";
import { substitute } from "../algebra/bind.js";
import { pivotImage } from "../algebra/diagram.js";
import { type Accumulator, add, addTerm, constant, fromProduct, type Sum, scale } from "../algebra/sum.js";
import { multiplyNormal } from "../algebra/wick.js";

/**
 * Scalars with Kronecker deltas of free labels, case by case: a delta is 0 or 1, so that s = A + \delta B is A where it is 0 and
 * A + B, at equal labels, where it is 1. A function of s is F(A) + \delta (F(A + B) - F(A)).
 */
export interface Case {
  readonly value: Sum;
  /** 1 in this case and 0 in all others. */
  readonly where: Sum;
}

/** Most deltas that are looked at: the number of cases is exponential in it. */
const mostDeltas = 6;

/** The Kronecker deltas of free labels in a sum, by their atoms. */
function deltasIn(sum: Sum): readonly number[] {
  const found = new Set<number>();
  for (const { mono } of sum.values())
    for (let i = 0; i < mono.length; i += 2) if (atomOf(mono[i] as number).role === "kronecker") found.add(mono[i] as number);
  return [...found].sort((a, b) => a - b);
}

/** s where one delta is 0, and where it is 1. */
function split(sum: Sum, delta: number): readonly [Sum, Sum] {
  const without: Accumulator = new Map();
  const whole: Accumulator = new Map();
  for (const { coefficient, scalar, mono } of sum.values()) {
    const at = mono.findIndex((id, i) => i % 2 === 0 && id === delta);
    if (at < 0) {
      addTerm(without, coefficient, scalar, mono);
      addTerm(whole, coefficient, scalar, mono);
    } else addTerm(whole, coefficient, scalar, [...mono.slice(0, at), ...mono.slice(at + 2)]);
  }
  const { pivot } = atomOf(delta);
  return [without, pivot === 0 ? whole : substitute(whole, new Map([[pivot, pivotImage(delta)]]))];
}

const deltaOf = (id: number): Sum => fromProduct({ coefficient: 1, mono: [id, 1] });

/** All cases of a sum, their values without deltas; the sum alone where it has none, or too many. */
export function casesOf(sum: Sum): readonly Case[] {
  const deltas = deltasIn(sum);
  const [delta] = deltas;
  if (delta === undefined || deltas.length > mostDeltas) return [{ value: sum, where: constant(1) }];
  const [off, on] = split(sum, delta);
  const one = deltaOf(delta);
  const other = add(constant(1), scale(one, -1));
  const under = (condition: Sum, value: Sum): Case[] =>
    casesOf(value).map((each) => ({ value: each.value, where: multiplyNormal(condition, each.where) }));
  return [...under(other, off), ...under(one, on)];
}

/**
 * A function of a scalar, taken in each case by itself; `undefined` where there is one case only. With `nonzero` also where a
 * value is 0, which need not occur: no label in {1, 2} is neither 1 nor 2.
 */
export function caseByCase(sum: Sum, of: (value: Sum) => Sum, nonzero = false): Sum | undefined {
  const cases = casesOf(sum);
  if (cases.length === 1 || (nonzero && cases.some(({ value }) => value.size === 0))) return undefined;
  return add(...cases.map(({ value, where }) => multiplyNormal(where, of(value))));
}

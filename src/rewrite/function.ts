import { atomOf } from "../algebra/atom.js";
import { baseOf, bind, freeLabels, headOfFunction, openArg, placeholder, storeBase, substitute } from "../algebra/bind.js";
import { normalise } from "../algebra/diagram.js";
import { headOf } from "../algebra/head.js";
import { compositions } from "../algebra/hyperbolic.js";
import {
  type Arg,
  combine,
  constantLabel,
  freeInfo,
  freeLabel,
  isConstant,
  kindOf,
  negateArg,
  triples,
  withTemporaries,
} from "../algebra/label.js";
import {
  type Coefficient,
  denominator,
  gauss,
  imag,
  imaginary,
  invert,
  power as powerOf,
  real,
  multiply as times,
} from "../algebra/number.js";
import { Packed } from "../algebra/packed.js";
import { clearDeltas } from "../algebra/parts.js";
import { rescale } from "../algebra/rescale.js";
import { primeBase, scalarEntries, scalarMultiply, scalarPositive, scalarPower, scalarRaise } from "../algebra/scalar.js";
import {
  type Accumulator,
  add,
  addInto,
  constant,
  emit,
  fromProduct,
  raiseMono,
  type Sum,
  scale,
  type Term,
  zeroSum,
} from "../algebra/sum.js";
import type { Vertex } from "../algebra/vertex.js";
import { multiplyNormal } from "../algebra/wick.js";
import { fail } from "../source/diagnostic.js";
import { nowhere } from "../source/span.js";
import { caseByCase } from "./cases.js";
import { quarterTurns } from "./phase.js";

/** Roots, inverses and exponentials of scalars. What is no monomial stays as an atom over its canonical argument. */

/** The free labels of a sum as placeholders, in the order and with the signs that give the least stored text: f(-p) is f of -p. */
function abstracted(sum: Sum): { base: string; args: Arg[]; slots: number[] } {
  const labels = [...freeLabels(sum)].sort((a, b) => a - b);
  const numbers = numbersBeside(sum);
  let best: { base: string; args: Arg[]; slots: number[] } | undefined;
  const signed = (order: readonly number[], negative: readonly boolean[]): void => {
    for (const shifts of choices(order.map((code) => numbers.get(code) ?? [0]))) {
      const map = new Map<number, Arg>();
      const args: Arg[] = [];
      order.forEach((code, i) => {
        const { kind } = freeInfo(code);
        const slot = placeholder(i, kindOf(kind));
        const shift = shifts[i] as number;
        const by = (arg: Arg, n: number): Arg => (n === 0 ? arg : combine(arg, constantLabel(kindOf(kind), 1), n));
        // The slot holds the label plus the number, or its negative.
        map.set(code, by(negative[i] ? negateArg(slot) : slot, -shift));
        args.push(negative[i] ? negateArg(by(code, shift)) : by(code, shift));
      });
      const base = storeBase(substitute(sum, map));
      if (best !== undefined && base >= best.base) continue;
      best = { base, args, slots: order.map((code) => freeInfo(code).kind) };
    }
  };
  const attempt = (order: readonly number[]): void => {
    const movable = order.flatMap((code, i) => (kindOf(freeInfo(code).kind).kind === "finite" ? [] : [i]));
    // All signs of one or two labels, of more a common one.
    const choices = movable.length <= 2 ? movable.map((i) => [i]) : [movable];
    for (let bits = 0; bits < 1 << choices.length; bits++) {
      const negated = choices.flatMap((slots, k) => ((bits >> k) & 1 ? slots : []));
      signed(
        order,
        order.map((_, i) => negated.includes(i)),
      );
    }
  };
  const permute = (done: number[], left: readonly number[]): void => {
    if (left.length === 0) attempt(done);
    else for (const [i, code] of left.entries()) permute([...done, code], [...left.slice(0, i), ...left.slice(i + 1)]);
  };
  if (labels.length <= 4) permute([], labels);
  else attempt(labels);
  return best as { base: string; args: Arg[]; slots: number[] };
}

/** Most shifts of one label, and of all together, that are tried. */
const mostShifts = 8;

/**
 * The numbers n of arguments j+n for each label of Z: which of them the label is taken with must not depend on how it was called,
 * f(j+1) at j being f(j) at j+1.
 */
function numbersBeside(sum: Sum): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, Set<number>>();
  for (const { mono } of sum.values())
    for (let i = 0; i < mono.length; i += 2)
      for (const { args } of atomOf(mono[i] as number).vertices)
        for (const arg of args) {
          const list = triples(arg);
          let number = 0;
          for (let k = 0; k < list.length; k += 3)
            if (isNumber(list[k] as number)) number = (list[k + 1] as number) / (list[k + 2] as number);
          for (let k = 0; k < list.length; k += 3) {
            const [code, n, d] = [list[k] as number, list[k + 1] as number, list[k + 2] as number];
            if (code >= 0 || isConstant(code) || Math.abs(n) !== d || !Number.isInteger(number)) continue;
            const known = found.get(code) ?? new Set();
            found.set(code, known.add(n > 0 ? number : 0 - number));
          }
        }
  const lists = new Map([...found].map(([code, all]) => [code, [...all].sort((a, b) => a - b)] as const));
  const total = [...lists.values()].reduce((product, list) => product * list.length, 1);
  return total > mostShifts ? new Map() : lists;
}

/** Whether a code is the number 1 of Z. */
const isNumber = (code: number): boolean => isConstant(code) && kindOf(freeInfo(code).kind).kind === "lattice";

/** One of each list, in all ways. */
export function choices(lists: readonly (readonly number[])[]): readonly (readonly number[])[] {
  let all: readonly (readonly number[])[] = [[]];
  for (const list of lists) all = all.flatMap((chosen) => list.map((n) => [...chosen, n]));
  return all;
}

function functionAtom(name: "exp" | "power", sum: Sum, num: number, den: number, exp: number): Sum {
  const { base, args, slots } = abstracted(rescale(sum));
  const head = headOfFunction(name, base, num, den, slots);
  return fromProduct(normalise({ kinds: [], vertices: [{ head, args, exp }] }));
}

/** The sum inside a function vertex, at its arguments. */
export function argumentOf(head: number, args: readonly Arg[]): Sum {
  const info = headOf(head);
  if (info.kind !== "function") throw new Error("not a function vertex");
  const map = new Map<number, Arg>();
  info.slots.forEach((kind, i) => {
    map.set(freeLabel({ id: -2_000_000_000 - i, name: `?${i}`, kind: kindOf(kind) }), args[i] as Arg);
  });
  return substitute(baseOf(info.base), map);
}

/** A derivative of a function vertex by the chain rule: d e^B = B' e^B, d B^{1/n} = (1/n) B' B^{1/n} / B. */
export function functionDerivative({ head, args }: Vertex, derivative: (inner: Sum) => Sum): Sum {
  const of = headOf(head);
  if (of.kind !== "function") throw new Error("not a function vertex");
  const base = argumentOf(head, args);
  const inner = derivative(base);
  if (inner.size === 0) return zeroSum;
  const own = fromProduct(normalise({ kinds: [], vertices: [{ head, args, exp: 1 }] }));
  const outer = multiplyNormal(inner, own);
  return of.name === "exp" ? outer : scale(multiplyNormal(outer, powerOfScalar(base, -1, 1)), gauss(1, 0, of.den));
}

export function requireScalar(sum: Sum, what: string): void {
  for (const term of sum.values())
    for (let i = 0; i < term.mono.length; i += 2) {
      const atom = atomOf(term.mono[i] as number);
      if (atom.creators + atom.annihilators > 0) fail("not-scalar", nowhere, `${what} needs a scalar, but this is an operator`);
    }
}

/** c^(num/den) for a positive rational c, by its prime factors. */
function rootOf(c: Coefficient, num: number, den: number): { id: number; factor: Coefficient } {
  let id = 0;
  let factor: Coefficient = 1;
  const raise = (value: bigint, by: number): void => {
    let left = value;
    const take = (prime: bigint, count: number): void => {
      const one = scalarPower(primeBase(prime), by * count * num, den);
      const product = scalarMultiply(id, one.id);
      id = product.id;
      factor = times(times(factor, one.factor), product.factor);
    };
    for (let prime = 2n; prime * prime <= left && prime < 100_000n; prime += prime === 2n ? 1n : 2n) {
      let count = 0;
      while (left % prime === 0n) {
        left /= prime;
        count++;
      }
      if (count > 0) take(prime, count);
    }
    if (left > 1n) take(left, 1);
  };
  raise(BigInt(real(c)), 1);
  raise(BigInt(denominator(c)), -1);
  return { id, factor };
}

/** sum^(num/den) of a scalar. */
export function powerOfScalar(sum: Sum, num: number, den: number): Sum {
  requireScalar(sum, "a root or an inverse");
  if (sum.size === 0) {
    if (num < 0) fail("division-by-zero", nowhere, "division by zero");
    return num === 0 ? constant(1) : zeroSum;
  }
  if (den !== 1 || (num < 0 && sum.size > 1)) {
    const cases = caseByCase(sum, (value) => powerOfScalar(value, num, den), num < 0);
    if (cases !== undefined) return cases;
  }
  if (sum.size === 1) {
    const [term] = [...sum.values()] as [Term];
    if (den === 1) {
      for (let i = 0; i < term.mono.length; i += 2) {
        const role = atomOf(term.mono[i] as number).role;
        if (num < 0 && (role === "delta" || role === "kronecker")) fail("not-understood", nowhere, "one over a delta makes no sense");
      }
      const raised = scalarRaise(term.scalar, num, 1);
      const into: Accumulator = new Map();
      emit(into, times(powerOf(term.coefficient, num), raised.factor), raised.id, raiseMono(term.mono, num));
      return settle(into);
    }
    let coefficient: Coefficient = 1;
    let scalar = 0;
    let rest: Sum = constant(1);
    // Roots may be taken factor by factor only of positive factors: sqrt(-s) is i sqrt(s) for s > 0, not for s < 0.
    const alone = term.mono.length === 0 && scalarPositive(term.scalar);
    if (imag(term.coefficient) === 0 && (real(term.coefficient) > 0 || den === 2 || !alone)) {
      let c = term.coefficient;
      if (real(c) < 0) {
        c = times(c, -1);
        if (alone) coefficient = powerOf(imaginary, num);
        else rest = scale(rest, -1);
      }
      const root = rootOf(c, num, den);
      coefficient = times(coefficient, root.factor);
      scalar = root.id;
    } else rest = scale(rest, term.coefficient);
    for (const entry of scalarEntries(term.scalar)) {
      const one = scalarPower(entry.base, entry.num, entry.den);
      if (scalarPositive(one.id)) {
        const raised = scalarRaise(one.id, num, den);
        const product = scalarMultiply(scalar, raised.id);
        scalar = product.id;
        coefficient = times(times(coefficient, raised.factor), product.factor);
      } else rest = scale(rest, one.factor, one.id);
    }
    const [only] = [...rest.values()] as [Term];
    if (term.mono.length > 0 || only.scalar !== 0 || only.coefficient !== 1) {
      const into: Accumulator = new Map();
      emit(into, only.coefficient, only.scalar, term.mono);
      return scale(functionAtom("power", into, 1, den, num), coefficient, scalar);
    }
    return constant(coefficient, scalar);
  }
  if (den === 1 && num >= 0) {
    let result: Sum = constant(1);
    for (let k = 0; k < num; k++) result = multiplyNormal(result, sum);
    return result;
  }
  // Divide by the coefficient of one term, so that multiples of one base share an atom.
  const lead = [...sum.entries()].sort((a, b) => (a[0] < b[0] ? -1 : 1))[0]?.[1].coefficient as Coefficient;
  const positive = imag(lead) === 0 && real(lead) > 0;
  if (den === 1 || positive) {
    const base = scale(sum, invert(lead));
    const factor = den === 1 ? { id: 0, factor: powerOf(lead, num) } : rootOf(lead, num, den);
    return scale(functionAtom("power", base, 1, den, num), factor.factor, factor.id);
  }
  return functionAtom("power", sum, 1, den, num);
}

/** exp of a scalar. */
export function exponential(sum: Sum): Sum {
  requireScalar(sum, "an exponential");
  const cases = caseByCase(sum, exponential);
  if (cases !== undefined) return cases;
  if (sum.size === 0) return constant(1);
  const split = quarterTurns(sum);
  if (split !== undefined) return multiplyNormal(split.factor, exponential(split.rest));
  return independent(sum).reduce<Sum>((all, part) => multiplyNormal(all, functionAtom("exp", part, 1, 1, 1)), constant(1));
}

/**
 * The parts of an exponent that share no labels, one without any: e^{f(p) + g(q)} = e^{f(p)} e^{g(q)}, so that its sum over p and q
 * is the product of two sums.
 */
function independent(sum: Sum): readonly Sum[] {
  let parts: { readonly labels: ReadonlySet<number>; readonly terms: Accumulator }[] = [];
  for (const [key, term] of sum) {
    const labels = freeLabels(new Map([[key, term]]));
    const near = parts.filter((part) => (labels.size === 0 ? part.labels.size === 0 : [...labels].some((label) => part.labels.has(label))));
    const joined = {
      labels: new Set([...labels, ...near.flatMap((part) => [...part.labels])]),
      terms: new Map([...near.flatMap((part) => [...part.terms]), [key, term] as const]),
    };
    parts = [...parts.filter((part) => !near.includes(part)), joined];
  }
  return parts.map((part) => part.terms);
}

/** Whether a term has atoms that `settle` may have to combine. */
function functionsIn(mono: readonly number[]): boolean {
  for (let i = 0; i < mono.length; i += 2) {
    const atom = atomOf(mono[i] as number);
    if (atom.kinds.length === 0 && atom.role === "scalar" && headOf((atom.vertices[0] as { head: number }).head).kind === "function")
      return true;
    if (atom.kinds.length > 0 && combined(atom.id) !== null) return true;
  }
  return false;
}

let combinations = new Map<number, Sum | null>();
export function resetFunctions(): void {
  combinations = new Map();
}

/** A diagram with its exponentials combined and its whole powers multiplied out; null when it is so already. */
function combined(id: number): Sum | null {
  const known = combinations.get(id);
  if (known !== undefined) return known;
  const atom = atomOf(id);
  let exponentials = 0;
  let powers = false;
  for (const v of atom.vertices) {
    const head = headOf(v.head);
    if (head.kind !== "function") continue;
    if (head.name === "exp") exponentials += Math.abs(v.exp - 1) + 1;
    else if (v.exp >= head.den) powers = true;
  }
  let result: Sum | null = null;
  if (exponentials > 1 || powers)
    result = withTemporaries(atom.kinds, (labels) => {
      let value: Sum = constant(1);
      for (const v of atom.vertices) {
        const args = v.args.map((a) => openArg(a, labels));
        value = multiplyNormal(value, fromProduct(normalise({ kinds: [], vertices: [{ ...v, args }] })));
      }
      return bind(functions(value), labels);
    });
  // Exponentials that share no labels stay apart.
  if (result !== null && same(result, fromProduct({ coefficient: 1, mono: [id, 1] }))) result = null;
  combinations.set(id, result);
  return result;
}

const one: Sum = constant(1);

/** Whether two sums have the same terms with the same coefficients. */
function same(a: Sum, b: Sum): boolean {
  return a.size === b.size && add(a, scale(b, -1)).size === 0;
}

/** Combines exponentials of a term into one for all that shares labels, powers that have become whole into their base, and joined ch and sh. */
export function settle(sum: Sum): Sum {
  return sum instanceof Packed ? sum : compositions(clearDeltas(functions(sum)));
}

function functions(sum: Sum): Sum {
  let any = false;
  for (const term of sum.values())
    if (functionsIn(term.mono)) {
      any = true;
      break;
    }
  if (!any) return sum;
  const into: Accumulator = new Map();
  for (const term of sum.values()) {
    let exponent: Sum = zeroSum;
    let exponentials: Sum = constant(1);
    let value: Sum = constant(term.coefficient, term.scalar);
    let changed = false;
    for (let i = 0; i < term.mono.length; i += 2) {
      const atom = atomOf(term.mono[i] as number);
      const exp = term.mono[i + 1] as number;
      const vertex = atom.vertices[0];
      const head = vertex === undefined ? undefined : headOf(vertex.head);
      let factor = fromProduct({ coefficient: 1, mono: [atom.id, exp] });
      const inside = atom.kinds.length > 0 && exp > 0 ? combined(atom.id) : null;
      if (inside !== null) {
        factor = inside;
        for (let k = 1; k < exp; k++) factor = multiplyNormal(factor, inside);
      }
      if (atom.kinds.length === 0 && vertex !== undefined && head?.kind === "function") {
        const inner = argumentOf(vertex.head, vertex.args);
        if (head.name === "exp") {
          exponentials = multiplyNormal(exponentials, factor);
          exponent = add(exponent, scale(inner, exp));
          factor = constant(1);
        } else if (exp >= head.den) {
          changed = true;
          const whole = Math.floor(exp / head.den);
          const left = exp - whole * head.den;
          factor = left === 0 ? constant(1) : fromProduct({ coefficient: 1, mono: [atom.id, left] });
          for (let k = 0; k < whole; k++) factor = multiplyNormal(factor, inner);
        }
      }
      value = multiplyNormal(value, factor);
    }
    if (exponent.size > 0 || !same(exponentials, one)) {
      const product = exponential(exponent);
      value = multiplyNormal(value, product);
      if (!same(product, exponentials)) changed = true;
    }
    addInto(into, changed ? functions(value) : value);
  }
  return into;
}

/** Multiplies by the bases of negative powers, so that a sum of fractions that cancels becomes 0. */
export function clearDenominators(sum: Sum): Sum {
  let current = settle(sum);
  for (let round = 0; round < 20 && current.size > 1; round++) {
    let worst = 0;
    let atom = -1;
    for (const term of current.values())
      for (let i = 0; i < term.mono.length; i += 2) {
        const exp = term.mono[i + 1] as number;
        const role = atomOf(term.mono[i] as number).role;
        if (exp < worst && (role === "scalar" || role === "diagram")) {
          worst = exp;
          atom = term.mono[i] as number;
        }
      }
    if (atom < 0) return current;
    current = settle(multiplyNormal(current, fromProduct({ coefficient: 1, mono: [atom, -worst] })));
  }
  return current;
}

import type { Vertex } from "./canonical.js";
import { type Head, headOf } from "./head.js";
import { type Arg, affine, kindOf, mapArg, negateArg, triples } from "./label.js";
import { type Fraction, hermite, invert } from "./matrix.js";
import { type Coefficient, gauss, multiply, power } from "./number.js";

/**
 * Affine changes of bound variables. Where arguments such as p+q or x-y occur, the same integral can be
 * written in many variables; the ones chosen make the arguments as plain as possible, ladder operators first, and all
 * choices of least cost are handed on, so that the canonical labelling does not depend on how the user chose.
 *
 * New variables are arguments of the diagram, so the set of choices belongs to the integral and not to the way it is
 * written. Over R^d any independent arguments will do, at the price of a Jacobian. On a lattice the change must be unimodular;
 * where no choice of arguments is, those of least determinant are brought into Hermite normal form instead.
 */

/** An equal diagram in other variables: the given one is `factor` times this one. */
export interface Candidate {
  readonly vertices: readonly Vertex[];
  readonly factor: Coefficient;
}

/** Most choices that are looked at; a diagram with more keeps the variables that it came with. */
const combinations = 6000;
const candidatesLimit = 1000;

interface Form {
  readonly arg: Arg;
  readonly row: readonly Fraction[];
  /** Whether a symmetry of the vertex negates it: then it stands for both signs. */
  readonly both: boolean;
}

/** What the signs and sizes of an argument's coefficients cost, or those of its negative. */
function argCost(arg: Arg, negated: boolean): number {
  if (typeof arg === "number") return negated ? 3 : 0;
  let cost = 0;
  let positive = 0;
  for (let i = 0; i < arg.length; i += 3) {
    const n = negated ? -(arg[i + 1] as number) : (arg[i + 1] as number);
    const d = arg[i + 2] as number;
    if (n > 0) positive++;
    if (Math.abs(n) !== d) cost += 5;
    else if (n === d && arg.length === 3) return 0;
  }
  if (arg.length === 3) cost += 3;
  else if (positive !== 1 && arg.length > 0) cost += 1;
  return cost;
}

/** What the choice of variables asks of a head. */
interface Traits {
  /** What an affine argument costs. */
  readonly weight: number;
  /** Whether some symmetry negates arguments: then -q costs what q does. */
  readonly even: boolean;
  /** Whether a change of sign of an argument changes the sign of the vertex. */
  readonly odd: boolean;
  /** The signs that the symmetries give to the arguments, each pattern once. */
  readonly signs: readonly (readonly boolean[])[];
}

function traitsOf(id: number): Traits {
  const head = headOf(id);
  let known = traits.get(head);
  if (known === undefined) {
    const even = head.group.length > 1 && head.group.some((g) => g.negated.some(Boolean));
    const odd = head.group.length > 1 && head.group.some((g) => g.sign === -1 && g.negated.some(Boolean));
    known = { weight: weigh(head), even, odd, signs: signsOf(head) };
    traits.set(head, known);
  }
  return known;
}

const traits = new WeakMap<Head, Traits>();

function weigh(head: Head): number {
  // Even and scaled functions are mostly potentials of a difference: leave the difference to them.
  const difference = head.group.some((g) => g.negated.some(Boolean)) || (head.kind === "value" && head.scales.some((s) => s !== ""));
  return head.kind === "ladder" ? 100 : head.kind === "delta" ? 1 : head.slots.length > 1 ? 30 : difference ? cheap : dear;
}

function signsOf(head: Head): readonly (readonly boolean[])[] {
  const found = new Map([["", head.slots.map(() => false)]]);
  for (const { permutation, negated } of head.group) {
    const pattern = head.slots.map((_, slot) => negated[permutation.indexOf(slot)] as boolean);
    if (pattern.some(Boolean)) found.set(pattern.join(), pattern);
  }
  return [...found.values()];
}

const cheap = 2;
const dear = 10;

/** Whether a label of the kind stands in an argument. */
function touches(arg: Arg, kinds: readonly number[], kind: number): boolean {
  if (typeof arg === "number") return arg >= 0 && kinds[arg] === kind;
  for (let i = 0; i < arg.length; i += 3) if ((arg[i] as number) >= 0 && kinds[arg[i] as number] === kind) return true;
  return false;
}

/** What the diagram's arguments cost: by their lengths, and what only a change of sign or of scale could save. */
function cost(vertices: readonly Vertex[], kinds: readonly number[], kind: number): { length: number; scaling: number } {
  let length = 0;
  let scaling = 0;
  for (const { head, exp, args } of vertices) {
    const { weight, even, signs } = traitsOf(head);
    let affineArgs = false;
    for (const arg of args) {
      if (typeof arg === "number" || arg.length === 0) continue;
      affineArgs = true;
      if (touches(arg, kinds, kind)) length += weight * (arg.length / 3 - 1) * Math.abs(exp);
    }
    if (!affineArgs && !even) continue;
    let least = Number.POSITIVE_INFINITY;
    for (const pattern of signs) {
      let total = 0;
      for (let slot = 0; slot < args.length; slot++) total += argCost(args[slot] as Arg, pattern[slot] as boolean);
      least = Math.min(least, total);
    }
    scaling += least * Math.abs(exp);
  }
  return { length, scaling };
}

/**
 * Whether no other choice can cost less or as much: every label of the kind stands alone in some argument that would be
 * dear otherwise, all that is affine costs less than that together, and less than 3 of it is due to signs and scales, which is
 * what it costs to change the sign or the scale of such a label.
 */
function settled(kinds: readonly number[], kind: number, vertices: readonly Vertex[]): boolean {
  const { length, scaling } = cost(vertices, kinds, kind);
  if (length >= dear || scaling >= 3) return false;
  const plain = new Array<boolean>(kinds.length).fill(false);
  for (const { head, args } of vertices) {
    const { weight, even } = traitsOf(head);
    if (weight >= dear && !even) for (const a of args) if (typeof a === "number" && a >= 0) plain[a] = true;
  }
  for (let l = 0; l < kinds.length; l++) if (kinds[l] === kind && !plain[l]) return false;
  return true;
}

/** Whether other variables of the kind may be needed. Where a symmetry negates several arguments at once, an affine one leaves the sign of a plain one open. */
function needed(kinds: readonly number[], kind: number, vertices: readonly Vertex[]): boolean {
  for (const { head, args } of vertices) {
    const { even, odd } = traitsOf(head);
    let open = odd;
    if (even && !open) for (const a of args) if (typeof a !== "number") open = true;
    for (const a of args) if ((open || typeof a !== "number") && touches(a, kinds, kind)) return true;
  }
  return false;
}

/** All ways of least cost to write the diagram; the given one alone when nothing is affine. */
export function changes(kinds: readonly number[], vertices: readonly Vertex[]): readonly Candidate[] {
  let current: readonly Candidate[] = [{ vertices, factor: 1 }];
  let plain = true;
  for (const { head, args } of vertices) {
    if (traitsOf(head).odd) plain = false;
    for (const a of args) if (typeof a !== "number" && a.length > 0) plain = false;
  }
  if (plain) return current;
  for (const kind of [...new Set(kinds)].sort((a, b) => a - b)) {
    const of = kindOf(kind);
    if (of.kind === "finite" || !needed(kinds, kind, vertices)) continue;
    if (settled(kinds, kind, (current[0] as Candidate).vertices)) continue;
    const labels = kinds.flatMap((k, l) => (k === kind ? [l] : []));
    const next: Candidate[] = [];
    let [shortest, least] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    const seen = new Set<string>();
    for (const base of current)
      for (const candidate of rewrite(base, kinds, kind, labels, of.kind === "space" ? of.dimension : 0)) {
        const { length, scaling } = cost(candidate.vertices, kinds, kind);
        if (length > shortest || (length === shortest && scaling > least)) continue;
        if (length < shortest || scaling < least) {
          [shortest, least] = [length, scaling];
          next.length = 0;
          seen.clear();
        }
        const key = JSON.stringify(candidate.vertices.map((v) => v.args));
        if (seen.has(key)) continue;
        seen.add(key);
        next.push(candidate);
      }
    if (next.length > candidatesLimit) return [{ vertices, factor: 1 }];
    if (next.length > 0) current = next;
  }
  return current;
}

/** The arguments that hold labels of the kind. */
function formsOf(vertices: readonly Vertex[], labels: readonly number[], touches: (arg: Arg) => boolean): Form[] {
  const column = new Map(labels.map((l, i) => [l, i]));
  const forms = new Map<string, Form>();
  const keyOf = (arg: Arg): string => triples(arg).join(",");
  const negatable: string[] = [];
  for (const v of vertices) {
    const { group } = headOf(v.head);
    v.args.forEach((arg, slot) => {
      if (!touches(arg)) return;
      const both = group.some((g) => g.negated[g.permutation.indexOf(slot)]);
      const row: Fraction[] = labels.map(() => [0, 1]);
      const list = triples(arg);
      for (let i = 0; i < list.length; i += 3) {
        const at = column.get(list[i] as number);
        if (at !== undefined) row[at] = [list[i + 1] as number, list[i + 2] as number];
      }
      const key = keyOf(arg);
      if (both) negatable.push(key, keyOf(negateArg(arg)));
      if (!forms.has(key)) forms.set(key, { arg, row, both });
    });
  }
  // A form and its negative, where one of them stands for both signs, are one form.
  const lines = new Map<string, Form>();
  const free = new Set(negatable);
  for (const [key, form] of forms) {
    const both = free.has(key);
    if (!both || !lines.has(keyOf(negateArg(form.arg)))) lines.set(key, { ...form, both });
  }
  return [...lines.values()];
}

/** The diagram with label i replaced by the i-th argument. */
function substituted(base: Candidate, labels: readonly number[], images: readonly Arg[], factor: Coefficient): Candidate {
  const image = new Map(labels.map((l, i) => [l, images[i] as Arg]));
  return {
    vertices: base.vertices.map((v) => ({ ...v, args: v.args.map((a) => mapArg(a, (l) => image.get(l))) })),
    factor: multiply(base.factor, factor),
  };
}

/**
 * Images of the diagram under the best choices of new variables among its arguments; `space` is the dimension, 0 on a lattice.
 * How long the arguments become does not depend on signs, so those are tried last and for the best choices only.
 */
function rewrite(base: Candidate, kinds: readonly number[], kind: number, labels: readonly number[], space: number): readonly Candidate[] {
  const k = labels.length;
  const own = new Set(labels);
  const all = formsOf(base.vertices, labels, (arg) => touches(arg, kinds, kind));
  if (choose(all.length, k) > combinations) return [base];
  const pick: Form[] = [];
  let results: { readonly candidate: Candidate; readonly pick: readonly Form[] }[] = [];
  let shortest = Number.POSITIVE_INFINITY;
  // On a lattice: the choices of least determinant, as long as none is unimodular.
  let index = Number.POSITIVE_INFINITY;
  let coarse: Form[][] = [];
  const take = (): void => {
    const solved = invert(pick.map((f) => f.row));
    if (solved === undefined) return;
    const [n, d] = solved.determinant;
    if (space === 0 && (Math.abs(n) !== 1 || d !== 1)) {
      const size = Math.abs(n) / d;
      if (results.length > 0 || size > index || pick.some((f) => f.row.some((c) => c[1] !== 1))) return;
      if (size < index) coarse = [];
      index = size;
      coarse.push(pick.slice());
      return;
    }
    // label_i = sum_j inverse_ij (new_j - rest of form_j); the new variables reuse the old numbers.
    const images = labels.map((_, i) => {
      const flat: number[] = [];
      pick.forEach((form, j) => {
        const [n, d] = (solved.inverse[i] as readonly Fraction[])[j] as Fraction;
        if (n === 0) return;
        flat.push(labels[j] as number, n, d);
        const list = triples(form.arg);
        for (let t = 0; t < list.length; t += 3)
          if (!own.has(list[t] as number)) flat.push(list[t] as number, -n * (list[t + 1] as number), d * (list[t + 2] as number));
      });
      return affine(flat);
    });
    const candidate = substituted(base, labels, images, space === 0 ? 1 : power(gauss(d, 0, Math.abs(n)), space));
    const { length } = cost(candidate.vertices, kinds, kind);
    if (length > shortest) return;
    if (length < shortest) results = [];
    shortest = length;
    results.push({ candidate, pick: pick.slice() });
  };
  const walk = (from: number): void => {
    if (pick.length === k) {
      take();
      return;
    }
    for (let i = from; i < all.length; i++) {
      pick.push(all[i] as Form);
      walk(i + 1);
      pick.pop();
    }
  };
  walk(0);
  if (results.length > 0)
    return results.flatMap(({ candidate, pick }) =>
      signs(pick).map((chosen) => {
        const images = labels.map((l, j) => ((chosen[j] as boolean) ? negateArg(l) : l));
        return chosen.some(Boolean) ? substituted(candidate, labels, images, 1) : candidate;
      }),
    );
  if (coarse.length === 0 || k > 4) return [base];
  return coarse.flatMap((forms) =>
    signs(forms).flatMap((chosen) =>
      permutations(forms.map((f, j) => ((chosen[j] as boolean) ? negated(f) : f))).map((order) => triangular(base, labels, order)),
    ),
  );
}

const negated = (form: Form): Form => ({
  ...form,
  arg: negateArg(form.arg),
  row: form.row.map(([n, d]): Fraction => [0 - n, d]),
});

/** Which forms to negate, in all ways. */
function signs(forms: readonly Form[]): readonly (readonly boolean[])[] {
  let lists: boolean[][] = [[]];
  for (const { both } of forms)
    lists = lists.flatMap((list) =>
      both
        ? [
            [...list, false],
            [...list, true],
          ]
        : [[...list, false]],
    );
  return lists;
}

function choose(n: number, k: number): number {
  let count = 1;
  for (let i = 0; i < k; i++) count = (count * (n - i)) / (i + 1);
  return count;
}

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length === 0) return [[]];
  return list.flatMap((first, i) => permutations([...list.slice(0, i), ...list.slice(i + 1)]).map((rest) => [first, ...rest]));
}

/**
 * Variables of a lattice in which these arguments, in this order, are in Hermite normal form: the i-th is a sum of the first
 * i variables. Their free parts are brought into [0, H_ii) by shifts, one after the other.
 */
function triangular(base: Candidate, labels: readonly number[], forms: readonly Form[]): Candidate {
  const { h, u } = hermite(forms.map((f) => f.row.map((c) => c[0])));
  const own = new Set(labels);
  const shifts: Arg[] = [];
  forms.forEach((form, i) => {
    const row = h[i] as readonly number[];
    const flat: number[] = [];
    const list = triples(form.arg);
    for (let t = 0; t < list.length; t += 3)
      if (!own.has(list[t] as number)) flat.push(list[t] as number, list[t + 1] as number, list[t + 2] as number);
    shifts.forEach((shift, j) => {
      const part = triples(shift);
      for (let t = 0; t < part.length; t += 3)
        flat.push(part[t] as number, (row[j] as number) * (part[t + 1] as number), part[t + 2] as number);
    });
    const total = triples(affine(flat));
    const shift: number[] = [];
    for (let t = 0; t < total.length; t += 3) {
      const whole = Math.floor((total[t + 1] as number) / ((total[t + 2] as number) * (row[i] as number)));
      if (whole !== 0) shift.push(total[t] as number, -whole, 1);
    }
    shifts.push(affine(shift));
  });
  const images = labels.map((_, i) => {
    const flat: number[] = [];
    (u[i] as readonly number[]).forEach((n, j) => {
      if (n === 0) return;
      flat.push(labels[j] as number, n, 1);
      const part = triples(shifts[j] as Arg);
      for (let t = 0; t < part.length; t += 3) flat.push(part[t] as number, n * (part[t + 1] as number), part[t + 2] as number);
    });
    return affine(flat);
  });
  return substituted(base, labels, images, 1);
}

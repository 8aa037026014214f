import type { Vertex } from "./canonical.js";
import { type Head, headOf } from "./head.js";
import { type Arg, affine, kindOf, mapArg, negateArg, triples } from "./label.js";

/**
 * Affine changes of bound variables. Where arguments such as p+q or x-y occur, the same integral can be
 * written in many variables; the ones chosen make the arguments as plain as possible, ladder operators first, and all
 * choices of least cost are handed on, so that the canonical labelling does not depend on how the user chose.
 * Only changes with determinant +-1, so there is no Jacobian and lattices stay lattices.
 */

const combinations = 3000;
const candidatesLimit = 64;

interface Form {
  readonly arg: Arg;
  readonly row: readonly [number, number][];
}

type Matrix = [number, number][][];

function gcd(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}
function fraction(n: number, d: number): [number, number] {
  const common = gcd(n, d) || 1;
  return d < 0 ? [-n / common, -d / common] : [n / common, d / common];
}

/** Inverse by Gauss-Jordan elimination and the determinant; undefined when singular. */
function invert(rows: readonly (readonly [number, number][])[]): { inverse: Matrix; determinant: [number, number] } | undefined {
  const n = rows.length;
  const m: Matrix = rows.map((row, i) => [
    ...row.map(([a, b]): [number, number] => [a, b]),
    ...rows.map((_, j): [number, number] => [i === j ? 1 : 0, 1]),
  ]);
  let determinant: [number, number] = [1, 1];
  for (let c = 0; c < n; c++) {
    const pivot = m.findIndex((row, r) => r >= c && (row[c] as [number, number])[0] !== 0);
    if (pivot < 0) return undefined;
    if (pivot !== c) {
      [m[c], m[pivot]] = [m[pivot] as [number, number][], m[c] as [number, number][]];
      determinant = [-determinant[0], determinant[1]];
    }
    const row = m[c] as [number, number][];
    const [pn, pd] = row[c] as [number, number];
    determinant = fraction(determinant[0] * pn, determinant[1] * pd);
    for (let j = 0; j < 2 * n; j++) row[j] = fraction((row[j] as [number, number])[0] * pd, (row[j] as [number, number])[1] * pn);
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const other = m[r] as [number, number][];
      const [fn, fd] = other[c] as [number, number];
      if (fn === 0) continue;
      for (let j = 0; j < 2 * n; j++) {
        const [an, ad] = other[j] as [number, number];
        const [bn, bd] = row[j] as [number, number];
        other[j] = fraction(an * fd * bd - fn * bn * ad, ad * fd * bd);
      }
    }
  }
  return { inverse: m.map((row) => row.slice(n)), determinant };
}

function argCost(arg: Arg, weight: number): number {
  if (typeof arg === "number" || arg.length === 0) return 0;
  let cost = weight * (arg.length / 3 - 1);
  let positive = 0;
  for (let i = 0; i < arg.length; i += 3) {
    const [n, d] = [arg[i + 1] as number, arg[i + 2] as number];
    if (n > 0) positive++;
    if (Math.abs(n) !== d) cost += 5;
  }
  if (arg.length === 3) cost += 3;
  else if (positive !== 1) cost += 1;
  return cost;
}

/** What an affine argument of this vertex costs. */
function weightOf(v: Vertex): number {
  const head = headOf(v.head);
  let weight = weights.get(head);
  if (weight === undefined) {
    weight = weigh(head);
    weights.set(head, weight);
  }
  return weight;
}

const weights = new WeakMap<Head, number>();

function weigh(head: Head): number {
  // Even and scaled functions are mostly potentials of a difference: leave the difference to them.
  const difference = head.group.some((g) => g.negated.some(Boolean)) || (head.kind === "value" && head.scales.some((s) => s !== ""));
  return head.kind === "ladder" ? 100 : head.kind === "delta" ? 1 : head.slots.length > 1 ? 30 : difference ? cheap : dear;
}

const cheap = 2;
const dear = 10;

function cost(vertices: readonly Vertex[]): number {
  let total = 0;
  for (const v of vertices) {
    const weight = weightOf(v);
    const even = evenOf(v.head);
    for (const arg of v.args)
      total += (even ? Math.min(argCost(arg, weight), argCost(negateArg(arg), weight)) : argCost(arg, weight)) * Math.abs(v.exp);
  }
  return total;
}

/** Whether some symmetry negates the arguments: then -q costs what q does. */
function evenOf(head: number): boolean {
  const { group } = headOf(head);
  return group.length > 1 && group.some((g) => g.negated.some(Boolean));
}

const hasBound = (arg: Arg): boolean => {
  const list = triples(arg);
  for (let i = 0; i < list.length; i += 3) if ((list[i] as number) >= 0) return true;
  return false;
};

/**
 * Whether no other choice can cost less or as much: every label of the kind stands alone in some argument that would be
 * dear otherwise, and all that is affine costs less than that together.
 */
function settled(kinds: readonly number[], kind: number, vertices: readonly Vertex[]): boolean {
  if (cost(vertices) >= dear) return false;
  const plain = new Set<number>();
  for (const v of vertices) if (weightOf(v) >= dear) for (const a of v.args) if (typeof a === "number" && a >= 0) plain.add(a);
  return kinds.every((k, l) => k !== kind || plain.has(l));
}

/** All ways of least cost to write the diagram; the given one alone when nothing is affine. */
export function changes(kinds: readonly number[], vertices: readonly Vertex[]): readonly (readonly Vertex[])[] {
  let current: (readonly Vertex[])[] = [vertices];
  for (const kind of new Set(kinds)) {
    if (kindOf(kind).kind === "finite") continue;
    const labels = kinds.flatMap((k, l) => (k === kind ? [l] : []));
    const inKind = new Set(labels);
    const touches = (arg: Arg): boolean => {
      const list = triples(arg);
      for (let i = 0; i < list.length; i += 3) if (inKind.has(list[i] as number)) return true;
      return false;
    };
    const needed = vertices.some((v) => v.args.some((a) => typeof a !== "number" && a.length > 0 && hasBound(a) && touches(a)));
    if (!needed || (current.length === 1 && settled(kinds, kind, current[0] as readonly Vertex[]))) continue;
    const next: (readonly Vertex[])[] = [];
    let least = Number.POSITIVE_INFINITY;
    const seen = new Set<string>();
    for (const base of current)
      for (const candidate of rewrite(base, labels, touches)) {
        const c = cost(candidate);
        if (c > least) continue;
        if (c < least) {
          least = c;
          next.length = 0;
          seen.clear();
        }
        const key = JSON.stringify(candidate.map((v) => v.args));
        if (seen.has(key)) continue;
        seen.add(key);
        next.push(candidate);
      }
    if (next.length > candidatesLimit) return [vertices];
    if (next.length > 0) current = next;
  }
  return current;
}

/** Images of the diagram under every unimodular choice of new variables among its arguments. */
function* rewrite(vertices: readonly Vertex[], labels: readonly number[], touches: (arg: Arg) => boolean): Generator<readonly Vertex[]> {
  const k = labels.length;
  const column = new Map(labels.map((l, i) => [l, i]));
  const forms = new Map<string, Form>();
  for (const v of vertices) {
    const { group } = headOf(v.head);
    v.args.forEach((own, slot) => {
      if (!touches(own)) return;
      // Where a symmetry may negate the argument, both signs are the same form.
      const both = group.some((g) => g.negated[g.permutation.indexOf(slot)]);
      for (const arg of both ? [own, negateArg(own)] : [own]) {
        const key = triples(arg).join(",");
        if (forms.has(key)) continue;
        const row: [number, number][] = labels.map(() => [0, 1]);
        const list = triples(arg);
        for (let i = 0; i < list.length; i += 3) {
          const at = column.get(list[i] as number);
          if (at !== undefined) row[at] = [list[i + 1] as number, list[i + 2] as number];
        }
        forms.set(key, { arg, row });
      }
    });
  }
  const all = [...forms.values()];
  let budget = combinations;
  const pick: Form[] = [];
  const results: (readonly Vertex[])[] = [];
  const walk = (from: number): void => {
    if (budget <= 0) return;
    if (pick.length === k) {
      budget--;
      const solved = invert(pick.map((f) => f.row));
      if (solved === undefined || Math.abs(solved.determinant[0]) !== 1 || solved.determinant[1] !== 1) return;
      // label_i = sum_j inverse_ij (new_j - rest of form_j); the new variables reuse the old numbers.
      const image = new Map<number, Arg>();
      labels.forEach((label, i) => {
        const flat: number[] = [];
        pick.forEach((form, j) => {
          const [n, d] = (solved.inverse[i] as [number, number][])[j] as [number, number];
          if (n === 0) return;
          flat.push(labels[j] as number, n, d);
          const list = triples(form.arg);
          for (let t = 0; t < list.length; t += 3) {
            const other = list[t] as number;
            if (!column.has(other)) flat.push(other, -n * (list[t + 1] as number), d * (list[t + 2] as number));
          }
        });
        image.set(label, affine(flat));
      });
      results.push(vertices.map((v) => ({ ...v, args: v.args.map((a) => mapArg(a, (l) => image.get(l))) })));
      return;
    }
    for (let i = from; i < all.length; i++) {
      pick.push(all[i] as Form);
      walk(i + 1);
      pick.pop();
    }
  };
  walk(0);
  if (budget <= 0) yield vertices;
  else yield* results;
}

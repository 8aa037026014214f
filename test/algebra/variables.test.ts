import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resetAtoms } from "../../src/algebra/atom.js";
import { parity, type Vertex } from "../../src/algebra/canonical.js";
import { describe as name, normalise } from "../../src/algebra/diagram.js";
import { headOf, ladderHead, resetHeads, valueHead } from "../../src/algebra/head.js";
import { type Arg, affine, freeLabel, kindId, mapArg, resetLabels, triples } from "../../src/algebra/label.js";
import { type Coefficient, multiply, power } from "../../src/algebra/number.js";
import { rescale } from "../../src/algebra/rescale.js";
import { fromProduct, type Sum, scale } from "../../src/algebra/sum.js";
import type { Kind, Symmetry } from "../../src/core/expression.js";
import { label, lattice, space, species, symbol } from "../random.js";

/** Whole numbers below a bound, from a seed (Marsaglia's xorshift). */
function dice(seed: number): (below: number) => number {
  let state = (seed ^ 0x9e3779b9) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
type Dice = ReturnType<typeof dice>;

function shuffle<T>(list: readonly T[], roll: Dice): T[] {
  const result = list.slice();
  for (let i = result.length - 1; i > 0; i--) {
    const j = roll(i + 1);
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

const turn = (sign: 1 | -1, slots: number): Symmetry => ({
  permutation: Array.from({ length: slots }, (_, i) => i),
  negated: Array.from({ length: slots }, () => true),
  sign,
  conjugated: false,
});
const swap = (sign: 1 | -1): Symmetry => ({ permutation: [1, 0], negated: [false, false], sign, conjugated: false });

/** Declarations of one kind of label; what they are interned as depends on when they are used first. */
function declare(kind: Kind) {
  const boson = species("l", "boson", [kind]);
  const fermion = species("e", "fermion", [kind]);
  const values = [
    symbol("W", [kind], true, [turn(1, 1)]),
    symbol("w", [kind]),
    symbol("o", [kind], false, [turn(-1, 1)]),
    symbol("s", [kind, kind], false, [swap(1)]),
    symbol("A", [kind, kind], false, [swap(-1)]),
    symbol("P", [kind, kind], true, [turn(1, 2), swap(1)]),
    symbol("K", [kind, kind]),
  ];
  const heads: (() => number)[] = [
    () => ladderHead(boson, true),
    () => ladderHead(boson, false),
    () => ladderHead(boson, false),
    () => ladderHead(fermion, true),
    () => ladderHead(fermion, false),
    ...values.map(
      (of) => () =>
        valueHead(
          of,
          false,
          0,
          of.slots.map(() => ""),
        ),
    ),
  ];
  return { kind, heads, values, free: [label("p", kind), label("q", kind)] };
}
type Declared = ReturnType<typeof declare>;

/** Back to a process that has done nothing yet. */
function forget(): void {
  resetAtoms();
  resetHeads();
  resetLabels();
}

interface Diagram {
  readonly labels: number;
  readonly vertices: readonly Vertex[];
}

const flatOf = (labels: number, coefficients: readonly number[], free: readonly number[], shift: readonly number[]): number[] => [
  ...Array.from({ length: labels }, (_, l) => [l, coefficients[l] as number, 1]).flat(),
  ...free.flatMap((code, i) => [code, shift[i] as number, 1]),
];

/** A diagram whose arguments are random combinations of bound labels and, now and then, of free ones. */
function random({ heads, free }: Declared, roll: Dice, few = false): Diagram {
  const labels = few ? 1 + roll(2) : 2 + roll(3);
  const codes = free.map(freeLabel);
  const coefficients = [0, 0, 0, 1, 1, -1, roll(3) === 0 ? 2 : 1];
  const own = shuffle(heads, roll).slice(0, 2 + roll(3));
  const arg = (): Arg =>
    affine(
      flatOf(
        labels,
        Array.from({ length: labels }, () => coefficients[roll(7)] as number),
        codes,
        roll(3) === 0 ? [roll(3) - 1, roll(2)] : [0, 0],
      ),
    );
  const vertices = Array.from({ length: labels + roll(3) }, () => {
    const head = (own[roll(own.length)] as () => number)();
    return { head, exp: 1, args: headOf(head).slots.map(arg) };
  });
  return { labels, vertices };
}

/** Whether the sum or integral converges: its arguments separate the points. */
function separates({ labels, vertices }: Diagram): boolean {
  let rows: number[][] = [];
  for (const v of vertices)
    for (const a of v.args) {
      const row = Array.from({ length: labels }, () => 0);
      const list = triples(a);
      for (let i = 0; i < list.length; i += 3) if ((list[i] as number) >= 0) row[list[i] as number] = list[i + 1] as number;
      rows.push(row);
    }
  for (let c = 0; c < labels; c++) {
    const pivot = rows.find((row) => row[c] !== 0);
    if (pivot === undefined) return false;
    const p = pivot[c] as number;
    rows = rows.filter((row) => row !== pivot).map((row) => row.map((x, i) => x * p - (row[c] as number) * (pivot[i] as number)));
  }
  return true;
}

/** The same diagram in other variables, its labels renamed and its factors in another order; equal up to `factor`. */
function disguise(diagram: Diagram, { kind, free }: Declared, roll: Dice): { diagram: Diagram; factor: Coefficient } {
  const { labels } = diagram;
  const codes = free.map(freeLabel);
  // Rows of the change; elementary steps have determinant 1 or -1.
  const rows: number[][] = Array.from({ length: labels }, (_, i) => Array.from({ length: labels }, (_, j) => (i === j ? 1 : 0)));
  for (let step = roll(5); step > 0; step--) {
    const [i, j] = [roll(labels), roll(labels)];
    if (i === j) rows[i] = (rows[i] as number[]).map((x) => 0 - x);
    else rows[i] = (rows[i] as number[]).map((x, c) => x + ((rows[j] as number[])[c] as number));
  }
  let factor: Coefficient = 1;
  if (kind.kind === "space" && roll(2) === 0) {
    const [i, s] = [roll(labels), 2 + roll(2)];
    rows[i] = (rows[i] as number[]).map((x) => s * x);
    // x -> s x: the integral is s^3 times the one in the new variable.
    factor = power(s, kind.dimension);
  }
  const names = shuffle(
    Array.from({ length: labels }, (_, i) => i),
    roll,
  );
  const images = rows.map((row) => {
    const flat = flatOf(labels, row, codes, roll(3) === 0 ? [roll(3) - 1, roll(3) - 1] : [0, 0]);
    return affine(flat.map((x, i) => (i % 3 === 0 && x >= 0 ? (names[x] as number) : x)));
  });
  const order = shuffle(
    diagram.vertices.map((_, i) => i),
    roll,
  );
  const fermions = order.filter((i) => {
    const head = headOf((diagram.vertices[i] as Vertex).head);
    return head.kind === "ladder" && head.species.statistics === "fermion";
  });
  const vertices = order.map((i) => {
    const v = diagram.vertices[i] as Vertex;
    return { ...v, args: v.args.map((a) => mapArg(a, (l) => (l < 0 ? undefined : (images[l] as Arg)))) };
  });
  return { diagram: { labels, vertices }, factor: multiply(factor, parity(fermions)) };
}

const formOf = ({ labels, vertices }: Diagram, kind: Kind): Sum =>
  rescale(fromProduct(normalise({ kinds: Array.from({ length: labels }, () => kindId(kind)), vertices })));

const text = (sum: Sum): readonly unknown[] => [...sum.values()].map((t) => [t.coefficient, t.scalar, t.mono]);

const written = ({ vertices }: Diagram): string => vertices.map(name).join(" ");

describe("an integral in other variables has the same normal form", () => {
  test.each([
    ["sums over momenta", lattice],
    ["integrals over space", space],
  ])("%s", { timeout: 60_000 }, (_, kind) => {
    let checked = 0;
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const roll = dice(seed);
        if (roll(3) === 0) forget();
        const declared = declare(kind);
        // Earlier work: other diagrams of the same and of other declarations take the first numbers.
        const others = declare(roll(2) === 0 ? kind : lattice);
        for (let n = roll(4); n > 0; n--) {
          const own = roll(2) === 0 ? declared : others;
          const one = random(own, roll, true);
          if (separates(one)) formOf(one, own.kind);
        }
        const diagram = random(declared, roll);
        if (!separates(diagram)) return;
        checked++;
        const expected = formOf(diagram, kind);
        for (let n = 0; n < 2; n++) {
          const other = disguise(diagram, declared, roll);
          expect(text(scale(formOf(other.diagram, kind), other.factor)), `${written(diagram)}  and  ${written(other.diagram)}`).toEqual(
            text(expected),
          );
        }
      }),
      { numRuns: 120 },
    );
    expect(checked).toBeGreaterThan(50);
  });
});

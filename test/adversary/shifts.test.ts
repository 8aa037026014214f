import { describe, expect, test } from "vitest";
import { check } from "../../src/index.js";

/**
 * Labels of Z plus numbers against an oracle that knows nothing of the program: sums of products of functions that vanish far out and
 * of deltas, added up by loops over a window of Z that is larger. What is called true must be true there, and what is
 * called false must be false for random functions.
 */
interface Place {
  readonly label: string;
  readonly number: number;
  readonly sign: 1 | -1;
}
type Factor = { readonly f: string; readonly at: Place } | { readonly left: Place; readonly right: Place };
type Term = { readonly by: number; readonly factors: readonly Factor[] };

const bound = ["j", "k"];
const window = 34;
const support = 20;

/** Numbers by Mulberry's generator. */
function generator(seed: number): { whole: (least: number, most: number) => number; pick: <T>(list: readonly T[]) => T } {
  let state = seed * 0x9e3779b1;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return { whole, pick: (list) => list[whole(0, list.length - 1)] as (typeof list)[number] };
}

function place({ label, number, sign }: Place): string {
  const shift = number === 0 ? "" : number > 0 ? `+${number}` : String(number);
  if (label === "") return String(number);
  return `${sign < 0 ? "-" : ""}${label}${shift}`;
}

function latex(terms: readonly Term[]): string {
  const one = ({ by, factors }: Term): string =>
    `${by < 0 ? "-" : "+"} ${Math.abs(by)} \\sum_{${bound.join(",")}} ${factors
      .map((x) => ("f" in x ? `${x.f}(${place(x.at)})` : `\\delta_{${place(x.left)},${place(x.right)}}`))
      .join(" ")}`;
  return terms.map(one).join(" ").replace(/^\+ /, "");
}

function value(terms: readonly Term[], f: (name: string, at: number) => number): number {
  let total = 0;
  const points = Array.from({ length: 2 * window + 1 }, (_, i) => i - window);
  for (const { by, factors } of terms)
    for (const j of points)
      for (const k of points) {
        const at = (p: Place): number => p.sign * (p.label === "j" ? j : p.label === "k" ? k : 0) + p.number;
        let product = by;
        for (const x of factors) {
          if (product === 0) break;
          product *= "f" in x ? f(x.f, at(x.at)) : at(x.left) === at(x.right) ? 1 : 0;
        }
        total += product;
      }
  return total;
}

/** An equation: a random sum, and the same with its labels shifted and exchanged; `spoil` changes one number. */
function equation(seed: number, spoil: boolean): { readonly left: readonly Term[]; readonly right: readonly Term[] } {
  const { whole, pick } = generator(seed);
  const random = (label: string): Place => ({ label, number: whole(-2, 2), sign: 1 });
  const left = Array.from({ length: whole(1, 2) }, (): Term => {
    // Each label is in a function, so that the sums are finite.
    const factors: Factor[] = bound.map((label) => ({ f: pick(["f", "g", "h"]), at: random(label) }));
    if (whole(0, 2) > 0) factors.push({ left: random("j"), right: random(pick(["k", "k", ""])) });
    if (whole(0, 2) > 0) factors.push({ f: pick(["f", "v"]), at: random(pick(bound)) });
    if (whole(0, 3) === 0) factors.push({ f: "v", at: { ...random(pick(bound)), sign: -1 } });
    return { by: pick([1, 2, -1, 3]), factors };
  });
  const right = left.map(({ by, factors }): Term => {
    const shifts = new Map(bound.map((label) => [label, whole(-2, 2)]));
    const names = new Map(
      whole(0, 1) === 0 ? bound.map((label) => [label, label]) : bound.map((label, i) => [label, bound[1 - i] as string]),
    );
    const moved = (p: Place): Place => ({
      ...p,
      label: names.get(p.label) ?? "",
      number: p.number + p.sign * (shifts.get(p.label) ?? 0),
    });
    const list = factors.map((x): Factor => ("f" in x ? { ...x, at: moved(x.at) } : { left: moved(x.right), right: moved(x.left) }));
    return { by, factors: list.reverse() };
  });
  if (!spoil) return { left, right };
  const [first, ...rest] = right as [Term, ...Term[]];
  const at = whole(0, first.factors.length - 1);
  const by = pick([1, -1, 2, 3, 5, 7]);
  const wrong = first.factors.map((x, i): Factor => {
    if (i !== at) return x;
    return "f" in x ? { ...x, at: { ...x.at, number: x.at.number + by } } : { ...x, left: { ...x.left, number: x.left.number + by } };
  });
  return { left, right: [{ ...first, factors: wrong }, ...rest] };
}

const preamble = "index j, k in Z\nfunction f(j), g(j), h(j) real\nfunction v(j) real even\n";

/** Whether both sides agree for some random functions of small support; v is even. */
function holds({ left, right }: ReturnType<typeof equation>, seed: number): boolean {
  for (let trial = 0; trial < 4; trial++) {
    const { whole } = generator(1000 * seed + trial);
    const tables = new Map(["f", "g", "h", "v"].map((name) => [name, Array.from({ length: 2 * support + 1 }, () => whole(-50, 50))]));
    const f = (name: string, at: number): number => {
      const point = name === "v" ? Math.abs(at) : at;
      return Math.abs(point) > support ? 0 : ((tables.get(name) as number[])[point + support] as number);
    };
    if (value(left, f) !== value(right, f)) return false;
  }
  return true;
}

describe("sums over Z with numbers beside labels", () => {
  test.each([
    ["shifted variables", false],
    ["one number changed", true],
  ] as const)("%s", { timeout: 120_000 }, (_, spoil) => {
    let refuted = 0;
    let proved = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const both = equation(seed, spoil);
      const text = `${preamble}claim: ${latex(both.left)} = ${latex(both.right)}\n`;
      const { statements, diagnostics } = check(text, { slips: "none" });
      const [statement] = statements;
      const status = statement?.status;
      const why = `seed ${seed}: ${text.split("\n").at(-2)} ${diagnostics.map((d) => d.message).join()}`;
      if (status === "proved" || status === "verified") {
        proved++;
        expect(holds(both, seed), why).toBe(true);
      } else if (status === "refuted") {
        refuted++;
        expect(holds(both, seed), why).toBe(false);
      } else expect(diagnostics[0]?.message, why).toContain("which the finite model cannot follow");
      if (!spoil && status !== "error") expect(status, why).toBe("proved");
    }
    expect(spoil ? refuted : proved).toBeGreaterThan(30);
  });
});

import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Form } from "../../src/algebra/form.js";
import type { Label, Species, SymbolInfo } from "../../src/core/expression.js";
import { rational } from "../../src/core/rational.js";
import { latexForm } from "../../src/render/form.js";
import { checkLatex } from "../../src/render/katex.js";
import type { RenderOptions } from "../../src/render/options.js";
import {
  affine,
  at1,
  bar,
  delta,
  even,
  fermion,
  finite,
  form,
  label,
  lattice,
  lower,
  minus,
  type Parts,
  pairLabel,
  parameter,
  pool,
  scalar,
  space,
  species,
  star,
  symbol,
  value,
} from "./build.js";

/** Known formulas, as they should stand on a page. The files are in test/golden. */
const folder = new URL("../golden/", import.meta.url);

const N = parameter("N");
const a = species("a");
const b = species("b");
const e = fermion("e", [lattice]);
const z = species("z", [finite, space], [[0, 1]]);
const V1 = symbol("V", [space], { sub: "1", real: true, symmetries: [even] });
const V2 = symbol("V", [space], { sub: "2", real: true, symmetries: [even] });
const V12 = symbol("V", [space], { sub: "12", real: true, symmetries: [even] });
const T = symbol("T", [space, space], {
  real: true,
  symmetries: [{ permutation: [1, 0], negated: [false, false], sign: 1, conjugated: false }],
});
const f1 = symbol("\\tilde{\\phi}", [space], { sub: "1", sup: "(N)" });
const f2 = symbol("\\tilde{\\phi}", [space], { sub: "2", sup: "(N)" });
const k = symbol("k", [finite, space, finite, space], {
  runs: [
    [0, 1],
    [2, 3],
  ],
  symmetries: [{ permutation: [2, 3, 0, 1], negated: [false, false, false, false], sign: 1, conjugated: false }],
});
const v = symbol("v", [lattice], { real: true, symmetries: [even] });
const epsilon = symbol("\\epsilon", [lattice], { real: true, symmetries: [even] });
const [s, t] = [label("?1"), label("?2")];
const half = rational(1, 2);

const kinetic = (of: Species): Parts => ({ bound: [s, t], factors: [at1(T, s, t)], operators: [star(of, s), lower(of, t)] });
const interaction = (V: SymbolInfo, one: Species, two: Species, re = half): Parts => ({
  re,
  scalars: [scalar(N, 2)],
  bound: [s, t],
  factors: [at1(V, minus(t, s, N))],
  operators: [star(one, s), star(two, t), lower(one, s), lower(two, t)],
});
const smeared = (V: SymbolInfo, f: SymbolInfo, of: Species): Parts => ({
  scalars: [scalar(N, 3)],
  bound: [s, t],
  factors: [at1(f, t), bar(f, t), at1(V, minus(s, t, N))],
  operators: [star(of, s), lower(of, s)],
});
const hop = (V: SymbolInfo, f: SymbolInfo, g: SymbolInfo, one: Species, two: Species): Parts => ({
  scalars: [scalar(N, 3)],
  bound: [s, t],
  factors: [at1(f, s), bar(g, t), at1(V, minus(s, t, N))],
  operators: [star(one, s), lower(two, t)],
});
const pairUp = (V: SymbolInfo, f: SymbolInfo, g: SymbolInfo, one: Species, two: Species, re = half): Parts => ({
  re,
  scalars: [scalar(N, 3)],
  bound: [s, t],
  factors: [at1(f, s), at1(g, t), at1(V, minus(s, t, N))],
  operators: [star(one, s), star(two, t)],
});
const pairDown = (V: SymbolInfo, f: SymbolInfo, g: SymbolInfo, one: Species, two: Species, re = half): Parts => ({
  re,
  scalars: [scalar(N, 3)],
  bound: [s, t],
  factors: [bar(f, s), bar(g, t), at1(V, minus(s, t, N))],
  operators: [lower(one, s), lower(two, t)],
});
const cubicUp = (V: SymbolInfo, f: SymbolInfo, one: Species, two: Species): Parts => ({
  scalars: [scalar(N, rational(5, 2))],
  bound: [s, t],
  factors: [at1(f, t), at1(V, minus(s, t, N))],
  operators: [star(one, t), star(two, s), lower(two, s)],
});
const cubicDown = (V: SymbolInfo, f: SymbolInfo, one: Species, two: Species): Parts => ({
  scalars: [scalar(N, rational(5, 2))],
  bound: [s, t],
  factors: [bar(f, t), at1(V, minus(s, t, N))],
  operators: [star(two, s), lower(one, t), lower(two, s)],
});
const density = (V: SymbolInfo, f: SymbolInfo, g: SymbolInfo, re = rational(-1, 2)): Parts => ({
  re,
  scalars: [scalar(N, 3)],
  bound: [s, t],
  factors: [at1(f, s), bar(f, s), at1(g, t), bar(g, t), at1(V, minus(s, t, N))],
});
const momentum = (name: string): Label => label(name, lattice);
const [p, q, r] = [momentum("?p"), momentum("?q"), momentum("?r")];
const [X1, X2] = pairLabel("?X");
const [Y1, Y2] = pairLabel("?Y");
const [x, y] = [label("x"), label("y")];

const table: readonly (readonly [name: string, of: Form, options?: RenderOptions])[] = [
  ["hamiltonian", form(kinetic(a), kinetic(b), interaction(V1, a, a), interaction(V2, b, b), interaction(V12, a, b, rational(1)))],
  [
    "quadratic-one",
    form(smeared(V1, f1, a), hop(V1, f1, f1, a, a), pairUp(V1, f1, f1, a, a), pairDown(V1, f1, f1, a, a)),
    { adjointOf: [0, 1, 3, 2] },
  ],
  [
    "quadratic-two",
    form(
      smeared(V12, f2, a),
      smeared(V12, f1, b),
      hop(V12, f1, f2, a, b),
      hop(V12, f2, f1, b, a),
      pairUp(V12, f1, f2, a, b, rational(1)),
      pairDown(V12, f1, f2, a, b, rational(1)),
    ),
    { adjointOf: [0, 1, 3, 2, 5, 4] },
  ],
  ["cubic", form(cubicUp(V1, f1, a, a), cubicDown(V1, f1, a, a)), { adjointOf: [1, 0] }],
  [
    "cubic-two",
    form(cubicDown(V12, f2, b, a), cubicUp(V12, f2, b, a), cubicUp(V12, f1, a, b), cubicDown(V12, f1, a, b)),
    { adjointOf: [1, 0, 3, 2] },
  ],
  ["constant", form(density(V1, f1, f1), density(V12, f1, f2, rational(-1)), density(V2, f2, f2))],
  ["weyl", form({ operators: [lower(a, x)] }, { scalars: [scalar(N, half)], factors: [at1(f1, x)] })],
  ["commutator", form({ factors: [delta(minus(y, x))] }, { operators: [star(a, y), lower(a, x)] })],
  [
    "pairing",
    form(
      { re: half, bound: [X1, X2, Y1, Y2], factors: [at1(k, X1, X2, Y1, Y2)], operators: [star(z, X1, X2), star(z, Y1, Y2)] },
      { re: half, bound: [X1, X2, Y1, Y2], factors: [bar(k, X1, X2, Y1, Y2)], operators: [lower(z, X1, X2), lower(z, Y1, Y2)] },
    ),
    { adjointOf: [1, 0] },
  ],
  [
    "momenta",
    form(
      { bound: [p], factors: [at1(epsilon, p)], operators: [star(e, p), lower(e, p)] },
      {
        re: half,
        bound: [p, q, r],
        factors: [at1(v, r)],
        operators: [
          star(
            e,
            affine([
              [1, p],
              [1, r],
            ]),
          ),
          star(
            e,
            affine([
              [1, q],
              [-1, r],
            ]),
          ),
          lower(e, q),
          lower(e, p),
        ],
      },
    ),
  ],
  [
    "velocity",
    form(
      { im: 1, scalars: [scalar(N, half)], bound: [s], factors: [value(f1, [s], { dots: 1 })], operators: [star(a, s)] },
      { im: -1, scalars: [scalar(N, half)], bound: [s], factors: [value(f1, [s], { dots: 1, bar: true })], operators: [lower(a, s)] },
    ),
    { adjointOf: [1, 0] },
  ],
];

describe("golden formulas", () => {
  it.each(table.map(([name, of, options]) => ({ name, of, options })))("$name", async ({ name, of, options }) => {
    const latex = latexForm(of, { names: pool, ...options });
    expect(checkLatex(latex)).toBe(null);
    await expect(`${latex.replaceAll(" \\\\ ", " \\\\\n  ")}\n`).toMatchFileSnapshot(new URL(`${name}.tex`, folder).pathname);
  });

  it("have no file without a formula", () => {
    expect(readdirSync(folder).filter((file) => file.endsWith(".tex") && !table.some(([name]) => `${name}.tex` === file))).toEqual([]);
  });
});

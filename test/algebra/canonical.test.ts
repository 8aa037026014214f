import { describe, expect, test } from "vitest";
import { equations, holds, normal } from "../engine.js";

const preamble = `index x, y, z, u, v, w in R^3
boson a_x
fermion e_x
function f(x), g(x)
function V(x) real even
function O(x) real odd
kernel s(x,y) symmetric
kernel h(x,y) hermitian
kernel t(x,y)
kernel A(x,y) antisymmetric
kernel C(x,y,z) = C(y,z,x)
kernel R(x,y,z,u) = -R(y,x,z,u) = R(z,u,x,y)
kernel B(x,y) = \\overline{B(y,x)}`;

const integral = (labels: readonly string[], body: string): string => `\\int_{${labels.join(",")}} ${body}`;
const names = (n: number): string[] => Array.from({ length: n }, (_, i) => `x_{${i + 1}}`);

/** The same labels in another order, from a fixed shuffle. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  const result = [...list];
  let state = seed;
  for (let i = result.length - 1; i > 0; i--) {
    state = (state * 1103515245 + 12345) % 2147483648;
    const j = state % (i + 1);
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

function sameUnderRenaming(edges: (labels: readonly string[]) => string[], n: number): void {
  const labels = names(n);
  for (const seed of [1, 2, 3]) {
    const left = integral(labels, edges(labels).join(" "));
    const right = integral(labels, shuffled(edges(shuffled(labels, seed)), seed + 7).join(" "));
    const [equation] = equations(`${preamble}\nclaim: ${left} = ${right}\n`);
    expect(holds(equation as NonNullable<typeof equation>)).toBe(true);
  }
}

describe("terms that differ by a renaming of bound labels are one term", () => {
  test("a ring of 12 equal symmetric kernels", () => {
    sameUnderRenaming((l) => l.map((a, i) => `s(${a},${l[(i + 1) % 12]})`), 12);
  });
  test("a complete graph on 8", () => {
    sameUnderRenaming((l) => l.flatMap((a, i) => l.slice(i + 1).map((b) => `s(${a},${b})`)), 8);
  });
  test("6 disjoint equal pairs", () => {
    sameUnderRenaming((l) => [0, 2, 4, 6, 8, 10].map((i) => `s(${l[i]},${l[i + 1]})`), 12);
  });
  test("the Petersen graph", () => {
    const spokes = [0, 1, 2, 3, 4];
    sameUnderRenaming(
      (l) => [
        ...spokes.map((i) => `s(${l[i]},${l[(i + 1) % 5]})`),
        ...spokes.map((i) => `s(${l[i]},${l[i + 5]})`),
        ...spokes.map((i) => `s(${l[i + 5]},${l[((i + 2) % 5) + 5]})`),
      ],
      10,
    );
  });
  test("a cube and two squares joined otherwise are told apart", () => {
    // Both are cubic graphs on 8 points that colour refinement alone cannot distinguish.
    const cube = ["12", "23", "34", "41", "56", "67", "78", "85", "15", "26", "37", "48"];
    const other = ["12", "23", "34", "41", "56", "67", "78", "85", "15", "26", "38", "47"];
    const body = (edges: readonly string[]): string => integral(names(8), edges.map((e) => `s(x_${e[0]},x_${e[1]})`).join(" "));
    const [equation] = equations(`${preamble}\nclaim: ${body(cube)} = ${body(other)}\n`);
    expect(holds(equation as NonNullable<typeof equation>)).toBe(false);
  });
});

describe("symmetries of kernels", () => {
  const same: readonly (readonly [string, string])[] = [
    ["s(x,y)", "s(y,x)"],
    ["h(x,y)", "\\overline{h(y,x)}"],
    ["B(x,y)", "\\overline{B(y,x)}"],
    ["A(x,y)", "-A(y,x)"],
    ["A(x,x)", "0"],
    ["V(x-y)", "V(y-x)"],
    ["O(x-y)", "-O(y-x)"],
    ["C(x,y,z)", "C(z,x,y)"],
    ["R(x,y,z,u)", "-R(x,y,u,z)"],
    ["R(x,x,z,u)", "0"],
    ["\\int A(x,y) s(x,y) dx dy", "0"],
    ["\\int A(x,y) f(x) f(y) dx dy", "0"],
    ["\\int O(x-y) f(x) f(y) dx dy", "0"],
    ["\\int A(x,y) a_x^* a_y^* dx dy", "0"],
    ["\\int s(x,y) e_x e_y dx dy", "0"],
    ["\\int A(x,y) A(y,z) A(z,x) dx dy dz", "0"],
    ["\\int V(x-y) f(x) g(y) dx dy", "\\int V(z) f(x) g(x-z) dx dz"],
    ["\\int V(x-y) f(x) f(y) dx dy", "\\int V(x-y) f(y) f(x) dx dy"],
  ];
  for (const [left, right] of same)
    test(`${left} = ${right}`, () => {
      const [equation] = equations(`${preamble}\nclaim: ${left} = ${right}\n`);
      expect(holds(equation as NonNullable<typeof equation>)).toBe(true);
    });
  const different: readonly (readonly [string, string])[] = [
    ["t(x,y)", "t(y,x)"],
    ["C(x,y,z)", "C(y,x,z)"],
    ["h(x,y)", "h(y,x)"],
    ["\\int t(x,y) t(y,z) t(z,x) dx dy dz", "\\int t(x,y) t(y,z) t(x,z) dx dy dz"],
    ["\\int A(x,y) A(y,x) dx dy", "0"],
    ["\\int s(x,y) \\overline{s(x,y)} dx dy", "\\int s(x,y) s(x,y) dx dy"],
  ];
  for (const [left, right] of different)
    test(`${left} is not ${right}`, () => {
      const [equation] = equations(`${preamble}\nclaim: ${left} = ${right}\n`);
      expect(holds(equation as NonNullable<typeof equation>)).toBe(false);
    });
});

test("a product of two kernels at one integral merges equal values into a power", () => {
  expect(normal(preamble, "\\int f(x)^2 dx - \\int f(y) f(y) dy").size).toBe(0);
});

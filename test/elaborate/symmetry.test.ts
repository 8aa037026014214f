import { describe, expect, it } from "vitest";
import type { SymbolInfo, Symmetry } from "../../src/core/expression.js";
import { declareSymbols } from "../../src/elaborate/declare.js";
import { open } from "../../src/elaborate/environment.js";
import { read } from "../../src/elaborate/expression.js";
import { elaborateExpression } from "../../src/elaborate/index.js";
import { parseExpression } from "../../src/syntax/parse.js";
import { faults, load, print } from "./print.js";

const preamble = "index x, y, z, u in R^3\nindex m, n in {1, 2}\nindex p, q in Z^3\nindex X, Y in {1, 2} * R^3\n";

function symbol(text: string, name: string): SymbolInfo {
  const document = load(`${preamble}${text}\n`);
  expect(faults(document)).toEqual([]);
  const entry = [...document.scope.entries].find((one) => one.meant.kind === "symbol" && one.meant.symbol.name === name);
  if (entry?.meant.kind !== "symbol") throw new Error(`no symbol ${name}`);
  return entry.meant.symbol;
}

/** `sign [conj] (arguments)`, the arguments numbered as they are on the left side. */
const short = (one: Symmetry): string =>
  `${one.sign < 0 ? "-" : "+"}${one.conjugated ? "conj" : ""}(${one.permutation.map((slot, at) => (one.negated[at] ? "-" : "") + slot).join(",")})`;

describe("attributes and equalities give generators", () => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ["function f(x) real even", "f", ["+(-0)"]],
    ["function f(x) odd", "f", ["-(-0)"]],
    ["function f_m(x) even", "f", ["+(0,-1)"]],
    ["kernel k(x,y) symmetric", "k", ["+(1,0)"]],
    ["kernel k(x,y) antisymmetric", "k", ["-(1,0)"]],
    ["kernel k(x,y) hermitian", "k", ["+conj(1,0)"]],
    ["kernel k(X,Y) symmetric", "k", ["+(2,3,0,1)"]],
    ["kernel k(X,Y) hermitian", "k", ["+conj(2,3,0,1)"]],
    ["kernel k(x,y,z) symmetric", "k", ["+(1,0,2)", "+(0,2,1)"]],
    ["kernel k_m(x,y) symmetric", "k", ["+(0,2,1)"]],
    ["kernel V(x,y,z,u) = V(y,x,z,u) = V(x,y,u,z)", "V", ["+(1,0,2,3)", "+(0,1,3,2)"]],
    ["kernel V(x,y) = -\\overline{V(y,-x)}", "V", ["-conj(1,-0)"]],
    ["kernel V(x,y) = V^*(x,y)", "V", ["+conj(1,0)"]],
    ["kernel V(X,Y) = V(Y,X)", "V", ["+(2,3,0,1)"]],
    ["kernel V(x,y,z) = V(y,z,x)", "V", ["+(1,2,0)"]],
  ];
  it.each(rows)("%s", (text, name, expected) => expect(symbol(text, name).symmetries.map(short)).toEqual(expected));

  it("with f(x_0, x_1, x_2) = f(x_{p(0)}, x_{p(1)}, x_{p(2)}): a 3-cycle is not its inverse", () => {
    const [cycle] = symbol("kernel V(x,y,z) = V(y,z,x)", "V").symmetries as readonly [Symmetry];
    // A function with this symmetry and no other: the orbit sum of x y^2 z^3 under (x,y,z) -> (y,z,x).
    const seed = (v: readonly number[]): number => (v[0] as number) * (v[1] as number) ** 2 * (v[2] as number) ** 3;
    const f = (x: number, y: number, z: number): number => seed([x, y, z]) + seed([y, z, x]) + seed([z, x, y]);
    const point = [2, 3, 5] as const;
    const moved = cycle.permutation.map((slot) => point[slot] as number) as [number, number, number];
    expect(moved).toEqual([3, 5, 2]);
    expect(f(...moved)).toBe(f(...point));
    expect(f(3, 2, 5)).not.toBe(f(...point));
  });

  it("for labels that stand in the subscript alone", () => {
    const { scope, source } = load(preamble);
    const { tree } = parseExpression("t_{mn}", scope.labelNames);
    if (!tree) throw new Error("no tree");
    const span = tree.span;
    const declaration = { head: tree, parameters: [], attributes: [{ text: "hermitian", span }], equalities: [], span };
    const env = open(scope, source, [], read);
    declareSymbols({ kind: "kernel", declarations: [declaration], span }, env);
    const [entry] = scope.labelled("t");
    if (entry?.meant.kind !== "symbol") throw new Error("no symbol");
    expect(entry.meant.symbol.symmetries.map(short)).toEqual(["+conj(1,0)"]);
    const shown = ["t_{12}", "t_{m,n}", "(t t)"].map((text) => {
      const value = parseExpression(text, scope.labelNames).tree;
      return value ? print(elaborateExpression(value, scope)) : "";
    });
    expect(shown).toEqual(["t(1,2)", "t(m,n)", "(bind m~2 (* t(m,m~2) t(m~2,n)))"]);
  });

  it("and say where labels are written", () => {
    expect(symbol("function \\tilde{\\phi}_{m,t}^{(N)}(x)", "\\tilde{\\phi}_t^{(N)}").layout).toEqual({
      base: "\\tilde{\\phi}",
      subscript: [[0], "t"],
      superscript: ["(N)"],
      arguments: [[1]],
    });
    expect(symbol("kernel k(X,Y)", "k").layout.arguments).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });
});

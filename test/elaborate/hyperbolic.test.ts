import { describe, expect, it } from "vitest";
import type { Expression, SymbolInfo } from "../../src/core/expression.js";
import { faults, load, print, summary } from "./print.js";

const preamble = String.raw`index x, y, z in R^3
index m, n in {1, 2}
index X, Y in {1, 2} * R^3
param N > 0, s
boson a_x, b_x, z_X
function f(x), g(x), v(X), w(X), \tau(x) real
kernel k(x,y) symmetric, l(x,y), h(x,y) hermitian, r(x,y) real symmetric, o(x,y) real hermitian
kernel K(X,Y) symmetric, L(X,Y), e(x,y) antisymmetric
kernel q(x,y) = q(-y,-x) = q(-x,-y)
let j(x,y) = k(x,y) + k(y,x)
let \mathrm{p}(k) = ch(k) - 1
let \mathrm{r}(k) = sh(k) - k
let C_x(y) = ch(k)(y,x)
let P_x = \int (ch(k)(y,x) a_y + sh(k)(x,y) a_y^*) dy
`;

const document = (text: string) => load(`${preamble}show: ${text}\n`);

function shown(text: string): string {
  const found = document(text);
  const messages = faults(found);
  return messages.length > 0 ? messages.join("\n") : (summary(found)[0] ?? "");
}

const table = (rows: readonly (readonly [string, string])[]): void => {
  it.each(rows)("%s", (text, expected) => expect(shown(text)).toBe(expected));
};

/** The first derived symbol in an expression. */
function symbolIn(e: unknown): SymbolInfo | undefined {
  if (typeof e !== "object" || e === null) return undefined;
  if ("kind" in e && e.kind === "value" && (e as Expression & { kind: "value" }).symbol.of)
    return (e as Expression & { kind: "value" }).symbol;
  for (const part of Object.values(e)) {
    const found = symbolIn(part);
    if (found) return found;
  }
  return undefined;
}

function derived(text: string): SymbolInfo {
  const [statement] = document(text).statements;
  const symbol = statement?.kind === "show" ? symbolIn(statement.expression) : undefined;
  if (!symbol) throw new Error(shown(text));
  return symbol;
}

describe("spellings and multiples", () => {
  it.each([
    ["ch(k)(x,y)", "ch(k)", "1/1"],
    [String.raw`\mathrm{ch}(k)(x,y)`, "ch(k)", "1/1"],
    [String.raw`\operatorname{ch}(k)(x,y)`, "ch(k)", "1/1"],
    [String.raw`\ch(k)(x,y)`, "ch(k)", "1/1"],
    [String.raw`\text{sh}\left(k\right)(x,y)`, "sh(k)", "1/1"],
    ["ch(2k)(x,y)", "ch(2k)", "2/1"],
    ["sh(-k)(x,y)", "sh(-k)", "-1/1"],
    [String.raw`sh(\frac12 k)(x,y)`, String.raw`sh(\frac{1}{2}k)`, "1/2"],
    [String.raw`sh(-\frac{3}{2} k)(x,y)`, String.raw`sh(-\frac{3}{2}k)`, "-3/2"],
    ["ch(k/2)(x,y)", String.raw`ch(\frac{1}{2}k)`, "1/2"],
    ["ch(2(3k))(x,y)", "ch(6k)", "6/1"],
    [String.raw`ch(\overline{k})(x,y)`, String.raw`ch(\overline{k})`, "1/1"],
    [String.raw`ch(2\overline{k})(x,y)`, String.raw`ch(2\overline{k})`, "2/1"],
    ["sh(j)(x,y)", "sh(j)", "1/1"],
    ["sh(2(k + r))(x,y)", "sh(2(k+r))", "2/1"],
    ["sh(K_{11})(x,y)", "sh(K_{11})", "1/1"],
  ])("%s", (text, name, multiple) => {
    const symbol = derived(text);
    expect(symbol.name).toBe(name);
    expect(`${symbol.of?.multiple.n}/${symbol.of?.multiple.d}`).toBe(multiple);
  });

  it("has the values of the kernel, closed but for its two arguments", () => {
    const { of } = derived("ch(2k)(x,y)");
    expect(of && print(of.kernel.body)).toBe("k(x,y)");
    expect(of?.kernel.first.map((label) => label.name)).toEqual(["x"]);
    expect(of?.kernel.second.map((label) => label.name)).toEqual(["y"]);
  });

  it("knows the symmetry of the result", () => {
    expect(derived("ch(k)(x,y)").symmetries).toEqual([{ permutation: [1, 0], negated: [false, false], sign: 1, conjugated: true }]);
    expect(derived("sh(k)(x,y)").symmetries).toEqual([{ permutation: [1, 0], negated: [false, false], sign: 1, conjugated: false }]);
    expect(derived("sh(K)(X,Y)").symmetries[0]?.permutation).toEqual([2, 3, 0, 1]);
    expect(derived("sh(K)(X,Y)").layout.arguments).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect([derived("sh(k)(x,y)").real, derived("sh(r)(x,y)").real, derived("sh(3r)(x,y)").real]).toEqual([false, true, true]);
  });

  it("is one symbol for one kernel", () => {
    const [statement] = load(`${preamble}claim: ch(k)(x,y) = ch(k)(y,z)\n`).statements;
    const [equation] = statement?.kind === "claim" ? statement.equations : [];
    expect(symbolIn(equation?.left)).toBe(symbolIn(equation?.right));
  });
});

describe("as kernels", () =>
  table([
    ["ch(K)((1,x),(2,y))", "ch(K)(1,x,2,y)"],
    ["ch(K)(X,Y)", "ch(K)(X.0,X.1,Y.0,Y.1)"],
    ["ch(K)_{12}(x,y)", "ch(K)(1,x,2,y)"],
    ["ch(2K)_{mn}(x,y)", "ch(2K)(m,x,n,y)"],
    ["sh(K)_{12}", "sh(K)(1,x,2,y)"],
    ["sh(K)_{12}^*", "(adj sh(K)(1,y,2,x))"],
    [String.raw`\overline{sh(K)}_{12}(x,y)`, "(adj sh(K)(1,x,2,y))"],
    [String.raw`\overline{sh(K)_{12}(x,y)}`, "(adj sh(K)(1,x,2,y))"],
    [String.raw`(\overline{ch(k)})(x,y)`, "(adj ch(k)(x,y))"],
    ["ch(k)^*(x,y)", "(adj ch(k)(y,x))"],
    [String.raw`ch(k)^\top(x,y)`, "ch(k)(y,x)"],
    ["(ch(k)^2)(x,y)", "(bind x~2 (* ch(k)(x,x~2) ch(k)(x~2,y)))"],
    [String.raw`(\mathrm{ch}^2(k))(x,y)`, "(bind x~2 (* ch(k)(x,x~2) ch(k)(x~2,y)))"],
    [String.raw`(sh(k) \overline{sh(k)})(x,y)`, "(bind x~2 (* sh(k)(x,x~2) (adj sh(k)(x~2,y))))"],
    ["(l ch(k) h)(x,y)", "(bind x~2 (* (bind x~3 (* l(x,x~3) ch(k)(x~3,x~2))) h(x~2,y)))"],
    ["ch(k) f", "(bind x~2 (* ch(k)(x,x~2) f(x~2)))"],
    ["a(ch(k) f)", "(bind x (* (adj (bind x~2 (* ch(k)(x,x~2) f(x~2)))) a[x]))"],
    [String.raw`a^*(sh(k) \overline{g})`, "(bind x (* (bind x~2 (* sh(k)(x,x~2) (adj g(x~2)))) a^*[x]))"],
    ["(ch(2k) - 1)(x,y)", "(+ ch(2k)(x,y) (* -1 delta(x,y)))"],
    ["(ch(2K) - 1)_{12}(x,y)", "(+ ch(2K)(1,x,2,y) (* -1 0 delta(x,y)))"],
    ["(sh(k) - k)(x,y)", "(+ sh(k)(x,y) (* -1 k(x,y)))"],
    [String.raw`\frac12 sh(2k)`, "(* 1/2 sh(2k)(x,y))"],
    [String.raw`\frac{1}{2} sh(2k)(x,y)`, "(* 1/2 sh(2k)(x,y))"],
    [String.raw`\mathrm{p}(2k)(x,y)`, "(+ ch(2k)(x,y) (* -1 delta(x,y)))"],
    [String.raw`\mathrm{p}(2K)_{12}(y,y)`, "sum<1,y,2,y>"],
    [String.raw`\mathrm{r}(k)(x,y)`, "(+ sh(k)(x,y) (* -1 k(x,y)))"],
    ["C_x(y)", "C<x,y>"],
    ["P_x^*", "(adj P<x>)"],
    [String.raw`\operatorname{tr} (ch(k) - 1)`, "(bind x sum<x,x>)"],
    [String.raw`\operatorname{tr}(sh(k) \overline{k})`, "(bind x (bind x~2 (* sh(k)(x,x~2) (adj k(x~2,x)))))"],
    [String.raw`\partial_t ch(k)(x,y)`, "(dt ch(k)(x,y))"],
    [String.raw`(i \partial_t ch(k))(x,y)`, "(* i (dt ch(k)(x,y)))"],
    [String.raw`\langle f, ch(k)^2 g \rangle`, "(bind x (* (adj f(x)) (bind x~2 (* (bind x~3 (* ch(k)(x,x~3) ch(k)(x~3,x~2))) g(x~2)))))"],
    [String.raw`\langle f \otimes g, sh(2k) \rangle`, "(bind x,y (* (adj (* f(x) g(y))) sh(2k)(x,y)))"],
    [
      String.raw`\frac12 \langle v \otimes w, sh(2K) \rangle`,
      "(* 1/2 (bind X.0,X.1,Y.0,Y.1 (* (adj (* v(X.0,X.1) w(Y.0,Y.1))) sh(2K)(X.0,X.1,Y.0,Y.1))))",
    ],
    ["[h, ch(k)]", "(+ (bind x~2 (* h(x,x~2) ch(k)(x~2,y))) (* -1 (bind x~2 (* ch(k)(x,x~2) h(x~2,y)))))"],
    ["ch(0 k)", "delta(x,y)"],
    ["sh(0 k)", "0"],
    ["sh(q)(x,y)", "sh(q)(x,y)"],
    ["sh(o)(x,y)", "sh(o)(x,y)"],
  ]));

describe("what makes no sense", () =>
  it.each([
    ["sh(l)", "9 not-symmetric", "`l`", "symmetric"],
    ["sh(h)(x,y)", "9 not-symmetric", "`h`"],
    ["sh(2L)(X,Y)", "9 not-symmetric", "`L`"],
    ["sh(K_{12})", "9 not-symmetric", "`K`"],
    ["sh(f)", "9 not-a-kernel", "function"],
    [String.raw`ch(\tau)`, "9 not-a-kernel", "function"],
    ["ch(s)", "9 not-a-kernel", "scalar"],
    [String.raw`ch(\tau(x))`, "9 not-a-kernel", "scalar"],
    [String.raw`\ch k`, "6 missing-argument", "ch(k)"],
    ["ch(k, r)", "6 missing-argument", "ch(k)"],
    ["ch()", ""],
    ["ch(k)(x)", "6 wrong-arity"],
    ["ch(k)_{12}", "13 bad-subscript", "12"],
    ["ch(k)_x(y)", "12 bad-subscript", "`x`"],
    ["ch(K)_{13}", "14 wrong-kind", "3"],
    ["ch(k) K", "12 wrong-kind"],
    ["ch(K) f", "12 wrong-kind"],
    ["ch(k) + a_x", "14 mixed-sorts"],
    ["ch(k)^{-1}", "6 bad-power"],
    ["ch(z)", ""],
  ])("%s", (text, place, ...words) => {
    const [message, ...others] = faults(load(`${preamble}show: ${text}\n`)).map((one) => one.replace(/^\d+:/, ""));
    expect(others).toEqual([]);
    expect(message).toContain(place.replace(/^(\d+) /, (_, n) => `${Number(n) + 1} `));
    for (const word of words) expect(message).toContain(word);
  }));

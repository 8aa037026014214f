import { describe, expect, it } from "vitest";
import type { Checkable } from "../../src/core/expression.js";
import type { ElaboratedDocument } from "../../src/elaborate/index.js";
import { loadDocument } from "../../src/elaborate/index.js";
import { equation, faults, load, print, summary } from "./print.js";

/** Every example of the language's own page. */
const contract = String.raw`index x, y, z in R^3
index m, n in {1, 2}
index p, q in Z^3
index X, Y in {1, 2} * R^3
param N > 0
boson a_x, b_x
boson z_X
boson c
fermion e_p
index u, r in R^3
function \phi_1(x), \phi_2(x)
kernel k(X, Y) symmetric
kernel k_1(x, y) symmetric
kernel V(x,y,z,u) = V(y,x,z,u) = V(x,y,u,z)
function w(x) real even
let E = N^2
let A_x = \int \overline{k_1(y,x)} a_y dy
let Z(f, g) = \int (\overline{f(x)} a_x + \overline{g(x)} a_x^*) dx
assume i \partial_t \phi_1(x) = E \phi_1(x)
let F(A)(x,y) = w(x-y) A(x,y)
unitary W = \exp(\sqrt{N} (a^*(\phi_1) - a(\phi_1)))
claim (4.13): [A_y, a_x^*] = \overline{k_1(x,y)}
refute (sign): [a_x^*, a_y] = \delta(x-y)
show G_3: part_3(W^* a_x^* a_x a_x W)
`;

/** The paper's displays, as they are printed but for their declarations. */
const paper = String.raw`index x, y in R^3
index i, j in {1, 2}
param N > 0
boson a_x, b_x
function V_1(x) real even, V_2(x) real even, V_{12}(x) real even, V_{ij}(x) real even
function w_{1,\ell}(x) real even, w_{2,\ell}(x) real even, w_{12,\ell}(x) real even
function \tilde{\phi}_{i,t}^{(N)}(x)
kernel k_1(x,y) symmetric, k_2(x,y) symmetric, k_{12}(x,y), k_{21}(x,y)
kernel \Delta(x,y) real symmetric
let k_{1,x}(y) = k_1(y, x)
let k_{2,x}(y) = k_2(y, x)
let k_{12,x}(y) = k_{12}(y, x)
let k_{21,x}(y) = k_{21}(y, x)
let A_x = a(k_{1,x}) + b(k_{21,x})
let B_x = a(k_{12,x}) + b(k_{2,x})
let \mathcal{H}_1 = \iint (-\Delta(x,y)) a_x^* a_y dx dy + \frac{1}{2} \iint_{\mathbb{R}^3 \times \mathbb{R}^3} N^2 V_1(N(x-y)) a_x^* a_y^* a_y a_x \, dx dy
let \mathcal{V}_{12} = \iint_{\mathbb{R}^3 \times \mathbb{R}^3} N^2 V_{12}(N(x-y)) a_x^* a_x b_y^* b_y \, dx dy
let \mathcal{G}_1 = & \sqrt{N} a^* \left( (N^3 V_1(N \cdot) w_{1,\ell}(N \cdot) * |\tilde{\phi}_{1,t}^{(N)}|^2) \tilde{\phi}_{1,t}^{(N)} \right) \\ & + \sqrt{N} a^* \left( (N^3 V_{12}(N \cdot) w_{12,\ell}(N \cdot) * |\tilde{\phi}_{2,t}^{(N)}|^2) \tilde{\phi}_{1,t}^{(N)} \right) \\ & + \sqrt{N} b^* \left( (N^3 V_2(N \cdot) w_{2,\ell}(N \cdot) * |\tilde{\phi}_{2,t}^{(N)}|^2) \tilde{\phi}_{2,t}^{(N)} \right) \\ & + \sqrt{N} b^* \left( (N^3 V_{12}(N \cdot) w_{12,\ell}(N \cdot) * |\tilde{\phi}_{1,t}^{(N)}|^2) \tilde{\phi}_{2,t}^{(N)} \right) + \text{h.c.}
let \mathcal{G}_2^{(1)} = & \frac{1}{2} \int_{\mathbb{R}^3} (N^3 V_1(N \cdot) * |\tilde{\phi}_{1,t}^{(N)}|^2)(x) a_x^* a_x \, dx \\ & + \frac{1}{2} \iint_{\mathbb{R}^3 \times \mathbb{R}^3} N^3 V_1(N(x-y)) \tilde{\phi}_{1,t}^{(N)}(x) \overline{\tilde{\phi}_{1,t}^{(N)}(y)} a_x^* a_y \, dx dy \\ & + \frac{1}{2} \iint_{\mathbb{R}^3 \times \mathbb{R}^3} N^3 V_1(N(x-y)) \tilde{\phi}_{1,t}^{(N)}(x) \tilde{\phi}_{1,t}^{(N)}(y) a_x^* a_y^* \, dx dy + \text{h.c.}
let \mathcal{G}_2^{(12)} = & \frac{1}{2} \int_{\mathbb{R}^3} (N^3 V_{12}(N \cdot) * |\tilde{\phi}_{2,t}^{(N)}|^2)(x) a_x^* a_x \, dx \\ & + \frac{1}{2} \int_{\mathbb{R}^3} (N^3 V_{12}(N \cdot) * |\tilde{\phi}_{1,t}^{(N)}|^2)(x) b_x^* b_x \, dx \\ & + \iint_{\mathbb{R}^3 \times \mathbb{R}^3} N^3 V_{12}(N(x-y)) \tilde{\phi}_{1,t}^{(N)}(x) \overline{\tilde{\phi}_{2,t}^{(N)}(y)} a_x^* b_y \, dx dy \\ & + \iint_{\mathbb{R}^3 \times \mathbb{R}^3} N^3 V_{12}(N(x-y)) \tilde{\phi}_{1,t}^{(N)}(x) \tilde{\phi}_{2,t}^{(N)}(y) a_x^* b_y^* \, dx dy + \text{h.c.}
let \mathcal{G}_3^{(1)} = & \frac{1}{\sqrt{N}} \iint_{\mathbb{R}^3 \times \mathbb{R}^3} N^3 V_1(N(x-y)) \tilde{\phi}_{1,t}^{(N)}(y) a_y^* a_x^* a_x \, dx dy + \text{h.c.}
let \mathcal{G}_3^{(12)} = & \frac{1}{\sqrt{N}} \iint_{\mathbb{R}^3 \times \mathbb{R}^3} N^3 V_{12}(N(x-y)) \tilde{\phi}_{2,t}^{(N)}(y) b_y^* a_x^* a_x \, dx dy \\ & + \frac{1}{\sqrt{N}} \iint_{\mathbb{R}^3 \times \mathbb{R}^3} N^3 V_{12}(N(x-y)) \tilde{\phi}_{1,t}^{(N)}(y) a_y^* b_x^* b_x \, dx dy + \text{h.c.}
let \mathcal{A}_1(f) = a(f) - a^*(f)
let \mathcal{A}_2(f) = b^*(f) - b(f)
unitary \mathcal{W} = e^{-\sqrt{N}\mathcal{A}_1(\tilde{\phi}_{1,t}^{(N)})} e^{-\sqrt{N}\mathcal{A}_2(\tilde{\phi}_{2,t}^{(N)})}
assume \mathrm{i} \partial_t \tilde{\phi}_{1,t}^{(N)} = -\Delta \tilde{\phi}_{1,t}^{(N)} + \left( N^3 V_1(N \cdot) * |\tilde{\phi}_{1,t}^{(N)}|^2 \right) \tilde{\phi}_{1,t}^{(N)}
show (3.3): \sqrt{N} a^* \left( (N^3 V_1(N \cdot) w_{1,\ell}(N \cdot) * |\tilde{\phi}_{1,t}^{(N)}|^2) \tilde{\phi}_{1,t}^{(N)} \right)
show (3.8): -\frac{1}{2} \sum_{i,j=1}^2 \iint_{\mathbb{R}^3 \times \mathbb{R}^3} N^3 V_{ij}(N(x-y)) |\tilde{\phi}_{i,t}^{(N)}(x)|^2 |\tilde{\phi}_{j,t}^{(N)}(y)|^2 dx dy
claim (4.13): [B_y, a_x^*] = \overline{k_{12}(x, y)}
claim (1.28): \mathcal{W}^* a_x \mathcal{W} = a_x + \sqrt{N}\tilde{\phi}_{1,t}^{(N)}(x)
show (4.6): \int N^3 V_1(N \cdot) * |\tilde{\phi}_{1,t}^{(N)}|^2(x) (a_x^* + A_x) (a_x + A_x^*) dx
`;

describe("whole documents", () => {
  it("of the contract have no faults", () => {
    const document = load(contract);
    expect(faults(document)).toEqual([]);
    expect(document.statements.map((one) => `${one.kind} ${one.name}`)).toEqual(["claim 4.13", "refute sign", "show G_3"]);
    expect(summary(document)[0]).toBe("(comm A<y> a^*[x]) = (adj k_1(x,y))");
  });

  it("of the paper's displays have no faults", () => {
    const document = load(paper);
    expect(faults(document)).toEqual([]);
    expect(summary(document)).toEqual([
      "(* (^ N 1/2) (bind x (* (bind x~2 (* (^ N 3) V_1(N(x-x~2)) w_{1,\\ell}(N(x-x~2)) (adj \\tilde{\\phi}_t^{(N)}(1,x~2)) \\tilde{\\phi}_t^{(N)}(1,x~2))) \\tilde{\\phi}_t^{(N)}(1,x) a^*[x])))",
      "(* -1 1/2 (bind i,j (bind x,y (* (^ N 3) V(i,j,N(x-y)) (adj \\tilde{\\phi}_t^{(N)}(i,x)) \\tilde{\\phi}_t^{(N)}(i,x) (adj \\tilde{\\phi}_t^{(N)}(j,y)) \\tilde{\\phi}_t^{(N)}(j,y)))))",
      "(comm B<y> a^*[x]) = (adj k_{12}(x,y))",
      "(* \\mathcal{W}^{(2)}^* \\mathcal{W}^{(1)}^* a[x] \\mathcal{W}^{(1)} \\mathcal{W}^{(2)}) = (+ a[x] (* (^ N 1/2) \\tilde{\\phi}_t^{(N)}(1,x)))",
      "(bind x (* (bind x~2 (* (^ N 3) V_1(N(x-x~2)) (adj \\tilde{\\phi}_t^{(N)}(1,x~2)) \\tilde{\\phi}_t^{(N)}(1,x~2))) (+ a^*[x] A<x>) (+ a[x] (adj A<x>))))",
    ]);
  });
});

describe("unitaries", () => {
  const preamble = "index x in R^3\nparam N > 0\nboson a_x\nfunction f(x)\n";
  const rows: readonly (readonly [string, string])[] = [
    ["unitary W = \\exp(a^*(f) - a(f))", "W"],
    ["unitary W = e^{a^*(f) - h.c.}", "W"],
    ["unitary W = \\exp(a^*(f) - a(f)) \\exp(a(f) - a^*(f))", "(* W^{(1)} W^{(2)})"],
    ["unitary U = \\exp(a^*(f) - a(f))\nunitary W = U U^*", "(* U U^*)"],
    ["unitary U = \\exp(a^*(f) - a(f))\nunitary W = (U \\exp(a(f) - a^*(f)))^*", "(* W^{(1)} U^*)"],
  ];
  it.each(rows)("%s", (text, expected) => {
    const document = load(`${preamble}${text}\nshow: W\n`);
    expect(faults(document)).toEqual([]);
    expect(summary(document)).toEqual([expected]);
  });
});

describe("assumptions", () => {
  const preamble =
    "index x, y in R^3\nindex m in {1,2}\nindex X, Y in {1,2} * R^3\nparam N > 0, s\nfunction f(x), g(x), \\phi_m(x)\nkernel k(x,y), K(X,Y)\n";
  /** The target, or "closed". */
  const target = (document: ElaboratedDocument): string => {
    const [one] = document.scope.assumptions;
    if (!one) return "none";
    if (!one.target) return `closed: ${equation({ ...one, assumptions: [] })}`;
    const { symbol, order, coefficient } = one.target;
    return `${symbol.name} ${order} ${print(coefficient)}: ${equation({ ...one, assumptions: [] })}`;
  };
  const rows: readonly (readonly [string, string])[] = [
    ["i \\partial_t f(x) = N g(x)", "f 1 i: (* i (dt f(x))) = (* N g(x))"],
    ["i \\partial_t f = g f", "f 1 i: (* i (dt f(x))) = (* g(x) f(x))"],
    ["\\dot{\\phi}_1(x) = 0", "\\phi 1 1: (dt \\phi(1,x)) = 0"],
    ["k(x,y) = f(x) g(y)", "k 0 1: k(x,y) = (* f(x) g(y))"],
    ["-2 k(x,y) = 1", "k 0 (* -1 2): (* -1 2 k(x,y)) = 1"],
    ["\\overline{f(x)} = i g(x)", "f 0 1: f(x) = (adj (* i g(x)))"],
    ["K_{12}(x,y) = k(x,y)", "K 0 1: K(1,x,2,y) = k(x,y)"],
    ["\\|f\\|^2 = 1", "closed: (bind x (* (adj f(x)) f(x))) = 1"],
    ["s^2 = 1", "closed: (^ s 2) = 1"],
  ];
  it.each(rows)("%s", (text, expected) => {
    const document = load(`${preamble}assume ${text}\n`);
    expect(faults(document)).toEqual([]);
    expect(target(document)).toBe(expected);
  });

  it("hold from their line on", () => {
    const document = load(`${preamble}claim: f = g\nassume f = g\nclaim: f = g\n`);
    const count = (one: Checkable | undefined): number => (one?.kind === "claim" ? (one.equations[0]?.assumptions.length ?? -1) : -1);
    expect(document.statements.map(count)).toEqual([0, 1]);
  });
});

describe("use", () => {
  it("brings names, definitions and assumptions, read once", () => {
    const files = {
      "a.wick": "index x in R^3\nboson a_x\nfunction f(x)\nassume \\dot{f}(x) = 0\n",
      "b.wick": 'use "a.wick"\nlet Z(g) = a(g f)\n',
      "c.wick": 'use "a.wick"\nlet B_x = f(x) a_x\n',
    };
    const document = load('use "b.wick"\nuse "c.wick"\nuse "a.wick"\nclaim: Z(f) = B_x\n', files);
    expect(faults(document)).toEqual([]);
    expect(summary(document)).toEqual(["(bind x (* (adj (* f(x) f(x))) a[x])) = B<x>"]);
    expect(document.scope.assumptions).toHaveLength(1);
  });

  it("keeps the meaning that a definition had in its own document", () => {
    const files = { "a.wick": "index x in R^3\nindex m in {1,2}\nfunction \\phi_m(x)\nlet Z(g) = \\phi_1 g\n" };
    const document = load('index x in R^3\nfunction \\phi_1(x), f(x)\nuse "a.wick"\nclaim: Z(f) = \\phi_1 f\n', files);
    expect(faults(document)).toEqual([]);
    expect(summary(document)).toEqual(["(* \\phi(1,x) f(x)) = (* \\phi_1(x) f(x))"]);
  });

  it("reports cycles, missing files, and faults with file and line", () => {
    const files = {
      "a.wick": 'use "b.wick"\n',
      "b.wick": 'use "a.wick"\n',
      "c.wick": "index x in R^3\nboson b_q\nclaim: \\psi = 0\n",
      "d.wick": "boson b_x\n",
    };
    expect(faults(load('use "a.wick"\n', files))).toEqual([
      "1:1 use-cycle a.wick, line 1, column 1: b.wick, line 1, column 1: found documents that use each other in a circle: a.wick uses b.wick uses a.wick",
    ]);
    expect(faults(load('use "main.wick"\n', { "main.wick": "" }))[0]).toContain("main.wick uses main.wick");
    expect(faults(load('use "none.wick"\n'))).toEqual(['1:1 bad-use "none.wick" cannot be used: there is no such file']);
    expect(faults(load('use "/etc/passwd"\n'))[0]).toContain("relative");
    expect(faults(load('use "c.wick"\n', files))).toEqual([
      "1:1 undeclared c.wick, line 3, column 8: `\\psi` is not declared; the nearest declared name is `b_q`",
    ]);
    expect(faults(load('index x in R^3\nboson a_x\nuse "e.wick"\n', { "e.wick": "index x in Z^3\n" }))).toEqual([
      "3:1 redeclared `x` was declared with another kind in line 1",
    ]);
  });
});

describe("loading", () => {
  it("is linear in the length of a document and of a sum", () => {
    const many = (n: number): number => {
      let text = "index x in R^3\nboson a_x\n";
      for (let k = 0; k < n; k++)
        text += `function \\phi_{${k}}(x)\nlet A_{${k},x} = a_x + \\phi_{${k}}(x)\nclaim (${k}): A_{${k},x} = a_x\n`;
      const before = performance.now();
      const document = loadDocument({ path: "main.wick", text }, () => ({ error: "none" }));
      expect(document.diagnostics).toEqual([]);
      return performance.now() - before;
    };
    many(100);
    const [short, long] = [many(300), many(2400)];
    expect(long).toBeLessThan(8 * 4 * Math.max(short, 20));
  });
});

import { describe, expect, it } from "vitest";
import { defaultScope, elaborateEquation, elaborateExpression } from "../../src/elaborate/index.js";
import { Fault } from "../../src/source/diagnostic.js";
import { parseExpression } from "../../src/syntax/parse.js";
import type { SumTerm, Tree } from "../../src/syntax/tree.js";
import { print } from "./print.js";

function parsed(text: string, labels: ReadonlySet<string>): Tree {
  const { tree, diagnostics } = parseExpression(text, labels);
  if (!tree) throw new Error(diagnostics.map((one) => one.message).join("; "));
  return tree;
}

function elaborated(text: string): string {
  const scope = defaultScope();
  try {
    return print(elaborateExpression(parsed(text, scope.labelNames), scope));
  } catch (caught) {
    if (caught instanceof Fault) return `${caught.diagnostic.code}: ${caught.diagnostic.message}`;
    throw caught;
  }
}

describe("expressions of a command line", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["a_x a_y^*", "(* a[x] a^*[y])"],
    ["a a^*", "(* a[] a^*[])"],
    ["(c+c^*)^{10}", "(^ (+ c[] c^*[]) 10)"],
    ["a_m a_1^* a_3 b_{x,m} b_{mx}", "(* a[m] a^*[1] a_3[] b[x,m] b[m,x])"],
    ["a_{x_1} a_{x'}^*", "(* a[x_1] a^*[x'])"],
    ["i N \\lambda s^2 \\pi", "(* i N \\lambda (^ s 2) pi)"],
    ["\\overline{N} \\phi_1 \\mathcal{G}", "(* (adj N) \\phi_1 \\mathcal{G})"],
    ["e_x e^2 e^{-1}", "bad-power: found a negative or broken power of an operator, expected a natural number as its exponent"],
    ["\\int a_x^* a_x dx + \\sum_m b_m", "(+ (bind x (* a^*[x] a[x])) (bind m b[m]))"],
    ["\\delta(x-y) \\delta_{mn}", "(* delta(x-y,0) delta(m,n))"],
    ["[a_x, a_y^*] C(a_x, a_y^*) part_2(a_x a_y)", "(* (comm a[x] a^*[y]) (contract a[x] a^*[y]) (part 2 (* a[x] a[y])))"],
    ["C \\exp(s) C(a)", "(* C (exp s) C a[])"],
    ["V(x-y)", "label-as-factor: found the label `x` as a factor, expected an operator, a function or a number"],
    ["x a", "label-as-factor: found the label `x` as a factor, expected an operator, a function or a number"],
    ["\\nabla a", "bad-gradient: found `\\nabla` without a label before something that is no function"],
  ];
  it.each(rows)("%s", (text, expected) => expect(elaborated(text)).toBe(expected));

  it("share their free labels and species between two sides", () => {
    const scope = defaultScope();
    const { left, right } = elaborateEquation(parsed("a_x", scope.labelNames), parsed("a_x", scope.labelNames), scope);
    if (left.kind !== "ladder" || right.kind !== "ladder") throw new Error("no ladder operators");
    expect(left.species).toBe(right.species);
    expect(left.arguments).toEqual(right.arguments);
  });
});

describe("large trees", () => {
  const span = { start: 0, end: 0 };
  const item = (tree: Tree) => ({ kind: "tree", tree, span }) as const;
  const a: Tree = {
    kind: "script",
    base: { kind: "name", text: "a", span },
    sub: { items: [item({ kind: "name", text: "x", span })], text: "x", span },
    span,
  };

  /** Brackets, products, sums, commutators, overlines in turn. */
  function deep(depth: number): Tree {
    let tree: Tree = a;
    for (let n = 0; n < depth; n++) {
      const of = tree;
      tree = (
        [
          { kind: "group", delimiter: "(", body: of, span },
          { kind: "juxtaposition", items: [of, a], span },
          {
            kind: "sum",
            terms: [
              { sign: 1, tree: of, span },
              { sign: -1, tree: a, span },
            ],
            span,
          },
          { kind: "list", delimiter: "[", items: [of, a], span },
          { kind: "overline", body: of, span },
        ] as const
      )[n % 5] as Tree;
    }
    return tree;
  }

  it("of depth 2,000 are read", () => expect(elaborateExpression(deep(2_000), defaultScope()).kind).toBe("adjoint"));

  it("that are deeper give a message", () => {
    for (const depth of [3_000, 50_000]) expect(() => elaborateExpression(deep(depth), defaultScope())).toThrow(/nested/);
    let quotient: Tree = { kind: "number", text: "1", span };
    for (let n = 0; n < 50_000; n++) quotient = { kind: "quotient", over: quotient, under: { kind: "number", text: "2", span }, span };
    expect(() => elaborateExpression(quotient, defaultScope())).toThrow(/nested/);
  });

  it("with 100,000 terms or factors are read", () => {
    const terms: SumTerm[] = Array.from({ length: 100_000 }, () => ({ sign: 1, tree: a, span }));
    terms.push({ sign: 1, span });
    expect(elaborateExpression({ kind: "sum", terms, span }, defaultScope()).kind).toBe("sum");
    const product = elaborateExpression({ kind: "juxtaposition", items: Array.from({ length: 100_000 }, () => a), span }, defaultScope());
    expect(product.kind === "product" ? product.factors.length : 0).toBe(100_000);
  });
});

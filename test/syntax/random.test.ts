import fc from "fast-check";
import { expect, test } from "vitest";
import { parseExpression, parseStatement, splitStatements } from "../../src/syntax/parse.js";
import { sexp } from "./sexp.js";

const labels = new Set(["x", "y", "m"]);

/** An expression in LaTeX with the tree that it stands for, in the notation of `sexp`. */
interface Sample {
  readonly latex: string;
  readonly tree: string;
}

const constant = (latex: string, tree = latex): fc.Arbitrary<Sample> => fc.constant({ latex, tree });
const simple = fc.oneof(
  constant("a"),
  constant("2"),
  constant("\\phi"),
  constant("\\tilde f", "\\tilde{f}"),
  constant("x'"),
  constant("0.5"),
  constant("d"),
);
const script = fc.oneof(
  constant("_x"),
  constant("^*"),
  constant("_{x}", "_x"),
  constant("_{m, y}^{\\ast}", "_{m,y}^*"),
  constant("^2"),
  constant("_{(m,x)}", "_(m, x)"),
);

/** One letrec of grammar-like generators, from the contract's table, not from the grammar. */
const { sum } = fc.letrec<Record<"sum" | "binary" | "product" | "factor" | "atom", Sample>>((tie) => {
  const wrap = (open: string, close: string, make: (tree: string) => string): fc.Arbitrary<Sample> =>
    tie("sum").map(({ latex, tree }) => ({ latex: open + latex + close, tree: make(tree) }));
  const join = (items: Sample[], by: string, make: (trees: string[]) => string): Sample => ({
    latex: items.map(({ latex }) => latex).join(by),
    tree: items.length === 1 ? (items[0] as Sample).tree : make(items.map(({ tree }) => tree)),
  });
  return {
    atom: fc.oneof(
      { maxDepth: 4, depthIdentifier: "sample" },
      simple,
      wrap("(", ")", (t) => `(${t})`),
      wrap("\\left[", "\\right]", (t) => `[${t}]`),
      wrap("\\overline{", "}", (t) => `bar(${t})`),
      wrap("\\Nor{", "}", (t) => `nor(${t})`),
      wrap("\\left|", "\\right|", (t) => `abs(${t})`),
      wrap("\\langle ", "\\rangle", (t) => `angle(${t})`),
      // Integrals and sums in brackets: what follows them could give them another label or more to reach over.
      wrap("(\\int ", " dx dy)", (t) => `(int[x,y](${t}))`),
      wrap("{\\int_{\\mathbb{R}^3} ", "\\,dx'}", (t) => `{int[x'](${t})}`),
      fc.tuple(tie("sum"), tie("sum")).map(([a, b]) => ({ latex: `\\frac{${a.latex}}{${b.latex}}`, tree: `quot(${a.tree}, ${b.tree})` })),
      fc.tuple(tie("sum"), tie("sum")).map(([a, b]) => ({ latex: `[${a.latex}, ${b.latex}]`, tree: `[${a.tree}, ${b.tree}]` })),
      fc.tuple(tie("sum"), tie("sum")).map(([a, b]) => ({ latex: `\\{${a.latex},${b.latex}\\}`, tree: `\\{${a.tree}, ${b.tree}\\}` })),
      tie("binary").map(({ latex, tree }) => ({ latex: `(\\sum_m ${latex})`, tree: `(sum[m](${tree}))` })),
      tie("binary").map(({ latex, tree }) => ({ latex: `(\\sum_{m, n: m \\neq n} ${latex})`, tree: `(sum[m,n|:m\\nen](${tree}))` })),
      tie("binary").map(({ latex, tree }) => ({ latex: `(\\sum_{m \\neq 1, n} ${latex})`, tree: `(sum[n|m\\ne1](${tree}))` })),
      tie("binary").map(({ latex, tree }) => ({ latex: `(\\int dx\\, ${latex})`, tree: `(int[x](${tree}))` })),
    ),
    factor: fc.oneof(
      { weight: 2, arbitrary: tie("atom") },
      { weight: 1, arbitrary: fc.tuple(tie("atom"), script).map(([a, s]) => ({ latex: a.latex + s.latex, tree: a.tree + s.tree })) },
    ),
    product: fc.array(tie("factor"), { minLength: 1, maxLength: 3 }).map((items) => join(items, " ", (trees) => `<${trees.join(" ")}>`)),
    binary: fc.oneof(
      { weight: 4, arbitrary: tie("product") },
      { weight: 1, arbitrary: fc.tuple(tie("product"), tie("product")).map((pair) => join(pair, " * ", ([a, b]) => `conv(${a}, ${b})`)) },
    ),
    sum: fc.oneof(
      { weight: 2, arbitrary: tie("binary") },
      { weight: 1, arbitrary: fc.tuple(tie("binary"), tie("binary")).map((pair) => join(pair, " - ", ([a, b]) => `sum(+${a} -${b})`)) },
      { weight: 1, arbitrary: tie("binary").map(({ latex, tree }) => ({ latex: `-${latex} + h.c.`, tree: `sum(-${tree} +h.c.)` })) },
    ),
  };
});

const seed = 20_240_117;

test("what is written is read, in one way", () => {
  fc.assert(
    fc.property(sum, ({ latex, tree }) => {
      const read = parseExpression(latex, labels);
      expect(read.diagnostics).toEqual([]);
      expect(read.tree && sexp(read.tree)).toBe(tree);
    }),
    { seed, numRuns: 400 },
  );
});

const fragment = fc.constantFrom(
  ..."a x d dx dy 1 23 0.5 + - * / = == , . : := -> .. ( ) [ ] { } \\{ \\} | \\| ' _ ^ _x ^* ^{ _{ & \\\\ ~ % $ ! \\int \\int_x \\iint \\sum \\sum_m \\sum_{m=1}^2 \\sum_{m \\neq \\neq \\leq < \\setminus \\substack \\sum_{\\substack{m \\\\ \\frac \\sqrt \\overline \\dot \\tilde \\Nor \\langle \\rangle \\left \\right \\left. \\cdot \\times \\otimes \\dagger \\in \\prime \\begin{pmatrix} \\end{pmatrix} \\begin{align} \\mathrm{d} \\mathrm{h.c.} h.c. \\text{no} \\dd ch( part_ \\partial".split(
    " ",
  ),
  "\n",
  "\n  ",
  "é",
);

test("no text breaks the parser: a tree or a message, with spans inside the text", () => {
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 25 }), fc.constantFrom("", " "), (parts, by) => {
      const text = parts.join(by);
      const { tree, diagnostics } = parseExpression(text, labels);
      expect(tree === undefined).toBe(diagnostics.length > 0);
      for (const { span } of [...diagnostics, ...(tree ? [tree] : [])]) {
        expect(span.start).toBeGreaterThanOrEqual(0);
        expect(span.end).toBeGreaterThanOrEqual(span.start);
        expect(span.end).toBeLessThanOrEqual(text.length);
      }
    }),
    { seed, numRuns: 3000 },
  );
});

const word = fc.constantFrom(
  ...'index param kernel function let assume claim refute show rule unitary use x in R^3 Z^3 {1,2} {1..p} real symmetric f(x) (1): : = A \\int dx > 0 , "a.wick" name'.split(
    " ",
  ),
  "\n",
  "\n ",
);

test("no document breaks the parser", () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 20 }), (parts) => {
      const text = parts.join(" ").replace(/\n /g, "\n");
      for (const range of splitStatements(text).statements) {
        const { statement, diagnostics } = parseStatement(text, range, labels);
        expect(statement === undefined).toBe(diagnostics.length > 0);
        for (const { span } of diagnostics) {
          expect(span.start).toBeGreaterThanOrEqual(range.start);
          expect(span.end).toBeLessThanOrEqual(range.end);
        }
      }
    }),
    { seed, numRuns: 2000 },
  );
});

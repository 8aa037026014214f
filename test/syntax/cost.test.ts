import { describe, expect, test } from "vitest";
import { deepest } from "../../src/syntax/brackets.js";
import { run } from "../../src/syntax/earley.js";
import { fold } from "../../src/syntax/fold.js";
import { layout } from "../../src/syntax/layout.js";
import { lex } from "../../src/syntax/lexer.js";
import { parseExpression, parseStatement, splitStatements } from "../../src/syntax/parse.js";

const labels = new Set(["x", "y", "m"]);

/** Counts the reads of an array's elements. */
function counted<T extends object>(items: T[]): { items: T[]; reads: () => number } {
  let reads = 0;
  const proxy = new Proxy(items, {
    get(target, key) {
      if (typeof key === "string" && /^\d/.test(key)) reads++;
      return Reflect.get(target, key);
    },
  });
  return { items: proxy, reads: () => reads };
}

/** Reads and states that one text costs: fold, layout, nearley. */
function cost(text: string): number[] {
  const raw = counted(lex(text, 0, text.length).tokens);
  const tokens = counted(fold(raw.items, labels, false));
  const laid = layout(tokens.items, labels);
  let states = 0;
  const result = run("expression", laid, text.length, {
    count: (n) => {
      states += n;
    },
  });
  expect(typeof result).toBe("function");
  return [raw.reads(), tokens.reads(), states];
}

const term = "\\frac{1}{2N} \\int V(x-y) a_x^* a_y^* a_y a_x dx dy";
const families: Record<string, (n: number) => string> = {
  "sum of integrals": (n) => Array(n).fill(term).join(" + "),
  "sum in brackets": (n) => `[${Array(n).fill("a_x").join(" + ")}, b]`,
  product: (n) => Array(n).fill("a_x^*").join(" "),
  arguments: (n) => `f(${Array(n).fill("x").join(", ")})`,
  "prefix sums": (n) => Array(n).fill("\\sum_m a_m").join(" - "),
  differentials: (n) => `\\int f ${"dx ".repeat(n)}`,
  bars: (n) => Array(n).fill("|x|").join(""),
  "normal orders": (n) => Array(n).fill(":A:").join(" "),
  "alignment marks": (n) => `a ${"& \\\\ ".repeat(n)} b`,
  "alignment marks between differentials": (n) => `\\int a ${"dx & ".repeat(n)}`,
  "dots of multiplication": (n) => Array(n).fill("a").join(" \\cdot "),
  subscripts: (n) => Array(n).fill("a_{x, m}").join(" "),
  matrix: (n) => `\\begin{pmatrix} ${Array(n).fill("a & b").join(" \\\\ ")} \\end{pmatrix}`,
  primes: (n) => Array(n).fill("x_1'").join(" "),
};

describe("the cost is linear in the length", () => {
  for (const [name, make] of Object.entries(families))
    test(name, () => {
      const small = cost(make(200));
      const large = cost(make(800));
      for (const [i, value] of large.entries()) expect(value).toBeLessThan(4.2 * (small[i] as number));
    });

  test("few states a token", () => {
    const text = Array(200).fill(term).join(" + ");
    const tokens = layout(fold(lex(text, 0, text.length).tokens, labels, false), labels).length;
    expect((cost(text)[2] as number) / tokens).toBeLessThan(14);
  });

  test("prediction with one token of lookahead changes nothing but the cost", () => {
    for (const make of Object.values(families)) {
      const text = make(3);
      const tokens = layout(fold(lex(text, 0, text.length).tokens, labels, false), labels);
      const [short, full] = [false, true].map((full) => run("expression", tokens, text.length, { full }));
      if (typeof short !== "function" || typeof full !== "function") throw new Error(text);
      const header = { span: { start: 0, end: text.length } };
      expect(short(header)).toEqual(full(header));
    }
  });

  test("nested to the limit", () => {
    for (const make of [
      (n: number) => `${"(".repeat(n)}a${")".repeat(n)}`,
      (n: number) => `${"a_{".repeat(n)}x${"}".repeat(n)}`,
      (n: number) => `${"\\int ".repeat(n)}a${" dx".repeat(n)}`,
    ]) {
      const small = cost(make(deepest / 4));
      const large = cost(make(deepest));
      for (const [i, value] of large.entries()) expect(value).toBeLessThan(4.2 * (small[i] as number));
    }
  });
});

describe("long and deep input ends in a tree or in a message", () => {
  const code = (text: string): string => parseExpression(text, labels).diagnostics[0]?.code ?? "tree";
  test.each<[string, string, string]>([
    ["10,000 brackets", `${"(".repeat(10_000)}a${")".repeat(10_000)}`, "nested-too-deeply"],
    ["10,000 open brackets", "[".repeat(10_000), "nested-too-deeply"],
    ["10,000 overlines", `${"\\overline{".repeat(10_000)}a${"}".repeat(10_000)}`, "nested-too-deeply"],
    ["10,000 fractions", `a${"/b".repeat(10_000)}`, "nested-too-deeply"],
    ["10,000 convolutions", `a${"*b".repeat(10_000)}`, "nested-too-deeply"],
    ["10,000 sums in each other", `${"\\sum_m ".repeat(10_000)}a`, "nested-too-deeply"],
    ["10,000 integrals in each other", `${"\\int ".repeat(10_000)}a${" dx".repeat(10_000)}`, "nested-too-deeply"],
    ["10,000 bars", "|".repeat(10_000), "nested-too-deeply"],
    ["10,000 accents", `${"\\tilde ".repeat(10_000)}a`, "nested-too-deeply"],
    ["10,000 factors", "a ".repeat(10_000), "tree"],
    ["10,000 fractions in a sum", Array(10_000).fill("a/b").join("+"), "tree"],
    ["10,000 signs", "-".repeat(10_000), "unexpected-token"],
    ["10,000 digits", "1".repeat(10_000), "tree"],
    ["200,000 digits", "1".repeat(200_000), "number-too-long"],
    ["a line of 1 MB", "a".repeat(1_000_000), "statement-too-long"],
    ["1 MB of NUL bytes", "\0".repeat(1_000_000), "control-character"],
    ["a NUL byte", "a + \0", "control-character"],
    ["a NUL byte in a comment", "a % \0", "tree"],
    ["a lone surrogate", "a + \ud800", "unknown-character"],
    ["an open environment", "\\begin{", "unclosed-bracket"],
    ["a backslash at the end", "a \\", "unknown-command"],
    ["nothing", "", "unexpected-token"],
    ["spaces", " \n\t ", "unexpected-token"],
  ])("%s", (_, text, expected) => expect(code(text)).toBe(expected));

  test("half a statement, wherever it is cut", () => {
    const text =
      "claim (4.13): \\left[ A_y, \\int \\overline{k_1(y,x)} |f|^2 \\,dx \\right] = \\sum_{m=1}^{2} \\frac{a_x^*}{2} + \\mathrm{h.c.} % end";
    for (let end = 0; end <= text.length; end++) {
      const cut = text.slice(0, end);
      const { statements, diagnostics } = splitStatements(cut);
      const all = [...diagnostics, ...statements.flatMap((range) => parseStatement(cut, range, labels).diagnostics)];
      for (const { span } of all) {
        expect(span.start).toBeGreaterThanOrEqual(0);
        expect(span.end).toBeLessThanOrEqual(cut.length);
      }
    }
  });
});

import { describe, expect, test } from "vitest";
import { applyPatches, flipSign, oneLine, removeTerm } from "../../src/check/patch.js";
import { commentOf, escapeTex, pieces, printed, toPlainLatex } from "../../src/check/printed.js";
import { checkLatex } from "../../src/render/katex.js";

const span = (text: string, part: string) => ({ start: text.indexOf(part), end: text.indexOf(part) + part.length });
const whole = (text: string) => ({ start: 0, end: text.length });

describe("changes of a source text", () => {
  test.each([
    ["A + B", "B", "A - B"],
    ["A - B", "B", "A + B"],
    ["A \\, - \\; B", "B", "A \\, + \\; B"],
    ["A B", "A B", "-A B"],
    ["-A + B", "A", "A + B"],
    ["- A + B", "A", " A + B"],
  ])("the sign in %s of %s: %s", (text, part, expected) => {
    expect(applyPatches(text, whole(text), [flipSign(text, span(text, part), 0)])).toBe(expected);
  });

  test.each([
    ["A + B - C", "B", "A  - C"],
    ["A - B", "B", "A "],
    ["A + B", "A", "B"],
    ["A - B", "A", " - B"],
    ["A", "A", "0"],
  ])("without a term, %s without %s", (text, part, expected) => {
    expect(applyPatches(text, whole(text), [removeTerm(text, span(text, part), 0, text === part)])).toBe(expected);
  });

  test("overlapping changes are refused", () => {
    expect(
      applyPatches("abc", whole("abc"), [
        { span: { start: 0, end: 2 }, text: "" },
        { span: { start: 1, end: 3 }, text: "" },
      ]),
    ).toBeNull();
  });

  test("one line, without comments", () => {
    expect(oneLine("a % not this\n   + b\\% c")).toBe("a + b\\% c");
  });
});

describe("what was printed, in plain LaTeX", () => {
  test.each([
    ["A + h.c.", "A + \\mathrm{h.c.}"],
    ["A + \\text{h.c.}", "A + \\text{h.c.}"],
    ["\\Nor{A_{x} B}", "\\operatorname{Nor}\\left\\{A_{x} B\\right\\}"],
    ["part_3(H)", "\\operatorname{part}_3(H)"],
    ["ch(k) + \\sh(k)", "\\operatorname{ch}(k) + \\operatorname{sh}(k)"],
    ["\\int f(x) a_x dx dy", "\\int f(x) a_x\\, dx\\, dy"],
    ["\\int \\int dx' f", "\\int \\int\\, dx' f"],
    ["\\mathrm{ch} d_x", "\\mathrm{ch} d_x"],
  ])("%s", (text, expected) => {
    expect(toPlainLatex(text)).toBe(expected);
    expect(checkLatex(expected)).toBeNull();
  });

  test.each([
    ["claim (3.4 corrected): a_x % here\n  = b_x\n", "3.4 corrected", "a_x = b_x"],
    ["show G_3^{(1)}: a_x", "G_3^{(1)}", "a_x"],
    ["show (G): a_x", "G", "a_x"],
    ["claim: :a_x: = 0", "", ":a_x: = 0"],
    ["show a_x", "", "a_x"],
  ])("the formula of %j", (text, name, expected) => {
    expect(printed({ path: "p", text }, { start: 0, end: text.length }, name)).toEqual({ latex: expected, text: expected });
  });

  test("comments directly above and inside, not beyond a blank line", () => {
    const text = "% far away\n\n% ------\n% the sign\n% is wrong\nrefute (1): a_x % here\n  = b_x   % there\nclaim: a = a % elsewhere\n";
    const start = text.indexOf("refute");
    expect(commentOf({ path: "p", text }, { start, end: text.indexOf("b_x") + 3 })).toBe("the sign is wrong here there");
  });

  test("definitions between a comment and its claim are passed over, the claim before is not", () => {
    const text = "% not this\nclaim (0): a\n  = b\n% ---- (1)\n% the bar\nlet A = a\n  + b\nrefute (1): A = 0\n";
    const start = text.indexOf("refute");
    expect(commentOf({ path: "p", text }, { start, end: text.length - 1 })).toBe("the bar");
  });

  test.each([
    ["keep V_1 and \\tilde{\\phi}_1^{(N)}, please", ["keep ", "$V_1", " and ", "$\\tilde{\\phi}_1^{(N)}", ", please"]],
    ["is a_y^* b_x; it must", ["is ", "$a_y^* b_x", "; it must"]],
    ["(i \\partial_t W^*) \\mathcal{W}.", ["(i ", "$\\partial_t W^*", ") ", "$\\mathcal{W}", "."]],
    ["the bar over p(k_t)(y,x), which", ["the bar over ", "$p(k_t)(y,x)", ", which"]],
    ["has [b_x, X] = 0, as", ["has ", "$[b_x, X]", " = 0, as"]],
    ["this is \\mathcal{Z}(e^{-K} F)^*.", ["this is ", "$\\mathcal{Z}(e^{-K} F)^*", "."]],
    ["already $a + b$ here", ["already ", "$a + b", " here"]],
    ["no formula at all, not 1/2", ["no formula at all, not 1/2"]],
  ])("formulas in the comment %s", (comment, expected) => {
    expect(pieces(comment).map(({ kind, text }) => (kind === "math" ? `$${text}` : text))).toEqual(expected);
  });

  test("text in LaTeX", () => {
    expect(escapeTex("a_b^2 {50%} \\x")).toBe("a\\_b\\textasciicircum{}2 \\{50\\%\\} \\textbackslash{}x");
  });
});

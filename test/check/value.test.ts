import { all, create } from "mathjs";
import { describe, expect, test } from "vitest";
import { value } from "../../src/index.js";

/** mathjs as it comes, in doubles: what the test's own formulas are evaluated with. */
const math = create(all as NonNullable<typeof all>, {});

async function number(text: string, at?: string): Promise<{ re: number; im: number; text: string }> {
  const result = await value(text, at === undefined ? {} : { at });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("; "));
  return result.value;
}

async function refusal(text: string, at?: string): Promise<{ code: string; column: number; message: string; hint?: string }> {
  const result = await value(text, at === undefined ? {} : { at });
  if (result.ok) throw new Error(`${text} is ${result.value.text}`);
  const [first] = result.diagnostics;
  if (first === undefined) throw new Error("no message");
  return first;
}

describe("numbers", () => {
  test.each([
    ["\\langle (c + c^*)^8 \\rangle", undefined, "105"],
    ["\\langle (c + c^*)^{40} \\rangle", undefined, "3.19830986772878e+23"],
    ["\\sqrt{N} \\cosh s", "N = 100, s = ln(2)", "12.5"],
    ["\\exp(i \\pi/3)", undefined, "0.5 + 0.866025403784439 i"],
    ["\\exp(i \\pi)", undefined, "-1"],
    ["\\exp(-i \\pi/2)", undefined, "-i"],
    ["\\sqrt{-2}", undefined, "1.4142135623731 i"],
    ["N^{1/2} M^{-1}", "N = 9, M = 12", "0.25"],
    ["\\mu N_1", "\\mu = 2, N_{1} = mu^3", "16"],
    ["\\overline{s} s", "s = 3 + 4i", "25"],
    ["\\overline{s}", "s = 3 + 4i", "3 - 4 i"],
    ["N", "r = 2, N = r^5", "32"],
    ["N", "N = max(1, 2), ", "2"],
    ["\\exp(i s) / \\mu", "\\mu = 2, s = mu pi/3", "-0.25 + 0.433012701892219 i"],
    ["N - 2", "N = sin(pi) + ln(e^2)", "0"],
    ["\\exp(N) - 1", "N = 10^-50 pi / pi", "1e-50"],
    ["N", "e = 3, pi = 4, N = e + pi", "7"],
    ["N - N", undefined, "0"],
    ["\\langle [c, c^*] \\rangle / 3", undefined, "0.333333333333333"],
    ["\\sum_m N", "N = 1/2", "1"],
  ])("%s at %s is %s", async (text, at, expected) => expect((await number(text, at)).text).toBe(expected));

  test("terms that cancel keep their digits", async () => {
    expect((await number("\\exp(s) - 1 - s", "s = 10^-60")).text).toBe("5e-121");
    expect((await number("\\sqrt{2+\\sqrt{3}} - \\sqrt{3/2} - \\sqrt{1/2}")).text).toBe("0");
  });
  test("beyond doubles", async () => {
    expect(await number("\\exp(\\exp(s))", "s = 7")).toMatchObject({
      re: Number.POSITIVE_INFINITY,
      text: expect.stringMatching(/e\+476$/),
    });
  });
  test("parameters of a document", async () => {
    const document = { path: "d.wick", text: "param N > 0, s in R\nlet u = \\sqrt{N} \\sinh s\n" };
    expect(await value("u", { with: document, at: "N = 4, s = ln(2)" })).toMatchObject({ ok: true, value: { re: 1.5, im: 0 } });
    expect(await value("u", { with: document, at: "N = -4, s = 1" })).toMatchObject({
      ok: false,
      diagnostics: [{ column: 5, message: "`N` is positive, but its value is -4" }],
    });
    expect(await value("u", { with: document, at: "N = 4, s = 2i" })).toMatchObject({
      ok: false,
      diagnostics: [{ message: "`s` is real, but its value is 2 i" }],
    });
    expect(await value("u", { with: document, at: "N = 4, r = 2" })).toMatchObject({ ok: false, diagnostics: [{ column: 8 }] });
  });
});

/** An expression of the language, and the same written by hand for mathjs; the engine stands between only one of them and its number. */
describe("the engine's roots and exponentials are those of mathjs", () => {
  const points = ["N = 2, s = 0.3", "N = 7.25, s = -1.5", "N = 1/3, s = 2 - 0.75i"];
  const pairs: readonly [string, string][] = [
    ["\\sqrt{8} \\sqrt{6} / \\sqrt{3}", "sqrt(8) * sqrt(6) / sqrt(3)"],
    ["(12/5)^{3/2} (5/7)^{-2/3}", "(12/5)^(3/2) * (5/7)^(-2/3)"],
    ["\\sqrt{N + 1} (N + 1)^{3/2}", "(N + 1)^2"],
    ["\\sqrt{N} / (\\sqrt{N} + \\pi)", "sqrt(N) / (sqrt(N) + pi)"],
    ["\\sqrt{1 + \\sqrt{2 + N}}", "sqrt(1 + sqrt(2 + N))"],
    ["\\cosh(s)^2 - \\sinh(s)^2", "1"],
    ["\\cosh(2 s) \\sinh s - \\exp(-3 s)", "cosh(2 s) * sinh(s) - exp(-3 s)"],
    ["(\\exp s - N)^3 \\exp(-s)", "(exp(s) - N)^3 / exp(s)"],
    ["1 / (\\exp(s) + \\exp(-s))", "1 / (2 cosh(s))"],
    ["\\exp(\\sqrt{N} s) \\exp(-N s)", "exp(sqrt(N) * s - N * s)"],
    ["\\overline{\\exp(i s)}", "conj(exp(i * s))"],
    ["|\\exp(s)|^2", "exp(2 re(s))"],
    ["\\langle (\\cosh(s) c + \\sinh(s) c^*)^4 \\rangle", "cosh(s)^2 sinh(s)^2 + 2 cosh(s)^2 sinh(s)^2"],
    ["\\langle (c + N)^3 (c^* + s)^3 \\rangle", "N^3 s^3 + 9 N^2 s^2 + 18 N s + 6"],
    ["\\langle c^{12} (c^*)^{12} \\rangle \\pi^{-3}", "12! / pi^3"],
  ];
  test.each(pairs.flatMap(([ours, theirs]) => points.map((at) => [ours, theirs, at] as const)))(
    "%s = %s at %s",
    async (ours, theirs, at) => {
      const scope: Record<string, unknown> = {};
      for (const part of at.split(", ")) math.evaluate(part, scope);
      const wanted = math.complex(math.evaluate(theirs, scope));
      const found = await number(`${ours} + 0 N + 0 s`, at);
      const size = Math.hypot(wanted.re, wanted.im);
      expect(Math.hypot(found.re - wanted.re, found.im - wanted.im) / size).toBeLessThan(1e-13);
    },
  );
});

describe("what is no number is named", () => {
  test.each([
    ["a_x + N", undefined, "not-a-number", /the operator `a_x`/],
    ["\\delta(x-y)", undefined, "not-a-number", /the delta `\\delta\(x-y\)`/],
    ["\\sqrt{N} M", "N = 1", "no-value", /`M`/],
    ["1/N", "N = 0", "division-by-zero", /division by zero/],
    ["\\exp(N)", "N = 10^30", "too-large", /too large/],
    ["(", undefined, "", /./],
  ])("%s at %s", async (text, at, code, message) => {
    const found = await refusal(text, at);
    expect(found.message).toMatch(message);
    if (code !== "") expect(found.code).toBe(code);
  });
  test("integrals, functions", async () => {
    const document = { path: "d.wick", text: "index x, y in R^3\nfunction f(x)\nboson a_x\n" };
    const say = async (text: string) => {
      const result = await value(text, { with: document });
      return result.ok ? result.value.text : result.diagnostics[0]?.message;
    };
    expect(await say("f(x)")).toMatch(/the function `f\(x\)`/);
    expect(await say("\\int |f(x)|^2 dx")).toMatch(/the integral `\\int \|f\(x\)\|\^2 dx`/);
    expect(await say("\\exp(f(x) \\overline{f(y)})")).toMatch(/the function `f\(x\)`.* and .*the function/);
  });
});

describe("values that are refused", () => {
  test.each([
    ["N = 2 kg", 7, /`kg` .*unit/],
    ["N = foo", 5, /`foo` has no value/],
    ["N = s, s = 1", 5, /`s` .*/],
    ['N = import("fs")', 5, /the function `import`/],
    ['N = evaluate("1")', 5, /the function `evaluate`/],
    ['N = createUnit("x")', 5, /the function `createUnit`/],
    ["N = simplify(1)", 5, /the function `simplify`/],
    ["N = derivative(1, 2)", 5, /the function `derivative`/],
    ["N = random()", 5, /the function `random`/],
    ["N = cos.constructor(1)", 5, /found/],
    ['N = cos["constructor"]', 5, /found/],
    ["N = [1, 2]", 5, /expected an expression of numbers/],
    ['N = "a"', 5, /expected a number/],
    ["N = true", 5, /expected a number/],
    ["N = 1; 2", 8, /expected an assignment/],
    ["N = f(x) = x", 5, /expected an expression of numbers/],
    ["N = sqrt", 5, /lacks its argument/],
    ["N = sqr(2)", 5, /the function `sqr`/],
    ["N = 1 > 0", 5, /operator|expected/],
    ["N = 1/0", 5, /no finite number/],
    ["N = 100000!", 5, /too large/],
    ["N = 1 +", 7, /cannot be read/],
    ["N = \\pi", 5, /cannot be read/],
    ["N =", 1, /no value/],
    ["= 2", 1, /no name/],
    ["N", 1, /expected an assignment/],
    ["N = 1, N = 2", 8, /two values/],
    ["M = 1", 1, /`M` is no parameter/],
  ])("%s", async (at, column, message) => {
    const found = await refusal("N", at);
    expect(found.message).toMatch(message);
    expect(found.column).toBe(column);
  });
  test("hostile ones end soon", async () => {
    const started = performance.now();
    expect((await refusal("N", `N = ${"(".repeat(20000)}1`)).message).toMatch(/deep/);
    expect((await number("N", "N = tanh(10^6) + cosh(10^6) sinh(-10^6) / cosh(10^6)^2")).text).toBe("0");
    expect((await refusal("N", "N = 9999999!")).message).toMatch(/too large/);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

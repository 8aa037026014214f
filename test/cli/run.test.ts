import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../src/cli/run.js";

let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "wick-run-")));
  for (const name of ["good", "good/sub", "bad", "wrong", "empty", "cycle", "escape", "partly"]) mkdirSync(join(folder, name));
  const write = (path: string, text: string | Uint8Array): void => writeFileSync(join(folder, path), text);
  const preamble = "index x, y in R^3\nboson a_x\n";
  write("good/preamble.wick", preamble);
  write("good/sub/one.wick", 'use "../preamble.wick"\nclaim (1): [a_x, a_y^*] = \\delta(x-y)\nrefute (2): a_x = 0\nshow (3): a_x a_y^*\n');
  write("wrong/one.wick", `${preamble}claim (1): [a_x^*, a_y] = \\delta(x-y)\n`);
  write("bad/one.wick", `${preamble}claim (1): a_x + = 0\nclaim (2): a_x = a_x\n`);
  write("partly/let.wick", `${preamble}let C_x = a_x +\nlet B_x = 2 a_x\n`);
  write("cycle/a.wick", 'use "b.wick"\nclaim (1): 1 = 1\n');
  write("cycle/b.wick", 'use "a.wick"\n');
  write("escape/a.wick", 'use "../good/preamble.wick"\nclaim (1): 1 = 1\n');
  write("binary.wick", Uint8Array.from([0x63, 0, 1, 2]));
  write("latin.wick", Uint8Array.from([0x25, 0xe9, 0x0a]));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function wick(...argv: readonly string[]): Promise<Ran> {
  return withInput("", ...argv);
}

async function withInput(input: string, ...argv: readonly string[]): Promise<Ran> {
  let [out, err] = ["", ""];
  const status = await run(argv, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    input: async () => input,
    cwd: folder,
    colour: false,
    progress: false,
  });
  return { status, out, err };
}

describe("exit status", () => {
  test.each([
    [0, ["check", "good"]],
    [0, ["check", "good/sub/one.wick"]],
    [1, ["check", "wrong"]],
    [2, ["check", "bad"]],
    [2, ["check", "good", "missing"]],
    [2, ["check", "empty"]],
    [2, ["check", "binary.wick"]],
    [2, ["check", "latin.wick"]],
    [2, ["check", "cycle"]],
    [2, ["check", "escape"]],
    [0, ["check", "escape/a.wick"]],
    [2, ["check"]],
    [2, ["check", "good", "--seed", "x"]],
    [2, ["check", "good", "--points", "4"]],
    [2, ["check", "good", "--trials", "0"]],
    [2, ["check", "good", "--bogus"]],
    [2, []],
    [2, ["bogus"]],
    [0, ["--help"]],
    [0, ["--version"]],
    [0, ["normal", "--help"]],
    [0, ["normal", "a_x a_y^*"]],
    [0, ["normal", "-a a^*"]],
    [0, ["normal", "--", "-a a^*"]],
    [2, ["normal", "a_x +"]],
    [2, ["normal", "a_x a_x^*"]],
    [2, ["normal", ""]],
    [2, ["normal"]],
    [2, ["normal", "a", "b"]],
    [0, ["normal", "a_x", "--with", "good/preamble.wick"]],
    [2, ["normal", "b_x", "--with", "good/preamble.wick"]],
    [0, ["normal", "a_x", "--with", "bad/one.wick"]],
    [2, ["normal", "C_x", "--with", "partly/let.wick"]],
    [2, ["normal", "a_x", "--with", "good"]],
    [2, ["normal", "a_x", "--with", "nowhere.wick"]],
    [0, ["equal", "[a_x, a_y^*]", "\\delta(x-y)"]],
    [1, ["equal", "a_x", "a_y"]],
    [2, ["equal", "a_x", ")"]],
    [2, ["equal", "-", "-"]],
    [0, ["value", "\\langle (c + c^*)^8 \\rangle"]],
    [0, ["value", "-\\sqrt{N}", "--at", "N = 2"]],
    [0, ["value", "N M", "--at", "N = 2", "--at", "M = 3 N", "--json"]],
    [2, ["value", "a_x"]],
    [2, ["value", "N"]],
    [2, ["value", "N", "--at", "N = kg"]],
    [0, ["explain", "a_x a_y^*"]],
    [2, ["explain", "a_x a_x^*"]],
    [0, ["tex", "good"]],
    [2, ["tex", "bad"]],
  ] as [number, string[]][])("%i: wick %j", async (status, argv) => {
    const ran = await wick(...argv);
    expect(ran).toMatchObject({ status });
    expect(ran.out + ran.err).not.toMatch(/internal error|^\s+at /m);
    if (status === 2) expect(ran.err).not.toBe("");
  });
});

describe("messages", () => {
  test("path, line, column, the source line, a caret", async () => {
    const { err } = await wick("check", "bad");
    expect(err).toMatch(/^bad\/one\.wick:3:\d+: error: .+\n {2}3 \| claim \(1\): a_x \+ = 0\n {4}\| +\^/);
  });
  test.each([
    ["missing", /missing:1:1: error: no such file or folder/],
    ["empty", /empty:1:1: error: no \.wick document/],
    ["binary.wick", /byte 2 is NUL/],
    ["latin.wick", /no UTF-8/],
    ["escape", /leaves the folder escape/],
    ["cycle", /circle/],
  ])("%s", async (path, message) => {
    expect((await wick("check", path)).err).toMatch(message);
  });
  test("an unknown command", async () => {
    expect((await wick("chek", "good")).err).toMatch(/unknown command 'chek'[\s\S]*check/);
  });
  test("which of two expressions is at fault", async () => {
    expect((await wick("equal", "a", "b +")).err).toMatch(/^right:1:4: error/);
    expect((await wick("equal", "a_x a_x^*", "b")).err).toMatch(/^left:1:1: error/);
  });
  test("help has examples for every command", async () => {
    for (const command of ["check", "normal", "equal", "explain", "tex"])
      expect((await wick(command, "--help")).out).toMatch(/Examples:\n {2}wick/);
  });
});

describe("check", () => {
  test("a table, and nothing else, on standard output", async () => {
    const { out, err } = await wick("check", "good");
    expect(err).toBe("");
    expect(out).toMatch(/good\/sub\/one\.wick\n {2}proved {2,}claim \(1\) {2,}line 2/);
    expect(out).toMatch(/shown .*\n +3 = a_y\^\* a_x \+ \\delta\(x-y\)\n/);
    expect(out).toMatch(/2 claims in 2 documents: 2 pass \(seed 1\)\n$/);
  });
  test("what is wrong, and the repair", async () => {
    const { out } = await wick("check", "wrong");
    expect(out).toMatch(/left - right = -2 \\delta\(x-y\)/);
    expect(out).toMatch(/did you mean: \.\.\. = -\s*\\delta\(x-y\)/);
  });
  test("JSON alone on standard output, also where there are errors", async () => {
    const { out } = await wick("check", "good", "bad", "missing", "--json");
    const report = JSON.parse(out) as {
      version: number;
      files: { path: string; diagnostics: unknown[]; statements: { status: string }[] }[];
      summary: unknown;
    };
    expect(report.version).toBe(1);
    expect(report.files.map((file) => file.path)).toEqual(["good/preamble.wick", "good/sub/one.wick", "bad/one.wick", "missing"]);
    expect(report.files[2]?.statements.map((s) => s.status)).toEqual(["error", "proved"]);
    expect(report.summary).toEqual({ claims: 4, passes: 3, fails: 0, errors: 2 });
  });
  test("a document that is named twice is checked once", async () => {
    expect((await wick("check", "wrong", "wrong/one.wick")).out).toMatch(/1 claim in 1 document/);
  });
  test("--explain says why a refute passes", async () => {
    expect((await wick("check", "good/sub/one.wick")).out).not.toMatch(/left - right/);
    expect((await wick("check", "good/sub/one.wick", "--explain")).out).toMatch(/left - right = a_x/);
  });
});

describe("expressions", () => {
  test("normal --json", async () => {
    const { out } = await wick("normal", "a_x a_y^*", "--json");
    expect(JSON.parse(out)).toEqual({
      version: 1,
      latex: expect.any(String),
      text: "a_y^* a_x + \\delta(x-y)",
      terms: 2,
      milliseconds: expect.any(Number),
    });
  });
  test("equal --json", async () => {
    expect(JSON.parse((await wick("equal", "a", "a", "--json")).out)).toMatchObject({ version: 1, status: "proved", residual: null });
    expect(JSON.parse((await wick("equal", "a", "b", "--json")).out)).toMatchObject({ version: 1, status: "refuted", residual: "a - b" });
    const faulty = await wick("equal", "a", "(", "--json");
    expect(JSON.parse(faulty.out)).toMatchObject({ version: 1, status: "error", diagnostics: [{ line: 1 }] });
  });
  test("from standard input", async () => {
    expect((await withInput("a_x a_y^*\n", "normal", "-")).out).toBe("a_y^* a_x + \\delta(x-y)\n");
    expect((await withInput("\\delta(x-y)\n", "equal", "[a_x, a_y^*]", "-")).status).toBe(0);
  });
  test("with the names of a document", async () => {
    expect((await wick("normal", "a_x a_y^*", "--with", "good/preamble.wick")).out).toBe("a_y^* a_x + \\delta(x-y)\n");
  });
  test("with a document that has a fault elsewhere", async () => {
    const { out, err } = await wick("normal", "B_x", "--with", "partly/let.wick");
    expect(out).toBe("2 a_x\n");
    expect(err).toMatch(/^partly\/let\.wick:3:\d+: warning: /);
    expect((await wick("normal", "C_x", "--with", "partly/let.wick")).err).toMatch(
      /error: `C_x` was declared in line 3, in a statement with an error/,
    );
  });
  test("explain prints LaTeX with the rules that were used", async () => {
    expect((await wick("explain", "a_x a_y^*")).out).toMatch(/\\begin\{align\*\}[\s\S]*ccr[\s\S]*\\end\{align\*\}\n$/);
  });
});

test("an error is said once", async () => {
  const { out, err } = await wick("check", "bad/one.wick");
  const message = /error: (.+)/.exec(err)?.[1] as string;
  expect(message).not.toBe("");
  expect(out).not.toContain(message);
  expect(err.split(message)).toHaveLength(2);
});

test("the README shows what the program prints", async () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const example = readFileSync(new URL("../../examples/weyl.wick", import.meta.url), "utf8");
  const timeless = (text: string): string => text.replace(/ +\d+\.\d+ m?s/g, " T");
  expect(readme).toContain(example.trimEnd());
  mkdirSync(join(folder, "examples"));
  for (const name of ["weyl", "bogoliubov"])
    writeFileSync(join(folder, `examples/${name}.wick`), readFileSync(new URL(`../../examples/${name}.wick`, import.meta.url)));
  const blocks = [...readme.matchAll(/^\$ node dist\/cli\/main\.js (.+)\n([^`]*)```$/gm)];
  expect(blocks.length).toBe(3);
  for (const [, command, printed] of blocks) {
    const words = [...(command as string).matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => (quoted ?? bare) as string);
    expect(timeless((await wick(...words)).out)).toBe(timeless(printed as string));
  }
});

describe("tex and paper", () => {
  test("a LaTeX file of the equations and shows", async () => {
    const { out } = await wick("tex", "good/sub/one.wick");
    expect(out).toMatch(/^% Written by wick/);
    expect(out).toContain("[a_x, a_y^*] = \\delta(x-y)\n  \\tag{1}");
    expect(out).toContain("a_x a_y^* = a_y^* a_x + \\delta(x-y)\n  \\tag{3}");
    expect(out).toMatch(/\\end\{document\}\n$/);
  });
  test("files of one's own are not overwritten", async () => {
    expect((await wick("tex", "wrong", "--output", "tex")).status).toBe(0);
    expect((await wick("tex", "wrong", "--output", "tex")).status).toBe(0);
    writeFileSync(join(folder, "tex/one.tex"), "mine\n");
    const again = await wick("tex", "wrong", "--output", "tex");
    expect(again).toMatchObject({ status: 2 });
    expect(again.err).toMatch(/did not write/);
    expect(readFileSync(join(folder, "tex/one.tex"), "utf8")).toBe("mine\n");
  });
  test("a paper's tables come out the same twice", async () => {
    const tables = (to: string): string[] =>
      ["equations.md", "equations.tex", "errata.md", "errata.tex"].map((name) => readFileSync(join(folder, to, name), "utf8"));
    expect((await wick("paper", "good", "--output", "first")).status).toBe(0);
    expect((await wick("paper", "good", "--output", "second")).status).toBe(0);
    expect(tables("first")).toEqual(tables("second"));
    expect(tables("first")[0]).toContain("| (1) | sub/one.wick |");
    expect((await wick("paper", "wrong", "--output", "third")).status).toBe(1);
  });
});

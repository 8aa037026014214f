import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
let built: string;
let main: string;

/** The program as it is published: compiled, beside its package.json and rules. */
beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), "wick-built-"));
  copyFileSync(join(root, "package.json"), join(built, "package.json"));
  symlinkSync(join(root, "node_modules"), join(built, "node_modules"));
  symlinkSync(join(root, "rules"), join(built, "rules"));
  const compiled = spawnSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, "tsconfig.build.json"), "--outDir", join(built, "dist")],
    { encoding: "utf8" },
  );
  expect(compiled.stdout).toBe("");
  main = join(built, "dist/cli/main.js");
}, 120_000);
afterAll(() => rmSync(built, { recursive: true }));

function wick(args: readonly string[], input = ""): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, [main, ...args], { encoding: "utf8", input, cwd: built });
}

test("the program runs", () => {
  expect(wick(["normal", "a_x a_y^*"])).toMatchObject({ status: 0, stdout: "a_y^* a_x + \\delta(x-y)\n", stderr: "" });
  expect(wick(["normal", "-"], "-a a^*")).toMatchObject({ status: 0, stdout: "-a^* a - 1\n" });
  expect(wick(["equal", "a", "b"]).status).toBe(1);
  expect(wick(["explain", "a a^*"]).status).toBe(0);
  expect(wick(["check", "nowhere"]).status).toBe(2);
}, 60_000);

test("a reader that goes away is no error", () => {
  const long = Array.from({ length: 20 }, (_, i) => `a_{x_{${i}}}`).join(" + ");
  writeFileSync(join(built, "long.txt"), `(${long})^4`);
  const { stderr } = spawnSync("sh", ["-c", `"${process.execPath}" "${main}" normal - < long.txt | head -c 10`], {
    encoding: "utf8",
    cwd: built,
  });
  expect(stderr).toBe("");
}, 60_000);

test("binary input is refused with a message", () => {
  const ran = spawnSync(process.execPath, [main, "normal", "-"], { encoding: "utf8", input: Uint8Array.from([97, 0, 98]) });
  expect(ran).toMatchObject({ status: 2, stdout: "" });
  expect(ran.stderr).toMatch(/NUL/);
}, 60_000);

test("help and version need nothing heavy", () => {
  const loaded = spawnSync(
    process.execPath,
    [
      "--import",
      `data:text/javascript,process.on("exit",()=>process.stderr.write(Object.keys(process.moduleLoadList).length+""))`,
      main,
      "--version",
    ],
    { encoding: "utf8" },
  );
  expect(loaded.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const trace = spawnSync(process.execPath, [main, "--help"], { encoding: "utf8", env: { ...process.env, NODE_DEBUG: "esm,module" } });
  expect(trace.stderr).not.toMatch(/node_modules\/(?:mathjs|katex|nearley|immer)\/|dist\/(?:rewrite|evaluate|elaborate)\//);
}, 60_000);

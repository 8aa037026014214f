import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
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

/** A folder of documents that is worth more than one thread, where there is one. */
function folder(name: string, documents: number): string {
  mkdirSync(join(built, name));
  const lines = ["index x, y in R^3", "boson a_x", `% ${"-".repeat(5000)}`];
  for (let k = 1; k <= documents; k++) {
    // [a, (a^*)^n] = n (a^*)^(n-1), and a sign that is wrong in every third document.
    const claims = Array.from({ length: 6 }, (_, i) => `claim (${k}.${i}): [a_x, (a^*(f))^${i + 2}] = ${i + 2} f(x) (a^*(f))^${i + 1}`);
    const slip = k % 3 === 0 ? ["claim (slip): a_x a_y^* = a_y^* a_x - \\delta(x-y)"] : [];
    const wrong = k % 4 === 0 ? ["claim (unknown): g = 1"] : [];
    writeFileSync(join(built, name, `d${k}.wick`), `${[...lines, "function f(x)", ...claims, ...slip, ...wrong].join("\n")}\n`);
  }
  return name;
}
const timeless = (text: string): string => text.replace(/"milliseconds": [\d.e-]+/g, '"milliseconds": 0');

test("several threads say what one says", () => {
  const name = folder("many", 8);
  const all = wick(["check", name, "--json"]);
  const files = Array.from({ length: 8 }, (_, i) => wick(["check", join(name, `d${i + 1}.wick`), "--json"]));
  expect(all.status).toBe(2);
  expect((JSON.parse(timeless(all.stdout)) as { files: unknown }).files).toEqual(
    files.flatMap(({ stdout }) => (JSON.parse(timeless(stdout)) as { files: unknown[] }).files),
  );
  expect(all.stderr).toBe(files.map(({ stderr }) => stderr).join(""));
}, 120_000);

test.skipIf(availableParallelism() < 2)(
  "a thread that dies costs the document that it had, with a message",
  () => {
    const name = folder("fatal", 60);
    const worker = join(built, "dist/cli/worker.js");
    const whole = readFileSync(worker, "utf8");
    const dying = [
      'import { workerData } from "node:worker_threads";',
      "const table = new Int32Array(workerData.shared);",
      "const job = Atomics.add(table, 0, 1);",
      "Atomics.store(table, 3 * job + 1, workerData.worker);",
      'throw new Error("this thread dies");',
    ];
    try {
      writeFileSync(worker, dying.join("\n"));
      const { status, stderr, stdout } = wick(["check", name]);
      expect(status).toBe(2);
      expect(stderr).toMatch(/fatal\/d\d+\.wick:1:1: error: internal error: this thread dies\n {2}hint: please report this document/);
      expect(stdout).toMatch(/in 60 documents/);
      // A worker that cannot be loaded leaves all to the main thread.
      writeFileSync(worker, 'import "./nowhere.js";');
      const rest = wick(["check", name]);
      expect(rest.stderr).not.toMatch(/internal error/);
      expect(rest.stdout).toMatch(/in 60 documents/);
    } finally {
      writeFileSync(worker, whole);
    }
  },
  120_000,
);

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

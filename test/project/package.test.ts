import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";

/** What is published: `npm test` builds first, so that dist/ is what the sources say. */

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Manifest {
  readonly version: string;
  readonly bin: { readonly wick: string };
  readonly main: string;
  readonly types: string;
  readonly exports: { readonly ".": { readonly types: string; readonly default: string } };
}
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;

describe("the package", () => {
  let files: readonly string[] = [];
  beforeAll(() => {
    const out = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts", "--offline"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    files =
      (JSON.parse(out) as readonly { readonly files: readonly { readonly path: string }[] }[])[0]?.files.map(({ path }) => path) ?? [];
  });

  test("has the entry points that package.json names", () => {
    const entries = [manifest.bin.wick, manifest.main, manifest.types, manifest.exports["."].types, manifest.exports["."].default];
    for (const entry of entries) expect(files).toContain(entry.replace(/^\.\//, ""));
  });

  test("has the rules, the licence and what a user reads", () => {
    expect(files.filter((path) => /^rules\/.*\.wick$/.test(path))).not.toEqual([]);
    for (const file of ["LICENSE", "README.md", "docs/language.md"]) expect(files).toContain(file);
  });

  test("has no sources, tests, papers or benchmarks", () => {
    expect(files.filter((path) => /^(src|test|papers|output|bench|grammar|scripts)\//.test(path))).toEqual([]);
  });

  test("has every relative link of its README", () => {
    const links = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
      ([, path]) => path as string,
    );
    for (const link of links) expect(existsSync(join(root, link)), link).toBe(true);
  });
});

describe("the command", () => {
  const main = join(root, manifest.bin.wick);

  test("is a script for node that may be executed", () => {
    expect(readFileSync(main, "utf8").startsWith("#!/usr/bin/env node\n")).toBe(true);
    if (process.platform !== "win32") expect(statSync(main).mode & 0o111).toBe(0o111);
  });

  test("says the package's version", () => {
    expect(execFileSync(process.execPath, [main, "--version"], { encoding: "utf8" }).trim()).toBe(manifest.version);
  });
});

describe("the lock file", () => {
  const lock = readFileSync(join(root, "package-lock.json"), "utf8");

  test("names no registry", () => {
    expect(lock).not.toMatch(/"resolved": "https?:/);
  });

  test("has the package's version", () => {
    expect((JSON.parse(lock) as { readonly version: string }).version).toBe(manifest.version);
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { check, type Read } from "../../src/index.js";

/**
 * Exercises of many-body physics whose answers are in textbooks: every `claim` is proved, every `refute` refuted, except
 * where a comment on the statement's first line says `% verified: why`.
 */
const here = fileURLToPath(new URL("./", import.meta.url));
const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
/** The example of the README, with a slip that the program finds. */
const slip = "weyl.wick";

const read: Read = (path, from) => {
  const file = join(dirname(from), path);
  return { path: file, text: readFileSync(file, "utf8") };
};

const documents = [here, examples].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".wick") && name !== slip)
    .map((name) => [name, join(folder, name)] as const),
);

describe("textbook identities are proved, wrong variants refuted", () => {
  test.each(documents)("%s", { timeout: 60_000 }, (_, path) => {
    const text = readFileSync(path, "utf8");
    const lines = text.split("\n");
    const { statements, diagnostics } = check(text, { path, read, slips: "none" });
    expect(diagnostics).toEqual([]);
    const expected = statements.map(({ kind, name, line }) => {
      const usual = kind === "claim" ? "proved" : "refuted";
      return `${kind} (${name}): ${/%.*\bverified:/.test(lines[line - 1] as string) ? "verified" : usual}`;
    });
    expect(statements.map((s) => `${s.kind} (${s.name}): ${s.kind === "show" ? "shown" : s.status}`)).toEqual(expected);
    // As many statements as lines that begin one.
    expect(statements.length).toBe(lines.filter((line) => /^(?:claim|refute)\b/.test(line)).length);
    expect(statements.length).toBeGreaterThan(0);
  });
});

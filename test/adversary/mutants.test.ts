import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { check } from "../../src/index.js";
import { type Mutant, mutants, statements } from "./mutants.js";

/**
 * Every equation with one slip in it: a sign, a factor, a conjugate, an adjoint, a label, a power, the order of operators, a
 * function, a missing term. None may be proved or verified, unless the slip changes nothing: then what was changed equals what
 * it was, which has to be proved once more from other random numbers (and on more points where all are taken).
 *
 * A sample is taken; all of them with the environment variable MUTANTS=all, or about as many as it says.
 */
const root = new URL("../../", import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), "utf8");
const paper = (name: string): string =>
  [text("papers/two-component-gp/preamble.wick"), text(`papers/two-component-gp/${name}.wick`).replace(/^use .*$/m, "")].join("\n");

const documents: readonly (readonly [name: string, text: () => string])[] = [
  ...["bogoliubov", "fermions", "gradients", "hyperbolic", "rates", "species"].map(
    (name) => [name, () => text(`test/adversary/${name}.wick`)] as const,
  ),
  ...["displaced", "quasifree", "conditions"].map((name) => [name, () => text(`test/documents/${name}.wick`)] as const),
  ...["diagonalisation", "condensate"].map((name) => [name, () => text(`papers/bogoliubov-torus/${name}.wick`)] as const),
  ...["section-1", "section-3", "section-4", "section-a"].map((name) => [name, () => paper(name)] as const),
];

const wanted = process.env["MUTANTS"] ?? "160";
/** False variants that a whole run has to make. */
const least = 500;

const made = documents.map(([name, read]) => ({ name, document: read(), list: mutants(statements(read())) }));
const total = made.reduce((sum, { list }) => sum + list.length, 0);
const share = wanted === "all" ? 1 : Math.min(1, Number(wanted) / total);

interface Judged {
  readonly mutant: Mutant;
  readonly status: string;
}

/** Statuses of the mutants, each a claim after the one that it was made from. */
function judge(document: string, list: readonly Mutant[]): Judged[] {
  const claims = list.map((mutant, k) => ({ mutant, line: `claim (mutant ${k}): ${oneLine(mutant.other)} = ${oneLine(mutant.changed)}` }));
  const lines = statements(document).flatMap((statement) => [
    ...(statement.claim === undefined && !/^(?:refute|show)\b/.test(statement.text) ? [statement.text] : []),
    ...claims.filter(({ mutant }) => mutant.line === statement.line).map(({ line }) => line),
  ]);
  const report = check(lines.join("\n"), { slips: "none" });
  return report.statements.flatMap((s) => {
    const k = /^mutant (\d+)$/.exec(s.name)?.[1];
    return k === undefined || s.kind === "show" ? [] : [{ mutant: list[Number(k)] as Mutant, status: s.status }];
  });
}

/** Whether the change changed nothing. */
function harmless(document: string, mutant: Mutant): boolean {
  const lines = statements(document)
    .filter((s) => s.line < mutant.line && s.claim === undefined && !/^(?:refute|show)\b/.test(s.text))
    .map((s) => s.text);
  const equation = `claim (1): ${oneLine(mutant.original)} = ${oneLine(mutant.changed)}`;
  const { statements: found } = check([...lines, equation].join("\n"), {
    slips: "none",
    seed: 20_261,
    trials: 4,
    ...(share === 1 ? { points: 5 } : {}),
  });
  const [one] = found;
  return one !== undefined && one.kind !== "show" && one.status === "proved";
}

const oneLine = (side: string): string => side.replace(/\s+/g, " ").trim();

describe("equations with one slip", () => {
  test("there are enough of them", () => {
    expect(total).toBeGreaterThan(2 * least);
    for (const { name, list } of made) expect(`${name}: ${list.length > 50}`).toBe(`${name}: true`);
  });

  test.each(made)("$name", { timeout: 3_600_000 }, ({ document, list }) => {
    // Equally spaced, from an offset that has nothing to do with the order of the slips.
    const sample = list.filter((_, k) => Math.floor((k * 7 + 3) * share) !== Math.floor((k * 7 + 3 - 1) * share) || share === 1);
    const judged = judge(document, sample);
    expect(judged.length).toBe(sample.length);
    const confirmed = judged.filter(({ status }) => !["refuted", "error"].includes(status));
    const wrong = confirmed.filter(({ mutant, status }) => status === "inconsistent" || !harmless(document, mutant));
    expect(wrong.map(({ mutant, status }) => `(${mutant.name}) ${mutant.slip}, ${status}: ${mutant.changed}`)).toEqual([]);
    if (process.env["MUTANTS"] !== undefined) {
      const count = (status: string): number => judged.filter((j) => j.status === status).length;
      console.log(
        `${judged.length} variants: ${count("refuted")} refuted, ${count("error")} without meaning, ${confirmed.length} unchanged`,
      );
      for (const { mutant } of confirmed) console.log(`  (${mutant.name}) ${mutant.slip}: ${mutant.original}  ->  ${mutant.changed}`);
    }
  });
});

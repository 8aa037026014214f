// One workload in one process: `node bench/inside.mjs EXPRESSION DOCUMENT [SECONDS]` prints the first time, the best
// of those that follow within SECONDS, the number of terms and the sum of their coefficients, as JSON. The one
// place where the benchmarks call the engine itself; what is timed is what `wick normal --json` calls milliseconds.
import { readFileSync } from "node:fs";
import { openScope, readExpression } from "../dist/check/expressions.js";
import { form, normalOrder, reset, termCount } from "../dist/rewrite/engine.js";

const [text, document, seconds = "1"] = process.argv.slice(2);

function read() {
  const scope = openScope({ with: { path: document, text: readFileSync(document, "utf8") } });
  if (!scope.ok) throw new Error(scope.diagnostics.map(({ message }) => message).join("\n"));
  const expression = readExpression({ path: "expression", text }, scope.value);
  if (!expression.ok) throw new Error(expression.diagnostics.map(({ message }) => message).join("\n"));
  return { expression: expression.value, assumptions: scope.value.assumptions };
}

function once() {
  // No answer may come out of a store: what an earlier run has kept is thrown away.
  reset();
  const { expression, assumptions } = read();
  const started = performance.now();
  const sum = normalOrder(expression, { assumptions });
  return { sum, milliseconds: performance.now() - started };
}

const first = once();
const { terms } = form(first.sum);
// Sums of coefficients are compared for the workloads that have whole ones.
const whole = terms.every(({ re }) => re.d === 1n);
const total = whole ? terms.reduce((sum, { re }) => sum + re.n, 0n) : null;
const answer = {
  first: first.milliseconds,
  terms: termCount(first.sum),
  written: terms.length,
  sum: total === null ? null : String(total),
  best: first.milliseconds,
  runs: 1,
};
const end = performance.now() + 1000 * Number(seconds);
while (performance.now() < end && answer.runs < 1000) {
  answer.best = Math.min(answer.best, once().milliseconds);
  answer.runs++;
}
console.log(JSON.stringify(answer));

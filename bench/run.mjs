// Runs the workloads in Wickwork and, where they are installed, in FORM and SymPy, in turn, and prints Markdown:
//   npm run bench -- [WORKLOAD ...] [--rounds 3] [--limit 60] [--no-series] [--no-others]
// Every result's number of terms and sum of coefficients is held to what is expected; exit status 1 if one is wrong.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measure } from "./measure.mjs";
import { workloads } from "./workloads.mjs";

const usage = `usage: bench/run.mjs [${workloads.map(({ name }) => name).join("|")} ...] [--rounds 3] [--limit 60] [--no-series] [--no-others]`;

function read() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        rounds: { type: "string", default: "3" },
        limit: { type: "string", default: "60" },
        "no-series": { type: "boolean", default: false },
        "no-others": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (problem) {
    console.error(`${problem.message}\n${usage}`);
    process.exit(2);
  }
}
const { values, positionals } = read();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const rounds = Math.max(1, Number(values.rounds));
const limit = Number(values.limit);
const unknown = positionals.filter((name) => !workloads.some((work) => work.name === name));
if (unknown.length > 0 || !Number.isFinite(rounds) || !Number.isFinite(limit)) {
  console.error(usage);
  process.exit(2);
}
const chosen = workloads.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const wick = here("../dist/cli/main.js");
const problems = [];

/** The programs of others that are on this machine: how to run them, and what they say of themselves. */
const programs = new Map();
if (!values["no-others"]) {
  const form = spawnSync("form", ["-v"], { encoding: "utf8" });
  if (form.error === undefined) programs.set("FORM", { version: (/FORM \S+/.exec(form.stdout) ?? ["FORM"])[0] });
  for (const python of ["/usr/bin/python3", "python3"]) {
    const sympy = spawnSync(python, ["-c", "import sympy; print(sympy.__version__)"], { encoding: "utf8" });
    if (sympy.status === 0 && !programs.has("SymPy")) programs.set("SymPy", { version: `SymPy ${sympy.stdout.trim()}`, python });
  }
}

const commandOf = ({ program, file }, n) =>
  program === "FORM"
    ? ["form", ["-q", "-d", `n=${n}`, here(`form/${file}`)]]
    : [programs.get("SymPy").python, [here(`sympy/${file}`), String(n)]];

const documentOf = (work, n) => here(`wick/${work.document(n)}`);
/** The number after a name; FORM breaks the long ones into lines. */
const field = (text, name) => new RegExp(`^${name} ([\\d.e-]+(?:\\n\\d+)*)`, "m").exec(text)?.[1]?.replaceAll("\n", "");

function verify(who, work, n, terms, sum) {
  const expected = work.expected(n);
  if (expected === null) return;
  const [count, total] = expected;
  if (Number(terms) !== count) problems.push(`${who}, ${work.title}, n = ${n}: ${terms} terms, expected ${count}`);
  if (sum !== undefined && BigInt(sum) !== total)
    problems.push(`${who}, ${work.title}, n = ${n}: coefficients sum to ${sum}, expected ${total}`);
}

const why = (result) => (result.timedOut ? `> ${limit} s` : "failed");
const lesser = (a, b) => (a === null ? b : b === null ? a : Math.min(a, b));
const greater = (a, b) => (a === null ? b : b === null ? a : Math.max(a, b));
/** The better of two runs: least times, greatest peak. */
function merge(a, b) {
  if (a === undefined) return b;
  return {
    compute: lesser(a.compute, b.compute),
    whole: lesser(a.whole, b.whole),
    megabytes: greater(a.megabytes, b.megabytes),
    // A run that ended counts, whatever became of another.
    failure: a.whole === null && b.whole === null ? (a.failure ?? b.failure) : undefined,
  };
}

async function runWick(work, n) {
  const result = await measure(process.execPath, [wick, "normal", "--json", "--with", documentOf(work, n), work.expression(n)], { limit });
  if (!result.ok) {
    problems.push(
      `wick, ${work.title}, n = ${n}: ${result.timedOut ? why(result) : (result.stderr || result.stdout).trim().slice(0, 300)}`,
    );
    return { compute: null, whole: null, megabytes: null, failure: why(result) };
  }
  const { terms, milliseconds } = JSON.parse(result.stdout);
  verify("wick", work, n, terms);
  return { compute: milliseconds, whole: result.milliseconds, megabytes: result.megabytes };
}

/** The engine in a process of its own, first and warm; null where it fails. */
async function runInside(work, n, seconds) {
  const result = await measure(process.execPath, [here("inside.mjs"), work.expression(n), documentOf(work, n), String(seconds)], {
    limit: limit + seconds,
  });
  if (!result.ok) {
    problems.push(`engine, ${work.title}, n = ${n}: ${result.timedOut ? why(result) : result.stderr.trim().slice(0, 300)}`);
    return null;
  }
  const answer = JSON.parse(result.stdout);
  verify("engine", work, n, answer.terms, answer.sum);
  return { ...answer, megabytes: result.megabytes };
}

const summed = new Set();
async function runOther(other, work, n) {
  if (other.program === "FORM") await startForm();
  const result = await measure(...commandOf(other, n), { limit });
  if (!result.ok) {
    if (!result.timedOut)
      problems.push(`${other.program} ${other.label}, ${work.title}, n = ${n}: ${(result.stderr || result.stdout).trim().slice(0, 300)}`);
    return { compute: null, whole: null, megabytes: result.megabytes, failure: why(result) };
  }
  verify(`${other.program} ${other.label}`, work, n, field(result.stdout, "terms"), field(result.stdout, "sum"));
  // The sum of FORM's coefficients takes time of its own: asked for once, outside of the time.
  if (other.program === "FORM" && result.milliseconds < 5000 && !summed.has(`${other.file} ${n}`)) {
    summed.add(`${other.file} ${n}`);
    const [command, args] = commandOf(other, n);
    const check = await measure(command, ["-d", "check=1", ...args], { limit });
    if (check.ok) verify(`${other.program} ${other.label}`, work, n, field(check.stdout, "terms"), field(check.stdout, "sum"));
  }
  const own = field(result.stdout, "seconds");
  return { compute: own === undefined ? null : 1000 * Number(own), whole: result.milliseconds, megabytes: result.megabytes };
}

/** FORM's own start, the least of all that were seen: what is left of a run without it is its computation. */
let formStart = Number.POSITIVE_INFINITY;
async function startForm() {
  const result = await measure("form", ["-q", here("form/empty.frm")], { limit });
  if (result.ok) formStart = Math.min(formStart, result.milliseconds);
}

/** SymPy's programs say how long they computed; of FORM's the start is taken off. */
const computation = ({ compute, whole, failure }) => (failure !== undefined ? null : (compute ?? Math.max(0, whole - formStart)));

async function least(command, args) {
  let best = Number.POSITIVE_INFINITY;
  let peak = null;
  for (let i = 0; i < Math.max(5, rounds); i++) {
    const result = await measure(command, args, { limit });
    if (!result.ok) {
      problems.push(`${args.at(-1)}: ${result.timedOut ? why(result) : `${result.stdout}${result.stderr}`.trim().slice(-300)}`);
      return null;
    }
    best = Math.min(best, result.milliseconds);
    peak = greater(peak, result.megabytes);
  }
  return { milliseconds: best, megabytes: peak };
}

const time = (ms) =>
  ms === null || ms === undefined
    ? "–"
    : ms >= 9995
      ? `${(ms / 1000).toFixed(1)} s`
      : ms >= 999.5
        ? `${(ms / 1000).toFixed(2)} s`
        : ms >= 99.5
          ? `${ms.toFixed(0)} ms`
          : ms >= 9.95
            ? `${ms.toFixed(1)} ms`
            : `${ms.toFixed(2)} ms`;
const memory = (mb) => (mb === null || mb === undefined ? "–" : `${mb.toFixed(0)} MB`);
const ratio = (x) => (!Number.isFinite(x) ? "–" : x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2));
const row = (...cells) => console.log(`| ${cells.join(" | ")} |`);
/** In a table, a bar would end the cell. */
const code = (text) => `\`${text.replaceAll("|", "\\|")}\``;

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}; best of ${rounds}, programs in turn.`);
for (const name of ["FORM", "SymPy"]) if (!values["no-others"]) console.log(`${programs.get(name)?.version ?? `${name}: not installed`}.`);
console.log();
row("work", "n", "terms", "program", "computation", "process", "peak", "time / Wickwork's");
row("---", "---:", "---:", "---", "---:", "---:", "---:", "---:");
for (const work of chosen) {
  for (const n of work.main) {
    const others = work.compare.filter(({ program, reach }) => programs.has(program) && n <= reach);
    const results = new Map();
    for (let round = 0; round < rounds; round++) {
      results.set("wick", merge(results.get("wick"), await runWick(work, n)));
      for (const other of others) {
        // What takes long is not asked again.
        const before = results.get(other);
        if (before !== undefined && (before.failure !== undefined || before.whole > 5000)) continue;
        results.set(other, merge(before, await runOther(other, work, n)));
      }
    }
    const inside = await runInside(work, n, 1);
    const ours = results.get("wick");
    row(
      code(work.title),
      n,
      inside?.terms ?? "–",
      "Wickwork",
      ours.failure ?? time(ours.compute),
      time(ours.whole),
      memory(ours.megabytes),
      "1",
    );
    if (inside !== null)
      row("", "", "", "Wickwork, warm", time(inside.best), "", memory(inside.megabytes), ratio(inside.best / ours.compute));
    for (const other of others) {
      const theirs = results.get(other);
      row(
        "",
        "",
        "",
        `${other.program}, ${other.label}`,
        theirs.failure ?? time(computation(theirs)),
        time(theirs.whole),
        memory(theirs.megabytes),
        computation(theirs) === null || ours.compute === null ? "–" : ratio(computation(theirs) / ours.compute),
      );
    }
    for (const name of new Set(work.compare.map(({ program }) => program)))
      if (!programs.has(name) && !values["no-others"]) row("", "", "", name, "not installed", "", "", "");
  }
}

if (Number.isFinite(formStart))
  console.log(`\nFORM's start, ${time(formStart)}, is taken off its computation; SymPy's programs time theirs themselves.`);

const papers = here("../papers/two-component-gp");
console.log();
row("command", "process", "peak");
row("---", "---:", "---:");
const start = await least(process.execPath, [wick, "--version"]);
row(code("wick --version"), time(start?.milliseconds), memory(start?.megabytes));
const small = await least(process.execPath, [wick, "normal", "a_x a_y^*"]);
row(code("wick normal 'a_x a_y^*'"), time(small?.milliseconds), memory(small?.megabytes));
if (existsSync(papers)) {
  const paper = await least(process.execPath, [wick, "check", papers]);
  row(code("wick check papers/two-component-gp"), paper === null ? "failed" : time(paper.milliseconds), memory(paper?.megabytes));
}

if (!values["no-series"]) {
  console.log("\nGrowth: the first run in a fresh process and the best of a second's repetitions, the stores emptied between them.\n");
  row("work", "n", "terms", "first", "warm", "warm, a term", "peak");
  row("---", "---:", "---:", "---:", "---:", "---:", "---:");
  for (const work of chosen)
    for (const n of work.series) {
      const inside = await runInside(work, n, 1);
      if (inside === null) row(code(work.title), n, "–", "failed", "", "", "");
      else
        row(
          code(work.title),
          n,
          inside.terms,
          time(inside.first),
          time(inside.best),
          `${((1000 * inside.best) / inside.terms).toFixed(2)} µs`,
          memory(inside.megabytes),
        );
    }
}

if (problems.length > 0) {
  console.error(`\n${[...new Set(problems)].join("\n")}`);
  process.exitCode = 1;
}

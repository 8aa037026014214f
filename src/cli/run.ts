import { readFileSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { ExpressionFlags, PaperFlags, TexFlags, ValueFlags } from "./commands.js";
import type { CheckFlags } from "./document.js";
import type { Io } from "./io.js";
import { type Exit, exit, Stop } from "./io.js";

/** Commands whose arguments are expressions, which may begin with a minus sign. */
const expressionCommands: Readonly<Record<string, number>> = { normal: 1, equal: 2, explain: 1, value: 1 };
const valued = new Set(["--with", "--seed", "--points", "--trials", "--at"]);

/**
 * Runs `wick` with its arguments and returns the exit status. Everything heavy is loaded by the command that needs
 * it, so that `--help` and `--version` are instant. Nothing is thrown.
 */
export async function run(argv: readonly string[], io: Io): Promise<Exit> {
  let status: Exit = exit.pass;
  const program = commands(io, (result) => {
    status = result;
  });
  try {
    await program.parseAsync(protect(argv), { from: "user" });
    return status;
  } catch (problem) {
    if (problem instanceof CommanderError) return problem.exitCode === 0 ? exit.pass : exit.error;
    if (problem instanceof Stop) {
      io.err(`error: ${problem.message}\n${problem.hint === undefined ? "" : `  hint: ${problem.hint}\n`}`);
      return exit.error;
    }
    io.err(
      `internal error: ${problem instanceof Error ? problem.message : String(problem)}\nplease report this, with the command and the document\n`,
    );
    return exit.error;
  }
}

/** Puts expressions behind `--`, so that `wick normal '-a a^*' --json` has one argument and one option. */
export function protect(argv: readonly string[]): readonly string[] {
  const command = argv[0];
  if (command === undefined || !Object.hasOwn(expressionCommands, command)) return argv;
  const options: string[] = [];
  const expressions: string[] = [];
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i] as string;
    if (word === "--") {
      expressions.push(...argv.slice(i + 1));
      break;
    }
    if (valued.has(word)) {
      options.push(word);
      const value = argv[++i];
      if (value !== undefined) options.push(value);
    } else if (/^--[a-z]/.test(word) || word === "-h") options.push(word);
    else expressions.push(word);
  }
  return [command, ...options, ...(expressions.length > 0 ? ["--", ...expressions] : [])];
}

function commands(io: Io, done: (status: Exit) => void): Command {
  const program = new Command("wick")
    .description("Normal ordering of operator expressions, and proof or refutation of printed formulas.")
    .version(version(), "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError("(wick --help, or wick COMMAND --help, says more)")
    .configureOutput({ writeOut: io.out, writeErr: io.err, getOutHasColors: () => false, getErrHasColors: () => false });
  program.addHelpText(
    "after",
    `
Examples:
  wick check papers/two-component-gp
  wick normal 'a_x a_y^*'
  wick equal '[a_x, a_y^*]' '\\delta(x-y)'

Exit status: 0 every statement passes, 1 some statement fails, 2 bad usage, an
unreadable file, or a document with errors.`,
  );
  const withFile = (): Option => new Option("--with <file>", "a document whose declarations hold in the expression");
  const json = (): Option => new Option("--json", "print one JSON object on standard output");

  program
    .command("check")
    .description("prove or refute every statement of documents (a folder: every .wick in it)")
    .argument("<path...>", "documents and folders")
    .addOption(json())
    .option("--seed <n>", "seed of the random values, 1 unless told", whole(0))
    .option("--points <n>", "points that a continuous label ranges over, an odd number from 3 to 63", points)
    .option("--trials <n>", "random trials for each equation, 3 unless told", whole(1))
    .option("--explain", "say the residual of refutes that pass, too")
    .addHelpText(
      "after",
      examples("wick check paper.wick", "wick check papers/ --json > report.json", "wick check paper.wick --seed 7 --trials 5"),
    )
    .action(async (paths: string[], flags: CheckFlags) => done(await (await import("./commands.js")).check(paths, flags, io)));

  program
    .command("normal")
    .description("print the normal form of an expression")
    .argument("<expression>", "an expression; - reads standard input")
    .addOption(withFile())
    .addOption(json())
    .option("--latex", "print LaTeX instead of plain text")
    .addHelpText(
      "after",
      examples(
        "wick normal 'a_x a_y^*'",
        "wick normal '(c + c^*)^4'",
        "wick normal '-a a^*' --json",
        "echo '[a_x, a_y^*]' | wick normal -",
      ),
    )
    .action(async (text: string, flags: ExpressionFlags) => done(await (await import("./commands.js")).normal(text, flags, io)));

  program
    .command("equal")
    .description("decide whether two expressions are equal")
    .argument("<left>", "an expression; - reads standard input")
    .argument("<right>", "another")
    .addOption(withFile())
    .addOption(json())
    .option("--seed <n>", "seed of the random values, 1 unless told", whole(0))
    .option("--points <n>", "points that a continuous label ranges over, an odd number from 3 to 63", points)
    .option("--trials <n>", "random trials, 3 unless told", whole(1))
    .addHelpText(
      "after",
      examples("wick equal '[a_x, a_y^*]' '\\delta(x-y)'", "wick equal 'A_x' 'a_x + \\sqrt{N} \\phi(x)' --with paper.wick"),
    )
    .action(async (left: string, right: string, flags: ExpressionFlags) =>
      done(await (await import("./commands.js")).equal(left, right, flags, io)),
    );

  program
    .command("value")
    .description("print the number that an expression of parameters, roots and exponentials stands for")
    .argument("<expression>", "an expression; - reads standard input")
    .option("--at <values>", "values of parameters, 'N = 100, s = pi/3', in the syntax of mathjs", joined)
    .addOption(withFile())
    .addOption(json())
    .addHelpText(
      "after",
      examples(
        "wick value '\\langle (c + c^*)^8 \\rangle'",
        "wick value '\\sqrt{N} \\cosh s' --at 'N = 100, s = ln(2)'",
        "wick value '\\exp(i s) / \\mu' --at '\\mu = 2, s = mu pi/3' --json",
      ),
    )
    .action(async (text: string, flags: ValueFlags) => done(await (await import("./commands.js")).value(text, flags, io)));

  program
    .command("explain")
    .description("print how an expression is brought to normal form, step by step, as LaTeX for an appendix")
    .argument("<expression>", "an expression; - reads standard input")
    .addOption(withFile())
    .addHelpText("after", examples("wick explain 'a_x a_y^* a_z'", "wick explain '[a_x, E]' --with paper.wick"))
    .action(async (text: string, flags: ExpressionFlags) => done(await (await import("./commands.js")).explain(text, flags, io)));

  program
    .command("tex")
    .description("write the equations of documents as LaTeX, and what their shows print")
    .argument("<path...>", "documents and folders")
    .option("--output <folder>", "write a .tex file for each document there, instead of standard output")
    .addHelpText("after", examples("wick tex paper.wick > paper.tex", "wick tex papers/ --output tex/"))
    .action(async (paths: string[], flags: TexFlags) => done(await (await import("./commands.js")).tex(paths, flags, io)));

  program
    .command("paper", { hidden: true })
    .description("check a paper's folder and write tables of its equations and errata")
    .argument("<folder>", "a folder of documents")
    .requiredOption("--output <folder>", "where equations.md, equations.tex, errata.md and errata.tex go")
    .option("--seed <n>", "seed of the random values, 1 unless told", whole(0))
    .addHelpText("after", examples("wick paper papers/two-component-gp --output output/two-component-gp"))
    .action(async (folder: string, flags: PaperFlags) => done(await (await import("./commands.js")).paper(folder, flags, io)));

  return program;
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

/** Values may be given in several options. */
function joined(text: string, before: string | undefined): string {
  return before === undefined ? text : `${before}, ${text}`;
}

function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`expected a whole number, ${least} or more.`);
    return value;
  };
}

function points(text: string): number {
  const value = whole(3)(text);
  if (value % 2 === 0 || value > 63) throw new InvalidArgumentError("expected an odd number from 3 to 63.");
  return value;
}

function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}

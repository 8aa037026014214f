#!/usr/bin/env node
import module from "node:module";
import { setFlagsFromString } from "node:v8";
import { run } from "./run.js";

// Where Node can, it keeps what it compiled of the modules that commands load, for the next start.
(module as { readonly enableCompileCache?: () => unknown }).enableCompileCache?.();
// By default V8 compiles a function for speed after 66 KB of executed bytecode. Most of this program never gets hot enough to
// repay that: with 1 MB, checking a paper takes half the processor time (docs/performance.md), which other threads need.
// And a third of the usual bytecode is enough to be compiled into each of those functions from the ones that they call: the compiler
// took a sixth of the processor time of such a check, mostly for code that ran once or twice.
// Threads that help to collect garbage get in the way of those that check documents: 5 % on a document alone, more where all cores are busy.
// The V8 of each release of Node has other flags, and says so on standard error where it does not know one: only releases that
// were tried get any.
const inlining = "--max-inlined-bytecode-size-cumulative=300";
const flags: Readonly<Record<string, readonly string[]>> = {
  20: ["--interrupt-budget=1000000", inlining, "--no-parallel-scavenge"],
  22: ["--invocation-count-for-turbofan=20000", inlining],
  24: ["--invocation-count-for-turbofan=20000", inlining],
};
for (const flag of flags[Number.parseInt(process.versions.node, 10)] ?? []) setFlagsFromString(flag);

// A reader such as `head` may close the pipe: that is no error of ours.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (problem: NodeJS.ErrnoException) => {
    if (problem.code === "EPIPE") process.exit(process.exitCode ?? 0);
    // A full disk, or a descriptor that is closed: nothing more can be said on this stream.
    if (stream !== process.stderr) process.stderr.write(`error: standard output cannot be written (${problem.code ?? problem.message})\n`);
    process.exit(2);
  });

async function input(): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  const { decode } = await import("./files.js");
  return decode("standard input", Buffer.concat(chunks));
}

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  input,
  cwd: process.cwd(),
  colour: process.stdout.isTTY === true && (process.env["NO_COLOR"] ?? "") === "",
  progress: process.stderr.isTTY === true,
});

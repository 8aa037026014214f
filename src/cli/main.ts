#!/usr/bin/env node
import { run } from "./run.js";

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

// Checks every paper in papers/ and writes output/ again: `npm run paper`. Fails where a check does, and
// where output/ has a folder without a paper, which nothing would ever bring up to date.
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { run } from "../dist/cli/run.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const folders = (path) =>
  existsSync(new URL(`../${path}`, import.meta.url))
    ? readdirSync(new URL(`../${path}`, import.meta.url), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort()
    : [];

const io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  input: async () => "",
  cwd: root,
  colour: process.stdout.isTTY === true && !process.env.NO_COLOR,
  progress: false,
};

const papers = folders("papers");
let status = 0;
if (papers.length === 0) {
  process.stderr.write("papers/ has no folder with documents\n");
  status = 2;
}
for (const paper of papers) status = Math.max(status, await run(["paper", `papers/${paper}`, "--output", `output/${paper}`], io));
for (const folder of folders("output"))
  if (!papers.includes(folder)) {
    process.stderr.write(`output/${folder}: there is no papers/${folder} that it could come from; remove it\n`);
    status = 2;
  }
process.exitCode = status;

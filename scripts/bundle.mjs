// Bundles the command line into dist/cli: reading a hundred small modules takes longer than most commands. Packages that
// are loaded only where they are used (katex, mathjs) stay outside.
import { readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

const cli = fileURLToPath(new URL("../dist/cli", import.meta.url));
for (const name of readdirSync(cli)) if (name.startsWith("chunk-")) rmSync(`${cli}/${name}`);
await build({
  input: Object.fromEntries(["main", "worker"].map((name) => [name, fileURLToPath(new URL(`../src/cli/${name}.ts`, import.meta.url))])),
  platform: "node",
  external: ["katex", "mathjs"],
  logLevel: "warn",
  output: { dir: cli, format: "esm", entryFileNames: "[name].js", chunkFileNames: "chunk-[hash].js" },
});

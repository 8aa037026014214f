// Compiles grammar/wick.ne to src/syntax/grammar.ts, unless the result is newer than all that it depends on.
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../grammar/wick.ne", import.meta.url));
const target = fileURLToPath(new URL("../src/syntax/grammar.ts", import.meta.url));
const require = createRequire(import.meta.url);

const age = (path) => statSync(path).mtimeMs;
const fresh = existsSync(target) && age(target) > age(source) && age(target) > age(fileURLToPath(import.meta.url));

if (!fresh) {
  const nearley = require("nearley");
  const compile = require("nearley/lib/compile.js");
  const generate = require("nearley/lib/generate.js");
  const lint = require("nearley/lib/lint.js");
  const { version } = require("nearley/package.json");

  const parser = new nearley.Parser(nearley.Grammar.fromCompiled(require("nearley/lib/nearley-language-bootstrapped.js")));
  parser.feed(`${readFileSync(source, "utf8")}\n`);
  if (parser.results.length === 0) throw new Error(`${source} ends too early`);
  const compiled = compile(parser.results[0], { args: [source], version });
  lint(compiled, { out: process.stderr, version });
  // nearley declares a variable for each token name, to be used where the lexer does not know the name. Here
  // a name is either imported, a class of tokens, or the type of a token; which one is settled now.
  const imported = new Set(
    [...readFileSync(source, "utf8").matchAll(/^import \{ (.*) \} from/gm)].flatMap(([, names]) => names.split(", ")),
  );
  const text = generate(compiled, "grammar")
    .replace(/^declare var \w+: any;\n/gm, "")
    .replace(/\(lexer\.has\("(\w+)"\) \? \{type: "\w+"\} : \w+\)/g, (_, name) => (imported.has(name) ? name : `{ type: "${name}" }`))
    .replace(/^\/\/ Bypasses.*\n\/\/ @ts-ignore\nfunction id.*\n/m, "")
    .replace("type NearleySymbol = string |", "type NearleySymbol = string | { type: string } |")
    .replace("{ literal: any }", "{ literal: string }");
  writeFileSync(target, text);
}

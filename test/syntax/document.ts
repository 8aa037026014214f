import type { Diagnostic } from "../../src/source/diagnostic.js";
import { parseStatement, splitStatements } from "../../src/syntax/parse.js";
import type { Statement, Tree } from "../../src/syntax/tree.js";

function baseName(tree: Tree): string {
  const name = tree.kind === "script" ? tree.base : tree;
  return name.kind === "name" ? name.text.replace(/'+$/, "") : "";
}

/** Reads a whole document; each `index` adds its names to the labels of what follows. */
export function readDocument(text: string): { statements: Statement[]; diagnostics: Diagnostic[] } {
  const { statements: ranges, diagnostics } = splitStatements(text);
  const statements: Statement[] = [];
  const labels = new Set<string>();
  for (const range of ranges) {
    const read = parseStatement(text, range, labels);
    diagnostics.push(...read.diagnostics);
    if (read.statement === undefined) continue;
    statements.push(read.statement);
    if (read.statement.kind === "index") for (const name of read.statement.names) labels.add(baseName(name));
  }
  return { statements, diagnostics };
}

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

/**
 * The architecture, read from the import statements: layers look down only, no files import each other in
 * a circle, and the two ways of a check have nothing in common but the expression that they start from.
 */

const root = fileURLToPath(new URL("../../src", import.meta.url));

/** What each layer may import besides itself. "index" is the public entry, src/*.ts. */
const layers: Readonly<Record<string, readonly string[]>> = {
  source: [],
  syntax: ["source"],
  core: ["source"],
  elaborate: ["source", "syntax", "core"],
  algebra: ["source", "core"],
  rewrite: ["source", "core", "algebra"],
  evaluate: ["source", "core"],
  render: ["source", "core", "algebra"],
  check: ["source", "syntax", "core", "elaborate", "algebra", "rewrite", "evaluate", "render"],
  index: ["source", "syntax", "core", "elaborate", "algebra", "rewrite", "evaluate", "render", "check"],
  cli: ["source", "syntax", "core", "elaborate", "algebra", "rewrite", "evaluate", "render", "check", "index"],
};

/** Rules are documents: reading them takes the parser and the scope, which the engine itself never sees. */
const readsDocuments = (file: string): boolean => file.startsWith("rewrite/rules/") || file === "rewrite/rules.ts";

interface Import {
  readonly specifier: string;
  /** The static imports of values are what a program loads when it starts. */
  readonly loads: boolean;
}

/** Import and export statements, dynamic imports and types written as `import("...")`. */
function imports(text: string): readonly Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const found: Import[] = [];
  for (const [, clause, specifier] of code.matchAll(/^\s*(?:import|export)\b([^;"'`]*?)\bfrom\s*["']([^"']+)["']/gm))
    found.push({ specifier: specifier as string, loads: !/^\s*type\b/.test(clause as string) });
  for (const [, specifier] of code.matchAll(/^\s*import\s*["']([^"']+)["']/gm)) found.push({ specifier: specifier as string, loads: true });
  for (const [, specifier] of code.matchAll(/\b(?:import|require|createRequire\([^()]*\))\(\s*["']([^"']+)["']\s*\)/g))
    found.push({ specifier: specifier as string, loads: false });
  return found;
}

const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.split(sep).join("/"))
  .sort();

const statements = new Map(files.map((file) => [file, imports(readFileSync(join(root, file), "utf8"))]));

/** A relative specifier as a path below src, with the `.ts` that stands for `.js`. */
function target(file: string, specifier: string): string {
  return relative(root, resolve(root, dirname(file), specifier))
    .split(sep)
    .join("/")
    .replace(/\.js$/, ".ts");
}

const graph = new Map(
  files.map((file) => [
    file,
    (statements.get(file) ?? []).filter(({ specifier }) => specifier.startsWith(".")).map(({ specifier }) => target(file, specifier)),
  ]),
);

const layerOf = (file: string): string => (file.includes("/") ? (file.split("/")[0] as string) : "index");

/** Everything that files import, and what that imports, themselves included. */
function closure(start: readonly string[], edges: ReadonlyMap<string, readonly string[]> = graph): ReadonlySet<string> {
  const seen = new Set(start);
  for (const file of seen) for (const next of edges.get(file) ?? []) seen.add(next);
  return seen;
}

/** A cycle of imports as a path that ends where it begins, or null. */
function cycle(edges: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): readonly string[] | null => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return null;
    path.push(file);
    for (const next of edges.get(file) ?? []) {
      const found = visit(next);
      if (found !== null) return found;
    }
    path.pop();
    done.add(file);
    return null;
  };
  for (const file of edges.keys()) {
    const found = visit(file);
    if (found !== null) return found;
  }
  return null;
}

describe("the reader of imports", () => {
  test.each([
    ['import { a } from "./a.js";', ["./a.js"], ["./a.js"]],
    ['import type { A } from "./a.js";', ["./a.js"], []],
    ['import {\n  type A,\n  a,\n} from "./a.js";', ["./a.js"], ["./a.js"]],
    ['export * from "./a.js";\nexport { b } from "./b.js";', ["./a.js", "./b.js"], ["./a.js", "./b.js"]],
    ['export type { A } from "./a.js";', ["./a.js"], []],
    ['import "./a.js";', ["./a.js"], ["./a.js"]],
    ['const a = await import("./a.js");', ["./a.js"], []],
    ['let a: import("./a.js").A;', ["./a.js"], []],
    ['const a = createRequire(import.meta.url)("a");', ["a"], []],
    ['// import { a } from "./a.js";\n/* import "./b.js"; */\nexport const c = 1;', [], []],
  ])("%s", (text, all, loaded) => {
    expect(imports(text).map(({ specifier }) => specifier)).toEqual(all);
    expect(
      imports(text)
        .filter(({ loads }) => loads)
        .map(({ specifier }) => specifier),
    ).toEqual(loaded);
  });

  test("misses none of the statements in src/", () => {
    for (const file of files) {
      const written =
        readFileSync(join(root, file), "utf8").match(/^(?:import|\} from|export (?:\*|\{|type \{)[^;]*\bfrom) ?.*["'].*["'];$/gm) ?? [];
      expect((statements.get(file) ?? []).length, file).toBeGreaterThanOrEqual(written.length);
    }
  });

  test("sees a cycle", () => {
    const edges = new Map([
      ["a", ["b"]],
      ["b", ["c"]],
      ["c", ["b"]],
    ]);
    expect(cycle(edges)).toEqual(["b", "c", "b"]);
  });
});

describe("layers", () => {
  test("every folder of src/ is a known layer", () => {
    expect([...new Set(files.map(layerOf))].filter((layer) => layers[layer] === undefined)).toEqual([]);
    for (const layer of Object.keys(layers)) expect(files.map(layerOf), layer).toContain(layer);
  });

  test("every relative import is a file of src/", () => {
    // The grammar is compiled before anything runs; package.json is no module.
    const missing = [...graph].flatMap(([file, targets]) => targets.filter((to) => !graph.has(to)).map((to) => `${file} -> ${to}`));
    expect(missing).toEqual([]);
  });

  test.each(Object.keys(layers))("%s looks down only", (layer) => {
    const wrong = files
      .filter((file) => layerOf(file) === layer)
      .flatMap((file) => {
        const allowed = [layer, ...(layers[layer] as readonly string[]), ...(readsDocuments(file) ? ["syntax", "elaborate"] : [])];
        return (graph.get(file) ?? []).filter((to) => !allowed.includes(layerOf(to))).map((to) => `${file} -> ${to}`);
      });
    expect(wrong).toEqual([]);
  });

  test("no file imports itself through others", () => {
    expect(cycle(graph)).toBeNull();
  });
});

describe("the two ways of a check", () => {
  const reach = (layer: string): readonly string[] => [...closure(files.filter((file) => layerOf(file) === layer))];

  test("the finite model has nothing of the engine", () => {
    expect(reach("evaluate").filter((file) => ["algebra", "rewrite"].includes(layerOf(file)))).toEqual([]);
  });

  test.each(["algebra", "rewrite"])("%s has nothing of the finite model", (layer) => {
    expect(reach(layer).filter((file) => layerOf(file) === "evaluate")).toEqual([]);
  });

  test("the engine itself reads no documents", () => {
    const engine = files.filter((file) => ["algebra", "rewrite"].includes(layerOf(file)) && !readsDocuments(file));
    const reached = engine.flatMap((file) => (graph.get(file) ?? []).filter((to) => ["syntax", "elaborate"].includes(layerOf(to))));
    expect(reached).toEqual([]);
  });
});

describe("packages", () => {
  const manifest = JSON.parse(readFileSync(join(root, "../package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const declared = Object.keys(manifest.dependencies);
  const packageOf = (specifier: string): string =>
    specifier
      .split("/")
      .slice(0, specifier.startsWith("@") ? 2 : 1)
      .join("/");
  const external = (file: string): readonly string[] =>
    (statements.get(file) ?? [])
      .map(({ specifier }) => specifier)
      .filter((specifier) => !specifier.startsWith(".") && !specifier.startsWith("node:"));

  test("src/ imports declared dependencies only", () => {
    const unknown = files.flatMap((file) =>
      external(file)
        .filter((specifier) => !declared.includes(packageOf(specifier)))
        .map((specifier) => `${file}: ${specifier}`),
    );
    expect(unknown).toEqual([]);
  });

  test("every dependency is imported somewhere", () => {
    const used = new Set(files.flatMap(external).map(packageOf));
    expect(declared.filter((name) => !used.has(name))).toEqual([]);
  });

  test("what texts are checked with needs no files: only the command line and the rules' reader do", () => {
    const touching = files.filter((file) =>
      (statements.get(file) ?? []).some(({ specifier }) => /^node:(fs|child_process|path)/.test(specifier)),
    );
    expect(touching.filter((file) => layerOf(file) !== "cli" && !readsDocuments(file))).toEqual([]);
  });

  test("the command line starts without what is heavy", () => {
    const loads = new Map(
      files.map((file) => [
        file,
        (statements.get(file) ?? [])
          .filter(({ specifier, loads: eager }) => eager && specifier.startsWith("."))
          .map(({ specifier }) => target(file, specifier)),
      ]),
    );
    const started = [...closure(["cli/main.ts"], loads)];
    const heavy = started.flatMap((file) =>
      (statements.get(file) ?? [])
        .filter(({ specifier, loads: eager }) => eager && ["mathjs", "katex", "nearley", "immer"].includes(packageOf(specifier)))
        .map(({ specifier }) => `${file}: ${specifier}`),
    );
    expect(heavy).toEqual([]);
  });
});

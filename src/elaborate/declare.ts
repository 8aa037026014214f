import type { Kind, Species, SymbolInfo, Symmetry } from "../core/expression.js";
import { fail } from "../source/diagnostic.js";
import type { Statement, SymbolDeclaration, Tree } from "../syntax/tree.js";
import { parameterOf } from "./environment.js";
import type { DeclaredHead, Slot } from "./head.js";
import { fullName, layoutOf, needLabel, readHead, uniqueName, withoutLabels } from "./head.js";
import { kindsOf } from "./kinds.js";
import type { Env } from "./meaning.js";
import { labelForm, occurrence, spell } from "./name.js";
import type { Entry, Meant } from "./scope.js";
import { attributeSymmetries, equalitySymmetry } from "./symmetry.js";

type Of<K extends Statement["kind"]> = Statement & { kind: K };

/** `index x, y in R^3`. */
export function declareIndices(statement: Of<"index">, env: Env): void {
  const kinds = kindsOf(statement.domain, statement.span, (name) => parameterOf(name, env));
  for (const kind of kinds) if (kind.kind === "finite" && kind.size !== undefined) kind.size.domain = "positive";
  for (const tree of statement.names) {
    const o = occurrence(tree);
    const form = o && labelForm(o);
    if (!form)
      fail(
        "bad-name",
        tree.span,
        `found \`${spell(tree)}\`, expected the name of an index`,
        "an index is a letter or a command, perhaps with a number as its subscript",
      );
    const { scope, source } = env;
    scope.addIndex({ name: form.name, kinds, order: scope.nextOrder(), span: tree.span, source });
  }
}

/** `param N > 0`. */
export function declareParameters(statement: Of<"param">, env: Env): void {
  for (const { name: tree, domain } of statement.declarations) {
    const head = readHead(tree, env);
    withoutLabels(head, "a parameter", "declare it with `function`, which may have labels in its subscript");
    const name = fullName(head);
    enter(head, { kind: "parameter", parameter: { id: env.scope.session.id(), name, domain, layout: layoutOf(head, []) } }, env);
  }
}

/** `boson a_x`, `fermion e_p`. */
export function declareSpecies(statement: Of<"boson" | "fermion">, env: Env): void {
  for (const tree of statement.names) {
    const head = readHead(tree, env);
    const species: Species = {
      id: env.scope.session.id(),
      name: uniqueName(head, env.scope),
      statistics: statement.kind,
      slots: head.slots.flatMap((slot) => slot.kinds),
      layout: layoutOf(head, []),
    };
    enter(head, { kind: "species", species }, env);
  }
}

/** `function f(x) real even`, `kernel V(x,y) = V(y,x)`. */
export function declareSymbols(statement: Of<"function" | "kernel">, env: Env): void {
  for (const declaration of statement.declarations) declareSymbol(declaration, statement.kind, env);
}

function declareSymbol(declaration: SymbolDeclaration, word: "function" | "kernel", env: Env): void {
  const head = readHead(declaration.head, env);
  const parameters: readonly Slot[] = declaration.parameters.map((tree: Tree) => needLabel(tree, env));
  if (head.slots.length + parameters.length === 0)
    fail(
      "missing-label",
      head.span,
      `found a ${word} without labels, expected them in parentheses or in the subscript`,
      `write \`${word} ${fullName(head)}(x)\`, or \`param ${fullName(head)}\` for a constant`,
    );
  const groups: readonly (readonly Kind[])[] = parameters.map((slot) => slot.kinds);
  const symmetries: Symmetry[] = [];
  const symbol: SymbolInfo = {
    id: env.scope.session.id(),
    name: uniqueName(head, env.scope),
    slots: [...head.slots, ...parameters].flatMap((slot) => slot.kinds),
    real: declaration.attributes.some((attribute) => attribute.text === "real"),
    symmetries,
    layout: layoutOf(head, groups),
  };
  const entry = enter(head, { kind: "symbol", symbol, groups }, env);
  try {
    symmetries.push(...attributeSymmetries(declaration, symbol, head.slots, parameters));
    for (const tree of declaration.equalities)
      symmetries.push(equalitySymmetry(tree, symbol, [...head.slots, ...parameters], entry.name, env));
  } catch (fault) {
    // Without its symmetries it is another symbol, of which what was meant for it may be false.
    env.scope.remove(entry);
    throw fault;
  }
}

/** Adds a declared name to the scope. */
export function enter(head: DeclaredHead, meant: Meant, env: Env): Entry {
  const { scope, source } = env;
  const sub = head.sub.map((item) => (typeof item === "string" ? item : item.kinds));
  const entry: Entry = {
    base: head.base,
    sub,
    sup: head.sup,
    name: fullName(head),
    order: scope.nextOrder(),
    span: head.span,
    source,
    meant,
  };
  scope.add(entry);
  return entry;
}

import type { Argument, Kind, Species } from "../core/expression.js";
import { Fault, fail } from "../source/diagnostic.js";
import { nowhere } from "../source/span.js";
import type { ScriptItem } from "../syntax/tree.js";
import { constant } from "./constant.js";
import { keyOf } from "./kinds.js";
import { readArgument, readFree } from "./label.js";
import type { Env } from "./meaning.js";
import type { Occurrence } from "./name.js";
import { divide, nameOf, spellItem } from "./name.js";
import type { Entry } from "./scope.js";
import type { After, Head } from "./use.js";

/**
 * The names of a command line without documents: single letters a to h are bosons with any labels, each
 * signature a species of its own; other letters are complex parameters. Numbers 1 and 2 are labels, like m
 * and n; other subscripts belong to the name.
 */

const pair: Kind = { kind: "finite", values: [1, 2] };

type HeadOf = (entry: Entry, labels: readonly Argument[], after: After, o: Occurrence, env: Env) => Head;

/** Whether a name is that of a boson. */
export const isMode = (o: Occurrence): boolean => /^[a-h]'*$/.test(o.base);

export function lenientHead(o: Occurrence, env: Env, headOf: HeadOf): Head | undefined {
  if (isMode(o)) return mode(o, env, headOf);
  if (!/^([A-Za-z]'*|\\[A-Za-z]+.*)$/.test(o.base)) return undefined;
  return parameter(o, env, headOf);
}

function mode(o: Occurrence, env: Env, headOf: HeadOf): Head {
  const labels: Argument[] = [];
  const kinds: Kind[] = [];
  const parts: string[] = [];
  for (const item of split(o.sub)) {
    const read = labelOf(item, env);
    if (read) {
      labels.push(...read);
      kinds.push(...read.map((one) => one.of));
    } else {
      // Any other letter would silently make a mode of its own, and a wrong commutator.
      if (item.kind === "tree" && constant(item.tree) === undefined)
        fail("undeclared", item.span, `found the subscript \`${spellItem(item)}\`, which is no label here`, labelsHere);
      parts.push(spellItem(item));
    }
  }
  const name = nameOf(o.base, parts, []);
  const key = `${name} ${keyOf(kinds)}`;
  const sub = [...parts, ...kinds.map((kind) => [kind])];
  let entry = kinds.length === 0 ? env.scope.exact(name) : env.scope.labelled(o.base).find((one) => keyOfMode(one) === key);
  if (!entry) {
    const species: Species = {
      id: env.scope.session.id(),
      name,
      statistics: "boson",
      slots: kinds,
      layout: { base: o.base, subscript: [...parts, ...kinds.map((_, at) => [at])], superscript: [], arguments: [] },
    };
    entry = {
      base: o.base,
      sub,
      sup: [],
      name,
      order: env.scope.nextOrder(),
      span: nowhere,
      source: env.source,
      meant: { kind: "species", species },
    };
    env.scope.add(entry);
  }
  return headOf(entry, labels, [...o.sup, ...o.over], o, env);
}

const keyOfMode = (entry: Entry): string =>
  `${nameOf(
    entry.base,
    entry.sub.filter((item) => typeof item === "string"),
    [],
  )} ${keyOf(entry.sub.flatMap((item) => (typeof item === "string" ? [] : item)))}`;

/** Letters that are written together are items of their own when each is a label: `a_{xm}`. */
const split = (items: readonly ScriptItem[]): readonly ScriptItem[] =>
  items.flatMap((item) => (item.kind === "tree" && item.tree.kind === "juxtaposition" ? divide([item]) : [item]));

function labelOf(item: ScriptItem, env: Env): readonly Argument[] | undefined {
  if (item.kind !== "tree") return undefined;
  const value = constant(item.tree);
  if (value) return value.d === 1n && (value.n === 1n || value.n === 2n) ? readArgument(item.tree, [pair], env) : undefined;
  try {
    const read = readFree(item.tree, env);
    return Array.isArray(read) ? (read as readonly Argument[]) : undefined;
  } catch (caught) {
    if (caught instanceof Fault && (caught.diagnostic.code === "undeclared" || caught.diagnostic.code === "not-a-label")) return undefined;
    throw caught;
  }
}

const labelsHere = "without a document x, y, z are labels in R^3 and m, n in {1, 2}; declare others in a document and name it with --with";

function parameter(o: Occurrence, env: Env, headOf: HeadOf): Head {
  // What looks like an operator must not pass for a number.
  const label = o.sub.find((item) => labelOf(item, env)?.some((one) => one.kind !== "constant"));
  if (label !== undefined || /^\\[A-Za-z]+\{[a-h]'*\}$/.test(o.base))
    fail(
      "undeclared",
      label?.span ?? o.span,
      `\`${o.base}\` is not declared; without a document only single letters a to h are operators`,
      "declare it in a document and name it with --with",
    );
  const sub = o.sub.map(spellItem);
  const name = nameOf(o.base, sub, []);
  let entry = env.scope.exact(name);
  if (!entry) {
    const layout = { base: o.base, subscript: sub, superscript: [], arguments: [] };
    const meant = { kind: "parameter", parameter: { id: env.scope.session.id(), name, domain: "complex", layout } } as const;
    entry = { base: o.base, sub, sup: [], name, order: env.scope.nextOrder(), span: nowhere, source: env.source, meant };
    env.scope.add(entry);
  }
  return headOf(entry, [], [...o.sup, ...o.over], o, env);
}

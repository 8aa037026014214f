import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { substituteIn } from "../../core/argument.js";
import { withChildren as withParts } from "../../core/children.js";
import type { Expression, Label, Species } from "../../core/expression.js";
import { loadDocument } from "../../elaborate/document.js";
import { type Diagnostic, Fault, fail } from "../../source/diagnostic.js";
import { lineStarts, position, type Source, type Span } from "../../source/span.js";
import { combination, deltaLabels, isMeta } from "./binding.js";
import { argumentsOf, plainLabel } from "./labels.js";
import { children, flatten, withChildren } from "./node.js";
import { isPairPattern } from "./pair.js";
import type { PatternRule, Variables } from "./rule.js";
import { derived } from "./symbols.js";

/** The folder `rules/` of the package, found upwards: from `src`, from `dist`, and from a bundle of it. */
export const folder: string = rulesAbove(dirname(fileURLToPath(import.meta.url)));

function rulesAbove(from: string): string {
  for (let at = from; ; at = dirname(at)) {
    const here = join(at, "rules");
    if (existsSync(join(here, "ladder.wick")) || dirname(at) === at) return here;
  }
}

export interface Loaded {
  readonly rules: readonly PatternRule[];
  readonly diagnostics: readonly (Diagnostic & { readonly path: string; readonly line: number; readonly column: number })[];
}

/** Gives the text of a used document, by the path as it is written and that of the document with the `use`. */
export type Reader = Parameters<typeof loadDocument>[1];

/** Reads the rules of one document. Its declarations, and those of what it uses, give the variables. */
export function readRules(source: Source, read: Reader): Loaded {
  const starts = lineStarts(source.text);
  const document = loadDocument(source, read);
  const diagnostics: Diagnostic[] = document.diagnostics.filter((d) => d.severity === "error");
  const rules: PatternRule[] = [];
  for (const { name, span, left, right } of document.rules) {
    try {
      const twice = rules.find((old) => old.name === name);
      if (name === "") fail("nameless-rule", span, "found a rule without a name, expected `rule name: left -> right`");
      if (twice) fail("rule-twice", span, `found a second rule named ${name}, the first is in line ${twice.line}`);
      const comment = commentAbove(source.text, span.start);
      if (comment === "") fail("no-source", span, `the rule ${name} has no comment above it that says where it is from`);
      rules.push({
        kind: "pattern",
        name,
        source: comment,
        path: source.path,
        ...position(starts, span.start),
        ...prepare(flatten(regular(left)), flatten(regular(right))),
      });
    } catch (caught) {
      if (!(caught instanceof Fault)) throw caught;
      diagnostics.push(caught.diagnostic);
    }
  }
  return { rules, diagnostics: diagnostics.map((d) => ({ ...d, path: source.path, ...position(starts, d.span.start) })) };
}

/** The comment lines directly above an offset, joined. */
function commentAbove(text: string, start: number): string {
  const lines = text.slice(0, start).split("\n");
  const out: string[] = [];
  for (let i = lines.length - 2; i >= 0 && /^%/.test(lines[i] as string); i--) out.unshift((lines[i] as string).replace(/^%\s?/, ""));
  return out.join(" ").trim();
}

/** `(ch(k) - 1)(x,y)`, which is read as a difference, as the one kernel that it is. */
function regular(e: Expression): Expression {
  if (e.kind === "call" && e.definition.name === "sum" && e.definition.body.kind === "sum") {
    const map = new Map(e.definition.parameters.map((p, i) => [p.id, e.arguments[i] as (typeof e.arguments)[number]]));
    const body = substituteIn(e.definition.body, map);
    if (body) return regular(body);
  }
  if (e.kind === "sum" && e.terms.length === 2) {
    const [value, other] = e.terms;
    const one = other?.kind === "product" && other.factors.length === 2 ? other.factors : undefined;
    const minus = one?.[0]?.kind === "number" && one[0].value.n === -1n && one[0].value.d === 1n;
    const pair = one?.[1]?.kind === "delta" ? deltaLabels(one[1]) : undefined;
    if (minus && pair && value?.kind === "value" && value.symbol.of?.name === "ch") {
      const own = value.arguments.map(plainLabel);
      if (own.length === 2 && pair.every((l) => own.some((o) => o?.id === l.id)))
        return { ...value, symbol: derived("p", { ...value.symbol.of, real: value.symbol.real }) };
    }
  }
  const parts = children(e);
  return parts.length === 0 ? e : withChildren(e, parts.map(regular));
}

interface Seen {
  readonly operators: Map<string, number>;
  readonly labels: Map<string, number>;
  readonly scalars: Map<string, number>;
  readonly species: Map<string, number>;
  readonly symbols: Map<string, number>;
  readonly unitaries: Map<string, number>;
  /** Bound labels by name. */
  readonly bound: Map<string, Label>;
}

/**
 * Finds the variables of both sides, and gives each integral on the right the label of the one on the left that has
 * the same name: the left one says over what it goes.
 * @throws Fault where the rule cannot be used
 */
function prepare(left: Expression, right: Expression): { left: Expression; right: Expression; variables: Variables } {
  const lone = left.kind === "parameter" || (left.kind === "ladder" && isMeta(left.species));
  if (lone) fail("lone-variable", left.span, "found a lone variable on the left of a rule: it would match everything");
  const known = collectVariables(left, undefined);
  collectVariables(right, known);
  const renamed = renameBound(right, known.bound);
  return { left, right: renamed, variables: known };
}

function lacking(what: string, span: Span): never {
  return fail("open-rule", span, `the right side has ${what}, which the left side lacks`, "a rule may only use what its left side matched");
}

/** Reads variables off the left side (`known` undefined), or checks those of the right side against them. */
function collectVariables(side: Expression, known: Seen | undefined): Seen {
  const seen: Seen = known ?? {
    operators: new Map(),
    labels: new Map(),
    scalars: new Map(),
    species: new Map(),
    symbols: new Map(),
    unitaries: new Map(),
    bound: new Map(),
  };
  const note = (map: Map<string, number>, name: string, id: number, what: string, span: Span): void => {
    if (!known) map.set(name, id);
    else if (map.get(name) !== id) lacking(what, span);
  };
  const visit = (e: Expression, scope: ReadonlyMap<number, Label>): void => {
    const argumentList = argumentsOf(e);
    const labels: Label[] = [];
    if (e.kind === "delta") {
      const pair = deltaLabels(e);
      if (!pair) fail("bad-pattern", e.span, "a delta in a rule stands between two labels, as in `\\delta(x-y)`");
      labels.push(...pair);
    } else {
      for (const argument of argumentList) {
        const label = plainLabel(argument);
        if (!label) fail("bad-pattern", e.span, "a label in a rule stands by itself, as in `a_x`", "it stands for any argument already");
        labels.push(label);
      }
    }
    for (const label of labels) {
      if (scope.has(label.id)) continue;
      note(seen.labels, label.name, label.id, `the label ${label.name}`, e.span);
    }
    switch (e.kind) {
      case "ladder":
        if (isMeta(e.species)) noteOperator(e.species, e.span);
        else {
          if (e.arguments.length !== 1)
            fail(
              "bad-pattern",
              e.span,
              `found ${e.species.name} with ${e.arguments.length} labels, expected one: it stands for all labels of a species`,
            );
          note(seen.species, e.species.name, e.species.id, `the species ${e.species.name}`, e.span);
        }
        break;
      case "value":
        if (e.symbol.of !== undefined) {
          const parts = combination(e.symbol.of);
          if (!parts || (!known && parts.length !== 1))
            fail("bad-pattern", e.span, `found ${e.symbol.name}, expected a kernel, or on the right a combination of kernels`);
          for (const { symbol } of parts) note(seen.symbols, symbol.name, symbol.id, `the kernel ${symbol.name}`, e.span);
          break;
        }
        if (e.arguments.length !== e.symbol.slots.length || e.arguments.length > 2)
          fail(
            "bad-pattern",
            e.span,
            `found ${e.symbol.name} with ${e.arguments.length} arguments, expected one for all of them, or two for a kernel`,
          );
        note(seen.symbols, e.symbol.name, e.symbol.id, `the function ${e.symbol.name}`, e.span);
        break;
      case "parameter":
        note(seen.scalars, e.parameter.name, e.parameter.id, `the parameter ${e.parameter.name}`, e.span);
        break;
      case "unitary":
        note(seen.unitaries, e.unitary.name, e.unitary.id, `the unitary ${e.unitary.name}`, e.span);
        if (!known) {
          for (const species of metaSpecies(e.unitary.generator)) seen.operators.set(species.name, species.id);
          const pair = isPairPattern(e.unitary.generator);
          if (pair) {
            // A pair generator brings its kernel, and the label of an integral over it.
            seen.symbols.set(pair.kernel.name, pair.kernel.id);
            seen.species.set(pair.species.name, pair.species.id);
            seen.bound.set(pair.second.name, pair.second);
            seen.labels.set(pair.second.name, pair.second.id);
          }
        }
        break;
      case "partial":
        note(seen.labels, e.label.name, e.label.id, `the label ${e.label.name}`, e.span);
        break;
      case "components":
        fail("bad-pattern", e.span, "found a Laplacian, which no pattern matches", "state the rule for one gradient");
        break;
      case "call":
      case "part":
        fail("bad-pattern", e.span, "found a definition or a part, which no pattern matches");
    }
    if (e.kind === "bind") {
      const [label, ...others] = e.labels;
      if (!label || others.length > 0)
        fail("bad-pattern", e.span, "an integral in a rule has one label, which stands for any number of them");
      if (!known) {
        if (seen.bound.has(label.name))
          fail("bad-pattern", e.span, `found two integrals over ${label.name} on the left, expected different names`);
        seen.bound.set(label.name, label);
        seen.labels.set(label.name, label.id);
      } else if (!seen.bound.has(label.name)) lacking(`an integral over ${label.name}`, e.span);
      visit(e.body, new Map(scope).set(label.id, label));
      return;
    }
    for (const child of children(e)) visit(child, scope);
  };
  const noteOperator = (s: Species, span: Span): void => note(seen.operators, s.name, s.id, `${s.name}`, span);
  visit(side, new Map());
  return seen;
}

function metaSpecies(e: Expression): readonly Species[] {
  if (e.kind === "ladder") return isMeta(e.species) ? [e.species] : [];
  return children(e).flatMap(metaSpecies);
}

function renameBound(e: Expression, bound: ReadonlyMap<string, Label>): Expression {
  const map = new Map<number, Label>();
  const visit = (x: Expression): Expression => {
    if (x.kind === "bind") {
      const own = x.labels[0] as Label;
      const twin = bound.get(own.name) as Label;
      map.set(own.id, twin);
      return { ...x, labels: [twin], body: visit(x.body) };
    }
    return relabel(x, map, visit);
  };
  return visit(e);
}

function relabel(e: Expression, map: ReadonlyMap<number, Label>, visit: (x: Expression) => Expression): Expression {
  const swap = (a: Extract<Expression, { kind: "value" }>["arguments"][number]): typeof a => {
    if (a.kind === "constant") return a;
    if (a.kind === "label") return { ...a, label: map.get(a.label.id) ?? a.label };
    return { ...a, terms: a.terms.map((t) => ({ ...t, label: map.get(t.label.id) ?? t.label })) };
  };
  switch (e.kind) {
    case "value":
    case "ladder":
      return { ...e, arguments: e.arguments.map(swap) };
    case "delta":
      return { ...e, left: swap(e.left), right: swap(e.right) };
    case "partial":
      return { ...e, label: map.get(e.label.id) ?? e.label, of: visit(e.of) };
    default:
      return withParts(e, children(e).map(visit));
  }
}

/**
 * All rules of the package, file by file in alphabetical order.
 * @throws Error that lists each fault as file:line:column, where a rule cannot be used: a fault of the package
 */
export function loadRules(from: string = folder): readonly PatternRule[] {
  const read = (path: string): Source => ({ path, text: readFileSync(join(from, path), "utf8") });
  const rules: PatternRule[] = [];
  const faults: string[] = [];
  for (const file of readdirSync(from)
    .filter((name) => name.endsWith(".wick"))
    .sort()) {
    const loaded = readRules(read(file), read);
    for (const d of loaded.diagnostics) faults.push(`${join(from, d.path)}:${d.line}:${d.column}: ${d.message}`);
    for (const rule of loaded.rules) {
      const twice = rules.find((old) => old.name === rule.name);
      if (twice)
        faults.push(
          `${join(from, rule.path)}:${rule.line}:${rule.column}: found a second rule named ${rule.name}, the first is in ${twice.path}:${twice.line}`,
        );
      rules.push(rule);
    }
  }
  if (faults.length > 0) throw new Error(`the rules cannot be used:\n${faults.join("\n")}`);
  return rules;
}

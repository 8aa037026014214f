import { argumentLabels, plain, type Substitution, substitute } from "../core/argument.js";
import type { Argument, Definition, Expression, Label, Parameter, Species, SymbolInfo } from "../core/expression.js";
import { sameKind } from "../core/expression.js";
import { isInteger, negate, rational } from "../core/rational.js";
import { cover, type Span } from "../source/span.js";
import { bracketed, type Patch } from "./patch.js";
import { children, nodes, rebuild } from "./walk.js";

/** The slips of the pen that are looked for, as words for a message. */
export type SlipKind =
  | "sign"
  | "factor"
  | "conjugate"
  | "adjoint"
  | "index"
  | "swapped labels"
  | "label"
  | "power"
  | "order"
  | "commutator"
  | "missing term"
  | "superfluous term"
  | "double term";

/** One change of a printed side: `target` becomes `by`; `patches` make the same change in the source text. */
export interface Edit {
  readonly kind: SlipKind;
  readonly target: Expression;
  readonly by: Expression;
  readonly message: string;
  readonly patches: readonly Patch[];
}

/** Everything that a printed name may have been mistaken for. */
export interface Vocabulary {
  readonly symbols: readonly SymbolInfo[];
  readonly species: readonly Species[];
  readonly definitions: readonly Definition[];
  readonly parameters: readonly Parameter[];
}

/** Writes a leaf (a value, a ladder operator) in the language. Null where it cannot. */
export type Writer = (leaf: Expression) => string | null;

/** Every object that some expressions name, in the order of their ids. */
export function vocabulary(expressions: readonly Expression[]): Vocabulary {
  const symbols = new Map<number, SymbolInfo>();
  const species = new Map<number, Species>();
  const definitions = new Map<number, Definition>();
  const parameters = new Map<number, Parameter>();
  for (const e of expressions.flatMap(nodes)) {
    if (e.kind === "value") symbols.set(e.symbol.id, e.symbol);
    else if (e.kind === "ladder") species.set(e.species.id, e.species);
    else if (e.kind === "call") definitions.set(e.definition.id, e.definition);
    else if (e.kind === "parameter") parameters.set(e.parameter.id, e.parameter);
  }
  const list = <T extends { readonly id: number }>(map: Map<number, T>): readonly T[] => [...map.values()].sort((a, b) => a.id - b.id);
  return { symbols: list(symbols), species: list(species), definitions: list(definitions), parameters: list(parameters) };
}

/** Labels that occur in an expression, bound or free. */
function labelsOf(e: Expression): readonly Label[] {
  const found = new Map<number, Label>();
  for (const node of nodes(e))
    for (const argument of argumentsOf(node)) for (const label of argumentLabels(argument)) found.set(label.id, label);
  return [...found.values()];
}

function argumentsOf(e: Expression): readonly Argument[] {
  if (e.kind === "value" || e.kind === "ladder" || e.kind === "call") return e.arguments;
  return e.kind === "delta" ? [e.left, e.right] : [];
}

function withArguments(e: Expression, list: readonly Argument[]): Expression {
  if (e.kind === "value" || e.kind === "ladder" || e.kind === "call") return { ...e, arguments: list };
  return e.kind === "delta" ? { ...e, left: list[0] as Argument, right: list[1] as Argument } : e;
}

/**
 * Single changes of one printed side, likely ones first: conjugates and adjoints, exchanged names, exchanged
 * labels, powers, the order of factors. Coefficients are not among them: those follow from the residual.
 */
export function* edits(side: Expression, words: Vocabulary, extraLabels: readonly Label[], write: Writer, source: string): Generator<Edit> {
  const all = nodes(side);
  const leaf = (kind: SlipKind, target: Expression, by: Expression, message: string): Edit | null => {
    const text = write(by);
    return { kind, target, by, message, patches: text === null ? [] : [{ span: target.span, text }] };
  };
  const slice = (e: Expression): string => source.slice(e.span.start, e.span.end);
  const parents = new Map<Expression, Expression>();
  for (const node of all) for (const kid of children(node)) parents.set(kid, node);

  // A conjugate or an adjoint too many or too few.
  for (const node of all) {
    if (node.kind === "adjoint") {
      const scalar = node.of.kind === "value" || node.of.kind === "parameter";
      const inner = node.of;
      const patches = inner.span.start > node.span.start || inner.span.end < node.span.end ? [{ span: node.span, text: slice(inner) }] : [];
      yield {
        kind: scalar ? "conjugate" : "adjoint",
        target: node,
        by: inner,
        message: `${slice(node)} should not be ${scalar ? "conjugated" : "an adjoint"}`,
        patches,
      };
    } else if (node.kind === "value" && !node.symbol.real && parents.get(node)?.kind !== "adjoint") {
      const by: Expression = { kind: "adjoint", of: node, span: node.span };
      yield {
        kind: "conjugate",
        target: node,
        by,
        message: `${slice(node)} should be conjugated`,
        patches: [{ span: node.span, text: `\\overline{${slice(node)}}` }],
      };
    } else if (node.kind === "ladder") {
      const found = leaf(
        "adjoint",
        node,
        { ...node, creation: !node.creation },
        `${slice(node)} should be ${node.creation ? "an annihilator" : "a creator"}`,
      );
      if (found !== null) yield found;
    } else if (node.kind === "call" && parents.get(node)?.kind !== "adjoint") {
      const by: Expression = { kind: "adjoint", of: node, span: node.span };
      yield {
        kind: "adjoint",
        target: node,
        by,
        message: `${slice(node)} should be adjoint`,
        patches: [{ span: node.span, text: `(${slice(node)})^*` }],
      };
    }
  }

  // One name for a similar one: first those that share the letter, then any of the same shape.
  for (const near of [true, false]) {
    for (const node of all) {
      for (const by of exchanged(node, words, near)) {
        const text = write(by);
        const found = leaf("index", node, by, `${slice(node)} should be ${text ?? "another"}`);
        if (found !== null) yield found;
      }
    }
  }

  // Labels: two of one leaf, one for another, two throughout a term.
  const labels = [...new Map([...labelsOf(side), ...extraLabels].map((label) => [label.id, label])).values()];
  for (const node of all) {
    const args = argumentsOf(node);
    for (let i = 0; i < args.length; i++) {
      for (let j = i + 1; j < args.length; j++) {
        const [a, b] = [args[i], args[j]] as [Argument, Argument];
        if (node.kind === "delta" || !sameKind(a.of, b.of)) continue;
        const by = withArguments(
          node,
          args.map((old, k) => (k === i ? b : k === j ? a : old)),
        );
        const found = leaf("swapped labels", node, by, `${slice(node)} should be ${write(by) ?? "with two labels exchanged"}`);
        if (found !== null) yield found;
      }
    }
    for (let i = 0; i < args.length; i++) {
      const argument = args[i] as Argument;
      for (const changed of changedArguments(argument, labels)) {
        const by = withArguments(
          node,
          args.map((old, k) => (k === i ? changed : old)),
        );
        const found = leaf("label", node, by, `${slice(node)} should be ${write(by) ?? "at another label"}`);
        if (found !== null) yield found;
      }
    }
  }
  for (const term of terms(side)) {
    const inside = labelsOf(term);
    for (let i = 0; i < inside.length; i++) {
      for (let j = i + 1; j < inside.length; j++) {
        const [x, y] = [inside[i], inside[j]] as [Label, Label];
        if (!sameKind(x.kind, y.kind)) continue;
        const by: Substitution = new Map([
          [x.id, plain(y)],
          [y.id, plain(x)],
        ]);
        for (const only of ["operators", "all"] as const) {
          const edit = throughout("swapped labels", term, by, `${x.name} and ${y.name} should change places in`, only, write, source);
          if (edit !== null) yield edit;
        }
      }
    }
  }
  // A momentum of the wrong sign, as in c_p^* c_p for c_{-p}^* c_{-p}.
  for (const term of terms(side)) {
    for (const label of labelsOf(term)) {
      const argument = plain(label);
      if (argument.kind !== "affine") continue;
      const by: Substitution = new Map([
        [label.id, { ...argument, terms: argument.terms.map((one) => ({ ...one, coefficient: negate(one.coefficient) })) }],
      ]);
      const edit = throughout("label", term, by, `${label.name} should be -${label.name} in`, "operators", write, source);
      if (edit !== null) yield edit;
    }
  }
  for (const term of terms(side)) {
    for (const edit of exchangeThroughout(term, words, write, source)) yield edit;
  }

  for (const node of all) {
    if ((node.kind === "ladder" || node.kind === "value") && parents.get(node)?.kind !== "power") {
      const text = write(node);
      const by: Expression = { kind: "power", base: node, exponent: rational(2), span: node.span };
      const squared = /[_(]/.test(text ?? "") ? `(${text})^2` : `${text}^2`;
      yield {
        kind: "power",
        target: node,
        by,
        message: `${slice(node)} should be squared`,
        patches: text === null ? [] : [{ span: node.span, text: squared }],
      };
    }
    if (node.kind === "power" && isInteger(node.exponent) && node.exponent.n > 0n) {
      for (const exponent of [node.exponent.n + 1n, node.exponent.n - 1n]) {
        if (exponent === 0n) continue;
        const text = slice(node).replace(/\^(?:\{[^{}]*\}|\d)$/, exponent > 9n ? `^{${exponent}}` : `^${exponent}`);
        const patches = text === slice(node) ? [] : [{ span: node.span, text }];
        yield {
          kind: "power",
          target: node,
          by: { ...node, exponent: rational(exponent) },
          message: `${slice(node)} should have the exponent ${exponent}`,
          patches,
        };
      }
    }
    if (node.kind === "commutator") {
      const by: Expression = { ...node, sign: node.sign === 1 ? -1 : 1 };
      const inner = `${slice(node.left)}, ${slice(node.right)}`;
      const text = by.sign === 1 ? `\\{${inner}\\}` : `[${inner}]`;
      yield {
        kind: "commutator",
        target: node,
        by,
        message: `${slice(node)} should be ${by.sign === 1 ? "an anticommutator" : "a commutator"}`,
        patches: [{ span: node.span, text }],
      };
    }
    if (node.kind === "product") {
      for (let i = 0; i + 1 < node.factors.length; i++) {
        const [a, b] = [node.factors[i], node.factors[i + 1]] as [Expression, Expression];
        if (isScalarLeaf(a) || isScalarLeaf(b)) continue;
        const by: Expression = { ...node, factors: node.factors.map((old, k) => (k === i ? b : k === i + 1 ? a : old)) };
        const [first, second] = [a, b].map((e) => (e.kind === "sum" ? bracketed(source, e.span) : e.span)) as [Span, Span];
        const [left, right] = [first, second].map(({ start, end }) => source.slice(start, end));
        const between = source.slice(first.end, second.start);
        yield {
          kind: "order",
          target: node,
          by,
          message: `${left} and ${right} should be in the other order`,
          patches: [{ span: cover(first, second), text: `${right}${between === "" ? " " : between}${left}` }],
        };
      }
    }
  }
}

function isScalarLeaf(e: Expression): boolean {
  return (
    e.kind === "number" || e.kind === "imaginary" || e.kind === "pi" || e.kind === "parameter" || e.kind === "value" || e.kind === "delta"
  );
}

/** The terms of every sum in a side, outer ones first; the whole side where it is no sum. */
export function terms(side: Expression): readonly Expression[] {
  const found = nodes(side).flatMap((node) => (node.kind === "sum" ? node.terms : []));
  return [...new Set([...(side.kind === "sum" ? [] : [side]), ...found])];
}

/** A leaf with another name of the same shape; `near`: those with the same letter, otherwise the others. */
function exchanged(node: Expression, words: Vocabulary, near: boolean): readonly Expression[] {
  const alike = (a: { readonly layout: { readonly base: string } }, b: { readonly layout: { readonly base: string } }): boolean =>
    (letter(a.layout.base) === letter(b.layout.base)) === near;
  switch (node.kind) {
    case "value":
      return words.symbols
        .filter((s) => s.id !== node.symbol.id && sameSlots(s.slots, node.symbol.slots) && alike(s, node.symbol))
        .map((symbol) => ({ ...node, symbol }));
    case "ladder":
      return words.species
        .filter(
          (s) =>
            s.id !== node.species.id &&
            s.statistics === node.species.statistics &&
            sameSlots(s.slots, node.species.slots) &&
            alike(s, node.species),
        )
        .map((species) => ({ ...node, species }));
    case "call":
      return words.definitions
        .filter(
          (d) =>
            d.id !== node.definition.id &&
            sameSlots(
              d.parameters.map((p) => p.kind),
              node.definition.parameters.map((p) => p.kind),
            ) &&
            alike(d, node.definition),
        )
        .map((definition) => ({ ...node, definition }));
    case "parameter":
      return words.parameters
        .filter((p) => p.id !== node.parameter.id && alike(p, node.parameter))
        .map((parameter) => ({ ...node, parameter }));
    default:
      return [];
  }
}

function letter(base: string): string {
  return base.replace(/\\(tilde|hat|bar|mathbf|mathcal|mathrm|boldsymbol|widetilde|widehat|check|dot)\b|[{}\s]/g, "");
}

function sameSlots(a: SymbolInfo["slots"], b: SymbolInfo["slots"]): boolean {
  return a.length === b.length && a.every((kind, i) => sameKind(kind, b[i] as (typeof b)[number]));
}

/** One argument read with one label, one sign, or one finite value changed. */
function changedArguments(argument: Argument, labels: readonly Label[]): readonly Argument[] {
  const found: Argument[] = [];
  const own = argumentLabels(argument);
  if (argument.kind === "constant") {
    if (argument.of.kind === "finite")
      for (const value of argument.of.values) if (value !== argument.value) found.push({ ...argument, value });
    return found;
  }
  if (argument.kind === "affine" && argument.terms.length > 0) {
    if (argument.terms.length > 1)
      argument.terms.forEach((term, i) => {
        found.push({
          ...argument,
          terms: argument.terms.map((old, k) => (k === i ? { ...term, coefficient: negate(term.coefficient) } : old)),
        });
      });
    found.push({ ...argument, terms: argument.terms.map((term) => ({ ...term, coefficient: negate(term.coefficient) })) });
  }
  for (const old of own) {
    for (const label of labels) {
      if (own.some((known) => known.id === label.id) || !sameKind(label.kind, old.kind)) continue;
      const changed = substitute(argument, new Map([[old.id, plain(label)]]));
      if (changed !== undefined) found.push(changed);
    }
  }
  return found;
}

/** Labels changed in a whole term, or in its ladder operators alone. Bound labels stay where they are bound. */
function throughout(
  kind: SlipKind,
  term: Expression,
  by: Substitution,
  change: string,
  only: "operators" | "all",
  write: Writer,
  source: string,
): Edit | null {
  const patches: Patch[] = [];
  let possible = true;
  const changed = rebuild(term, (node) => {
    if (only === "operators" && node.kind !== "ladder") return node;
    const args = argumentsOf(node);
    if (!args.some((argument) => argumentLabels(argument).some((label) => by.has(label.id)))) return node;
    const list = args.map((argument) => substitute(argument, by));
    if (list.some((argument) => argument === undefined)) {
      possible = false;
      return node;
    }
    const result = withArguments(node, list as Argument[]);
    const text = write(result);
    if (text !== null) patches.push({ span: node.span, text });
    return result;
  });
  if (!possible || changed === term) return null;
  const where = only === "operators" ? "the operators of " : "";
  const shown = source.slice(term.span.start, term.span.end);
  return {
    kind,
    target: term,
    by: changed,
    message: `${change} ${where}${shown}`,
    patches,
  };
}

/** One symbol or species exchanged for a similar one wherever a term has it. */
function* exchangeThroughout(term: Expression, words: Vocabulary, write: Writer, source: string): Generator<Edit> {
  const inside = nodes(term);
  const shown = source.slice(term.span.start, term.span.end);
  const seen = new Set<string>();
  for (const node of inside) {
    if (node.kind !== "value" && node.kind !== "ladder") continue;
    const name = node.kind === "value" ? `v${node.symbol.id}` : `l${node.species.id}`;
    if (seen.has(name)) continue;
    seen.add(name);
    const same = (other: Expression): boolean =>
      (node.kind === "value" && other.kind === "value" && other.symbol.id === node.symbol.id) ||
      (node.kind === "ladder" && other.kind === "ladder" && other.species.id === node.species.id);
    if (inside.filter(same).length < 2) continue;
    for (const by of [...exchanged(node, words, true), ...exchanged(node, words, false)]) {
      const patches: Patch[] = [];
      const changed = rebuild(term, (other) => {
        if (!same(other)) return other;
        const result: Expression =
          by.kind === "value" && other.kind === "value"
            ? { ...other, symbol: by.symbol }
            : by.kind === "ladder" && other.kind === "ladder"
              ? { ...other, species: by.species }
              : other;
        const text = write(result);
        if (text !== null) patches.push({ span: other.span, text });
        return result;
      });
      const [from, to] =
        node.kind === "value" && by.kind === "value"
          ? [node.symbol.name, by.symbol.name]
          : node.kind === "ladder" && by.kind === "ladder"
            ? [node.species.name, by.species.name]
            : ["", ""];
      yield { kind: "index", target: term, by: changed, message: `${from} should be ${to} throughout ${shown}`, patches };
    }
  }
}

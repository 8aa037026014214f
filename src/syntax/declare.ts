import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import { codeOf, valueText } from "../source/symbols.js";
import { type Chain, finish, finishAll, flat, type Items, type Pending } from "./build.js";
import type { Token } from "./tokens.js";
import type { SimpleDomain, Statement, SymbolDeclaration, Tree } from "./tree.js";

/**
 * Postprocessors for statements. Each gives a function that makes the statement when the whole text has been
 * read, since nearley calls them on every prefix that could be complete.
 */
export interface Header {
  readonly name?: string;
  readonly span: Span;
}
export type Delayed<T> = (header: Header) => T;

/** A `{1..1000000000}` would be unrolled by everything behind the parser. */
const largest = 10_000;

const at = (t: Token): Span => ({ start: t.start, end: t.end });
const named = (header: Header): { readonly name?: string } => (header.name === undefined ? {} : { name: header.name });

export function expression(body: Pending): Delayed<Tree> {
  return () => finish(body);
}

export function index(names: Chain<Tree>, domain: Chain<SimpleDomain>): Delayed<Statement> {
  return ({ span }) => ({ kind: "index", names: flat(names), domain: flat(domain), span });
}

export function species(kind: "boson" | "fermion", names: Chain<Tree>): Delayed<Statement> {
  return ({ span }) => ({ kind, names: flat(names), span });
}

export function definition(head: Tree, groups: Chain<Items> | undefined, body: Pending): Delayed<Statement> {
  return ({ span }) => ({
    kind: "let",
    head,
    groups: groups === undefined ? [] : flat(groups).map(finishAll),
    body: finish(body),
    span,
  });
}

export function assume(left: Pending, right: Pending): Delayed<Statement> {
  return (header) => ({ kind: "assume", ...named(header), left: finish(left), right: finish(right), span: header.span });
}

export function unitary(name: Tree, body: Pending): Delayed<Statement> {
  return ({ span }) => ({ kind: "unitary", name, body: finish(body), span });
}

export function claim(kind: "claim" | "refute", sides: Chain<Pending>): Delayed<Statement> {
  return (header) => ({ kind, ...named(header), sides: flat(sides).map(finish), span: header.span });
}

export function show(body: Pending): Delayed<Statement> {
  return (header) => ({ kind: "show", ...named(header), body: finish(body), span: header.span });
}

export function rule(left: Pending, right: Pending): Delayed<Statement> {
  return ({ name, span }) => ({ kind: "rule", name: name ?? "", left: finish(left), right: finish(right), span });
}

// ---- Functions and kernels --------------------------------------------------------------------------------

type Detail = { readonly word: Token } | { readonly value: Pending };
interface Declaration {
  readonly head: Tree;
  readonly list: { readonly items: Items; readonly close: Token } | undefined;
  readonly details: Chain<Detail> | undefined;
}

export function symbol(head: Tree, list?: Declaration["list"]): Declaration {
  return { head, list, details: undefined };
}

export function attributed(declaration: Declaration, word: Token): Declaration {
  return { ...declaration, details: { before: declaration.details, item: { word } } };
}

export function equal(declaration: Declaration, value: Pending): Declaration {
  return { ...declaration, details: { before: declaration.details, item: { value } } };
}

export function symbols(kind: "function" | "kernel", list: Chain<Declaration>): Delayed<Statement> {
  return ({ span }) => ({ kind, declarations: flat(list).map(finishSymbol), span });
}

function finishSymbol({ head, list, details }: Declaration): SymbolDeclaration {
  const attributes: { text: string; span: Span }[] = [];
  const equalities: Tree[] = [];
  let end = list?.close.end ?? head.span.end;
  for (const detail of details === undefined ? [] : flat(details)) {
    if ("word" in detail) {
      attributes.push({ text: detail.word.text, span: at(detail.word) });
      end = detail.word.end;
    } else {
      const tree = finish(detail.value);
      equalities.push(tree);
      end = tree.span.end;
    }
  }
  return { head, parameters: list ? finishAll(list.items) : [], attributes, equalities, span: { start: head.span.start, end } };
}

// ---- Parameters -------------------------------------------------------------------------------------------

type Field = "positive" | "real" | "complex";
interface Parameter {
  readonly name: Tree;
  readonly domain?: Field;
}

export function parameter(name: Tree): Parameter {
  return { name };
}

export function positive(name: Tree, zero: Token): Parameter {
  if (!/^0+(\.0+)?$/.test(zero.text))
    fail("parameter-domain", at(zero), `found "${zero.text}"; expected 0`, "write `param N > 0` for a positive parameter");
  return { name, domain: "positive" };
}

export function inField(name: Tree, field: Token): Parameter {
  if (field.text === "R" || field.text === "\\mathbb{R}") return { name, domain: "real" };
  if (field.text === "C" || field.text === "\\mathbb{C}") return { name, domain: "complex" };
  return fail(
    "parameter-domain",
    at(field),
    `found "${field.text}"; expected R or C`,
    "a parameter is positive (`> 0`), real (`in R`) or complex",
  );
}

export function described(name: Tree, word: Token): Parameter {
  if (word.text === "real" || word.text === "positive" || word.text === "complex") return { name, domain: word.text };
  return fail("parameter-domain", at(word), `found "${word.text}"; expected real, positive or complex`);
}

/** In `s, t in R` the domain is that of all names since the last domain, as mathematicians read it. */
export function param(list: Chain<Parameter>): Delayed<Statement> {
  return ({ span }) => {
    const items = flat(list);
    const declarations: { name: Tree; domain: Field }[] = [];
    let field: Field = "complex";
    for (let i = items.length - 1; i >= 0; i--) {
      const { name, domain } = items[i] as Parameter;
      field = domain ?? field;
      declarations.push({ name, domain: field });
    }
    return { kind: "param", declarations: declarations.reverse(), span };
  };
}

// ---- Domains ----------------------------------------------------------------------------------------------

/** `R^3`, `Z^3`, with any spelling of the letter. */
export function space(letter: Token, power?: Token): SimpleDomain {
  const dimension = power === undefined ? 1 : integer(power);
  if (dimension < 1 || dimension > 1000) fail("domain", at(power as Token), `found dimension ${dimension}; expected 1 or more`);
  if (letter.text === "R" || letter.text === "\\mathbb{R}") return { kind: "space", dimension };
  if (letter.text === "Z" || letter.text === "\\mathbb{Z}") return { kind: "lattice", dimension };
  return fail("domain", at(letter), `found "${letter.text}"; expected R^3, Z^3 or a finite set such as {1, 2}`);
}

function integer(t: Token): number {
  if (!/^\d{1,9}$/.test(t.text)) fail("domain", at(t), `found "${t.text.slice(0, 20)}"; expected a whole number of at most 9 digits`);
  return Number(t.text);
}

export function finite(list: Chain<Token>): SimpleDomain {
  const tokens = flat(list);
  const values = tokens.map(integer);
  values.forEach((value, i) => {
    if (values.indexOf(value) !== i) fail("domain", at(tokens[i] as Token), `found ${value} twice in a set`);
  });
  return { kind: "finite", values };
}

/** `{\uparrow, \downarrow}`: single symbols, which are numbered. */
export function symbolSet(list: Chain<Tree>): SimpleDomain {
  const trees = flat(list);
  const values = trees.map((tree) => {
    const code = tree.kind === "name" ? codeOf(tree.text) : undefined;
    return (
      code ??
      fail(
        "domain",
        tree.span,
        "found this in a set; expected numbers, single letters or arrows",
        "as in {1, 2}, {1..6}, {u, d} or {\\uparrow, \\downarrow}",
      )
    );
  });
  values.forEach((value, i) => {
    const tree = trees[i] as Tree;
    if (values.indexOf(value) !== i) fail("domain", tree.span, `found ${valueText(value)} twice in a set`);
  });
  return { kind: "finite", values };
}

export function range(from: Token, to: Token): SimpleDomain {
  const low = integer(from);
  if (to.type === "name") {
    if (to.text === "\\infty") fail("domain", at(to), "found an infinite sum; expected a number or a parameter as upper limit");
    if (low !== 1) fail("domain", at(from), `found ${low}; a range up to a parameter starts at 1`);
    return { kind: "symbolic", name: to.text };
  }
  const high = integer(to);
  if (high < low) fail("domain", at(to), `found an empty range ${low}..${high}`);
  if (high - low >= largest) fail("domain", at(to), `found a range of ${high - low + 1} values; at most ${largest} are allowed`);
  return { kind: "finite", values: Array.from({ length: high - low + 1 }, (_, i) => low + i) };
}

/** `{1, ..., 6}`, `{1, 2, ..., p}`. */
export function listedRange(list: Chain<Token>, to: Token): SimpleDomain {
  const tokens = flat(list);
  const start = integer(tokens[0] as Token);
  tokens.forEach((t, i) => {
    if (integer(t) !== start + i) fail("domain", at(t), `found ${t.text}; expected ${start + i}`, "a range counts in steps of one");
  });
  return range(tokens[0] as Token, to);
}

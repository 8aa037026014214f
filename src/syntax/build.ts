import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import type { Token } from "./tokens.js";
import type { Script, ScriptItem, SumTerm, Tree } from "./tree.js";

/**
 * Constructors for the grammar's postprocessors. nearley runs them on every prefix that could be complete, so
 * each is of constant cost: a list is a chain of pairs (`Chain`), a sum or a product a chain of its operands
 * (`Pending`), and both become flat arrays once, when the token that closes them has been read.
 */
export interface Chain<T> {
  readonly before: Chain<T> | undefined;
  readonly item: T;
}

export function first<T>(item: T): Chain<T> {
  return { before: undefined, item };
}

export function more<T>(before: Chain<T>, item: T): Chain<T> {
  return { before, item };
}

export function flat<T>(chain: Chain<T>): T[] {
  const items: T[] = [];
  for (let at: Chain<T> | undefined = chain; at !== undefined; at = at.before) items.push(at.item);
  return items.reverse();
}

/** `factor factor / factor ...` */
interface Product {
  readonly before: Product | undefined;
  /** `/` or a sign of multiplication, where one is written. */
  readonly over: Token | undefined;
  readonly factor: Tree;
}

/** `product * product \otimes product ...` */
export interface Operands {
  readonly before: Operands | undefined;
  readonly operator: Token | undefined;
  readonly product: Product;
}

/** `± operands ± operands ...` */
export interface Pending {
  readonly before: Pending | undefined;
  readonly sign: Token | undefined;
  readonly operands: Operands;
}

/** Items between commas, or between the bars of an angle. */
export interface Items {
  readonly before: Items | undefined;
  readonly separator: Token | undefined;
  readonly item: Pending;
}

export function firstItem(item: Pending): Items {
  return { before: undefined, separator: undefined, item };
}

export function moreItems(before: Items, separator: Token, item: Pending): Items {
  return { before, separator, item };
}

export function factor(before: Product | undefined, over: Token | undefined, factor: Tree): Product {
  return { before, over, factor };
}

export function operand(before: Operands | undefined, operator: Token | undefined, product: Product): Operands {
  return { before, operator, product };
}

export function term(before: Pending | undefined, sign: Token | undefined, operands: Operands): Pending {
  return { before, sign, operands };
}

const span = (from: Span, to: Span): Span => ({ start: from.start, end: to.end });

function finishProduct(product: Product): Tree {
  const chain: Product[] = [];
  for (let at: Product | undefined = product; at !== undefined; at = at.before) chain.push(at);
  let items: Tree[] = [];
  for (let i = chain.length - 1; i >= 0; i--) {
    const { over: by, factor } = chain[i] as Product;
    if (by?.text === "/") {
      const over = juxtaposition(items);
      items = [{ kind: "quotient", over, under: factor, span: span(over.span, factor.span) }];
    } else items.push(factor);
  }
  return juxtaposition(items);
}

function juxtaposition(items: readonly Tree[]): Tree {
  const head = items[0] as Tree;
  if (items.length === 1) return head;
  return { kind: "juxtaposition", items, span: span(head.span, (items[items.length - 1] as Tree).span) };
}

export function finishOperands(operands: Operands): Tree {
  const chain: Operands[] = [];
  for (let at: Operands | undefined = operands; at !== undefined; at = at.before) chain.push(at);
  let tree = finishProduct((chain[chain.length - 1] as Operands).product);
  for (let i = chain.length - 2; i >= 0; i--) {
    const { operator, product } = chain[i] as Operands;
    const right = finishProduct(product);
    tree = { kind: "binary", operator: (operator as Token).text as "*" | "\\otimes", left: tree, right, span: span(tree.span, right.span) };
  }
  return tree;
}

/** The tree of a sum that has been read to its end. Linear in its length. */
export function finish(sum: Pending): Tree {
  if (sum.before === undefined && sum.sign === undefined) return finishOperands(sum.operands);
  const terms: SumTerm[] = [];
  for (let at: Pending | undefined = sum; at !== undefined; at = at.before) {
    const sign = at.sign?.text === "-" ? -1 : 1;
    const tree = finishOperands(at.operands);
    const where = at.sign === undefined ? tree.span : span(at.sign, tree.span);
    terms.push(tree.kind === "name" && tree.text === "h.c." ? { sign, span: where } : { sign, tree, span: where });
  }
  terms.reverse();
  return { kind: "sum", terms, span: span((terms[0] as SumTerm).span, (terms[terms.length - 1] as SumTerm).span) };
}

export const finishAll = (items: Items): Tree[] => flat<Pending>(items).map(finish);

// ---- Atoms ------------------------------------------------------------------------------------------------

const at = (t: Token): Span => ({ start: t.start, end: t.end });

/** A name, a number or a placeholder. `layout.ts` has seen to it that an `h.c.` stands where one may. */
export function leaf(t: Token): Tree {
  if (t.type === "number") return { kind: "number", text: t.text, span: at(t) };
  if (t.type === "placeholder") return { kind: "placeholder", span: at(t) };
  return { kind: "name", text: t.text, span: at(t) };
}

/** What a LaTeX command takes without braces: a name or one digit. */
export function digit(t: Token): Tree {
  if (t.type === "number" && t.text.length > 1)
    fail(
      "argument-needs-braces",
      at(t),
      `found ${shorten(t.text)}; without braces LaTeX takes one digit here`,
      `write {${shorten(t.text)}}`,
    );
  return leaf(t);
}

const shorten = (text: string): string => (text.length > 24 ? `${text.slice(0, 20)}…` : text);

/** All kinds of brackets; `count` of the opening one says that `\Nor` stands before it. */
export function group(open: Token, items: Items, close: Token): Tree {
  const where = span(open, close);
  if (open.type === "langle") return angle(items, where);
  const list = items.before !== undefined;
  if (open.count > 0 || open.type === "colonOpen") {
    if (list) excess(items, close);
    return { kind: "normal", body: finish(items.item), span: where };
  }
  switch (open.type) {
    case "(":
    case "[":
    case "\\{":
      if (list) return { kind: "list", delimiter: open.type, items: finishAll(items), span: where };
      return { kind: "group", delimiter: open.type, body: finish(items.item), span: where };
    case "{":
      if (list) excess(items, close);
      return { kind: "group", delimiter: "{", body: finish(items.item), span: where };
    default:
      if (list) excess(items, close);
      return { kind: "bars", double: open.text === "\\|", body: finish(items.item), span: where };
  }
}

/** A comma between brackets that hold one expression. */
function excess(items: Items, close: Token): never {
  let first = items;
  while (first.before?.separator !== undefined) first = first.before;
  const comma = first.separator as Token;
  return fail(
    "unexpected-token",
    at(comma),
    `found "${comma.text}"; expected an operator, a factor or a closing "${close.text}"`,
    "only (A, B), [A, B], \\{A, B\\} and \\langle A, B \\rangle hold lists",
  );
}

/** `\langle A \rangle`, `\langle f, g \rangle`, `\langle f | g \rangle`; `\langle f | A | g \rangle` is `\langle f, A g \rangle`. */
function angle(items: Items, where: Span): Tree {
  const trees = finishAll(items);
  if (trees.length < 3) return { kind: "angle", items: trees, span: where };
  const [f, a, g] = trees as [Tree, Tree, Tree];
  const bars = items.separator?.text === "|" && items.before?.separator?.text === "|";
  if (trees.length > 3 || !bars)
    fail(
      "unexpected-token",
      at(items.separator as Token),
      `found ${trees.length} items in angles; expected one or two`,
      "write \\langle f, g \\rangle or \\langle f | A | g \\rangle",
    );
  const wrap = (tree: Tree): Tree => (tree.kind === "sum" ? { kind: "group", delimiter: "(", body: tree, span: tree.span } : tree);
  return { kind: "angle", items: [f, juxtaposition([wrap(a), wrap(g)])], span: where };
}

/** What a command takes, with the place where it ends (behind the brace, which leaves no other trace). */
export interface Argument {
  readonly tree: Tree;
  readonly end: number;
}

export function argument(body: Pending, close: Token): Argument {
  return { tree: finish(body), end: close.end };
}

const isArgument = (value: Tree | Argument): value is Argument => !("kind" in value);
const treeOf = (value: Tree | Argument): Tree => (isArgument(value) ? value.tree : value);
const endOf = (value: Tree | Argument): number => (isArgument(value) ? value.end : value.span.end);

export function fraction(command: Token, over: Tree | Argument, under: Tree | Argument): Tree {
  return { kind: "quotient", over: treeOf(over), under: treeOf(under), span: { start: command.start, end: endOf(under) } };
}

export function root(command: Token, degree: Pending, body: Tree | Argument): Tree {
  return { kind: "root", body: treeOf(body), degree: finish(degree), span: { start: command.start, end: endOf(body) } };
}

export function unary(command: Token, body: Tree | Argument): Tree {
  const where = { start: command.start, end: endOf(body) };
  if (command.text === "\\sqrt") return { kind: "root", body: treeOf(body), span: where };
  if (command.text === "\\overline") return { kind: "overline", body: treeOf(body), span: where };
  return { kind: "dot", count: command.text === "\\dot" ? 1 : 2, body: treeOf(body), span: where };
}

export function ketbra(open: Token, ket: Pending, bra: Pending, close: Token): Tree {
  return { kind: "ketbra", ket: finish(ket), bra: finish(bra), span: span(open, close) };
}

// ---- Integrals and sums -----------------------------------------------------------------------------------

export function integral(open: Token, labels: Chain<Tree>, body: Pending): Tree {
  const trees = flat(labels);
  return { kind: "integral", labels: trees, ...over(open), body: finish(body), span: span(open, (trees[trees.length - 1] as Tree).span) };
}

/** The domain of an integral sign, which `layout.ts` has left with it. */
export function over(open: Token): { readonly over?: readonly (number | undefined)[] } {
  if (open.inside === "") return {};
  return { over: open.inside.split(",").map((dimension) => (dimension === "d" ? undefined : Number(dimension))) };
}

/** Rows of cells; all rows must be equally long. */
export function matrix(open: Token, rows: Chain<Chain<Pending>>, close: Token): Tree {
  const cells = flat(rows).map((row) => flat(row).map(finish));
  const width = (cells[0] as Tree[]).length;
  for (const row of cells)
    if (row.length !== width)
      fail(
        "ragged-matrix",
        span((row[0] as Tree).span, (row[row.length - 1] as Tree).span),
        `found a row with ${row.length} ${row.length === 1 ? "entry" : "entries"}; the first row has ${width}`,
      );
  return { kind: "matrix", rows: cells, span: span(open, close) };
}

// ---- Scripts ----------------------------------------------------------------------------------------------

/** One script, or primes that stand behind scripts. */
export type Part =
  | { readonly kind: "_" | "^"; readonly mark: Token; readonly script: Script }
  | { readonly kind: "prime"; readonly mark: Token };

type Body = { readonly items: readonly ScriptItem[]; readonly text: string; readonly span: Span };

export function mark(t: Token): ScriptItem {
  return { kind: "mark", text: t.text, span: at(t) };
}

export function single(tree: Tree): Body {
  const text = tree.kind === "name" || tree.kind === "number" ? tree.text : "";
  return { items: [{ kind: "tree", tree, span: tree.span }], text, span: tree.span };
}

export function singleMark(t: Token): Body {
  return { items: [mark(t)], text: t.text, span: at(t) };
}

/** The text inside, without spaces, is what `layout.ts` has kept with the brace. */
export function braced(open: Token, items: Chain<ScriptItem | Pending>, close: Token): Body {
  const list = flat(items).map((item): ScriptItem => {
    if (!("operands" in item)) return item;
    const tree = finish(item);
    return { kind: "tree", tree, span: tree.span };
  });
  return { items: list, text: open.inside, span: span(open, close) };
}

export function script(mark: Token, { items, text, span: where }: Body): Part {
  return { kind: mark.text as "_" | "^", mark, script: { items, text, span: where } };
}

export function prime(mark: Token): Part {
  return { kind: "prime", mark };
}

/** Adds a script to what stands before it: one of each kind, and primes that go to the name. */
export function scripted(before: Tree, part: Part): Tree {
  const known = before.kind === "script" ? before : undefined;
  const base = known?.base ?? before;
  if (part.kind === "prime") {
    if (base.kind !== "name" || before.span.end > part.mark.start)
      return fail("prime", at(part.mark), "found a prime; only a name can have primes", "name the expression with `let` first");
    const primed: Tree = { kind: "name", text: base.text + part.mark.text, span: base.span };
    const end = part.mark.end;
    return known === undefined
      ? { ...primed, span: { start: base.span.start, end } }
      : { ...known, base: primed, span: { start: base.span.start, end } };
  }
  const sub = part.kind === "_";
  if ((sub ? known?.sub : known?.sup) !== undefined)
    fail(
      "double-script",
      at(part.mark),
      `found a second ${sub ? "subscript" : "superscript"}; a base takes one`,
      sub ? "write a_{x,y} for two labels" : "group the base, as in {a^2}^*, or write both in one pair of braces",
    );
  const where = { start: base.span.start, end: part.script.span.end };
  return { ...(known ?? { kind: "script", base }), ...(sub ? { sub: part.script } : { sup: part.script }), span: where };
}

import type { Span } from "../source/span.js";
import { cover } from "../source/span.js";
import type { Script, ScriptItem, SumTerm, Tree } from "../syntax/tree.js";

/**
 * Names as they are written: a base with the items of its subscript and superscript, and the overlines and
 * dots that were drawn over it. Which items belong to the name is for the scope to say.
 */
export interface Occurrence {
  readonly base: string;
  readonly sub: readonly ScriptItem[];
  readonly sup: readonly ScriptItem[];
  /** What stands over the name, innermost first: `\dot{\phi}_1`, `\overline{k}_{12}`. */
  readonly over: readonly Over[];
  readonly span: Span;
}

export type Over = { readonly kind: "overline" } | { readonly kind: "dot"; readonly count: number };

/** A name with its scripts, or `undefined` for any other tree. Scripts outside a lone brace, overline or dot belong to the name inside. */
export function occurrence(tree: Tree): Occurrence | undefined {
  switch (tree.kind) {
    case "name":
      return { base: tree.text, sub: [], sup: [], over: [], span: tree.span };
    case "group":
      return tree.delimiter === "{" ? occurrence(tree.body) : undefined;
    case "overline":
    case "dot": {
      const inner = occurrence(tree.body);
      if (!inner || inner.sup.some(isOperation)) return undefined;
      const over: Over = tree.kind === "dot" ? { kind: "dot", count: tree.count } : { kind: "overline" };
      return { ...inner, over: [...inner.over, over], span: tree.span };
    }
    case "script": {
      const inner = occurrence(tree.base);
      if (!inner) return undefined;
      const { sub, sup } = tree;
      if (sub && (inner.sub.length > 0 || inner.sup.some(isOperation))) return undefined;
      return {
        ...inner,
        sub: sub ? sub.items : inner.sub,
        sup: sup ? [...inner.sup, ...sup.items] : inner.sup,
        span: cover(inner.span, tree.span),
      };
    }
    default:
      return undefined;
  }
}

/** Whether a superscript can only be an operation, never part of a name: `*`, `\dagger`, `\top`, a bare number. */
export function isOperation(item: ScriptItem): boolean {
  if (item.kind === "mark") return item.text === "*" || item.text === "\\dagger" || item.text === "\\top";
  const tree = unbrace(item.tree);
  return tree.kind === "number" || tree.kind === "quotient" || tree.kind === "sum";
}

/** A tree without the braces around it. */
export function unbrace(tree: Tree): Tree {
  let inner = tree;
  while (inner.kind === "group" && inner.delimiter === "{") inner = inner.body;
  return inner;
}

/** The text of a small tree, without spaces and without braces around single tokens: how parts of names are compared. */
export function spell(tree: Tree): string {
  switch (tree.kind) {
    case "number":
    case "name":
      return tree.text;
    case "script": {
      const sub = tree.sub ? `_${braced(tree.sub)}` : "";
      const sup = tree.sup ? `^${braced(tree.sup)}` : "";
      return spell(tree.base) + sub + sup;
    }
    case "group":
      return tree.delimiter === "{" ? spell(tree.body) : `${open(tree.delimiter)}${spell(tree.body)}${close(tree.delimiter)}`;
    case "list":
      return `${open(tree.delimiter)}${tree.items.map(spell).join(",")}${close(tree.delimiter)}`;
    case "juxtaposition":
      return tree.items.map(spell).reduce(joined, "");
    case "sum":
      return tree.terms.map((term, at) => (term.sign < 0 ? "-" : at > 0 ? "+" : "") + (term.tree ? spell(term.tree) : "h.c.")).join("");
    case "quotient":
      return `${spell(tree.over)}/${spell(tree.under)}`;
    case "binary":
      return `${spell(tree.left)}${tree.operator}${spell(tree.right)}`;
    case "overline":
      return `\\overline{${spell(tree.body)}}`;
    case "dot":
      return `\\${"d".repeat(tree.count)}ot{${spell(tree.body)}}`;
    case "matrix":
      return `\\begin{pmatrix}${tree.rows.map((row) => row.map(spell).join("&")).join("\\\\")}\\end{pmatrix}`;
    case "placeholder":
      return "\\cdot";
    default:
      return `<${tree.kind}>`;
  }
}

/** Puts a space where a command would run into a letter. */
const joined = (left: string, right: string): string =>
  /\\[A-Za-z]+$/.test(left) && /^[A-Za-z]/.test(right) ? `${left} ${right}` : left + right;

const open = (delimiter: string): string => delimiter;
const close = (delimiter: string): string => (delimiter === "(" ? ")" : delimiter === "[" ? "]" : delimiter === "{" ? "}" : "\\}");

export const spellItem = (item: ScriptItem): string => (item.kind === "mark" ? item.text : spell(item.tree));

/** The text of a script, with braces unless it is one token. */
const braced = (script: Script): string => brace(script.items.map(spellItem).join(","));
export const brace = (text: string): string => (/^(?:.|\\[A-Za-z]+)$/u.test(text) ? text : `{${text}}`);

/** One spelling of a name: base, subscript, superscript. */
export function nameOf(base: string, sub: readonly string[], sup: readonly string[]): string {
  return base + (sub.length > 0 ? `_${brace(sub.join(","))}` : "") + (sup.length > 0 ? `^${brace(sup.join(","))}` : "");
}

/** How an occurrence was written, in one spelling. */
export const spellOccurrence = (o: Occurrence): string => nameOf(o.base, o.sub.map(spellItem), o.sup.map(spellItem));

/**
 * Subscript items with adjacent letters and digits taken apart: `ij` to `i`, `j`; `12` to `1`, `2`; `1x` to
 * `1`, `x`. Only items that are wholly names, scripted names and numbers are divided.
 */
export function divide(items: readonly ScriptItem[]): readonly ScriptItem[] {
  const result: ScriptItem[] = [];
  for (const item of items) {
    const tree = item.kind === "tree" ? unbrace(item.tree) : undefined;
    const pieces = tree?.kind === "juxtaposition" ? tree.items : tree ? [tree] : [];
    if (tree && pieces.every((piece) => piece.kind === "name" || piece.kind === "number" || piece.kind === "script")) {
      for (const piece of pieces) {
        if (piece.kind === "number" && /^\d+$/.test(piece.text))
          for (const [at, digit] of [...piece.text].entries()) {
            const start = Math.min(piece.span.start + at, piece.span.end);
            result.push(asItem({ kind: "number", text: digit, span: { start, end: Math.min(start + 1, piece.span.end) } }));
          }
        else result.push(asItem(piece));
      }
    } else result.push(item);
  }
  return result;
}

/**
 * Subscript items with a label taken off the end or the front of a sum: `-p\downarrow` to `-p`, `\downarrow`; `p+qm` to
 * `p+q`, `m`; `mp+q` to `m`, `p+q`. A number goes with the label that follows it; with `numbers` it ends the sum before it,
 * `j+1\sigma` being `j+1`, `\sigma`.
 */
export function splitSums(items: readonly ScriptItem[], front: boolean, numbers = false): readonly ScriptItem[] {
  return items.flatMap((item): readonly ScriptItem[] => {
    const tree = item.kind === "tree" ? unbrace(item.tree) : undefined;
    if (tree?.kind === "juxtaposition" && !front) return splitProduct(tree, false)?.map(asItem) ?? [item];
    if (tree?.kind !== "sum") return [item];
    const at = front ? 0 : tree.terms.length - 1;
    const term = tree.terms[at] as SumTerm;
    const parts = term.tree?.kind === "juxtaposition" && !(front && term.sign < 0) ? splitProduct(term.tree, front, numbers) : undefined;
    if (!parts) return [item];
    const [left, right] = parts;
    const stays = front ? right : left;
    const terms = tree.terms.map((one, k) =>
      k === at ? { ...one, tree: stays, span: { ...one.span, [front ? "start" : "end"]: stays.span[front ? "start" : "end"] } } : one,
    );
    const span = front ? { start: stays.span.start, end: tree.span.end } : { start: tree.span.start, end: stays.span.end };
    const sum: Tree = { kind: "sum", terms, span };
    return (front ? [left, sum] : [sum, right]).map(asItem);
  });
}

/** The first or last factor and the others. */
function splitProduct(tree: Tree & { kind: "juxtaposition" }, front: boolean, numbers = false): readonly [Tree, Tree] | undefined {
  const { items } = tree;
  const cut = front ? 1 : items.length - 1;
  const left = items.slice(0, cut);
  const right = items.slice(cut);
  if (left.every((one) => one.kind === "number") && !front && !numbers) return undefined;
  return [productTree(left), productTree(right)];
}

function productTree(items: readonly Tree[]): Tree {
  const [first] = items as readonly [Tree];
  const last = items[items.length - 1] as Tree;
  return items.length === 1 ? first : { kind: "juxtaposition", items, span: cover(first.span, last.span) };
}

const asItem = (tree: Tree): ScriptItem => ({ kind: "tree", tree, span: tree.span });

/** The base and number of a name that could be made from an index: `x'`, `x_1`, `x_{12}`; primes are left out of `stem`. */
export function labelForm(o: Occurrence): { readonly name: string; readonly stem: string } | undefined {
  if (o.sup.length > 0 || o.over.length > 0 || o.sub.length > 1) return undefined;
  const stem = o.base.replace(/'+$/, "");
  const [item] = o.sub;
  if (!item) return { name: o.base, stem };
  const text = spellItem(item);
  return /^\d+$/.test(text) ? { name: nameOf(o.base, [text], []), stem } : undefined;
}

/** Names that mean something by themselves unless a document declares them. */
export const isBuiltin = (base: string): boolean => builtins.has(base);

const builtins: ReadonlySet<string> = new Set(
  "i \\mathrm{i} e \\mathrm{e} \\pi \\mathbb{1} \\mathbf{1} \\mathbb{0} \\mathbf{0} \\delta \\partial \\nabla \\Delta \\infty exp cosh sinh tanh coth cos sin tan cot Re Im tr C part ch sh".split(
    " ",
  ),
);

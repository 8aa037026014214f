import type { Span } from "../source/span.js";
import type { ScriptItem, Tree } from "../syntax/tree.js";

/** A place in a run of things written one after another. */
export interface Cursor {
  readonly items: readonly Tree[];
  at: number;
}

/** A bracketed list that follows, with the superscripts on it. */
export interface Group {
  readonly items: readonly Tree[];
  readonly after: readonly ScriptItem[];
  readonly span: Span;
}

/** The parenthesised group that comes next, if one does: `(A)`, `(A, B)`, `(A)^2`. */
export function nextGroup(cursor: Cursor): (Group & { readonly delimiter: string }) | undefined {
  const group = nextBracket(cursor);
  return group && group.delimiter === "(" ? group : undefined;
}

/** A bracketed list that follows, with a subscript on it too: the block of what it is an argument of, as in `ch(k)_{12}`. */
export function nextBlock(cursor: Cursor): (Group & { readonly delimiter: string; readonly sub: readonly ScriptItem[] }) | undefined {
  const tree = cursor.items[cursor.at];
  if (tree?.kind !== "script" || !tree.sub) {
    const group = nextBracket(cursor);
    return group && { ...group, sub: [] };
  }
  const inside = nextBracket({ items: [tree.base], at: 0 });
  return inside && { ...inside, sub: tree.sub.items, after: tree.sup?.items ?? [], span: tree.span };
}

/** The same with any brackets around one thing: `part_2\{A\}` and `\exp[A]` are seen in papers; a list in them is a commutator. */
export function nextBracket(cursor: Cursor): (Group & { readonly delimiter: string }) | undefined {
  const tree = cursor.items[cursor.at];
  if (!tree) return undefined;
  const inner = tree.kind === "script" && !tree.sub && tree.sup ? tree.base : tree;
  const after = tree.kind === "script" && tree.sup ? tree.sup.items : [];
  const { span } = tree;
  // ((1,x)) is one pair, (1,x) two arguments.
  if (inner.kind === "group") return { items: [inner.body], after, span, delimiter: inner.delimiter };
  if (inner.kind === "list" && inner.delimiter === "(") return { items: inner.items, after, span, delimiter: "(" };
  return undefined;
}

import type { Kind, Layout } from "../core/expression.js";
import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import type { ScriptItem, Tree } from "../syntax/tree.js";
import { describeAll } from "./kinds.js";
import { indexKinds } from "./label.js";
import type { Env } from "./meaning.js";
import { divide, labelForm, nameOf, occurrence, spell, spellItem } from "./name.js";
import type { Scope } from "./scope.js";
import { undeclared } from "./undeclared.js";

/** A label that a declaration names: `x`, or a pair X with two kinds. */
export interface Slot {
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly span: Span;
}

/** The declared form of a name: which items of its scripts are parts of it and which are labels. */
export interface DeclaredHead {
  readonly base: string;
  readonly sub: readonly (string | Slot)[];
  readonly sup: readonly string[];
  readonly slots: readonly Slot[];
  readonly span: Span;
}

/** Reads the head of a declaration: subscripts that are declared indices are labels, all else is the name. */
export function readHead(tree: Tree, env: Env): DeclaredHead {
  const o = occurrence(tree);
  if (!o || o.over.length > 0)
    return fail(
      "bad-name",
      tree.span,
      `found \`${spell(tree)}\`, expected a name to declare`,
      "a name is a letter or a command with subscripts and superscripts",
    );
  const sub: (string | Slot)[] = [];
  for (const item of o.sub) {
    const one = slotOf(item, env);
    if (one) {
      sub.push(one);
      continue;
    }
    const pieces = divide([item]).map((piece) => slotOf(piece, env) ?? spellItem(piece));
    if (pieces.length > 1 && pieces.every((piece) => typeof piece !== "string")) sub.push(...pieces);
    else sub.push(spellItem(item));
  }
  for (const item of o.sup) {
    if (item.kind === "mark" && /^(\*|\\dagger|\\top)$/.test(item.text))
      fail(
        "bad-name",
        item.span,
        `found \`${item.text}\` on a name that is declared, expected the name alone`,
        "its adjoint needs no declaration",
      );
    if (item.kind === "tree" && item.tree.kind === "number")
      fail(
        "bad-name",
        item.span,
        `found the power \`${item.tree.text}\` on a name that is declared`,
        "put it in parentheses if it is part of the name, as in \\phi^{(2)}",
      );
  }
  return {
    base: o.base,
    sub,
    sup: o.sup.map(spellItem),
    slots: sub.filter((item): item is Slot => typeof item !== "string"),
    span: tree.span,
  };
}

function slotOf(item: ScriptItem, env: Env): Slot | undefined {
  if (item.kind !== "tree") return undefined;
  return labelSlot(item.tree, env);
}

/** A declared index, as a parameter. */
export function labelSlot(tree: Tree, env: Env): Slot | undefined {
  const o = occurrence(tree);
  const form = o && labelForm(o);
  const kinds = o && indexKinds(o, env);
  return form && kinds ? { name: form.name, kinds, span: tree.span } : undefined;
}

/** The index that a declaration has to name here. */
export function needLabel(tree: Tree, env: Env): Slot {
  const slot = labelSlot(tree, env);
  if (slot) return slot;
  const o = occurrence(tree);
  if (o && !env.scope.exact(o.base)) return undeclared(o, env, "index");
  return fail("not-a-label", tree.span, `found \`${spell(tree)}\`, expected a label declared with \`index\``);
}

/** The bare name, without labels. */
export const headName = (head: DeclaredHead): string =>
  nameOf(
    head.base,
    head.sub.filter((item) => typeof item === "string"),
    head.sup,
  );

/** The name as it was declared, labels included. */
export const fullName = (head: DeclaredHead): string =>
  nameOf(
    head.base,
    head.sub.map((item) => (typeof item === "string" ? item : item.name)),
    head.sup,
  );

/** A name for a symbol that no other symbol of the document has. */
export function uniqueName(head: DeclaredHead, scope: Scope): string {
  const short = headName(head);
  if (head.slots.length === 0) return short;
  const parts = head.sub.filter((item) => typeof item === "string");
  const taken =
    scope.exact(short) !== undefined || scope.labelledWith(head.base, parts).some((entry) => entry.sup.join(",") === head.sup.join(","));
  return taken ? fullName(head) : short;
}

/** How a name is written: the numbers of its slots in the subscript, then in parentheses. */
export function layoutOf(head: DeclaredHead, groups: readonly (readonly Kind[])[]): Layout {
  let next = 0;
  const take = (count: number): readonly number[] => Array.from({ length: count }, () => next++);
  const subscript = head.sub.map((item) => (typeof item === "string" ? item : take(item.kinds.length)));
  return { base: head.base, subscript, superscript: head.sup, arguments: groups.map((group) => take(group.length)) };
}

/** A declaration that takes no labels. @throws Fault when it has some */
export function withoutLabels(head: DeclaredHead, what: string, hint: string): void {
  const [slot] = head.slots;
  if (slot)
    fail(
      "bad-name",
      slot.span,
      `found the label \`${slot.name}\` in ${describeAll(slot.kinds)} in the name of ${what}, which has no labels`,
      hint,
    );
}

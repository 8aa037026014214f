import { divide, multiply, negate, one, type Rational } from "../core/rational.js";
import type { Tree } from "../syntax/tree.js";
import { constant } from "./constant.js";
import { local } from "./environment.js";
import type { Env } from "./meaning.js";
import { occurrence, spell, spellOccurrence } from "./name.js";

/** The LaTeX of a kernel without the numbers in front; parameters of a definition as they were given to it. */
export function writtenOf(tree: Tree, env: Env): string {
  const inner = withoutNumbers(tree);
  const o = occurrence(inner);
  const found = o && local(env, spellOccurrence(o));
  return (found?.meant.kind === "meaning" ? found.meant.written : undefined) ?? spell(inner);
}

/** What stands behind the numbers: k in `2k`, `-k`, `\frac12 k`. */
function withoutNumbers(tree: Tree): Tree {
  const inner = tree.kind === "group" ? tree.body : tree;
  const [only, ...others] = inner.kind === "sum" ? inner.terms : [];
  if (only?.tree && others.length === 0) return withoutNumbers(only.tree);
  if (inner.kind === "quotient" && constant(inner.under)) return withoutNumbers(inner.over);
  if (inner.kind !== "juxtaposition") return inner;
  const items = inner.items.filter((item) => !constant(item));
  return items.length === 1 ? withoutNumbers(items[0] as Tree) : { ...inner, items };
}

/** The numbers that `writtenOf` leaves out: 2 of `2k`, -1/2 of `-\frac12 k`. */
export function multipleOf(tree: Tree): Rational {
  const inner = tree.kind === "group" ? tree.body : tree;
  const [only, ...others] = inner.kind === "sum" ? inner.terms : [];
  if (only?.tree && others.length === 0) return only.sign < 0 ? negate(multipleOf(only.tree)) : multipleOf(only.tree);
  const under = inner.kind === "quotient" ? constant(inner.under) : undefined;
  if (inner.kind === "quotient" && under && under.n !== 0n) return divide(multipleOf(inner.over), under);
  if (inner.kind !== "juxtaposition") return one;
  const items = inner.items.filter((item) => !constant(item));
  const numbers = inner.items.flatMap((item) => constant(item) ?? []);
  return numbers.reduce(multiply, items.length === 1 ? multipleOf(items[0] as Tree) : one);
}

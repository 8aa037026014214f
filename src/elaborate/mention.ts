import type { Condition, Script, Tree } from "../syntax/tree.js";
import { labelForm, occurrence } from "./name.js";

/**
 * Whether a name stands anywhere in these trees as a label that no sum or integral of theirs binds. Names in a condition under
 * a sum, which may be the sum's own, count neither there nor in its body.
 */
export function mentions(trees: readonly Tree[], name: string): boolean {
  return trees.some((tree) => mentioned(tree, name));
}

function mentioned(tree: Tree, name: string): boolean {
  const within = (each: Tree): boolean => mentioned(each, name);
  switch (tree.kind) {
    case "name":
      return tree.text === name;
    case "script": {
      const o = occurrence(tree);
      const form = o && labelForm(o);
      if (form?.name === name) return true;
      return (form === undefined && within(tree.base)) || inScript(tree.sub, name) || inScript(tree.sup, name);
    }
    case "integral":
      return !tree.labels.some((label) => named(label, name)) && within(tree.body);
    case "summation": {
      const { conditions = [] } = tree;
      if (tree.labels.some((label) => named(label, name))) return false;
      const sides = (only: boolean): boolean =>
        conditions.some((each) => (each.only || each.relation === "=") === only && sidesOf(each).some(within));
      return !sides(false) && (sides(true) || within(tree.body));
    }
    case "list":
    case "juxtaposition":
    case "angle":
      return tree.items.some(within);
    case "sum":
      return tree.terms.some((term) => term.tree !== undefined && within(term.tree));
    case "quotient":
      return within(tree.over) || within(tree.under);
    case "binary":
      return within(tree.left) || within(tree.right);
    case "ketbra":
      return within(tree.ket) || within(tree.bra);
    case "matrix":
      return tree.rows.some((row) => row.some(within));
    case "number":
    case "placeholder":
      return false;
    default:
      return within(tree.body);
  }
}

const sidesOf = ({ left, right }: Condition): readonly Tree[] => [left, right];

const inScript = (script: Script | undefined, name: string): boolean =>
  script?.items.some((item) => item.kind === "tree" && mentioned(item.tree, name)) ?? false;

function named(label: Tree, name: string): boolean {
  const o = occurrence(label);
  return o !== undefined && labelForm(o)?.name === name;
}

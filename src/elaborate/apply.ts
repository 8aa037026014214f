import type { Span } from "../source/span.js";
import type { Tree } from "../syntax/tree.js";
import { coerce } from "./algebra.js";
import { readFree } from "./label.js";
import { blocksOf, mapOf, matrixOf, modelOf } from "./matrix.js";
import type { Env, Mapping, Matrix, Meaning } from "./meaning.js";
import { isZero } from "./meaning.js";
import { applyMap } from "./resolve.js";

/**
 * A function, kernel or matrix at written arguments. A matrix of kernels over R^3 takes labels of R^3, and then is a
 * matrix of values, or pairs of labels in {1, ..., n} * R^3, and then is one value; so does a kernel over such pairs.
 */
export function evaluate(meaning: Mapping | Matrix, items: readonly Tree[], span: Span, env: Env): Meaning {
  if (meaning.sort === "map") {
    const blocks =
      meaning.groups.every((group) => group.length > 1) && items.length === meaning.groups.length ? blocksOf(env, meaning) : undefined;
    const model = blocks && modelOf(blocks);
    return blocks && model && fits(items, model, false, env) ? each(blocks, model, items, span, env) : applyMap(meaning, items, span, env);
  }
  const model = modelOf(meaning);
  if (model && fits(items, model, true, env)) return each(meaning, model, items, span, env);
  return applyMap(mapOf(env, meaning, env.site ?? span), items, span, env);
}

function each(matrix: Matrix, model: Mapping, items: readonly Tree[], span: Span, env: Env): Meaning {
  return matrixOf(
    matrix.rows.map((row) =>
      row.map((entry) => {
        if (entry.sort === "matrix") return each(entry, model, items, span, env);
        if (isZero(entry)) return entry;
        return applyMap(entry.sort === "plain" ? coerce(env, entry, model, span) : entry, items, span, env);
      }),
    ),
  );
}

/** Whether the arguments are labels of the kinds that the entries take; `open` says whether a `\cdot` is one. */
function fits(items: readonly Tree[], model: Mapping, open: boolean, env: Env): boolean {
  if (items.length !== model.groups.length) return false;
  return items.every((item, k) => {
    if (mentionsPlaceholder(item)) return open && item.kind !== "list";
    const read = readFree(item, env);
    const count = model.groups[k]?.length;
    return Array.isArray(read) ? read.length === count : count === 1;
  });
}

function mentionsPlaceholder(tree: Tree): boolean {
  switch (tree.kind) {
    case "placeholder":
      return true;
    case "group":
      return mentionsPlaceholder(tree.body);
    case "list":
    case "juxtaposition":
      return tree.items.some(mentionsPlaceholder);
    case "sum":
      return tree.terms.some((term) => term.tree !== undefined && mentionsPlaceholder(term.tree));
    case "quotient":
      return mentionsPlaceholder(tree.over);
    default:
      return false;
  }
}

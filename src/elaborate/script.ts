import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import type { ScriptItem, Tree } from "../syntax/tree.js";
import { constant, mostDigits } from "./constant.js";
import { adjoint, conjugate, power, transpose } from "./matrix.js";
import type { Env, Meaning } from "./meaning.js";
import { lift, spanIn } from "./meaning.js";
import type { Over } from "./name.js";
import { spellItem, unbrace } from "./name.js";
import type { After } from "./use.js";

/** Operations in superscripts and over names, in order. */
export function applyAll(meaning: Meaning, after: After, span: Span, env: Env): Meaning {
  let result = meaning;
  for (const item of after) result = applyOne(result, item, span, env);
  return result;
}

function applyOne(meaning: Meaning, item: ScriptItem | Over, span: Span, env: Env): Meaning {
  const where = spanIn(env, span);
  switch (item.kind) {
    case "overline":
      return conjugate(env, meaning, where);
    case "dot":
      return derivative(meaning, item.count, where, env);
    case "mark":
      return applyMark(meaning, item.text, where, spanIn(env, item.span), env);
    case "tree":
      return applyExponent(meaning, item.tree, where, env);
  }
}

function applyMark(meaning: Meaning, mark: string, span: Span, at: Span, env: Env): Meaning {
  if (mark === "*" || mark === "\\dagger") return adjoint(env, meaning, span);
  if (mark === "\\top") return transpose(env, meaning, span);
  return fail(
    "bad-superscript",
    at,
    `found \`${mark}\` as a superscript of a name that was not declared with it`,
    "an adjoint is written with `*` or `\\dagger`",
  );
}

function applyExponent(meaning: Meaning, tree: Tree, span: Span, env: Env): Meaning {
  const inner = unbrace(tree);
  if (meaning.sort !== "plain" && inner.kind === "name" && /^(T|\\mathsf\{T\}|\\mathrm\{T\}|\\intercal)$/.test(inner.text))
    return transpose(env, meaning, span);
  const exponent = constant(inner);
  if (exponent) return power(env, meaning, exponent, span);
  if (inner.kind === "number")
    return fail(
      "too-large",
      spanIn(env, tree.span),
      `found an exponent of ${inner.text.length} characters, expected a number of at most ${mostDigits}`,
    );
  return fail(
    "bad-exponent",
    spanIn(env, tree.span),
    `found \`${spellItem({ kind: "tree", tree, span: tree.span })}\` as a superscript, expected \`*\`, \`\\dagger\`, \`\\top\` or a number`,
    "a superscript that is part of a name has to be declared with it",
  );
}

/** The n-th time derivative. */
export function derivative(meaning: Meaning, order: number, span: Span, env: Env): Meaning {
  let result = meaning;
  for (let n = 0; n < order; n++) result = lift(env, result, span, (of, at) => ({ kind: "derivative", of, span: at }));
  return result;
}

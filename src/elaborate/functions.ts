import type { Expression } from "../core/expression.js";
import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import { cover } from "../source/span.js";
import type { ScriptItem, Tree } from "../syntax/tree.js";
import type { Cursor } from "./cursor.js";
import { nextBracket } from "./cursor.js";
import { at } from "./environment.js";
import { exponentialOfBlocks, exponentialOfKernel } from "./exponential.js";
import { exponential as matrixExponential } from "./hyperbolic.js";
import type { Factor } from "./matrix.js";
import { multiply } from "./matrix.js";
import type { Env, Meaning } from "./meaning.js";
import { adjointOf, asScalar, isZero, lift, negative, numberAt, productOf, scalar, sortName, spanIn, sumOf } from "./meaning.js";
import type { Occurrence } from "./name.js";
import { isBuiltin, occurrence } from "./name.js";
import { resolve } from "./resolve.js";
import { applyAll } from "./script.js";
import { multipleOf, writtenOf } from "./written.js";

/** Functions of scalars, and real and imaginary parts. */

export type Read = (cursor: Cursor, env: Env) => Factor;

type Name = "exp" | "cosh" | "sinh" | "tanh" | "coth" | "cos" | "sin" | "tan" | "cot";

/** What stands in brackets behind a function, and the scripts of the bracket. */
function argumentIn(
  cursor: Cursor,
  env: Env,
): { readonly meaning: Meaning; readonly tree: Tree; readonly after: readonly ScriptItem[] } | undefined {
  const group = nextBracket(cursor);
  const [tree, ...others] = group?.items ?? [];
  if (group === undefined || tree === undefined || others.length > 0) return undefined;
  cursor.at++;
  return { meaning: env.read(tree, env), tree, after: group.after };
}

/** `\cosh(s)`, `\cosh s`, `\cosh^2 s`. */
export function scalarFunction(o: Occurrence, name: Name, cursor: Cursor, env: Env, read: Read): Meaning | undefined {
  const span = spanIn(env, o.span);
  if (o.sub.length > 0) return undefined;
  const inside = argumentIn(cursor, env);
  if (inside === undefined && cursor.at >= cursor.items.length)
    return fail("missing-argument", span, `found \`\\${name}\` with nothing after it, expected \`\\${name}(s)\` or \`\\${name} s\``);
  const meaning = inside?.meaning ?? unbracketed(name, cursor, env, read);
  const after = inside?.after ?? [];
  return applyAll(
    functionOf(name, meaning, inside?.tree ?? (cursor.items[cursor.at - 1] as Tree), span, env),
    [...o.sup, ...o.over, ...after],
    o.span,
    env,
  );
}

/**
 * What a function with no bracket behind it is of: the factor that follows, with the numbers before it, as in `\cosh 2r` and
 * `\sin \frac12 \theta(p)`. Of two parameters, as in `\cos \omega t`, it might be one or both.
 */
function unbracketed(name: Name, cursor: Cursor, env: Env, read: Read): Meaning {
  const { items } = cursor;
  const start = items[cursor.at] as Tree;
  const factors: Factor[] = [];
  while (cursor.at < items.length && isNumeric(items[cursor.at] as Tree, env)) factors.push(read(cursor, env));
  const next = items[cursor.at];
  if (next !== undefined && (factors.length === 0 || takesNumbers(next, env))) {
    const before = cursor.at;
    const factor = read(cursor, env);
    if (factors.length === 0 || (factor.meaning.sort === "plain" && !factor.meaning.operator)) factors.push(factor);
    else cursor.at = before;
    const after = items[cursor.at];
    if (cursor.at === before + 1 && isBare(next, env) && after !== undefined && isBare(after, env))
      fail(
        "missing-argument",
        at(env, { span: cover(start.span, after.span) }),
        `found \`\\${name}\` before a product of parameters, which leaves open how far it reaches`,
        `write \`\\${name}(...)\` with parentheses`,
      );
  }
  const [first] = factors as [Factor];
  return factors.length === 1
    ? first.meaning
    : multiply(env, factors, at(env, { span: cover(start.span, (items[cursor.at - 1] as Tree).span) }));
}

/** A number, `i` and `\pi` among them. */
function isNumeric(tree: Tree, env: Env): boolean {
  if (tree.kind === "number") return true;
  if (tree.kind === "quotient") return isNumeric(tree.over, env) && isNumeric(tree.under, env);
  if (tree.kind === "group") return tree.delimiter === "{" && isNumeric(tree.body, env);
  const o = tree.kind === "name" ? occurrence(tree) : undefined;
  return o !== undefined && ["i", "\\mathrm{i}", "\\pi"].includes(o.base) && resolve(o, env) === undefined;
}

/** Whether numbers before it belong to it: a name or a bracket, but no function with an argument of its own. */
function takesNumbers(tree: Tree, env: Env): boolean {
  const o = occurrence(tree);
  if (o === undefined) return tree.kind === "group" || tree.kind === "overline" || tree.kind === "root" || tree.kind === "bars";
  return resolve(o, env) !== undefined || !isBuiltin(o.base);
}

/** A parameter, or another scalar without arguments. */
function isBare(tree: Tree, env: Env): boolean {
  const o = occurrence(tree);
  const found = o && resolve(o, env);
  return (
    found?.sort === "meaning" && found.meaning.sort === "plain" && !found.meaning.operator && found.meaning.expression.kind === "parameter"
  );
}

function functionOf(name: Name, meaning: Meaning, written: Tree, span: Span, env: Env): Meaning {
  if (name === "exp" && meaning.sort === "matrix") {
    const [[first] = []] = meaning.rows;
    const pairs = first === undefined || isZero(first);
    return pairs
      ? matrixExponential(meaning, writtenOf(written, env), span, env)
      : exponentialOfBlocks(meaning, { name: writtenOf(written, env), multiple: multipleOf(written) }, span, env);
  }
  if (name === "exp" && meaning.sort === "map" && meaning.groups.length === 2 && !meaning.operator)
    return exponentialOfKernel(meaning, { name: writtenOf(written, env), multiple: multipleOf(written) }, span, env);
  if (meaning.sort === "plain" && meaning.operator)
    return fail(
      "not-a-scalar",
      span,
      `found \\${name} of an operator, expected one of a scalar`,
      "a unitary is declared by itself: `unitary W = \\exp(E)`",
    );
  // Of a function it is taken at each point; of a kernel that would not be the exponential of an operator.
  if (meaning.sort === "map" && meaning.groups.length === 1 && !meaning.operator)
    return lift(env, meaning, span, (value, at) => byExponentials(name, value, at));
  return scalar(byExponentials(name, asScalar(meaning, span, `in \\${name}`), span));
}

/** By \exp, \cosh and \sinh: \cos s = \cosh(i s), \sin s = -i \sinh(i s), and quotients. */
function byExponentials(name: Name, of: Expression, span: Span): Expression {
  const imaginary: Expression = { kind: "imaginary", span };
  const value = (name: Name): Expression => byExponentials(name, of, span);
  const over = (above: Expression, below: Expression): Expression =>
    productOf([above, { kind: "power", base: below, exponent: { n: -1n, d: 1n }, span }], span);
  switch (name) {
    case "exp":
    case "cosh":
    case "sinh":
      return { kind: "function", name, of, span };
    case "cos":
      return byExponentials("cosh", productOf([imaginary, of], span), span);
    case "sin":
      return productOf(
        [numberAt({ n: -1n, d: 1n }, span), imaginary, byExponentials("sinh", productOf([imaginary, of], span), span)],
        span,
      );
    case "tan":
      return over(value("sin"), value("cos"));
    case "cot":
      return over(value("cos"), value("sin"));
    case "tanh":
      return over(value("sinh"), value("cosh"));
    case "coth":
      return over(value("cosh"), value("sinh"));
  }
}

/** `e^{s}`. */
export function exponential(o: Occurrence, env: Env): Meaning | undefined {
  const [first, ...others] = o.sup;
  if (o.sub.length > 0 || first?.kind !== "tree") return undefined;
  const span = spanIn(env, o.span);
  return applyAll(functionOf("exp", env.read(first.tree, env), first.tree, span, env), [...others, ...o.over], o.span, env);
}

/**
 * `\operatorname{Re} A` is (A + A^*)/2, `\operatorname{Im} A` is (A - A^*)/(2i), for scalars and operators: of what stands in brackets,
 * else of the one factor that follows. Several would leave open how far it reaches.
 */
export function partOfNumber(o: Occurrence, name: "Re" | "Im", cursor: Cursor, env: Env, read: Read): Meaning | undefined {
  const span = spanIn(env, o.span);
  if (o.sub.length > 0) return undefined;
  const inside = argumentIn(cursor, env);
  const after = inside?.after ?? [];
  let meaning: Meaning;
  if (inside !== undefined) meaning = inside.meaning;
  else if (cursor.at < cursor.items.length) {
    const next = cursor.items[cursor.at] as Tree;
    meaning = read(cursor, env).meaning;
    const closed = next.kind === "angle" || next.kind === "integral";
    if (!closed && cursor.at < cursor.items.length)
      fail(
        "missing-argument",
        span,
        `found \`\\${name}\` before a product, which leaves open how far it reaches`,
        "put what it is of in parentheses",
      );
  } else return fail("missing-argument", span, `found \`\\${name}\` with nothing after it, expected \`\\${name}(A)\``);
  if (meaning.sort === "matrix" || (meaning.sort === "map" && meaning.groups.length > 1))
    fail(
      "missing-argument",
      span,
      `found \`\\${name}\` of ${sortName(meaning)}, expected a scalar, a function or an operator`,
      "write it out, as in \\frac12 (k + k^*)",
    );
  return applyAll(
    lift(env, meaning, span, (value, at) => half(name, value, at)),
    [...o.sup, ...o.over, ...after],
    o.span,
    env,
  );
}

function half(name: "Re" | "Im", value: Expression, span: Span): Expression {
  const other = adjointOf(value, span);
  const factor = numberAt({ n: 1n, d: 2n }, span);
  if (name === "Re") return productOf([factor, sumOf([value, other], span)], span);
  return productOf([factor, { kind: "imaginary", span }, sumOf([other, negative(value, span)], span)], span);
}

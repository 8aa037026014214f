import { combine, origin } from "../core/argument.js";
import type { Argument, Expression, Kind } from "../core/expression.js";
import { sameKind } from "../core/expression.js";
import type { Rational } from "../core/rational.js";
import { one, zero } from "../core/rational.js";
import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import { cover } from "../source/span.js";
import type { ScriptItem, Tree } from "../syntax/tree.js";
import { deltaOf } from "./algebra.js";
import { pairedTwo } from "./components.js";
import { constant } from "./constant.js";
import type { Cursor, Group } from "./cursor.js";
import { nextBlock, nextBracket } from "./cursor.js";
import { at } from "./environment.js";
import { exponential, partOfNumber, type Read, scalarFunction } from "./functions.js";
import { hyperbolic } from "./hyperbolic.js";
import { describe } from "./kinds.js";
import { indexKinds, readArgument, readFree } from "./label.js";
import type { Factor } from "./matrix.js";
import { multiply } from "./matrix.js";
import type { Env, Meaning } from "./meaning.js";
import { asPlain, lift, numberAt, operator, productOf, scalar, spanIn } from "./meaning.js";
import { byLabel, functionOfValue, labelOf, laplaceKernel, ofFunction } from "./nabla.js";
import type { Occurrence } from "./name.js";
import { divide, occurrence, spellItem, unbrace } from "./name.js";
import { asMap, trace } from "./pairing.js";
import { blockAt } from "./resolve.js";
import { applyAll, derivative } from "./script.js";
import { writtenOf } from "./written.js";

/** Names that mean something by themselves, unless the document declares them: `i`, `\delta`, `\partial_t`, `part_n`, ... */
export function builtin(o: Occurrence, cursor: Cursor, env: Env, read: Read): Meaning | undefined {
  const span = spanIn(env, o.span);
  const plainly = (expression: Expression): Meaning => applyAll(scalar(expression), [...o.sup, ...o.over], o.span, env);
  switch (o.base) {
    case "i":
    case "\\mathrm{i}":
      return o.sub.length > 0 ? undefined : plainly({ kind: "imaginary", span });
    case "\\pi":
      return o.sub.length > 0 ? undefined : plainly({ kind: "pi", span });
    case "\\mathbb{1}":
    case "\\mathbf{1}":
      return o.sub.length > 0 ? undefined : plainly(numberAt(one, span));
    case "\\mathbb{0}":
    case "\\mathbf{0}":
      return o.sub.length > 0 ? undefined : plainly(numberAt(zero, span));
    case "\\delta":
      return delta(o, cursor, env);
    case "\\partial":
      return timeDerivative(o, cursor, env, read);
    case "exp":
    case "cosh":
    case "sinh":
    case "tanh":
    case "coth":
    case "cos":
    case "sin":
    case "tan":
    case "cot":
      return scalarFunction(o, o.base, cursor, env, read);
    case "Re":
    case "Im":
      return partOfNumber(o, o.base, cursor, env, read);
    case "e":
    case "\\mathrm{e}":
      return exponential(o, env);
    case "tr":
      return traceOf(o, cursor, env, read);
    case "C":
      return contraction(o, cursor, env);
    case "part":
      return partOf(o, cursor, env);
    case "ch":
    case "sh":
      return kernelFunction(o, o.base, cursor, env);
    case "\\nabla":
    case "\\Delta":
      return spatial(o, cursor, env, read);
    case "\\infty":
      return unsupported(o, span, "infinity in an expression");
    default:
      return undefined;
  }
}

function unsupported(o: Occurrence, span: Span, what: string): never {
  return fail(
    "unsupported",
    span,
    `${what} is not supported yet`,
    `\`${o.base}\` may be declared as a symbol of its own, with \`kernel\` or \`function\``,
  );
}

/** Takes the group that comes next. */
function take(o: Occurrence, cursor: Cursor, env: Env, count: number, example: string): Group {
  const group = nextBracket(cursor);
  if (group?.items.length !== count)
    return fail(
      "missing-argument",
      spanIn(env, o.span),
      `found \`${o.base}\` ${group ? `with ${group.items.length} arguments` : "without its argument in parentheses"}, expected \`${example}\``,
    );
  cursor.at++;
  return group;
}

// Deltas

/** `\delta(x-y)`, `\delta_{m,n}`; of pairs a product. */
function delta(o: Occurrence, cursor: Cursor, env: Env): Meaning {
  const span = spanIn(env, o.span);
  if (o.sub.length > 0) {
    const items = o.sub.length === 1 && !isSingle(o.sub[0] as ScriptItem, env) ? divide(o.sub) : o.sub;
    if (items.length > 2 || items.length === 0)
      return fail("bad-delta", span, `found a delta with ${items.length} labels, expected two, as in \\delta_{m,n}`);
    return applyAll(scalar(between(items.map(treeOf), span, env)), [...o.sup, ...o.over], o.span, env);
  }
  const group = nextBracket(cursor);
  if (!group || group.items.length > 2)
    return fail("bad-delta", span, "found `\\delta` without labels, expected `\\delta(x-y)` or `\\delta_{m,n}`");
  cursor.at++;
  const whole = { start: o.span.start, end: group.span.end };
  return applyAll(scalar(between(group.items, spanIn(env, whole), env)), [...o.sup, ...o.over, ...group.after], whole, env);
}

const treeOf = (item: ScriptItem): Tree =>
  item.kind === "tree" ? item.tree : fail("bad-delta", item.span, `found \`${item.text}\` in a delta, expected a label`);

/** Whether an item is one argument as it stands. */
function isSingle(item: ScriptItem, env: Env): boolean {
  if (item.kind !== "tree") return false;
  const tree = unbrace(item.tree);
  if (tree.kind === "number") return tree.text.length < 2;
  if (tree.kind !== "juxtaposition") return true;
  // `mn` is two labels and `1m` too, `2p` a multiple.
  const numbers = tree.items.some((piece) => piece.kind === "number");
  return !tree.items.every((piece) => {
    if (piece.kind === "number") return true;
    const o = occurrence(piece);
    const kinds = o && indexKinds(o, env);
    return kinds !== undefined && (!numbers || kinds[0]?.kind === "finite");
  });
}

/** The delta of one argument with 0, or of two. */
export function between(items: readonly Tree[], span: Span, env: Env): Expression {
  const [first, second] = items as readonly [Tree, Tree | undefined];
  if (!second) return ofDifference(first, span, env);
  const left = readFree(first, env);
  const right = readFree(second, env);
  const kinds = commonKinds(left, right);
  if (!kinds) {
    const [a, b] = [left, right] as readonly [Rational, Rational];
    return numberAt({ n: a.n === b.n && a.d === b.d ? 1n : 0n, d: 1n }, span);
  }
  const a = readArgument(first, kinds, env);
  const b = readArgument(second, kinds, env);
  return product(a, b, span);
}

const kindsOf = (read: readonly Argument[] | Rational): readonly Kind[] | undefined =>
  isNumber(read) ? undefined : read.map((part) => part.of);

/** The kinds of both sides of a delta: a value of a finite set, as in (1,x), has the kind of what it is compared with. */
function commonKinds(left: readonly Argument[] | Rational, right: readonly Argument[] | Rational): readonly Kind[] | undefined {
  if (isNumber(left) || isNumber(right)) return kindsOf(left) ?? kindsOf(right);
  return left.map((part, k): Kind => {
    const other = right[k];
    if (part.kind !== "constant" || other === undefined) return part.of;
    return other.kind === "constant" ? { kind: "finite", values: [...new Set([part.value, other.value])] } : other.of;
  });
}

const isNumber = (read: readonly Argument[] | Rational): read is Rational => !Array.isArray(read);

const product = (left: readonly Argument[], right: readonly Argument[], span: Span): Expression =>
  productOf(
    left.map((argument, k) => deltaOf(argument, right[k] as Argument, span)),
    span,
  );

/** `\delta(A)`: `A - B` with labels of finite kinds is taken apart, for other kinds A is the argument. */
function ofDifference(tree: Tree, span: Span, env: Env): Expression {
  const terms = differenceOf(tree);
  if (terms) {
    const [plus, minus] = terms.map((term) => readFree(term, env)) as [readonly Argument[] | Rational, readonly Argument[] | Rational];
    const kinds = kindsOf(plus) ?? kindsOf(minus);
    if (kinds?.some((kind) => kind.kind === "finite")) {
      const left = readArgument(terms[0], kinds, env);
      const right = readArgument(terms[1], kinds, env);
      return productOf(
        left.map((argument, k) => zeroAt(argument, right[k] as Argument, span)),
        span,
      );
    }
  }
  const read = readFree(tree, env);
  if (isNumber(read)) {
    if (read.n === 0n)
      return fail(
        "delta-at-zero",
        span,
        "found \\delta(0), the product of distributions at one point, which has no value",
        "write \\delta_{p,0} for a Kronecker delta",
      );
    return fail("bad-delta", span, "found a delta of a number, expected labels, as in \\delta(x-y)");
  }
  return productOf(
    read.map((argument) =>
      argument.kind === "affine"
        ? deltaOf(argument, origin(argument.of), span)
        : fail("bad-delta", at(env, tree), `found a delta of one label in ${describe(argument.of)}, expected two, as in \\delta_{m,n}`),
    ),
    span,
  );
}

function zeroAt(left: Argument, right: Argument, span: Span): Expression {
  const whole =
    left.kind === "affine" && sameKind(left.of, right.of)
      ? combine([
          { argument: left, factor: one },
          { argument: right, factor: { n: -1n, d: 1n } },
        ])
      : undefined;
  return whole ? deltaOf(whole, origin(left.of), span) : deltaOf(left, right, span);
}

/** The two terms of `A - B`. */
function differenceOf(tree: Tree): readonly [Tree, Tree] | undefined {
  const inner = unbrace(tree);
  if (inner.kind !== "sum" || inner.terms.length !== 2) return undefined;
  const [first, second] = inner.terms;
  if (!first?.tree || !second?.tree || first.sign === second.sign) return undefined;
  return first.sign > 0 ? [first.tree, second.tree] : [second.tree, first.tree];
}

// Derivatives, functions, parts

function timeDerivative(o: Occurrence, cursor: Cursor, env: Env, read: Read): Meaning {
  const span = spanIn(env, o.span);
  const [by] = o.sub;
  if (o.sub.length !== 1 || !by || spellItem(by) !== "t")
    return fail(
      "unsupported",
      span,
      `the derivative \`\\partial${by ? `_{${spellItem(by)}}` : ""}\` is not supported yet, expected \`\\partial_t\``,
    );
  const order = o.sup.length === 0 ? one : o.sup.length === 1 && o.sup[0]?.kind === "tree" ? constant(o.sup[0].tree) : undefined;
  if (order?.d !== 1n || order.n < 1n || order.n > 100n)
    return fail("bad-exponent", span, "found this order of a derivative, expected a number from 1 to 100");
  if (cursor.at >= cursor.items.length)
    return fail("missing-argument", span, "found `\\partial_t` with nothing after it, expected a factor to differentiate");
  const of = read(cursor, env);
  return derivative(of.meaning, Number(order.n), span, env);
}

/** `\nabla_x E`, `\Delta_x E`, `\nabla w(x-y)`, `(\Delta w)(x-y)`; `-\Delta` alone is an operator on functions. */
function spatial(o: Occurrence, cursor: Cursor, env: Env, read: Read): Meaning {
  const span = spanIn(env, o.span);
  const laplacian = o.base === "\\Delta";
  const label = labelOf(o, env);
  if (o.sup.length > 0) fail("bad-gradient", span, `found a superscript on \`${o.base}\``, "write \\Delta for \\nabla^2");
  if (cursor.at >= cursor.items.length) {
    if (laplacian && label === undefined) return laplaceKernel(env, span);
    return fail("missing-argument", span, `found \`${o.base}\` with nothing after it, expected what it differentiates`);
  }
  const of = read(cursor, env).meaning;
  if (of.sort === "matrix") return fail("bad-gradient", span, `found \`${o.base}\` of a matrix, expected a function or an operator`);
  if (label !== undefined) return lift(env, of, span, (value, at) => byLabel(value, label, laplacian, at));
  if (of.sort === "map") return ofFunction(of, laplacian, span, env);
  return { ...of, expression: functionOfValue(of, span, laplacian, env) };
}

/** `ch(2k)`, `sh(k)_{12}`, `ch^2(k)`: a kernel without arguments. */
function kernelFunction(o: Occurrence, name: "ch" | "sh", cursor: Cursor, env: Env): Meaning | undefined {
  if (o.sub.length > 0) return undefined;
  const group = nextBlock(cursor);
  if (group?.items.length !== 1) take(o, cursor, env, 1, `${name}(k)`);
  const { items, sub, after } = group as NonNullable<typeof group>;
  cursor.at++;
  const tree = items[0] as Tree;
  const argument = env.read(tree, env);
  const whole = hyperbolic(name, argument, writtenOf(tree, env), at(env, tree), env);
  const before = applyAll(whole, o.sup, o.span, env);
  return applyAll(sub.length === 0 ? before : blockAt(before, sub, env), [...o.over, ...after], o.span, env);
}

/** `\operatorname{tr}(k)`, `\operatorname{tr} k l`: of the group after it, else of all kernels after it. */
function traceOf(o: Occurrence, cursor: Cursor, env: Env, read: Read): Meaning | undefined {
  if (o.sub.length > 0) return undefined;
  const span = spanIn(env, o.span);
  const group = nextBracket(cursor);
  if (group?.items.length === 1) {
    const tree = group.items[0] as Tree;
    const whole = traceable(env.read(tree, env), at(env, tree), env);
    cursor.at++;
    return applyAll(trace(env, whole, span), [...o.sup, ...o.over, ...group.after], o.span, env);
  }
  const factors: Factor[] = [];
  while (cursor.at < cursor.items.length) {
    const before = cursor.at;
    const factor = read(cursor, env);
    if (factor.meaning.sort === "plain" && factors.some((other) => other.meaning.sort !== "plain")) {
      cursor.at = before;
      break;
    }
    factors.push(factor);
  }
  if (factors.length === 0)
    return fail("missing-argument", span, "found a trace of nothing, expected `\\operatorname{tr} k` with a kernel k");
  return applyAll(trace(env, traceable(multiply(env, factors, span), span, env), span), [...o.sup, ...o.over], o.span, env);
}

const traceable = (meaning: Meaning, span: Span, env: Env): Meaning =>
  meaning.sort === "matrix" ? meaning : asMap(env, meaning, span, "in a trace", 2);

/** `C(A, B)`. */
function contraction(o: Occurrence, cursor: Cursor, env: Env): Meaning | undefined {
  const group = nextBracket(cursor);
  if (o.sub.length > 0 || !group || (env.scope.lenient && group.items.length !== 2)) return undefined;
  if (group.items.length !== 2)
    return fail(
      "wrong-arity",
      spanIn(env, o.span),
      `found \`C\` with ${group.items.length} ${group.items.length === 1 ? "operator" : "operators"}, expected a contraction of two: \`C(A, B)\``,
    );
  cursor.at++;
  const [left, right] = group.items.map((tree) => asPlain(env.read(tree, env), at(env, tree), "in a contraction").expression) as [
    Expression,
    Expression,
  ];
  const span = upTo(cursor, spanIn(env, o.span), env);
  return applyAll(
    scalar(pairedTwo(left, right, span, (one, two) => ({ kind: "contraction", left: one, right: two, span }))),
    [...o.sup, ...o.over, ...group.after],
    o.span,
    env,
  );
}

/** A name and the bracket behind it, which was read last. */
function upTo(cursor: Cursor, name: Span, env: Env): Span {
  const last = cursor.items[cursor.at - 1];
  return last === undefined ? name : cover(name, spanIn(env, last.span));
}

/** `part_n(A)`, `part_{m,n}(A)`. */
function partOf(o: Occurrence, cursor: Cursor, env: Env): Meaning {
  const span = spanIn(env, o.span);
  const numbers = o.sub.map((item) => {
    const value = item.kind === "tree" ? constant(item.tree) : undefined;
    if (value?.d !== 1n || value.n < 0n || value.n > 1_000_000n)
      return fail("bad-part", spanIn(env, item.span), `found \`${spellItem(item)}\`, expected a number of ladder operators`);
    return Number(value.n);
  });
  const [first, second] = numbers;
  if (first === undefined || numbers.length > 2)
    return fail(
      "bad-part",
      span,
      "found `part` without its numbers, expected `part_n(A)` or `part_{m,n}(A)`",
      "part_{m,n} has m creators and n annihilators",
    );
  const group = take(o, cursor, env, 1, "part_n(A)");
  const tree = group.items[0] as Tree;
  const of = asPlain(env.read(tree, env), at(env, tree), "in `part`").expression;
  const whole = upTo(cursor, span, env);
  const meaning =
    second === undefined
      ? ({ kind: "part", total: first, of, span: whole } as const)
      : ({ kind: "part", creators: first, annihilators: second, of, span: whole } as const);
  return applyAll(first === 0 && !second ? scalar(meaning) : operator(meaning), [...o.sup, ...o.over, ...group.after], o.span, env);
}

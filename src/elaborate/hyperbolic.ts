import { freeLabels, plain, sameKinds, substitute } from "../core/argument.js";
import type { Argument, Expression, Kernel, Kind, Label, SymbolInfo, Symmetry } from "../core/expression.js";
import type { Rational } from "../core/rational.js";
import { divide, equals, isInteger, multiply, one } from "../core/rational.js";
import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import { identity } from "./algebra.js";
import { asArguments, freshGroups } from "./environment.js";
import { describeGroups } from "./kinds.js";
import { conjugate, mapOf, matrixOf } from "./matrix.js";
import type { Env, Mapping, Matrix, Meaning, Simple } from "./meaning.js";
import { isZero, numberAt, productOf, scalar, sortName, spend, sumOf } from "./meaning.js";
import type { Session } from "./scope.js";
import { textOf } from "./text.js";

/**
 * `ch(m k)` and `sh(m k)` of a symmetric kernel k, as kernels without arguments: each is one derived symbol.
 * ch(k) = sum_n (k \overline{k})^n / (2n)!,  sh(k) = sum_n (k \overline{k})^n k / (2n+1)!.
 */

/** Derived symbols, by the kernel, the function and the multiple; the first name of a kernel is the one that is shown. */
const derived = new WeakMap<Session, Map<string, SymbolInfo>>();

/** `written` is the LaTeX of the argument, for kernels without a name of their own. */
export function hyperbolic(name: "ch" | "sh", meaning: Meaning, written: string, span: Span, env: Env): Mapping {
  const argument = meaning.sort === "matrix" ? mapOf(env, meaning, span) : meaning;
  const { multiple, kernel } = kernelOf(name, argument, written, span, env);
  const groups = [kernel.first.map((label) => label.kind), kernel.second.map((label) => label.kind)];
  if (multiple.n === 0n)
    return name === "ch"
      ? identity(env, groups[0] as readonly Kind[], numberAt(one, span))
      : { sort: "map", groups, operator: false, at: (_, at) => numberAt(multiple, at) };
  const symbol = symbolOf(name, multiple, kernel, env);
  return {
    sort: "map",
    groups,
    operator: false,
    at: (list, at) => {
      spend(env, at);
      return { kind: "value", symbol, arguments: list, span: at };
    },
  };
}

/** The kernel that an argument of ch or sh is, and the rational number in front of it. */
function kernelOf(
  name: "ch" | "sh",
  argument: Simple,
  written: string,
  span: Span,
  env: Env,
): { readonly multiple: Rational; readonly kernel: Kernel } {
  const [left, right] = argument.sort === "map" ? argument.groups : [];
  if (argument.sort === "plain" || !left || !right || argument.groups.length !== 2)
    return fail(
      "not-a-kernel",
      span,
      `found ${sortName(argument)} in \`${name}(...)\`, expected a kernel with two arguments, without them`,
      `of a scalar, also of a value such as f(x), the function is \`\\${name === "ch" ? "cosh" : "sinh"}\``,
    );
  if (!sameKinds(left, right))
    fail(
      "wrong-kind",
      span,
      `found a kernel over ${describeGroups(argument.groups)} in \`${name}(...)\`, expected one with both arguments of one kind`,
    );
  if (argument.operator)
    fail("not-a-scalar", span, `found a kernel whose values are operators in \`${name}(...)\`, expected one with scalar values`);
  const first = freshGroups(env, [left]);
  const second = freshGroups(env, [left], new Set(first.map((label) => label.name)));
  const { multiple, body } = withoutFactor(argument.at(asArguments([...first, ...second]), span), span);
  const own = new Set([...first, ...second].map((label) => label.id));
  const loose = freeLabels(body).find((label) => !own.has(label.id));
  if (loose)
    fail(
      "unsupported",
      span,
      `the kernel in \`${name}(...)\` depends on the label \`${loose.name}\`, which is not supported yet`,
      "declare it as a kernel of its own, without that label",
    );
  const exchanged = exchangeOf(body, first, second);
  if (typeof exchanged === "string")
    fail(
      "not-symmetric",
      span,
      `found \`${exchanged}\` in \`${name}(...)\`, expected a symmetric or antisymmetric kernel`,
      `declare it so: \`kernel ${exchanged}(...) symmetric\`, or state the symmetry, as in k(x,y) = k(y,x)`,
    );
  return { multiple, kernel: { name: nameOf(body, first, second) ?? bracketed(written), first, second, body } };
}

/**
 * The exponential of [[0, m k], [m \overline{k}, 0]] with a symmetric kernel k:
 * [[ch(m k), sh(m k)], [\overline{sh(m k)}, \overline{ch(m k)}]].  Source: the power series.
 */
export function exponential(matrix: Matrix, written: string, span: Span, env: Env): Meaning {
  const refuse = (why: string): never =>
    fail(
      "unsupported",
      span,
      `found the exponential of a matrix that is not of the form [[0, k], [\\overline{k}, 0]]: ${why}`,
      "only such exponentials are known, with \\ch(k) and \\sh(k) as their entries",
    );
  const entries = matrix.rows.flat();
  if (entries.every(isZero)) return scalar(numberAt(one, span));
  const [a, b, c, d] = entries;
  if (!a || !b || !c || !d || matrix.rows.length !== 2 || entries.length !== 4) return refuse("it has not two rows and columns");
  if (!isZero(a) || !isZero(d)) return refuse("its diagonal is not zero");
  const known =
    b.sort === "matrix" && b.name !== undefined ? b.name : `${/^[A-Za-z]$|^\\\w+(\{\w\})?$/.test(written) ? written : `(${written})`}_{12}`;
  const [upper, lower] = [b, c].map((block) => {
    const map = block.sort === "matrix" ? mapOf(env, block, span) : block;
    return map.sort === "map" && map.groups.length === 2 ? map : refuse("its entries are no kernels");
  }) as [Mapping, Mapping];
  const groups = upper.groups;
  if (!sameKinds(groups.flat(), lower.groups.flat())) return refuse("its kernels are over different kinds");
  const labels = freshGroups(env, groups);
  const names = new Map(labels.map((label, k) => [label.id, `_${k}`]));
  const list = asArguments(labels);
  const half = labels.length / 2;
  const [k, bar] = [withoutFactor(upper.at(list, span), span), withoutFactor(lower.at(list, span), span)];
  const turned = withoutFactor(lower.at([...list.slice(half), ...list.slice(0, half)], span), span);
  const wanted = textOf(k.body, names, true, true);
  if (
    !equals(k.multiple, bar.multiple) ||
    (textOf(bar.body, names, false, true) !== wanted && textOf(turned.body, names, false, true) !== wanted)
  )
    return refuse("the lower entry is not written as the conjugate of the upper one");
  const [ch, sh] = [hyperbolic("ch", upper, known, span, env), hyperbolic("sh", upper, known, span, env)];
  return matrixOf([
    [ch, sh],
    [conjugate(env, sh, span), conjugate(env, ch, span)],
  ]);
}

/** Takes the numbers out of a product: 2 k is k with the multiple 2. */
export function withoutFactor(e: Expression, span: Span): { readonly multiple: Rational; readonly body: Expression } {
  if (e.kind === "number") return { multiple: e.value.n === 0n ? e.value : one, body: e };
  if (e.kind === "adjoint") {
    const { multiple, body } = withoutFactor(e.of, span);
    return { multiple, body: body === e.of ? e : { ...e, of: body } };
  }
  if (e.kind === "sum") {
    const terms = e.terms.map((term) => withoutFactor(term, span));
    const [first] = terms;
    if (!first || terms.some((term) => !equals(term.multiple, first.multiple))) return { multiple: one, body: e };
    return {
      multiple: first.multiple,
      body: equals(first.multiple, one)
        ? e
        : sumOf(
            terms.map((term) => term.body),
            span,
          ),
    };
  }
  if (e.kind !== "product") return { multiple: one, body: e };
  let multiple = one;
  const rest: Expression[] = [];
  for (const factor of e.factors) {
    const found = withoutFactor(factor, span);
    if (factor.kind === "number") multiple = multiply(multiple, factor.value);
    else {
      multiple = multiply(multiple, found.multiple);
      rest.push(found.body);
    }
  }
  return { multiple, body: rest.length === e.factors.length && multiple.n === multiple.d ? e : productOf(rest, span) };
}

/** The kernel's own name, where its values are those of a declared kernel or of a definition in the written order. */
function nameOf(body: Expression, first: readonly Label[], second: readonly Label[]): string | undefined {
  if (body.kind === "adjoint") {
    const inner = nameOf(body.of, first, second);
    return inner && `\\overline{${inner}}`;
  }
  if (body.kind !== "value" && body.kind !== "call") return undefined;
  // An entry of a defined matrix that is a kernel with a name of its own.
  if (body.kind === "call" && body.definition.name.startsWith("(")) {
    const { parameters } = body.definition;
    const inner = nameOf(body.definition.body, parameters.slice(0, first.length), parameters.slice(first.length));
    if (inner && nameOf({ ...body, definition: { ...body.definition, name: "k" } }, first, second)) return inner;
  }
  const labels = [...first, ...second];
  const inOrder =
    body.arguments.length === labels.length && body.arguments.every((argument, k) => sameArgument(argument, plain(labels[k] as Label)));
  return inOrder ? (body.kind === "value" ? body.symbol.name : body.definition.name) : undefined;
}

/** In parentheses unless it is one name. */
export const bracketed = (written: string): string =>
  /^(?:[A-Za-z]'*|\\[A-Za-z]+)(?:\{[^{}]*\})?(?:[_^](?:\w|\\[A-Za-z]+|\{[^{}]*\}))*$/.test(written) ? written : `(${written})`;

function symbolOf(name: "ch" | "sh", multiple: Rational, kernel: Kernel, env: Env): SymbolInfo {
  const { session } = env.scope;
  let known = derived.get(session);
  if (!known) {
    known = new Map();
    derived.set(session, known);
  }
  const labels = [...kernel.first, ...kernel.second];
  const names = new Map(labels.map((label, k) => [label.id, `_${k}`]));
  const kinds = kernel.first.map((label) => label.kind);
  const key = `${name} ${multiple.n}/${multiple.d} ${describeGroups([kinds])} ${textOf(kernel.body, names, false, true)}`;
  const old = known.get(key);
  if (old) return old;
  const size = kinds.length;
  const positions = kinds.map((_, k) => k);
  const argument = multipleText(multiple) + kernel.name;
  const symbol: SymbolInfo = {
    id: session.id(),
    name: `${name}(${argument})`,
    slots: [...kinds, ...kinds],
    real: isReal(kernel.body),
    symmetries: exchange(size, name, kernel),
    layout: {
      base: `\\mathrm{${name}}(${argument})`,
      subscript: [],
      superscript: [],
      arguments: [positions, positions.map((k) => k + size)],
    },
    of: { name, multiple, kernel },
  };
  known.set(key, symbol);
  return symbol;
}

/** ch(k) is hermitian, sh(k) symmetric or antisymmetric as k is; of a kernel that is no declared one that is not known here. */
function exchange(size: number, name: "ch" | "sh", kernel: Kernel): readonly Symmetry[] {
  const sign = name === "ch" ? 1 : exchangeOf(kernel.body, kernel.first, kernel.second);
  if (typeof sign !== "number") return [];
  const permutation = Array.from({ length: 2 * size }, (_, k) => (k < size ? k + size : k - size));
  return [{ permutation, negated: permutation.map(() => false), sign, conjugated: name === "ch" }];
}

export function multipleText({ n, d }: Rational): string {
  if (n === d) return "";
  if (n === -d) return "-";
  return isInteger({ n, d }) ? `${n}` : `${n < 0n ? "-" : ""}\\frac{${n < 0n ? -n : n}}{${d}}`;
}

/** Whether all values are known to be real: those of a kernel that is declared real, perhaps times a number. */
function isReal(body: Expression): boolean {
  return body.kind === "value" ? body.symbol.real : body.kind === "adjoint" ? isReal(body.of) : body.kind === "number";
}

/** Rearrangements of a value's arguments that are tried. */
const mostRearranged = 2_000;

/**
 * The sign that values take on under the exchange of the labels by the declaration of their kernel; its name where the
 * declaration says nothing of that, and `undefined` where the values are no single kernel's: of those the engine decides.
 */
export function exchangeOf(body: Expression, first: readonly Label[], second: readonly Label[]): 1 | -1 | string | undefined {
  if (body.kind === "adjoint") return exchangeOf(body.of, first, second);
  if (body.kind !== "value" || body.symbol.of !== undefined) return undefined;
  const { symbol } = body;
  const by = new Map<number, Argument>();
  for (const [k, label] of first.entries()) {
    const other = second[k] as Label;
    by.set(label.id, plain(other));
    by.set(other.id, plain(label));
  }
  const wanted = body.arguments.map((argument) => substitute(argument, by) ?? argument);
  const start: Rearranged = { list: body.arguments, conjugated: false, negative: false };
  const found = [start];
  let odd = false;
  for (let at = 0; at < found.length && found.length < mostRearranged; at++) {
    const { list, conjugated, negative } = found[at] as Rearranged;
    if ((!conjugated || symbol.real) && sameArguments(list, wanted)) {
      if (!negative) return 1;
      odd = true;
    }
    for (const symmetry of symbol.symmetries) {
      const moved = rearrange(list, symmetry);
      const next: Rearranged | undefined = moved && {
        list: moved,
        conjugated: conjugated !== symmetry.conjugated,
        negative: negative !== symmetry.sign < 0,
      };
      if (next && !found.some((old) => isSame(old, next))) found.push(next);
    }
  }
  return odd ? -1 : found.length < mostRearranged ? symbol.name : undefined;
}

interface Rearranged {
  readonly list: readonly Argument[];
  readonly conjugated: boolean;
  readonly negative: boolean;
}

const isSame = (a: Rearranged, b: Rearranged): boolean =>
  a.conjugated === b.conjugated && a.negative === b.negative && sameArguments(a.list, b.list);

function rearrange(list: readonly Argument[], { permutation, negated }: Symmetry): readonly Argument[] | undefined {
  const result: Argument[] = [];
  for (const [k, from] of permutation.entries()) {
    const argument = list[from] as Argument;
    if (!negated[k]) result.push(argument);
    else if (argument.kind === "affine")
      result.push({
        ...argument,
        terms: argument.terms.map((term) => ({ ...term, coefficient: divide(term.coefficient, { n: -1n, d: 1n }) })),
      });
    else return undefined;
  }
  return result;
}

const sameArguments = (a: readonly Argument[], b: readonly Argument[]): boolean =>
  a.every((argument, k) => sameArgument(argument, b[k] as Argument));

function sameArgument(a: Argument, b: Argument): boolean {
  if (a.kind === "constant") return b.kind === "constant" && a.value === b.value;
  if (a.kind === "label") return b.kind === "label" && a.label.id === b.label.id;
  return b.kind === "affine" && text(a) === text(b);
}

const nothing: ReadonlyMap<number, string> = new Map();
const text = (argument: Argument): string =>
  textOf({ kind: "delta", left: argument, right: argument, span: { start: 0, end: 0 } }, nothing);

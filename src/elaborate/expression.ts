import { freeLabels } from "../core/argument.js";
import type { Expression, Kind, Label } from "../core/expression.js";
import { sameKind } from "../core/expression.js";
import { divide, equals, fromDecimal, one, rational } from "../core/rational.js";
import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import type { Domain, Tree } from "../syntax/tree.js";
import { convolve, dyad, tensor } from "./algebra.js";
import { pairedTwo } from "./components.js";
import { conditionFactors, underSum } from "./condition.js";
import { constant } from "./constant.js";
import { asArguments, at, bindLabels, freshGroups, local, parameterOf } from "./environment.js";
import { readFactor, readProduct } from "./factor.js";
import { describeAll, isContinuous, keyOf, kindsOf } from "./kinds.js";
import { indexKinds, readsAsLabels } from "./label.js";
import type { Factor } from "./matrix.js";
import { add, adjoint, checked, conjugate, mapOf, modelOf, multiply, negated, power, quotient } from "./matrix.js";
import type { Env, Mapping, Meaning, Plain } from "./meaning.js";
import {
  adjointOf,
  asPlain,
  asScalar,
  bindOf,
  lift,
  numberAt,
  operator,
  pointwise,
  powerOf,
  productOf,
  scalar,
  sortName,
  spend,
} from "./meaning.js";
import { labelForm, occurrence, spell, spellItem } from "./name.js";
import { asMap, inner } from "./pairing.js";
import { applyMap, blockAt } from "./resolve.js";
import { applyAll, derivative } from "./script.js";
import { undeclared } from "./undeclared.js";

/** Brackets within brackets that are read; the call stack would carry a few times as many. */
const mostDepth = 2_500;

/** Digits of a number that is written out. */
const mostDigits = 100_000;

/** Elaborates a tree: what it stands for, as a scalar, an operator, or a function of labels. */
export function read(tree: Tree, env: Env): Meaning {
  const { work } = env;
  if (++work.depth > mostDepth)
    fail("too-deep", at(env, tree), `found brackets nested more than ${mostDepth} deep`, "define inner parts with `let`");
  // What an expansion makes is counted, what stands in the document is not.
  if (env.site) spend(env, env.site);
  const meaning = readTree(tree, env);
  work.depth--;
  return meaning;
}

function readTree(tree: Tree, env: Env): Meaning {
  switch (tree.kind) {
    case "group":
      return ungrouped(read(tree.body, env));
    case "juxtaposition":
      return readProduct(tree.items, tree.span, env);
    case "sum":
      return readSum(tree, env);
    case "name":
      return readFactor({ items: [tree], at: 0 }, env).meaning;
    case "script":
      return readScript(tree, env);
    case "number":
      return readNumber(tree, env);
    case "quotient":
      return quotient(env, read(tree.over, env), read(tree.under, env), at(env, tree));
    case "overline":
    case "dot":
      return readOver(tree, env);
    case "integral":
    case "summation":
      return readBinder(tree, env);
    case "list":
      return readList(tree, env);
    case "binary":
      return readBinary(tree, env);
    default:
      return readOther(tree, env);
  }
}

/** Brackets close an application: `(k f) g`. */
function ungrouped(meaning: Meaning): Meaning {
  if (meaning.sort !== "map" || !meaning.applied) return meaning;
  return { ...meaning, applied: false };
}

function readNumber(tree: Tree & { kind: "number" }, env: Env): Meaning {
  if (tree.text.length > mostDigits)
    fail("too-large", at(env, tree), `found a number of ${tree.text.length} digits, expected at most ${mostDigits}`);
  return scalar(numberAt(fromDecimal(tree.text), at(env, tree)));
}

/** `+ h.c.` adds the adjoint of everything before it in this sum. */
function readSum(tree: Tree & { kind: "sum" }, env: Env): Meaning {
  let parts: (Factor & { sign: 1 | -1 })[] = [];
  for (const term of tree.terms) {
    if (term.tree) {
      parts.push({ sign: term.sign, meaning: read(term.tree, env), span: at(env, term.tree) });
      continue;
    }
    if (parts.length === 0)
      fail(
        "bad-adjoint",
        env.site ?? term.span,
        "found `h.c.` with nothing before it in this group, expected terms whose adjoint is added",
      );
    const span = env.site ?? { start: tree.span.start, end: term.span.end };
    const before = add(env, parts, span);
    parts = [
      { sign: 1, meaning: before, span },
      { sign: term.sign, meaning: adjoint(env, before, at(env, term)), span: at(env, term) },
    ];
  }
  const [first] = parts;
  if (parts.length === 1 && first?.sign === -1) return negated(env, first.meaning, at(env, tree));
  return add(env, parts, at(env, tree));
}

function readScript(tree: Tree & { kind: "script" }, env: Env): Meaning {
  if (occurrence(tree)) return readFactor({ items: [tree], at: 0 }, env).meaning;
  if (tree.base.kind === "bars") return readBars(tree.base, tree, env);
  const after = tree.sup?.items ?? [];
  if (tree.sub) return applyAll(blockAt(read(tree.base, env), tree.sub.items, env), after, tree.span, env);
  return applyAll(read(tree.base, env), after, tree.span, env);
}

function readOver(tree: Tree & { kind: "overline" | "dot" }, env: Env): Meaning {
  if (occurrence(tree)) return readFactor({ items: [tree], at: 0 }, env).meaning;
  const of = read(tree.body, env);
  return tree.kind === "dot" ? derivative(of, tree.count, at(env, tree), env) : conjugate(env, of, at(env, tree));
}

// Binders

interface Bound {
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly labels: readonly Label[];
}

/** Integrals over labels in R^3 and sums over the others; a label of a pair binds both components. */
function readBinder(tree: Tree & { kind: "integral" | "summation" }, env: Env): Meaning {
  const bound: Bound[] = [];
  let inside = env;
  const { labels: names, conditions } = tree.kind === "summation" ? underSum(tree, env) : { labels: tree.labels, conditions: [] };
  for (const [k, written] of names.entries()) {
    const one = bind(written, tree, tree.domains?.[k], env);
    if (bound.some((other) => other.name === one.name))
      fail("bound-twice", at(env, written), `the label \`${one.name}\` is bound twice here`);
    bound.push(one);
    inside = bindLabels(inside, one.name, one.labels);
  }
  const span = at(env, tree);
  if (tree.kind === "integral" && tree.over) checkSpace(bound, tree.over, span);
  const labels = bound.flatMap((one) => one.labels);
  const where = conditions.flatMap((one) => conditionFactors(one, inside));
  const body = read(tree.body, inside);
  if (body.sort === "map") needsArgument(body, labels, tree, env);
  return lift(env, body, span, (body) => {
    const [own, behind] = withoutUnitaries(body);
    return productOf([bindOf(labels, where.length === 0 ? own : productOf([...where, own], span), span), ...behind], span);
  });
}

/** `\int f dx`: without its argument a function does not depend on the label that is integrated over. */
function needsArgument(body: Mapping, labels: readonly Label[], tree: Tree & { kind: "integral" | "summation" }, env: Env): void {
  const span = at(env, tree);
  const value = body.at(asArguments(freshGroups(env, body.groups)), span);
  const used = freeLabels(value);
  const idle = labels.find((label) => label.kind.kind !== "finite" && !used.some(({ id }) => id === label.id));
  if (idle === undefined || !body.groups.some(([kind]) => kind !== undefined && sameKind(kind, idle.kind))) return;
  fail(
    "missing-argument",
    at(env, tree.body),
    `found ${sortName(body)} under ${tree.kind === "integral" ? "an integral" : "a sum"} over \`${idle.name}\``,
    `write the argument, as in f(${idle.name})`,
  );
}

/**
 * The U of `U^* \sum_p A_p U`, where the sum reaches to the end of the product: it has no labels and may as well stand
 * behind the sum, where the conjugation is plain to see. One that its inverse stands before in the body stays there.
 */
function withoutUnitaries(body: Expression): readonly [Expression, readonly Expression[]] {
  if (body.kind !== "product") return [body, []];
  const { factors } = body;
  let end = factors.length;
  for (; end > 1; end--) {
    const last = factors[end - 1] as Expression;
    if (last.kind !== "unitary") break;
    const partner = (one: Expression): boolean => one.kind === "unitary" && one.unitary === last.unitary && one.inverse !== last.inverse;
    if (factors.slice(0, end - 1).some(partner)) break;
  }
  return end === factors.length ? [body, []] : [productOf(factors.slice(0, end), body.span), factors.slice(end)];
}

function bind(written: Tree, tree: Tree & { kind: "integral" | "summation" }, domain: Domain | undefined, env: Env): Bound {
  const o = occurrence(written);
  const form = o && labelForm(o);
  const span = at(env, written);
  if (!o || !form)
    return fail(
      "not-a-label",
      span,
      `found \`${spell(written)}\`, expected a label to ${tree.kind === "integral" ? "integrate" : "sum"} over`,
    );
  const kinds = indexKinds(o, env) ?? localKinds(form.name, env) ?? undeclared(o, env, "index");
  const integral = tree.kind === "integral";
  if (integral && !isContinuous(kinds))
    fail("wrong-binder", span, `found an integral over \`${form.name}\`, which is in ${describeAll(kinds)}`, `write \\sum_{${form.name}}`);
  if (!integral && isContinuous(kinds))
    fail("wrong-binder", span, `found a sum over \`${form.name}\`, which is in ${describeAll(kinds)}`, `write \\int ... d${form.name}`);
  if (domain) checkDomain(form.name, kinds, domain, env.site ?? written.span, tree.kind, env);
  return { name: form.name, kinds, labels: env.scope.session.labels(form.name, kinds) };
}

function localKinds(name: string, env: Env): readonly Kind[] | undefined {
  const found = local(env, name);
  return found?.meant.kind === "labels" ? found.meant.labels.map((label) => label.kind) : undefined;
}

/** What stands under the sign, R^3 for each label or the space of all of them, has to be what the labels run over. */
function checkSpace(bound: readonly Bound[], over: readonly (number | undefined)[], span: Span): void {
  const dimensions = bound.map(({ kinds }) => kinds.reduce((sum, kind) => sum + (kind.kind === "space" ? kind.dimension : 0), 0));
  const total = (list: readonly number[]): number => list.reduce((sum, dimension) => sum + dimension, 0);
  const factors = over.filter((dimension) => dimension !== undefined);
  if (factors.length < over.length || total(factors) === total(dimensions)) return;
  if (factors.length === 1 && dimensions.every((dimension) => dimension === factors[0])) return;
  const stated = factors.map((dimension) => `R^${dimension}`).join(" * ");
  fail(
    "wrong-kind",
    span,
    `found an integral over ${stated}, but ${bound.map(({ name, kinds }) => `\`${name}\` is declared in ${describeAll(kinds)}`).join(", ")}`,
    "declare another index for this domain",
  );
}

function checkDomain(name: string, kinds: readonly Kind[], domain: Domain, span: Span, binder: "integral" | "summation", env: Env): void {
  const stated = kindsOf(domain, span, (parameter) => parameterOf(parameter, env));
  if (keyOf(stated) !== keyOf(kinds))
    fail(
      "wrong-kind",
      span,
      `found ${binder === "integral" ? "an integral" : "a sum"} over ${describeAll(stated)}, but \`${name}\` is declared in ${describeAll(kinds)}`,
      "declare another index for this set",
    );
}

// Lists, bars, angles

function readList(tree: Tree & { kind: "list" }, env: Env): Meaning {
  const [first, second] = tree.items as readonly [Tree, Tree];
  if (tree.delimiter === "(")
    return fail(
      "misplaced-list",
      at(env, tree),
      `found ${tree.items.length} things in parentheses where a factor is expected`,
      "arguments follow the name of a function, a kernel or a definition",
    );
  const what = tree.delimiter === "[" ? "a commutator" : "an anticommutator";
  if (tree.items.length !== 2) return fail("wrong-arity", at(env, tree), `found ${tree.items.length} things in ${what}, expected two`);
  const sign = tree.delimiter === "[" ? -1 : 1;
  const left = read(first, env);
  const right = read(second, env);
  const matrices = left.sort === "matrix" || right.sort === "matrix";
  if (isKernel(left) && isKernel(right) && (matrices || (left.sort === "map" && right.sort === "map")))
    return kernels(left, right, sign, tree, env);
  const a = inCommutator(left, first, what, env);
  const b = inCommutator(right, second, what, env);
  const span = at(env, tree);
  return operator(pairedTwo(a.expression, b.expression, span, (one, two) => ({ kind: "commutator", sign, left: one, right: two, span })));
}

/** Kernels and matrices, also an operator beside a matrix of operators: their products say what the commutator is. */
const isKernel = (meaning: Meaning): boolean => meaning.sort !== "map" || meaning.groups.length === 2;

/** Of kernels and matrices, as operators on functions: `k l - l k`. */
function kernels(left: Meaning, right: Meaning, sign: 1 | -1, tree: Tree & { kind: "list" }, env: Env): Meaning {
  const [first, second] = tree.items as readonly [Tree, Tree];
  const span = at(env, tree);
  const a = { meaning: left, span: at(env, first) };
  const b = { meaning: right, span: at(env, second) };
  return add(
    env,
    [
      { sign: 1, meaning: multiply(env, [a, b], span), span },
      { sign, meaning: multiply(env, [b, a], span), span },
    ],
    span,
  );
}

function inCommutator(meaning: Meaning, tree: Tree, what: string, env: Env): Plain {
  if (meaning.sort === "plain") return meaning;
  return fail(
    "not-an-operator",
    at(env, tree),
    `found ${tree.kind === "sum" ? "a sum that is no operator" : sortName(meaning)} in ${what}, expected an operator`,
    "give the functions in it their labels, as in f(x), or smear an operator with it, as in a(f)",
  );
}

/** `|E|^2`, `\|f\|^2`. */
function readBars(tree: Tree & { kind: "bars" }, script: (Tree & { kind: "script" }) | undefined, env: Env): Meaning {
  const span = at(env, script ?? tree);
  const items = script?.sup?.items ?? [];
  const exponent = items.length === 1 && items[0]?.kind === "tree" ? constant(items[0].tree) : items.length === 0 ? one : undefined;
  if (!exponent) return fail("bad-exponent", span, "found a superscript of an absolute value, expected an even number");
  const of = read(tree.body, env);
  const half = divide(exponent, rational(2));
  if (tree.double) {
    const sub = script?.sub?.items.map(spellItem).join(",") ?? "2";
    if (!/^(2|L\^2|L\^2_x|L_x\^2|HS|\\mathrm\{HS\}|\\text\{HS\})$/.test(sub))
      fail("unsupported", span, `the norm with index \`${sub}\` is not supported, expected that of L^2`);
    const whole = of.sort === "plain" ? asMap(env, of, at(env, tree.body), "in a norm") : of;
    return scalar(powerOf(inner(env, whole, whole, span).expression, half, span));
  }
  const index = script?.sub?.items.map(spellItem).join(",");
  if (of.sort === "matrix" && /^(F|\\mathbb\{F\}|\\mathrm\{F\}|\\text\{F\})?$/.test(index ?? "")) {
    if (!modelOf(of)) return scalar(powerOf(inner(env, of, of, span).expression, half, span));
    return fail(
      "ambiguous-product",
      span,
      "found `|M|^2` of a matrix of functions or kernels",
      "write its values, as in |M(x,y)|^2, or \\|M\\|_{HS}^2",
    );
  }
  if (script?.sub) return fail("bad-subscript", span, "found a subscript of an absolute value");
  if (half.d !== 1n || half.n < 1n)
    return fail(
      "unsupported",
      span,
      "found an absolute value to a power that is not even, which is not understood",
      "`|f|^2` is \\overline{f} f",
    );
  const square = (value: Expression, where: Span): Expression => powerOf(productOf([adjointOf(value, where), value], where), half, where);
  if (of.sort === "plain") return { ...of, expression: square(of.expression, span) };
  if (of.sort === "matrix") return fail("bad-subscript", span, "found a subscript of an absolute value");
  if (of.groups.length > 1)
    return fail(
      "ambiguous-product",
      span,
      "found `|k|^2` of a kernel, which may mean `k^* k` or `|k(x,y)|^2`",
      "write the one that is meant",
    );
  return pointwise(env, of, square);
}

function readAngle(tree: Tree & { kind: "angle" }, env: Env): Meaning {
  const span = at(env, tree);
  const [first, second] = tree.items;
  if (tree.items.length === 1 && first) {
    const of = asPlain(read(first, env), at(env, first), "in an expectation").expression;
    return scalar({ kind: "expectation", of, span });
  }
  if (tree.items.length !== 2 || !first || !second)
    return fail("wrong-arity", span, `found ${tree.items.length} things in angle brackets, expected one or two`);
  return inner(env, operand(first, env), operand(second, env), span);
}

/** A side of an inner product: a function or kernel, or a column of scalars or functions. */
function operand(tree: Tree, env: Env): Meaning {
  const meaning = read(tree, env);
  return meaning.sort === "plain" ? asMap(env, meaning, at(env, tree), "in an inner product") : meaning;
}

// Convolutions and tensor products

function readBinary(tree: Tree & { kind: "binary" }, env: Env): Meaning {
  // A run of `*` or `\otimes` is a tree that leans to the left: walked by a loop.
  const run: (Tree & { kind: "binary" })[] = [];
  let left: Tree = tree;
  for (; left.kind === "binary"; left = left.left) run.push(left);
  let meaning = read(left, env);
  let span = at(env, left);
  for (const step of run.reverse()) {
    meaning = binary(meaning, span, step, env);
    span = at(env, step);
  }
  return meaning;
}

function binary(first: Meaning, leftSpan: Span, tree: Tree & { kind: "binary" }, env: Env): Meaning {
  const left = first.sort === "matrix" ? mapOf(env, first, leftSpan) : first;
  const span = at(env, tree);
  const place = tree.operator === "*" ? "beside the convolution `*`" : "beside `\\otimes`";
  if (left.sort === "plain")
    return fail(
      "not-a-function",
      leftSpan,
      `found ${sortName(left)} ${place}, expected a function`,
      tree.operator === "*" ? "a product is written by juxtaposition or with \\cdot" : undefined,
    );
  const join = tree.operator === "*" ? convolve : tensor;
  const value = evaluated(tree.right, env);
  if (value) {
    // N^3 V(N\cdot) * |\phi|^2 (x) a_x: the label belongs to the whole convolution.
    const right = readProduct(value.items, tree.right.span, env);
    if (right.sort === "map") {
      const joined = applyMap(ungrouped(join(env, left, right, span)) as Mapping, value.group, tree.span, env);
      if (value.rest.length === 0) return joined;
      const rest = readProduct(value.rest, tree.right.span, env);
      return multiply(
        env,
        [
          { meaning: joined, span },
          { meaning: rest, span: at(env, value.rest[0] as Tree) },
        ],
        span,
      );
    }
  }
  return ungrouped(join(env, left, asMap(env, read(tree.right, env), at(env, tree.right), place), span));
}

/** Splits `|\phi|^2(x) a_x` at its first labels. */
function evaluated(
  tree: Tree,
  env: Env,
): { readonly items: readonly Tree[]; readonly group: readonly Tree[]; readonly rest: readonly Tree[] } | undefined {
  if (tree.kind !== "juxtaposition") return undefined;
  for (let k = 1; k < tree.items.length; k++) {
    const item = tree.items[k] as Tree;
    const group =
      item.kind === "group" && item.delimiter === "("
        ? [item.body]
        : item.kind === "list" && item.delimiter === "("
          ? item.items
          : undefined;
    if (group?.every((one) => readsAsLabels(one, env) && !hasPlaceholder(one)))
      return { items: tree.items.slice(0, k), group, rest: tree.items.slice(k + 1) };
  }
  return undefined;
}

const hasPlaceholder = (tree: Tree): boolean =>
  tree.kind === "placeholder" ||
  (tree.kind === "juxtaposition" && tree.items.some(hasPlaceholder)) ||
  (tree.kind === "sum" && tree.terms.some((term) => term.tree !== undefined && hasPlaceholder(term.tree)));

function readMatrix(tree: Tree & { kind: "matrix" }, env: Env): Meaning {
  const spans = tree.rows.map((row) => row.map((cell) => at(env, cell)));
  const rows = tree.rows.map((row) => row.map((cell) => ungrouped(read(cell, env))));
  return checked(rows, spans, at(env, tree), env);
}

function readOther(tree: Tree, env: Env): Meaning {
  const span = at(env, tree);
  switch (tree.kind) {
    case "root": {
      const degree = tree.degree ? constant(tree.degree) : rational(2);
      if (degree?.d !== 1n || degree.n < 2n || degree.n > 1000n)
        return fail("bad-exponent", span, "found a root of this degree, expected a number from 2 to 1000");
      const of = read(tree.body, env);
      const exponent = divide(one, degree);
      if (of.sort === "map" && of.groups.length === 1) return power(env, of, exponent, span);
      const base = asScalar(of, at(env, tree.body), "in a root");
      return scalar(base.kind === "number" && (base.value.n === 0n || equals(base.value, one)) ? base : powerOf(base, exponent, span));
    }
    case "bars":
      return readBars(tree, undefined, env);
    case "angle":
      return readAngle(tree, env);
    case "ketbra":
      return dyad(
        env,
        asMap(env, read(tree.ket, env), at(env, tree.ket), "in a ket", 1),
        asMap(env, read(tree.bra, env), at(env, tree.bra), "in a bra", 1),
        span,
      );
    case "normal": {
      const of = asPlain(read(tree.body, env), at(env, tree.body), "in a normal ordering");
      return { sort: "plain", operator: of.operator, expression: { kind: "normal", of: of.expression, span } };
    }
    case "placeholder":
      return fail("misplaced-placeholder", span, "found `\\cdot` by itself, expected a factor on both sides, or `\\cdot` as an argument");
    case "matrix":
      return readMatrix(tree, env);
    default:
      return fail("unsupported", span, "this construct is not supported yet");
  }
}

import { plain, sameKinds, substituteIn } from "../core/argument.js";
import { children } from "../core/children.js";
import type { Argument, Expression, Kind, Label, Layout, Species, Unitary } from "../core/expression.js";
import { sameKind } from "../core/expression.js";
import { equals, multiply, negate, one, type Rational, rational } from "../core/rational.js";
import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import { constant } from "./constant.js";
import { asArguments, freshGroups } from "./environment.js";
import { bracketed, exchangeOf, multipleText } from "./hyperbolic.js";
import { conjugate, mapOf, matrixOf } from "./matrix.js";
import type { Env, Mapping, Matrix, Meaning } from "./meaning.js";
import { adjointOf, isZero, numberAt, productOf, spend, sumOf } from "./meaning.js";
import type { Occurrence } from "./name.js";
import { spellItem, unbrace } from "./name.js";
import { textOf } from "./text.js";

/**
 * The blocks of e^M, M = (D, k; \overline{k}, \overline{D}) with D skew-hermitian, by what they are: T = exp(Q) acts on the ladder
 * operators as T^* c_x T = \int u(x,y) c_y dy + \int v(x,y) c_y^* dy, e^M = (u, v; \overline{v}, \overline{u}), for
 *   Q = \int D(x,y) c_x^* c_y + \frac12 \int k(x,y) c_x^* c_y^* - \frac12 \int \overline{k(x,y)} c_y c_x,
 * so that u(x,y) = \langle T^* c_x T c_y^* \rangle and v(x,y) = \langle c_y T^* c_x T \rangle. Both ways of a check work these
 * out on their own.  Source: Baker-Campbell-Hausdorff, [c_x, Q] = \int D(x,y) c_y + \int k(x,y) c_y^*.
 */

const nowhereLayout = (base: string): Layout => ({ base, subscript: [], superscript: [], arguments: [] });

/** Both blocks at arguments, from a unitary and the species that it acts on, which are one or the values 1, ..., n of a label. */
function blocks(
  env: Env,
  unitary: Unitary,
  species: readonly Species[],
  name: (pair: boolean) => string,
  span: Span,
): { readonly u: Mapping; readonly v: Mapping } {
  const { slots } = species[0] as Species;
  const single = species.length === 1;
  const index: Kind = { kind: "finite", values: species.map((_, i) => i + 1) };
  const kinds = single ? slots : [index, ...slots];
  const make = (pair: boolean): Mapping => {
    const labels = freshGroups(env, [kinds, kinds]);
    const [first, second] = [labels.slice(0, kinds.length), labels.slice(kinds.length)];
    const ladder = (s: Species, creation: boolean, own: readonly Label[]): Expression => ({
      kind: "ladder",
      species: s,
      creation,
      arguments: asArguments(single ? own : own.slice(1)),
      span,
    });
    const at = (i: number, own: readonly Label[]): readonly Expression[] =>
      single ? [] : [{ kind: "delta", left: plain(own[0] as Label), right: { kind: "constant", of: index, value: i + 1 }, span }];
    const terms = species.flatMap((s, i) =>
      species.map((t, j): Expression => {
        const image = productOf(
          [{ kind: "unitary", unitary, inverse: true, span }, ladder(s, false, first), { kind: "unitary", unitary, inverse: false, span }],
          span,
        );
        const other = ladder(t, !pair, second);
        const [left, right] = pair ? [other, image] : [image, other];
        return productOf([...at(i, first), ...at(j, second), { kind: "contraction", left, right, span }], span);
      }),
    );
    const half = kinds.length;
    const definition = {
      id: env.scope.session.id(),
      name: name(pair),
      parameters: labels,
      body: sumOf(terms, span),
      layout: { ...nowhereLayout(name(pair)), arguments: [kinds.map((_, k) => k), kinds.map((_, k) => k + half)] },
    };
    return {
      sort: "map",
      groups: [kinds, kinds],
      operator: false,
      at: (list, where) => {
        spend(env, where);
        return { kind: "call", definition, arguments: list, span: where };
      },
    };
  };
  return { u: make(false), v: make(true) };
}

// Of a unitary of the document

const made = new WeakMap<Unitary, Map<string, { readonly u: Mapping; readonly v: Mapping }>>();

/** `u_T`, `v_T` and `u_{T^2}`: the kernels of a unitary with a quadratic generator; `undefined` for other names. */
export function kernelOfUnitary(o: Occurrence, env: Env): Mapping | undefined {
  const [item, ...more] = o.sub;
  if ((o.base !== "u" && o.base !== "v") || item?.kind !== "tree" || more.length > 0) return undefined;
  const tree = unbrace(item.tree);
  const [base, script] = tree.kind === "script" && tree.sup && !tree.sub ? [tree.base, tree.sup] : [tree, undefined];
  const entry = env.scope.exact(spellItem({ kind: "tree", tree: base, span: base.span }));
  if (!entry || entry.order >= env.before || entry.meant.kind !== "unitaries") return undefined;
  const [factor, ...others] = entry.meant.factors;
  if (!factor || others.length > 0 || factor.inverse) return undefined;
  const [exponent, ...rest] = script?.items ?? [];
  const power = exponent === undefined ? one : exponent.kind === "tree" && rest.length === 0 ? constant(exponent.tree) : undefined;
  if (power === undefined) return undefined;
  const { unitary } = factor;
  const known = made.get(unitary) ?? new Map<string, { readonly u: Mapping; readonly v: Mapping }>();
  made.set(unitary, known);
  const key = `${power.n}/${power.d}`;
  let found = known.get(key);
  if (found === undefined) {
    const { span } = o;
    const species = speciesIn(unitary.generator);
    const [first] = species;
    if (!first) return fail("unsupported", span, `the generator of \`${unitary.name}\` has no ladder operators`);
    const odd = species.find(
      (s) => s.slots.length !== first.slots.length || s.slots.some((kind, k) => !sameKind(kind, first.slots[k] as Kind)),
    );
    if (odd)
      return fail(
        "unsupported",
        span,
        `\`${unitary.name}\` acts on \`${first.name}\` and \`${odd.name}\`, which have different labels, so that it has no single kernel`,
        `write the kernel as a commutator, [${unitary.name}^* ${first.name} ${unitary.name}, ...]`,
      );
    const body: Expression = productOf([numberAt(power, span), unitary.generator], span);
    const whole: Unitary = equals(power, one) ? unitary : { ...unitary, id: env.scope.session.id(), generator: body, power };
    found = blocks(env, whole, species, (pair) => `${pair ? "v" : "u"}_{${powerText(unitary.name, power)}}`, span);
    known.set(key, found);
  }
  return o.base === "u" ? found.u : found.v;
}

const powerText = (name: string, { n, d }: Rational): string => (n === d ? name : `${name}^{${d === 1n ? n : `${n}/${d}`}}`);

/** Species whose ladder operators stand in an expression, in the order of their declaration. */
function speciesIn(root: Expression): readonly Species[] {
  const found = new Map<number, Species>();
  const seen = new Set<Expression>();
  const stack = [root];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (seen.has(e)) continue;
    seen.add(e);
    if (e.kind === "ladder") found.set(e.species.id, e.species);
    stack.push(...children(e), ...(e.kind === "call" ? [e.definition.body] : []));
  }
  return [...found.values()].sort((a, b) => a.id - b.id);
}

// Of a matrix

/** A matrix as it is written: a name, or an expression, and the number in front of it. */
export interface Written {
  readonly name: string;
  readonly multiple: Rational;
}

/** e^M for a kernel M = D. */
export function exponentialOfKernel(map: Mapping, written: Written, span: Span, env: Env): Meaning {
  return ofBlocks(map, undefined, written, span, env, false).u;
}

/** e^M for M = (D, k; \overline{k}, \overline{D}). */
export function exponentialOfBlocks(matrix: Matrix, written: Written, span: Span, env: Env): Meaning {
  const refuse = (why: string): never =>
    fail(
      "unsupported",
      span,
      `found the exponential of a matrix that is not of the form [[D, k], [\\overline{k}, \\overline{D}]]: ${why}`,
      "only such exponentials are known, with D(x,y) = -\\overline{D(y,x)} and k symmetric or antisymmetric",
    );
  const entries = matrix.rows.flat();
  const [a, b, c, d] = entries;
  if (!a || !b || !c || !d || matrix.rows.length !== 2 || entries.length !== 4) return refuse("it has not two rows and columns");
  const model = entries.map((entry) => (entry.sort === "matrix" ? mapOf(env, entry, span) : entry)).find((entry) => entry.sort === "map");
  if (model === undefined) return refuse("its entries are no kernels");
  const kernel = (entry: Meaning): Mapping => {
    const map = entry.sort === "matrix" ? mapOf(env, entry, span) : entry;
    if (isZero(entry)) return { sort: "map", groups: model.groups, operator: false, at: (_, at) => numberAt(rational(0), at) };
    if (map.sort !== "map" || map.groups.length !== 2 || map.operator) return refuse("its entries are no kernels");
    if (!sameKinds(map.groups.flat(), model.groups.flat())) return refuse("its kernels are over different kinds");
    return map;
  };
  const [upper, pair, lower, last] = [kernel(a), kernel(b), kernel(c), kernel(d)];
  const labels = freshGroups(env, model.groups);
  const names = new Map(labels.map((label, k) => [label.id, `_${k}`]));
  const list = asArguments(labels);
  const half = labels.length / 2;
  const turned = [...list.slice(half), ...list.slice(0, half)];
  const text = (map: Mapping, at: readonly Argument[], bar: boolean): Phased => phased(map.at(at, span), names, bar);
  const same = (x: Phased, y: Phased): boolean =>
    (x.multiple.n === 0n && y.multiple.n === 0n) || (x.text === y.text && x.turns === y.turns && equals(x.multiple, y.multiple));
  const minus = (x: Phased): Phased => ({ ...x, multiple: negate(x.multiple) });
  const diagonal = text(last, list, false);
  if (!same(diagonal, text(upper, list, true)) && !same(diagonal, minus(text(upper, turned, false))))
    return refuse("the lower right entry is not written as the conjugate of the upper left one");
  const sign = isZero(b) ? 1 : exchange(pair, labels, span);
  const below = text(lower, list, false);
  const adjoint = text(pair, turned, true);
  if (!same(below, text(pair, list, true)) && !same(below, sign < 0 ? minus(adjoint) : adjoint))
    return refuse("the lower left entry is not written as the conjugate of the upper right one");
  const { u, v } = ofBlocks(upper, isZero(b) ? undefined : { map: pair, sign }, written, span, env, true);
  return matrixOf([
    [u, v],
    [conjugate(env, v, span), conjugate(env, u, span)],
  ]);
}

/** Whether a kernel is symmetric (1) or antisymmetric (-1) as it is declared or written. */
function exchange(pair: Mapping, labels: readonly Label[], span: Span): 1 | -1 {
  const half = labels.length / 2;
  const [first, second] = [labels.slice(0, half), labels.slice(half)];
  const list = asArguments(labels);
  const { body } = withoutPhase(pair.at(list, span));
  const declared = exchangeOf(body, first, second);
  if (declared === 1 || declared === -1) return declared;
  const names = new Map(labels.map((label, k) => [label.id, `_${k}`]));
  const [straight, turned] = [list, [...list.slice(half), ...list.slice(0, half)]].map((at) => phased(pair.at(at, span), names, false));
  if (straight?.text === turned?.text) return 1;
  return fail(
    "not-symmetric",
    span,
    "found a matrix whose upper right entry is not known to be symmetric or antisymmetric",
    "declare it as a kernel: `kernel k(x,y) symmetric`",
  );
}

function ofBlocks(
  upper: Mapping,
  pair: { readonly map: Mapping; readonly sign: 1 | -1 } | undefined,
  written: Written,
  span: Span,
  env: Env,
  block: boolean,
): { readonly u: Mapping; readonly v: Mapping } {
  const kinds = upper.groups[0] as readonly Kind[];
  if (upper.groups.length !== 2 || !sameKinds(kinds, upper.groups[1] as readonly Kind[]))
    return fail("wrong-kind", span, "found the exponential of a kernel whose arguments are of different kinds");
  const { session } = env.scope;
  const species: Species = {
    id: session.id(),
    name: "c",
    statistics: pair?.sign === -1 ? "fermion" : "boson",
    slots: kinds,
    layout: { base: "c", subscript: kinds.map((_, k) => [k]), superscript: [], arguments: [] },
  };
  const labels = freshGroups(env, [kinds, kinds]);
  const [first, second] = [labels.slice(0, kinds.length), labels.slice(kinds.length)];
  const c = (creation: boolean, own: readonly Label[]): Expression => ({
    kind: "ladder",
    species,
    creation,
    arguments: asArguments(own),
    span,
  });
  const integral = (...factors: Expression[]): Expression => ({ kind: "bind", labels, body: productOf(factors, span), span });
  const list = asArguments(labels);
  const terms = [integral(upper.at(list, span), c(true, first), c(false, second))];
  if (pair) {
    const k = pair.map.at(list, span);
    terms.push(
      integral(numberAt(rational(1, 2), span), k, c(true, first), c(true, second)),
      integral(numberAt(rational(-1, 2), span), adjointOf(k, span), c(false, second), c(false, first)),
    );
  }
  const { name, multiple } = written;
  const argument = multipleText(multiple) + bracketed(name);
  const taken = env.scope.exact("e") !== undefined || env.scope.labelled("e").length > 0;
  const shown = taken ? `\\exp(${argument})` : `e^{${argument}}`;
  const unitary: Unitary = {
    id: session.id(),
    name: `\\exp(${name})`,
    generator: sumOf(terms, span),
    layout: nowhereLayout("T"),
    exponent: bracketed(name),
    ...(taken ? { spelled: true } : {}),
    ...(multiple.n === 0n || equals(multiple, one) ? {} : { power: multiple }),
  };
  return blocks(env, unitary, [species], (second) => (block ? `(${shown})_{${second ? "12" : "11"}}` : shown), span);
}

/** A number, a power of i and the text of the rest. */
interface Phased {
  readonly multiple: Rational;
  readonly turns: number;
  readonly text: string;
}

function phased(e: Expression, names: ReadonlyMap<number, string>, bar: boolean): Phased {
  const { multiple, turns, body, conjugated } = withoutPhase(e);
  const all = bar ? -turns : turns;
  // i^2 = -1 goes to the number.
  const half = ((all % 4) + 4) % 4;
  const text = textOf(body, names, bar !== conjugated, true);
  return { multiple: half >= 2 ? negate(multiple) : multiple, turns: half % 2, text };
}

/** Takes the numbers and the factors i out of a product. */
function withoutPhase(e: Expression): {
  readonly multiple: Rational;
  readonly turns: number;
  readonly body: Expression;
  readonly conjugated: boolean;
} {
  if (e.kind === "number") return { multiple: e.value, turns: 0, body: { ...e, value: one }, conjugated: false };
  if (e.kind === "imaginary") return { multiple: one, turns: 1, body: { kind: "number", value: one, span: e.span }, conjugated: false };
  if (e.kind === "adjoint") {
    const inner = withoutPhase(e.of);
    return { ...inner, turns: -inner.turns, conjugated: !inner.conjugated };
  }
  if (e.kind === "call") {
    const { parameters, body } = e.definition;
    const open = substituteIn(body, new Map(parameters.map((label, k) => [label.id, e.arguments[k] as Argument])));
    return open === undefined ? { multiple: one, turns: 0, body: e, conjugated: false } : withoutPhase(open);
  }
  if (e.kind !== "product") return { multiple: one, turns: 0, body: e, conjugated: false };
  let multiple = one;
  let turns = 0;
  const rest: Expression[] = [];
  for (const factor of e.factors) {
    const inner = withoutPhase(factor);
    multiple = multiply(multiple, inner.multiple);
    turns += inner.turns;
    if (inner.body.kind === "number") continue;
    rest.push(inner.conjugated ? adjointOf(inner.body, e.span) : inner.body);
  }
  return { multiple, turns, body: productOf(rest, e.span), conjugated: false };
}

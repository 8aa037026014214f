import { asLabel, freeLabels } from "../core/argument.js";
import type { Argument, Assumption, Definition, Expression, Kind, Label, SymbolInfo, Unitary } from "../core/expression.js";
import { one } from "../core/rational.js";
import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import type { Statement, Tree } from "../syntax/tree.js";
import type { Factor } from "./algebra.js";
import { alike } from "./algebra.js";
import { aligned } from "./components.js";
import { constant } from "./constant.js";
import { enter } from "./declare.js";
import { asArguments, at, bindLabels, closedBy, freshGroups } from "./environment.js";
import { readFactor } from "./factor.js";
import type { DeclaredHead, Slot } from "./head.js";
import { fullName, headName, labelSlot, layoutOf, readHead, withoutLabels } from "./head.js";
import { entries } from "./matrix.js";
import type { Env, Mapping, Matrix, Meaning, Plain } from "./meaning.js";
import { adjointOf, asPlain, negative, numberAt, productOf, sumOf } from "./meaning.js";
import { nameOf, occurrence, spell, spellItem, unbrace } from "./name.js";
import { resolve } from "./resolve.js";
import type { MacroParameter, Table } from "./scope.js";

type Of<K extends Statement["kind"]> = Statement & { kind: K };

// let

/** `let A_x = E`, `let Z(f, g) = E`, `let F(A)(x,y) = E`. */
export function define(statement: Of<"let">, env: Env): void {
  const head = readHead(statement.head, env);
  const groups = statement.groups.map((group) => group.map((tree) => parameterOf(tree, env)));
  const names = new Set<string>();
  for (const { name } of [...head.slots, ...groups.flat()]) {
    if (names.has(name)) fail("bound-twice", head.span, `the parameter \`${name}\` of \`${fullName(head)}\` occurs twice`);
    names.add(name);
  }
  if (groups.some((group) => group.some((parameter) => parameter.kind === "name"))) defineMacro(statement, head, groups, env);
  else defineValue(statement, head, groups as readonly (readonly LabelParameter[])[], env);
}

type LabelParameter = MacroParameter & { readonly kind: "label" };

function parameterOf(tree: Tree, env: Env): MacroParameter {
  const slot = labelSlot(tree, env);
  if (slot) return { kind: "label", name: slot.name, kinds: slot.kinds };
  const o = occurrence(tree);
  if (!o || o.over.length > 0)
    return fail("bad-name", tree.span, `found \`${spell(tree)}\`, expected a parameter: an index, or a name for a function or kernel`);
  return { kind: "name", name: nameOf(o.base, o.sub.map(spellItem), o.sup.map(spellItem)) };
}

function defineMacro(statement: Of<"let">, head: DeclaredHead, groups: readonly (readonly MacroParameter[])[], env: Env): void {
  const subscript = head.slots.map((slot): LabelParameter => ({ kind: "label", name: slot.name, kinds: slot.kinds }));
  const { scope } = env;
  enter(head, { kind: "macro", macro: { subscript, groups, body: statement.body, scope, order: scope.order } }, env);
}

/** A definition with labels only: its body is read once. A body that is a function gives it further arguments. */
function defineValue(statement: Of<"let">, head: DeclaredHead, groups: readonly (readonly LabelParameter[])[], env: Env): void {
  let inside = closedBy(env, fullName(head));
  const parameters: Label[] = [];
  for (const slot of [...head.slots, ...groups.flat()] as readonly Pick<Slot, "name" | "kinds">[]) {
    const labels = env.scope.session.labels(slot.name, slot.kinds);
    parameters.push(...labels);
    inside = bindLabels(inside, slot.name, labels);
  }
  const meaning = env.read(statement.body, inside);
  if (meaning.sort === "matrix") {
    const matrix = {
      ...tabulate(
        meaning,
        headName(head),
        parameters,
        groups.flat().map((one) => one.kinds),
        statement.body.span,
        env,
      ),
      name: headName(head),
    };
    enter(head, { kind: "matrix", matrix, groups: groups.flat().map((one) => one.kinds) }, env);
    return;
  }
  const open: readonly (readonly Kind[])[] = meaning.sort === "map" ? meaning.groups : [];
  const labels = freshGroups(env, open, new Set(parameters.map((label) => label.name)));
  const body = meaning.sort === "map" ? meaning.at(asArguments(labels), statement.body.span) : meaning.expression;
  const each = [...groups.flatMap((group) => group.map((parameter) => parameter.kinds)), ...open];
  const definition: Definition = {
    id: env.scope.session.id(),
    name: headName(head),
    parameters: [...parameters, ...labels],
    body,
    layout: layoutOf(head, each),
  };
  enter(head, { kind: "definition", definition, operator: meaning.operator, groups: each }, env);
}

/** The entries of a matrix as definitions, each with the labels of the matrix and, for a kernel, its own. */
function tabulate(
  matrix: Matrix,
  name: string,
  parameters: readonly Label[],
  given: readonly (readonly Kind[])[],
  span: Span,
  env: Env,
): Table & { readonly kind: "matrix" } {
  const entry = (meaning: Meaning, own: string): Table => {
    if (meaning.sort === "matrix") return tabulate(meaning, own, parameters, given, span, env);
    if (meaning.sort === "plain" && meaning.expression.kind === "number" && (parameters.length === 0 || meaning.expression.value.n === 0n))
      return { kind: "number", expression: meaning.expression };
    const open = meaning.sort === "map" ? meaning.groups : [];
    const labels = freshGroups(env, open, new Set(parameters.map((label) => label.name)));
    const body = meaning.sort === "map" ? meaning.at(asArguments(labels), span) : meaning.expression;
    const groups = [...given, ...open];
    const before = parameters.length - given.flat().length;
    let next = before;
    const subscript = Array.from({ length: before }, (_, k) => [k]);
    const places = groups.map((group) => group.map(() => next++));
    // (M)_{12} can be read back; beside labels in the subscript the place goes to the superscript.
    const layout = before > 0 ? { base: name, superscript: [own.slice(own.lastIndexOf("_") + 1)] } : { base: own, superscript: [] };
    const definition: Definition = {
      id: env.scope.session.id(),
      name: own,
      parameters: [...parameters, ...labels],
      body,
      layout: { ...layout, subscript, arguments: places },
    };
    return { kind: "entry", definition, operator: meaning.operator, groups };
  };
  const rows = matrix.rows.map((row, i) => row.map((one, j) => entry(one, `(${name})_{${i + 1}${row.length > 1 ? j + 1 : ""}}`)));
  return { kind: "matrix", rows, ...(matrix.name === undefined ? {} : { name: matrix.name }) };
}

// unitary

interface Part {
  readonly unitary: Unitary;
  readonly inverse: boolean;
}

/** `unitary W = \exp(E)`, also a product of exponentials and of unitaries declared before. */
export function defineUnitary(statement: Of<"unitary">, env: Env): void {
  const head = readHead(statement.name, env);
  withoutLabels(head, "a unitary", "a unitary depends on no label; give its generator functions or kernels instead");
  const name = fullName(head);
  const found = exponentials(statement.body, closedBy(env, name));
  const single = found.length === 1;
  let count = 0;
  const factors = found.map((part): Part => {
    if ("unitary" in part) return part;
    count++;
    const own: DeclaredHead = single ? head : { ...head, sup: [...head.sup, `(${count})`] };
    const unitary: Unitary = { id: env.scope.session.id(), name: fullName(own), generator: part.generator, layout: layoutOf(own, []) };
    if (!single) enter(own, { kind: "unitaries", factors: [{ unitary, inverse: false }] }, env);
    return { unitary, inverse: false };
  });
  enter(head, { kind: "unitaries", factors }, env);
}

/** The factors of a product of exponentials, with their generators. */
function exponentials(tree: Tree, env: Env): readonly (Part | { readonly generator: Expression })[] {
  const inner = tree.kind === "group" ? tree.body : tree;
  if (inner !== tree) return exponentials(inner, env);
  const items = tree.kind === "juxtaposition" ? tree.items : [tree];
  const result: (Part | { readonly generator: Expression })[] = [];
  for (let k = 0; k < items.length; k++) {
    const item = items[k] as Tree;
    const o = occurrence(item);
    if (o && o.base === "exp" && o.sub.length + o.sup.length === 0 && k + 1 < items.length) {
      const cursor = { items, at: k + 1 };
      const next = unscripted(items[k + 1] as Tree);
      const body = next.kind === "group" ? plainAt(next.body, env) : readGenerator(cursor, env);
      k = next.kind === "group" ? k + 1 : cursor.at - 1;
      result.push({ generator: isAdjoint(items[k] as Tree) ? adjointOf(body, item.span) : body });
      continue;
    }
    const [power] = o?.sup ?? [];
    const euler = (o?.base === "e" || o?.base === "\\mathrm{e}") && o.sub.length === 0 && o.sup.length === 1 && !env.scope.exact(o.base);
    if (euler && power?.kind === "tree") {
      result.push({ generator: plainAt(power.tree, env) });
      continue;
    }
    const head = o && resolve(o, env);
    const meaning: Meaning | undefined = head?.sort === "meaning" ? env.read(item, env) : undefined;
    const parts = meaning?.sort === "plain" ? unitariesOf(meaning.expression) : undefined;
    if (parts) result.push(...parts);
    else if (!o && (item.kind === "group" || item.kind === "script") && unscripted(item).kind === "group") {
      const inside = exponentials(unscripted(item), env);
      result.push(...(isAdjoint(item) ? [...inside].reverse().map((part) => inverseOf(part)) : inside));
    } else
      fail(
        "bad-unitary",
        item.span,
        "found this in the declaration of a unitary, expected `\\exp(E)` with a skew-adjoint E",
        "a product of exponentials and of declared unitaries is understood too",
      );
  }
  return result;
}

const unscripted = (tree: Tree): Tree => (tree.kind === "script" && !tree.sub ? tree.base : tree);

function isAdjoint(tree: Tree): boolean {
  if (tree.kind !== "script") return false;
  const items = tree.sup?.items ?? [];
  const [item] = items;
  if (items.length === 1 && item?.kind === "mark" && (item.text === "*" || item.text === "\\dagger")) return true;
  const power = items.length === 1 && item?.kind === "tree" ? constant(unbrace(item.tree)) : undefined;
  if (power?.d === 1n && power.n === -1n) return true;
  return fail("bad-unitary", tree.span, "found this superscript on a factor of a unitary, expected `*`, or none");
}

const inverseOf = (part: Part | { readonly generator: Expression }): Part | { readonly generator: Expression } =>
  "unitary" in part ? { ...part, inverse: !part.inverse } : { generator: adjointOf(part.generator, part.generator.span) };

const plainAt = (tree: Tree, env: Env): Expression =>
  asPlain(env.read(tree, env), at(env, tree), "as the generator of a unitary").expression;

function readGenerator(cursor: { items: readonly Tree[]; at: number }, env: Env): Expression {
  const factor = readFactor(cursor, env);
  return asPlain(factor.meaning, factor.span, "as the generator of a unitary").expression;
}

function unitariesOf(e: Expression): readonly Part[] | undefined {
  if (e.kind === "unitary") return [{ unitary: e.unitary, inverse: e.inverse }];
  if (e.kind !== "product") return undefined;
  const parts = e.factors.map(unitariesOf);
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

// assume, equations

/** Both sides of an equation as expressions; functions and kernels are compared at new free labels. */
export function equate(left: Tree, right: Tree, env: Env): { readonly left: Expression; readonly right: Expression } {
  return equateSides(side(left, env), side(right, env), env);
}

const side = (tree: Tree, env: Env): Side => ({ meaning: env.read(tree, env), span: tree.span });

function equateSides(left: Side, right: Side, env: Env): { readonly left: Expression; readonly right: Expression } {
  const [first, ...others] = compareAll(left, right, env);
  if (first && others.length === 0) return first;
  return fail(
    "misplaced-matrix",
    left.span,
    "found an equation between block matrices where one equation is expected",
    "write the equations of the entries one by one; a `claim` takes whole matrices",
  );
}

/** A side of an equation that was read before. */
export interface Side {
  readonly meaning: Meaning;
  readonly span: Tree["span"];
}

/** The equations of all entries, where the sides are matrices. */
export function compareAll(
  left: Side,
  right: Side,
  env: Env,
): readonly { readonly left: Expression; readonly right: Expression; readonly entry?: string }[] {
  return entries(env, left, right).map(([a, b, place]) => ({ ...compare(a, b, env), ...(place === "" ? {} : { entry: place }) }));
}

function compare(left: Factor, right: Factor, env: Env): { readonly left: Expression; readonly right: Expression } {
  const [a, b] = alike(env, [left, right]) as readonly [Factor, Factor];
  const sides = (x: Expression, y: Expression): { readonly left: Expression; readonly right: Expression } => {
    const [one, other] = aligned([x, y], left.span) as readonly [Expression, Expression];
    return { left: one, right: other };
  };
  if (a.meaning.sort === "plain") return sides(a.meaning.expression, (b.meaning as Plain).expression);
  const list = asArguments(freshGroups(env, a.meaning.groups, env.work.used));
  return sides(a.meaning.at(list, left.span), (b.meaning as Mapping).at(list, right.span));
}

/**
 * `assume L = R`: as a rule for the values of a symbol where L is one, else as it stands. Both are scalars: ladder operators
 * satisfy no equation but those that follow from their (anti)commutation relations, and any other contradicts them.
 */
export function assume(statement: Of<"assume">, env: Env): Assumption {
  const sides = [side(statement.left, env), side(statement.right, env)] as const;
  for (const { meaning, span } of sides)
    if (meaning.operator)
      fail(
        "bad-assumption",
        span,
        "found an operator in an assumption, expected a scalar",
        "an operator is defined with `let`; what is assumed of functions and kernels is written without operators",
      );
  const { left, right } = equateSides(...sides, env);
  const { span } = statement;
  const laplacian = laplacianOf(left, right);
  if (laplacian) return { ...laplacian, span };
  const target = targetOf(left);
  const free = freeLabels(left);
  const loose = freeLabels(right).find((label) => !free.some((other) => other.id === label.id));
  if (loose)
    fail(
      "free-label",
      statement.right.span,
      `found the free label \`${loose.name}\` on the right side, which the left side lacks`,
      "bind it with \\int or \\sum",
    );
  if (!target) {
    const [label] = free;
    if (label)
      fail(
        "bad-assumption",
        statement.left.span,
        "found this left side with free labels, expected a value of one function or kernel at distinct labels, with a scalar factor and time derivatives",
        left.kind === "sum"
          ? "solve it for one function, or let both be of a third: u(p)^2 - v(p)^2 = 1 holds for let u(p) = \\cosh \\tau(p), let v(p) = \\sinh \\tau(p)"
          : "solve it for one function: with \\omega(p) g(p) = v(p) assume v(p) = \\omega(p) g(p); a closed left side, such as an integral without free labels, is used as it stands",
      );
    return { left, right, span };
  }
  const { conjugated, ...rest } = target;
  if (!conjugated) return { left, right, target: rest, span };
  return {
    left: adjointOf(left, left.span),
    right: adjointOf(right, right.span),
    target: { ...rest, coefficient: adjointOf(rest.coefficient, left.span) },
    span,
  };
}

interface Target {
  readonly symbol: SymbolInfo;
  readonly arguments: readonly Argument[];
  readonly order: number;
  readonly coefficient: Expression;
  readonly conjugated: boolean;
}

/** [coefficient] [derivatives] value, with the value at distinct plain labels. */
function targetOf(left: Expression): Target | undefined {
  const factors = left.kind === "product" ? left.factors : [left];
  const others: Expression[] = [];
  let found: Omit<Target, "coefficient"> | undefined;
  for (const factor of factors) {
    const value = matchValue(factor);
    if (value && found) return undefined;
    if (value) found = value;
    else if (isConstant(factor)) others.push(factor);
    else return undefined;
  }
  if (!found || !areDistinct(found.arguments)) return undefined;
  return { ...found, coefficient: others.length === 0 ? { kind: "number", value: one, span: left.span } : productOf(others, left.span) };
}

function matchValue(e: Expression): Omit<Target, "coefficient"> | undefined {
  switch (e.kind) {
    case "value":
      return { symbol: e.symbol, arguments: e.arguments, order: 0, conjugated: false };
    case "derivative": {
      const inner = matchValue(e.of);
      return inner && { ...inner, order: inner.order + 1 };
    }
    case "adjoint": {
      const inner = matchValue(e.of);
      return inner && { ...inner, conjugated: !inner.conjugated };
    }
    default:
      return undefined;
  }
}

/** `coefficient * \Delta f(x) + rest = right`, with the Laplacian of one value at distinct labels: the rest goes to the right. */
function laplacianOf(left: Expression, right: Expression): Omit<Assumption, "span"> | undefined {
  const terms = left.kind === "sum" ? left.terms : [left];
  const found = terms.map(matchLaplacian);
  const at = found.findIndex((one) => one !== undefined);
  const one = found[at];
  if (one === undefined || found.filter((other) => other !== undefined).length > 1 || !areDistinct(one.arguments)) return undefined;
  const others = terms.filter((_, i) => i !== at);
  const free = freeLabels(left).map((label) => label.id);
  if (freeLabels(right).some((label) => !free.includes(label.id))) return undefined;
  return {
    left: terms[at] as Expression,
    right: sumOf([right, ...others.map((term) => negative(term, term.span))], right.span),
    laplacian: one,
  };
}

function matchLaplacian(e: Expression): Assumption["laplacian"] {
  const factors = e.kind === "product" ? e.factors : [e];
  const others = factors.filter(isConstant);
  const rest = factors.filter((factor) => !isConstant(factor));
  const [inner] = rest;
  if (rest.length !== 1 || inner?.kind !== "components") return undefined;
  const outer = inner.of;
  if (outer.kind !== "partial" || outer.of.kind !== "partial" || outer.of.of.kind !== "value") return undefined;
  const value = outer.of.of;
  if (outer.label !== outer.of.label || outer.component !== inner.component || outer.of.component !== inner.component) return undefined;
  const slot = value.arguments.findIndex((argument) => asLabel(argument) === outer.label);
  if (slot < 0) return undefined;
  const coefficient = others.length === 0 ? numberAt(one, e.span) : productOf(others, e.span);
  return { symbol: value.symbol, arguments: value.arguments, slot, coefficient };
}

/** Whether a factor is a number made of parameters, which a value may be divided by. */
function isConstant(e: Expression): boolean {
  switch (e.kind) {
    case "number":
      return e.value.n !== 0n;
    case "imaginary":
    case "pi":
    case "parameter":
      return true;
    case "power":
      return isConstant(e.base);
    case "adjoint":
      return isConstant(e.of);
    case "product":
      return e.factors.every(isConstant);
    default:
      return false;
  }
}

function areDistinct(list: readonly Argument[]): boolean {
  const seen = new Set<number>();
  for (const argument of list) {
    if (argument.kind === "constant") continue;
    const label = asLabel(argument);
    if (!label || seen.has(label.id)) return false;
    seen.add(label.id);
  }
  return true;
}

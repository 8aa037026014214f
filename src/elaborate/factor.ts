import { sameKinds, substituteIn } from "../core/argument.js";
import type { Argument, Expression, Kind, Species } from "../core/expression.js";
import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import { cover } from "../source/span.js";
import type { ScriptItem, SumTerm, Tree } from "../syntax/tree.js";
import { coerce } from "./algebra.js";
import { evaluate } from "./apply.js";
import type { Cursor, Group } from "./cursor.js";
import { nextBlock, nextGroup } from "./cursor.js";
import { asArguments, at, bindLabels, bindMeaning, freshGroups, local } from "./environment.js";
import { describeAll, describeGroups } from "./kinds.js";
import { indexKinds, mentionsLabel, readArgument, readFree, readsAsLabels } from "./label.js";
import { isMode } from "./lenient.js";
import type { Factor } from "./matrix.js";
import { modelOf, multiply, quotient } from "./matrix.js";
import type { Env, Mapping, Matrix, Meaning } from "./meaning.js";
import { adjointOf, bindOf, flat, isZero, productOf, sortName, spanIn, spend } from "./meaning.js";
import { nameOf, occurrence, spell } from "./name.js";
import { asMap } from "./pairing.js";
import { blockAt, resolve, unapplied } from "./resolve.js";
import type { Entry, Macro, MacroParameter } from "./scope.js";
import { where } from "./scope.js";
import { applyAll } from "./script.js";
import { builtin } from "./special.js";
import { undeclared } from "./undeclared.js";
import type { After, Head } from "./use.js";
import { writtenOf } from "./written.js";

/** A product: applications are found first, then the factors are multiplied in the written order. */
export function readProduct(items: readonly Tree[], span: Span, env: Env): Meaning {
  const cursor: Cursor = { items, at: 0 };
  const factors: Factor[] = [];
  while (cursor.at < items.length) {
    const distributed = differentialOperator(cursor, span, env);
    factors.push(distributed ?? readFactor(cursor, env));
  }
  return multiply(env, factors, spanIn(env, span));
}

/** `(-\Delta_x + V(x)) E`, `(i \partial_t - A) E`: a sum with a derivative that waits for what stands behind it acts on all of that. */
function differentialOperator(cursor: Cursor, span: Span, env: Env): Factor | undefined {
  const tree = cursor.items[cursor.at];
  if (tree?.kind !== "group" || cursor.at + 1 >= cursor.items.length) return undefined;
  const terms = tree.body.kind === "sum" ? tree.body.terms : [{ sign: 1 as const, tree: tree.body, span: tree.body.span }];
  if (!terms.some((term) => term.tree !== undefined && endsInDerivative(term.tree, env))) return undefined;
  const rest = cursor.items.slice(cursor.at + 1);
  const parts: SumTerm[] = terms.map((term) =>
    term.tree === undefined
      ? fail("bad-adjoint", spanIn(env, term.span), "found `h.c.` beside a derivative that has nothing to act on")
      : { ...term, tree: { kind: "juxtaposition", items: [...itemsOf(term.tree), ...rest], span } },
  );
  cursor.at = cursor.items.length;
  return { meaning: env.read({ kind: "sum", terms: parts, span }, env), span: spanIn(env, span) };
}

const itemsOf = (tree: Tree): readonly Tree[] => (tree.kind === "juxtaposition" ? tree.items : [tree]);

/** Whether a term ends in `\Delta_x`, `\nabla_x` or `\partial_t` with nothing behind it. */
function endsInDerivative(tree: Tree, env: Env): boolean {
  const items = itemsOf(tree);
  const o = occurrence(items[items.length - 1] as Tree);
  if (o === undefined || o.sub.length !== 1 || o.sup.length > 0) return false;
  return ["\\Delta", "\\nabla", "\\partial"].includes(o.base) && resolve(o, env) === undefined;
}

/** The next factor with everything that is applied to it. */
export function readFactor(cursor: Cursor, env: Env): Factor {
  const tree = cursor.items[cursor.at++] as Tree;
  let meaning: Meaning;
  let span = tree.span;
  const o = occurrence(tree);
  if (o) {
    notGlued(tree, cursor, env);
    const found = resolve(o, env);
    // e^{s} beside fermions e_p: without a label only the exponential makes sense.
    const head = found?.sort === "species" && o.base === "e" && o.sup[0]?.kind === "tree" && !nextGroup(cursor) ? undefined : found;
    if (head) meaning = asFunction(applyHead(head, tree, cursor, env), o.base, cursor, env);
    else {
      const special = builtin(o, cursor, env, readFactor);
      const other = special ? undefined : unapplied(o, env);
      meaning = special ?? (other ? applyHead(other, tree, cursor, env) : undeclared(o, env));
    }
  } else if (tree.kind === "quotient") meaning = readQuotient(tree, cursor, env);
  else meaning = env.read(tree, env);
  for (
    let group = nextGroup(cursor);
    group && takesLabels(meaning) && group.items.every((item) => readsAsLabels(item, env));
    group = nextGroup(cursor)
  ) {
    cursor.at++;
    span = cover(span, group.span);
    meaning = applyAll(evaluate(meaning as Mapping | Matrix, group.items, span, env), group.after, span, env);
  }
  return { meaning, span: spanIn(env, cover(span, (cursor.items[cursor.at - 1] as Tree).span)) };
}

const takesLabels = (meaning: Meaning): boolean => meaning.sort === "map" || (meaning.sort === "matrix" && modelOf(meaning) !== undefined);

/** `W2` where `W_2` is declared: more likely that name than a product with 2. */
function notGlued(tree: Tree, cursor: Cursor, env: Env): void {
  const next = cursor.items[cursor.at];
  if (next?.kind !== "number" || tree.kind !== "name" || next.span.start !== tree.span.end) return;
  const { scope } = env;
  if (local(env, tree.text) || !/^\d{1,9}$/.test(next.text)) return;
  const name = nameOf(tree.text, [next.text], []);
  const value = Number(next.text);
  const takes = (entry: Entry): boolean =>
    entry.order < env.before && entry.sub.some((item) => typeof item !== "string" && hasLabel(item, value));
  const exact = scope.exact(name);
  const meant =
    (exact !== undefined && exact.order < env.before) ||
    scope.labelled(tree.text).some(takes) ||
    (scope.lenient && isMode({ base: tree.text, sub: [], sup: [], over: [], span: tree.span }));
  if (meant)
    fail(
      "glued-number",
      at(env, { span: cover(tree.span, next.span) }),
      `found \`${tree.text}${next.text}\`, which is the product of \`${tree.text}\` and ${next.text}`,
      `write \`${name}\` for the name with a subscript, or \`${next.text} ${tree.text}\` for the product`,
    );
}

const hasLabel = ([only, ...others]: readonly Kind[], value: number): boolean =>
  others.length === 0 && only?.kind === "finite" && only.values.includes(value);

/** A scalar that was given for a function or kernel parameter, as 1 for the identity, where labels follow it. */
function asFunction(meaning: Meaning, base: string, cursor: Cursor, env: Env): Meaning {
  if (!env.frame || meaning.sort !== "plain" || meaning.operator || local(env, base)?.meant.kind !== "meaning") return meaning;
  const group = nextGroup(cursor);
  if (!group?.items.every((item) => readsAsLabels(item, env)) || !group.items.some((item) => mentionsLabel(item, env))) return meaning;
  const groups = group.items.map((item) => {
    const read = readFree(item, env);
    return Array.isArray(read) ? (read as readonly Argument[]).map((part) => part.of) : [];
  });
  return coerce(env, meaning, { sort: "map", groups, operator: false, at: () => meaning.expression }, spanIn(env, group.span));
}

/** `s / f(x)`: what is applied to the divisor stands after the quotient. */
function readQuotient(tree: Tree & { kind: "quotient" }, cursor: Cursor, env: Env): Meaning {
  const rest: Cursor = { items: [tree.under, ...cursor.items.slice(cursor.at, cursor.at + reach)], at: 0 };
  const under = readFactor(rest, env);
  cursor.at += rest.at - 1;
  return quotient(env, env.read(tree.over, env), under.meaning, at(env, tree));
}

/** The most groups that are applied to one divisor. */
const reach = 4;

function applyHead(head: Head, tree: Tree, cursor: Cursor, env: Env): Meaning {
  switch (head.sort) {
    case "meaning":
      return withSuperscripts(head.meaning, head.after, tree, env);
    case "species":
      return smear(head.species, head.after, tree, cursor, env);
    case "macro":
      return expand(head, tree, cursor, env);
  }
}

/** A superscript in parentheses was meant as part of a name: `G^{(1)}` is no power. */
function withSuperscripts(meaning: Meaning, after: After, tree: Tree, env: Env): Meaning {
  for (const item of after)
    if (item.kind === "tree" && item.tree.kind === "group" && item.tree.delimiter === "(") {
      const o = occurrence(tree);
      if (o) undeclared(o, env);
    }
  return applyAll(meaning, after, tree.span, env);
}

/** `a(f)` is \int \overline{f(x)} a_x dx, and `a^*(f)` its adjoint. */
function smear(species: readonly Species[], after: After, tree: Tree, cursor: Cursor, env: Env): Meaning {
  const group = nextGroup(cursor);
  const [first] = species as readonly [Species];
  const example = first.slots.length === 1 ? `${first.name}_x` : `${first.name}_{...}`;
  if (group?.items.length !== 1)
    return fail(
      "missing-label",
      at(env, tree),
      `found \`${first.name}\` without its label in ${describeAll(first.slots)}`,
      `write \`${example}\`, or \`${first.name}(f)\` with a function f`,
    );
  cursor.at++;
  const item = group.items[0] as Tree;
  const span = spanIn(env, cover(tree.span, group.span));
  if (isLabels(item, env))
    return fail(
      "not-a-function",
      at(env, item),
      `found \`${spell(item)}\` in \`${first.name}(...)\`, expected a function`,
      `a label stands in the subscript, as in \`${example}\``,
    );
  const meaning = env.read(item, env);
  const map =
    meaning.sort !== "plain"
      ? asMap(env, meaning, at(env, item), `in \`${first.name}(...)\``)
      : fail(
          "not-a-function",
          at(env, item),
          `found ${sortName(meaning)} in \`${first.name}(...)\`, expected a function`,
          `a label stands in the subscript, as in \`${example}\``,
        );
  const chosen = species.find((one) => sameKinds(one.slots, flat(map.groups)));
  if (!chosen)
    return fail(
      "wrong-kind",
      at(env, item),
      `found ${sortName(map)} over ${describeGroups(map.groups)}, expected one over ${describeAll(first.slots)}`,
    );
  if (map.operator)
    return fail("not-a-scalar", at(env, item), "found a function whose values are operators, expected one with scalar values");
  const [adjointFirst, ...others] = after;
  const creation =
    adjointFirst?.kind === "overline" || (adjointFirst?.kind === "mark" && (adjointFirst.text === "*" || adjointFirst.text === "\\dagger"));
  const labels = freshGroups(env, map.groups);
  const list = asArguments(labels);
  const value = map.at(list, span);
  const ladder = { kind: "ladder", species: chosen, creation, arguments: list, span } as const;
  const expression = bindOf(labels, productOf([creation ? value : adjointOf(value, span), ladder], span), span);
  return applyAll({ sort: "plain", expression, operator: true }, [...(creation ? others : after), ...group.after], span, env);
}

/** Whether a tree can only be labels: a name that is no index may be anything. */
function isLabels(tree: Tree, env: Env): boolean {
  if (tree.kind === "number" || !readsAsLabels(tree, env)) return false;
  const o = occurrence(tree);
  return o === undefined || indexKinds(o, env) !== undefined;
}

/** What a parameter stands for, and how it was written without its numbers. */
interface Given {
  readonly meaning: Meaning;
  readonly written: string;
}

/** Replaces a use of a `let` with functions as parameters by its body, read in the scope of the definition. */
function expand(head: Head & { sort: "macro" }, tree: Tree, cursor: Cursor, env: Env): Meaning {
  const { entry, macro } = head;
  const functions = macro.groups.findLastIndex((group) => group.some((one) => one.kind === "name"));
  let span = tree.span;
  const names = new Map<string, Given>();
  const given: { readonly parameter: MacroParameter & { kind: "label" }; readonly list: readonly Argument[] }[] = [];
  let next = 0;
  for (const parameter of macro.subscript) {
    given.push({ parameter, list: head.labels.slice(next, next + parameter.kinds.length) });
    next += parameter.kinds.length;
  }
  let after: readonly ScriptItem[] = [];
  /** A subscript behind the parameters: the block that is meant. */
  let sub: readonly ScriptItem[] = [];
  let read = 0;
  for (const parameters of macro.groups) {
    const group: (Group & { delimiter: string; sub?: readonly ScriptItem[] }) | undefined =
      read <= functions ? nextBlock(cursor) : nextGroup(cursor);
    const ready =
      group?.delimiter === "(" &&
      (read <= functions || (after.length + sub.length === 0 && group.items.every((item) => readsAsLabels(item, env))));
    if (!group || !ready) {
      if (read > functions) break;
      return fail(
        "missing-argument",
        at(env, tree),
        `\`${entry.name}\` was defined with ${parameters.length} ${parameters.length === 1 ? "parameter" : "parameters"} in parentheses, found none here`,
        `write \`${entry.name}(${parameters.map((one) => one.name).join(", ")})\``,
      );
    }
    if (group.items.length !== parameters.length)
      return fail(
        "wrong-arity",
        spanIn(env, group.span),
        `found ${group.items.length} ${group.items.length === 1 ? "argument" : "arguments"} of \`${entry.name}\`, expected ${parameters.length}: ${parameters.map((one) => one.name).join(", ")}`,
      );
    for (const [k, parameter] of parameters.entries()) {
      const item = group.items[k] as Tree;
      if (parameter.kind === "label") given.push({ parameter, list: readArgument(item, parameter.kinds, env) });
      else names.set(parameter.name, { meaning: env.read(item, env), written: writtenOf(item, env) });
    }
    cursor.at++;
    read++;
    span = cover(span, group.span);
    after = group.after;
    sub = group.sub ?? [];
  }
  const missing = macro.groups.slice(read).flatMap((group) => group.map((one) => one as MacroParameter & { kind: "label" }));
  const body = (list: readonly Argument[], site: Span): Meaning => {
    let taken = 0;
    const rest = missing.map((parameter) => {
      const part = list.slice(taken, taken + parameter.kinds.length);
      taken += parameter.kinds.length;
      return { parameter, list: part };
    });
    return bodyOf(entry, macro, names, [...given, ...rest], site, env);
  };
  const site = spanIn(env, span);
  const kinds = missing.map((one) => one.kinds);
  // Read once at new labels: what sort of value it is, and what is wrong with it.
  const model = body(asArguments(freshGroups(env, kinds)), site);
  const result = missing.length === 0 ? model : spread(model, body, kinds, entry.name);
  const before = sub.length === 0 ? result : blockAt(result, sub, env);
  return applyAll(before, [...head.after, ...after], span, env);
}

/** A body as a function of the labels that are still missing, a matrix entry by entry; `model` is one of its values. */
function spread(
  model: Meaning,
  body: (list: readonly Argument[], here: Span) => Meaning,
  groups: readonly (readonly Kind[])[],
  name: string,
): Meaning {
  if (model.sort === "matrix") {
    const rows = model.rows.map((row, i) =>
      row.map((entry, j) =>
        isZero(entry) ? entry : spread(entry, (list, here) => (body(list, here) as Matrix).rows[i]?.[j] as Meaning, groups, name),
      ),
    );
    return { ...model, rows };
  }
  return {
    sort: "map",
    groups,
    operator: model.operator,
    at: (list, here) => {
      const value = body(list, here);
      if (value.sort === "plain") return value.expression;
      return fail("not-an-operator", here, `the values of \`${name}\` are ${sortName(value)}`);
    },
  };
}

/** The body of a definition with its parameters given. Labels are bound where they are plain, else substituted. */
function bodyOf(
  entry: Entry,
  macro: Macro,
  names: ReadonlyMap<string, Given>,
  given: readonly { readonly parameter: MacroParameter; readonly list: readonly Argument[] }[],
  site: Span,
  env: Env,
): Meaning {
  spend(env, site, 10);
  let inner: Env = { ...env, scope: macro.scope, source: entry.source, frame: undefined, before: macro.order, closed: entry.name, site };
  const by = new Map<number, Argument>();
  for (const { parameter, list } of given) {
    const labels = freshGroups(
      env,
      list.map((argument) => [argument.of]),
    );
    const bound = list.map((argument, k) => {
      const stand = { ...(labels[k] as (typeof labels)[number]), name: parameter.name };
      by.set(stand.id, argument);
      return stand;
    });
    inner = bindLabels(inner, parameter.name, bound);
  }
  for (const [name, { meaning, written }] of names) inner = bindMeaning(inner, name, meaning, written);
  const result = inContext(entry, env, () => env.read(macro.body, inner));
  if (by.size === 0) return result;
  const replace = (value: Expression, here: Span) =>
    substituteIn(value, by) ??
    fail(
      "unsupported",
      here,
      `\`${entry.name}\` at this scaled argument is not supported yet`,
      "give the definition a plain label and scale inside it",
    );
  return replaced(result, site, replace);
}

/** A change of the values, at the labels that are given later too. */
function replaced(meaning: Meaning, site: Span, change: (value: Expression, here: Span) => Expression): Meaning {
  if (meaning.sort === "plain") return { ...meaning, expression: change(meaning.expression, site) };
  if (meaning.sort === "map") return { ...meaning, at: (list, here) => change(meaning.at(list, here), here) };
  const rows = meaning.rows.map((row) => row.map((entry) => replaced(entry, site, change)));
  return { sort: "matrix", rows, operator: meaning.operator };
}

/** Adds to a message which definition it comes from. */
function inContext<T>(entry: Entry, env: Env, run: () => T): T {
  const depth = env.work.depth;
  try {
    return run();
  } catch (caught) {
    env.work.depth = depth;
    throw withContext(caught, `in the definition of \`${entry.name}\` ${where(entry, env)}`);
  }
}

function withContext(caught: unknown, context: string): unknown {
  if (!isFault(caught) || caught.diagnostic.message.includes("(in the definition of")) return caught;
  const { code, span, message, hint } = caught.diagnostic;
  try {
    fail(code, span, `${message} (${context})`, hint);
  } catch (renewed) {
    return renewed;
  }
}

const isFault = (caught: unknown): caught is { diagnostic: { code: string; span: Span; message: string; hint?: string } } =>
  caught instanceof Error && "diagnostic" in caught;

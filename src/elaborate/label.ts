import { combine, hasNumbers, isIntegral, numberIn, origin, plain, rescale, timesScale, unit } from "../core/argument.js";
import type { Argument, Kind, Label, Scale } from "../core/expression.js";
import { sameKind } from "../core/expression.js";
import type { Rational } from "../core/rational.js";
import { divide, fromDecimal, one, rational } from "../core/rational.js";
import { fail } from "../source/diagnostic.js";
import { codeOf, valueText } from "../source/symbols.js";
import type { ScriptItem, Tree } from "../syntax/tree.js";
import { constant } from "./constant.js";
import { at, local } from "./environment.js";
import { describe, describeAll } from "./kinds.js";
import type { Env } from "./meaning.js";
import type { Occurrence } from "./name.js";
import { isBuiltin, labelForm, nameOf, occurrence, spell, spellOccurrence, unbrace } from "./name.js";
import { undeclared } from "./undeclared.js";

/** What an argument's tree may be so far: a number with parameters, or a combination of labels, a component each. */
type Draft =
  /** A value of a finite set that is a symbol, by its number. */
  | { readonly sort: "symbol"; readonly code: number; readonly tree: Tree }
  | { readonly sort: "scale"; readonly scale: Scale; readonly tree: Tree }
  | { readonly sort: "labels"; readonly parts: readonly Argument[]; readonly tree: Tree };

/** The labels of a name: one, or one a component for a pair. Bound ones first, then those of the declared indices. */
export function labelsOf(o: Occurrence, env: Env): readonly Label[] | undefined {
  const form = labelForm(o);
  if (!form) return undefined;
  const bound = local(env, form.name);
  if (bound) return bound.meant.kind === "labels" ? bound.meant.labels : undefined;
  const exact = env.scope.exact(form.name);
  if (exact && exact.order < env.before) return undefined;
  const kinds = indexKinds(o, env);
  if (!kinds) return undefined;
  if (env.closed !== undefined)
    fail(
      "free-label",
      env.site ?? o.span,
      `the label \`${form.name}\` is free in the definition of \`${env.closed}\``,
      `make it a parameter, as in \`let A_${form.name} = ...\`, or bind it with \\int or \\sum`,
    );
  env.work.used.add(form.name);
  return env.scope.session.free(form.name, kinds);
}

/** The kinds of an index, whether or not a label of that name is bound. */
export function indexKinds(o: Occurrence, env: Env): readonly Kind[] | undefined {
  const form = labelForm(o);
  if (!form) return undefined;
  const index = env.scope.index(form.name) ?? env.scope.index(form.stem);
  return index && index.order < env.before ? index.kinds : undefined;
}

const scaleOf = (number: Rational): Scale => ({ number, parameters: [] });

/** Reads sums, multiples and pairs of labels. `hole` gives the labels of a `\cdot`. */
function draft(tree: Tree, env: Env, hole: (() => readonly Label[]) | undefined): Draft {
  switch (tree.kind) {
    case "number":
      return { sort: "scale", scale: scaleOf(fromDecimal(tree.text)), tree };
    case "group":
      return draft(tree.body, env, hole);
    case "placeholder":
      if (!hole) return fail("misplaced-placeholder", at(env, tree), "found `\\cdot` where no argument can be left open");
      return { sort: "labels", parts: hole().map(plain), tree };
    case "list": {
      const parts: Argument[] = [];
      for (const item of tree.items) {
        const read = draft(item, env, hole);
        if (read.sort === "labels") parts.push(...read.parts);
        else parts.push(constantOf(read, env));
      }
      return { sort: "labels", parts, tree };
    }
    case "juxtaposition": {
      let scale = unit;
      let labels: Draft | undefined;
      let last: Tree | undefined;
      for (const item of tree.items) {
        const read = draft(item, env, hole);
        if (item.kind === "number" && last?.kind === "name" && last.span.end === item.span.start)
          fail(
            "glued-number",
            at(env, tree),
            `found \`${last.text}${item.text}\`, which is the product of \`${last.text}\` and ${item.text}`,
            `write \`${nameOf(last.text, [item.text], [])}\` for a label of that name, or \`${item.text} ${last.text}\` for the product`,
          );
        last = item;
        if (read.sort === "scale") scale = timesScale(scale, read.scale);
        else if (labels || read.sort === "symbol")
          return fail(
            "bad-argument",
            at(env, tree),
            "found a product of labels, expected a sum of labels with numbers and parameters as factors",
          );
        else labels = read;
      }
      return labels ? scaleDraft(labels, scale, tree, env) : { sort: "scale", scale, tree };
    }
    case "quotient": {
      const over = draft(tree.over, env, hole);
      const under = draft(tree.under, env, hole);
      if (over.sort === "symbol") return noArithmetic(over, env);
      if (under.sort !== "scale") return fail("bad-argument", at(env, tree.under), "found a label as a divisor");
      if (under.scale.number.n === 0n) return fail("division-by-zero", at(env, tree.under), "found a division by zero");
      const inverse: Scale = {
        number: divide(one, under.scale.number),
        parameters: under.scale.parameters.map((p) => ({ parameter: p.parameter, exponent: -p.exponent })),
      };
      return scaleDraft(over, inverse, tree, env);
    }
    case "sum":
      return draftSum(tree, env, hole);
    case "name":
    case "script":
    case "dot":
    case "overline":
      return draftName(tree, env);
    default:
      return notLabel(tree, env);
  }
}

function draftSum(tree: Tree & { kind: "sum" }, env: Env, hole: (() => readonly Label[]) | undefined): Draft {
  const drafts = tree.terms.map((term) => {
    if (!term.tree) return fail("bad-argument", term.span, "found `h.c.` in an argument");
    return { sign: rational(term.sign), read: draft(term.tree, env, hole) };
  });
  const [first] = drafts;
  for (const { read } of drafts) if (read.sort === "symbol") return noArithmetic(read, env);
  if (drafts.length === 1 && first) return scaleDraft(first.read, scaleOf(first.sign), tree, env);
  const labels = drafts.filter((one) => one.read.sort === "labels" || (one.read.sort === "scale" && one.read.scale.number.n !== 0n));
  const vectors = labels.filter((one) => one.read.sort === "labels");
  if (vectors.length === 0) {
    let total = rational(0);
    for (const { sign, read } of drafts) {
      if (read.sort !== "scale" || read.scale.parameters.length > 0)
        return fail("bad-argument", at(env, tree), "found a sum of parameters in an argument, expected a sum of labels");
      total = rational(total.n * read.scale.number.d + sign.n * read.scale.number.n * total.d, total.d * read.scale.number.d);
    }
    return { sort: "scale", scale: scaleOf(total), tree };
  }
  const sizes = vectors[0]?.read.sort === "labels" ? vectors[0].read.parts : [];
  const numbers = labels.filter((one) => one.read.sort === "scale");
  const [only] = sizes;
  for (const { read } of numbers)
    if (sizes.length !== 1 || !only || !hasNumbers(only.of) || read.sort !== "scale" || !isWhole(read.scale))
      shifted(vectors[0]?.read, read, tree, env);
  const parts = sizes.map((model, k) => {
    const column = labels.map(({ sign, read }) => {
      if (read.sort === "scale") return { argument: numberIn(model.of, read.scale.number), factor: sign };
      const argument = read.sort === "labels" ? read.parts[k] : undefined;
      if (!argument || (read.sort === "labels" && read.parts.length !== sizes.length) || !sameKind(argument.of, model.of))
        return fail(
          "wrong-kind",
          at(env, read.tree),
          `found a label in ${read.sort === "labels" ? describeAll(read.parts.map((p) => p.of)) : "no kind"} in a sum with one in ${describeAll(sizes.map((p) => p.of))}`,
        );
      return { argument, factor: sign };
    });
    return (
      combine(column) ??
      fail(
        "bad-argument",
        at(env, tree),
        model.of.kind === "finite"
          ? `found a sum of labels in ${describe(model.of)}, where only a single label or value makes sense`
          : "found labels that are scaled differently, expected one parameter for the whole argument, as in V(N(x-y))",
      )
    );
  });
  return { sort: "labels", parts, tree };
}

const isWhole = ({ number, parameters }: Scale): boolean => parameters.length === 0 && number.d === 1n;

/** `f(x+1)` in R^3: says what a shift by a number would need. */
function shifted(label: Draft | undefined, by: Draft | Tree, tree: Tree, env: Env): never {
  const parts = label?.sort === "labels" ? label.parts : [];
  const [part] = parts;
  const shift = `found \`${spell(tree)}\`, a label in ${describeAll(parts.map((one) => one.of))} shifted by`;
  if ("sort" in by && by.sort === "scale" && by.scale.parameters.length > 0)
    return fail("bad-argument", at(env, tree), `${shift} a parameter`, "declare the shift as an index of the same kind");
  if (part?.of.kind === "finite")
    return fail(
      "bad-argument",
      at(env, tree),
      `${shift} a number, which may lead out of the set; labels in a finite set are not added`,
      "write neighbours with a kernel, as in \\sum_{j,k} t(j,k) c_j^* c_k, or take an index in Z",
    );
  if (part && hasNumbers(part.of) && parts.length === 1)
    return fail("bad-argument", at(env, tree), `${shift} a fraction; expected a whole number`);
  return fail(
    "bad-argument",
    at(env, tree),
    `${shift} a number, which only labels of Z can be; expected a sum of labels`,
    "a further index of that kind can stand for the shift, as in c_{j+k}: what holds for all k holds for that number",
  );
}

function noArithmetic(read: Draft & { sort: "symbol" }, env: Env): never {
  return fail(
    "bad-argument",
    at(env, read.tree),
    `found \`${valueText(read.code)}\`, a value of a finite set, in a sum or a product of labels, expected it alone`,
  );
}

function scaleDraft(read: Draft, scale: Scale, tree: Tree, env: Env): Draft {
  if (read.sort === "scale") return { sort: "scale", scale: timesScale(read.scale, scale), tree };
  if (read.sort === "symbol") return noArithmetic(read, env);
  const parts = read.parts.map(
    (part) =>
      rescale(part, scale) ??
      fail(
        "bad-argument",
        at(env, tree),
        `found a multiple of a label in ${describe(part.of)}, where only a single label or value makes sense`,
      ),
  );
  return { sort: "labels", parts, tree };
}

function draftName(tree: Tree, env: Env): Draft {
  const o = occurrence(tree);
  if (!o) return notLabel(tree, env);
  const labels = labelsOf(o, env);
  if (labels) return { sort: "labels", parts: labels.map(plain), tree };
  const scale = parameterScale(o, env);
  const code = scale ? undefined : symbolValue(o, env);
  if (code !== undefined) return { sort: "symbol", code, tree };
  return scale ? { sort: "scale", scale, tree } : notLabel(tree, env);
}

/** The number of a symbol that some declared set has as a value, unless the document declares that name. */
function symbolValue(o: Occurrence, env: Env): number | undefined {
  if (o.sub.length + o.sup.length + o.over.length > 0 || local(env, o.base)) return undefined;
  const entry = env.scope.exact(o.base);
  const code = entry && entry.order < env.before ? undefined : codeOf(o.base);
  return code !== undefined && env.scope.hasValue(code) ? code : undefined;
}

/** A declared parameter, with an integer power. */
function parameterScale(o: Occurrence, env: Env): Scale | undefined {
  if (o.over.length > 0) return undefined;
  const whole = env.scope.exact(spellOccurrence(o));
  if (whole && whole.order < env.before && whole.meant.kind === "parameter")
    return { number: one, parameters: [{ parameter: whole.meant.parameter, exponent: 1 }] };
  const last = o.sup.at(-1);
  const exponent = last?.kind === "tree" ? constant(last.tree) : undefined;
  if (!last || !exponent || exponent.d !== 1n || exponent.n > 1000n || exponent.n < -1000n) return undefined;
  const scale = parameterScale({ ...o, sup: o.sup.slice(0, -1) }, env);
  return scale && { number: one, parameters: scale.parameters.map((p) => ({ ...p, exponent: p.exponent * Number(exponent.n) })) };
}

/** Says why a tree is no label. */
function notLabel(tree: Tree, env: Env): never {
  const o = occurrence(tree);
  if (o) {
    const meaning = env.scope.exact(spellOccurrence(o)) ?? env.scope.exact(o.base) ?? env.scope.labelled(o.base)[0];
    if (!meaning && !local(env, o.base)) undeclared(o, env, "index");
    return fail(
      "not-a-label",
      at(env, tree),
      `found \`${spellOccurrence(o)}\`, which is no label, expected a label declared with \`index\``,
    );
  }
  return fail(
    "not-a-label",
    at(env, tree),
    "found this where a label is expected",
    "an argument is a sum of labels, as in x-y, perhaps scaled by a parameter",
  );
}

function constantOf(read: Draft & { sort: "scale" | "symbol" }, env: Env): Argument {
  if (read.sort === "symbol") return { kind: "constant", of: { kind: "finite", values: [read.code] }, value: read.code };
  const { number, parameters } = read.scale;
  if (parameters.length > 0 || number.d !== 1n)
    return fail("not-a-label", at(env, read.tree), "found a number or parameter where a label is expected");
  // The kind is that of the slot; `settle` replaces it.
  return { kind: "constant", of: { kind: "finite", values: [Number(number.n)] }, value: Number(number.n) };
}

/** An argument for a slot: its kind checked, numbers given the slot's kind. */
function settle(part: Argument, kind: Kind, tree: Tree, env: Env): Argument {
  if (part.kind === "constant") {
    if (kind.kind === "finite") {
      if (kind.size)
        return fail(
          "wrong-kind",
          at(env, tree),
          `found the value ${valueText(part.value)}, expected a label in ${describe(kind)}: nothing may depend on which values \`${kind.size.name}\` leaves`,
          "write a label, or declare the index with numbers, as in {1..6}",
        );
      if (!kind.values.includes(part.value))
        return fail("wrong-kind", at(env, tree), `found ${valueText(part.value)}, which is not in ${describe(kind)}`);
      return { kind: "constant", of: kind, value: part.value };
    }
    if (part.value === 0) return origin(kind);
    if (hasNumbers(kind)) return numberIn(kind, rational(part.value));
    return fail("wrong-kind", at(env, tree), `found the value ${valueText(part.value)}, expected a label in ${describe(kind)}`);
  }
  if (!sameKind(part.of, kind)) {
    const name =
      part.kind === "label"
        ? `\`${part.label.name}\``
        : part.terms.length > 0
          ? `\`${part.terms.map((t) => t.label.name).join("`, `")}\``
          : "the origin";
    return fail("wrong-kind", at(env, tree), `found ${name} in ${describe(part.of)}, expected a label in ${describe(kind)}`);
  }
  if (kind.kind === "lattice" && !isIntegral(part))
    return fail(
      "bad-argument",
      at(env, tree),
      `found a label on the lattice ${describe(kind)} that is scaled, expected whole multiples of labels`,
      "a function at scaled momenta is one of its own: `function \\hat{v}_N(p)`",
    );
  return part;
}

/** Reads an argument of unknown kind; a number alone has none. */
export function readFree(tree: Tree, env: Env): readonly Argument[] | Rational {
  const read = draft(tree, env, undefined);
  if (read.sort === "labels") return read.parts;
  if (read.sort === "symbol") return rational(read.code);
  if (read.scale.parameters.length > 0) return fail("not-a-label", at(env, tree), "found a parameter where a label is expected");
  return read.scale.number;
}

/** Gives labels of these kinds for a `\cdot`. */
export type Hole = (kinds: readonly Kind[]) => readonly Label[];

/** Reads one argument for slots of these kinds (two or more for a pair). */
export function readArgument(tree: Tree, kinds: readonly Kind[], env: Env, hole?: Hole): readonly Argument[] {
  let inner = unbrace(tree);
  while (kinds.length > 1 && inner.kind === "group" && inner.delimiter === "(") inner = unbrace(inner.body);
  if (kinds.length > 1 && inner.kind === "list" && inner.delimiter === "(" && inner.items.length === kinds.length)
    return inner.items.flatMap((item, k) => readArgument(item, kinds.slice(k, k + 1), env, hole));
  let used = false;
  const once =
    hole &&
    ((): readonly Label[] => {
      if (used)
        return fail(
          "misplaced-placeholder",
          at(env, tree),
          `found a second \`\\cdot\` in an argument in ${describeAll(kinds)}, expected one`,
        );
      used = true;
      return hole(kinds);
    });
  const read = draft(inner, env, once);
  const parts =
    read.sort === "labels"
      ? read.parts
      : kinds.length > 1 && read.sort === "scale" && read.scale.number.n === 0n
        ? kinds.map(() => constantOf(read, env))
        : [constantOf(read, env)];
  if (parts.length !== kinds.length)
    return fail(
      "wrong-kind",
      at(env, tree),
      `found a label in ${describeAll(parts.map((part) => part.of))}, expected one in ${describeAll(kinds)}`,
    );
  return parts.map((part, k) => settle(part, kinds[k] as Kind, tree, env));
}

/** Subscript items as arguments for slots; a pair may be one item, or one item a component. */
export function readItems(items: readonly ScriptItem[], slots: readonly (readonly Kind[])[], env: Env): readonly Argument[] | undefined {
  const result: Argument[] = [];
  let next = 0;
  for (const kinds of slots) {
    const item = items[next];
    if (item?.kind !== "tree") return undefined;
    if (kinds.length === 1 || isPair(item.tree, env)) {
      result.push(...readArgument(item.tree, kinds, env));
      next++;
      continue;
    }
    for (const kind of kinds) {
      const part = items[next++];
      if (part?.kind !== "tree") return undefined;
      result.push(...readArgument(part.tree, [kind], env));
    }
  }
  return next === items.length ? result : undefined;
}

/** How many items the slots take, or `undefined` when these items cannot fill them. */
export function fits(items: readonly ScriptItem[], slots: readonly (readonly Kind[])[], env: Env): boolean {
  let next = 0;
  for (const kinds of slots) {
    const item = items[next];
    if (item?.kind !== "tree") return false;
    next += kinds.length === 1 || isPair(item.tree, env) ? 1 : kinds.length;
  }
  return next === items.length;
}

function isPair(tree: Tree, env: Env): boolean {
  const inner = unbrace(tree);
  if (inner.kind === "list") return true;
  const o = occurrence(inner);
  if (!o) return inner.kind === "sum" || inner.kind === "juxtaposition";
  const form = labelForm(o);
  const bound = form && local(env, form.name);
  const size = bound?.meant.kind === "labels" ? bound.meant.labels.length : indexKinds(o, env)?.length;
  return size !== undefined && size > 1;
}

/**
 * Whether a tree reads as arguments rather than as a factor: `(x-y)` and `(0)` do, `(g + h)` does not. A name
 * that is unknown counts as a label, so that the message is about that name.
 */
export function readsAsLabels(tree: Tree, env: Env): boolean {
  switch (tree.kind) {
    case "number":
    case "placeholder":
      return true;
    case "group":
      return tree.delimiter !== "[" && readsAsLabels(tree.body, env);
    case "list":
      return tree.delimiter === "(" && tree.items.every((item) => readsAsLabels(item, env));
    case "juxtaposition":
      return tree.items.every((item) => readsAsLabels(item, env));
    case "sum":
      return tree.terms.every((term) => term.tree !== undefined && readsAsLabels(term.tree, env));
    case "quotient":
      return readsAsLabels(tree.over, env) && readsAsLabels(tree.under, env);
    case "name":
    case "script": {
      const o = occurrence(tree);
      if (!o || o.over.length > 0) return false;
      const form = labelForm(o);
      const bound = form && local(env, form.name);
      if (bound) return bound.meant.kind === "labels";
      if (local(env, o.base)) return false;
      if (parameterScale(o, env)) return true;
      if (env.scope.exact(spellOccurrence(o))) return false;
      if (indexKinds(o, env)) return true;
      if (env.scope.labelled(o.base).length > 0 || env.scope.exact(o.base)) return false;
      return !env.scope.lenient && !isBuiltin(o.base);
    }
    default:
      return false;
  }
}

/** Whether a label occurs in a tree that reads as arguments. */
export function mentionsLabel(tree: Tree, env: Env): boolean {
  switch (tree.kind) {
    case "group":
      return mentionsLabel(tree.body, env);
    case "list":
    case "juxtaposition":
      return tree.items.some((item) => mentionsLabel(item, env));
    case "sum":
      return tree.terms.some((term) => term.tree !== undefined && mentionsLabel(term.tree, env));
    case "quotient":
      return mentionsLabel(tree.over, env);
    case "name":
    case "script": {
      const o = occurrence(tree);
      const form = o && labelForm(o);
      return form !== undefined && (local(env, form.name)?.meant.kind === "labels" || indexKinds(o as Occurrence, env) !== undefined);
    }
    default:
      return false;
  }
}

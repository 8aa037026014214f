import { isCallable, substitute } from "../core/argument.js";
import type { Argument, Kind, Label } from "../core/expression.js";
import { isInteger } from "../core/rational.js";
import { Fault, fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import { codeOf } from "../source/symbols.js";
import type { ScriptItem, Tree } from "../syntax/tree.js";
import { partial } from "./algebra.js";
import { constant } from "./constant.js";
import { fresh, local } from "./environment.js";
import { kernelOfUnitary } from "./exponential.js";
import { describeGroups } from "./kinds.js";
import { fits, indexKinds, readArgument, readItems } from "./label.js";
import { isMode, lenientHead } from "./lenient.js";
import { mapOf, whole } from "./matrix.js";
import type { Env, Mapping, Matrix, Meaning } from "./meaning.js";
import { flat, productOf, sortName, spanIn, spend } from "./meaning.js";
import type { Occurrence } from "./name.js";
import { divide, isBuiltin, labelForm, nameOf, occurrence, spellItem, spellOccurrence, splitSums, unbrace } from "./name.js";
import type { Entry, Table } from "./scope.js";
import type { After, Head } from "./use.js";

/** Finds what a name means; `undefined` where nothing declares it. Exact names come before those with labels. */
export function resolve(o: Occurrence, env: Env): Head | undefined {
  if (env.scope.lenient && isMode(o)) return lenientHead(o, env, headOf);
  const head = byLocal(o, env) ?? byExact(o, env) ?? byLabels(o, env) ?? byBlock(o, env);
  if (head) return head;
  const kernel = kernelOfUnitary(o, env);
  if (kernel) return { sort: "meaning", meaning: kernel, after: rest(o, 0) };
  if (isLabel(o, env)) return labelAsFactor(o, env);
  return env.scope.lenient && !isBuiltin(o.base) ? lenientHead(o, env, headOf) : undefined;
}

/** A name that is builtin where it is applied, as `C(A, B)`, and a parameter elsewhere on a lenient command line. */
export const unapplied = (o: Occurrence, env: Env): Head | undefined =>
  env.scope.lenient && o.base === "C" ? lenientHead(o, env, headOf) : undefined;

const rest = (o: Occurrence, used: number): After => [...o.sup.slice(used), ...o.over];

/** Parameters of the definition that is being expanded, and bound labels. */
function byLocal(o: Occurrence, env: Env): Head | undefined {
  if (!env.frame) return undefined;
  const sub = o.sub.map(spellItem);
  for (let used = o.sup.length; used >= 0; used--) {
    const found = local(env, nameOf(o.base, sub, o.sup.slice(0, used).map(spellItem)));
    if (found?.meant.kind === "meaning") return { sort: "meaning", meaning: found.meant.meaning, after: rest(o, used) };
  }
  if (o.sub.length === 0) return undefined;
  const bare = local(env, o.base);
  if (bare?.meant.kind !== "meaning" || bare.meant.meaning.sort === "plain") return undefined;
  const meaning = blockOf(bare.meant.meaning, o.sub, env);
  return meaning && { sort: "meaning", meaning, after: rest(o, 0) };
}

function labelAsFactor(o: Occurrence, env: Env): never {
  return fail(
    "label-as-factor",
    spanIn(env, o.span),
    `found the label \`${spellOccurrence(o)}\` as a factor, expected an operator, a function or a number`,
    env.scope.lenient
      ? "without a document names such as \\phi are parameters; declare functions in a document and name it with --with"
      : o.base === "i"
        ? "where `i` is an index, the imaginary unit is written `\\mathrm{i}`"
        : "labels stand in subscripts and arguments only; what depends on one, such as p^2, is a declared function: `function \\epsilon(p) real even`",
  );
}

function byExact(o: Occurrence, env: Env): Head | undefined {
  const sub = o.sub.map(spellItem);
  for (let used = o.sup.length; used >= 0; used--) {
    const entry = env.scope.exact(nameOf(o.base, sub, o.sup.slice(0, used).map(spellItem)));
    if (entry && entry.order < env.before) return headOf(entry, [], rest(o, used), o, env);
  }
  return undefined;
}

/** Whether a name is that of a label; a species may have the same letter, as in `z_X` beside `z`. */
function isLabel(o: Occurrence, env: Env): boolean {
  const form = labelForm({ ...o, sup: [], over: [] });
  return (
    form !== undefined && (local(env, form.name)?.meant.kind === "labels" || indexKinds({ ...o, sup: [], over: [] }, env) !== undefined)
  );
}

interface Match {
  readonly entry: Entry;
  readonly items: readonly ScriptItem[];
  readonly used: number;
  readonly score: number;
}

/** Subscript items of which every choice is tried as the parts of the name; longer ones are compared with every entry. */
const mostItems = 6;

/** The entries that these subscript items could belong to, with more parts of the name first. */
function candidates(base: string, items: readonly ScriptItem[], env: Env): readonly Entry[] {
  if (items.length > mostItems) return env.scope.labelled(base);
  const texts = items.map(spellItem);
  const found: Entry[] = [];
  for (let mask = (1 << texts.length) - 1; mask >= 0; mask--)
    for (const entry of env.scope.labelledWith(
      base,
      texts.filter((_, k) => (mask & (1 << k)) !== 0),
    ))
      found.push(entry);
  return found;
}

/** Entries with labels in their subscript: the one with the most parts of the name in common. */
function byLabels(o: Occurrence, env: Env): Head | undefined {
  if (env.scope.labelled(o.base).length === 0) return undefined;
  const matches: Match[] = [];
  const bare: { entry: Entry; used: number }[] = [];
  const seen = new Set<Entry>();
  for (const items of divisions(o.sub, env)) {
    for (const entry of candidates(o.base, items, env)) {
      const used = entry.sup.length;
      if (entry.order >= env.before || seen.has(entry)) continue;
      if (entry.sup.some((text, k) => o.sup[k] === undefined || spellItem(o.sup[k]) !== text)) continue;
      const parts = entry.sub.filter((item) => typeof item === "string");
      if (items === o.sub && parts.length === items.length && parts.every((text, k) => text === spellItem(items[k] as ScriptItem)))
        bare.push({ entry, used });
      const slots = slotItems(entry, items, env);
      if (!slots) continue;
      seen.add(entry);
      matches.push({ entry, items: slots, used, score: 2 * (parts.length + used) + (items === o.sub ? 1 : 0) });
    }
  }
  if (matches.length > 1) matches.sort((a, b) => b.score - a.score);
  let first: Fault | undefined;
  for (const { entry, items, used } of matches) {
    try {
      const list = readItems(items, slotsOf(entry), env);
      if (list) return headOf(entry, list, rest(o, used), o, env);
    } catch (caught) {
      if (!(caught instanceof Fault)) throw caught;
      first ??= caught;
    }
  }
  if (bare.length > 0) return bareHead(bare, o, env);
  if (first) throw first;
  return o.sub.length > 0 ? wrongLabels(o, env) : undefined;
}

/** Subscript items as they are written, and what they may be without commas between them. */
function divisions(items: readonly ScriptItem[], env: Env): readonly (readonly ScriptItem[])[] {
  if (items.every((item) => item.kind === "tree" && item.tree.kind === "name")) return [items];
  const back = splitSums(items, false);
  const all = [divide(items), back, splitSums(items, true), splitSums(back, true)];
  // `j+1\sigma` is j+1 and \sigma where \sigma cannot be added to j; `j+2p` stays what it is.
  const numbers = splitSums(items, false, true);
  const last = numbers.at(-1);
  if (last?.kind === "tree" && isOfFiniteSet(last.tree, env)) all.push(numbers);
  return [items, ...all.filter((one) => one.length !== items.length)];
}

/** Whether a tree is a label or a value of a finite set, and no number. */
function isOfFiniteSet(tree: Tree, env: Env): boolean {
  const o = occurrence(tree);
  const kinds = o && indexKinds(o, env);
  if (kinds) return kinds.every((kind) => kind.kind === "finite");
  const code = o && o.sub.length + o.sup.length + o.over.length === 0 ? codeOf(o.base) : undefined;
  return code !== undefined && env.scope.hasValue(code);
}

/** Where the base has one declaration and it has labels only: says which. */
function wrongLabels(o: Occurrence, env: Env): undefined {
  const [only, ...others] = env.scope.labelled(o.base);
  if (!only || others.length > 0 || only.order >= env.before || only.sup.length > 0) return undefined;
  if (only.sub.some((item) => typeof item === "string") || env.scope.exact(only.base)) return undefined;
  return fail(
    "wrong-labels",
    spanIn(env, o.span),
    `\`${only.base}\` takes ${describeGroups(slotsOf(only))} as its ${only.sub.length === 1 ? "label" : "labels"}, found \`${spellOccurrence(o)}\``,
  );
}

const slotsOf = (entry: Entry): readonly (readonly Kind[])[] =>
  entry.sub.filter((item): item is readonly Kind[] => typeof item !== "string");

/** The items that are labels, when the other ones agree with the entry's name. */
function slotItems(entry: Entry, items: readonly ScriptItem[], env: Env): readonly ScriptItem[] | undefined {
  const chosen: ScriptItem[] = [];
  let next = 0;
  for (const [k, slot] of entry.sub.entries()) {
    if (typeof slot === "string") {
      const item = items[next++];
      if (!item || spellItem(item) !== slot) return undefined;
      continue;
    }
    // A pair is one item or one a component: whatever is left over decides.
    const left = entry.sub.slice(k + 1).reduce((sum, other) => sum + (typeof other === "string" ? 1 : other.length), 0);
    const wanted = slot.length > 1 && items.length - next >= slot.length + left ? slot.length : 1;
    for (let n = 0; n < wanted; n++) {
      const item = items[next++];
      if (!item) return undefined;
      chosen.push(item);
    }
  }
  return next === items.length && fits(chosen, slotsOf(entry), env) ? chosen : undefined;
}

/** A name whose labels were left out: a species to be smeared, a function of all its labels. */
function bareHead(bare: readonly { entry: Entry; used: number }[], o: Occurrence, env: Env): Head {
  const [first] = bare as readonly [{ entry: Entry; used: number }];
  const species = bare.flatMap(({ entry }) => (entry.meant.kind === "species" ? [entry.meant.species] : []));
  if (species.length > 0) return { sort: "species", species, after: rest(o, first.used) };
  const { entry, used } = first;
  const { meant } = entry;
  const slots = slotsOf(entry);
  const name = spellOccurrence(o);
  if (meant.kind !== "symbol" && meant.kind !== "definition")
    return fail("missing-label", spanIn(env, o.span), `\`${name}\` is written without its label, expected \`${entry.name}\``);
  const map = mappingOf(entry, [], [...slots, ...meant.groups], env);
  return {
    sort: "meaning",
    meaning: map ?? fail("missing-label", spanIn(env, o.span), `\`${name}\` is written without its labels`),
    after: rest(o, used),
  };
}

/** What an entry stands for at labels for its subscript. */
export function headOf(entry: Entry, labels: readonly Argument[], after: After, o: Occurrence, env: Env): Head {
  const { meant } = entry;
  const span = spanIn(env, o.span);
  switch (meant.kind) {
    case "parameter":
      return {
        sort: "meaning",
        meaning: { sort: "plain", expression: { kind: "parameter", parameter: meant.parameter, span }, operator: false },
        after,
      };
    case "species":
      return {
        sort: "meaning",
        meaning: {
          sort: "plain",
          expression: { kind: "ladder", species: meant.species, creation: false, arguments: labels, span },
          operator: true,
        },
        after,
      };
    case "unitaries": {
      const factors = meant.factors.map(({ unitary, inverse }) => ({ kind: "unitary", unitary, inverse, span }) as const);
      return { sort: "meaning", meaning: { sort: "plain", expression: productOf(factors, span), operator: true }, after };
    }
    case "matrix":
      return { sort: "meaning", meaning: matrixAt(meant.matrix, entry, labels, env), after };
    case "macro":
      return { sort: "macro", entry, macro: meant.macro, labels, after };
    case "symbol":
    case "definition": {
      const map = mappingOf(entry, labels, meant.groups, env);
      return { sort: "meaning", meaning: map ?? valueAt(entry, labels, span), after };
    }
  }
}

/** A defined matrix at labels for its subscript. */
function matrixAt(table: Table, entry: Entry, labels: readonly Argument[], env: Env): Meaning {
  if (table.kind === "number") return { sort: "plain", expression: table.expression, operator: false };
  if (table.kind === "entry") {
    const { definition, operator, groups } = table;
    const own: Entry = { ...entry, name: definition.name, meant: { kind: "definition", definition, operator, groups } };
    return mappingOf(own, labels, groups, env) ?? valueAt(own, labels, entry.span);
  }
  const rows = table.rows.map((row) => row.map((one) => matrixAt(one, entry, labels, env)));
  const named = table.name === undefined || labels.length > 0 ? {} : { name: table.name };
  return { sort: "matrix", rows, operator: rows.some((row) => row.some((one) => one.operator)), ...named };
}

function valueAt(entry: Entry, list: readonly Argument[], span: Span): Meaning {
  const { meant } = entry;
  if (meant.kind === "definition") {
    const { definition } = meant;
    if (!isCallable(definition.parameters, definition.body, list))
      fail(
        "unsupported",
        span,
        `\`${entry.name}\` at this scaled argument is not supported yet`,
        "give the definition a plain label and scale inside it",
      );
    return { sort: "plain", expression: { kind: "call", definition, arguments: list, span }, operator: meant.operator };
  }
  if (meant.kind !== "symbol") return fail("undeclared", span, `\`${entry.name}\` is no function`);
  return { sort: "plain", expression: { kind: "value", symbol: meant.symbol, arguments: list, span }, operator: false };
}

/** The function of the arguments that are still open, or `undefined` if none are. */
function mappingOf(entry: Entry, given: readonly Argument[], groups: readonly (readonly Kind[])[], env: Env): Mapping | undefined {
  if (groups.length === 0) return undefined;
  return {
    sort: "map",
    groups,
    operator: entry.meant.kind === "definition" && entry.meant.operator,
    at: (list, span) => {
      spend(env, span);
      const value = valueAt(entry, [...given, ...list], span);
      return value.sort === "plain" ? value.expression : fail("undeclared", span, `\`${entry.name}\` is no function`);
    },
  };
}

/** `k_{12}`, `k_{mn}`, `f_1`: a block of a kernel or function over pairs, when no name is written like this. */
function byBlock(o: Occurrence, env: Env): Head | undefined {
  if (o.sub.length === 0) return undefined;
  for (let used = o.sup.length; used >= 0; used--) {
    const entry = env.scope.exact(nameOf(o.base, [], o.sup.slice(0, used).map(spellItem)));
    if (!entry || entry.order >= env.before) continue;
    const { meant } = entry;
    if (meant.kind !== "symbol" && meant.kind !== "definition" && meant.kind !== "matrix") continue;
    const whole = meant.kind === "matrix" ? matrixAt(meant.matrix, entry, [], env) : mappingOf(entry, [], meant.groups, env);
    const meaning = whole && blockOf(whole, o.sub, env);
    if (meaning) return { sort: "meaning", meaning, after: rest(o, used) };
  }
  return undefined;
}

/** Fixes the first component of each pair; `undefined` where the function is over no pairs, or these are no labels for them. */
export function blockOf(meaning: Meaning, sub: readonly ScriptItem[], env: Env): Meaning | undefined {
  if (meaning.sort === "plain") return undefined;
  const entry = meaning.sort === "matrix" ? entryOf(meaning, sub, env) : undefined;
  if (entry) return entry;
  const map = meaning.sort === "matrix" ? mapOf(env, meaning, spanIn(env, (sub[0] as ScriptItem).span)) : meaning;
  const { groups } = map;
  if (!groups.every((group) => group.length > 1 && group[0]?.kind === "finite")) return undefined;
  const divided = divide(sub);
  const items = sub.length === groups.length ? sub : divided.length === groups.length ? divided : undefined;
  if (!items) return undefined;
  const given: (Argument | undefined)[] = [];
  for (const [k, group] of groups.entries()) {
    const item = items[k] as ScriptItem;
    if (item.kind !== "tree") return undefined;
    given.push(...readArgument(item.tree, group.slice(0, 1), env), ...group.slice(1).map(() => undefined));
  }
  return partial(
    env,
    map,
    given,
    groups.map((group) => group.slice(1)),
  );
}

/** The entry of a matrix, or of a row or column, that numbers in a subscript name: as the matrix was written. */
function entryOf(matrix: Matrix, sub: readonly ScriptItem[], env: Env): Meaning | undefined {
  const { rows } = matrix;
  const places = divide(sub).map((item) => (item.kind === "tree" ? constant(unbrace(item.tree)) : undefined));
  const columns = (rows[0] as readonly Meaning[]).length;
  const numbers = places.flatMap((place) => (place && isInteger(place) ? [Number(place.n)] : []));
  if (numbers.length !== places.length) return undefined;
  const [i = 0, j = 0] = numbers.length === 2 ? numbers : columns === 1 ? [numbers[0], 1] : rows.length === 1 ? [1, numbers[0]] : [];
  const entry = rows[i - 1]?.[j - 1];
  if (!entry || numbers.length > 2)
    return fail(
      "bad-subscript",
      spanIn(env, (sub[0] as ScriptItem).span),
      `found the subscript \`${sub.map(spellItem).join(",")}\` on a block matrix with ${rows.length} ${rows.length === 1 ? "row" : "rows"} and ${columns} ${columns === 1 ? "column" : "columns"}`,
    );
  return whole(env, matrix, entry, i - 1, j - 1, spanIn(env, (sub[0] as ScriptItem).span));
}

/** A block by a subscript on something that is no name: `ch(k)_{12}`, `(k - l)_{12}`. */
export function blockAt(meaning: Meaning, sub: readonly ScriptItem[], env: Env): Meaning {
  const found = blockOf(meaning, sub, env);
  const [first] = sub as readonly [ScriptItem, ...ScriptItem[]];
  const text = sub.map(spellItem).join(",");
  return (
    found ??
    fail(
      "bad-subscript",
      spanIn(env, first.span),
      meaning.sort === "map"
        ? `found the subscript \`${text}\` on ${sortName(meaning)} over ${describeGroups(meaning.groups)}, which has no such block`
        : `found the subscript \`${text}\` on something that is no name`,
      meaning.sort === "map"
        ? "blocks are those of a kernel over pairs, as in {1,2} * R^3; a value is written with its arguments, as in k(x,y)"
        : "labels of a definition stand after its name, as in A_x",
    )
  );
}

/** The value of a function or kernel at written arguments; with a `\cdot` among them, a function of what is left open. */
export function applyMap(map: Mapping, items: readonly Tree[], span: Span, env: Env): Meaning {
  let { groups } = map;
  const slots = flat(groups);
  if (items.length !== groups.length) {
    if (items.length !== slots.length)
      fail(
        "wrong-arity",
        spanIn(env, span),
        `found ${items.length} ${items.length === 1 ? "argument" : "arguments"}, expected ${groups.length}: ${describeGroups(groups)}`,
      );
    groups = slots.map((kind) => [kind]);
  }
  const open: { kinds: readonly Kind[]; labels: readonly Label[] }[] = [];
  const list: Argument[] = [];
  for (const [k, item] of items.entries()) {
    const kinds = groups[k] as readonly Kind[];
    list.push(
      ...readArgument(item, kinds, env, (wanted) => {
        const labels = fresh(env, wanted);
        open.push({ kinds: wanted, labels });
        return labels;
      }),
    );
  }
  const where = spanIn(env, span);
  if (open.length === 0) return { sort: "plain", expression: map.at(list, where), operator: map.operator };
  const holes = open.flatMap((one) => one.labels);
  return {
    sort: "map",
    groups: open.map((one) => one.kinds),
    operator: map.operator,
    at: (given, here) => {
      spend(env, here);
      const by = new Map(holes.map((label, k) => [label.id, given[k] as Argument]));
      return map.at(
        list.map(
          (argument) =>
            substitute(argument, by) ??
            fail(
              "unsupported",
              here,
              "an argument with labels that are scaled differently is not supported",
              "one parameter may scale the whole argument, as in V(N(x-y))",
            ),
        ),
        here,
      );
    },
  };
}

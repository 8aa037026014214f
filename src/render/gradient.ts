import type { FormFactor, FormLadder, FormPartial, FormScalar, FormTerm } from "../algebra/form.js";
import type { Argument, Label } from "../core/expression.js";
import { add, negate, rational } from "../core/rational.js";
import { negated } from "./labels.js";
import type { Value } from "./values.js";
import { isOne, plainLabel } from "./words.js";

/**
 * How the derivatives of a term are written. A component that one factor has twice is a Laplacian; one that two factors
 * share pairs their gradients in a product; the free one is the gradient that is left. Whatever is no such product,
 * \partial_j \partial_k f \partial_j g \partial_k h, is written with a label of its own for each function,
 * \nabla_x \nabla_y \nabla_x \nabla_z (f(x) g(y) h(z)).
 */
export type Delta = FormFactor & { readonly kind: "delta" };
export type Item = Value | Delta | FormLadder;

/** `\nabla_x`, or without a label the derivative of the function. */
export interface Step {
  readonly laplacian: boolean;
  readonly by?: Label;
}

export interface Mark {
  /** From the outside in. */
  readonly steps: readonly Step[];
  /** "label": `\nabla_x f(x,y)`; "plain": `\nabla f(x)`; "map": `(\nabla f)(x-y)`. */
  readonly mode: "label" | "plain" | "map";
}

export interface Plan {
  readonly marks: ReadonlyMap<Item, Mark>;
  /** Two factors whose gradients belong together. */
  readonly pairs: readonly (readonly [Item, Item])[];
  /** Whether the term is a vector. */
  readonly vector: boolean;
  /** Factors under gradients by their labels. */
  readonly nests: readonly Nest[];
}

export interface Nest {
  readonly by: readonly Label[];
  readonly items: ReadonlySet<Item>;
  /** Whether all operators of the term stand in it. */
  readonly operators: boolean;
}

interface Entry {
  item: Item;
  readonly loops: Map<number, number>;
  readonly crosses: [number, number][];
  readonly open: FormPartial[];
}

let fresh = -3_500_000_000;

const isLadder = (item: Item): item is FormLadder => "species" in item;

export function argumentsOf(item: Item): readonly Argument[] {
  if (isLadder(item) || item.kind === "value") return item.arguments;
  return item.right === undefined ? [item.left] : [item.left, item.right];
}

/** The term as it is to be written, with the same meaning, and how its derivatives are. */
export function planned(term: FormTerm): { readonly term: FormTerm; readonly plan: Plan } {
  const bound = [...term.bound];
  const extra: Delta[] = [];
  let { re, im, scalars } = term;
  const flip = (): void => {
    re = negate(re);
    im = negate(im);
  };
  const upright = (item: Item): Item => {
    const flipped = turned(item);
    if (flipped === undefined) return item;
    if (flipped.odd) flip();
    return flipped.item;
  };
  const all: Item[] = [
    ...term.factors.filter((factor): factor is Value | Delta => factor.kind === "value" || factor.kind === "delta"),
    ...term.operators,
  ];
  const images = new Map<Item, Item>();
  const entries = all.filter((item) => item.partials !== undefined).map((item) => entryOf(item, upright, images));
  const edges = edgesOf(entries);
  const open = entries.flatMap((entry) => entry.open.filter((one) => !edges.some((edge) => edge.component === one.component.id)));

  const clusters = clustersOf(entries, edges, term.operators, images);
  const marks = new Map<Item, Mark>();
  const nests: Nest[] = [];
  /** A label of its own for a slot, tied to the argument by a delta. */
  const own = (entry: Entry, slot: number): Label => {
    const before = argumentsOf(entry.item)[slot] as Argument & { readonly kind: "affine" };
    const label: Label = { id: fresh--, name: "u", kind: before.of };
    bound.push(label);
    const plain = { number: rational(1), parameters: [] };
    const terms = [{ label, coefficient: rational(1) }];
    extra.push({
      kind: "delta",
      left: { ...before, scale: plain, terms },
      right: { ...before, scale: plain },
    });
    replace(entry, images, withArgument(entry.item, slot, { ...before, terms }));
    return label;
  };
  const mine = new Set(clusters.flatMap((cluster) => [...cluster.entries]));
  for (const entry of entries) {
    const alone = !mine.has(entry);
    /** How often each slot is differentiated on its own. */
    const total = new Map([...entry.loops].map(([slot, count]) => [slot, 2 * count]));
    for (const [a, b] of entry.crosses) for (const slot of [a, b]) total.set(slot, (total.get(slot) ?? 0) + 1);
    if (alone) for (const { slot } of entry.open) total.set(slot, (total.get(slot) ?? 0) + 1);
    const mode = modeOf(entry, total, alone);
    if (mode !== "label") {
      const { parameters } = scaleOf(argumentsOf(entry.item)[entry.item.partials?.[0]?.slot ?? 0] as Argument);
      // The gradient of u -> f(N u) is N times that of f.
      for (const { parameter, exponent } of parameters)
        scalars = multiplied(scalars, {
          kind: "parameter",
          parameter,
          conjugated: false,
          exponent: rational(exponent * (entry.item.partials?.length ?? 0)),
        });
    }
    const labels = new Map<number, Label>();
    if (mode === "label")
      for (const [slot, count] of total) {
        const found = labelFor(argumentsOf(entry.item), slot, []);
        if (found !== undefined && found.sign < 0 && count % 2 === 1) flip();
        labels.set(slot, found?.label ?? own(entry, slot));
      }
    const by = (slot: number): { readonly by?: Label } => {
      const label = labels.get(slot);
      return label === undefined ? {} : { by: label };
    };
    const steps: Step[] = [];
    if (alone) for (const { slot } of entry.open) steps.push({ laplacian: false, ...by(slot) });
    for (const pair of entry.crosses) for (const slot of pair) steps.push({ laplacian: false, ...by(slot) });
    for (const [slot, count] of entry.loops) for (let i = 0; i < count; i++) steps.push({ laplacian: true, ...by(slot) });
    marks.set(entry.item, { steps, mode });
  }
  for (const cluster of clusters) {
    const labels = new Map<string, Label>();
    const members = [...cluster.entries];
    const others = (entry: Entry): Item[] => [
      ...members.filter((other) => other !== entry).map((other) => other.item),
      ...(cluster.operators
        ? term.operators.map((one) => images.get(one) ?? one).filter((one) => members.every((each) => each.item !== one))
        : []),
    ];
    for (const entry of members)
      for (const slot of new Set(entry.open.map((one) => one.slot))) {
        const found = labelFor(argumentsOf(entry.item), slot, others(entry));
        if (found !== undefined && found.sign < 0 && entry.open.filter((one) => one.slot === slot).length % 2 === 1) flip();
        const before = entry.item;
        const label = found?.label ?? own(entry, slot);
        const mark = marks.get(before);
        if (mark !== undefined && before !== entry.item) {
          marks.delete(before);
          // Laplacians of this slot are by its new label now.
          const old = argumentsOf(before)[slot] as Argument;
          marks.set(entry.item, {
            ...mark,
            steps: mark.steps.map((step) => (step.by !== undefined && has(old, step.by) ? { ...step, by: label } : step)),
          });
        }
        labels.set(`${members.indexOf(entry)}.${slot}`, label);
      }
    const by: Label[] = [];
    members.forEach((entry, i) => {
      for (const one of entry.open) {
        const label = labels.get(`${i}.${one.slot}`) as Label;
        const edge = edges.find((each) => each.component === one.component.id);
        if (edge === undefined) by.unshift(label);
        else if (edge.first === entry) {
          const j = members.indexOf(edge.second);
          const partner = edge.second.open.find((each) => each.component.id === one.component.id) as FormPartial;
          by.push(label, labels.get(`${j}.${partner.slot}`) as Label);
        }
      }
    });
    nests.push({ by, items: new Set(members.map((entry) => entry.item)), operators: cluster.operators });
  }
  const pairs = edges.filter((edge) => !mine.has(edge.first)).map((edge) => [edge.first.item, edge.second.item] as const);
  const image = <T extends FormFactor | FormLadder>(one: T): T => (images.get(one as Item) as T | undefined) ?? one;
  return {
    term: { re, im, scalars, bound, factors: [...term.factors.map(image), ...extra], operators: term.operators.map(image) },
    plan: { marks, pairs, vector: open.length > 0, nests },
  };
}

/** Puts a changed item in the place of what it was. */
function replace(entry: Entry, images: Map<Item, Item>, item: Item): void {
  for (const [from, to] of images) if (to === entry.item) images.set(from, item);
  entry.item = item;
}

function withArgument(item: Item, slot: number, argument: Argument): Item {
  if (isLadder(item) || item.kind === "value") return { ...item, arguments: item.arguments.map((old, i) => (i === slot ? argument : old)) };
  return { ...item, left: argument };
}

/** Takes the derivatives of one factor apart. */
function entryOf(item: Item, upright: (item: Item) => Item, images: Map<Item, Item>): Entry {
  const found = upright(item);
  images.set(item, found);
  const entry: Entry = { item: found, loops: new Map(), crosses: [], open: [] };
  const left = [...(item.partials ?? [])];
  for (let one = left.shift(); one !== undefined; one = left.shift()) {
    const { component, slot } = one;
    const at = left.findIndex((other) => other.component.id === component.id);
    if (at < 0) entry.open.push(one);
    else {
      const [other] = left.splice(at, 1) as [FormPartial];
      if (other.slot === slot) entry.loops.set(slot, (entry.loops.get(slot) ?? 0) + 1);
      else entry.crosses.push([slot, other.slot]);
    }
  }
  return entry;
}

interface Edge {
  readonly component: number;
  readonly first: Entry;
  readonly second: Entry;
}

function edgesOf(entries: readonly Entry[]): readonly Edge[] {
  const waiting = new Map<number, Entry>();
  const edges: Edge[] = [];
  for (const entry of entries)
    for (const { component } of entry.open) {
      const first = waiting.get(component.id);
      if (first === undefined) waiting.set(component.id, entry);
      else edges.push({ component: component.id, first, second: entry });
    }
  return edges;
}

interface Cluster {
  readonly entries: ReadonlySet<Entry>;
  readonly operators: boolean;
}

/** Factors that are connected with one of several open gradients; where operators are among them, all that have one. */
function clustersOf(
  entries: readonly Entry[],
  edges: readonly Edge[],
  operators: readonly FormLadder[],
  images: ReadonlyMap<Item, Item>,
): readonly Cluster[] {
  const root = new Map<Entry, Entry>(entries.map((entry) => [entry, entry]));
  const find = (entry: Entry): Entry => {
    let at = entry;
    while (root.get(at) !== at) at = root.get(at) as Entry;
    return at;
  };
  for (const { first, second } of edges) root.set(find(first), find(second));
  const several = new Set(entries.filter((entry) => entry.open.length > 1).map(find));
  if (several.size === 0) return [];
  const raised = (entry: Entry): boolean => operators.some((one) => (images.get(one) ?? one) === entry.item);
  const withOperators = entries.filter((entry) => entry.open.length > 0 && raised(entry));
  if (withOperators.some((entry) => several.has(find(entry)))) {
    const [first] = withOperators as [Entry];
    for (const entry of withOperators) root.set(find(entry), find(first));
    several.add(find(first));
  }
  const clusters = new Map<Entry, Set<Entry>>();
  for (const entry of entries) {
    const top = find(entry);
    if (entry.open.length === 0 || ![...several].some((one) => find(one) === top)) continue;
    const set = clusters.get(top) ?? new Set();
    clusters.set(top, set.add(entry));
  }
  return [...clusters.values()].map((set) => ({ entries: set, operators: [...set].some(raised) }));
}

const scaleOf = (argument: Argument) => (argument.kind === "affine" ? argument.scale : { number: rational(1), parameters: [] });

const has = (argument: Argument, label: Label): boolean =>
  argument.kind === "affine" && argument.terms.some((term) => term.label.id === label.id);

/** A label that occurs with the coefficient 1 or -1 in a slot, and in nothing else that is differentiated with it. */
function labelFor(
  args: readonly Argument[],
  slot: number,
  others: readonly Item[],
): { readonly label: Label; readonly sign: number } | undefined {
  const argument = args[slot];
  if (argument?.kind !== "affine" || !isOne(argument.scale.number)) return undefined;
  const found = argument.terms.filter(
    ({ label, coefficient }) =>
      coefficient.d === 1n &&
      (coefficient.n === 1n || coefficient.n === -1n) &&
      args.every((other, i) => i === slot || !has(other, label)) &&
      others.every((item) => argumentsOf(item).every((other) => !has(other, label))),
  );
  const best = found.find(({ coefficient }) => coefficient.n > 0n) ?? found[0];
  return best === undefined ? undefined : { label: best.label, sign: Number(best.coefficient.n) };
}

function modeOf({ item, loops, crosses, open }: Entry, total: ReadonlyMap<number, number>, alone: boolean): Mark["mode"] {
  if (isLadder(item) || item.kind !== "value" || crosses.length > 0 || !alone) return "label";
  const { symbol } = item;
  // A function that depends on a label in its subscript too is not read without its argument.
  if (symbol.layout.arguments.flat().length < symbol.slots.length) return "label";
  const slots = [...total.keys()];
  const [slot] = slots as [number];
  const [run] = symbol.layout.arguments;
  // The gradient of a function is by the label in R^d of its first argument.
  if (slots.length !== 1 || run === undefined || !run.includes(slot)) return "label";
  if (run.filter((one) => symbol.slots[one]?.kind === "space").length !== 1) return "label";
  const argument = item.arguments[slot] as Argument;
  const scale = scaleOf(argument);
  if (scale.parameters.some(({ parameter }) => parameter.domain === "complex")) return "label";
  // With a dot over several names there is no name for the function.
  if (item.dots > (symbol.of === undefined ? 2 : 0)) return "label";
  const several = open.length + [...loops.values()].reduce((sum, count) => sum + count, 0) > 1;
  if (symbol.slots.length > 1) return labelFor(item.arguments, slot, []) === undefined ? "map" : "label";
  if (plainLabel(argument) !== undefined) return several || item.dots > 0 ? "label" : "plain";
  const alike =
    argument.kind === "affine" && argument.terms.length === 1 && isOne((argument.terms[0] as (typeof argument.terms)[0]).coefficient);
  return alike ? "label" : "map";
}

/** An even or odd function, or a delta, at the opposite argument where that reads better; `odd` tells a change of sign. */
function turned(item: Item): { readonly item: Item; readonly odd: boolean } | undefined {
  if (isLadder(item)) return undefined;
  const count = item.partials?.length ?? 0;
  const [argument] = argumentsOf(item);
  if (argument?.kind !== "affine" || argumentsOf(item).length > 1 || !downward(argument)) return undefined;
  if (item.kind === "delta") return { item: { ...item, left: negated(argument) }, odd: count % 2 === 1 };
  const symmetry = item.symbol.symmetries.find((one) => one.negated[0] === true && (!one.conjugated || item.symbol.real));
  if (symmetry === undefined) return undefined;
  return { item: { ...item, arguments: [negated(argument)] }, odd: symmetry.sign < 0 !== (count % 2 === 1) };
}

/** Whether most labels, or the first of the free ones, have a minus sign. */
function downward(argument: Argument & { readonly kind: "affine" }): boolean {
  const minus = argument.terms.filter(({ coefficient }) => coefficient.n < 0n).length;
  if (2 * minus !== argument.terms.length) return 2 * minus > argument.terms.length;
  const [first] = [...argument.terms].sort(
    (a, b) => Number(a.label.id < 0) - Number(b.label.id < 0) || (a.label.name < b.label.name ? -1 : 1),
  );
  return first !== undefined && first.coefficient.n < 0n;
}

function multiplied(scalars: readonly FormScalar[], by: FormScalar & { readonly kind: "parameter" }): readonly FormScalar[] {
  if (by.exponent.n === 0n) return scalars;
  const at = scalars.findIndex(
    (one) => one.kind === "parameter" && one.parameter.id === by.parameter.id && one.conjugated === by.conjugated,
  );
  const old = scalars[at];
  if (old === undefined) return [...scalars, by];
  const exponent = add(old.exponent, by.exponent);
  return scalars.flatMap((one, i) => (i !== at ? [one] : exponent.n === 0n ? [] : [{ ...one, exponent }]));
}

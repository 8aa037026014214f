import { argumentLabels } from "../../core/argument.js";
import type { Argument, Component, Expression, Kind, Label, Scale } from "../../core/expression.js";
import { add, equals, multiply, one, type Rational, rational, zero } from "../../core/rational.js";
import { children, type Kinded, same, withChildren } from "./node.js";
import { sameSymbol } from "./symbols.js";

/** Labels and arguments of expressions: what is free, substitution, renaming, equality up to names. */

export function argumentsOf(e: Expression): readonly Argument[] {
  if (e.kind === "value" || e.kind === "ladder" || e.kind === "call") return e.arguments;
  return e.kind === "delta" ? [e.left, e.right] : [];
}

const freeNodes = new WeakMap<Expression, ReadonlyMap<number, Label>>();

/** Free labels by id; also those inside the body of a definition and the generator of a unitary. */
export function freeLabels(e: Expression): ReadonlyMap<number, Label> {
  const known = freeNodes.get(e);
  if (known) return known;
  const out = new Map<number, Label>();
  for (const argument of argumentsOf(e)) for (const label of argumentLabels(argument)) out.set(label.id, label);
  if (e.kind === "partial") out.set(e.label.id, e.label);
  const bodies = e.kind === "unitary" ? [e.unitary.generator] : children(e);
  for (const child of bodies) for (const [id, label] of freeLabels(child)) out.set(id, label);
  if (e.kind === "call") {
    const own = new Set(e.definition.parameters.map((p) => p.id));
    for (const [id, label] of freeLabels(e.definition.body)) if (!own.has(id)) out.set(id, label);
  }
  if (e.kind === "bind") for (const label of e.labels) out.delete(label.id);
  freeNodes.set(e, out);
  return out;
}

/** The smallest label id that occurs anywhere, bound or free. */
export function smallestId(e: Expression): number {
  let least = 0;
  const see = (id: number): void => {
    if (id < least) least = id;
  };
  const visit = (x: Expression): void => {
    for (const argument of argumentsOf(x)) for (const label of argumentLabels(argument)) see(label.id);
    if (x.kind === "bind") for (const label of x.labels) see(label.id);
    if (x.kind === "partial") see(x.label.id);
    if (x.kind === "partial" || x.kind === "components") see(x.component.id);
    if (x.kind === "value") for (const { component } of x.partials ?? []) see(component.id);
    if (x.kind === "call") visit(x.definition.body);
    if (x.kind === "unitary") visit(x.unitary.generator);
    for (const child of children(x)) visit(child);
  };
  visit(e);
  return least;
}

const plainScale: Scale = { number: one, parameters: [] };
export const isPlainScale = (s: Scale): boolean => equals(s.number, one) && s.parameters.length === 0;

/** The argument that is just this label. */
export function plain(label: Label): Argument {
  return label.kind.kind === "finite"
    ? { kind: "label", of: label.kind, label }
    : { kind: "affine", of: label.kind, scale: plainScale, terms: [{ label, coefficient: one }] };
}

/** The label, where the argument is nothing but one. */
export function plainLabel(argument: Argument): Label | undefined {
  if (argument.kind === "label") return argument.label;
  if (argument.kind !== "affine" || !isPlainScale(argument.scale)) return undefined;
  const [only, ...others] = argument.terms;
  return only && others.length === 0 && !only.label.unit && equals(only.coefficient, one) ? only.label : undefined;
}

export const origin = (of: Kind): Argument => ({ kind: "affine", of, scale: plainScale, terms: [] });

const scaleText = (s: Scale): string =>
  [...s.parameters]
    .filter((p) => p.exponent !== 0)
    .sort((a, b) => a.parameter.id - b.parameter.id)
    .map((p) => `${p.parameter.id}^${p.exponent}`)
    .join(" ");

/** An affine argument as parameters times a combination; the scale's number is multiplied in. */
export interface Spread {
  readonly of: Kind;
  readonly parameters: Scale["parameters"];
  readonly terms: ReadonlyMap<number, { readonly label: Label; readonly coefficient: Rational }>;
}

export function spread(argument: Argument): Spread | undefined {
  if (argument.kind !== "affine") return undefined;
  const terms = new Map<number, { label: Label; coefficient: Rational }>();
  for (const { label, coefficient } of argument.terms) {
    const c = add(terms.get(label.id)?.coefficient ?? zero, multiply(argument.scale.number, coefficient));
    if (c.n === 0n) terms.delete(label.id);
    else terms.set(label.id, { label, coefficient: c });
  }
  return { of: argument.of, parameters: terms.size === 0 ? [] : argument.scale.parameters.filter((p) => p.exponent !== 0), terms };
}

/** `factor * (a - b)`-style combination: a + factor b; undefined where the parameters in front differ. */
export function combine(a: Spread, factor: Rational, b: Spread): Spread | undefined {
  if (
    a.terms.size > 0 &&
    b.terms.size > 0 &&
    scaleText({ number: one, parameters: a.parameters }) !== scaleText({ number: one, parameters: b.parameters })
  )
    return undefined;
  const terms = new Map(a.terms);
  for (const [id, { label, coefficient }] of b.terms) {
    const c = add(terms.get(id)?.coefficient ?? zero, multiply(factor, coefficient));
    if (c.n === 0n) terms.delete(id);
    else terms.set(id, { label, coefficient: c });
  }
  return { of: a.of, parameters: terms.size === 0 ? [] : a.terms.size > 0 ? a.parameters : b.parameters, terms };
}

export function gather(s: Spread): Argument {
  const terms = [...s.terms.values()];
  return { kind: "affine", of: s.of, scale: { number: one, parameters: s.parameters }, terms };
}

/** What a delta says is zero: left - right, for affine kinds. */
export function difference(e: Kinded<"delta">): Spread | undefined {
  const left = spread(e.left);
  const right = spread(e.right);
  return left && right && combine(left, rational(-1), right);
}

export function sameArgument(a: Argument, b: Argument): boolean {
  if (a.kind === "constant" || b.kind === "constant") return a.kind === "constant" && b.kind === "constant" && a.value === b.value;
  if (a.kind === "label" || b.kind === "label") return a.kind === "label" && b.kind === "label" && a.label.id === b.label.id;
  const left = spread(a);
  const right = spread(b);
  return left !== undefined && right !== undefined && combine(left, rational(-1), right)?.terms.size === 0;
}

/** Thrown where `label := argument` has no expression (two different scales in one argument); caught by the matcher. */
export class Unrepresentable extends Error {}

export type Substitution = ReadonlyMap<number, Argument>;

export function substituteArgument(argument: Argument, map: Substitution): Argument {
  if (argument.kind === "constant") return argument;
  if (argument.kind === "label") return map.get(argument.label.id) ?? argument;
  if (!argument.terms.some((t) => map.has(t.label.id))) return argument;
  let total: Spread = { of: argument.of, parameters: [], terms: new Map() };
  for (const { label, coefficient } of argument.terms) {
    const part = spread(map.get(label.id) ?? plain(label));
    const next = part && combine(total, multiply(coefficient, argument.scale.number), part);
    if (!next) throw new Unrepresentable();
    total = next;
  }
  const parameters = new Map(total.parameters.map((p) => [p.parameter.id, p]));
  for (const p of argument.scale.parameters) {
    const exponent = p.exponent + (parameters.get(p.parameter.id)?.exponent ?? 0);
    if (exponent === 0) parameters.delete(p.parameter.id);
    else parameters.set(p.parameter.id, { parameter: p.parameter, exponent });
  }
  return gather({ ...total, parameters: total.terms.size === 0 ? [] : [...parameters.values()] });
}

/** Replaces free labels by arguments; bound labels must be distinct from all labels in the arguments. */
export function substitute(e: Expression, map: Substitution): Expression {
  if (map.size === 0) return e;
  let touched = false;
  for (const id of freeLabels(e).keys()) if (map.has(id)) touched = true;
  if (!touched) return e;
  switch (e.kind) {
    case "value":
    case "ladder":
    case "call":
      return { ...e, arguments: e.arguments.map((a) => substituteArgument(a, map)) };
    case "delta":
      return { ...e, left: substituteArgument(e.left, map), right: substituteArgument(e.right, map) };
    case "unitary":
      throw new Unrepresentable();
    case "partial": {
      const to = map.get(e.label.id);
      const label = to ? plainLabel(to) : e.label;
      // The derivative by a label that becomes a combination is worked out before, see `space.ts`.
      if (!label) throw new Unrepresentable();
      if (label.id !== e.label.id && hasLabel(e.of, label.id)) throw new Unrepresentable();
      return { ...e, label, of: substitute(e.of, map) };
    }
    default:
      return withChildren(
        e,
        children(e).map((child) => substitute(child, map)),
      );
  }
}

const hasLabel = (e: Expression, id: number): boolean => freeLabels(e).has(id);

/** Gives an open component another name. */
export function renameComponent(e: Expression, from: number, to: Component): Expression {
  if (e.kind === "value") {
    if (!e.partials?.some((p) => p.component.id === from)) return e;
    return { ...e, partials: e.partials.map((p) => (p.component.id === from ? { ...p, component: to } : p)) };
  }
  if (e.kind === "partial" && e.component.id === from) return { ...e, component: to, of: renameComponent(e.of, from, to) };
  if (e.kind === "call") {
    const body = renameComponent(e.definition.body, from, to);
    return body === e.definition.body ? e : { ...e, definition: { ...e.definition, body } };
  }
  const parts = children(e);
  const renamed = parts.map((part) => renameComponent(part, from, to));
  return same(parts, renamed) ? e : withChildren(e, renamed);
}

/** Gives out labels with ids that occur nowhere else in a run. */
export class Labels {
  private next: number;
  constructor(below: number) {
    this.next = Math.min(below, 0) - 1;
  }
  component(like: Component): Component {
    return { id: this.next--, dimension: like.dimension };
  }
  fresh(like: Label, groups: Map<number, number>): Label {
    const id = this.next--;
    if (!like.pair) return { id, name: like.name, kind: like.kind };
    let group = groups.get(like.pair.group);
    if (group === undefined) {
      group = id;
      groups.set(like.pair.group, group);
    }
    return { id, name: like.name, kind: like.kind, pair: { ...like.pair, group } };
  }
}

/** Renames every bound label to a fresh one, so that a copy can stand beside its original. */
export function refresh(e: Expression, labels: Labels): Expression {
  if (e.kind === "bind") {
    const groups = new Map<number, number>();
    const made = e.labels.map((label) => labels.fresh(label, groups));
    const inner = refresh(e.body, labels);
    return { ...e, labels: made, body: substitute(inner, new Map(e.labels.map((label, i) => [label.id, plain(made[i] as Label)]))) };
  }
  if (e.kind === "components") {
    const component = labels.component(e.component);
    return { ...e, component, of: renameComponent(refresh(e.of, labels), e.component.id, component) };
  }
  const parts = children(e);
  const renamed = parts.map((part) => refresh(part, labels));
  return same(parts, renamed) ? e : withChildren(e, renamed);
}

/** Renames bound labels where one occurs twice, or is also free, so that all are distinct. */
export function separate(e: Expression, labels: Labels): Expression {
  const seen = new Set<number>(freeLabels(e).keys());
  const visit = (x: Expression): Expression => {
    if (x.kind === "bind") {
      const clash = x.labels.some((label) => seen.has(label.id));
      const groups = new Map<number, number>();
      const made = clash ? x.labels.map((label) => labels.fresh(label, groups)) : x.labels;
      for (const label of made) seen.add(label.id);
      const body = clash ? substitute(x.body, new Map(x.labels.map((label, i) => [label.id, plain(made[i] as Label)]))) : x.body;
      const inner = visit(body);
      return inner === x.body && !clash ? x : { ...x, labels: made, body: inner };
    }
    if (x.kind === "components") {
      const component = labels.component(x.component);
      return { ...x, component, of: visit(renameComponent(x.of, x.component.id, component)) };
    }
    const parts = children(x);
    const renamed = parts.map(visit);
    return same(parts, renamed) ? x : withChildren(x, renamed);
  };
  return visit(e);
}

/** Components and labels have numbers of their own; in one map of names those of components are far away. */
export const componentKey = (c: Component): number => 1e14 + c.id;
const componentName = (c: Component, pairs: ReadonlyMap<number, number>): number => pairs.get(componentKey(c)) ?? componentKey(c);

function samePartials(a: Kinded<"value">, b: Kinded<"value">, pairs: ReadonlyMap<number, number>): boolean {
  const left = (a.partials ?? []).map((p) => `${p.slot}.${componentName(p.component, pairs)}`).sort();
  const right = (b.partials ?? []).map((p) => `${p.slot}.${componentKey(p.component)}`).sort();
  return left.join() === right.join();
}

/** Equality up to the names of bound labels, node by node; `pairs` maps bound labels of `a` to those of `b`. */
export function alphaEqual(a: Expression, b: Expression, pairs: ReadonlyMap<number, number> = new Map()): boolean {
  if (a === b && pairs.size === 0) return true;
  if (a.kind !== b.kind) return false;
  const rename = (argument: Argument): Argument => {
    if (argument.kind === "constant") return argument;
    if (argument.kind === "label")
      return { ...argument, label: { ...argument.label, id: pairs.get(argument.label.id) ?? argument.label.id } };
    return { ...argument, terms: argument.terms.map((t) => ({ ...t, label: { ...t.label, id: pairs.get(t.label.id) ?? t.label.id } })) };
  };
  const left = argumentsOf(a);
  const right = argumentsOf(b);
  if (left.length !== right.length || !left.every((x, i) => sameArgument(rename(x), right[i] as Argument))) return false;
  let inner = pairs;
  switch (a.kind) {
    case "number":
      if (!equals(a.value, (b as typeof a).value)) return false;
      break;
    case "parameter":
      if (a.parameter.id !== (b as typeof a).parameter.id) return false;
      break;
    case "value":
      if (!sameSymbol(a.symbol, (b as typeof a).symbol) || !samePartials(a, b as typeof a, pairs)) return false;
      break;
    case "partial": {
      const other = b as typeof a;
      if ((pairs.get(a.label.id) ?? a.label.id) !== other.label.id) return false;
      if (componentName(a.component, pairs) !== componentKey(other.component)) return false;
      break;
    }
    case "components":
      inner = new Map([...pairs, [componentKey(a.component), componentKey((b as typeof a).component)]]);
      break;
    case "ladder":
      if (a.species.id !== (b as typeof a).species.id || a.creation !== (b as typeof a).creation) return false;
      break;
    case "power":
      if (!equals(a.exponent, (b as typeof a).exponent)) return false;
      break;
    case "bind": {
      const other = b as typeof a;
      if (a.labels.length !== other.labels.length) return false;
      inner = new Map([...pairs, ...a.labels.map((label, i) => [label.id, (other.labels[i] as Label).id] as const)]);
      break;
    }
    case "commutator":
      if (a.sign !== (b as typeof a).sign) return false;
      break;
    case "part": {
      const other = b as typeof a;
      if (a.total !== other.total || a.creators !== other.creators || a.annihilators !== other.annihilators) return false;
      break;
    }
    case "unitary":
      if (a.unitary.id !== (b as typeof a).unitary.id || a.inverse !== (b as typeof a).inverse) return false;
      break;
    case "function":
      if (a.name !== (b as typeof a).name) return false;
      break;
    case "call":
      if (a.definition.id !== (b as typeof a).definition.id) return false;
      break;
  }
  const x = children(a);
  const y = children(b);
  return x.length === y.length && x.every((child, i) => alphaEqual(child, y[i] as Expression, inner));
}

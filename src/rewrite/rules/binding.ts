import type { Argument, Component, Expression, Kernel, Label, Species, SymbolInfo, Unitary } from "../../core/expression.js";
import { add, multiply, type Rational, rational, zero } from "../../core/rational.js";
import { nowhere } from "../../source/span.js";
import {
  combine,
  difference,
  gather,
  type Labels,
  origin,
  plain,
  plainLabel,
  refresh,
  spread,
  substitute,
  Unrepresentable,
} from "./labels.js";
import { adjoint, bind, children, type Kinded, number, product, withChildren } from "./node.js";
import { derived, type Multiple } from "./symbols.js";

/**
 * What the variables of a rule stand for. Keys are the ids of the rule's own symbols.
 *
 * - a species with a small letter: a species of the same statistics; two letters, two species;
 * - a species with a capital letter: any expression, as a function of the labels it is written with;
 * - a label: the whole argument list of what carries it, so that one rule serves a single mode, a label in
 *   R^3 and a pair alike;
 * - a function or kernel: any value of the same reality; with two labels, each stands for one of its two arguments;
 * - a kernel inside of ch or sh: any multiple of any kernel, all kernels of a rule multiples of one;
 * - a complex parameter: any c-number; a real or positive one: any constant that is real or positive.
 */
export interface Binding {
  readonly operators: ReadonlyMap<number, { readonly labels: readonly Label[]; readonly body: Expression }>;
  readonly species: ReadonlyMap<number, Species>;
  readonly labels: ReadonlyMap<number, readonly Argument[]>;
  readonly symbols: ReadonlyMap<number, SymbolInfo>;
  readonly scalars: ReadonlyMap<number, Expression>;
  readonly unitaries: ReadonlyMap<number, Unitary>;
  readonly kernels: ReadonlyMap<number, Multiple>;
  readonly components: ReadonlyMap<number, Component>;
}

export const nothing: Binding = {
  operators: new Map(),
  species: new Map(),
  labels: new Map(),
  symbols: new Map(),
  scalars: new Map(),
  unitaries: new Map(),
  kernels: new Map(),
  components: new Map(),
};

export const extend = <V>(map: ReadonlyMap<number, V>, key: number, value: V): ReadonlyMap<number, V> => new Map(map).set(key, value);

/** A species that stands for any expression. */
export const isMeta = (species: Species): boolean => /^[A-Z]'*$/.test(species.name);

export function isPositive(e: Expression): boolean {
  if (e.kind === "number") return e.value.n > 0n;
  if (e.kind === "pi") return true;
  if (e.kind === "parameter") return e.parameter.domain === "positive";
  return e.kind === "power" && isPositive(e.base);
}

export function isRealConstant(e: Expression): boolean {
  if (e.kind === "number") return true;
  if (e.kind === "parameter") return e.parameter.domain !== "complex";
  if (e.kind === "power" && e.exponent.d === 1n) return isRealConstant(e.base);
  return isPositive(e);
}

/** The two labels between which a rule's delta stands; the loader has checked that there are two, or one twice. */
export function deltaLabels(pattern: Kinded<"delta">): readonly [Label, Label] | undefined {
  const left = plainLabel(pattern.left);
  const right = plainLabel(pattern.right);
  if (left && right) return [left, right];
  const d = difference(pattern);
  const terms = d ? [...d.terms.values()] : [];
  const [a, b] = terms;
  if (!a || !b || terms.length !== 2) return undefined;
  return a.coefficient.n === 1n && b.coefficient.n === -1n
    ? [a.label, b.label]
    : b.coefficient.n === 1n && a.coefficient.n === -1n
      ? [b.label, a.label]
      : undefined;
}

/** The kernel of a `ch` or `sh` in a rule as a combination of kernel variables, `k`, `-k` or `k - l`; undefined for others. */
export function combination(of: {
  readonly kernel: Kernel;
  readonly multiple: Rational;
}): readonly { readonly symbol: SymbolInfo; readonly factor: Rational }[] | undefined {
  const read = (e: Expression, factor: Rational): readonly { symbol: SymbolInfo; factor: Rational }[] | undefined => {
    if (e.kind === "value" && e.symbol.of === undefined) return [{ symbol: e.symbol, factor }];
    if (e.kind === "product" && e.factors.length === 2 && e.factors[0]?.kind === "number")
      return read(e.factors[1] as Expression, multiply(factor, e.factors[0].value));
    if (e.kind !== "sum") return undefined;
    const parts = e.terms.map((term) => read(term, factor));
    return parts.some((p) => p === undefined) ? undefined : parts.flatMap((p) => p ?? []);
  };
  return read(of.kernel.body, of.multiple);
}

/** The labels that an argument of a rule's value or ladder operator stands for. */
const labelsOf = (a: Argument, b: Binding): readonly Argument[] => b.labels.get((plainLabel(a) as Label).id) as readonly Argument[];

/** ch, sh or ch - 1 in a rule, with the multiple that its variables add up to. */
function instantiateDerived(p: Kinded<"value">, of: NonNullable<SymbolInfo["of"]>, b: Binding): Expression {
  const parts = combination(of) ?? [];
  const known = parts.map(({ symbol }) => b.kernels.get(symbol.id) as Multiple);
  const multiple = parts.reduce((total, { factor }, i) => add(total, multiply(factor, (known[i] as Multiple).multiple)), zero);
  const [first, second] = p.arguments.map((a) => labelsOf(a, b)) as [readonly Argument[], readonly Argument[]];
  if (multiple.n === 0n) return of.name === "ch" ? product(first.map((a, i) => makeDelta(a, second[i] as Argument))) : number(zero);
  return { ...p, symbol: derived(of.name, { ...(known[0] as Multiple), multiple }), arguments: [...first, ...second] };
}

/** `delta(X - Y)` with its arguments as the documents write them: a difference in space, a pair otherwise. */
export function makeDelta(left: Argument, right: Argument): Expression {
  if (left.of.kind === "space") {
    const a = spread(left);
    const b = spread(right);
    const d = a && b && combine(a, rational(-1), b);
    if (d) return { kind: "delta", left: gather(d), right: origin(left.of), span: nowhere };
  }
  return { kind: "delta", left, right, span: nowhere };
}

/**
 * The right side of a rule under a binding. A metavariable that is used again gets fresh bound labels, so that all
 * bound labels of the result are distinct.
 * @throws Unrepresentable where a label would have to become an argument that cannot be written
 */
export function instantiate(pattern: Expression, binding: Binding, labels: Labels): Expression {
  const used = new Set<number>();
  const usedLabels = new Set<number>();
  const visit = (p: Expression, b: Binding): Expression => {
    switch (p.kind) {
      case "ladder": {
        if (isMeta(p.species)) {
          const found = b.operators.get(p.species.id);
          if (!found) throw new Error(`the rule leaves ${p.species.name} open`);
          const values = p.arguments.flatMap((a) => b.labels.get((plainLabel(a) as Label).id) ?? []);
          const map = new Map(found.labels.map((l, i) => [l.id, values[i] as Argument]));
          const body = used.has(p.species.id) ? refresh(found.body, labels) : found.body;
          used.add(p.species.id);
          const at = substitute(body, map);
          return p.creation ? adjoint(at) : at;
        }
        const species = b.species.get(p.species.id) as Species;
        return { ...p, species, arguments: b.labels.get((plainLabel(p.arguments[0] as Argument) as Label).id) as readonly Argument[] };
      }
      case "value":
        if (p.symbol.of) return instantiateDerived(p, p.symbol.of, b);
        return { ...p, symbol: b.symbols.get(p.symbol.id) as SymbolInfo, arguments: p.arguments.flatMap((a) => labelsOf(a, b)) };
      case "partial": {
        const label = plainLabel((b.labels.get(p.label.id) as readonly Argument[])[0] as Argument);
        if (!label) throw new Unrepresentable();
        return { ...p, label, component: b.components.get(p.component.id) as Component, of: visit(p.of, b) };
      }
      case "parameter": {
        const found = b.scalars.get(p.parameter.id) as Expression;
        const body = used.has(p.parameter.id) ? refresh(found, labels) : found;
        used.add(p.parameter.id);
        return body;
      }
      case "unitary":
        return { ...p, unitary: b.unitaries.get(p.unitary.id) as Unitary };
      case "delta": {
        const [x, y] = deltaLabels(p) as readonly [Label, Label];
        const left = b.labels.get(x.id) as readonly Argument[];
        const right = b.labels.get(y.id) as readonly Argument[];
        return product(left.map((a, i) => makeDelta(a, right[i] as Argument)));
      }
      case "bind": {
        const variable = p.labels[0] as Label;
        let bound = (b.labels.get(variable.id) as readonly Argument[]).map((a) => plainLabel(a) as Label);
        if (usedLabels.has(variable.id)) {
          const groups = new Map<number, number>();
          bound = bound.map((l) => labels.fresh(l, groups));
        }
        usedLabels.add(variable.id);
        return bind(bound, visit(p.body, { ...b, labels: extend(b.labels, variable.id, bound.map(plain)) }));
      }
      default: {
        const parts = children(p);
        return parts.length === 0
          ? p
          : withChildren(
              p,
              parts.map((part) => visit(part, b)),
            );
      }
    }
  };
  return visit(pattern, binding);
}

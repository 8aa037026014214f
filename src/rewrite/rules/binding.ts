import type { Argument, Expression, Label, Species, SymbolInfo, Unitary } from "../../core/expression.js";
import { rational } from "../../core/rational.js";
import { nowhere } from "../../source/span.js";
import { combine, difference, gather, type Labels, origin, plain, plainLabel, refresh, spread, substitute } from "./labels.js";
import { adjoint, bind, children, type Kinded, product, withChildren } from "./node.js";

/**
 * What the variables of a rule stand for. Keys are the ids of the rule's own symbols.
 *
 * - a species with a small letter: a species of the same statistics; two letters, two species;
 * - a species with a capital letter: any expression, as a function of the labels it is written with;
 * - a label: the whole argument list of what carries it, so that one rule serves a single mode, a label in
 *   R^3 and a pair alike;
 * - a function or kernel: any value of the same reality;
 * - a complex parameter: any c-number; a real or positive one: any constant that is real or positive.
 */
export interface Binding {
  readonly operators: ReadonlyMap<number, { readonly labels: readonly Label[]; readonly body: Expression }>;
  readonly species: ReadonlyMap<number, Species>;
  readonly labels: ReadonlyMap<number, readonly Argument[]>;
  readonly symbols: ReadonlyMap<number, SymbolInfo>;
  readonly scalars: ReadonlyMap<number, Expression>;
  readonly unitaries: ReadonlyMap<number, Unitary>;
}

export const nothing: Binding = {
  operators: new Map(),
  species: new Map(),
  labels: new Map(),
  symbols: new Map(),
  scalars: new Map(),
  unitaries: new Map(),
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
        return {
          ...p,
          symbol: b.symbols.get(p.symbol.id) as SymbolInfo,
          arguments: b.labels.get((plainLabel(p.arguments[0] as Argument) as Label).id) as readonly Argument[],
        };
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

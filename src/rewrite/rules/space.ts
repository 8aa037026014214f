import { argumentLabels } from "../../core/argument.js";
import type { Argument, Component, Expression, Label } from "../../core/expression.js";
import { add, multiply, negate, one, type Rational, rational, zero } from "../../core/rational.js";
import { nowhere } from "../../source/span.js";
import { difference, freeLabels } from "./labels.js";
import { adjoint, bind, children, isScalar, type Kinded, number, product, scale, sum, withChildren } from "./node.js";
import type { ComputedRule } from "./rule.js";

/** Derivatives in space, as far as no pattern says them: the chain rule, components, operators under derivatives. */

const partial = (label: Label, component: Component, of: Expression): Expression => ({
  kind: "partial",
  label,
  component,
  of,
  span: nowhere,
});
const components = (component: Component, of: Expression): Expression =>
  of.kind === "number" && of.value.n === 0n ? of : { kind: "components", component, of, span: nowhere };

/** By how much an argument changes with a label: a number and powers of parameters; undefined where it does not. */
function slope(a: Argument, label: Label): Expression | undefined {
  if (a.kind !== "affine") return undefined;
  const total = a.terms.reduce((c, t) => (t.label.id === label.id ? add(c, t.coefficient) : c), zero);
  if (total.n === 0n) return undefined;
  const parameters = a.scale.parameters.map((p): Expression => {
    const base: Expression = { kind: "parameter", parameter: p.parameter, span: nowhere };
    return p.exponent === 1 ? base : { kind: "power", base, exponent: rational(p.exponent), span: nowhere };
  });
  return product([number(multiply(total, a.scale.number)), ...parameters]);
}

/** The derivative of f(N(x-y)) by the chain rule, in terms of derivatives of f. */
function ofValue(e: Kinded<"value">, label: Label, component: Component): Expression {
  const terms = e.arguments.flatMap((a, slot) => {
    const by = slope(a, label);
    if (!by) return [];
    return [product([by, { ...e, partials: [...(e.partials ?? []), { slot, component }] }])];
  });
  return sum(terms);
}

/** A value with bars and dots on it. */
const valueIn = (e: Expression): Kinded<"value"> | undefined =>
  e.kind === "value" ? e : e.kind === "adjoint" || e.kind === "derivative" ? valueIn(e.of) : undefined;

/** The same bars and dots on each term. */
function dressed(e: Expression, inner: Expression): Expression {
  if (e.kind === "value") return inner;
  const of = dressed((e as Kinded<"adjoint"> | Kinded<"derivative">).of, inner);
  const each = (term: Expression): Expression => {
    const factors = term.kind === "product" ? term.factors : [term];
    return product(factors.map((f) => (valueIn(f) === undefined ? f : e.kind === "adjoint" ? adjoint(f) : { ...e, of: f })));
  };
  return of.kind === "sum" ? sum(of.terms.map(each)) : each(of);
}

/** The derivative worked out as far as it goes. */
function derivative(e: Expression, label: Label, component: Component): Expression {
  if (!freeLabels(e).has(label.id)) return number(zero);
  const inner = valueIn(e);
  if (inner) return inner.symbol.of ? partial(label, component, e) : dressed(e, ofValue(inner, label, component));
  switch (e.kind) {
    case "sum":
      return sum(e.terms.map((term) => derivative(term, label, component)));
    case "product":
      return sum(e.factors.map((f, i) => product([...e.factors.slice(0, i), derivative(f, label, component), ...e.factors.slice(i + 1)])));
    case "bind":
      return bind(e.labels, derivative(e.body, label, component));
    case "components":
      return components(e.component, derivative(e.of, label, component));
    case "adjoint":
      return adjoint(derivative(e.of, label, component));
    default:
      return partial(label, component, e);
  }
}

/** All derivatives in an expression worked out, so that labels may become combinations. */
export function workedOut(e: Expression): Expression {
  const parts = children(e);
  const now = parts.length === 0 ? e : withChildren(e, parts.map(workedOut));
  return now.kind === "partial" ? derivative(now.of, now.label, now.component) : now;
}

const chain: ComputedRule = {
  kind: "computed",
  name: "gradient-value",
  source: "The chain rule: \\nabla_x f(N(x-y)) = N (\\nabla f)(N(x-y)).  Source: textbook",
  apply: (e) => {
    if (e.kind !== "partial") return undefined;
    const inner = valueIn(e.of);
    return inner && !inner.symbol.of ? dressed(e.of, ofValue(inner, e.label, e.component)) : undefined;
  },
};

const chainFunction: ComputedRule = {
  kind: "computed",
  name: "gradient-function",
  source: "The chain rule for powers and exponentials: \\nabla s^r = r s^{r-1} \\nabla s, \\nabla e^s = e^s \\nabla s.  Source: textbook",
  apply: (e) => {
    if (e.kind !== "partial" || !isScalar(e.of)) return undefined;
    const of = e.of;
    if (of.kind === "function" && of.name === "exp") return product([of, partial(e.label, e.component, of.of)]);
    if (of.kind !== "power") return undefined;
    const exponent = add(of.exponent, negate(one));
    const rest: Expression = exponent.n === exponent.d ? of.base : exponent.n === 0n ? number(one) : { ...of, exponent };
    return product([number(of.exponent), rest, partial(e.label, e.component, of.base)]);
  },
};

const has = (e: Expression, c: Component): boolean =>
  (e.kind === "partial" && e.component.id === c.id) ||
  (e.kind === "value" && (e.partials ?? []).some((p) => p.component.id === c.id)) ||
  (e.kind === "call" && has(e.definition.body, c)) ||
  children(e).some((child) => has(child, c));

/** A sum over components stands inside of integrals and around products. */
const sumOverComponents: ComputedRule = {
  kind: "computed",
  name: "components",
  source: "A sum over vector components is linear.  Source: textbook",
  apply: (e) => {
    if (e.kind === "components") {
      if (e.of.kind === "sum") return sum(e.of.terms.map((of) => components(e.component, of)));
      if (e.of.kind === "bind") return bind(e.of.labels, components(e.component, e.of.body));
      if (!has(e.of, e.component)) return scale(rational(e.component.dimension), e.of);
      return undefined;
    }
    if (e.kind === "product") {
      const at = e.factors.findIndex((f) => f.kind === "components");
      if (at < 0) return undefined;
      const found = e.factors[at] as Kinded<"components">;
      return components(found.component, product([...e.factors.slice(0, at), found.of, ...e.factors.slice(at + 1)]));
    }
    if (e.kind === "commutator") {
      if (e.left.kind === "components") return components(e.left.component, { ...e, left: e.left.of });
      if (e.right.kind === "components") return components(e.right.component, { ...e, right: e.right.of });
      return undefined;
    }
    const linear =
      e.kind === "adjoint" ||
      e.kind === "derivative" ||
      e.kind === "partial" ||
      e.kind === "expectation" ||
      e.kind === "normal" ||
      e.kind === "part";
    if (!linear || e.of.kind !== "components") return undefined;
    const { component, of } = e.of;
    return components(component, e.kind === "adjoint" ? adjoint(of) : { ...e, of });
  },
};

/** A ladder operator under derivatives. */
export interface Derived {
  readonly ladder: Kinded<"ladder">;
  readonly by: readonly { readonly label: Label; readonly component: Component }[];
}

export function derivedLadder(e: Expression): Derived | undefined {
  if (e.kind === "ladder") return { ladder: e, by: [] };
  const inner = e.kind === "partial" ? derivedLadder(e.of) : undefined;
  return inner && e.kind === "partial" ? { ...inner, by: [{ label: e.label, component: e.component }, ...inner.by] } : undefined;
}

const under = (by: Derived["by"], e: Expression): Expression => by.reduceRight((of, d) => partial(d.label, d.component, of), e);

/** The canonical relations under derivatives: those of the operators, differentiated. */
const swap: ComputedRule = {
  kind: "computed",
  name: "gradient-ccr",
  source:
    "[\\nabla_x a_x, a_y^*] = \\nabla_x \\delta(x-y), the gradient of the canonical (anti)commutation relation; x and y are different labels.  Source: (1.18)",
  apply: (e) => {
    if (e.kind !== "product") return undefined;
    for (let i = 0; i + 1 < e.factors.length; i++) {
      const [a, b] = [derivedLadder(e.factors[i] as Expression), derivedLadder(e.factors[i + 1] as Expression)];
      if (!a || !b || a.ladder.creation || !b.ladder.creation || a.by.length + b.by.length === 0) continue;
      const fermions = a.ladder.species.statistics === "fermion" && b.ladder.species.statistics === "fermion";
      const turned = product([...(fermions ? [number(rational(-1))] : []), e.factors[i + 1] as Expression, e.factors[i] as Expression]);
      const terms: Expression[] = [turned];
      if (a.ladder.species.id === b.ladder.species.id) {
        const deltas = a.ladder.arguments.map((x, j): Expression => delta(x, b.ladder.arguments[j] as Argument));
        terms.push(under(a.by, under(b.by, product(deltas))));
      }
      return product([...e.factors.slice(0, i), sum(terms), ...e.factors.slice(i + 2)]);
    }
    return undefined;
  },
};

function delta(left: Argument, right: Argument): Expression {
  return { kind: "delta", left, right, span: nowhere };
}

const vacuum: ComputedRule = {
  kind: "computed",
  name: "gradient-vacuum",
  source: "The derivative of an annihilator takes the vacuum to zero, too.  Source: textbook",
  apply: (e) => {
    if (e.kind !== "expectation") return undefined;
    const factors = e.of.kind === "product" ? e.of.factors : [e.of];
    const [first, last] = [derivedLadder(factors[0] as Expression), derivedLadder(factors[factors.length - 1] as Expression)];
    return (first?.by.length && first.ladder.creation) || (last?.by.length && !last.ladder.creation) ? number(zero) : undefined;
  },
};

/** d/dx of delta(x-y) is -d/dy of it, where y is integrated over. */
const deltaGradient: ComputedRule = {
  kind: "computed",
  name: "gradient-delta",
  source: "The gradient of a delta: \\nabla_x \\delta(x-y) = -\\nabla_y \\delta(x-y).  Source: textbook",
  apply: (e) => {
    if (e.kind !== "bind") return undefined;
    const body = withinComponents(e.body);
    const factors = body.of.kind === "product" ? body.of.factors : [body.of];
    for (const [i, f] of factors.entries()) {
      if (f.kind !== "partial" || e.labels.some((l) => l.id === f.label.id)) continue;
      const inner = deltaIn(f);
      const d = inner && difference(inner);
      const own = d?.terms.get(f.label.id);
      const other = d && own && [...d.terms.values()].find((t) => e.labels.some((l) => l.id === t.label.id) && t.coefficient.n !== 0n);
      if (!own || !other) continue;
      // D = u x + v y + ...: d/dx = (u/v) d/dy.
      const by: Rational = rational(own.coefficient.n * other.coefficient.d, own.coefficient.d * other.coefficient.n);
      const made = product([...factors.slice(0, i), scale(by, partial(other.label, f.component, f.of)), ...factors.slice(i + 1)]);
      return bind(e.labels, body.wrap(made));
    }
    return undefined;
  },
};

/** The delta under derivatives. */
export const deltaIn = (e: Expression): Kinded<"delta"> | undefined =>
  e.kind === "delta" ? e : e.kind === "partial" ? deltaIn(e.of) : undefined;

/** A term without the sums over components around it. */
export function withinComponents(e: Expression): { readonly of: Expression; readonly wrap: (e: Expression) => Expression } {
  if (e.kind !== "components") return { of: e, wrap: (x) => x };
  const inner = withinComponents(e.of);
  return { of: inner.of, wrap: (x) => components(e.component, inner.wrap(x)) };
}

/** Integration by parts where a derivative of a delta stands under the integral. */
const deltaParts: ComputedRule = {
  kind: "computed",
  name: "by-parts-delta",
  source:
    "\\int (\\nabla_y \\delta(x-y)) F_y dy = -\\int \\delta(x-y) \\nabla_y F_y dy.  Source: the definition of the derivative of a distribution",
  apply: (e) => {
    if (e.kind !== "bind") return undefined;
    const body = withinComponents(e.body);
    const factors = body.of.kind === "product" ? body.of.factors : [body.of];
    const at = factors.findIndex((f) => f.kind === "partial" && deltaIn(f) !== undefined && e.labels.some((l) => l.id === f.label.id));
    if (at < 0) return undefined;
    const found = factors[at] as Kinded<"partial">;
    const others = product(factors.filter((_, i) => i !== at));
    return bind(e.labels, body.wrap(product([number(rational(-1)), found.of, partial(found.label, found.component, others)])));
  },
};

/** What a factor is without its derivatives, and how many there are by each label. */
interface Bare {
  readonly key: string;
  readonly rank: number;
  /** The derivative that can be taken off: the label, the component, and what is left. */
  readonly last?: { readonly label: Label; readonly component: Component; readonly rest: Expression; readonly by: Rational };
}

function bare(e: Expression, integrated: readonly Label[]): Bare | undefined {
  const d = derivedLadder(e);
  const isIntegrated = (l: Label): boolean => integrated.some((other) => other.id === l.id);
  if (d) {
    const [outer] = d.by;
    const key = `${d.ladder.creation}${d.ladder.species.id}`;
    const rank = d.ladder.creation ? 1 : 2;
    if (!outer || !isIntegrated(outer.label) || e.kind !== "partial") return { key, rank };
    return { key, rank, last: { label: outer.label, component: outer.component, rest: e.of, by: one } };
  }
  const inner = valueIn(e);
  if (!inner || inner.symbol.of) return undefined;
  const key = `${inner.symbol.name}${inner.symbol.id}${valueShape(e)}`;
  const partials = inner.partials ?? [];
  const take = partials[partials.length - 1];
  const argument = take && inner.arguments[take.slot];
  if (!take || argument?.kind !== "affine" || argument.scale.parameters.length > 0) return { key, rank: 0 };
  const term = argument.terms.find((t) => isIntegrated(t.label));
  if (!term) return { key, rank: 0 };
  // Only where the label is in no other argument is the derivative of the function that by the label.
  if (inner.arguments.some((a, slot) => slot !== take.slot && argumentLabels(a).some((l) => l.id === term.label.id)))
    return { key, rank: 0 };
  const coefficient = multiply(term.coefficient, argument.scale.number);
  const left = partials.slice(0, -1);
  const { partials: _, ...without } = inner;
  const value: Kinded<"value"> = left.length === 0 ? without : { ...without, partials: left };
  return {
    key,
    rank: 0,
    last: { label: term.label, component: take.component, rest: dressed(e, value), by: rational(coefficient.d, coefficient.n) },
  };
}

const valueShape = (e: Expression): string => (e.kind === "value" ? "" : `${e.kind[1]}${valueShape((e as Kinded<"adjoint">).of)}`);

/** Integration by parts towards one form: the last of the different functions at a label has no derivative by it. */
export const byParts: ComputedRule = {
  kind: "computed",
  name: "by-parts",
  source: "\\int F_x \\nabla_x G_x dx = -\\int (\\nabla_x F_x) G_x dx: the integral of a total derivative is zero.  Source: textbook",
  apply: (e) => {
    if (e.kind !== "bind") return undefined;
    const body = withinComponents(e.body);
    const factors = body.of.kind === "product" ? body.of.factors : [body.of];
    for (const label of e.labels) {
      if (label.kind.kind !== "space") continue;
      const here = factors.flatMap((f, i) => (freeLabels(f).has(label.id) ? [{ i, f, bare: bare(f, [label]) }] : []));
      if (here.some((h) => h.bare === undefined)) continue;
      const order = (h: (typeof here)[number]): string => `${h.bare?.rank}${h.bare?.key}`;
      const last = here.map(order).sort().pop();
      const pivots = here.filter((h) => order(h) === last);
      const [pivot] = pivots;
      const off = pivot?.bare?.last;
      if (pivots.length !== 1 || !pivot || !off || off.label.id !== label.id) continue;
      // Leibniz over all other factors, each in its place.
      const terms = factors.flatMap((f, i) => {
        if (i === pivot.i || !freeLabels(f).has(label.id)) return [];
        return [product(factors.map((g, j) => (j === i ? partial(label, off.component, g) : j === pivot.i ? off.rest : g)))];
      });
      return bind(e.labels, body.wrap(product([number(negate(off.by)), sum(terms)])));
    }
    return undefined;
  },
};

export const spaceRules: readonly ComputedRule[] = [chain, chainFunction, sumOverComponents, swap, vacuum, deltaGradient, deltaParts];

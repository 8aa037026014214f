import type { Argument, Expression, Label } from "../../core/expression.js";
import { divide, equals, negate, one, rational } from "../../core/rational.js";
import { type Binding, deltaLabels, extend, instantiate, isMeta, isPositive, isRealConstant, nothing } from "./binding.js";
import { bindLabel, bindPair, matchDerived, matchKernel, type Scope } from "./kernel.js";
import {
  alphaEqual,
  combine,
  difference,
  freeLabels,
  gather,
  type Labels,
  plain,
  plainLabel,
  type Spread,
  sameArgument,
  Unrepresentable,
} from "./labels.js";
import { bind, isScalar, type Kinded, product, scale, sum, withChildren } from "./node.js";
import { isPairPattern } from "./pair.js";

/** A metavariable for one or more factors, or terms. */
const isRun = (pattern: Expression): pattern is Kinded<"ladder"> =>
  pattern.kind === "ladder" && isMeta(pattern.species) && !pattern.creation;

/** Solves `d = 0` for the label; undefined unless its coefficient is 1 or -1, so that no Jacobian arises. */
function solve(d: Spread, label: Label): Argument | undefined {
  const own = d.terms.get(label.id);
  if (own?.coefficient.d !== 1n || (own.coefficient.n !== 1n && own.coefficient.n !== -1n) || d.parameters.length > 0) return undefined;
  const terms = new Map(d.terms);
  terms.delete(label.id);
  const rest: Spread = { ...d, terms };
  const factor = negate(divide(one, own.coefficient));
  const solved = combine({ of: d.of, parameters: [], terms: new Map() }, factor, rest);
  return solved && gather(solved);
}

const escapes = (e: Expression, scope: Scope, allowed: readonly Label[] = []): boolean => {
  if (scope.bound.size === 0) return false;
  for (const id of freeLabels(e).keys()) if (scope.bound.has(id) && !allowed.some((l) => l.id === id)) return true;
  return false;
};

function bindOperator(pattern: Kinded<"ladder">, subject: Expression, b: Binding, scope: Scope, labels: Labels): Binding | undefined {
  const parameters: Label[] = [];
  for (const argument of pattern.arguments) {
    const variable = plainLabel(argument);
    const value = variable && b.labels.get(variable.id);
    if (!value) return undefined;
    for (const a of value) {
      const label = plainLabel(a);
      if (!label || parameters.some((p) => p.id === label.id)) {
        // Not a list of distinct labels: only a use of a metavariable that is known already can be checked.
        if (!b.operators.has(pattern.species.id)) return undefined;
      } else parameters.push(label);
    }
  }
  if (b.operators.has(pattern.species.id)) {
    try {
      return alphaEqual(instantiate({ ...pattern, creation: false }, b, labels), subject) ? b : undefined;
    } catch (caught) {
      if (caught instanceof Unrepresentable) return undefined;
      throw caught;
    }
  }
  if (escapes(subject, scope, parameters)) return undefined;
  return { ...b, operators: extend(b.operators, pattern.species.id, { labels: parameters, body: subject }) };
}

function* matchDelta(pattern: Kinded<"delta">, subject: Expression, b: Binding, scope: Scope): Generator<Binding> {
  if (subject.kind !== "delta") return;
  const discrete = pattern.left.of.kind === "finite";
  if (discrete && subject.left.of.kind === "space") return;
  const pair = deltaLabels(pattern);
  if (!pair) return;
  const [x, y] = pair;
  if (x.id === y.id) {
    if (sameArgument(subject.left, subject.right)) {
      const next = bindLabel(x, [subject.left], b, scope);
      if (next) yield next;
    }
    return;
  }
  const d = difference(subject);
  const attempt = function* (first: Argument, second: Argument): Generator<Binding> {
    const one = bindLabel(x, [first], b, scope);
    const two = one && bindLabel(y, [second], one, scope);
    if (two) yield two;
  };
  for (const [first, second] of [
    [subject.left, subject.right],
    [subject.right, subject.left],
  ] as const)
    yield* attempt(first, second);
  if (!d) return;
  for (const { label } of d.terms.values()) {
    if (label.unit) continue;
    const solution = solve(d, label);
    if (solution) yield* attempt(plain(label), solution);
    if (solution) yield* attempt(solution, plain(label));
  }
}

/** All ways in which the pattern is the whole subject. Bound metavariables come in a fixed order, the shortest runs first. */
export function* match(pattern: Expression, subject: Expression, b: Binding, scope: Scope, labels: Labels): Generator<Binding> {
  switch (pattern.kind) {
    case "ladder": {
      if (isMeta(pattern.species)) {
        // `A^*` in a rule is the adjoint of whatever A is.
        const of = pattern.creation ? (subject.kind === "adjoint" ? subject.of : undefined) : subject;
        const next = of && bindOperator(pattern, of, b, scope, labels);
        if (next) yield next;
        return;
      }
      if (subject.kind !== "ladder" || subject.creation !== pattern.creation || subject.species.statistics !== pattern.species.statistics)
        return;
      const known = b.species.get(pattern.species.id);
      if (known ? known.id !== subject.species.id : [...b.species.values()].some((s) => s.id === subject.species.id)) return;
      const variable = pattern.arguments[0] && plainLabel(pattern.arguments[0]);
      if (!variable) return;
      const next = bindLabel(variable, subject.arguments, { ...b, species: extend(b.species, pattern.species.id, subject.species) }, scope);
      if (next) yield next;
      return;
    }
    case "value": {
      if (subject.kind !== "value" || subject.partials !== undefined) return;
      if (pattern.symbol.of !== undefined) {
        yield* matchDerived(pattern, subject, b, scope);
        return;
      }
      if (pattern.arguments.length === 2) {
        yield* matchKernel(pattern, subject, b, scope);
        return;
      }
      if (pattern.symbol.real && !subject.symbol.real) return;
      const known = b.symbols.get(pattern.symbol.id);
      if (known && known.id !== subject.symbol.id) return;
      const variable = pattern.arguments[0] && plainLabel(pattern.arguments[0]);
      if (!variable) return;
      const next = bindLabel(variable, subject.arguments, { ...b, symbols: extend(b.symbols, pattern.symbol.id, subject.symbol) }, scope);
      if (next) yield next;
      return;
    }
    case "parameter": {
      const fits =
        pattern.parameter.domain === "positive"
          ? isPositive(subject)
          : pattern.parameter.domain === "real"
            ? isRealConstant(subject)
            : isScalar(subject);
      if (!fits || escapes(subject, scope)) return;
      const known = b.scalars.get(pattern.parameter.id);
      if (known) {
        if (alphaEqual(known, subject)) yield b;
      } else yield { ...b, scalars: extend(b.scalars, pattern.parameter.id, subject) };
      return;
    }
    case "unitary": {
      if (subject.kind !== "unitary" || subject.inverse !== pattern.inverse) return;
      const known = b.unitaries.get(pattern.unitary.id);
      if (known) {
        if (known.id === subject.unitary.id) yield b;
        return;
      }
      if (isPairPattern(pattern.unitary.generator)) {
        const next = bindPair(pattern.unitary, subject.unitary, b, labels);
        if (next) yield next;
        return;
      }
      const next = bindGenerator(pattern.unitary.generator, subject.unitary.generator, b);
      if (next) yield { ...next, unitaries: extend(next.unitaries, pattern.unitary.id, subject.unitary) };
      return;
    }
    case "delta":
      yield* matchDelta(pattern, subject, b, scope);
      return;
    case "number":
      if (subject.kind === "number" && equals(pattern.value, subject.value)) yield b;
      return;
    case "imaginary":
    case "pi":
      if (subject.kind === pattern.kind) yield b;
      return;
    case "product":
    case "sum": {
      if (subject.kind !== pattern.kind) return;
      const p = pattern.kind === "product" ? pattern.factors : pattern.terms;
      const s = subject.kind === "product" ? subject.factors : (subject as Kinded<"sum">).terms;
      for (const found of matchRun(pattern.kind, p, s, 0, b, scope, labels, true)) yield found.binding;
      return;
    }
    case "bind": {
      if (subject.kind !== "bind") return;
      yield* matchBind(pattern, subject.labels, subject.body, b, scope, labels);
      return;
    }
    case "power":
      if (subject.kind === "power" && equals(subject.exponent, pattern.exponent))
        yield* match(pattern.base, subject.base, b, scope, labels);
      return;
    case "commutator":
    case "contraction":
      if (subject.kind !== pattern.kind || (subject.kind === "commutator" && subject.sign !== (pattern as Kinded<"commutator">).sign))
        return;
      for (const left of match(pattern.left, subject.left, b, scope, labels))
        yield* match(pattern.right, subject.right, left, scope, labels);
      return;
    case "function":
      if (subject.kind === "function" && subject.name === pattern.name) yield* match(pattern.of, subject.of, b, scope, labels);
      return;
    case "partial": {
      if (subject.kind !== "partial") return;
      const known = b.components.get(pattern.component.id);
      if (known && known.id !== subject.component.id) return;
      const own = b.labels.get(pattern.label.id);
      const argument = own?.length === 1 ? plainLabel(own[0] as Argument) : undefined;
      if (own && argument?.id !== subject.label.id) return;
      const next: Binding = {
        ...b,
        labels: own ? b.labels : extend(b.labels, pattern.label.id, [plain(subject.label)]),
        components: extend(b.components, pattern.component.id, subject.component),
      };
      yield* match(pattern.of, subject.of, next, scope, labels);
      return;
    }
    case "adjoint":
      // The conjugate of a real kernel is written without a bar.
      if (subject.kind === "value" && subject.symbol.real && pattern.of.kind === "value")
        yield* match(pattern.of, subject, b, scope, labels);
      if (subject.kind === "adjoint") yield* match(pattern.of, subject.of, b, scope, labels);
      return;
    case "normal":
    case "expectation":
    case "derivative":
      if (subject.kind === pattern.kind) yield* match(pattern.of, subject.of, b, scope, labels);
      return;
    default:
      return;
  }
}

/**
 * `unitary W = \exp(E - E^*)` in a rule file: W is any unitary, and E half its generator. The generator K is
 * skew-adjoint, so that E - E^* = (K - K^*)/2 = K.
 */
function bindGenerator(pattern: Expression, generator: Expression, b: Binding): Binding | undefined {
  if (isRun(pattern)) return { ...b, operators: extend(b.operators, pattern.species.id, { labels: [], body: generator }) };
  if (pattern.kind !== "sum" || pattern.terms.length !== 2) return undefined;
  const first = pattern.terms[0] as Expression;
  if (!isRun(first)) return undefined;
  return { ...b, operators: extend(b.operators, first.species.id, { labels: [], body: scale(rational(1, 2), generator) }) };
}

function* matchBind(
  pattern: Kinded<"bind">,
  bound: readonly Label[],
  body: Expression,
  b: Binding,
  scope: Scope,
  labels: Labels,
): Generator<Binding> {
  const variable = pattern.labels[0] as Label;
  const inner: Scope = { bound: new Set([...scope.bound, ...bound.map((l) => l.id)]) };
  const next: Binding = { ...b, labels: extend(b.labels, variable.id, bound.map(plain)) };
  yield* match(pattern.body, body, next, inner, labels);
}

/** A quick look at the kinds: false only where no match is possible. */
export function mayMatch(pattern: Expression, subject: Expression): boolean {
  if (pattern.kind === "parameter") return isScalar(subject);
  if (pattern.kind === "ladder" && isMeta(pattern.species)) return !pattern.creation || subject.kind === "adjoint";
  if (pattern.kind === "ladder")
    return subject.kind === "ladder" && subject.creation === pattern.creation && subject.species.statistics === pattern.species.statistics;
  return pattern.kind === subject.kind || (isScalar(pattern) && isScalar(subject));
}

const needs = new WeakMap<Expression, readonly Expression[]>();

/** Whether each element that a product or sum on the left spells out occurs somewhere in the node. */
function hasAll(left: Kinded<"product"> | Kinded<"sum">, subjects: readonly Expression[]): boolean {
  let fixed = needs.get(left);
  if (!fixed) {
    fixed = (left.kind === "product" ? left.factors : left.terms).filter((p) => !isRun(p));
    needs.set(left, fixed);
  }
  return fixed.every((p) => subjects.some((s) => mayMatch(p, s)));
}

/** Where a run of subjects from `start` matches the patterns; `whole` demands that it ends at the last subject. */
function* matchRun(
  kind: "product" | "sum",
  patterns: readonly Expression[],
  subjects: readonly Expression[],
  start: number,
  b: Binding,
  scope: Scope,
  labels: Labels,
  whole: boolean,
): Generator<{ readonly binding: Binding; readonly end: number; readonly subjects: readonly Expression[] }> {
  const join = kind === "product" ? product : sum;
  function* step(
    i: number,
    at: number,
    now: Binding,
    subjects: readonly Expression[],
  ): Generator<{ binding: Binding; end: number; subjects: readonly Expression[] }> {
    if (i === patterns.length) {
      if (!whole || at === subjects.length) yield { binding: now, end: at, subjects };
      return;
    }
    const pattern = patterns[i] as Expression;
    const left = patterns.length - i - 1;
    const most = subjects.length - at - left;
    if (most < 1) return;
    if (!isRun(pattern)) {
      for (const next of match(pattern, subjects[at] as Expression, now, scope, labels)) yield* step(i + 1, at + 1, next, subjects);
      // C-numbers commute: one that a rule spells out may be any of those that stand side by side here.
      if (kind === "product" && isScalar(pattern) && pattern.kind !== "parameter")
        for (let j = at + 1; j < subjects.length && isScalar(subjects[j - 1] as Expression) && isScalar(subjects[j] as Expression); j++)
          for (const next of match(pattern, subjects[j] as Expression, now, scope, labels)) {
            const moved = [...subjects.slice(0, at), subjects[j] as Expression, ...subjects.slice(at, j), ...subjects.slice(j + 1)];
            yield* step(i + 1, at + 1, next, moved);
          }
      return;
    }
    // At the ends of a rule that may stop anywhere the longest run saves steps; inside, the shortest decides.
    const edge = !whole && (i === 0 || i === patterns.length - 1);
    const following = patterns[i + 1];
    for (let k = 1; k <= most; k++) {
      const length = edge ? most + 1 - k : k;
      if (following && !mayMatch(following, subjects[at + length] as Expression)) continue;
      const run = subjects.slice(at, at + length);
      const next = bindOperator(pattern, run.length === 1 ? (run[0] as Expression) : join(run), now, scope, labels);
      if (next) yield* step(i + 1, at + length, next, subjects);
    }
  }
  yield* step(0, start, b, subjects);
}

export interface Rewrite {
  readonly binding: Binding;
  /** The part that the left side matched, and what the right side makes of it. */
  readonly before: Expression;
  readonly after: Expression;
  /** The whole node with that part replaced. */
  readonly node: Expression;
}

/**
 * An integral of a product of c-numbers in a rule, and other factors beside them: those with the integrated label are taken
 * together, the others go in front of the integral.
 */
function* beside(
  left: Kinded<"bind">,
  node: Kinded<"bind">,
  labels: Labels,
  make: (binding: Binding, before: Expression, wrap: (after: Expression) => Expression) => Rewrite | undefined,
): Generator<Rewrite> {
  const { body } = node;
  if (left.body.kind !== "product" || body.kind !== "product" || !left.body.factors.every((f) => f.kind !== "ladder" && isScalar(f)))
    return;
  const groups = new Map<number, readonly Label[]>(node.labels.map((l) => [l.id, [l]]));
  for (const { pair } of node.labels)
    if (pair)
      groups.set(
        pair.group,
        node.labels.filter((l) => l.pair?.group === pair.group),
      );
  for (const own of groups.values()) {
    const has = (f: Expression): boolean => own.some((l) => freeLabels(f).has(l.id));
    const inside = body.factors.filter(has);
    if (inside.length === body.factors.length || !inside.every(isScalar)) continue;
    const rest = body.factors.filter((f) => !has(f));
    const others = node.labels.filter((l) => !own.includes(l));
    for (const binding of matchBind(left, own, product(inside), nothing, outermost, labels)) {
      const found = make(binding, bind(own, product(inside)), (after) => bind(others, product([after, ...rest])));
      if (found) yield found;
    }
  }
}

const outermost: Scope = { bound: new Set() };

/**
 * All rewrites of one node by `left -> right`, in a fixed order. A product or sum on the left may match any run of
 * neighbours; an integral may match all labels or one of them.
 */
export function* rewrites(
  left: Expression,
  right: Expression,
  node: Expression,
  labels: Labels,
  guard: (b: Binding) => boolean,
): Generator<Rewrite> {
  const make = (binding: Binding, before: Expression, wrap: (after: Expression) => Expression): Rewrite | undefined => {
    if (!guard(binding)) return undefined;
    try {
      const after = instantiate(right, binding, labels);
      return { binding, before, after, node: wrap(after) };
    } catch (caught) {
      if (caught instanceof Unrepresentable) return undefined;
      throw caught;
    }
  };
  if (left.kind === "product" || left.kind === "sum") {
    if (node.kind !== left.kind) return;
    const first = left.kind === "product" ? left.factors[0] : left.terms[0];
    const patterns = left.kind === "product" ? left.factors : left.terms;
    const subjects = node.kind === "product" ? node.factors : (node as Kinded<"sum">).terms;
    if (!hasAll(left, subjects)) return;
    const join = left.kind === "product" ? product : sum;
    for (let start = 0; start + patterns.length <= subjects.length; start++) {
      if (!mayMatch(first as Expression, subjects[start] as Expression)) continue;
      for (const { binding, end, subjects: ordered } of matchRun(left.kind, patterns, subjects, start, nothing, outermost, labels, false)) {
        const found = make(binding, join(ordered.slice(start, end)), (after) =>
          join([...ordered.slice(0, start), after, ...ordered.slice(end)]),
        );
        if (found) yield found;
      }
    }
    return;
  }
  if (left.kind === "bind") {
    if (node.kind !== "bind") return;
    if (node.body.kind === "components") {
      // A sum over components commutes with integrals.
      const { body } = node;
      for (const found of rewrites(left, right, { ...node, body: body.of }, labels, guard))
        yield { ...found, node: withChildren(body, [found.node]) };
      return;
    }
    yield* beside(left, node, labels, make);
    for (const binding of matchBind(left, node.labels, node.body, nothing, outermost, labels)) {
      const found = make(binding, node, (after) => after);
      if (found) yield found;
    }
    if (node.labels.length === 1) return;
    for (const label of node.labels) {
      const others = node.labels.filter((l) => l !== label);
      for (const binding of matchBind(left, [label], node.body, nothing, outermost, labels)) {
        const found = make(binding, { ...node, labels: [label] }, (after) => bind(others, after));
        if (found) yield found;
      }
    }
    return;
  }
  for (const binding of match(left, node, nothing, outermost, labels)) {
    const found = make(binding, node, (after) => after);
    if (found) yield found;
  }
}

import { atomOf, internVertex, vertexAtom } from "../algebra/atom.js";
import { adjoint, bind } from "../algebra/bind.js";
import { ladderHead } from "../algebra/head.js";
import { type Arg, constantLabel, freeLabel } from "../algebra/label.js";
import { type Coefficient, fromRational, gauss, imaginary, multiply as multiplyNumbers } from "../algebra/number.js";
import { parameterBase, piBase, scalarMultiply, scalarPower } from "../algebra/scalar.js";
import {
  type Accumulator,
  add,
  addInto,
  addTerm,
  checkWork,
  constant,
  emit,
  fromProduct,
  mergeMono,
  type Sum,
  scale,
  type Term,
  zeroSum,
} from "../algebra/sum.js";
import { degrees, multiply, multiplyNormal } from "../algebra/wick.js";
import type { Expression } from "../core/expression.js";
import { fail } from "../source/diagnostic.js";
import { argument, delta, hasUnitary, type Scaled, substituteScaled } from "./arguments.js";
import { bracket, isScalar } from "./bracket.js";
import type { Context } from "./context.js";
import { diverges, mentions, volumeIn } from "./divergent.js";
import { exponential, powerOfScalar, settle } from "./function.js";
import { located } from "./located.js";
import { oneMode } from "./mode.js";
import { linearMoment, power } from "./power.js";
import { componentLabel, partialDerivative } from "./space.js";
import { differentiate, symbolValue } from "./time.js";
import { conjugated, vacuumOf } from "./unitary.js";

/** Normal form of an expression. Source of the rules: CCR and CAR with Wick's theorem, see `wick.ts`. */
export function lower(e: Expression, context: Context): Sum {
  const quick = e.kind === "product" || e.kind === "power" ? oneMode(e, context) : undefined;
  return quick ?? located(e, () => lowerHere(e, context));
}

/** A value with derivatives of the function; heads have those of u -> f(N u), and the components behind the arguments. */
function derivedValue(e: Extract<Expression, { kind: "value" }>, scaled: readonly Scaled[], context: Context): Sum {
  if (e.symbol.of !== undefined) fail("not-understood", e.span, `a derivative of ${e.symbol.name} as a function is not understood`);
  const partials = [...(e.partials ?? [])].sort((p, q) => p.slot - q.slot);
  const places = partials.map((p) => ({ scale: "", arg: componentLabel(p.component) }));
  const slots = partials.map((p) => p.slot);
  let value = symbolValue(e.symbol, false, 0, [...scaled, ...places], context, slots);
  for (const { slot } of partials) {
    const at = e.arguments[slot];
    for (const { parameter, exponent } of at?.kind === "affine" ? at.scale.parameters : []) {
      const base: Expression = { kind: "parameter", parameter, span: e.span };
      value = multiplyNormal(value, powerOfScalar(context.lower(base, context), -exponent, 1));
    }
  }
  return value;
}

function product(factors: readonly Expression[], context: Context): Sum {
  const times = context.normal ? multiplyNormal : (a: Sum, b: Sum) => multiply(a, b, {}, context.limit);
  // Terms that need no contraction are merged one by one; `value` is what has been multiplied out before them.
  let value: Sum | undefined;
  let run: Term = { coefficient: 1, scalar: 0, mono: [] };
  let annihilates = 0;
  // Scalars commute: taking them last keeps the operator products small.
  let scalars: Sum | undefined;
  let creating = true;
  // Zero times what makes no sense, as \delta(0) or 1/0, makes none either: the other factors are multiplied all the same.
  let vanishes = false;
  const flush = (): void => {
    if (run.mono.length > 0 || run.coefficient !== 1 || run.scalar !== 0) {
      const into: Accumulator = new Map();
      emit(into, run.coefficient, run.scalar, run.mono);
      value = value === undefined ? into : times(value, into);
    }
    run = { coefficient: 1, scalar: 0, mono: [] };
    annihilates = 0;
    creating = true;
  };
  for (const factor of factors) {
    const next = lower(factor, context);
    if (next.size === 0) {
      vanishes = true;
      continue;
    }
    const [term] = next.size === 1 ? next.values() : [];
    if (term === undefined) {
      if (isScalar(next)) scalars = scalars === undefined ? next : multiplyNormal(scalars, next);
      else {
        flush();
        value = value === undefined ? next : times(value, next);
      }
      continue;
    }
    const [creates, kills] = masks(term.mono);
    // Creators in a row wait for each other, so that one multiplication contracts them all.
    if (!context.normal && ((annihilates & creates) !== 0 || (value !== undefined && creates !== 0 && !creating))) flush();
    const merged = mergeMono(run.mono, term.mono);
    if (merged === null) {
      vanishes = true;
      continue;
    }
    const scalar = scalarMultiply(run.scalar, term.scalar);
    const coefficient = multiplyNumbers(multiplyNumbers(run.coefficient, term.coefficient), scalar.factor);
    run = { coefficient: merged.sign === 1 ? coefficient : multiplyNumbers(coefficient, -1), scalar: scalar.id, mono: merged.mono };
    annihilates |= kills;
    if (kills !== 0) creating = false;
  }
  flush();
  if (vanishes) return zeroSum;
  const result = value ?? constant(1);
  return settle(scalars === undefined ? result : multiplyNormal(scalars, result));
}

/**
 * A product of numbers and of bosons at plain arguments that is in normal order as it stands, or undefined. Sums
 * of a thousand such terms are common: nothing is made for them but the term itself.
 */
function monomial(e: Expression): Term | undefined {
  let coefficient: Coefficient = 1;
  let annihilates = 0;
  const mono: number[] = [];
  const factors = e.kind === "product" ? e.factors : [e];
  for (const factor of factors) {
    if (factor.kind === "number") {
      coefficient = multiplyNumbers(coefficient, fromRational(factor.value.n, factor.value.d));
      continue;
    }
    if (factor.kind !== "ladder" || factor.species.statistics !== "boson") return undefined;
    const args: number[] = [];
    for (const a of factor.arguments) {
      if (a.kind === "affine") return undefined;
      args.push(a.kind === "label" ? freeLabel(a.label) : constantLabel(a.of, a.value));
    }
    const atom = internVertex({ head: ladderHead(factor.species, factor.creation), args, exp: 1 });
    if ((annihilates & atom.creates) !== 0) return undefined;
    annihilates |= atom.annihilates;
    let at = mono.length;
    while (at > 0 && (mono[at - 2] as number) > atom.id) at -= 2;
    if (at > 0 && mono[at - 2] === atom.id) mono[at - 1] = (mono[at - 1] as number) + 1;
    else mono.splice(at, 0, atom.id, 1);
  }
  // The last exponent that a key can hold.
  return mono.length > 0 && factors.length <= 32000 ? { coefficient, scalar: 0, mono } : undefined;
}

/** Bit masks of the species that a monomial creates and annihilates. */
function masks(mono: readonly number[]): [number, number] {
  let [creates, annihilates] = [0, 0];
  for (let i = 0; i < mono.length; i += 2) {
    const atom = atomOf(mono[i] as number);
    creates |= atom.creates;
    annihilates |= atom.annihilates;
  }
  return [creates, annihilates];
}

/** A sum of one vertex at free labels. */
function single(head: number, args: readonly Arg[]): Sum {
  const found = vertexAtom({ head, args, exp: 1 });
  return found === null ? zeroSum : fromProduct({ coefficient: found.sign, mono: [found.atom.id, 1] });
}

function lowerHere(e: Expression, context: Context): Sum {
  switch (e.kind) {
    case "number":
      return constant(fromRational(e.value.n, e.value.d));
    case "imaginary":
      return constant(imaginary);
    case "pi":
      return constant(1, scalarPower(piBase(), 1, 1).id);
    case "parameter":
      return constant(1, scalarPower(parameterBase(e.parameter, false), 1, 1).id);
    case "value": {
      const scaled = e.arguments.map(argument);
      if (e.partials === undefined) return symbolValue(e.symbol, false, 0, scaled, context);
      return derivedValue(e, scaled, context);
    }
    case "ladder": {
      const args: Arg[] = [];
      for (const a of e.arguments) {
        const scaled = argument(a);
        if (scaled.scale !== "") fail("not-understood", e.span, "a ladder operator at a scaled label is not understood");
        args.push(scaled.arg);
      }
      return single(ladderHead(e.species, e.creation), args);
    }
    case "delta":
      return delta(e.left.of, argument(e.left), argument(e.right));
    case "sum": {
      if (hasUnitary(e)) return conjugated(e, context);
      const into: Accumulator = new Map();
      for (const term of e.terms) {
        const ready = monomial(term);
        if (ready !== undefined) addTerm(into, ready.coefficient, 0, ready.mono);
        else addInto(into, lower(term, context));
      }
      return into;
    }
    case "product":
      return hasUnitary(e) ? conjugated(e, context) : product(e.factors, context);
    case "power": {
      if (hasUnitary(e)) return conjugated(e, context);
      const base = lower(e.base, context);
      const [n, d] = [Number(e.exponent.n), Number(e.exponent.d)];
      if (!Number.isSafeInteger(n) || !Number.isSafeInteger(d))
        return fail("too-large", e.span, "an exponent is too large", "use a smaller power");
      if (isScalar(base) && (d !== 1 || n < 0 || (base.size <= 1 && n <= 32000))) return settle(powerOfScalar(base, n, d));
      if (d !== 1 || n < 0) fail("not-scalar", e.span, "an operator can only be raised to a whole power");
      return power(base, n, context);
    }
    case "bind": {
      if (hasUnitary(e)) return conjugated(e, context);
      // Nested binders are bound at once: fewer canonical labellings.
      const labels = [...e.labels];
      let body = e.body;
      while (body.kind === "bind") {
        labels.push(...body.labels);
        body = body.body;
      }
      const value = settle(bind(lower(body, context), labels.map(freeLabel)));
      if (volumeIn(value) !== undefined)
        for (const label of labels) if (label.kind.kind !== "finite" && !mentions(body, label)) diverges(label.kind, e.span, label);
      return value;
    }
    case "adjoint":
      return hasUnitary(e.of) ? conjugated(e, context) : adjoint(lower(e.of, context));
    case "commutator":
      if (hasUnitary(e)) return conjugated(e, context);
      return settle(bracket(lower(e.left, context), lower(e.right, context), e.sign, context));
    case "normal":
      return lower(e.of, { ...context, normal: true, calls: context.normalCalls });
    case "expectation":
      return expectation(e.of, { ...context, normal: false });
    case "contraction":
      return vacuumProduct([e.left, e.right], context);
    case "part":
      return part(e, context);
    case "unitary":
      return conjugated(e, context);
    case "derivative":
      return hasUnitary(e.of) ? conjugated(e, context) : differentiate(lower(withoutIdentity(e.of), context), context);
    case "function": {
      const inner = lower(e.of, context);
      if (e.name === "exp") return exponential(inner);
      const [plus, minus] = [exponential(inner), exponential(scale(inner, -1))];
      return scale(e.name === "cosh" ? add(plus, minus) : add(plus, scale(minus, -1)), gauss(1, 0, 2));
    }
    case "partial":
      return settle(partialDerivative(lower(e.of, context), e.label, e.component));
    case "components":
      return settle(bind(lower(e.of, context), [componentLabel(e.component)]));
    case "call": {
      let body = context.calls.get(e.definition);
      if (body === undefined) {
        checkWork();
        body = lower(e.definition.body, context);
        context.calls.set(e.definition, body);
      }
      if (e.arguments.length === 0) return body;
      return settle(
        substituteScaled(
          body,
          new Map(e.definition.parameters.map((label, i) => [freeLabel(label), argument(e.arguments[i] as (typeof e.arguments)[number])])),
        ),
      );
    }
  }
}

/** ch(k) without its identity, which is constant in time and has no value at one point: for `\operatorname{tr} \partial_t ch(k)`. */
function withoutIdentity(e: Expression): Expression {
  if (e.kind === "derivative") return { ...e, of: withoutIdentity(e.of) };
  if (e.kind !== "value" || e.symbol.of?.name !== "ch") return e;
  return { ...e, symbol: { ...e.symbol, of: { ...e.symbol.of, name: "p" } } };
}

function filter(sum: Sum, keep: (creators: number, annihilators: number) => boolean): Sum {
  return new Map([...sum].filter(([, term]) => keep(...degrees(term.mono))));
}

function part(e: Expression & { readonly kind: "part" }, context: Context): Sum {
  const keep = (creators: number, annihilators: number): boolean =>
    e.total !== undefined ? creators + annihilators === e.total : creators === e.creators && annihilators === e.annihilators;
  let of = e.of;
  while (of.kind === "call" && of.arguments.length === 0 && !context.calls.has(of.definition) && !hasUnitary(of)) of = of.definition.body;
  if (of.kind === "product" && !hasUnitary(of) && !context.normal && of.factors.length > 1) {
    // Only the last multiplication knows the final degree; there nothing else is built.
    const left = product(of.factors.slice(0, -1), context);
    const right = lower(of.factors[of.factors.length - 1] as Expression, context);
    return settle(multiply(left, right, { degree: keep }, context.limit));
  }
  return filter(lower(of, context), keep);
}

/** <A B ...>: the vacuum on the left kills every creator that is not contracted, so none is ever kept. */
function vacuumProduct(factors: readonly Expression[], context: Context): Sum {
  const flat = factors.flatMap((f) => flatten(f));
  if (flat.some(hasUnitary)) return vacuumOf({ kind: "product", factors, span: (factors[0] as Expression).span }, context);
  const lowered = flat.map((f) => lower(f, context));
  const creators = lowered.map((sum) => Math.max(0, ...[...sum.values()].map((t) => degrees(t.mono)[0])));
  let value: Sum = constant(1);
  lowered.forEach((sum, i) => {
    const left = creators.slice(i + 1).reduce((a, b) => a + b, 0);
    value = filter(multiply(value, sum, { vacuum: true }, context.limit), (c, a) => c === 0 && a <= left);
  });
  return settle(value);
}

/** Factors of a product, whole powers written out as long as they are short. */
function flatten(e: Expression): readonly Expression[] {
  if (e.kind === "product") return e.factors.flatMap(flatten);
  if (e.kind === "power" && e.exponent.d === 1n && e.exponent.n > 0n && e.exponent.n <= 200n) {
    const inner = flatten(e.base);
    return Array.from({ length: Number(e.exponent.n) }, () => inner).flat();
  }
  return [e];
}

function expectation(e: Expression, context: Context): Sum {
  if (e.kind === "sum") return add(...e.terms.map((term) => expectation(term, context)));
  if (e.kind === "bind" && !hasUnitary(e)) return bind(expectation(e.body, context), e.labels.map(freeLabel));
  if (e.kind === "power" && e.exponent.d === 1n && !hasUnitary(e)) {
    const moment = linearMoment(lower(e.base, context), Number(e.exponent.n));
    if (moment !== undefined) return moment;
  }
  if (e.kind === "product" || e.kind === "power") return vacuumProduct([e], context);
  if (hasUnitary(e)) return vacuumOf(e, context);
  return filter(lower(e, context), (c, a) => c + a === 0);
}

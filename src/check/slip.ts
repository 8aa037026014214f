import type { Form, FormScalar, FormTerm } from "../algebra/form.js";
import { freeLabels } from "../core/argument.js";
import type { Equation, Expression } from "../core/expression.js";
import type { Rational } from "../core/rational.js";
import { add, divide, equals, multiply, negate, one, rational } from "../core/rational.js";
import { textForm } from "../render/form.js";
import type { RenderOptions } from "../render/options.js";
import type { Sum } from "../rewrite/engine.js";
import { adjointPartners, difference, expandFinite, form, isZero, normalOrder, termCount } from "../rewrite/engine.js";
import { Fault, shorten } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import type { Edit, SlipKind, Vocabulary, Writer } from "./edits.js";
import { edits, terms } from "./edits.js";
import type { Decision } from "./equation.js";
import { expressionOf, number, scalarExpression } from "./formula.js";
import { printable } from "./normal.js";
import type { Patch } from "./patch.js";
import { applyPatches, flipSign, oneLine, removeTerm } from "./patch.js";
import { branch, replace } from "./walk.js";

/** One slip that explains a whole residual. */
export interface Slip {
  readonly kind: SlipKind;
  readonly side: "left" | "right";
  /** Where it was made. */
  readonly span: Span;
  readonly message: string;
  /** The side as it should read, in the language. */
  readonly repaired: string;
  /** Whether `repaired` is the printed text with the change made in it, rather than the side's normal form. */
  readonly printed: boolean;
}

export interface Search {
  readonly source: string;
  readonly words: Vocabulary;
  readonly names: RenderOptions;
  /** Both ways on a repaired equation. */
  readonly prove: (equation: Equation) => boolean;
  /** Reads an equation where the statement stands; undefined where it cannot be read. */
  readonly read: (left: string, right: string) => Equation | undefined;
  /** Candidates that may be normal ordered, and the time after which none are, in milliseconds. */
  readonly candidates?: number;
  readonly milliseconds?: number;
}

/** Normal forms larger than this are not searched: the candidates would take too long. */
const searchable = 20_000;

/**
 * Looks for a single change of a printed side after which the equation holds, likely changes first, on the right
 * side before the left. A candidate is tried on its own branch of the sum (`walk.branch`): with D = left - right,
 * a change of the right side from S to S' leaves D + S - S'. What settles D is then proved both ways, as the text
 * that is offered, before it is offered.
 */
export function findSlip(equation: Equation, sums: NonNullable<Decision["sums"]>, search: Search): Slip | undefined {
  const { residual } = sums;
  if (termCount(residual) === 0 || termCount(residual) > searchable) return undefined;
  const started = performance.now();
  let left = search.candidates ?? 3000;
  // What settles the residual and still cannot be proved is not tried for ever.
  let offers = 5;
  const spent = (): boolean => left-- <= 0 || offers <= 0 || performance.now() - started > (search.milliseconds ?? 1500);
  const sides = isPlain(equation.left) ? (["right", "left"] as const) : (["right"] as const);
  const trials = sides.map((side) => new Trial(equation, side, residual));
  const stages: ((trial: Trial) => Iterable<Edit>)[] = [
    (trial) => coefficients(trial, search),
    (trial) =>
      edits(
        trial.whole,
        search.words,
        freeLabels(trial.side === "right" ? equation.left : equation.right),
        writer(search.names),
        search.source,
      ),
    // A term is missing only where the right side has fewer; otherwise it would cancel what is printed.
    (trial) => (termCount(sums.left) > termCount(sums.right) ? missing(trial, search) : []),
  ];
  // All likely slips of both sides come before a missing term, which would explain any short residual.
  for (const stage of stages) {
    for (const trial of trials) {
      for (const edit of stage(trial)) {
        if (spent()) return undefined;
        if (!trial.settles(edit)) continue;
        const slip = offer(trial, edit, search);
        if (slip !== undefined) return slip;
        offers--;
      }
    }
  }
  return undefined;
}

/** A side is searched where its writer wrote a formula: not a unitary's conjugation or a part, whose slips are elsewhere. */
function isPlain(e: Expression): boolean {
  return !(
    e.kind === "call" ||
    e.kind === "part" ||
    e.kind === "expectation" ||
    e.kind === "normal" ||
    e.kind === "derivative" ||
    e.kind === "commutator"
  );
}

/** One side under trial: knows what its branches are worth. */
class Trial {
  readonly side: "left" | "right";
  readonly whole: Expression;
  readonly residual: Sum;
  readonly equation: Equation;
  private readonly known = new Map<Expression, Sum | null>();

  constructor(equation: Equation, side: "left" | "right", residual: Sum) {
    this.equation = equation;
    this.side = side;
    this.whole = equation[side];
    this.residual = residual;
  }

  /** The normal form of the side's branch through `target`; null where the engine cannot. */
  worth(target: Expression): Sum | null {
    const known = this.known.get(target);
    if (known !== undefined) return known;
    const sum = this.order(branch(this.whole, target));
    this.known.set(target, sum);
    return sum;
  }

  private order(e: Expression): Sum | null {
    try {
      return normalOrder(e, { assumptions: this.equation.assumptions, limit: searchable, infinite: true });
    } catch (problem) {
      if (problem instanceof Fault || problem instanceof RangeError) return null;
      throw problem;
    }
  }

  settles({ target, by }: Edit): boolean {
    const old = this.worth(target);
    if (old === null) return false;
    const changed = this.order(replace(branch(this.whole, target), target, by));
    if (changed === null) return false;
    const rest =
      this.side === "right" ? difference(this.residual, difference(changed, old)) : difference(this.residual, difference(old, changed));
    return vanishes(rest);
  }

  with(side: Expression): Equation {
    return this.side === "right" ? { ...this.equation, right: side } : { ...this.equation, left: side };
  }
}

function vanishes(sum: Sum): boolean {
  if (isZero(sum)) return true;
  if (termCount(sum) > 200) return false;
  try {
    return isZero(expandFinite(sum));
  } catch (problem) {
    if (problem instanceof Fault) return false;
    throw problem;
  }
}

/** Proves the repaired equation, in the words that would be printed if they can be read back. */
function offer(trial: Trial, edit: Edit, search: Search): Slip | undefined {
  const { kind, message, target } = edit;
  const base = { kind, side: trial.side, span: target.span, message: shorten(oneLine(message), 300) };
  const side = trial.whole;
  const text = edit.patches.length === 0 ? null : applyPatches(search.source, side.span, edit.patches);
  if (text !== null) {
    const repaired = oneLine(text);
    const { span } = trial.equation[trial.side === "right" ? "left" : "right"];
    const other = search.source.slice(span.start, span.end);
    const read = trial.side === "right" ? search.read(other, repaired) : search.read(repaired, other);
    if (read !== undefined && search.prove({ ...read, assumptions: trial.equation.assumptions }))
      return { ...base, repaired, printed: true };
  }
  const changed = replace(side, target, edit.by);
  if (!search.prove(trial.with(changed))) return undefined;
  try {
    const sum = printable(changed, { assumptions: trial.equation.assumptions });
    if (termCount(sum) > 20) return undefined;
    const repaired = textForm(form(sum), { ...search.names, adjointOf: adjointPartners(sum), lines: "one" });
    return { ...base, repaired, printed: false };
  } catch (problem) {
    if (problem instanceof Fault) return undefined;
    throw problem;
  }
}

/** Leaves as the language writes them. */
function writer(names: RenderOptions): Writer {
  const nothing = rational(0);
  const term = { re: one, im: nothing, scalars: [], bound: [], factors: [], operators: [] };
  return (leaf) => {
    const write = (terms: Form["terms"]): string => textForm({ terms }, { ...names, lines: "one" });
    if (leaf.kind === "value")
      return write([
        {
          ...term,
          factors: [{ kind: "value", symbol: leaf.symbol, conjugated: false, dots: 0, arguments: leaf.arguments, exponent: one }],
        },
      ]);
    if (leaf.kind === "ladder")
      return write([{ ...term, operators: [{ species: leaf.species, creation: leaf.creation, arguments: leaf.arguments, exponent: 1 }] }]);
    if (leaf.kind === "parameter")
      return write([{ ...term, scalars: [{ kind: "parameter", parameter: leaf.parameter, conjugated: false, exponent: one }] }]);
    return null;
  };
}

/** A Gaussian rational times powers of parameters and numbers. */
interface Ratio {
  readonly re: Rational;
  readonly im: Rational;
  readonly scalars: readonly FormScalar[];
}

const scalarKey = (scalar: FormScalar): string =>
  scalar.kind === "pi" ? "pi" : scalar.kind === "number" ? `n${scalar.base}` : `p${scalar.parameter.id}${scalar.conjugated ? "c" : ""}`;

/** The quotient of two terms' coefficients: re + i im, and powers of parameters. */
function quotient(a: FormTerm, b: FormTerm): Ratio {
  const norm = add(multiply(b.re, b.re), multiply(b.im, b.im));
  const re = divide(add(multiply(a.re, b.re), multiply(a.im, b.im)), norm);
  const im = divide(add(multiply(a.im, b.re), negate(multiply(a.re, b.im))), norm);
  const scalars = new Map<string, FormScalar>(a.scalars.map((scalar) => [scalarKey(scalar), scalar]));
  for (const scalar of b.scalars) {
    const known = scalars.get(scalarKey(scalar));
    const exponent = add(known?.exponent ?? rational(0), negate(scalar.exponent));
    scalars.set(scalarKey(scalar), { ...scalar, exponent });
  }
  return { re, im, scalars: [...scalars.values()].filter((scalar) => scalar.exponent.n !== 0n) };
}

/**
 * Slips of a term's coefficient. A term worth S has one exactly when the residual D is a multiple r S: on the right
 * it should have been printed with (1 + r), on the left with (1 - r). Where r carries a parameter, one term of each
 * form gives r. A wrong exponent of a parameter makes D = T' - T of two kinds of terms, so for that the quotient of
 * D's further terms is tried too; each candidate is verified by the engine like any other.
 */
function* coefficients(trial: Trial, search: Search): Generator<Edit> {
  const rest = form(trial.residual);
  const limit = 4;
  for (const target of terms(trial.whole)) {
    const worth = trial.worth(target);
    if (worth === null || isZero(worth) || termCount(worth) > termCount(trial.residual)) continue;
    const own = form(worth).terms;
    const first = own[0] as FormTerm;
    for (const other of rest.terms.slice(0, limit)) {
      const ratio = quotient(other, first);
      for (const factor of factors(trial, ratio)) yield coefficientEdit(trial, target, factor, search);
    }
  }
}

/** What a term should be multiplied by, given a ratio of the residual to it. */
function factors(trial: Trial, ratio: Ratio): readonly Ratio[] {
  if (ratio.scalars.length > 0) {
    // D = (f - 1) S: the terms of D that are not -S are f S, with their sign.
    const signed = trial.side === "right" ? ratio : { ...ratio, re: negate(ratio.re), im: negate(ratio.im) };
    return [signed];
  }
  const sign = trial.side === "right" ? ratio : { re: negate(ratio.re), im: negate(ratio.im) };
  const re = add(one, sign.re);
  if (equals(re, one) && sign.im.n === 0n) return [];
  const found: Ratio[] = [{ re, im: sign.im, scalars: [] }];
  // Inside an adjoint the factor is conjugated.
  if (sign.im.n !== 0n) found.push({ re, im: negate(sign.im), scalars: [] });
  return found;
}

function coefficientEdit(trial: Trial, target: Expression, factor: Ratio, search: Search): Edit {
  const { re, im, scalars } = factor;
  const { source } = search;
  const shown = source.slice(target.span.start, target.span.end);
  const low = trial.whole.span.start;
  const real = im.n === 0n && scalars.length === 0;
  if (real && re.n === 0n) {
    const twin = terms(trial.whole).some((other) => other !== target && sameWorth(trial, other, target));
    const by: Expression = { kind: "number", value: re, span: target.span };
    const patches = [removeTerm(source, target.span, low, target === trial.whole)];
    return {
      kind: twin ? "double term" : "superfluous term",
      target,
      by,
      message: `the term ${shown} ${twin ? "is there twice" : "should not be there"}`,
      patches,
    };
  }
  const scale: Expression = {
    kind: "product",
    factors: [number(re, im, target.span), ...scalars.map((s) => scalarExpression(s, target.span))],
    span: target.span,
  };
  const by: Expression = { kind: "product", factors: [scale, target], span: target.span };
  if (real && equals(re, rational(-1)))
    return { kind: "sign", target, by, message: `the sign of ${shown} is wrong`, patches: [flipSign(source, target.span, low)] };
  const written = textForm({ terms: [{ re, im, scalars, bound: [], factors: [], operators: [] }] }, { ...search.names, lines: "one" });
  return {
    kind: "factor",
    target,
    by,
    message: `the term ${shown} should be multiplied by ${written}`,
    patches: factorPatches(target, factor, written, search, low),
  };
}

/** Writes a factor where a reader would: into the number that stands there, else in front of the term. */
function factorPatches(target: Expression, factor: Ratio, written: string, search: Search, low: number): readonly Patch[] {
  const { source } = search;
  const start = /^[+-]/.test(source.slice(target.span.start)) ? target.span.start + 1 : target.span.start;
  const inside =
    target.kind === "product" ? target.factors : target.kind === "bind" && target.body.kind === "product" ? target.body.factors : [];
  const old = inside.find((e) => e.kind === "number" && e.span.start >= start && e.span.end > e.span.start && e.value.n > 0n);
  const scaled = (value: Rational): string => {
    const term = { re: multiply(factor.re, value), im: multiply(factor.im, value), scalars: factor.scalars };
    const text = textForm({ terms: [{ ...term, bound: [], factors: [], operators: [] }] }, { ...search.names, lines: "one" });
    return /[+-]/.test(text.slice(1).replace(/\{[^{}]*\}/g, "")) ? `(${text})` : text;
  };
  if (target.kind === "number" && (factor.re.n > 0n || factor.im.n > 0n)) return [{ span: target.span, text: scaled(target.value) }];
  if (old?.kind === "number" && factor.im.n === 0n && factor.scalars.length === 0) {
    const value = multiply(old.value, factor.re.n < 0n ? negate(factor.re) : factor.re);
    const text = equals(value, one) ? "" : value.d === 1n ? String(value.n) : `\\frac{${value.n}}{${value.d}}`;
    const sign = factor.re.n < 0n ? [flipSign(source, target.span, low)] : [];
    return [...sign, { span: old.span, text: `${text} ` }];
  }
  if (old?.kind === "number" && factor.re.n > 0n && factor.im.n === 0n && !equals(factor.re, one))
    return [{ span: old.span, text: `${scaled(old.value)} ` }];
  const [only] = factor.scalars;
  if (only?.kind === "parameter" && !only.conjugated && factor.scalars.length === 1 && factor.im.n === 0n && equals(factor.re, one)) {
    const found = inside.flatMap((e) => {
      const base = e.kind === "power" ? e.base : e;
      if (base.kind !== "parameter" || base.parameter.id !== only.parameter.id) return [];
      return [{ span: e.span, exponent: add(e.kind === "power" ? e.exponent : one, only.exponent) }];
    });
    const [place] = found;
    if (place !== undefined) {
      const scalars = place.exponent.n === 0n ? [] : [{ ...only, exponent: place.exponent }];
      return [
        {
          span: place.span,
          text:
            scalars.length === 0
              ? ""
              : textForm(
                  { terms: [{ re: one, im: rational(0), scalars, bound: [], factors: [], operators: [] }] },
                  { ...search.names, lines: "one" },
                ),
        },
      ];
    }
  }
  const group = target.kind === "sum" ? { open: "(", close: ")" } : { open: "", close: "" };
  const coefficient = /[+-]/.test(written.replace(/\{[^{}]*\}/g, "")) ? `(${written})` : written;
  // Two numbers side by side would read as one.
  if (old?.kind === "number" && old.span.start === start && !/[+-]/.test(written.replace(/\{[^{}]*\}/g, "")))
    return [{ span: { start: old.span.end, end: old.span.end }, text: ` ${written}` }];
  const times = group.open === "" && /^\s*[\d.]/.test(source.slice(start, start + 20)) ? "\\cdot " : "";
  const front: Patch = { span: { start, end: start }, text: `${coefficient} ${times}${group.open}` };
  return group.close === "" ? [front] : [front, { span: { start: target.span.end, end: target.span.end }, text: group.close }];
}

function sameWorth(trial: Trial, a: Expression, b: Expression): boolean {
  const [x, y] = [trial.worth(a), trial.worth(b)];
  return x !== null && y !== null && vanishes(difference(x, y));
}

/** A term that was left out: the residual itself, where it is one term or one with its adjoint. */
function* missing(trial: Trial, search: Search): Generator<Edit> {
  if (trial.side !== "right") return;
  const sum = trial.residual;
  const partners = adjointPartners(sum);
  const count = termCount(sum);
  if (count > 1 && !(count === 2 && partners[0] === 1)) return;
  const whole = trial.whole;
  const extra = form(sum);
  const by: Expression = { kind: "sum", terms: [whole, expressionOf(extra, whole.span)], span: whole.span };
  const written = textForm(extra, { ...search.names, adjointOf: partners, lines: "one" });
  const joined = count > 1 ? ` + (${written})` : /^\s*-/.test(written) ? ` - ${written.replace(/^\s*-\s*/, "")}` : ` + ${written}`;
  const printed = search.source.slice(whole.span.start, whole.span.end);
  const patches: Patch[] =
    oneLine(printed) === "0"
      ? [{ span: whole.span, text: written }]
      : [{ span: { start: whole.span.end, end: whole.span.end }, text: joined }];
  yield { kind: "missing term", target: whole, by, message: `the term ${written} is missing`, patches };
}

import type { BigNumber } from "mathjs";
import type { Form, FormFactor, FormTerm } from "../algebra/form.js";
import type { Parameter } from "../core/expression.js";
import { isInteger, one, type Rational, rational } from "../core/rational.js";
import type { Scope } from "../elaborate/scope.js";
import { shortText, textForm } from "../render/form.js";
import type { RenderOptions } from "../render/options.js";
import { expandFinite, form, normalOrder } from "../rewrite/engine.js";
import { type Diagnostic, fail } from "../source/diagnostic.js";
import { nearest } from "../source/nearest.js";
import type { Source, Span } from "../source/span.js";
import type { Arithmetic, Assigned, Complex, Right } from "./assign.js";
import { arithmetic, assignments, evaluateRight, plainName, quoted, readRight } from "./assign.js";
import { diagnosticOf } from "./equation.js";
import { type ExpressionOptions, type Result, readExpression, renderOptions } from "./expressions.js";
import { locate } from "./report.js";

/**
 * The number that a scalar expression stands for. Its normal form is read as plain data and evaluated in decimal
 * arithmetic, which shares nothing with the engine's own numbers: a check of its roots and exponentials too.
 *
 * Roots and powers are principal values, z^q = exp(q log z) with -pi < Im log z <= pi.
 */
export interface Value {
  /** The nearest double; infinite beyond 10^308. */
  readonly re: number;
  readonly im: number;
  /** 15 significant digits, `0.5 + 0.866025403784439 i`. */
  readonly text: string;
  /** From the parsed expression to the number, without the time to load mathjs. */
  readonly milliseconds: number;
}

export interface ValueOptions extends ExpressionOptions {
  /** Values of parameters, `N = 100, s = pi/3`, right sides in the syntax of mathjs. */
  readonly at?: string;
}

/** Digits of the arithmetic, in turn until two agree: a sum may cancel. */
const precisions = [64, 128, 256];

/** Evaluates an expression text. `at` says to which text the messages belong: the expression, or the assignments. */
export async function valueText(
  text: string,
  scope: Scope,
  options: Pick<ValueOptions, "at" | "path" | "limit"> = {},
): Promise<{ readonly result: Result<Value>; readonly at: "expression" | "assignments" }> {
  const source: Source = { path: options.path ?? "expression", text };
  const given: Source = { path: "--at", text: options.at ?? "" };
  const read = readExpression(source, scope);
  if (!read.ok) return { result: read, at: "expression" };
  const { span } = read.value;
  let at: "expression" | "assignments" = "expression";
  try {
    const started = performance.now();
    const { assumptions } = scope;
    let sum = normalOrder(read.value, options.limit === undefined ? { assumptions } : { assumptions, limit: options.limit });
    let whole = form(sum);
    if (whole.terms.some(({ bound }) => bound.length > 0 && bound.every(({ kind }) => kind.kind === "finite"))) {
      sum = expandFinite(sum);
      whole = form(sum);
    }
    const needed = parametersOf(whole, span, renderOptions(scope, sum));
    let milliseconds = performance.now() - started;
    const tools = await arithmetic();
    const again = performance.now();
    at = "assignments";
    const plan = readAssignments(tools, options.at, scope);
    at = "expression";
    const missing = [...needed].filter((parameter) => !plan.some((step) => step.parameter === parameter)).map(({ name }) => name);
    if (missing.length > 0)
      fail(
        "no-value",
        span,
        `no value is given for ${list(missing.map(quoted))}`,
        `add --at '${missing
          .slice(0, 3)
          .map((name) => `${name} = 1`)
          .join(", ")}'`,
      );
    let before: Complex | undefined;
    let result: Complex | undefined;
    for (const digits of precisions) {
      tools.precision(digits);
      at = "assignments";
      const values = runAssignments(tools, plan);
      at = "expression";
      const evaluation = new Evaluation(tools, values, span);
      const z = evaluation.form(whole);
      if (!z.re.isFinite() || !z.im.isFinite()) fail("too-large", span, "the value is too large for the arithmetic");
      const last = digits === precisions.at(-1);
      const [re, im] = [agreed(before?.re, z.re, last, evaluation.largest), agreed(before?.im, z.im, last, evaluation.largest)];
      if (re !== undefined && im !== undefined) {
        result = { re, im };
        break;
      }
      before = z;
    }
    if (result === undefined)
      fail("cancellation", span, `the terms cancel beyond ${precisions.at(-1)} digits`, "perhaps something is divided by a zero here");
    const { re, im } = result;
    milliseconds += performance.now() - again;
    const value: Value = { re: Number(re.toString()) + 0, im: Number(im.toString()) + 0, text: written(tools, result), milliseconds };
    return { result: { ok: true, value, diagnostics: read.diagnostics }, at };
  } catch (problem) {
    const of = at === "expression" ? source : given;
    const found = diagnosticOf(problem, at === "expression" ? span : { start: 0, end: Math.max(1, given.text.length) });
    const diagnostic: Diagnostic = found.span.end === 0 && at === "expression" ? { ...found, span } : found;
    return { result: { ok: false, diagnostics: locate(of, [diagnostic]) }, at };
  }
}

/**
 * What two precisions say of one part of the number: the later value where they agree to 17 digits; at the last one also
 * 0 for what shrank with the precision, which is the rounding of a true zero. Nothing where they disagree.
 */
function agreed(before: BigNumber | undefined, now: BigNumber, last: boolean, scale: BigNumber): BigNumber | undefined {
  if (before === undefined) return undefined;
  if (now.isZero()) return before.isZero() || last ? now : undefined;
  if (now.minus(before).abs().lte(now.abs().mul("1e-17"))) return now;
  if (last && now.abs().lte(before.abs().mul("1e-20")) && now.abs().lte(scale.mul("1e-60"))) return now.mul(0);
  return undefined;
}

interface Step {
  readonly assigned: Assigned;
  readonly right: Right;
  readonly parameter: Parameter | undefined;
}

/** Reads the assignments against the parameters of the scope. @throws Fault */
function readAssignments(tools: Arithmetic, text: string | undefined, scope: Scope): readonly Step[] {
  if (text === undefined || text.trim() === "") return [];
  const parameters = [...scope.entries].flatMap(({ meant }) => (meant.kind === "parameter" ? [meant.parameter] : []));
  const steps: Step[] = [];
  const known = new Set<string>();
  const used = new Set<string>();
  for (const assigned of assignments(text)) {
    const right = readRight(tools, assigned, known);
    for (const name of right.uses) used.add(name);
    const plain = plainName(assigned.name);
    const parameter = parameters.find(({ name }) => name === assigned.name) ?? parameters.find(({ name }) => plainName(name) === plain);
    if (known.has(plain)) fail("assignment", assigned.nameSpan, `${quoted(assigned.name)} is given two values`);
    known.add(plain);
    steps.push({ assigned, right, parameter });
  }
  // A name that is no parameter may help later right sides; one that nobody uses is a slip.
  for (const { assigned, parameter } of steps) {
    if (parameter !== undefined || used.has(plainName(assigned.name))) continue;
    const names = parameters.map(({ name }) => name);
    const near = nearest(assigned.name, names);
    const hint =
      near !== undefined
        ? `did you mean ${quoted(near)}?`
        : names.length === 0
          ? "there are no parameters here"
          : `the parameters are ${list(names.map(quoted))}`;
    fail("assignment", assigned.nameSpan, `${quoted(assigned.name)} is no parameter of the expression, and no other value uses it`, hint);
  }
  return steps;
}

/** Evaluates the assignments in turn. @throws Fault where a value is outside of its parameter's domain */
function runAssignments(tools: Arithmetic, plan: readonly Step[]): ReadonlyMap<Parameter, Complex> {
  const scope = new Map<string, Complex>();
  const values = new Map<Parameter, Complex>();
  for (const { assigned, right, parameter } of plan) {
    const value = evaluateRight(tools, right, assigned, scope);
    scope.set(plainName(assigned.name), value);
    if (parameter === undefined) continue;
    const { domain, name } = parameter;
    const shown = written(tools, value);
    if (domain !== "complex" && !value.im.isZero())
      fail("assignment", assigned.rightSpan, `${quoted(name)} is ${domain}, but its value is ${shown}`, "take re(...) for the real part");
    if (domain === "positive" && !value.re.gt(0))
      fail("assignment", assigned.rightSpan, `${quoted(name)} is positive, but its value is ${shown}`);
    values.set(parameter, value);
  }
  return values;
}

/**
 * The parameters of a form that is a number once they have values.
 * @throws Fault "not-a-number" that names what else there is
 */
function parametersOf(whole: Form, span: Span, options: RenderOptions): ReadonlySet<Parameter> {
  const parameters = new Set<Parameter>();
  const others = new Set<string>();
  let operators = false;
  const { names } = options;
  const render: RenderOptions = { ...(names === undefined ? {} : { names }), lines: "one" };
  const alone = (part: Partial<FormTerm>): string =>
    textForm({ terms: [{ re: one, im: rational(0), scalars: [], bound: [], factors: [], operators: [], ...part }] }, render);
  const factor = (f: FormFactor): void => {
    if (f.kind === "exp" || f.kind === "power") todo.push(f.of);
    else
      others.add(
        `${f.kind === "delta" ? "the delta" : f.symbol.slots.length === 1 ? "the function" : "the kernel"} ${quoted(alone({ factors: [f] }))}`,
      );
  };
  const todo: Form[] = [whole];
  for (let next = todo.pop(); next !== undefined; next = todo.pop())
    for (const term of next.terms) {
      for (const s of term.scalars) if (s.kind === "parameter") parameters.add(s.parameter);
      if (term.bound.length > 0) {
        const integral = term.bound.some(({ kind }) => kind.kind === "space");
        others.add(`the ${integral ? "integral" : "sum"} ${quoted(shortText({ terms: [term] }, 1, render))}`);
      } else {
        for (const ladder of term.operators) {
          operators = true;
          others.add(`the operator ${quoted(alone({ operators: [ladder] }))}`);
        }
        term.factors.forEach(factor);
      }
      if (others.size > 50) break;
    }
  if (others.size > 0) {
    const hint = operators
      ? "a vacuum expectation \\langle ... \\rangle is a number"
      : "only parameters, numbers, \\pi, roots and exponentials have values";
    fail("not-a-number", span, `this is no number: its normal form has ${list([...others])}`, hint);
  }
  return parameters;
}

/** `a`, `b` and `c`; of many, the first. */
function list(items: readonly string[]): string {
  const shown = items.length > 4 ? [...items.slice(0, 3), "more"] : items;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** One pass over a form at one precision. */
class Evaluation {
  /** The largest part of any term so far: what rounding errors are to be compared with. */
  largest: BigNumber;
  readonly #number: (text: string) => BigNumber;
  readonly #values: ReadonlyMap<Parameter, Complex>;
  readonly #span: Span;
  /** Terms of one form share their factors. */
  readonly #factors = new Map<FormFactor, Complex>();
  readonly #zero: BigNumber;
  readonly #pi: BigNumber;

  constructor({ number }: Arithmetic, values: ReadonlyMap<Parameter, Complex>, span: Span) {
    this.#number = number;
    this.#values = values;
    this.#span = span;
    this.#zero = number("0");
    this.#pi = number("-1").acos();
    this.largest = this.#zero;
  }

  form(whole: Form): Complex {
    let total: Complex = { re: this.#zero, im: this.#zero };
    for (const term of whole.terms) {
      const value = this.#term(term);
      for (const part of [value.re.abs(), value.im.abs()]) if (part.gt(this.largest)) this.largest = part;
      total = { re: total.re.plus(value.re), im: total.im.plus(value.im) };
    }
    return total;
  }

  #term({ re, im, scalars, factors }: FormTerm): Complex {
    let value: Complex = { re: this.#rational(re), im: this.#rational(im) };
    for (const scalar of scalars) {
      const base =
        scalar.kind === "pi" ? this.#real(this.#pi) : scalar.kind === "number" ? this.#real(this.#number(String(scalar.base))) : undefined;
      value = times(value, this.#power(base ?? this.#parameter(scalar as { parameter: Parameter; conjugated: boolean }), scalar.exponent));
    }
    for (const factor of factors) value = times(value, this.#factor(factor));
    return value;
  }

  #factor(factor: FormFactor): Complex {
    const known = this.#factors.get(factor);
    if (known !== undefined) return known;
    if (factor.kind !== "exp" && factor.kind !== "power") throw new Error(`a ${factor.kind} has no value`);
    const of = this.form(factor.of);
    const value = factor.kind === "exp" ? this.#exp(of) : this.#power(of, factor.exponent);
    this.#factors.set(factor, value);
    return value;
  }

  #parameter({ parameter, conjugated }: { readonly parameter: Parameter; readonly conjugated: boolean }): Complex {
    const value = this.#values.get(parameter);
    if (value === undefined) throw new Error(`${parameter.name} has no value`);
    return conjugated ? { re: value.re, im: value.im.neg() } : value;
  }

  #rational({ n, d }: Rational): BigNumber {
    const top = this.#number(String(n));
    return d === 1n ? top : top.div(this.#number(String(d)));
  }

  #real(re: BigNumber): Complex {
    return { re, im: this.#zero };
  }

  /** exp(x + iy) = e^x (cos y + i sin y). */
  #exp({ re, im }: Complex): Complex {
    const size = re.exp();
    if (im.isZero()) return this.#real(size);
    return { re: size.mul(im.cos()), im: size.mul(im.sin()) };
  }

  /** The principal value of z^q; roots before powers, so that those of squares are exact. @throws Fault "division-by-zero" */
  #power(z: Complex, q: Rational): Complex {
    if (z.re.isZero() && z.im.isZero()) {
      if (q.n < 0n) fail("division-by-zero", this.#span, "division by zero", "choose other values of the parameters");
      return q.n === 0n ? this.#real(this.#number("1")) : z;
    }
    if (isInteger(q)) return this.#whole(z, q.n);
    if (q.d === 2n) return this.#whole(this.#sqrt(z), q.n);
    if (z.im.isZero() && z.re.gt(0)) return this.#real(z.re.pow(this.#rational(q)));
    const exponent = this.#rational(q);
    const [size, angle] = [modulus(z).pow(exponent), this.#angle(z).mul(exponent)];
    return { re: size.mul(angle.cos()), im: size.mul(angle.sin()) };
  }

  #whole(z: Complex, n: bigint): Complex {
    if (z.im.isZero()) return this.#real(z.re.pow(this.#number(String(n))));
    let result: Complex = this.#real(this.#number("1"));
    let base = z;
    for (let left = n < 0n ? -n : n; left > 0n; left >>= 1n) {
      if (left & 1n) result = times(result, base);
      if (left > 1n) base = times(base, base);
    }
    if (n >= 0n) return result;
    const size = result.re.mul(result.re).plus(result.im.mul(result.im));
    return { re: result.re.div(size), im: result.im.neg().div(size) };
  }

  /** sqrt(x + iy) = s + iy/(2s), s = sqrt((|z| + x)/2), for x >= 0; mirrored without cancellation for x < 0. */
  #sqrt(z: Complex): Complex {
    if (z.im.isZero() && !z.re.isNeg()) return this.#real(z.re.sqrt());
    const s = modulus(z).plus(z.re.abs()).div(2).sqrt();
    const other = z.im.div(s.mul(2));
    if (!z.re.isNeg()) return { re: s, im: other };
    return { re: other.abs(), im: z.im.isNeg() && !z.im.isZero() ? s.neg() : s };
  }

  /** The argument in (-pi, pi], by half angles. */
  #angle(z: Complex): BigNumber {
    if (z.im.isZero()) return z.re.isNeg() ? this.#pi : this.#zero;
    const r = modulus(z);
    return (z.re.isNeg() ? r.minus(z.re).div(z.im) : z.im.div(r.plus(z.re))).atan().mul(2);
  }
}

function modulus({ re, im }: Complex): BigNumber {
  return im.isZero() ? re.abs() : re.mul(re).plus(im.mul(im)).sqrt();
}

function times(a: Complex, b: Complex): Complex {
  if (a.im.isZero() && b.im.isZero()) return { re: a.re.mul(b.re), im: a.im };
  return { re: a.re.mul(b.re).minus(a.im.mul(b.im)), im: a.re.mul(b.im).plus(a.im.mul(b.re)) };
}

/** A number with 15 significant digits. */
function written({ math }: Arithmetic, { re, im }: Complex): string {
  const digits = (x: BigNumber): string => math.format(x, { precision: 15, lowerExp: -5, upperExp: 15 });
  if (im.isZero()) return digits(re.isZero() ? re.abs() : re);
  const size = digits(im.abs());
  const imaginary = size === "1" ? "i" : `${size} i`;
  if (re.isZero()) return `${im.isNeg() ? "-" : ""}${imaginary}`;
  return `${digits(re)} ${im.isNeg() ? "-" : "+"} ${imaginary}`;
}

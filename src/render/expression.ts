import { argumentLabels, plain } from "../core/argument.js";
import { children } from "../core/children.js";
import type { Argument, Expression, Label, Layout } from "../core/expression.js";
import { negate, type Rational } from "../core/rational.js";
import { fail } from "../source/diagnostic.js";
import { pairDeltaText, pairSides } from "./delta.js";
import { derivedName } from "./derived.js";
import { argumentsOf, flatten, grouped, readable } from "./nodes.js";
import { bareName, byFirst, functionText, type Gradient, gradientOf, scaledText, unnamed, unnamedSum, withDeltas } from "./operand.js";
import { emptyPool, kindKey, type NamePool, Names, type RenderOptions } from "./options.js";
import {
  affineTerms,
  applied,
  argumentText,
  dotted,
  exponentText,
  fraction,
  integralSign,
  isOne,
  parenthesised,
  plainLabel,
  type Style,
  script,
} from "./words.js";

/** An expression as LaTeX of the language that reads back to the same expression. */
export function latexExpression(e: Expression, options: RenderOptions = {}): string {
  return new Printer(options.names ?? emptyPool, { latex: true }).sum(e);
}

/** The same for a terminal. */
export function textExpression(e: Expression, options: RenderOptions = {}): string {
  return new Printer(options.names ?? emptyPool, { latex: false }).sum(e);
}

/**
 * What a written expression is to its neighbours. "plain" takes a superscript; "closed" is one factor, but needs
 * parentheses under a superscript; "open" reaches to the end of a product, so it may only be its last factor.
 */
type Shape = "plain" | "closed" | "open" | "product" | "sum";

interface Written {
  readonly text: string;
  readonly shape: Shape;
  readonly negative: boolean;
}

const written = (text: string, shape: Shape, negative = false): Written => ({ text, shape, negative });

const deepest = 600;

class Printer {
  private readonly pool: NamePool;
  private readonly style: Style;
  private readonly imaginary: string;
  private readonly names = new Map<number, string>();
  private readonly free = new WeakMap<Expression, ReadonlyMap<number, Label>>();
  private readonly operators = new WeakMap<Expression, boolean>();
  private depth = 0;
  /** Whether an integral is open around what is written: one inside would take its differentials, so it gets brackets. */
  private enclosed = false;

  constructor(pool: NamePool, style: Style) {
    this.pool = pool;
    this.style = style;
    const index = pool.taken.has("i") || pool.indices.some(({ names }) => names.some((name) => /^i(?:$|['_])/.test(name)));
    this.imaginary = index ? "\\mathrm{i}" : "i";
  }

  /** Where a whole sum may stand: at the top and inside brackets. */
  sum(e: Expression): string {
    const { enclosed } = this;
    this.enclosed = false;
    const { text, negative } = this.write(e);
    this.enclosed = enclosed;
    return negative ? `-${text}` : text;
  }

  private write(e: Expression): Written {
    if (this.depth > deepest) fail("too-deep", e.span, "this is nested too deeply to be written out", "define parts of it with `let`");
    this.depth++;
    try {
      return this.node(e);
    } finally {
      this.depth--;
    }
  }

  private brackets(e: Expression): string {
    return parenthesised(this.sum(e), this.style);
  }

  /** A factor of a product; only the last one may be open at its end. */
  private factor(e: Expression, last: boolean): string {
    const w = this.write(e);
    if (w.negative || w.shape === "sum" || w.shape === "product" || (w.shape === "open" && !last)) return this.brackets(e);
    return w.text;
  }

  private base(e: Expression): string {
    const w = this.write(e);
    return w.shape === "plain" && !w.negative ? w.text : this.brackets(e);
  }

  private node(e: Expression): Written {
    switch (e.kind) {
      case "number": {
        const negative = e.value.n < 0n;
        const size = negative ? negate(e.value) : e.value;
        return written(fraction(size, this.style), size.d === 1n ? "plain" : this.style.latex ? "closed" : "product", negative);
      }
      case "imaginary":
        return written(this.imaginary, "plain");
      case "pi":
        return written("\\pi", "plain");
      case "parameter":
        return this.symbol(e.parameter.layout, []);
      case "value":
        return this.value(e, 0);
      case "call": {
        const gradient = unnamed(e.definition);
        if (gradient !== undefined) return this.ofFunction(e, gradient);
        return unnamedSum(e.definition) ? this.ofFunction(e) : this.symbol(e.definition.layout, e.arguments);
      }
      case "ladder": {
        const name = this.symbol(e.species.layout, e.arguments);
        return e.creation ? this.star(name) : name;
      }
      case "unitary": {
        const name = this.symbol(e.unitary.layout, []);
        return e.inverse ? this.star(name) : name;
      }
      case "delta":
        return written(this.delta(e.left, e.right), "closed");
      case "sum":
        return this.terms(e.terms);
      case "product":
        return this.product(e.factors);
      case "power":
        return this.power(e.base, e.exponent);
      case "bind":
        return this.bind(e.labels, e.body);
      case "adjoint": {
        if (!this.isOperator(e.of)) return written(`\\overline{${this.sum(e.of)}}`, "plain");
        const w = this.write(e.of);
        return w.shape === "plain" && !w.negative ? this.star(w) : written(`${this.brackets(e.of)}^*`, "closed");
      }
      case "commutator": {
        const [open, close] = e.sign === -1 ? ["[", "]"] : ["\\{", "\\}"];
        return written(this.delimited(open, `${this.sum(e.left)}, ${this.sum(e.right)}`, close), "closed");
      }
      case "normal":
        return written(`\\Nor{${this.sum(e.of)}}`, "closed");
      case "expectation":
        return written(this.delimited("\\langle ", this.sum(e.of), " \\rangle"), "closed");
      case "contraction":
        // A document may give the name C away; the vacuum expectation is the same.
        if (this.pool.taken.has("C"))
          return written(this.delimited("\\langle ", `${this.factor(e.left, false)} ${this.factor(e.right, true)}`, " \\rangle"), "closed");
        return written(`C${this.call(`${this.sum(e.left)}, ${this.sum(e.right)}`)}`, "closed");
      case "part": {
        const degree = e.total === undefined ? `${e.creators ?? 0},${e.annihilators ?? 0}` : String(e.total);
        return written(`${this.style.latex ? "\\operatorname{part}" : "part"}_${script(degree)}${this.call(this.sum(e.of))}`, "closed");
      }
      case "derivative":
        return this.derivative(e.of);
      case "partial":
      case "components": {
        const gradient = gradientOf(e);
        return gradient === undefined ? this.write((e as Expression & { kind: "components" }).of) : this.gradient(gradient);
      }
      case "function":
        return written(`\\${e.name}${this.call(this.sum(e.of))}`, "closed");
    }
  }

  private call(body: string): string {
    return this.delimited("(", body, ")");
  }

  private delimited(open: string, body: string, close: string): string {
    return this.style.latex ? `\\left${open.trim()} ${body} \\right${close.trim()}` : `${open}${body}${close}`;
  }

  /** A name with its labels. Behind arguments in parentheses or a superscript of its own, a star or power would be misread. */
  private symbol(layout: Layout, args: readonly Argument[], dots = 0): Written {
    const text = applied(layout, dotted(layout.base, dots), (run) => this.run(run, args));
    return written(text, layout.superscript.length === 0 && layout.arguments.length === 0 ? "plain" : "closed");
  }

  private star(name: Written): Written {
    return written(name.shape === "plain" ? `${name.text}^*` : `${parenthesised(name.text, this.style)}^*`, "closed");
  }

  private terms(terms: readonly Expression[]): Written {
    if (terms.length === 0) return written("0", "plain");
    let text = "";
    let negative = false;
    terms.forEach((term, i) => {
      const w = this.write(term);
      // A sum in a sum needs no brackets, but its first term has its sign in its text.
      const minus = w.negative || (i > 0 && w.shape === "sum" && w.text.startsWith("-"));
      const body = minus && !w.negative ? w.text.slice(1) : w.text;
      if (i === 0) negative = minus;
      text += i === 0 ? body : `${minus ? " - " : " + "}${body}`;
    });
    if (terms.length === 1) return written(text, "product", negative);
    // The sign of the first term belongs to that term alone, so a sum is never negative as a whole.
    return written(negative ? `-${text}` : text, "sum");
  }

  private product(factors: readonly Expression[]): Written {
    const flat = flatten(factors);
    let negative = false;
    const parts: Expression[] = [];
    for (const factor of flat) {
      if (factor.kind === "number" && factor.value.n < 0n) {
        negative = !negative;
        if (!(factor.value.n === -1n && factor.value.d === 1n)) parts.push({ ...factor, value: negate(factor.value) });
      } else if (!(factor.kind === "number" && isOne(factor.value))) parts.push(factor);
    }
    if (parts.length === 0) return written("1", "plain", negative);
    if (parts.length === 1) {
      const w = this.write(parts[0] as Expression);
      if (w.shape === "sum") return written(this.brackets(parts[0] as Expression), "closed", negative);
      return { ...w, negative: w.negative !== negative };
    }
    const texts: string[] = [];
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as Expression;
      const next = parts[i + 1];
      if (next !== undefined && this.square(part, next)) {
        texts.push(`|${this.sum(next)}|^2`);
        i++;
        continue;
      }
      const sides = part.kind === "delta" && next?.kind === "delta" ? pairSides(part, next) : undefined;
      if (sides !== undefined) {
        const [left, right] = sides.map((args) => this.run([0, 1], args)) as [string, string];
        texts.push(pairDeltaText(left, right));
        i++;
        continue;
      }
      texts.push(part.kind === "number" ? this.number(part.value, texts.length === 0) : this.factor(part, i === parts.length - 1));
    }
    return written(texts.join(" "), "product", negative);
  }

  /** A number among factors: behind others it needs a sign of multiplication. */
  private number(value: Rational, first: boolean): string {
    const text =
      this.style.latex || value.d === 1n
        ? fraction(value, this.style)
        : first
          ? fraction(value, this.style)
          : `(${fraction(value, this.style)})`;
    return first ? text : `\\cdot ${text}`;
  }

  /** `\overline{v} v` for one value or gradient. */
  private square(left: Expression, right: Expression): boolean {
    const scalar = right.kind === "value" || (right.kind === "partial" && !this.isOperator(right));
    return left.kind === "adjoint" && scalar && left.of.kind === right.kind && this.sum(left.of) === this.sum(right);
  }

  private power(base: Expression, exponent: Rational): Written {
    if (isOne(exponent)) return this.write(base);
    if (exponent.n === 1n && exponent.d === 2n) return written(`\\sqrt{${this.sum(base)}}`, "plain");
    if (exponent.n < 0n && this.style.latex) {
      const under = this.power(base, negate(exponent));
      return written(`\\frac{1}{${under.negative ? "-" : ""}${under.text}}`, "closed");
    }
    if (base.kind === "value" && base.symbol.layout.arguments.length > 0)
      return written(`${this.sum(base)}^${exponentText(exponent)}`, "closed");
    return written(`${this.base(base)}^${exponentText(exponent)}`, "closed");
  }

  /** A time derivative: dots where the base is a value, so that nothing is open at its end; otherwise `\partial_t`. */
  private derivative(of: Expression): Written {
    let order = 1;
    let base = of;
    while (base.kind === "derivative") {
      order++;
      base = base.of;
    }
    if (base.kind === "value" && order <= 2 && base.symbol.of === undefined && base.partials === undefined) return this.value(base, order);
    const w = this.write(of);
    const operand = w.negative || w.shape === "sum" || w.shape === "product" ? this.brackets(of) : w.text;
    return written(`\\partial_t ${operand}`, "open");
  }

  private value(e: Expression & { readonly kind: "value" }, dots: number): Written {
    const { symbol, partials } = e;
    const base = symbol.of === undefined ? symbol.layout.base : derivedName(symbol.of, this.style);
    const layout = { ...symbol.layout, base };
    if (partials === undefined) return this.symbol(layout, e.arguments, dots);
    const name = bareName(e, 0, this.style, (run) => this.run(run, e.arguments));
    const steps = partials.length % 2 === 1 ? ["\\nabla"] : [];
    for (let i = 1; i < partials.length; i += 2) steps.push("\\Delta");
    return written(`(${[...steps, name].join(" ")})(${layout.arguments.map((run) => this.run(run, e.arguments)).join(",")})`, "closed");
  }

  /** `\nabla_x E`, which takes the next factor. */
  private gradient({ laplacian, label, of }: Gradient): Written {
    const w = this.write(of);
    const whole = !w.negative && of.kind !== "bind" && (w.shape === "plain" || w.shape === "closed" || of.kind === "derivative");
    return written(
      `${laplacian ? "\\Delta" : "\\nabla"}_${script(this.argument(plain(label)))} ${whole ? w.text : this.brackets(of)}`,
      "closed",
    );
  }

  /** `(\nabla w)(x-y)`. */
  private ofFunction(e: Expression & { readonly kind: "call" }, gradient?: Gradient): Written {
    const { parameters, body } = e.definition;
    const inner =
      gradient === undefined || byFirst(gradient, parameters)
        ? functionText(gradient?.of ?? body, parameters, {
            name: (value, dots) => bareName(value, dots, this.style, (run) => this.run(run, value.arguments)),
            factor: (each) => this.factor(each, false),
            scaled: (argument) => scaledText(argument, this.style),
            mentions: (each, labels) => labels.some((label) => this.freeLabels(each).has(label.id)),
          })
        : undefined;
    if (inner === undefined) return this.write(withDeltas(e.definition, e.arguments, e.span));
    const runs = parameters.reduce<number[][]>((found, label, i) => {
      const before = parameters[i - 1];
      if (before?.pair !== undefined && before.pair.group === label.pair?.group) found[found.length - 1]?.push(i);
      else found.push([i]);
      return found;
    }, []);
    const args = runs.map((run) => this.run(run, e.arguments)).join(",");
    if (gradient === undefined) return written(`${inner}(${args})`, "closed");
    return written(`(${gradient.laplacian ? "\\Delta" : "\\nabla"} ${inner})(${args})`, "closed");
  }

  private delta(left: Argument, right: Argument): string {
    const name = (label: Label): string => this.name(label);
    const rank = (): number => 0;
    const origin = (argument: Argument): boolean => argument.kind === "affine" && argument.terms.length === 0;
    if (left.kind === "affine" && right.kind === "affine" && left.of.kind === "space") {
      if (origin(right)) return `\\delta(${this.argument(left)})`;
      if (origin(left)) return `\\delta(${this.argument(right)})`;
      const plain = [left, right].every((side) => isOne(side.scale.number) && side.scale.parameters.length === 0);
      if (plain) {
        const minus = right.terms.map((term) => ({ label: term.label, coefficient: negate(term.coefficient) }));
        const first = affineTerms(left.terms, name, rank, this.style);
        const second = affineTerms(minus, name, rank, this.style);
        return `\\delta(${first}${second.startsWith("-") ? "" : "+"}${second})`;
      }
      return `\\delta(${this.argument(left)}-${right.terms.length > 1 ? `(${this.argument(right)})` : this.argument(right)})`;
    }
    if (origin(right) && left.kind === "affine") {
      const plus = left.terms.filter((term) => term.coefficient.n > 0n);
      const minus = left.terms
        .filter((term) => term.coefficient.n < 0n)
        .map((term) => ({ label: term.label, coefficient: negate(term.coefficient) }));
      if (plus.length > 0 && minus.length > 0 && isOne(left.scale.number) && left.scale.parameters.length === 0)
        return `\\delta_{${affineTerms(plus, name, rank, this.style)},${affineTerms(minus, name, rank, this.style)}}`;
    }
    return `\\delta_{${this.argument(left)},${this.argument(right)}}`;
  }

  private bind(labels: readonly Label[], body: Expression): Written {
    const all = [...labels];
    let inner = body;
    // Nested binders are one binder.
    while (inner.kind === "bind" && inner.labels.every((label) => all.every((other) => other.id !== label.id))) {
      all.push(...inner.labels);
      inner = inner.body;
    }
    if (all.length === 0) return this.write(inner);
    const before = all.map((label) => [label, this.names.get(label.id)] as const);
    const groups = grouped(all);
    const mine = new Set(all.map((label) => label.id));
    const avoid = new Set<string>();
    for (const label of this.freeLabels(inner).values()) if (!mine.has(label.id)) for (const name of this.spoken(label)) avoid.add(name);
    const given: { readonly name: string; readonly integral: boolean }[] = [];
    for (const group of groups) {
      const [first] = group as readonly [Label, ...Label[]];
      const wanted = group.length > 1 && first.pair !== undefined ? first.pair.name : first.name;
      const name = avoid.has(wanted) || !this.speaks(wanted, group) ? this.fresh(group, avoid) : wanted;
      avoid.add(name);
      given.push({ name, integral: group.some((label) => label.kind.kind === "space") });
      for (const label of group) this.names.set(label.id, name);
    }
    const sums = given.filter((each) => !each.integral).map((each) => each.name);
    const integrals = given.filter((each) => each.integral).map((each) => each.name);
    const { enclosed } = this;
    this.enclosed = enclosed || integrals.length > 0;
    const w = this.write(inner);
    this.enclosed = enclosed;
    let text: string;
    if (integrals.length > 0) {
      // Everything up to the differentials belongs to an integral, but a sum reads better in brackets.
      const body = w.negative || w.shape === "sum" ? this.brackets(inner) : w.text;
      const space = this.style.latex ? " \\, d" : " d";
      text = `${integralSign(integrals.length)} ${body}${integrals.map((name) => `${space}${name}`).join("")}`;
    } else text = w.negative || w.shape === "sum" ? this.brackets(inner) : w.text;
    if (sums.length > 0) text = `\\sum_${script(sums.join(","))} ${text}`;
    for (const [label, name] of before) {
      if (name === undefined) this.names.delete(label.id);
      else this.names.set(label.id, name);
    }
    if (enclosed && integrals.length > 0) return written(parenthesised(text, this.style), "closed");
    return written(text, sums.length > 0 ? "open" : "closed");
  }

  /** Whether the document reads a name as a label of these kinds. */
  private speaks(name: string, group: readonly Label[]): boolean {
    if (!readable(name) || this.pool.taken.has(name)) return false;
    const key = group.map((label) => kindKey(label.kind)).join("*");
    const stem = (text: string): string => text.replace(/[_'].*$/s, "");
    const named = this.pool.indices.filter((index) => index.names.some((other) => stem(other) === stem(name)));
    return named.every((index) => index.kinds.map(kindKey).join("*") === key) && (named.length > 0 || this.pool.indices.length === 0);
  }

  private fresh(group: readonly Label[], avoid: ReadonlySet<string>): string {
    const names = new Names(
      this.pool,
      group.map((label) => label.kind),
      (name) => avoid.has(name) || this.pool.taken.has(name),
    );
    return names.empty ? (group[0] as Label).name : names.name(0);
  }

  private name(label: Label): string {
    return this.names.get(label.id) ?? label.name;
  }

  /** Names under which a label is printed. */
  private spoken(label: Label): readonly string[] {
    const name = this.names.get(label.id);
    if (name !== undefined) return [name];
    return label.pair === undefined ? [label.name] : [label.name, label.pair.name];
  }

  private run(slots: readonly number[], args: readonly Argument[]): string {
    const filled = slots.map((slot) => args[slot] as Argument);
    if (filled.length === 1) return this.argument(filled[0] as Argument);
    const labels = filled.map(plainLabel);
    const [first] = labels;
    if (
      first?.pair !== undefined &&
      first.pair.size === labels.length &&
      labels.every((label, i) => label?.pair?.group === first.pair?.group && label?.pair?.position === i)
    )
      return this.names.get(first.id) ?? first.pair.name;
    return `(${filled.map((argument) => this.argument(argument)).join(",")})`;
  }

  private argument(argument: Argument): string {
    return argumentText(
      argument,
      (label) => this.name(label),
      () => 0,
      this.style,
    );
  }

  /** Labels that occur in an expression and are not bound in it. */
  private freeLabels(e: Expression): ReadonlyMap<number, Label> {
    const known = this.free.get(e);
    if (known !== undefined) return known;
    if (this.depth > deepest) fail("too-deep", e.span, "this is nested too deeply to be written out", "define parts of it with `let`");
    this.depth++;
    const found = new Map<number, Label>();
    for (const argument of argumentsOf(e)) {
      if (argument.kind === "label") found.set(argument.label.id, argument.label);
      else if (argument.kind === "affine") for (const label of argumentLabels(argument)) found.set(label.id, label);
    }
    for (const child of children(e)) for (const [id, label] of this.freeLabels(child)) found.set(id, label);
    if (e.kind === "bind") for (const label of e.labels) found.delete(label.id);
    this.depth--;
    this.free.set(e, found);
    return found;
  }

  /** Whether a star or a bar is the adjoint. */
  private isOperator(e: Expression): boolean {
    const known = this.operators.get(e);
    if (known !== undefined) return known;
    let found: boolean;
    if (e.kind === "ladder" || e.kind === "unitary") found = true;
    else if (e.kind === "expectation" || e.kind === "contraction" || e.kind === "function") found = false;
    else if (e.kind === "call") found = this.isOperator(e.definition.body);
    else {
      if (this.depth > deepest) fail("too-deep", e.span, "this is nested too deeply to be written out", "define parts of it with `let`");
      this.depth++;
      found = children(e).some((child) => this.isOperator(child));
      this.depth--;
    }
    this.operators.set(e, found);
    return found;
  }
}

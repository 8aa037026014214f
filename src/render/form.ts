import type { Form, FormFactor, FormLadder, FormTerm } from "../algebra/form.js";
import { argumentLabels, shiftOf } from "../core/argument.js";
import type { Argument, Label, Layout, SymbolInfo } from "../core/expression.js";
import { rational } from "../core/rational.js";
import { pairDeltaText, pairSides } from "./delta.js";
import { derivedName, unbarred } from "./derived.js";
import { type Delta, type Item, type Mark, type Nest, type Plan, planned } from "./gradient.js";
import { type Exponential, hyperbolic } from "./hyperbolic.js";
import { evenArgument, hasLabels, Labels, oriented } from "./labels.js";
import { assemble, body, oneLine, type Piece } from "./lines.js";
import { emptyPool, type NamePool, type RenderOptions } from "./options.js";
import { arranged, mirrored, raisedCount } from "./order.js";
import { coefficientText } from "./scalar.js";
import { attach, conjugateCount, difference, moduli, type Value, type Written, weight } from "./values.js";
import { compose } from "./vector.js";
import { plusText, presentable, type Raised } from "./volume.js";
import {
  affineTerms,
  applied,
  argumentText,
  dotted,
  exponentText,
  integralSign,
  isOne,
  parenthesised,
  plainLabel,
  power,
  type Style,
  script,
} from "./words.js";

/** A normal form as LaTeX of the language; it reads back to the same form. */
export function latexForm(form: Form, options: RenderOptions = {}): string {
  return written(form, options, { latex: true });
}

/** The same content on one line for a terminal, again an expression of the language. */
export function textForm(form: Form, options: RenderOptions = {}): string {
  return written(form, options, { latex: false });
}

/** For messages: at most `count` terms, and how many more there are. */
export function shortLatex(form: Form, count: number, options: RenderOptions = {}): string {
  return latexForm(form, { ...options, limit: count, lines: "one" });
}

/** `shortLatex` for a terminal. */
export function shortText(form: Form, count: number, options: RenderOptions = {}): string {
  return textForm(form, { ...options, limit: count });
}

function written(form: Form, options: RenderOptions, style: Style): string {
  const part = options.limit === undefined || options.limit >= form.terms.length ? form : { terms: form.terms.slice(0, options.limit) };
  const shown = presentable(part);
  const printer = new Printer(shown, options.names ?? emptyPool, style);
  if (!style.latex && options.hermitian !== true && part === form && form.terms.length > 1000) return printer.stream(shown);
  const pieces = printer.pieces(shown);
  return assemble(pieces, form.terms.length - part.terms.length, options, style);
}

const deepest = 100;

class Printer {
  private readonly style: Style;
  private readonly pool: NamePool;
  private readonly labels: Labels;
  private readonly imaginary: string;
  /** Written ladder operators with one plain label, by species, star and name. */
  private readonly ladders = new Map<number, Map<string, string>>();
  /** Written deltas of two labels, for space and for lattices. */
  private readonly differences: readonly [Map<string, Map<string, string>>, Map<string, Map<string, string>>] = [new Map(), new Map()];
  /** Deltas of free labels as they were written before: the terms of a long sum share them. */
  private readonly known = new Map<FormFactor, string>();
  private marks: ReadonlyMap<Item, Mark> = new Map();
  private depth = 0;

  constructor(form: Form, pool: NamePool, style: Style) {
    this.style = style;
    this.pool = pool;
    this.labels = new Labels(form, pool);
    const index = pool.taken.has("i") || pool.indices.some(({ names }) => names.some((name) => /^i(?:$|['_])/.test(name)));
    this.imaginary = index ? "\\mathrm{i}" : "i";
  }

  pieces(form: Form): Piece[] {
    if (this.depth > deepest) throw new RangeError("a normal form is nested too deeply to be written");
    this.depth++;
    const pieces = form.terms.map((term) => this.piece(term));
    this.depth--;
    return pieces;
  }

  /**
   * One plain line, for sums of a hundred thousand terms. A term of deltas and ladder operators is put together
   * from words that are already there, as making strings and pieces costs more than all else.
   */
  stream(form: Form): string {
    const out: string[] = [];
    let chunk: string[] = [];
    for (const term of form.terms) {
      // Short lists that die young: one list of three million words takes longer than all the rest.
      if (chunk.length > 2000) {
        out.push(chunk.join(""));
        chunk = [];
      }
      const start = chunk.length;
      const first = start === 0 && out.length === 0;
      const unit = term.scalars.length === 0 && term.im.n === 0n && term.re.d === 1n && (term.re.n === 1n || term.re.n === -1n);
      if (unit && term.bound.length === 0 && this.words(term, chunk)) {
        chunk[start] = joint(term.re.n < 0n, first);
        if (chunk.length === start + 1) chunk.push("1");
        continue;
      }
      chunk.length = start;
      const piece = this.piece(term);
      chunk.push(joint(piece.negative, first), body(piece));
    }
    out.push(chunk.join(""));
    return out.join("");
  }

  /** Appends a place for the sign and the words of a term of deltas and ladder operators; false for any other term. */
  private words(term: FormTerm, out: string[]): boolean {
    const start = out.push("");
    if (term.operators.some((ladder) => ladder.partials !== undefined)) return false;
    for (const factor of term.factors) {
      const text =
        this.known.get(factor) ??
        (factor.kind === "delta" && factor.right === undefined && factor.partials === undefined
          ? this.simpleDelta(factor.left)
          : undefined);
      if (text === undefined) return false;
      this.known.set(factor, text);
      if (out.length > start) out.push(" ");
      // Sorted as they are put in, as `deltas` does.
      let at = out.length;
      out.push(text);
      for (; at > start && (out[at - 2] as string) > text; at -= 2) {
        out[at] = out[at - 2] as string;
        out[at - 2] = text;
      }
    }
    const raised = raisedCount(term);
    const { rank } = this.labels;
    const creators = arranged(term.operators, rank, 0, raised);
    const lowered = mirrored(arranged(term.operators, rank, raised), creators, rank);
    for (const ladder of creators) {
      if (out.length > start) out.push(" ");
      out.push(this.ladder(ladder));
    }
    for (const ladder of lowered) {
      if (out.length > start) out.push(" ");
      out.push(this.ladder(ladder));
    }
    return true;
  }

  private piece(given: FormTerm): Piece {
    let term = given;
    let plan: Plan | undefined;
    const { marks } = this;
    if (differentiated(term)) {
      ({ term, plan } = planned(term));
      this.marks = plan.marks;
    }
    const leave = term.bound.length === 0 ? undefined : this.labels.enter(term);
    const piece = this.inside(term, plan);
    leave?.();
    this.marks = marks;
    return piece;
  }

  private inside(term: FormTerm, plan: Plan | undefined): Piece {
    const { style } = this;
    const { rank } = this.labels;
    const { values, deltas, gradients, exps, over, under } = this.sorted(term);
    const { scalars, attached } = attach(term.scalars, values);
    const coefficient = coefficientText(term, scalars, this.imaginary, style, { over, under });
    const bound = term.bound.length > 0;
    const raised = raisedCount(term);
    let creators = arranged(term.operators, rank, 0, raised);
    const lowered = term.operators.slice(raised);
    if (bound)
      for (const ladders of [creators, lowered])
        for (const ladder of ladders)
          for (const argument of ladder.arguments) for (const label of argumentLabels(argument)) this.labels.wish(label);
    const parts: string[] = [];
    for (const { value, modulus } of values) {
      const prefix = attached.get(value);
      if (prefix !== undefined) parts.push(prefix);
      parts.push(this.value(value, modulus));
    }
    if (plan === undefined) this.deltas(deltas, parts);
    // Named labels may bring the creators into a nicer order than the one that was wished for.
    if (bound && plan === undefined) creators = arranged(creators, rank);
    let operators = "";
    let { negative } = coefficient;
    if (plan === undefined) {
      for (const factor of exps) parts.push(this.special(factor));
      for (const ladder of creators) operators += operators === "" ? this.ladder(ladder) : ` ${this.ladder(ladder)}`;
      for (const ladder of mirrored(arranged(lowered, rank), creators, rank))
        operators += operators === "" ? this.ladder(ladder) : ` ${this.ladder(ladder)}`;
    } else {
      const annihilators = mirrored(arranged(lowered, rank), creators, rank);
      const write = (item: Item): string => this.differentiated(item);
      const by = (nest: Nest): string => nest.by.map((label) => `\\nabla_${script(this.labels.name(label))}`).join(" ");
      const composed = compose(plan, { ...gradients, creators, annihilators, write, by }, style);
      parts.push(...composed.values);
      this.deltas(deltas, parts);
      parts.push(...composed.deltas);
      for (const factor of exps) parts.push(this.special(factor));
      operators = composed.operators;
      if (composed.odd) negative = !negative;
    }
    let open = "";
    let close = "";
    // A sum that diverges: \sum_p 1.
    if (bound && parts.length === 0 && operators === "") parts.push("1");
    if (bound) {
      const { sums, integrals } = this.labels.binders(term);
      const signs: string[] = [];
      if (sums.length > 0) signs.push(`\\sum_${script(sums.join(","))}`);
      if (integrals.length > 0) {
        signs.push(integralSign(integrals.length));
        close = style.latex ? integrals.map((name) => `\\, d${name}`).join(" ") : integrals.map((name) => `d${name}`).join(" ");
      }
      open = signs.join(" ");
    }
    return {
      negative,
      coefficient: coefficient.text,
      open,
      values: parts.join(" "),
      operators,
      close,
      creators: raised,
      conjugates: conjugateCount(term),
    };
  }

  /** Factors in the order of the page: values of several labels, values of one, deltas, exponentials; what has no labels goes to the coefficient. */
  private sorted(term: FormTerm): {
    values: readonly Written[];
    deltas: readonly Delta[];
    gradients: { readonly values: readonly Value[]; readonly deltas: readonly Delta[] };
    exps: readonly FormFactor[];
    over: string[];
    under: string[];
  } {
    const { factors } = term;
    if (factors.length === 0) return nothing;
    const values: Value[] = [];
    const deltas: Delta[] = [];
    const gradients: { values: Value[]; deltas: Delta[] } = { values: [], deltas: [] };
    const exps: FormFactor[] = [];
    const over: string[] = [];
    const under: string[] = [];
    for (const factor of factors) {
      if (factor.kind === "delta") (factor.partials === undefined ? deltas : gradients.deltas).push(factor);
      else if (factor.kind === "value") (factor.partials === undefined ? values : gradients.values).push(factor);
      else if (hasLabels(factor.of)) exps.push(factor);
      else if (factor.kind === "power" && factor.exponent.n < 0n && this.style.latex)
        under.push(this.special({ ...factor, exponent: { n: -factor.exponent.n, d: factor.exponent.d } }));
      else over.push(this.special(factor));
    }
    if (values.length > 1) values.sort((a, b) => weight(a) - weight(b) || a.symbol.id - b.symbol.id || a.dots - b.dots);
    return { values: moduli(values), deltas, gradients, exps, over, under };
  }

  private value(given: Value, modulus: number): string {
    const value = modulus > 0 ? given : unbarred(given);
    const { symbol } = value;
    const args = oriented(symbol, value.arguments, this.labels.rank);
    let text = this.dotted(value, args);
    const wrapped = text.startsWith("\\partial_t");
    if (modulus > 0) return `|${text}|^${script(String(2 * modulus))}`;
    if (value.conjugated) return power(`\\overline{${text}}`, value.exponent, "plain", this.style);
    if (wrapped) text = parenthesised(text, this.style);
    return power(
      text,
      value.exponent,
      wrapped || symbol.layout.arguments.length > 0 || symbol.layout.superscript.length === 0 ? "plain" : "scripted",
      this.style,
    );
  }

  /** A value with its time derivatives: dots, but beyond the second and over several names derivatives of the rest. */
  private dotted({ symbol, dots }: Value, args: readonly Argument[]): string {
    const over = symbol.of === undefined ? Math.min(dots, 2) : 0;
    const base = dotted(this.base(symbol), over);
    let text = this.applied(symbol.layout, base, args);
    for (let more = dots; more > over; more--) text = `\\partial_t ${text}`;
    return text;
  }

  private base({ of, layout }: SymbolInfo): string {
    return of === undefined ? layout.base : derivedName(of, this.style);
  }

  /** A factor with its derivatives in space. */
  private differentiated(item: Item): string {
    const mark = this.marks.get(item);
    if ("species" in item) return this.gradients(mark, this.plainLadder(item));
    if (item.kind === "delta") return this.gradients(mark, this.delta(item));
    let text: string;
    if (mark?.mode === "map") {
      const { layout } = item.symbol;
      const name = applied({ ...layout, arguments: [] }, dotted(this.base(item.symbol), item.dots), (run) => this.run(run, item.arguments));
      const values = layout.arguments.map((run) => this.run(run, item.arguments)).join(",");
      text = `(${this.gradients(mark, name)})(${values})`;
    } else text = this.gradients(mark, this.dotted(item, item.arguments));
    if (item.conjugated) text = `\\overline{${text}}`;
    return isOne(item.exponent) ? text : power(parenthesised(text, this.style), item.exponent, "plain", this.style);
  }

  /** Labels get their names in the body, so it is written first. */
  private gradients(mark: Mark | undefined, body: string): string {
    let text = "";
    for (const { laplacian, by } of mark?.steps ?? [])
      text += `${laplacian ? "\\Delta" : "\\nabla"}${by === undefined ? "" : `_${script(this.labels.name(by))}`} `;
    return text + body;
  }

  private applied(layout: Layout, base: string, args: readonly Argument[]): string {
    const block = this.block(layout, base, args);
    return block ?? applied(layout, base, (run) => this.run(run, args));
  }

  /** `k_{12}(x,y)` for `k((1,x),(2,y))`. */
  private block(layout: Layout, base: string, args: readonly Argument[]): string | undefined {
    if (layout.subscript.length > 0 || layout.arguments.length === 0) return undefined;
    let digits = "";
    for (const run of layout.arguments) {
      const first = args[run[0] as number];
      if (run.length !== 2 || first?.kind !== "constant" || first.value < 0 || first.value > 9) return undefined;
      digits += first.value;
    }
    const scripts = layout.superscript.length > 0 ? `^${script(layout.superscript.join(","))}` : "";
    if (this.pool.taken.has(`${layout.base}_${script(digits)}${scripts}`)) return undefined;
    return `${base}_${script(digits)}${scripts}(${layout.arguments.map((run) => this.argument(args[run[1] as number] as Argument)).join(",")})`;
  }

  private run(slots: readonly number[], args: readonly Argument[]): string {
    if (slots.length === 1) return this.argument(args[slots[0] as number] as Argument);
    const filled = slots.map((slot) => args[slot] as Argument);
    return this.labels.pairName(filled) ?? `(${filled.map((argument) => this.argument(argument)).join(",")})`;
  }

  private argument(argument: Argument): string {
    return argumentText(argument, this.labels.name, this.labels.rank, this.style);
  }

  private deltas(deltas: readonly Delta[], parts: string[]): void {
    if (deltas.length === 0) return;
    const texts: string[] = [];
    const rest = [...deltas];
    for (let i = 0; i < rest.length; i++) {
      const factor = rest[i] as Delta;
      // Labels of no pair have no partner to look for.
      let text = factor.right === undefined ? this.simpleDelta(factor.left) : undefined;
      for (let j = i + 1; j < rest.length && text === undefined; j++) {
        const sides = pairSides(factor, rest[j] as Delta);
        if (sides === undefined) continue;
        const [left, right] = sides.map((args) => this.run([0, 1], args)) as [string, string];
        if (left.startsWith("(") && right.startsWith("(")) continue;
        text = pairDeltaText(left, right);
        rest.splice(j, 1);
      }
      texts.push(text ?? this.delta(factor));
    }
    // The order of the engine follows its labels, not their names.
    if (texts.length > 1) texts.sort();
    for (const text of texts) parts.push(text);
  }

  /** `\delta(x-y)` of two labels, the common case. */
  private simpleDelta(left: Argument): string | undefined {
    if (left.kind !== "affine" || left.terms.length !== 2 || left.scale.parameters.length > 0 || !isOne(left.scale.number))
      return undefined;
    const { rank, name } = this.labels;
    const one = left.terms[0] as (typeof left.terms)[0];
    const two = left.terms[1] as (typeof left.terms)[0];
    if (one.label.pair !== undefined || two.label.pair !== undefined || one.label.unit || two.label.unit) return undefined;
    const c = one.coefficient;
    const d = two.coefficient;
    if (c.d !== 1n || d.d !== 1n || !((c.n === 1n && d.n === -1n) || (c.n === -1n && d.n === 1n))) return undefined;
    const swap = rank(two.label) < rank(one.label);
    const first = name(swap ? two.label : one.label);
    const second = name(swap ? one.label : two.label);
    const key = left.of.kind === "space" ? 0 : 1;
    let known = this.differences[key].get(first);
    if (known === undefined) {
      known = new Map();
      this.differences[key].set(first, known);
    }
    let text = known.get(second);
    if (text === undefined) {
      text = key === 0 ? `\\delta(${first}-${second})` : `\\delta_{${first},${second}}`;
      known.set(second, text);
    }
    return text;
  }

  private delta(factor: Delta): string {
    const { rank, name } = this.labels;
    const { left, right } = factor;
    if (right === undefined) {
      const simple = this.simpleDelta(left);
      if (simple !== undefined) return simple;
    }
    if (left.kind !== "affine" || (right !== undefined && right.kind !== "affine")) {
      const sides = right === undefined ? [left] : [left, right];
      const ordered =
        sides.length === 2 && sides.every((side) => side.kind === "label")
          ? [...sides].sort((a, b) => rank(argumentLabels(a)[0] as Label) - rank(argumentLabels(b)[0] as Label))
          : sides.sort((a, b) => Number(a.kind === "constant") - Number(b.kind === "constant"));
      return `\\delta_{${ordered.map((side) => this.argument(side)).join(",")}}`;
    }
    const even = evenArgument(right === undefined ? left : difference(left, right), rank) as Argument & { readonly kind: "affine" };
    if (even.of.kind === "space") return `\\delta(${this.argument(even)})`;
    const number = shiftOf(even);
    const whole = { ...even, terms: even.terms.filter((term) => !term.label.unit) };
    if (number.n !== 0n && whole.terms.length > 0 && whole.terms.every((term) => term.coefficient.n > 0n))
      return `\\delta_{${affineTerms(whole.terms, name, rank, this.style)},${-number.n}}`;
    const positive = even.terms.filter((term) => term.coefficient.n > 0n);
    const negative = even.terms
      .filter((term) => term.coefficient.n < 0n)
      .map((term) => ({ label: term.label, coefficient: rational(-term.coefficient.n, term.coefficient.d) }));
    const side = (terms: typeof positive): string => (terms.length === 0 ? "0" : affineTerms(terms, name, rank, this.style));
    // The constant side goes last.
    return positive.length === 0 ? `\\delta_{${side(negative)},0}` : `\\delta_{${side(positive)},${side(negative)}}`;
  }

  /** `\exp(...)`, `\cosh(...)`, `\sqrt{...}`, `(...)^{3/2}`. */
  private special(factor: FormFactor): string {
    if (factor.kind === "value" || factor.kind === "delta") throw new TypeError("a value or a delta is no function of a sum");
    const { plus, ...bare } = factor as Raised;
    if (plus !== undefined) return parenthesised(`${this.special(bare)}${plusText(plus, this.style.latex)}`, this.style);
    const body = oneLine(this.pieces(hyperbolic(factor.of)), this.style);
    if (factor.kind === "exp") {
      const name = (factor as Exponential).name ?? "exp";
      return this.style.latex ? `\\${name}\\left( ${body} \\right)` : `\\${name}(${body})`;
    }
    if (factor.exponent.n === 1n && factor.exponent.d === 2n) return `\\sqrt{${body}}`;
    return isOne(factor.exponent) ? parenthesised(body, this.style) : `${parenthesised(body, this.style)}^${exponentText(factor.exponent)}`;
  }

  private ladder(ladder: FormLadder): string {
    return ladder.partials === undefined ? this.plainLadder(ladder) : this.differentiated(ladder);
  }

  private plainLadder(ladder: FormLadder): string {
    const { species, creation, exponent } = ladder;
    const label = ladder.arguments.length === 1 && exponent === 1 ? plainLabel(ladder.arguments[0]) : undefined;
    if (label === undefined) return this.spell(ladder);
    const name = this.labels.name(label);
    const key = 2 * species.id + Number(creation);
    let known = this.ladders.get(key);
    if (known === undefined) {
      known = new Map();
      this.ladders.set(key, known);
    }
    let text = known.get(name);
    if (text === undefined) {
      text = this.spell(ladder);
      known.set(name, text);
    }
    return text;
  }

  private spell(ladder: FormLadder): string {
    const { layout } = ladder.species;
    const scripted = layout.superscript.length > 0;
    let text = this.applied(layout, layout.base, ladder.arguments);
    if (ladder.creation) text = scripted ? `(${text})^*` : `${text}^*`;
    if (ladder.exponent === 1) return text;
    const e = script(String(ladder.exponent));
    return ladder.creation || scripted ? `(${text})^${e}` : `${text}^${e}`;
  }
}

/** What stands between a term and the one before it. */
function joint(negative: boolean, first: boolean): string {
  if (first) return negative ? "-" : "";
  return negative ? " - " : " + ";
}

function differentiated(term: FormTerm): boolean {
  return (
    term.operators.some((ladder) => ladder.partials !== undefined) ||
    term.factors.some((factor) => (factor.kind === "value" || factor.kind === "delta") && factor.partials !== undefined)
  );
}

const nothing = { values: [], deltas: [], gradients: { values: [], deltas: [] }, exps: [], over: [], under: [] };

import type { Form, FormFactor, FormLadder, FormTerm } from "../algebra/form.js";
import type { Argument, Label, Layout } from "../core/expression.js";
import { rational } from "../core/rational.js";
import { pairDeltaText, pairSides } from "./delta.js";
import { type Exponential, hyperbolic } from "./hyperbolic.js";
import { evenArgument, Labels, oriented } from "./labels.js";
import { assemble, body, oneLine, type Piece } from "./lines.js";
import { emptyPool, type NamePool, type RenderOptions } from "./options.js";
import { coefficientText } from "./scalar.js";
import { attach, conjugateCount, difference, moduli, type Value, type Written, weight } from "./values.js";
import {
  affineTerms,
  applied,
  argumentText,
  dotted,
  exponentText,
  integralSign,
  isOne,
  labelsOf,
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
  const shown = options.limit === undefined || options.limit >= form.terms.length ? form : { terms: form.terms.slice(0, options.limit) };
  const printer = new Printer(shown, options.names ?? emptyPool, style);
  if (!style.latex && options.hermitian !== true && shown === form && form.terms.length > 1000) return printer.stream(form);
  const pieces = printer.pieces(shown);
  return assemble(pieces, form.terms.length - shown.terms.length, options, style);
}

type Delta = FormFactor & { readonly kind: "delta" };

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
    const combined = hyperbolic(form);
    const pieces = combined.terms.map((term) => this.piece(term));
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
    const { terms } = hyperbolic(form);
    for (const term of terms) {
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
    for (const factor of term.factors) {
      const text = factor.kind === "delta" && factor.right === undefined ? this.simpleDelta(factor.left) : undefined;
      if (text === undefined) return false;
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
    const creators = this.arranged(term.operators, 0, raised);
    const lowered = this.annihilators(this.arranged(term.operators, raised), creators);
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

  private piece(term: FormTerm): Piece {
    if (term.bound.length === 0) return this.inside(term);
    const leave = this.labels.enter(term);
    const piece = this.inside(term);
    leave();
    return piece;
  }

  private inside(term: FormTerm): Piece {
    const { style } = this;
    const { values, deltas, exps, over, under } = this.sorted(term);
    const { scalars, attached } = attach(term.scalars, values);
    const coefficient = coefficientText(term, scalars, this.imaginary, style, { over, under });
    const bound = term.bound.length > 0;
    const raised = raisedCount(term);
    let creators = this.arranged(term.operators, 0, raised);
    const lowered = term.operators.slice(raised);
    if (bound)
      for (const ladders of [creators, lowered])
        for (const ladder of ladders)
          for (const argument of ladder.arguments) for (const label of labelsOf(argument)) this.labels.wish(label);
    const parts: string[] = [];
    for (const { value, modulus } of values) {
      const prefix = attached.get(value);
      if (prefix !== undefined) parts.push(prefix);
      parts.push(this.value(value, modulus));
    }
    this.deltas(deltas, parts);
    for (const factor of exps) parts.push(this.special(factor));
    // Named labels may bring the creators into a nicer order than the one that was wished for.
    if (bound) creators = this.arranged(creators);
    let operators = "";
    for (const ladder of creators) operators += operators === "" ? this.ladder(ladder) : ` ${this.ladder(ladder)}`;
    for (const ladder of this.annihilators(this.arranged(lowered), creators))
      operators += operators === "" ? this.ladder(ladder) : ` ${this.ladder(ladder)}`;
    let open = "";
    let close = "";
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
      negative: coefficient.negative,
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
    exps: readonly FormFactor[];
    over: string[];
    under: string[];
  } {
    const { factors } = term;
    if (factors.length === 0) return nothing;
    const values: Value[] = [];
    const deltas: Delta[] = [];
    const exps: FormFactor[] = [];
    const over: string[] = [];
    const under: string[] = [];
    for (const factor of factors) {
      if (factor.kind === "delta") deltas.push(factor);
      else if (factor.kind === "value") values.push(factor);
      else if (hasLabels(factor.of)) exps.push(factor);
      else if (factor.kind === "power" && factor.exponent.n < 0n && this.style.latex)
        under.push(this.special({ ...factor, exponent: { n: -factor.exponent.n, d: factor.exponent.d } }));
      else over.push(this.special(factor));
    }
    if (values.length > 1) values.sort((a, b) => weight(a) - weight(b) || a.symbol.id - b.symbol.id || a.dots - b.dots);
    return { values: moduli(values), deltas, exps, over, under };
  }

  private value(value: Value, modulus: number): string {
    const { symbol } = value;
    const args = oriented(symbol, value.arguments, this.labels.rank);
    // Dots beyond the second are written as derivatives of the rest.
    const dots = Math.min(value.dots, 2);
    let text = this.applied(symbol.layout, dotted(symbol.layout.base, dots), args);
    for (let more = value.dots; more > 2; more--) text = `\\partial_t ${text}`;
    const wrapped = value.dots > 2;
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

  private applied(layout: Layout, base: string, args: readonly Argument[]): string {
    const block = this.block(layout, args);
    if (block !== undefined) return block.replace(layout.base, () => base);
    return applied(layout, base, (run) => this.run(run, args));
  }

  /** `k_{12}(x,y)` for `k((1,x),(2,y))`. */
  private block(layout: Layout, args: readonly Argument[]): string | undefined {
    if (layout.subscript.length > 0 || layout.arguments.length === 0) return undefined;
    let digits = "";
    for (const run of layout.arguments) {
      const first = args[run[0] as number];
      if (run.length !== 2 || first?.kind !== "constant" || first.value < 0 || first.value > 9) return undefined;
      digits += first.value;
    }
    const name = `${layout.base}_${script(digits)}`;
    const head = layout.superscript.length > 0 ? `${name}^${script(layout.superscript.join(","))}` : name;
    if (this.pool.taken.has(head)) return undefined;
    return `${head}(${layout.arguments.map((run) => this.argument(args[run[1] as number] as Argument)).join(",")})`;
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
      let text: string | undefined;
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
    if (one.label.pair !== undefined || two.label.pair !== undefined) return undefined;
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
          ? [...sides].sort((a, b) => rank(labelsOf(a)[0] as Label) - rank(labelsOf(b)[0] as Label))
          : sides.sort((a, b) => Number(a.kind === "constant") - Number(b.kind === "constant"));
      return `\\delta_{${ordered.map((side) => this.argument(side)).join(",")}}`;
    }
    const whole = evenArgument(right === undefined ? left : difference(left, right), rank) as Argument & { readonly kind: "affine" };
    if (whole.of.kind === "space") return `\\delta(${this.argument(whole)})`;
    const positive = whole.terms.filter((term) => term.coefficient.n > 0n);
    const negative = whole.terms
      .filter((term) => term.coefficient.n < 0n)
      .map((term) => ({ label: term.label, coefficient: rational(-term.coefficient.n, term.coefficient.d) }));
    const side = (terms: typeof positive): string => (terms.length === 0 ? "0" : affineTerms(terms, name, rank, this.style));
    // The constant side goes last.
    return positive.length === 0 ? `\\delta_{${side(negative)},0}` : `\\delta_{${side(positive)},${side(negative)}}`;
  }

  /** `\exp(...)`, `\cosh(...)`, `\sqrt{...}`, `(...)^{3/2}`. */
  private special(factor: FormFactor): string {
    if (factor.kind === "value" || factor.kind === "delta") throw new TypeError("a value or a delta is no function of a sum");
    const body = oneLine(this.pieces(factor.of), this.style);
    if (factor.kind === "exp") {
      const name = (factor as Exponential).hyperbolic ?? "exp";
      return this.style.latex ? `\\${name}\\left( ${body} \\right)` : `\\${name}(${body})`;
    }
    if (factor.exponent.n === 1n && factor.exponent.d === 2n) return `\\sqrt{${body}}`;
    return isOne(factor.exponent) ? parenthesised(body, this.style) : `${parenthesised(body, this.style)}^${exponentText(factor.exponent)}`;
  }

  /** Bosons in the declared order of their species, then by label; fermions stay, as their order is a sign. */
  private arranged(all: readonly FormLadder[], from = 0, to = all.length): readonly FormLadder[] {
    const ladders = all.slice(from, to);
    if (ladders.length < 2 || fermionic(ladders)) return ladders;
    for (let i = 1; i < ladders.length; i++) {
      const ladder = ladders[i] as FormLadder;
      let at = i;
      for (; at > 0 && this.compare(ladders[at - 1] as FormLadder, ladder) > 0; at--) ladders[at] = ladders[at - 1] as FormLadder;
      ladders[at] = ladder;
    }
    return ladders;
  }

  private compare(a: FormLadder, b: FormLadder): number {
    if (a.species.id !== b.species.id) return a.species.id - b.species.id;
    for (let i = 0; i < a.arguments.length; i++) {
      const order = this.place(a.arguments[i] as Argument) - this.place(b.arguments[i] as Argument);
      if (order !== 0) return order;
    }
    return 0;
  }

  private place(argument: Argument): number {
    if (argument.kind === "constant") return argument.value - 1e9;
    if (argument.kind === "label") return this.labels.rank(argument.label);
    if (argument.terms.length === 1) return this.labels.rank((argument.terms[0] as { readonly label: Label }).label);
    let least = Number.POSITIVE_INFINITY;
    for (const label of labelsOf(argument)) least = Math.min(least, this.labels.rank(label));
    return least;
  }

  /** Mirrors the creators where they meet them all again, `a_x^* a_y^* a_y a_x`; otherwise as they would stand alone. */
  private annihilators(ordered: readonly FormLadder[], creators: readonly FormLadder[]): readonly FormLadder[] {
    if (ordered.length < 2 || ordered.length !== creators.length || fermionic(ordered)) return ordered;
    const mirrored = ordered.every((ladder, i) => {
      const partner = creators[i] as FormLadder;
      return ladder.species.id === partner.species.id && this.compare(ladder, partner) === 0 && ladder.exponent === partner.exponent;
    });
    return mirrored ? [...ordered].reverse() : ordered;
  }

  private ladder(ladder: FormLadder): string {
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

function raisedCount(term: FormTerm): number {
  let count = 0;
  while (count < term.operators.length && term.operators[count]?.creation === true) count++;
  return count;
}

function fermionic(ladders: readonly FormLadder[]): boolean {
  for (const ladder of ladders) if (ladder.species.statistics === "fermion") return true;
  return false;
}

const nothing = { values: [], deltas: [], exps: [], over: [], under: [] };

/** Whether anything in a form depends on labels. */
function hasLabels(form: Form): boolean {
  return form.terms.some(
    (term) =>
      term.bound.length > 0 ||
      term.operators.length > 0 ||
      term.factors.some((factor) => factor.kind === "value" || factor.kind === "delta" || hasLabels(factor.of)),
  );
}

import type { Form, FormTerm } from "../algebra/form.js";
import { negate, one, type Rational, rational } from "../core/rational.js";
import { latexForm, textForm } from "../render/form.js";
import type { RenderOptions } from "../render/options.js";
import type { Sum } from "../rewrite/engine.js";
import { adjointPartners, form } from "../rewrite/engine.js";

/** `left - right` of a refuted equation, for people. */
export interface Residual {
  readonly latex: string;
  readonly text: string;
  readonly terms: number;
  /** Whole sentences: what one side lacks, what it has too much, which coefficients differ. */
  readonly words: readonly string[];
}

/** Terms that a sentence shows. */
const shown = 6;

/**
 * Describes the residual by its terms' partners. A term of `left - right` whose product of factors and operators
 * occurs on neither or only one side is lacking on the other; one that occurs on both has different coefficients.
 */
export function describe(left: Sum, right: Sum, residual: Sum, names: RenderOptions): Residual {
  const whole = form(residual);
  const partners = adjointPartners(residual);
  const leftTerms = byKey(form(left));
  const rightTerms = byKey(form(right));
  const keys = whole.terms.map(key);
  const indices = keys.map((_, i) => i);
  const lacking = indices.filter((i) => !rightTerms.has(keys[i] as string));
  const surplus = indices.filter((i) => rightTerms.has(keys[i] as string) && !leftTerms.has(keys[i] as string));
  const differing = indices.filter((i) => rightTerms.has(keys[i] as string) && leftTerms.has(keys[i] as string));
  const write = (of: readonly number[], sign: 1 | -1): string => {
    const part = subset(whole, partners, of, sign);
    return textForm(part.form, { ...names, adjointOf: part.adjointOf, lines: "one", limit: shown });
  };
  const words: string[] = [];
  if (lacking.length > 0) words.push(`the printed right side lacks ${write(lacking, 1)}`);
  if (surplus.length > 0) words.push(`the printed right side has ${write(surplus, -1)}, which the left side lacks`);
  const groups = new Map<string, string[]>();
  for (const i of differing) {
    const at = keys[i] as string;
    const [ours, theirs] = [leftTerms.get(at), rightTerms.get(at)] as [FormTerm, FormTerm];
    const pair = `the coefficient ${coefficient(ours, names)} on the left, ${coefficient(theirs, names)} on the right`;
    const group = groups.get(pair) ?? [];
    groups.set(pair, group);
    group.push(textForm({ terms: [unit(whole.terms[i] as FormTerm)] }, { ...names, lines: "one" }));
  }
  for (const [pair, terms] of [...groups].slice(0, shown)) {
    const more = terms.length > shown ? `; and ${terms.length - shown} more` : "";
    words.push(terms.length === 1 ? `${terms[0]} has ${pair}` : `these have ${pair}: ${terms.slice(0, shown).join("; ")}${more}`);
  }
  if (groups.size > shown) words.push(`and ${groups.size - shown} more groups of terms have different coefficients`);
  const options: RenderOptions = { ...names, adjointOf: partners, lines: "one" };
  return { latex: latexForm(whole, options), text: textForm(whole, options), terms: whole.terms.length, words };
}

/** Some terms of a form, with their partners renumbered, times a sign. */
export function subset(
  whole: Form,
  partners: readonly number[],
  of: readonly number[],
  sign: 1 | -1,
): { readonly form: Form; readonly adjointOf: readonly number[] } {
  const place = new Map(of.map((index, i) => [index, i]));
  const terms = of.map((index) => {
    const term = whole.terms[index] as FormTerm;
    return sign === 1 ? term : { ...term, re: negate(term.re), im: negate(term.im) };
  });
  return { form: { terms }, adjointOf: of.map((index) => place.get(partners[index] ?? -1) ?? -1) };
}

const nothing: Rational = rational(0);

function unit(term: FormTerm): FormTerm {
  return { ...term, re: one, im: nothing };
}

/** A term without its number, as a text that two equal terms share: forms are canonical. */
function key(term: FormTerm): string {
  return textForm({ terms: [unit(term)] }, { lines: "one" });
}

function byKey(whole: Form): Map<string, FormTerm> {
  return new Map(whole.terms.map((term) => [key(term), term]));
}

function coefficient(term: FormTerm, names: RenderOptions): string {
  return textForm(
    { terms: [{ re: term.re, im: term.im, scalars: [], bound: [], factors: [], operators: [] }] },
    { ...names, lines: "one" },
  );
}

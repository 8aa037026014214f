import type { Form, FormTerm } from "../algebra/form.js";
import { keyOf, type Term } from "../algebra/sum.js";
import { negate, one, type Rational, rational } from "../core/rational.js";
import { latexForm, textForm } from "../render/form.js";
import type { RenderOptions } from "../render/options.js";
import { divergence } from "../render/volume.js";
import type { Sum } from "../rewrite/engine.js";
import { adjointPartners, form } from "../rewrite/engine.js";
import { orderedTerms } from "../rewrite/form.js";

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
  // Terms are told apart by the engine's own keys: to write out both sides for that took longer than all the rest.
  const keys = orderedTerms(residual).map(({ scalar, mono }) => keyOf(scalar, mono));
  const indices = keys.map((_, i) => i);
  const lacking = indices.filter((i) => !right.has(keys[i] as string));
  const surplus = indices.filter((i) => right.has(keys[i] as string) && !left.has(keys[i] as string));
  const differing = indices.filter((i) => right.has(keys[i] as string) && left.has(keys[i] as string));
  const write = (of: readonly number[], sign: 1 | -1): string => {
    const part = subset(whole, partners, of, sign);
    return textForm(part.form, { ...names, adjointOf: part.adjointOf, lines: "one", limit: shown });
  };
  const words: string[] = [];
  if (lacking.length > 0) words.push(`the printed right side lacks ${write(lacking, 1)}`);
  if (surplus.length > 0) words.push(`the printed right side has ${write(surplus, -1)}, which the left side lacks`);
  // Half of a cosh is no term of a printed formula: terms with exponentials are shown together.
  const joint = differing.filter((i) => whole.terms[i]?.factors.some(({ kind }) => kind === "exp"));
  if (joint.length > 0) {
    const [ours, theirs] = [left, right].map((side) => {
      const terms = form(new Map(joint.map((i) => [keys[i] as string, side.get(keys[i] as string) as Term])));
      return textForm(terms, { ...names, lines: "one", limit: 4 * shown });
    });
    words.push(`the left side has ${ours} where the right side has ${theirs}`);
  }
  const groups = new Map<string, string[]>();
  for (const i of differing) {
    if (joint.includes(i)) continue;
    const [ours, theirs] = [left, right].map((side) => termAt(side, keys[i] as string)) as [FormTerm, FormTerm];
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
  if (divergence(whole) !== undefined)
    words.push("sums over nothing that depends on their label, as \\sum_p 1, diverge unless the other terms cancel them");
  const moving = rates(whole);
  if (moving !== undefined)
    words.push(
      `declared functions depend on time: for one that does not, such as ${moving}, put \`assume \\partial_t ... = 0\` before the claim`,
    );
  const options: RenderOptions = { ...names, adjointOf: partners, lines: "one" };
  return { latex: latexForm(whole, options), text: textForm(whole, options), terms: whole.terms.length, words };
}

/** The function or kernel whose time derivative is in every term, if there is one. */
function rates({ terms }: Form): string | undefined {
  const moving = terms.map(({ factors }) => factors.flatMap((f) => (f.kind === "value" && f.dots > 0 ? [f.symbol.name] : [])));
  return moving[0]?.find((name) => moving.every((names) => names.includes(name)));
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

/** The term of a sum that has this key. */
function termAt(sum: Sum, key: string): FormTerm | undefined {
  const term = sum.get(key);
  return term === undefined ? undefined : form(new Map([[key, term]])).terms[0];
}

function coefficient(term: FormTerm, names: RenderOptions): string {
  return textForm(
    { terms: [{ re: term.re, im: term.im, scalars: [], bound: [], factors: [], operators: [] }] },
    { ...names, lines: "one" },
  );
}

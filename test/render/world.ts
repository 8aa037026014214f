import type { Expression } from "../../src/core/expression.js";
import type { Scope } from "../../src/elaborate/scope.js";
import { latexExpression, textExpression } from "../../src/render/expression.js";
import { latexForm, textForm } from "../../src/render/form.js";
import { checkLatex } from "../../src/render/katex.js";
import type { NamePool, RenderOptions } from "../../src/render/options.js";
import { adjointPartners, difference, expandFinite, form, isZero, normalOrder } from "../../src/rewrite/engine.js";
import { declared, readIn } from "../engine.js";

/** Documents whose expressions are written and read back. */
export interface World {
  readonly scope: Scope;
  readonly pool: NamePool;
}

export function world(text: string): World {
  const scope = declared(text);
  const indices = [...scope.indices].map(({ name, kinds }) => ({ kinds, names: [name] }));
  return { scope, pool: { indices, taken: new Set([...scope.entries].flatMap(({ base, name }) => [base, name])) } };
}

export const read = (text: string, { scope }: World): Expression => readIn(scope, text);

/** Everything that is written for an expression of a document. */
export function writings(e: Expression, { pool }: World): readonly string[] {
  const sum = normalOrder(e);
  const options: RenderOptions = { names: pool, adjointOf: adjointPartners(sum) };
  const of = form(sum);
  return [
    latexForm(of, { names: pool }),
    latexForm(of, options),
    latexForm(of, { ...options, lines: "aligned", width: 20 }),
    textForm(of, options),
    textForm(of, { ...options, hermitian: true }),
    latexExpression(e, { names: pool }),
    textExpression(e, { names: pool }),
  ];
}

/** What goes wrong when a text is read back, or undefined. */
export function fault(written: string, e: Expression, where: World): string | undefined {
  const invalid = checkLatex(written);
  if (invalid !== null) return `${written}: ${invalid}`;
  try {
    const again = normalOrder(read(written, where));
    const options = { names: where.pool };
    return isZero(difference(normalOrder(e), again))
      ? undefined
      : `${written} reads ${textForm(form(again), options)}, not ${textForm(form(normalOrder(e)), options)}`;
  } catch (problem) {
    const message = (problem as { diagnostic?: { message: string } }).diagnostic?.message ?? String(problem);
    return `${written}: ${message}`;
  }
}

/**
 * The same for expressions whose labels or components are new at each reading: kernels without arguments, vectors.
 * Both are read as one difference.
 */
export function apart(written: string, source: string, where: World): string | undefined {
  const invalid = checkLatex(written);
  if (invalid !== null) return `${written}: ${invalid}`;
  try {
    const rest = normalOrder(read(`(${source}) - (${written})`, where));
    // Integrations by parts may lead to one normal form from two sides.
    return isZero(rest) || isZero(expandFinite(rest)) ? undefined : `${written} leaves ${textForm(form(rest), { names: where.pool })}`;
  } catch (problem) {
    const message = (problem as { diagnostic?: { message: string } }).diagnostic?.message ?? String(problem);
    return `${written}: ${message}`;
  }
}

import type { FormTerm } from "../algebra/form.js";
import type { Equation, Expression, Unitary } from "../core/expression.js";
import type { Scope } from "../elaborate/scope.js";
import { textForm } from "../render/form.js";
import type { RenderOptions } from "../render/options.js";
import { difference, form, isZero, normalOrder, termCount } from "../rewrite/engine.js";
import type { Diagnostic } from "../source/diagnostic.js";
import { error, shorten } from "../source/diagnostic.js";
import type { Source } from "../source/span.js";
import type { Effort } from "./equation.js";
import { decide, diagnosticOf } from "./equation.js";

/** The degree in ladder operators up to which exp(E) acts linearly on them. */
const highest = 2;

/** Beyond this many terms only the first ones of a generator are looked at for a message. */
const shown = 3;

/**
 * What is wrong with the unitaries that a document declares itself, each said once and where it is declared: a generator
 * with E^* != -E, or of degree above 2, or one that has no normal form because it is no operator. As for a claim, both
 * ways must agree that E + E^* is not zero; what they cannot decide is left to the statements that use the unitary.
 */
export function generatorFaults(source: Source, scope: Scope, names: RenderOptions, effort: Effort): readonly Diagnostic[] {
  const seen = new Set<Unitary>();
  const found: Diagnostic[] = [];
  for (const entry of scope.entries) {
    if (entry.meant.kind !== "unitaries" || entry.source.path !== source.path) continue;
    for (const { unitary } of entry.meant.factors) {
      if (seen.has(unitary)) continue;
      seen.add(unitary);
      const fault = faultOf(unitary, scope, names, effort);
      if (fault !== undefined) found.push(fault);
    }
  }
  return found;
}

function faultOf(unitary: Unitary, scope: Scope, names: RenderOptions, effort: Effort): Diagnostic | undefined {
  const { generator, name } = unitary;
  const { span } = generator;
  const { assumptions } = scope;
  const adjoint: Expression = { kind: "adjoint", of: generator, span };
  const minus: Expression = { kind: "product", factors: [{ kind: "number", value: { n: -1n, d: 1n }, span }, adjoint], span };
  const write = (terms: readonly FormTerm[]): string => shorten(textForm({ terms }, { ...names, lines: "one" }), 120);
  try {
    const sum = normalOrder(generator, { assumptions });
    const { terms } = form(sum);
    const degree = (term: FormTerm): number => term.operators.reduce((total, ladder) => total + ladder.exponent, 0);
    const high = terms.find((term) => degree(term) > highest);
    if (high !== undefined)
      return error(
        "bad-generator",
        span,
        `the generator of \`${name}\` has the term ${write([high])} of degree ${degree(high)} in the ladder operators, expected at most ${highest}`,
        "exp of such an operator does not act linearly on the ladder operators",
      );
    const other = normalOrder(minus, { assumptions });
    const rest = difference(sum, other);
    if (isZero(rest)) return undefined;
    const equation: Equation = { left: generator, right: minus, assumptions };
    if (decide(equation, effort).status !== "refuted") return undefined;
    const residual = form(rest).terms;
    const more = termCount(rest) > shown ? ` + ... (${termCount(rest)} terms)` : "";
    const culprit = terms.find((term) => residual.some((one) => sameShape(one, term)));
    return error(
      "not-skew-adjoint",
      span,
      `the generator E of \`${name}\` is not skew-adjoint, so \`${name}\` is not unitary: E + E^* = ${write(residual.slice(0, shown))}${more}`,
      culprit === undefined
        ? "write E with E^* = -E, such as a^*(f) - a(f)"
        : `E^* = -E needs the adjoint of each term with a minus sign, as in a^*(f) - a(f); E has ${write([culprit])}`,
    );
  } catch (problem) {
    const diagnostic = diagnosticOf(problem, span);
    // What is only beyond the engine may still be right.
    const beyond = ["not-understood", "unsupported", "too-large", "internal", "too-deep"].includes(diagnostic.code);
    return beyond ? undefined : diagnostic;
  }
}

/** Whether two terms are the same but for their coefficients. */
function sameShape(a: FormTerm, b: FormTerm): boolean {
  const bare = (term: FormTerm): string => textForm({ terms: [{ ...term, re: { n: 1n, d: 1n }, im: { n: 0n, d: 1n } }] }, { lines: "one" });
  return bare(a) === bare(b);
}

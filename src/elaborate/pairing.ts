import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import * as simple from "./algebra.js";
import { add, entries, mapOf, modelOf, nothing, sizeText, width } from "./matrix.js";
import type { Env, Mapping, Meaning, Plain, Simple } from "./meaning.js";
import { adjointOf, isZero, operator, productOf, scalar, sortName, sumOf } from "./meaning.js";

/** Traces and inner products of everything, and matrices where a function, a kernel or a single expression is wanted. */

/** `\operatorname{tr} M`: the sum of the traces in the diagonal. */
export function trace(env: Env, meaning: Meaning, span: Span): Meaning {
  if (meaning.sort === "plain") return meaning;
  if (meaning.sort === "map") return simple.trace(env, meaning, span);
  if (meaning.rows.length !== width(meaning))
    return fail("wrong-size", span, `found a matrix of size ${sizeText(meaning)} in a trace, expected a square one`);
  const model = modelOf(meaning);
  const terms = meaning.rows.flatMap((row, i) => {
    const entry = row[i] as Meaning;
    if (isZero(entry)) return [];
    const kernel = model && entry.sort === "plain" ? simple.coerce(env, entry, model, span) : entry;
    return [{ meaning: trace(env, kernel, span), span, sign: 1 as const }];
  });
  return terms.length === 0 ? nothing(span) : add(env, terms, span);
}

// Functions and kernels from everything

/** A function or kernel, also one that is written as a matrix. */
export function asMap(env: Env, meaning: Meaning, span: Span, place: string, arity?: number): Mapping {
  const found = meaning.sort === "matrix" ? mapOf(env, meaning, span) : meaning;
  if (found.sort === "map" && (arity === undefined || found.groups.length === arity)) return found;
  const wanted = arity === undefined ? "a function or kernel" : arity === 1 ? "a function" : "a kernel";
  return fail("not-a-function", span, `found ${sortName(meaning)} ${place}, expected ${wanted}`);
}

/** `\langle F, G \rangle` of columns, or of matrices: the sum over the entries. */
export function inner(env: Env, left: Meaning, right: Meaning, span: Span): Plain {
  const place = "in an inner product";
  if (left.sort !== "matrix" && right.sort !== "matrix")
    return simple.inner(env, asMap(env, left, span, place), asMap(env, right, span, place), span);
  const model = modelOf(left) ?? modelOf(right);
  const parts = entries(env, { meaning: left, span }, { meaning: right, span });
  const terms = parts.flatMap(([x, y]): Plain[] => {
    if (isZero(x.meaning) || isZero(y.meaning)) return [];
    if (!model) {
      const [a, b] = [x.meaning as Plain, y.meaning as Plain];
      return [
        { sort: "plain", expression: productOf([adjointOf(a.expression, span), b.expression], span), operator: a.operator || b.operator },
      ];
    }
    const [a, b] = [x, y].map((one) => (one.meaning.sort === "plain" ? simple.coerce(env, one.meaning, model, span) : one.meaning));
    return [simple.inner(env, a as Mapping, b as Mapping, span)];
  });
  const expression = sumOf(
    terms.map((term) => term.expression),
    span,
  );
  return terms.some((term) => term.operator) ? operator(expression) : scalar(expression);
}

/** A scalar, operator, function or kernel, or a fault that names the place where no matrix can stand. */
export function asSimple(meaning: Meaning, span: Span, place: string, hint?: string): Simple {
  return meaning.sort === "matrix"
    ? fail("misplaced-matrix", span, `found a block matrix of size ${sizeText(meaning)} ${place}`, hint)
    : meaning;
}

import type { Form, FormFactor, FormScalar, FormTerm } from "../algebra/form.js";
import type { Argument, Expression, Kind } from "../core/expression.js";
import type { Rational } from "../core/rational.js";
import { equals, one, rational } from "../core/rational.js";
import type { Span } from "../source/span.js";

/**
 * A normal form as an expression again, so that a term of a residual can be put back into an equation and the
 * equation be decided both ways. `span` is what messages about it show.
 */
export function expressionOf(form: Form, span: Span): Expression {
  return { kind: "sum", terms: form.terms.map((term) => termExpression(term, span)), span };
}

function termExpression(term: FormTerm, span: Span): Expression {
  const factors: Expression[] = [
    number(term.re, term.im, span),
    ...term.scalars.map((scalar) => scalarExpression(scalar, span)),
    ...term.factors.map((factor) => factorExpression(factor, span)),
    ...term.operators.map((ladder) => {
      const { species, creation } = ladder;
      return power({ kind: "ladder", species, creation, arguments: ladder.arguments, span }, rational(ladder.exponent), span);
    }),
  ];
  const body: Expression = { kind: "product", factors, span };
  return term.bound.length === 0 ? body : { kind: "bind", labels: term.bound, body, span };
}

/** The Gaussian rational `re + im i`. */
export function number(re: Rational, im: Rational, span: Span): Expression {
  const real: Expression = { kind: "number", value: re, span };
  if (im.n === 0n) return real;
  const imaginary: Expression = {
    kind: "product",
    factors: [
      { kind: "number", value: im, span },
      { kind: "imaginary", span },
    ],
    span,
  };
  return re.n === 0n ? imaginary : { kind: "sum", terms: [real, imaginary], span };
}

function power(base: Expression, exponent: Rational, span: Span): Expression {
  return equals(exponent, one) ? base : { kind: "power", base, exponent, span };
}

export function scalarExpression(scalar: FormScalar, span: Span): Expression {
  switch (scalar.kind) {
    case "pi":
      return power({ kind: "pi", span }, scalar.exponent, span);
    case "number":
      return power({ kind: "number", value: rational(scalar.base), span }, scalar.exponent, span);
    case "parameter": {
      const plain: Expression = { kind: "parameter", parameter: scalar.parameter, span };
      return power(scalar.conjugated ? { kind: "adjoint", of: plain, span } : plain, scalar.exponent, span);
    }
  }
}

function factorExpression(factor: FormFactor, span: Span): Expression {
  switch (factor.kind) {
    case "exp":
      return { kind: "function", name: "exp", of: expressionOf(factor.of, span), span };
    case "power":
      return power(expressionOf(factor.of, span), factor.exponent, span);
    case "delta":
      return { kind: "delta", left: factor.left, right: factor.right ?? origin(factor.left.of), span };
    case "value": {
      let value: Expression = { kind: "value", symbol: factor.symbol, arguments: factor.arguments, span };
      for (let i = 0; i < factor.dots; i++) value = { kind: "derivative", of: value, span };
      if (factor.conjugated) value = { kind: "adjoint", of: value, span };
      return power(value, factor.exponent, span);
    }
  }
}

function origin(kind: Kind): Argument {
  return { kind: "affine", of: kind, scale: { number: one, parameters: [] }, terms: [] };
}

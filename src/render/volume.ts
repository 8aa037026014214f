import type { Form, FormFactor, FormTerm } from "../algebra/form.js";
import { volumeOf } from "../algebra/head.js";
import type { Kind, Label } from "../core/expression.js";
import { add, divide, equals, multiply, negate, one, type Rational } from "../core/rational.js";
import { type Exponential, hyperbolic, key } from "./hyperbolic.js";

/** A factor `exp(of)`, `\cosh(of)`, `(of)^r` to which a number is added: `\cosh(2 \tau(p)) - 1`. */
export type Raised = FormFactor & { readonly kind: "exp" | "power"; readonly plus?: Rational };

/**
 * What is printed of a normal form: exponentials in pairs are hyperbolic functions, and the infinities that a sum over
 * Z^d (an integral over R^d) of what does not depend on its label leaves are written where they came from. From
 * \sum_p \sinh(\tau(p))^2 = \frac12 \sum_p \cosh(2\tau(p)) - \frac12 \sum_p 1 comes \frac12 \sum_p (\cosh(2\tau(p)) - 1),
 * which may converge although its two parts do not. What finds no such place is a sum that diverges, \sum_p 1.
 */
export function presentable(form: Form): Form {
  return unfolded(gathered(hyperbolic(form)));
}

/** A kind whose volume stands alone in a form, so that it diverges whatever is declared in it. */
export function divergence(form: Form): Kind | undefined {
  for (const { factors } of gathered(hyperbolic(form)).terms)
    for (const factor of factors) {
      const kind = factor.kind === "value" ? volumeOf(factor.symbol) : undefined;
      if (kind !== undefined) return kind;
    }
  return undefined;
}

const isVolume = (factor: FormFactor): boolean => factor.kind === "value" && volumeOf(factor.symbol) !== undefined;

/** Terms with one volume more than a term with a function of that label, added to that function. */
function gathered(form: Form): Form {
  if (!form.terms.some(({ factors }) => factors.some(isVolume))) return form;
  let terms: readonly (FormTerm | undefined)[] = form.terms;
  // First what cancels where the exponent vanishes, then the rest.
  for (const exact of [true, false])
    for (let i = 0; i < terms.length; i++) {
      const term = terms[i];
      const at = term === undefined ? -1 : term.factors.findIndex(isVolume);
      if (term === undefined || at < 0) continue;
      const factor = term.factors[at] as FormFactor & { readonly kind: "value" };
      if (!equals(factor.exponent, one)) continue;
      const kind = volumeOf(factor.symbol) as Kind;
      const rest = key({ ...term, factors: term.factors.filter((_, k) => k !== at) });
      for (let j = 0; j < terms.length; j++) {
        const partner = terms[j];
        const joined = partner === undefined || j === i ? undefined : together(partner, term, kind, rest, exact);
        if (joined === undefined) continue;
        terms = terms.map((each, k) => (k === i ? undefined : k === j ? joined : each));
        break;
      }
    }
  return { terms: terms.filter((term) => term !== undefined) };
}

/** A term c \sum_p F(p) R and another, d \infty R, as one: c \sum_p (F(p) + d/c) R. */
function together(partner: FormTerm, term: FormTerm, kind: Kind, rest: string, exact: boolean): FormTerm | undefined {
  for (const label of partner.bound) {
    if (!sameKind(label.kind, kind)) continue;
    for (const [at, factor] of partner.factors.entries()) {
      if (!takesNumber(factor)) continue;
      // Where the label occurs elsewhere too, it is free in what is left and the keys differ.
      const left = {
        ...partner,
        bound: partner.bound.filter((each) => each !== label),
        factors: partner.factors.filter((_, k) => k !== at),
      };
      if (key(left) !== rest) continue;
      const plus = ratio(term, partner);
      if (plus === undefined || (exact && !equals(plus, negate(one)))) continue;
      const raised: Raised = { ...factor, plus };
      return { ...partner, factors: partner.factors.map((each, k) => (k === at ? raised : each)) };
    }
  }
  return undefined;
}

function takesNumber(factor: FormFactor): factor is Raised {
  if (factor.kind !== "exp" && factor.kind !== "power") return false;
  const { name } = factor as Exponential;
  return (factor as Raised).plus === undefined && name !== "sinh" && name !== "sin";
}

const sameKind = (a: Kind, b: Kind): boolean =>
  a.kind === b.kind && a.kind !== "finite" && b.kind !== "finite" && a.dimension === b.dimension;

/** The quotient of the numbers in front of two terms where it is real. */
function ratio(a: FormTerm, b: FormTerm): Rational | undefined {
  const size = add(multiply(b.re, b.re), multiply(b.im, b.im));
  const imaginary = add(multiply(a.im, b.re), negate(multiply(a.re, b.im)));
  return imaginary.n === 0n ? divide(add(multiply(a.re, b.re), multiply(a.im, b.im)), size) : undefined;
}

let fresh = -4_000_000_000;

/** Volumes that are left, as the sums \sum_p 1 that they are. */
function unfolded(form: Form): Form {
  if (!form.terms.some(({ factors }) => factors.some(isVolume))) return form;
  return {
    terms: form.terms.map((term): FormTerm => {
      const bound: Label[] = [];
      const factors = term.factors.filter((factor) => {
        const kind = factor.kind === "value" ? volumeOf(factor.symbol) : undefined;
        if (factor.kind !== "value" || kind === undefined || factor.exponent.d !== 1n || factor.exponent.n < 0n) return true;
        for (let n = 0n; n < factor.exponent.n; n++) bound.push({ id: fresh--, name: `#v${n}`, kind });
        return false;
      });
      return bound.length === 0 ? term : { ...term, bound: [...term.bound, ...bound], factors };
    }),
  };
}

/** ` - 1`, ` + 1/2`: the number that is added, as it stands behind a function. */
export function plusText({ n, d }: Rational, latex: boolean): string {
  const size = n < 0n ? -n : n;
  const number = d === 1n ? `${size}` : latex ? `\\frac{${size}}{${d}}` : `${size}/${d}`;
  return ` ${n < 0n ? "-" : "+"} ${number}`;
}

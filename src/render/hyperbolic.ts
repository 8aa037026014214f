import type { Form, FormFactor, FormLadder, FormPartial, FormTerm } from "../algebra/form.js";
import type { Argument, Label } from "../core/expression.js";
import { add, equals, negate, type Rational } from "../core/rational.js";

/** `exp(of)`, or `cosh(of)`, `sin(of)`, ... where `name` says so. */
export type Exponential = FormFactor & { readonly kind: "exp"; readonly name?: "cosh" | "sinh" | "cos" | "sin" };

/**
 * Recombines pairs of terms: c e^s + c e^{-s} = 2 c cosh(s) and c e^s - c e^{-s} = 2 c sinh(s), with 2 c cos(s) and 2 i c sin(s) for
 * i s in place of s. Terms with other coefficients, with a complex s stay as they are.
 */
export function hyperbolic(form: Form): Form {
  if (!form.terms.some((term) => term.factors.some((factor) => factor.kind === "exp"))) return form;
  const place = new Map<string, number>();
  const out: (FormTerm | undefined)[] = [];
  for (const each of form.terms) {
    const term = joined(each);
    const at = only(term);
    const exponential = at < 0 ? undefined : (term.factors[at] as Exponential);
    const inside = exponential?.of.terms ?? [];
    const circular = inside.every((each) => each.re.n === 0n);
    if (exponential === undefined || inside.length === 0 || !(circular || inside.every((each) => each.im.n === 0n))) {
      out.push(term);
      continue;
    }
    const opposite = {
      ...exponential,
      of: { terms: exponential.of.terms.map((each) => ({ ...each, re: negate(each.re), im: negate(each.im) })) },
    };
    const there = place.get(key(replaced(term, at, opposite)));
    const partner = there === undefined ? undefined : out[there];
    if (there !== undefined && partner !== undefined) {
      const same = equals(partner.re, term.re) && equals(partner.im, term.im);
      const opposed = equals(partner.re, negate(term.re)) && equals(partner.im, negate(term.im));
      if (same || opposed) {
        // The positive exponent is the one to show; sinh is odd in it.
        const first = inside[0] as FormTerm;
        const positive = (circular ? first.im : first.re).n > 0n;
        const shown = positive ? exponential : opposite;
        const lead = positive ? term : partner;
        const factor: Exponential = {
          kind: "exp",
          of: circular ? { terms: shown.of.terms.map((each) => ({ ...each, re: each.im, im: each.re })) } : shown.of,
          name: circular ? (same ? "cos" : "sin") : same ? "cosh" : "sinh",
        };
        const double = { re: add(lead.re, lead.re), im: add(lead.im, lead.im) };
        out[there] = { ...replaced(term, at, factor), ...(circular && opposed ? { re: negate(double.im), im: double.re } : double) };
        place.delete(key(replaced(term, at, opposite)));
        continue;
      }
    }
    place.set(key(term), out.length);
    out.push(term);
  }
  return { terms: out.filter((term) => term !== undefined) };
}

/** A term with its exponentials as one: e^{f(p)} e^{g(q)} = e^{f(p) + g(q)}. */
function joined(term: FormTerm): FormTerm {
  if (term.factors.filter(({ kind }) => kind === "exp").length < 2) return term;
  const at = term.factors.findIndex(({ kind }) => kind === "exp");
  const terms = term.factors.flatMap((factor) => (factor.kind === "exp" ? factor.of.terms : []));
  const whole: FormFactor = { kind: "exp", of: { terms } };
  const factors = term.factors.flatMap((factor, i): FormFactor[] => (i === at ? [whole] : factor.kind === "exp" ? [] : [factor]));
  return { ...term, factors };
}

/** The place of the only exponential of a term, or -1. */
function only(term: FormTerm): number {
  let at = -1;
  for (let i = 0; i < term.factors.length; i++)
    if (term.factors[i]?.kind === "exp") {
      if (at >= 0) return -1;
      at = i;
    }
  return at;
}

function replaced(term: FormTerm, at: number, factor: Exponential): FormTerm {
  return { ...term, factors: term.factors.map((each, i) => (i === at ? factor : each)) };
}

/** A text that two terms share if they are the same but for their coefficient, bound labels told by their place. */
export function key(term: FormTerm, outer: ReadonlyMap<number, string> = new Map()): string {
  const names = new Map(outer);
  for (const label of term.bound) names.set(label.id, `#${names.size}`);
  const label = (each: Label): string => names.get(each.id) ?? `${each.id}`;
  const number = (r: Rational): string => `${r.n}/${r.d}`;
  const argument = (each: Argument): string => {
    if (each.kind === "constant") return `=${each.value}`;
    if (each.kind === "label") return label(each.label);
    const scale = each.scale.parameters.map((p) => `${p.parameter.id}^${p.exponent}`).join(" ");
    return `${number(each.scale.number)} ${scale}(${each.terms
      .map((part) => `${number(part.coefficient)} ${label(part.label)}`)
      .sort()
      .join("+")})`;
  };
  const components = new Map<number, number>();
  const partials = (list: readonly FormPartial[] = []): string =>
    list
      .map(({ slot, component }) => {
        if (!components.has(component.id)) components.set(component.id, components.size);
        return `d${slot}:${components.get(component.id)}`;
      })
      .join("");
  const inner = (of: Form): string =>
    of.terms
      .map((each) => `${number(each.re)},${number(each.im)} ${key(each, names)}`)
      .sort()
      .join("+");
  const factor = (each: FormFactor): string => {
    if (each.kind === "value")
      return `v${each.symbol.id}${each.conjugated ? "*" : ""}.${each.dots}${partials(each.partials)}(${each.arguments.map(argument).join(";")})^${number(each.exponent)}`;
    if (each.kind === "delta")
      return `d${partials(each.partials)}(${argument(each.left)};${each.right === undefined ? "" : argument(each.right)})`;
    const { name, plus } = each as Exponential & { readonly plus?: Rational };
    const more = plus === undefined ? "" : `+${number(plus)}`;
    return each.kind === "exp" ? `e${name ?? ""}(${inner(each.of)})${more}` : `p(${inner(each.of)})^${number(each.exponent)}${more}`;
  };
  const ladder = (each: FormLadder): string =>
    `${each.species.id}${each.creation ? "*" : ""}${partials(each.partials)}(${each.arguments.map(argument).join(";")})^${each.exponent}`;
  const scalars = term.scalars.map((each) => {
    if (each.kind === "parameter") return `${each.parameter.id}${each.conjugated ? "*" : ""}^${number(each.exponent)}`;
    return each.kind === "pi" ? `pi^${number(each.exponent)}` : `n${each.base}^${number(each.exponent)}`;
  });
  return [
    scalars.sort().join(" "),
    String(term.bound.length),
    term.factors.map(factor).sort().join(" "),
    term.operators.map(ladder).join(" "),
  ].join(" | ");
}

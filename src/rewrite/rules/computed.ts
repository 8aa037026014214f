import type { Argument, Component, Expression } from "../../core/expression.js";
import { add, gcd, multiply, negate, one, type Rational, rational, zero } from "../../core/rational.js";
import { nowhere } from "../../source/span.js";
import { isPositive } from "./binding.js";
import { hyperbolicRules } from "./hyperbolic.js";
import {
  argumentsOf,
  componentKey,
  difference,
  gather,
  isPlainScale,
  origin,
  refresh,
  spread,
  substitute,
  Unrepresentable,
} from "./labels.js";
import { bind, children, isScalar, isZero, type Kinded, number, product, scale, sum, wholeNumber } from "./node.js";
import type { ComputedRule } from "./rule.js";
import { spaceRules, workedOut } from "./space.js";
import { symbolText } from "./symbols.js";

const power = (base: Expression, exponent: Kinded<"power">["exponent"]): Expression => {
  if (exponent.n === 0n) return number(one);
  return exponent.n === 1n && exponent.d === 1n ? base : { kind: "power", base, exponent, span: nowhere };
};

/** The largest power of a sum or an operator that is multiplied out. */
const largestPower = 64;

/** A definition is replaced by its body, with the arguments for its parameters. */
const definition: ComputedRule = {
  kind: "computed",
  name: "definition",
  source: "A name of the document stands for its body.",
  apply: (e, labels) => {
    if (e.kind !== "call") return undefined;
    const map = new Map(e.definition.parameters.map((p, i) => [p.id, e.arguments[i] as Argument]));
    const body = refresh(e.definition.body, labels);
    for (const one of [body, workedOut(body)])
      try {
        return substitute(one, map);
      } catch (caught) {
        if (!(caught instanceof Unrepresentable)) throw caught;
      }
    return undefined;
  },
};

/** A^n = A A^(n-1) for operators and sums; powers of c-numbers are taken factor by factor. */
const powers: ComputedRule = {
  kind: "computed",
  name: "power",
  source: "A^n = A A^{n-1}; (s t)^r = s^r t^r where r is whole or s > 0; (s^q)^r = s^{qr} where r is whole or s > 0.",
  apply: (e, labels) => {
    if (e.kind !== "power") return undefined;
    const { base, exponent } = e;
    if (exponent.n === 0n) return number(one);
    if (exponent.n === 1n && exponent.d === 1n) return base;
    const n = wholeNumber(exponent);
    if (base.kind === "number" && n !== undefined && (n > 0 || base.value.n !== 0n)) {
      const m = BigInt(Math.abs(n));
      const [top, bottom] = [base.value.n ** m, base.value.d ** m];
      return number(n > 0 ? rational(top, bottom) : rational(bottom, top));
    }
    if (base.kind === "imaginary" && n !== undefined)
      return ([number(one), base, number(rational(-1)), product([number(rational(-1)), base])] as const)[((n % 4) + 4) % 4];
    if (base.kind === "power" && (n !== undefined || isPositive(base.base))) return power(base.base, multiply(base.exponent, exponent));
    if (base.kind === "product" && isScalar(base)) {
      if (n !== undefined) return product(base.factors.map((f) => power(f, exponent)));
      const positive = base.factors.filter(isPositive);
      const rest = base.factors.filter((f) => !isPositive(f));
      if (positive.length === 0) return undefined;
      return product([...positive.map((f) => power(f, exponent)), ...(rest.length === 0 ? [] : [power(product(rest), exponent)])]);
    }
    if (n === undefined || n < 0 || n > largestPower) return undefined;
    // Powers of a c-number that is one symbol stay; anything else is multiplied out.
    if (isScalar(base) && base.kind !== "sum" && base.kind !== "bind" && base.kind !== "adjoint") return undefined;
    if (base.kind === "adjoint" && isScalar(base)) return product(Array.from({ length: n }, () => base));
    return product([base, power(refresh(base, labels), add(exponent, rational(-1)))]);
  },
};

/** The conjugate of a power: of a whole power the power of the conjugate. */
const conjugatePower: ComputedRule = {
  kind: "computed",
  name: "conjugate-power",
  source: "The conjugate of s^n is the n-th power of the conjugate, n whole; a power of a positive number is real.",
  apply: (e) => {
    if (e.kind !== "adjoint" || e.of.kind !== "power" || !isScalar(e.of)) return undefined;
    if (isPositive(e.of.base)) return e.of;
    return e.of.exponent.d === 1n ? power({ kind: "adjoint", of: e.of.base, span: nowhere }, e.of.exponent) : undefined;
  },
};

/** d/dt s^r = r s^(r-1) ds/dt. */
const derivativePower: ComputedRule = {
  kind: "computed",
  name: "derivative-power",
  source: "d/dt s^r = r s^{r-1} ds/dt.",
  apply: (e) => {
    if (e.kind !== "derivative" || e.of.kind !== "power" || !isScalar(e.of)) return undefined;
    const { base, exponent } = e.of;
    return product([number(exponent), power(base, add(exponent, negate(one))), { kind: "derivative", of: base, span: nowhere }]);
  },
};

/** Creators and annihilators of a monomial; undefined where the operand is none. */
function monomial(e: Expression): { creators: number; annihilators: number } | undefined {
  if (e.kind === "bind") return monomial(e.body);
  const factors = e.kind === "product" ? e.factors : [e];
  let creators = 0;
  let annihilators = 0;
  for (const factor of factors) {
    if (factor.kind === "ladder") {
      if (factor.creation && annihilators > 0) return undefined;
      if (factor.creation) creators++;
      else annihilators++;
    } else if (!isScalar(factor)) return undefined;
  }
  return { creators, annihilators };
}

/** A part of a sum of normal-ordered terms: those with the degrees asked for. */
const part: ComputedRule = {
  kind: "computed",
  name: "part",
  source: "part_n keeps the terms with n ladder operators, part_{m,n} those with m creators and n annihilators.",
  apply: (e) => {
    if (e.kind !== "part") return undefined;
    if (e.of.kind === "sum") return sum(e.of.terms.map((of) => ({ ...e, of })));
    const found = monomial(e.of);
    if (!found) return undefined;
    const { creators, annihilators } = found;
    const kept = e.total !== undefined ? creators + annihilators === e.total : creators === e.creators && annihilators === e.annihilators;
    return kept ? e.of : number(zero);
  },
};

/** delta(c x) = |c|^(-d) delta(x) in R^d, and delta_{c x, 0} = delta_{x, 0} on a lattice; c is the content of the combination. */
const deltaScale: ComputedRule = {
  kind: "computed",
  name: "delta-scale",
  source: "The Dirac delta is homogeneous of degree -d in R^d; a Kronecker delta does not change.",
  apply: (e) => {
    if (e.kind !== "delta" || (e.left.of.kind !== "space" && e.left.of.kind !== "lattice")) return undefined;
    const d = difference(e);
    if (!d || d.terms.size === 0 || d.parameters.some((p) => p.parameter.domain !== "positive")) return undefined;
    // The content is the largest rational that leaves whole coefficients: it does not depend on the order of the labels.
    let top = 0n;
    let bottom = 1n;
    for (const { coefficient } of d.terms.values()) {
      top = gcd(top, coefficient.n);
      bottom = (bottom * coefficient.d) / gcd(bottom, coefficient.d);
    }
    const scaled = d.parameters.length > 0 || ![e.left, e.right].every(isPlain);
    if (top === 1n && bottom === 1n && !scaled) return undefined;
    const terms = new Map(
      [...d.terms].map(([id, t]) => [id, { label: t.label, coefficient: multiply(t.coefficient, rational(bottom, top)) }]),
    );
    const left = gather({ ...d, parameters: [], terms });
    const primitive: Expression = { kind: "delta", left, right: origin(left.of), span: e.span };
    if (e.left.of.kind === "lattice") return primitive;
    const dimension = BigInt(e.left.of.dimension);
    const scales = d.parameters.map(
      (p): Expression => power({ kind: "parameter", parameter: p.parameter, span: nowhere }, rational(-BigInt(p.exponent) * dimension)),
    );
    return scale(rational(bottom ** dimension, top ** dimension), product([...scales, primitive]));
  },
};

/** A Kronecker delta of labels of Z and numbers that no whole numbers in the labels' place make 1, as \delta_{1,0} and \delta_{2j,1}. */
const deltaNumber: ComputedRule = {
  kind: "computed",
  name: "delta-number",
  source: "c x = n has a solution in whole numbers only if the greatest common divisor of the c divides n (Bezout).",
  apply: (e) => {
    if (e.kind !== "delta" || e.left.of.kind !== "lattice") return undefined;
    let divisor = 0n;
    let fixed = 0n;
    for (const { label, coefficient } of difference(e)?.terms.values() ?? []) {
      if (coefficient.d !== 1n) return undefined;
      if (label.unit) fixed = coefficient.n;
      else divisor = gcd(divisor, coefficient.n);
    }
    const solved = fixed === 0n || (divisor !== 0n && fixed % divisor === 0n);
    return solved ? undefined : number(zero);
  },
};

const isPlain = (a: Argument): boolean => a.kind !== "affine" || isPlainScale(a.scale);

/** The sum over a finite label, written out. */
const finiteSum: ComputedRule = {
  kind: "computed",
  name: "finite-sum",
  source: "A sum over a finite label is the sum of its values.",
  apply: (e, labels) => {
    if (e.kind !== "bind") return undefined;
    // Of {1..p} the values are not known.
    const label = e.labels.find((l) => l.kind.kind === "finite" && l.kind.size === undefined);
    if (label?.kind.kind !== "finite") return undefined;
    const kind = label.kind;
    if (kind.values.length > 16) return undefined;
    const others = e.labels.filter((l) => l !== label);
    const body: Expression = others.length === 0 ? e.body : { ...e, labels: others };
    return sum(
      kind.values.map((value, i) =>
        substitute(i === 0 ? body : refresh(body, labels), new Map([[label.id, { kind: "constant", of: kind, value } as Argument]])),
      ),
    );
  },
};

/** `0^*`, `[0, A]`, `<0>` and the like. */
const vanishing: ComputedRule = {
  kind: "computed",
  name: "zero",
  source: "Every linear operation takes 0 to 0.",
  apply: (e) => {
    switch (e.kind) {
      case "normal":
      case "expectation":
      case "derivative":
      case "part":
      case "partial":
      case "components":
        return isZero(e.of) ? number(zero) : undefined;
      case "commutator":
      case "contraction":
        return isZero(e.left) || isZero(e.right) ? number(zero) : undefined;
      default:
        return undefined;
    }
  },
};

const componentText = (c: Component, names: ReadonlyMap<number, string>): string => names.get(componentKey(c)) ?? `j${c.id}`;

/** A text that is equal for terms that differ by the names of their bound labels, as they are written. */
function shape(e: Expression, names: ReadonlyMap<number, string>): string {
  const one = (a: Argument): string => {
    if (a.kind === "constant") return `!${a.value}`;
    if (a.kind === "label") return names.get(a.label.id) ?? `${a.label.id}`;
    const s = spread(a);
    const terms = s
      ? [...s.terms.values()].map((t) => `${t.coefficient.n}/${t.coefficient.d} ${names.get(t.label.id) ?? t.label.id}`).sort()
      : [];
    return `${s?.parameters.map((p) => `${p.parameter.id}^${p.exponent}`).join(" ")}(${terms.join("+")})`;
  };
  const list = argumentsOf(e).map(one).join(",");
  const inner = (now: ReadonlyMap<number, string>): string =>
    children(e)
      .map((child) => shape(child, now))
      .join(" ");
  switch (e.kind) {
    case "number":
      return `${e.value.n}/${e.value.d}`;
    case "parameter":
      return `p${e.parameter.id}`;
    case "value": {
      const partials = (e.partials ?? []).map((p) => `${p.slot}.${componentText(p.component, names)}`).sort();
      return `v${symbolText(e.symbol)}${partials.length > 0 ? `'${partials.join("'")}` : ""}[${list}]`;
    }
    case "partial":
      return `D${names.get(e.label.id) ?? e.label.id}.${componentText(e.component, names)}{${inner(names)}}`;
    case "components":
      return `S{${inner(new Map([...names, [componentKey(e.component), `~${names.size}`]]))}}`;
    case "ladder":
      return `${e.creation ? "+" : "-"}${e.species.id}[${list}]`;
    case "delta": {
      const d = difference(e);
      return d ? `d[${one(gather(d))}]` : `d[${list}]`;
    }
    case "bind":
      return `B${e.labels.length}{${inner(new Map([...names, ...e.labels.map((l, i): [number, string] => [l.id, `#${names.size + i}`])]))}}`;
    case "power":
      return `^${e.exponent.n}/${e.exponent.d}{${inner(names)}}`;
    case "commutator":
      return `c${e.sign}{${inner(names)}}`;
    case "function":
      return `${e.name}{${inner(names)}}`;
    case "unitary":
      return `u${e.unitary.id}${e.inverse}`;
    case "call":
      return `d${e.definition.id}[${list}]`;
    case "part":
      return `P${e.total},${e.creators},${e.annihilators}{${inner(names)}}`;
    default:
      return `${e.kind}[${list}]{${inner(names)}}`;
  }
}

/** The rational factor of a term, and what it stands in front of. */
function coefficient(e: Expression): { factor: Rational; rest: Expression } {
  if (e.kind === "number") return { factor: e.value, rest: number(one) };
  if (e.kind === "bind") {
    const inner = coefficient(e.body);
    return { factor: inner.factor, rest: { ...e, body: inner.rest } };
  }
  if (e.kind === "components") {
    const inner = coefficient(e.of);
    return { factor: inner.factor, rest: { ...e, of: inner.rest } };
  }
  const first = e.kind === "product" ? e.factors[0] : undefined;
  if (e.kind !== "product" || first?.kind !== "number") return { factor: one, rest: e };
  return { factor: first.value, rest: product(e.factors.slice(1)) };
}

/** A number in front of a term goes under its integrals. */
const scaled = (factor: Rational, e: Expression): Expression =>
  factor.n === 0n
    ? number(zero)
    : e.kind === "bind"
      ? bind(e.labels, scaled(factor, e.body))
      : e.kind === "components"
        ? { ...e, of: scaled(factor, e.of) }
        : scale(factor, e);

/** 2 A + 3 A = 5 A for terms that are the same but for the names of bound labels; all at once. */
const collect: ComputedRule = {
  kind: "computed",
  name: "collect",
  source: "Equal terms are added up.",
  apply: (e) => {
    if (e.kind !== "sum") return undefined;
    const found = new Map<string, { factor: Rational; rest: Expression; count: number; first: Expression }>();
    for (const term of e.terms) {
      const { factor, rest } = coefficient(term);
      const key = shape(rest, new Map());
      const old = found.get(key);
      if (old) {
        old.factor = add(old.factor, factor);
        old.count++;
      } else found.set(key, { factor, rest, count: 1, first: term });
    }
    if (found.size === e.terms.length) return undefined;
    return sum([...found.values()].map(({ factor, rest, count, first }) => (count === 1 ? first : scaled(factor, rest))));
  },
};

export const computedRules: readonly ComputedRule[] = [
  collect,
  vanishing,
  definition,
  powers,
  conjugatePower,
  derivativePower,
  part,
  deltaNumber,
  deltaScale,
  ...hyperbolicRules,
  ...spaceRules,
];
export const expandFinite: ComputedRule = finiteSum;

import type { Argument, Component, Expression, Label, Species, SymbolInfo } from "../../core/expression.js";
import { add, equals, multiply, negate, one, type Rational, rational, zero } from "../../core/rational.js";
import { componentKey, difference, spread } from "./labels.js";
import { isScalar, type Kinded } from "./node.js";
import { orders, sortSigned } from "./order.js";
import { declaredOf, kernelText, symbolText } from "./symbols.js";

/**
 * Terms of a normal form by rules, made comparable by trial: a term with n bound labels of one kind is written in
 * all n! ways of naming them, and the least of these texts is its key. Slow, and plainly right.
 */
export interface Collected {
  /** Coefficient of each kind of term, a Gaussian rational; never zero. */
  readonly terms: ReadonlyMap<string, Gaussian>;
  /** Something was met whose equality a text does not decide: two sums that differ may be equal. */
  readonly doubtful: boolean;
}

export interface Gaussian {
  readonly re: Rational;
  readonly im: Rational;
}

/** Thrown where a term is beyond what trial can do, or has no meaning; caught by `collect`. */
class Beyond extends Error {}

const mostOrders = 5040;

const timesGaussian = (a: Gaussian, b: Gaussian): Gaussian => ({
  re: add(multiply(a.re, b.re), negate(multiply(a.im, b.im))),
  im: add(multiply(a.re, b.im), multiply(a.im, b.re)),
});

type Naming = ReadonlyMap<number, string>;

const ratio = (r: Rational): string => `${r.n}${r.d === 1n ? "" : `/${r.d}`}`;

function argumentText(a: Argument, names: Naming): string {
  const one = (l: Label): string => names.get(l.id) ?? `=${l.name}.${l.id}`;
  if (a.kind === "constant") return `!${a.value}`;
  if (a.kind === "label") return one(a.label);
  const s = spread(a);
  if (!s) return "?";
  const scale = s.parameters
    .map((p) => `${p.parameter.id}^${p.exponent}`)
    .sort()
    .join(".");
  const terms = [...s.terms.values()].map((t) => `${ratio(t.coefficient)}*${one(t.label)}`).sort();
  return `${scale ? `(${scale})` : ""}${terms.join("+") || "0"}`;
}

/** A value, possibly conjugated and differentiated in time. */
interface Value {
  readonly symbol: SymbolInfo;
  readonly arguments: readonly Argument[];
  readonly conjugated: boolean;
  readonly dots: number;
  readonly partials: readonly { readonly slot: number; readonly component: Component }[];
}

interface Ladder {
  /** Derivatives by components of its arguments. */
  readonly by: readonly { readonly label: Label; readonly component: Component }[];
  readonly species: Species;
  readonly creation: boolean;
  readonly arguments: readonly Argument[];
}

/** A term read off from its expression: everything but the names of its bound labels. */
interface Term {
  coefficient: Gaussian;
  /** Exponents of symbols that are positive or may be treated as letters. */
  readonly powers: Map<string, Rational>;
  readonly values: Value[];
  readonly deltas: Kinded<"delta">[];
  readonly opaque: Expression[];
  readonly ladders: Ladder[];
  bound: readonly Label[];
  readonly components: Component[];
}

const partialText = (partials: Value["partials"], names: Naming): string =>
  partials
    .map((p) => `'${p.slot}.${names.get(componentKey(p.component)) ?? `j${p.component.id}`}`)
    .sort()
    .join("");

/** All images of a value under its symmetries: closes the generators. */
function images(value: Value): readonly { readonly value: Value; readonly sign: 1 | -1 }[] {
  const { symbol } = value;
  if (symbol.symmetries.length === 0) return [{ value, sign: 1 }];
  const key = (v: Value): string =>
    `${v.conjugated}${partialText(v.partials, new Map())}${v.arguments.map((a) => argumentText(a, new Map())).join(",")}`;
  const seen = new Map<string, { value: Value; sign: 1 | -1 }>();
  const both: { value: Value; sign: 1 | -1 }[] = [];
  const queue: { value: Value; sign: 1 | -1 }[] = [{ value, sign: 1 }];
  for (let next = queue.pop(); next; next = queue.pop()) {
    const text = key(next.value);
    const old = seen.get(text);
    if (old) {
      if (old.sign !== next.sign) both.push(next);
      continue;
    }
    seen.set(text, next);
    if (seen.size > mostOrders) throw new Beyond();
    for (const s of symbol.symmetries) {
      const args = s.permutation.map((from, slot) => {
        const argument = (next as { value: Value }).value.arguments[from] as Argument;
        return s.negated[slot] ? negated(argument) : argument;
      });
      const conjugated = symbol.real ? false : next.value.conjugated !== s.conjugated;
      // Derivatives move with their arguments; one of a negated argument costs a sign.
      const partials = (next as { value: Value }).value.partials.map((p) => ({ ...p, slot: s.permutation.indexOf(p.slot) }));
      const odd = partials.filter((p) => s.negated[p.slot]).length % 2 === 1;
      queue.push({
        value: { ...next.value, arguments: args, conjugated, partials },
        sign: (next.sign * s.sign * (odd ? -1 : 1)) as 1 | -1,
      });
    }
  }
  // A value that is minus itself vanishes: both signs of it are images.
  return [...seen.values(), ...both];
}

function negated(a: Argument): Argument {
  return a.kind === "affine" ? { ...a, terms: a.terms.map((t) => ({ ...t, coefficient: negate(t.coefficient) })) } : a;
}

/** The primes of |n|; the rest, if it is large, as it is. */
function primes(n: bigint): readonly (readonly [bigint, bigint])[] {
  const out: [bigint, bigint][] = [];
  let rest = n;
  for (let p = 2n; p * p <= rest && p < 100_000n; p++) {
    let k = 0n;
    while (rest % p === 0n) {
      rest /= p;
      k++;
    }
    if (k > 0n) out.push([p, k]);
  }
  if (rest > 1n) out.push([rest, 1n]);
  return out;
}

function readTerm(e: Expression): Term {
  const term: Term = {
    coefficient: { re: one, im: zero },
    powers: new Map(),
    values: [],
    deltas: [],
    opaque: [],
    ladders: [],
    bound: [],
    components: [],
  };
  let body = e;
  if (body.kind === "bind") {
    term.bound = body.labels;
    body = body.body;
  }
  while (body.kind === "components") {
    term.components.push(body.component);
    body = body.of;
  }
  const addPower = (key: string, exponent: Rational): void => {
    const total = add(term.powers.get(key) ?? zero, exponent);
    if (total.n === 0n) term.powers.delete(key);
    else term.powers.set(key, total);
  };
  const value = (f: Expression): Value | undefined => {
    if (f.kind === "value") return { symbol: f.symbol, arguments: f.arguments, conjugated: false, dots: 0, partials: f.partials ?? [] };
    if (f.kind === "partial") {
      const of = value(f.of);
      const slots = of?.arguments.flatMap((a, slot) => (argumentHas(a, f.label) ? [slot] : [])) ?? [];
      const [slot] = slots;
      if (!of || slot === undefined || slots.length > 1 || !isPlainAt(of.arguments[slot] as Argument, f.label)) return undefined;
      return { ...of, partials: [...of.partials, { slot, component: f.component }] };
    }
    const inner = f.kind === "adjoint" || f.kind === "derivative" ? value(f.of) : undefined;
    if (!inner) return undefined;
    return f.kind === "adjoint"
      ? { ...inner, conjugated: inner.symbol.real ? false : !inner.conjugated }
      : { ...inner, dots: inner.dots + 1 };
  };
  for (const f of body.kind === "product" ? body.factors : [body]) {
    const found = value(f);
    if (found) {
      term.values.push(found);
      continue;
    }
    switch (f.kind) {
      case "number":
        term.coefficient = timesGaussian(term.coefficient, { re: f.value, im: zero });
        break;
      case "imaginary":
        term.coefficient = timesGaussian(term.coefficient, { re: zero, im: one });
        break;
      case "pi":
        addPower("pi", one);
        break;
      case "parameter":
        addPower(`p${f.parameter.id}`, one);
        break;
      case "delta":
        term.deltas.push(f);
        break;
      case "ladder":
        term.ladders.push({ ...f, by: [] });
        break;
      case "partial": {
        const by: { label: Label; component: Component }[] = [];
        let inner: Expression = f;
        for (; inner.kind === "partial"; inner = inner.of) by.push({ label: inner.label, component: inner.component });
        if (inner.kind !== "ladder") throw new Beyond();
        term.ladders.push({ ...inner, by });
        break;
      }
      case "adjoint":
        if (f.of.kind === "parameter") addPower(`q${f.of.parameter.id}`, one);
        else term.opaque.push(f);
        break;
      case "power": {
        const { base, exponent } = f;
        if (base.kind === "parameter" && (base.parameter.domain === "positive" || exponent.d === 1n))
          addPower(`p${base.parameter.id}`, exponent);
        else if (base.kind === "adjoint" && base.of.kind === "parameter" && exponent.d === 1n)
          addPower(`q${base.of.parameter.id}`, exponent);
        else if (base.kind === "pi") addPower("pi", exponent);
        else if (base.kind === "number" && base.value.n > 0n) {
          for (const [p, k] of primes(base.value.n)) addPower(`n${p}`, multiply(rational(k), exponent));
          for (const [p, k] of primes(base.value.d)) addPower(`n${p}`, multiply(rational(-k), exponent));
        } else {
          const single = exponent.d === 1n && exponent.n > 0n && exponent.n <= 32n ? value(base) : undefined;
          if (single) for (let k = 0n; k < exponent.n; k++) term.values.push(single);
          else term.opaque.push(f);
        }
        break;
      }
      default:
        if (!isScalar(f)) throw new Beyond();
        term.opaque.push(f);
    }
  }
  // Whole powers of numbers belong to the coefficient: 2^{3/2} = 2 2^{1/2}.
  for (const [key, exponent] of [...term.powers]) {
    if (!key.startsWith("n")) continue;
    const whole = exponent.n >= 0n ? exponent.n / exponent.d : -((-exponent.n + exponent.d - 1n) / exponent.d);
    const base = BigInt(key.slice(1));
    if (whole > 10_000n || whole < -10_000n) throw new Beyond();
    const factor = whole >= 0n ? rational(base ** whole) : rational(1n, base ** -whole);
    term.coefficient = timesGaussian(term.coefficient, { re: factor, im: zero });
    const rest = add(exponent, rational(-whole));
    if (rest.n === 0n) term.powers.delete(key);
    else term.powers.set(key, rest);
  }
  return term;
}

const derivativeText = (by: Ladder["by"], names: Naming): string =>
  by
    .map((d) => `'${names.get(d.label.id) ?? `=${d.label.id}`}.${names.get(componentKey(d.component)) ?? `j${d.component.id}`}`)
    .sort()
    .join("");

const kindText = (l: Label): string =>
  l.kind.kind === "finite" ? `F${l.kind.values.join(",")}` : `${l.kind.kind === "space" ? "R" : "Z"}${l.kind.dimension}`;

/** All ways to name the bound labels, per kind `kind:0`, `kind:1`, ... in any order, and the components that are summed over. */
function namings(bound: readonly Label[], components: readonly Component[]): readonly Naming[] {
  const groups = new Map<string, Label[]>();
  for (const label of bound) groups.set(kindText(label), [...(groups.get(kindText(label)) ?? []), label]);
  let count = 1;
  for (const group of groups.values()) for (let k = 2; k <= group.length; k++) count *= k;
  if (count > mostOrders) throw new Beyond();
  let all: Naming[] = [new Map()];
  for (const [kind, group] of groups) {
    const next: Naming[] = [];
    for (const naming of all)
      for (const order of orders(group)) next.push(new Map([...naming, ...order.map((l, i): [number, string] => [l.id, `#${kind}:${i}`])]));
    all = next;
  }
  const named = [...orders(components)].map((order) => order.map((c, i): [number, string] => [componentKey(c), `~${i}`]));
  if (all.length * named.length > mostOrders) throw new Beyond();
  return components.length === 0 ? all : all.flatMap((naming) => named.map((more) => new Map([...naming, ...more])));
}

/** The text of a term under one naming, with the sign that brings it to that text; zero where the term vanishes. */
function write(term: Term, names: Naming, doubt: () => void): { text: string; sign: 1 | -1 | 0 } {
  let sign: 1 | -1 = 1;
  const parts: string[] = [...term.powers].map(([key, exponent]) => `${key}^${ratio(exponent)}`).sort();
  const factors: string[] = [];
  for (const value of term.values) {
    const all = images(value).map((image) => ({
      text: `${symbolText(image.value.symbol)}${image.value.conjugated ? "~" : ""}${"'".repeat(image.value.dots)}${partialText(image.value.partials, names)}(${image.value.arguments.map((a) => argumentText(a, names)).join(",")})`,
      sign: image.sign,
    }));
    all.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : a.sign - b.sign));
    const least = all[0] as { text: string; sign: 1 | -1 };
    if (all.some((x) => x.text === least.text && x.sign !== least.sign)) return { text: "", sign: 0 };
    factors.push(least.text);
    sign = (sign * least.sign) as 1 | -1;
  }
  for (const delta of term.deltas) {
    const d = difference(delta);
    if (d) {
      const plus = argumentText(
        { kind: "affine", of: d.of, scale: { number: one, parameters: d.parameters }, terms: [...d.terms.values()] },
        names,
      );
      const minus = argumentText(
        {
          kind: "affine",
          of: d.of,
          scale: { number: one, parameters: d.parameters },
          terms: [...d.terms.values()].map((t) => ({ ...t, coefficient: negate(t.coefficient) })),
        },
        names,
      );
      factors.push(`d(${plus < minus ? plus : minus})`);
    } else factors.push(`d(${[argumentText(delta.left, names), argumentText(delta.right, names)].sort().join(";")})`);
  }
  for (const e of term.opaque) factors.push(opaqueText(e, names, doubt));
  factors.sort();
  const ladders = term.ladders.map((l) => ({
    text: `${l.creation ? "+" : "-"}${l.species.id}${derivativeText(l.by, names)}(${l.arguments.map((a) => argumentText(a, names)).join(",")})`,
    odd: l.species.statistics === "fermion",
  }));
  const split = term.ladders.findIndex((l) => !l.creation);
  const creators = sortSigned(split < 0 ? ladders : ladders.slice(0, split));
  const annihilators = sortSigned(split < 0 ? [] : ladders.slice(split));
  if (term.ladders.slice(split < 0 ? ladders.length : split).some((l) => l.creation)) throw new Beyond();
  if (creators.repeated || annihilators.repeated) return { text: "", sign: 0 };
  return {
    text: [...parts, "|", ...factors, "|", ...creators.texts, ...annihilators.texts].join(" "),
    sign: (sign * creators.sign * annihilators.sign) as 1 | -1,
  };
}

/** A c-number that is kept as it stands: its text shows its structure, and that texts differ proves nothing. */
function opaqueText(e: Expression, names: Naming, doubt: () => void): string {
  doubt();
  const inner = (x: Expression): string => {
    switch (x.kind) {
      case "number":
        return ratio(x.value);
      case "imaginary":
      case "pi":
        return x.kind;
      case "parameter":
        return `p${x.parameter.id}`;
      case "value":
        return `${symbolText(x.symbol)}${partialText(x.partials ?? [], names)}(${x.arguments.map((a) => argumentText(a, names)).join(",")})`;
      case "delta":
        return `d(${argumentText(x.left, names)};${argumentText(x.right, names)})`;
      case "sum":
        return `(${x.terms.map(inner).sort().join(" + ")})`;
      case "product":
        return `(${x.factors.map(inner).sort().join(" ")})`;
      case "power":
        return `(${inner(x.base)})^${ratio(x.exponent)}`;
      case "adjoint":
        return `~${inner(x.of)}`;
      case "derivative":
        return `'${inner(x.of)}`;
      case "function":
        return `${x.name}(${inner(x.of)})`;
      default:
        throw new Beyond();
    }
  };
  return inner(e);
}

/** True where a bound label stands in a combination: a shift of it changes the text and not the meaning. */
function shifts(term: Term): boolean {
  const bound = new Set(term.bound.map((l) => l.id));
  const composite = (a: Argument): boolean =>
    a.kind === "affine" &&
    (a.terms.length > 1 || a.scale.parameters.length > 0 || a.terms.some((t) => !equals(multiply(t.coefficient, a.scale.number), one))) &&
    a.terms.some((t) => bound.has(t.label.id));
  return (
    term.values.some((v) => v.arguments.some(composite)) ||
    term.deltas.some((d) => [d.left, d.right].some(composite)) ||
    term.ladders.some((l) => l.arguments.some(composite))
  );
}

/** A delta at the origin of space: no number. */
export function isInfinite(e: Expression): boolean {
  return e.kind === "delta" && e.left.of.kind === "space" && difference(e)?.terms.size === 0;
}

/**
 * The terms of a normal form under their keys.
 * @returns undefined where a term is too large for trial, is not normal ordered, or has a delta(0) or a free integral
 */
export function collect(e: Expression): Collected | undefined {
  const terms = new Map<string, Gaussian>();
  let doubtful = false;
  const doubt = (): void => {
    doubtful = true;
  };
  try {
    for (const expression of e.kind === "sum" ? e.terms : [e]) {
      const term = readTerm(expression);
      if (term.coefficient.re.n === 0n && term.coefficient.im.n === 0n) continue;
      if (term.deltas.some(isInfinite)) throw new Beyond();
      if (term.bound.some((l) => !occurs(term, l))) throw new Beyond();
      if (undecided(term)) doubt();
      if (shifts(term) || term.deltas.some((d) => term.bound.some((l) => spreadHas(d, l)))) doubt();
      let best: { text: string; sign: 1 | -1 | 0 } | undefined;
      let opposite = false;
      for (const names of namings(term.bound, term.components)) {
        const written = write(term, names, doubt);
        if (written.sign === 0) {
          best = written;
          break;
        }
        if (!best || written.text < best.text) {
          best = written;
          opposite = false;
        } else if (written.text === best.text && written.sign !== best.sign) opposite = true;
      }
      // A renaming that turns the term into minus itself: it vanishes.
      if (!best || best.sign === 0 || opposite) continue;
      const kinds = term.bound.map(kindText).sort().join(" ");
      const key = `${kinds} | ${best.text}`;
      const signed = timesGaussian(term.coefficient, { re: rational(best.sign), im: zero });
      const old = terms.get(key) ?? { re: zero, im: zero };
      const total = { re: add(old.re, signed.re), im: add(old.im, signed.im) };
      if (total.re.n === 0n && total.im.n === 0n) terms.delete(key);
      else terms.set(key, total);
    }
  } catch (caught) {
    if (caught instanceof Beyond) return undefined;
    throw caught;
  }
  return { terms, doubtful };
}

const isPlainAt = (a: Argument, l: Label): boolean => {
  const s = spread(a);
  const own = s?.terms.get(l.id);
  return s !== undefined && s.terms.size === 1 && s.parameters.length === 0 && own !== undefined && equals(own.coefficient, one);
};

/**
 * Whether terms of another text may be equal: with derivatives, by parts; with ch and sh, by identities that are no rules. Words in
 * ch and sh of one declared kernel without that kernel itself, and without time derivatives, are independent.
 */
function undecided(term: Term): boolean {
  if (term.components.length > 0 || term.values.some((v) => v.partials.length > 0) || term.ladders.some((l) => l.by.length > 0))
    return true;
  const hyperbolic = term.values.flatMap((v) => (v.symbol.of ? [v] : []));
  const [first] = hyperbolic;
  if (!first?.symbol.of) return false;
  const declared = declaredOf(first.symbol.of.kernel);
  const text = kernelText(first.symbol.of.kernel);
  return (
    hyperbolic.some((v) => v.dots > 0 || (v.symbol.of && kernelText(v.symbol.of.kernel) !== text)) ||
    declared === undefined ||
    declared.real ||
    declared.symmetries.length > 1 ||
    hyperbolic.length > 1 ||
    term.values.some((v) => v.symbol.id === declared.id)
  );
}

const argumentHas = (a: Argument, l: Label): boolean =>
  a.kind === "label" ? a.label.id === l.id : a.kind === "affine" && a.terms.some((t) => t.label.id === l.id);
const spreadHas = (d: Kinded<"delta">, l: Label): boolean => argumentHas(d.left, l) || argumentHas(d.right, l);

function occurs(term: Term, l: Label): boolean {
  return (
    term.values.some((v) => v.arguments.some((a) => argumentHas(a, l))) ||
    term.deltas.some((d) => spreadHas(d, l)) ||
    term.ladders.some((x) => x.arguments.some((a) => argumentHas(a, l))) ||
    term.opaque.length > 0
  );
}

import { sameKinds } from "../../core/argument.js";
import type { Argument, Expression, Kernel, Kind, Label, Species, SymbolInfo, Unitary } from "../../core/expression.js";
import { add, equals, one, type Rational, rational } from "../../core/rational.js";
import { nowhere } from "../../source/span.js";
import { collect, type Gaussian } from "./canonical.js";
import { Labels, plain, plainLabel, refresh, smallestId, substitute, Unrepresentable } from "./labels.js";
import { adjoint, bind, flatten, imaginary, isScalar, type Kinded, number, product, scale, sum } from "./node.js";
import type { Multiple } from "./symbols.js";

/**
 * Pair generators, Q = 1/2 \int K_{st}(x,y) s_x^* t_y^* - h.c., read off the expression of a unitary. K is what the commutators
 * with Q leave: K_{st}(x,y) = [t_y, [s_x, Q]], as [a_y, a_x^*] = \delta(x-y).
 */
export interface Pair {
  readonly species: readonly Species[];
  /** Over the labels of the one species, or over {1, ..., n} and the labels that several have in common. */
  readonly kernel: Multiple;
}

/** The generator of a unitary in a rule: \frac12 \int (k(x,y) a_x^* a_y^* - \overline{k(x,y)} a_x a_y) dx dy. */
export interface PairPattern {
  readonly species: Species;
  readonly kernel: SymbolInfo;
  readonly second: Label;
}

const patterns = new WeakMap<Expression, PairPattern | null>();

export function isPairPattern(generator: Expression): PairPattern | undefined {
  let known = patterns.get(generator);
  if (known === undefined) {
    known = readPattern(generator) ?? null;
    patterns.set(generator, known);
  }
  return known ?? undefined;
}

function readPattern(generator: Expression): PairPattern | undefined {
  const first = expand(flatten(generator))?.[0];
  const factors = first && factorsOf(first);
  const kernel = factors?.find((f): f is Kinded<"value"> => f.kind === "value" && f.arguments.length === 2);
  const creators = factors?.filter((f): f is Kinded<"ladder"> => f.kind === "ladder" && f.creation) ?? [];
  const second = kernel?.arguments[1] && plainLabel(kernel.arguments[1]);
  return kernel && second && creators.length === 2
    ? { species: (creators[0] as Kinded<"ladder">).species, kernel: kernel.symbol, second }
    : undefined;
}

/** Terms that an expression is expanded into at most. */
const mostTerms = 200;

/** A sum of integrals of products, by the distributive law; undefined where there is more to work out. */
function expand(e: Expression): readonly Expression[] | undefined {
  const labels = new Labels(smallestId(e));
  const go = (x: Expression): readonly Expression[] | undefined => {
    if (isScalar(x) && x.kind !== "sum" && x.kind !== "product" && x.kind !== "bind") return [x];
    switch (x.kind) {
      case "ladder":
        return [x];
      case "sum": {
        const parts = x.terms.map(go);
        return parts.some((p) => p === undefined) ? undefined : parts.flatMap((p) => p ?? []);
      }
      case "product": {
        let all: readonly Expression[] = [number(one)];
        for (const factor of x.factors) {
          const terms = go(factor);
          if (!terms || all.length * terms.length > mostTerms) return undefined;
          all = all.flatMap((a) => terms.map((b) => times(a, refresh(b, labels))));
        }
        return all;
      }
      case "bind":
        return go(x.body)?.map((term) => bind(x.labels, term));
      case "call":
        return go(
          flatten(
            substitute(
              refresh(x.definition.body, labels),
              new Map(x.definition.parameters.map((p, i) => [p.id, x.arguments[i] as Argument])),
            ),
          ),
        );
      case "adjoint":
        return go(x.of)?.map(adjointTerm);
      default:
        return undefined;
    }
  };
  try {
    return go(e);
  } catch (caught) {
    if (caught instanceof Unrepresentable) return undefined;
    throw caught;
  }
}

const bodyOf = (e: Expression): Expression => (e.kind === "bind" ? e.body : e);
const boundOf = (e: Expression): readonly Label[] => (e.kind === "bind" ? e.labels : []);
const factorsOf = (e: Expression): readonly Expression[] => {
  const body = bodyOf(e);
  return body.kind === "product" ? body.factors : [body];
};
const times = (a: Expression, b: Expression): Expression => bind([...boundOf(a), ...boundOf(b)], product([bodyOf(a), bodyOf(b)]));

function adjointTerm(e: Expression): Expression {
  if (e.kind === "bind") return bind(e.labels, adjointTerm(e.body));
  return product(factorsOf(e).map(adjointFactor).reverse());
}

function adjointFactor(e: Expression): Expression {
  if (e.kind === "imaginary") return product([number(rational(-1)), imaginary]);
  if (e.kind === "delta" || (e.kind === "value" && e.symbol.real) || (e.kind === "parameter" && e.parameter.domain !== "complex")) return e;
  return adjoint(e);
}

const known = new WeakMap<Unitary, Pair | null>();

/** What a unitary's generator creates; undefined where it is no pair generator of bosons, or one that is not understood. */
export function pairOf(unitary: Unitary): Pair | undefined {
  let found = known.get(unitary);
  if (found === undefined) {
    found = read(unitary) ?? null;
    known.set(unitary, found);
  }
  return found ?? undefined;
}

const placeholder = (kind: Kind, i: number, name: string): Label => ({ id: -700_000_000 - i, name, kind });

function read(unitary: Unitary): Pair | undefined {
  const terms = expand(flatten(unitary.generator));
  if (!terms || terms.length === 0) return undefined;
  const species = new Map<number, Species>();
  const parsed: { term: Expression; ladders: readonly Kinded<"ladder">[] }[] = [];
  for (const term of terms) {
    const ladders = factorsOf(term).filter((f): f is Kinded<"ladder"> => f.kind === "ladder");
    const [a, b, ...more] = ladders;
    if (!a || !b || more.length > 0 || a.creation !== b.creation) return undefined;
    if (factorsOf(term).some((f) => f.kind !== "ladder" && !isScalar(f))) return undefined;
    for (const { species: s } of ladders) {
      if (s.statistics !== "boson" || s.slots.length === 0) return undefined;
      species.set(s.id, s);
    }
    parsed.push({ term, ladders });
  }
  const list = [...species.values()].sort((a, b) => a.id - b.id);
  const slots = (list[0] as Species).slots;
  if (list.some((s) => !sameKinds(s.slots, slots))) return undefined;
  const first = slots.map((kind, i) => placeholder(kind, i, "x"));
  const second = slots.map((kind, i) => placeholder(kind, i + 20, "y"));
  const single = list.length === 1;
  const index: Kind = { kind: "finite", values: list.map((_, i) => i + 1) };
  const [m, n] = [placeholder(index, 40, "m"), placeholder(index, 41, "n")];
  const created: Expression[] = [];
  const destroyed: Expression[] = [];
  for (const { term, ladders } of parsed) {
    const [a, b] = ladders as [Kinded<"ladder">, Kinded<"ladder">];
    // [t_y, [s_x, Q]] takes the operators in both orders; a species has its place in the block.
    for (const [p, q] of [
      [a, b],
      [b, a],
    ] as const) {
      const at = taken(term, p, first, q, second);
      if (!at) return undefined;
      const place = (label: Label, s: Species): readonly Expression[] =>
        single
          ? []
          : [
              {
                kind: "delta",
                left: plain(label),
                right: { kind: "constant", of: index, value: list.findIndex((t) => t.id === s.id) + 1 },
                span: nowhere,
              },
            ];
      const here = times(product([...place(m, p.species), ...place(n, q.species)]), at);
      (a.creation ? created : destroyed).push(here);
    }
  }
  const body = merged(created);
  const other = merged(destroyed.map((e) => product([number(rational(-1)), adjointTerm(e)])).map(pulled));
  if (!body || !other || body.terms.size === 0 || !sameTerms(body.terms, other.terms)) return undefined;
  const { multiple, rest } = withoutFactor(body.list);
  const whole = sum(rest);
  const declared = whole.kind === "value" && single ? whole.symbol : undefined;
  const kernel: Kernel = {
    name: declared?.name ?? `k_{${unitary.name}}`,
    first: single ? first : [m, ...first],
    second: single ? second : [n, ...second],
    body: whole,
  };
  return { species: list, kernel: { kernel, multiple, real: declared?.real ?? false } };
}

const pulled = (e: Expression): Expression => {
  const inner = factorsOf(e).find((f) => f.kind === "bind");
  return inner ? times(product(factorsOf(e).filter((f) => f !== inner)), inner) : e;
};

/** The scalar part of a term with its two operators at given labels; undefined where their labels are no integration variables. */
function taken(
  term: Expression,
  p: Kinded<"ladder">,
  first: readonly Label[],
  q: Kinded<"ladder">,
  second: readonly Label[],
): Expression | undefined {
  const map = new Map<number, Argument>();
  const deltas: Expression[] = [];
  const bound = new Set(boundOf(term).map((l) => l.id));
  for (const [ladder, to] of [
    [p, first],
    [q, second],
  ] as const)
    for (const [i, argument] of ladder.arguments.entries()) {
      const target = plain(to[i] as Label);
      const label = plainLabel(argument);
      if (argument.kind === "constant") deltas.push({ kind: "delta", left: target, right: argument, span: nowhere });
      else if (label && bound.has(label.id) && !map.has(label.id)) map.set(label.id, target);
      else return undefined;
    }
  const rest = product(factorsOf(term).filter((f) => f !== p && f !== q));
  // A delta in space makes the kernel a function of one label, for which there are better forms than ch and sh.
  if (factorsOf(rest).some((f) => f.kind === "delta" && f.left.of.kind !== "finite")) return undefined;
  const left = boundOf(term).filter((l) => !map.has(l.id));
  return bind(left, product([...deltas, substitute(rest, map)]));
}

interface Merged {
  readonly terms: ReadonlyMap<string, Gaussian>;
  readonly list: readonly { readonly factor: Rational; readonly rest: Expression }[];
}

/** Equal terms added up: k(x,y) and k(y,x) of a symmetric kernel are one. */
function merged(terms: readonly Expression[]): Merged | undefined {
  const list = new Map<string, { factor: Rational; rest: Expression; own: Rational }>();
  const total = collect(sum(terms));
  if (!total) return undefined;
  for (const term of terms) {
    const one = collect(term);
    const [entry] = one?.terms ?? [];
    if (one?.terms.size !== 1 || !entry) return undefined;
    const factors = factorsOf(term);
    const lead = factors[0]?.kind === "number" ? factors[0].value : rational(1);
    const rest = bind(boundOf(term), product(factors[0]?.kind === "number" ? factors.slice(1) : factors));
    const old = list.get(entry[0]);
    // The sign by which a term differs from one of the same text is in its coefficient.
    if (!old) list.set(entry[0], { factor: lead, rest, own: lead });
    else {
      const before = collect(old.rest)?.terms.get(entry[0]);
      const now = collect(rest)?.terms.get(entry[0]);
      if (!before || !now) return undefined;
      const same = equals(before.re, now.re) && equals(before.im, now.im);
      old.factor = add(old.factor, same ? lead : rational(-lead.n, lead.d));
    }
  }
  return { terms: total.terms, list: [...list.values()].filter((t) => t.factor.n !== 0n) };
}

function sameTerms(a: ReadonlyMap<string, Gaussian>, b: ReadonlyMap<string, Gaussian>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, x] of a) {
    const y = b.get(key);
    if (!y || !equals(x.re, y.re) || !equals(x.im, y.im)) return false;
  }
  return true;
}

/** The factor that all terms share goes to the multiple. */
function withoutFactor(list: Merged["list"]): { readonly multiple: Rational; readonly rest: readonly Expression[] } {
  const [head] = list;
  const shared = head && list.every((t) => equals(t.factor, head.factor)) ? head.factor : rational(1);
  return { multiple: shared, rest: list.map((t) => (equals(t.factor, shared) ? t.rest : scale(t.factor, t.rest))) };
}

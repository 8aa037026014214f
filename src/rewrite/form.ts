import { atomOf } from "../algebra/atom.js";
import { adjointTerm } from "../algebra/bind.js";
import type { Vertex } from "../algebra/canonical.js";
import { describe } from "../algebra/diagram.js";
import type { Form, FormFactor, FormLadder, FormPartial, FormScalar, FormTerm } from "../algebra/form.js";
import { headOf } from "../algebra/head.js";
import { type Arg, freeInfo, freeLabel, kindOf, triples } from "../algebra/label.js";
import { denominator, type Int, imag, multiply, real } from "../algebra/number.js";
import { scalarBase, scalarEntries } from "../algebra/scalar.js";
import { scalePowers } from "../algebra/scale.js";
import { keyOf, type Sum, type Term } from "../algebra/sum.js";
import { unitOf } from "../core/argument.js";
import type { Argument, Kind, Label } from "../core/expression.js";
import { type Rational, rational } from "../core/rational.js";
import { Fault } from "../source/diagnostic.js";
import { argumentOf } from "./function.js";

/** Unpacking of interned sums into plain data, in an order that depends on the meaning only. */

const names = new Map<number, string>();

function atomText(id: number): string {
  const known = names.get(id);
  if (known !== undefined) return known;
  const atom = atomOf(id);
  const rank = { ladder: "4", scalar: "2", delta: "3", kronecker: "3", diagram: "1" }[atom.role];
  const text = `${rank}${atom.kinds.length}|${atom.vertices.map(describe).sort().join(" ")}`;
  names.set(id, text);
  return text;
}

interface Ranked {
  readonly term: Term;
  readonly degree: number;
  readonly creators: number;
  readonly ranks: readonly number[];
}

/** Terms by falling degree, then more creators first, then by the text of their atoms. */
export function orderedTerms(sum: Sum): readonly Term[] {
  const known = ordered.get(sum);
  if (known !== undefined) return known;
  const terms = sorted(sum);
  ordered.set(sum, terms);
  return terms;
}

const ordered = new WeakMap<Sum, readonly Term[]>();

function sorted(sum: Sum): readonly Term[] {
  // Texts are kept for one sum only: a reset between two gives atoms new meanings.
  names.clear();
  const ids = new Set<number>();
  for (const term of sum.values()) for (let i = 0; i < term.mono.length; i += 2) ids.add(term.mono[i] as number);
  const rank = new Map(
    [...ids].sort((a, b) => (atomText(a) < atomText(b) ? -1 : atomText(a) > atomText(b) ? 1 : a - b)).map((id, i) => [id, i]),
  );
  const ranked: Ranked[] = [];
  for (const term of sum.values()) {
    let [degree, creators] = [0, 0];
    const ranks: number[] = [];
    for (let i = 0; i < term.mono.length; i += 2) {
      const atom = atomOf(term.mono[i] as number);
      const exp = term.mono[i + 1] as number;
      degree += (atom.creators + atom.annihilators) * exp;
      creators += atom.creators * exp;
      ranks.push((rank.get(atom.id) as number) * 65536 + 32768 - exp);
    }
    ranked.push({ term, degree, creators, ranks: ranks.sort((a, b) => a - b) });
  }
  ranked.sort((a, b) => {
    if (a.degree !== b.degree) return b.degree - a.degree;
    if (a.creators !== b.creators) return b.creators - a.creators;
    const n = Math.min(a.ranks.length, b.ranks.length);
    for (let i = 0; i < n; i++) {
      const d = (a.ranks[i] as number) - (b.ranks[i] as number);
      if (d !== 0) return d;
    }
    return a.ranks.length - b.ranks.length || a.term.scalar - b.term.scalar;
  });
  return ranked.map((r) => r.term);
}

const big = (n: Int): bigint => BigInt(n);

let fresh = -3_000_000_000;

function labelAt(code: number, bound: readonly Label[]): Label {
  if (code >= 0) return bound[code] as Label;
  const { label, kind } = freeInfo(code);
  return label ?? unitOf(kindOf(kind));
}

/** Whether a kind is that of the components of vectors: a document's parameters have no negative numbers. */
const isComponent = (kind: Kind): boolean => kind.kind === "finite" && kind.size !== undefined && kind.size.id < 0;

function toArgument(arg: Arg, kind: Kind, scale: string, bound: readonly Label[]): Argument {
  const label = (code: number): Label => labelAt(code, bound);
  if (kind.kind === "finite") {
    const code = arg as number;
    const constant = code < 0 ? freeInfo(code).constant : undefined;
    return constant === undefined ? { kind: "label", of: kind, label: label(code) } : { kind: "constant", of: kind, value: constant };
  }
  const list = triples(arg);
  const terms = [];
  for (let i = 0; i < list.length; i += 3)
    terms.push({ label: label(list[i] as number), coefficient: rational(list[i + 1] as number, list[i + 2] as number) });
  return { kind: "affine", of: kind, scale: { number: rational(1), parameters: scale === "" ? [] : scalePowers(scale) }, terms };
}

function scalarsOf(id: number): FormScalar[] {
  return scalarEntries(id).map((entry): FormScalar => {
    const base = scalarBase(entry.base);
    const exponent = rational(entry.num, entry.den);
    if (base.kind === "pi") return { kind: "pi", exponent };
    if (base.kind === "prime") return { kind: "number", base: base.value, exponent };
    return { kind: "parameter", parameter: base.parameter, conjugated: base.conjugated, exponent };
  });
}

interface Placed {
  readonly ladder: FormLadder;
  readonly fermion: boolean;
  readonly key: string;
}

/** What atoms without bound labels unpack to: shared by the terms of one sum, which repeat few atoms many times. */
type Shared = Map<number, { readonly factor?: FormFactor; readonly placed?: Placed }>;

/** One term as data; operators creators first, with the sign that this costs fermions. */
function unpack(term: Term, shared: Shared): FormTerm {
  const bound: Label[] = [];
  const factors: FormFactor[] = [];
  const operators: Placed[] = [];
  const vertex = (v: Vertex, own: readonly Label[], exp: number): void => {
    const head = headOf(v.head);
    const at = (i: number, scale = ""): Argument => toArgument(v.args[i] as Arg, kindOf(head.slots[i] as number), scale, own);
    // Behind its arguments a vertex has one component for each derivative.
    const count = head.kind === "function" ? v.args.length : v.args.length - head.partials.length;
    const args = (scales: readonly string[] = []): Argument[] => v.args.slice(0, count).map((_, i) => at(i, scales[i]));
    const derivatives =
      head.kind === "function" || head.partials.length === 0
        ? undefined
        : { partials: head.partials.map((slot, i): FormPartial => ({ slot, component: labelAt(v.args[count + i] as number, own) })) };
    if (derivatives !== undefined && exp > 1) {
      for (let copy = 0; copy < exp; copy++) vertex(v, own, 1);
      return;
    }
    switch (head.kind) {
      case "value":
        factors.push({
          kind: "value",
          symbol: head.symbol,
          conjugated: head.conjugated,
          dots: head.dots,
          arguments: args(head.scales),
          ...derivatives,
          exponent: rational(exp),
        });
        return;
      case "delta":
        factors.push(count === 2 ? { kind: "delta", left: at(0), right: at(1) } : { kind: "delta", left: at(0), ...derivatives });
        return;
      case "ladder": {
        const ladder = { species: head.species, creation: head.creation, arguments: args(), ...derivatives, exponent: exp };
        operators.push({
          ladder,
          fermion: head.species.statistics === "fermion",
          key: `${head.creation ? 0 : 1}${String(head.species.id).padStart(6, "0")}${own.length > 0 ? "1" : "0"}${describe(v)}`,
        });
        return;
      }
      case "function": {
        const codes = own.map((label) => freeLabel(label));
        const open = v.args.map(
          (a): Arg =>
            typeof a === "number"
              ? a >= 0
                ? (codes[a] as number)
                : a
              : a.map((n, i) => (i % 3 === 0 && n >= 0 ? (codes[n] as number) : n)),
        );
        const of = form(argumentOf(v.head, open), false);
        const exponent = rational(exp * head.num, head.den);
        factors.push(head.name === "exp" ? { kind: "exp", of } : { kind: "power", of, exponent });
        return;
      }
    }
  };
  for (let i = 0; i < term.mono.length; i += 2) {
    const atom = atomOf(term.mono[i] as number);
    const exp = term.mono[i + 1] as number;
    if (atom.kinds.length === 0) {
      const known = exp === 1 ? shared.get(atom.id) : undefined;
      if (known?.factor !== undefined) factors.push(known.factor);
      else if (known?.placed !== undefined) operators.push(known.placed);
      else {
        const [f, o] = [factors.length, operators.length];
        vertex(atom.vertices[0] as Vertex, [], exp);
        const [factor, placed] = [factors[f], operators[o]];
        if (exp === 1) shared.set(atom.id, { ...(factor === undefined ? {} : { factor }), ...(placed === undefined ? {} : { placed }) });
      }
      continue;
    }
    if (exp < 0) {
      // One over a closed integral: a power of the sum that it is.
      factors.push({
        kind: "power",
        of: form(new Map([[keyOf(0, [atom.id, 1]), { coefficient: 1, scalar: 0, mono: [atom.id, 1] }]]), false),
        exponent: rational(exp),
      });
      continue;
    }
    for (let copy = 0; copy < exp; copy++) {
      const own = atom.kinds.map((kind): Label => ({ id: fresh--, name: `#${bound.length}`, kind: kindOf(kind) }));
      bound.push(...own.filter((label) => !isComponent(label.kind)));
      for (const v of atom.vertices) vertex(v, own, v.exp);
    }
  }
  // Sorting keeps the order of equal keys.
  const sorted = operators.slice().sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  let odd = 0;
  if (operators.some((o) => o.fermion)) {
    const at = new Map(operators.map((o, i) => [o, i]));
    for (let i = 0; i < sorted.length; i++)
      for (let j = i + 1; j < sorted.length; j++) {
        const [a, b] = [sorted[i] as Placed, sorted[j] as Placed];
        if (a.fermion && b.fermion && (at.get(a) as number) > (at.get(b) as number)) odd++;
      }
  }
  const c = odd % 2 === 0 ? term.coefficient : multiply(term.coefficient, -1);
  return {
    re: typeof c === "number" ? whole(c) : rational(big(real(c)), big(denominator(c))),
    im: typeof c === "number" ? nought : rational(big(imag(c)), big(denominator(c))),
    scalars: term.scalar === 0 ? [] : scalarsOf(term.scalar),
    bound,
    factors,
    operators: sorted.map((o) => o.ladder),
  };
}

const nought: Rational = rational(0);
const unity: Rational = rational(1);
const whole = (n: number): Rational => (n === 1 ? unity : rational(n));

/** A sum as plain data, for renderers. */
export function form(sum: Sum, top = true): Form {
  const shared: Shared = new Map();
  const terms = top ? orderedTerms(sum) : [...sum.values()];
  return { terms: terms.map((term) => unpack(term, shared)) };
}

/**
 * For each term of `form(sum)`, the index of the term that is its adjoint: itself when it is self-adjoint,
 * -1 when there is none.
 */
export function adjointPartners(sum: Sum): readonly number[] {
  const terms = orderedTerms(sum);
  // Nobody looks for adjoint pairs in a formula of many pages.
  if (terms.length > 5000) return terms.map(() => -1);
  const index = new Map(terms.map((term, i) => [keyOf(term.scalar, term.mono), i]));
  return terms.map((term) => {
    let bar: Term | null = null;
    try {
      bar = adjointTerm(term);
    } catch (problem) {
      // The conjugate of some roots is not understood: then there is no pair to be seen.
      if (!(problem instanceof Fault)) throw problem;
    }
    if (bar === null) return -1;
    const at = index.get(keyOf(bar.scalar, bar.mono));
    if (at === undefined) return -1;
    const other = (terms[at] as Term).coefficient;
    return real(other) === real(bar.coefficient) &&
      imag(other) === imag(bar.coefficient) &&
      denominator(other) === denominator(bar.coefficient)
      ? at
      : -1;
  });
}

import { argumentLabels } from "../core/argument.js";
import type { Argument, Assumption, Equation, Expression, Label, Parameter } from "../core/expression.js";
import { add, divide, equals, multiply, one, type Rational } from "../core/rational.js";
import type { Span } from "../source/span.js";
import { Unsupported } from "./limits.js";
import { children } from "./tree.js";

/** A power of a parameter. */
export interface Factor {
  readonly parameter: Parameter;
  readonly exponent: number;
}

/**
 * Units of length, one for each label of R^d. With x = w_x x' and f(w_f u) = f'(u) an equation becomes one between f', g', ...
 * in the labels x', where
 *   f(c_1 x_1 + c_2 x_2 + ...) = f'(sum_j (c_j w_j / w_f) x_j'),   dx = |w_x|^d dx',
 *   delta(c_1 x_1 + c_2 x_2 + ...) = |w|^{-d} delta(sum_j (c_j w_j / w) x_j').
 * This is exact, whatever the units are. They are chosen so that each integrated label gets coefficients 1 and -1 in all
 * functions, and every label in all deltas (w is then common to a delta's labels); ladder operators keep the unit 1,
 * since their commutator is a delta that nobody writes down. A symbol's slot has one unit wherever an integrated label
 * stands in it, slots that a symmetry exchanges have the same, and so has a definition's parameter. On a cyclic group,
 * where x -> 2x is a permutation, the primed equation is the given one with the factors |w|^d put in.
 *
 * The conditions are linear in the logarithms; where they contradict each other, as for int f(x) f(2x) dx, there is no such
 * choice. Numbers and parameters are two systems of their own.
 */
export interface Measure {
  /** |w_x|, the rational part. */
  readonly number: (label: number) => Rational;
  /** The part made of parameters; empty for all labels where `followed` is false. */
  readonly powers: (label: number) => readonly Factor[];
  /** The units take account of parameters. Otherwise a function at N x counts as another one than at x. */
  readonly followed: boolean;
  /** The labels of space that occur. */
  readonly labels: ReadonlySet<number>;
}

export const plainMeasure: Measure = { number: () => one, powers: () => [], followed: false, labels: new Set() };

/** Whether a label has the same unit by two measures. */
export function sameUnit(a: Measure, b: Measure, label: number): boolean {
  const [first, second] = [a.powers(label), b.powers(label)];
  return (
    equals(a.number(label), b.number(label)) &&
    first.length === second.length &&
    first.every((f) => second.some((g) => g.parameter.id === f.parameter.id && g.exponent === f.exponent))
  );
}

type Powers = ReadonlyMap<number, Factor>;

interface Term {
  readonly label: Label;
  readonly number: Rational;
  readonly powers: Powers;
}

/** Where a label of space stands. */
interface Use {
  readonly what: "value" | "delta" | "ladder" | "call";
  /** The slot, or the parameter of a definition. */
  readonly at: string;
  readonly terms: readonly Term[];
  readonly span: Span;
}

/** w_to = factor * w_from. */
interface Link<G> {
  readonly to: string;
  readonly factor: G;
  readonly span: Span;
}

interface Group<G> {
  readonly unit: G;
  readonly times: (a: G, b: G) => G;
  readonly over: (a: G, b: G) => G;
  readonly same: (a: G, b: G) => boolean;
}

const absolute = (q: Rational): Rational => (q.n < 0n ? { n: -q.n, d: q.d } : q);
const numbers: Group<Rational> = { unit: one, times: multiply, over: divide, same: equals };

const combine =
  (sign: 1 | -1) =>
  (a: Powers, b: Powers): Powers => {
    const out = new Map(a);
    for (const [id, { parameter, exponent }] of b) {
      const total = (out.get(id)?.exponent ?? 0) + sign * exponent;
      if (total === 0) out.delete(id);
      else out.set(id, { parameter, exponent: total });
    }
    return out;
  };
const monomials: Group<Powers> = {
  unit: new Map(),
  times: combine(1),
  over: combine(-1),
  same: (a, b) => a.size === b.size && [...a].every(([id, f]) => b.get(id)?.exponent === f.exponent),
};

const fixed = "1";
const nameOf = (label: number): string => `l${label}`;

/** @throws Unsupported where numbers as coefficients of integrated labels, or of labels in deltas, contradict each other */
export function measureOf(equation: Equation, assumptions: readonly Assumption[]): Measure {
  const uses = new Uses(equation, assumptions);
  const clash = (span: Span): undefined => {
    throw new Unsupported(
      "an integrated label, or one in a delta, has several coefficients that no choice of units makes 1 or -1: the finite model cannot follow its measure",
      span,
    );
  };
  const rational = solve(
    numbers,
    uses.links((t) => absolute(t.number), numbers, false),
    clash,
  );
  const number = (label: number): Rational => rational?.get(nameOf(label)) ?? one;
  const scaling = uses.list.some((u) => u.terms.some((t) => t.powers.size > 0));
  const found = scaling
    ? solve(
        monomials,
        uses.links((t) => t.powers, monomials, true),
        () => undefined,
      )
    : new Map<string, Powers>();
  const positive = (p: Parameter): boolean => p.domain === "positive";
  if (found === undefined || [...found.values()].some((w) => [...w.values()].some((f) => !positive(f.parameter))))
    return { number, powers: () => [], followed: false, labels: uses.labels };
  const lists = new Map([...found].map(([name, w]) => [name, [...w.values()]] as const));
  return { number, powers: (label) => lists.get(nameOf(label)) ?? [], followed: true, labels: uses.labels };
}

/** Spreads units from the ladder operators', then from slots, which have 1 where nothing else is known. */
function solve<G>(
  group: Group<G>,
  links: ReadonlyMap<string, readonly Link<G>[]>,
  clash: (span: Span) => undefined,
): ReadonlyMap<string, G> | undefined {
  const units = new Map<string, G>();
  const rank = (name: string): number => (name === fixed ? 0 : name.startsWith("s") ? 1 : 2);
  for (const root of [...links.keys()].sort((a, b) => rank(a) - rank(b))) {
    if (units.has(root)) continue;
    units.set(root, group.unit);
    const stack = [root];
    for (let from = stack.pop(); from !== undefined; from = stack.pop()) {
      for (const { to, factor, span } of links.get(from) ?? []) {
        const wanted = group.times(units.get(from) as G, factor);
        const known = units.get(to);
        if (known === undefined) {
          units.set(to, wanted);
          stack.push(to);
        } else if (!group.same(known, wanted)) return clash(span);
      }
    }
  }
  return units;
}

/** Everything in an equation and its assumptions that takes a label of space. */
class Uses {
  readonly list: Use[] = [];
  readonly labels = new Set<number>();
  private readonly pairs: (readonly [string, string, Span])[] = [];
  /** Labels that an integral moves: bound ones, and parameters of definitions that are used at such. */
  private readonly moving = new Set<number>();
  /** Labels that get into deltas and ladder operators, by way of definitions too. */
  private readonly measured = new Set<number>();

  constructor(equation: Equation, assumptions: readonly Assumption[]) {
    const forth = new Map<number, Set<number>>();
    const back = new Map<number, Set<number>>();
    const edge = (from: readonly Label[], to: number): void => {
      for (const { id } of from) {
        put(forth, id, to);
        put(back, to, id);
      }
    };
    const patterns = new Map<number, (readonly (Label | undefined)[])[]>();
    const roots: Expression[] = [equation.left, equation.right];
    for (const a of assumptions) {
      roots.push(a.left, a.right);
      if (a.target === undefined) continue;
      roots.push(a.target.coefficient);
      const list = patterns.get(a.target.symbol.id) ?? [];
      patterns.set(a.target.symbol.id, [...list, a.target.arguments.map((x) => argumentLabels(x)[0])]);
    }
    const bound: number[] = [];
    const seen = new Set<Expression>();
    const symbols = new Set<number>();
    for (let e = roots.pop(); e !== undefined; e = roots.pop()) {
      if (seen.has(e)) continue;
      seen.add(e);
      roots.push(...children(e));
      const { span } = e;
      switch (e.kind) {
        case "bind":
          for (const l of e.labels) {
            bound.push(l.id);
            this.labels.add(l.id);
          }
          break;
        case "value":
          e.arguments.forEach((a, i) => {
            this.use("value", `s${e.symbol.id}.${i}`, [a], span);
            for (const pattern of patterns.get(e.symbol.id) ?? []) {
              const to = pattern[i];
              if (to !== undefined && !argumentLabels(a).some((l) => l.id === to.id)) edge(argumentLabels(a), to.id);
            }
          });
          if (symbols.has(e.symbol.id)) break;
          symbols.add(e.symbol.id);
          for (const s of e.symbol.symmetries)
            s.permutation.forEach((from, i) => {
              if (from !== i) this.pairs.push([`s${e.symbol.id}.${from}`, `s${e.symbol.id}.${i}`, span]);
            });
          break;
        case "ladder":
          for (const a of e.arguments) this.use("ladder", fixed, [a], span);
          break;
        case "delta":
          this.use("delta", "", [e.left, e.right], span);
          break;
        case "call":
          e.arguments.forEach((a, i) => {
            const to = e.definition.parameters[i];
            if (to === undefined) return;
            this.labels.add(to.id);
            edge(argumentLabels(a), to.id);
            this.use("call", nameOf(to.id), [a], span);
          });
          break;
      }
    }
    for (const a of assumptions) {
      if (a.target === undefined) for (const side of [a.left, a.right]) bound.push(...openLabels(side));
    }
    reach(bound, forth, this.moving);
    const strict = this.list.filter((u) => u.what === "delta" || u.what === "ladder");
    reach(
      strict.flatMap((u) => u.terms.map((t) => t.label.id)),
      back,
      this.measured,
    );
  }

  private use(what: Use["what"], at: string, sides: readonly Argument[], span: Span): void {
    const terms = new Map<string, Term>();
    sides.forEach((a, side) => {
      if (a.kind !== "affine" || a.of.kind !== "space") return;
      const powers = new Map(a.scale.parameters.map((f) => [f.parameter.id, f]));
      for (const { label, coefficient } of a.terms) {
        this.labels.add(label.id);
        const number = multiply(a.scale.number, coefficient);
        const key = `${label.id} ${a.scale.parameters.map((f) => `${f.parameter.id}^${f.exponent}`).join(" ")}`;
        const old = terms.get(key);
        const signed = side === 0 ? number : { n: -number.n, d: number.d };
        const total = old === undefined ? signed : add(old.number, signed);
        if (total.n === 0n) terms.delete(key);
        else terms.set(key, { label, number: total, powers });
      }
    });
    if (terms.size > 0) this.list.push({ what, at, terms: [...terms.values()], span });
  }

  /** `whole`: all labels of one argument have one unit, also those that no integral moves. */
  links<G>(of: (term: Term) => G, group: Group<G>, whole: boolean): ReadonlyMap<string, readonly Link<G>[]> {
    const links = new Map<string, Link<G>[]>();
    const link = (from: string, to: string, factor: G, span: Span): void => {
      for (const [a, b, g] of [
        [from, to, factor],
        [to, from, group.over(group.unit, factor)],
      ] as const) {
        const list = links.get(a) ?? [];
        links.set(a, list);
        list.push({ to: b, factor: g, span });
      }
    };
    for (const [a, b, span] of this.pairs) link(a, b, group.unit, span);
    for (const { what, at, terms, span } of this.list) {
      const first = terms[0] as Term;
      const together = (): void => {
        for (const t of terms.slice(1)) link(nameOf(first.label.id), nameOf(t.label.id), group.over(of(first), of(t)), span);
      };
      const moved = terms.filter((t) => this.moving.has(t.label.id));
      if (what === "delta") together();
      else if (what === "ladder" || (what === "call" && (whole || this.measured.has(Number(at.slice(1))))))
        for (const t of terms) link(nameOf(t.label.id), at, of(t), span);
      else {
        if (whole) together();
        for (const t of moved) link(nameOf(t.label.id), at, of(t), span);
      }
    }
    return links;
  }
}

function put(map: Map<number, Set<number>>, from: number, to: number): void {
  const known = map.get(from);
  if (known) known.add(to);
  else map.set(from, new Set([to]));
}

function reach(start: readonly number[], edges: ReadonlyMap<number, ReadonlySet<number>>, into: Set<number>): void {
  const stack = [...start];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (into.has(id)) continue;
    into.add(id);
    stack.push(...(edges.get(id) ?? []));
  }
}

/** Labels that occur in an expression; those of definitions are left aside. */
function openLabels(root: Expression): readonly number[] {
  const found: number[] = [];
  const seen = new Set<Expression>();
  const stack = [root];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (seen.has(e)) continue;
    seen.add(e);
    const own = e.kind === "value" || e.kind === "ladder" || e.kind === "call" ? e.arguments : e.kind === "delta" ? [e.left, e.right] : [];
    for (const a of own) for (const l of argumentLabels(a)) found.push(l.id);
    if (e.kind !== "call" && e.kind !== "unitary") stack.push(...children(e));
  }
  return found;
}

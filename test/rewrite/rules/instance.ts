import type { Argument, Component, Expression, Kernel, Kind, Label, Species, SymbolInfo, Unitary } from "../../../src/core/expression.js";
import { rational } from "../../../src/core/rational.js";
import type { Binding } from "../../../src/rewrite/rules/binding.js";
import { combination, isMeta } from "../../../src/rewrite/rules/binding.js";
import { plainLabel } from "../../../src/rewrite/rules/labels.js";
import { children } from "../../../src/rewrite/rules/node.js";
import { isPairPattern } from "../../../src/rewrite/rules/pair.js";
import type { PatternRule } from "../../../src/rewrite/rules/rule.js";
import type { Multiple } from "../../../src/rewrite/rules/symbols.js";
import { nowhere } from "../../../src/source/span.js";
import { add, at, bound, dag, label, lattice, mul, num, op, pair, param, sample, space, species, symbol, val } from "../../random.js";

/** Numbers in a fixed sequence from a seed (a linear congruence), so that a failure can be repeated. */
export function numbers(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761 + 12_345) % 2_147_483_647;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

let nextComponent = 700_000;

interface Pattern {
  readonly species: Map<number, Species>;
  readonly labels: Map<number, Label>;
  readonly bound: Set<number>;
  readonly symbols: Map<number, SymbolInfo>;
  readonly parameters: Map<number, Extract<Expression, { kind: "parameter" }>["parameter"]>;
  readonly unitaries: Map<number, Unitary>;
  /** Kernels inside of ch and sh. */
  readonly kernels: Set<number>;
  readonly components: Map<number, Component>;
  delta: boolean;
  /** The label of a gradient. */
  along?: number;
}

function survey(e: Expression, seen: Pattern): void {
  const args: readonly Argument[] = e.kind === "ladder" || e.kind === "value" ? e.arguments : e.kind === "delta" ? [e.left, e.right] : [];
  for (const argument of args) {
    const own = plainLabel(argument);
    const all = own ? [own] : argument.kind === "affine" ? argument.terms.map((t) => t.label) : [];
    for (const one of all) seen.labels.set(one.id, one);
  }
  if (e.kind === "ladder") seen.species.set(e.species.id, e.species);
  if (e.kind === "value" && e.symbol.of) for (const { symbol: k } of combination(e.symbol.of) ?? []) seen.kernels.add(k.id);
  if (e.kind === "value" && !e.symbol.of) seen.symbols.set(e.symbol.id, e.symbol);
  if (e.kind === "partial") {
    seen.labels.set(e.label.id, e.label);
    seen.components.set(e.component.id, e.component);
    seen.along = e.label.id;
  }
  if (e.kind === "parameter") seen.parameters.set(e.parameter.id, e.parameter);
  if (e.kind === "unitary") seen.unitaries.set(e.unitary.id, e.unitary);
  if (e.kind === "delta") seen.delta = true;
  if (e.kind === "bind")
    for (const one of e.labels) {
      seen.bound.add(one.id);
      seen.labels.set(one.id, one);
    }
  for (const child of children(e)) survey(child, seen);
}

/**
 * Random values for the variables of a rule. All labels of a rule get arguments of the same kinds: none, one or two,
 * of any kinds, where an integral or a delta leaves the choice.
 */
export function randomBinding(rule: PatternRule, seed: number): Binding {
  const pick = numbers(seed);
  const seen: Pattern = {
    species: new Map(),
    labels: new Map(),
    bound: new Set(),
    symbols: new Map(),
    parameters: new Map(),
    unitaries: new Map(),
    kernels: new Set(),
    components: new Map(),
    delta: false,
  };
  survey(rule.left, seen);
  survey(rule.right, seen);
  const discrete = [...seen.labels.values()].some((l) => l.kind.kind === "finite");
  const single = seen.bound.size > 0 || discrete;
  // The generator of a pair unitary brings its own labels and kernel.
  const pairs = [...seen.unitaries.values()].map((u) => isPairPattern(u.generator)).find((p) => p !== undefined);
  if (pairs) {
    seen.kernels.add(pairs.kernel.id);
    seen.labels.set(pairs.second.id, pairs.second);
    seen.species.set(pairs.species.id, pairs.species);
  }
  const hyperbolic = seen.kernels.size > 0;
  const gradient = seen.components.size > 0;
  const choices: readonly (readonly Kind[])[] = gradient
    ? [[space]]
    : hyperbolic
      ? [[space], [pair], [pair, space]]
      : discrete
        ? [[pair], [lattice]]
        : single
          ? [[space], [pair], [lattice]]
          : [[space], [], [pair, space], [lattice], [pair]];
  // Without a factor that contains the label no integral over space or a lattice makes sense: F_x always has one.
  const kinds = choices[pick(choices.length)] as readonly Kind[];
  const labels = new Map<number, readonly Argument[]>();
  for (const one of seen.labels.values())
    labels.set(
      one.id,
      kinds.map((k) => at(label(one.name, k))),
    );
  // Free labels of a kind meet now and then, and finite ones take values.
  if (discrete && kinds[0]?.kind === "finite")
    for (const id of labels.keys()) if (pick(2) === 0) labels.set(id, [{ kind: "constant", of: kinds[0] as Kind, value: 1 + pick(2) }]);
  const free = [label("y", space), label("z", space)];
  const boson = species("a", "boson", [space]);
  const other = species("c", "boson", []);
  const fermion = species("e", "fermion", [space]);
  const f = symbol("f", [space]);
  const scalars = new Map<number, Expression>();
  for (const p of seen.parameters.values()) {
    const real = p.domain !== "complex";
    const options: readonly Expression[] = real
      ? [param(sample.parameters[0]), param(sample.parameters[1]), num(-2, 3)]
      : [
          param(sample.parameters[2]),
          val(f, free[0] as Label),
          { kind: "imaginary", span: nowhere },
          num(3),
          mul(val(f, free[1] as Label), param(sample.parameters[0])),
        ];
    scalars.set(p.id, options[pick(options.length)] as Expression);
  }
  const conditioned = /^normal-fermion-(even|odd)$/.exec(rule.name);
  const simple = rule.left.kind === "derivative";
  const operator = (parameters: readonly Label[]): Expression => {
    const y = free[pick(2)] as Label;
    const made: readonly Expression[] = [
      op(boson, pick(2) === 0, y),
      op(other, pick(2) === 0),
      op(fermion, pick(2) === 0, y),
      mul(op(boson, pick(2) === 0, y), op(other, pick(2) === 0)),
      mul(op(fermion, pick(2) === 0, y), op(boson, pick(2) === 0, free[0] as Label)),
      simple ? op(boson, true, y) : add(op(boson, true, y), op(boson, false, y)),
      mul(val(f, y), op(boson, pick(2) === 0, y)),
      // These have a vacuum expectation, which the others have not.
      mul(op(other, false), op(other, true)),
      mul(val(f, y), op(other, false), op(other, true)),
    ];
    // Under \Nor the parity is that of a word of ladder operators.
    const list = conditioned
      ? conditioned[1] === "even"
        ? [made[0], made[1], made[3], mul(made[2] as Expression, op(fermion, true, free[1] as Label))]
        : [made[2], made[4]]
      : seen.along === undefined
        ? made
        : [made[1], made[6], made[7]];
    const plainOne = list[pick(list.length)] as Expression;
    // What is differentiated depends on the label.
    const own = seen.along === undefined || rule.name === "gradient-constant" ? undefined : labels.get(seen.along)?.[0];
    const e = own ? mul(val(f, own), plainOne) : plainOne;
    if (parameters.length === 0) return e;
    const g = symbol("g", kinds);
    const h = species("h", "boson", kinds);
    return pick(2) === 0 ? mul(val(g, ...parameters), e) : mul(val(g, ...parameters), op(h, pick(2) === 0, ...parameters), e);
  };
  const operators = new Map<number, { labels: readonly Label[]; body: Expression }>();
  const concrete = new Map<number, Species>();
  for (const s of seen.species.values()) {
    if (!isMeta(s)) concrete.set(s.id, species(s.name, s.statistics, kinds));
    else {
      const parameters = s.slots.length === 0 ? [] : kinds.map((k) => label("w", k));
      operators.set(s.id, { labels: parameters, body: operator(parameters) });
    }
  }
  const symbols = new Map<number, SymbolInfo>();
  // A symmetric kernel, real now and then, and its multiples; the kernel beside ch and sh is that kernel itself.
  const size = kinds.length;
  const slots = [...kinds, ...kinds];
  const exchange = {
    permutation: slots.map((_, i) => (i + size) % (2 * size)),
    negated: slots.map(() => false),
    sign: 1,
    conjugated: false,
  } as const;
  const own = symbol("k", slots, pick(4) === 0, [exchange]);
  for (const s of seen.symbols.values()) symbols.set(s.id, s.slots.length === 2 ? own : symbol(s.name, kinds, s.real));
  const first = kinds.map((k) => label("u", k));
  const second = kinds.map((k) => label("v", k));
  const kernel: Kernel = { name: "k", first, second, body: val(own, ...first, ...second) };
  const kernels = new Map<number, Multiple>();
  for (const id of seen.kernels) {
    const multiple = pairs ? rational(1) : ([rational(1), rational(-1), rational(2), rational(1, 2)] as const)[pick(4)];
    kernels.set(id, { kernel, real: own.real, multiple: multiple ?? rational(1) });
  }
  const unitaries = new Map<number, Unitary>();
  for (const u of seen.unitaries.values()) {
    if (pairs) {
      const s = concrete.get(pairs.species.id) as Species;
      const [x, y] = [s.slots.map((k) => label("u", k)), s.slots.map((k) => label("v", k))];
      const [z, w] = [s.slots.map((k) => label("u", k)), s.slots.map((k) => label("v", k))];
      const create = bound([...x, ...y], mul(num(1, 2), val(own, ...x, ...y), op(s, true, ...x), op(s, true, ...y)));
      const destroy = bound([...z, ...w], mul(num(-1, 2), dag(val(own, ...z, ...w)), op(s, false, ...z), op(s, false, ...w)));
      unitaries.set(u.id, { id: u.id + 5_000_000, name: "T", generator: add(create, destroy), layout: u.layout });
      continue;
    }
    // A linear generator in the rule's own species, so that the commutators do not vanish.
    // A rule for other species than those of the generator needs one of these.
    const s = /^passes/.test(rule.name) ? species("b", "boson", kinds) : ([...concrete.values()][0] ?? boson);
    const places = s.slots.map((k) => label("u", k));
    // A generator has no free labels: of a single mode the coefficient is a complex parameter.
    const g = symbol("g", s.slots);
    const value = s.slots.length === 0 ? param(sample.parameters[2]) : val(g, ...places);
    const wrap = (e: Expression): Expression => (places.length === 0 ? e : bound(places, e));
    const generator = add(wrap(mul(value, op(s, true, ...places))), mul(num(-1), wrapFresh(s, g)));
    unitaries.set(u.id, { id: u.id + 5_000_000, name: "W", generator, layout: u.layout });
    for (const meta of metas(u.generator)) operators.set(meta.id, { labels: [], body: mul(num(1, 2), generator) });
  }
  const components = new Map(
    [...seen.components].map(([id, c]): [number, Component] => [id, { id: nextComponent++, dimension: c.dimension }]),
  );
  return { operators, species: concrete, labels, symbols, scalars, unitaries, kernels, components };
}

/** The integral of conj(g) a, over labels of its own. */
function wrapFresh(s: Species, g: SymbolInfo): Expression {
  const own = s.slots.map((k) => label("v", k));
  const e = mul(dag(s.slots.length === 0 ? param(sample.parameters[2]) : val(g, ...own)), op(s, false, ...own));
  return own.length === 0 ? e : bound(own, e);
}

function metas(e: Expression): readonly Species[] {
  return e.kind === "ladder" ? (isMeta(e.species) ? [e.species] : []) : children(e).flatMap(metas);
}

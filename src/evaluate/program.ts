import { argumentLabels } from "../core/argument.js";
import type { Argument, Definition, Expression, Kind, Label, Species, SymbolInfo } from "../core/expression.js";
import { add, isInteger, multiply, one, type Rational, rational, zero } from "../core/rational.js";
import type { Span } from "../source/span.js";
import type { Hyperbolic } from "./hyperbolic.js";
import { Unsupported } from "./limits.js";
import { type Factor, type Measure, plainMeasure } from "./measure.js";
import type { Node, Place, Series, Settings } from "./node.js";
import { Monomials } from "./poly.js";
import { inverseMod } from "./prime.js";
import type { Orbit } from "./table.js";
import { isScalar } from "./tree.js";

export type { Node, Place, Series, Settings } from "./node.js";

type Shape = Node extends infer N ? (N extends Node ? Omit<N, "id" | "span" | "scalar" | "free"> : never) : never;

/** Costs of a factor, cheapest first, so that what may be zero for little work is looked at early. */
const effort: Partial<Record<Node["kind"], number>> = {
  delta: 0,
  number: 1,
  imaginary: 1,
  parameter: 1,
  pi: 1,
  power: 2,
  value: 2,
  conj: 3,
};

const plainSettings: Settings = { series: new Map(), sizes: new Map(), small: new Set() };

/** Factors of a product that are written out wherever it is used. */
const longestCopy = 16;

export class Compiler {
  readonly points: number;
  /** Labels by their numbers. */
  readonly labels: Label[] = [];
  private readonly numbers = new Map<number, number>();
  private readonly compiled: readonly [Map<Expression, Node>, Map<Expression, Node>] = [new Map(), new Map()];
  private readonly scalars = new Map<Expression, boolean>();
  private nodes = 0;
  /** Nodes that are used more than once, by their numbers: their values are kept. */
  readonly shared: (boolean | undefined)[] = [];
  private readonly sums = new Map<string, Node>();
  /** Modes and monomials do not depend on random numbers either, so all runs share them. */
  readonly fermionic: boolean[] = [];
  /** Whether any ladder operator is a fermion's. */
  fermions = false;
  /** The species and the points of each mode. */
  readonly places: { readonly species: Species; readonly points: readonly number[] }[] = [];
  readonly monomials = new Monomials((mode) => this.fermionic[mode] as boolean);
  private readonly numbered = new Map<string, number>();
  /** Modes of ladder nodes, by the points of the labels that they depend on. */
  readonly modes: (Map<number | string, number> | undefined)[] = [];
  /** Orbits of tuples under the symmetries of their symbols. */
  readonly orbits = new Map<string, Orbit>();
  /** Scales of labels: products of parameters, the first of them 1. */
  readonly scales: { readonly key: string; readonly factors: readonly Factor[]; readonly products: Map<readonly Factor[], number> }[] = [
    { key: "", factors: [], products: new Map() },
  ];

  /** Another equation's measure may take its place, if it gives the labels of both the same units. */
  measure: Measure;
  private readonly settings: Settings;

  constructor(points: number, measure: Measure = plainMeasure, settings: Settings = plainSettings) {
    this.points = points;
    this.measure = measure;
    this.settings = settings;
  }

  /** Functions and kernels whose random values are to be small. */
  get small(): ReadonlySet<number> {
    return this.settings.small;
  }

  get band(): number | undefined {
    return this.settings.band;
  }

  get forms(): number | undefined {
    return this.settings.forms;
  }

  /** The number of a mode, given by its species and points. */
  mode(species: Species, points: readonly number[]): number {
    const key = `${species.id},${points.join()}`;
    const known = this.numbered.get(key);
    if (known !== undefined) return known;
    this.numbered.set(key, this.fermionic.length);
    this.fermionic.push(species.statistics === "fermion");
    this.places.push({ species, points });
    return this.fermionic.length - 1;
  }

  /** A scale's own text, for keys of random numbers. */
  scaleWords(scale: number): readonly number[] {
    return [...(this.scales[scale]?.key ?? "")].map((c) => c.charCodeAt(0));
  }

  /** The number of a scale times that of an argument. */
  multiplyScale(scale: number, by: readonly Factor[]): number {
    if (by.length === 0) return scale;
    const of = this.scales[scale] as (typeof this.scales)[number];
    const known = of.products.get(by);
    if (known !== undefined) return known;
    const product = new Map<number, Factor>();
    for (const f of [...of.factors, ...by]) {
      const exponent = (product.get(f.parameter.id)?.exponent ?? 0) + f.exponent;
      product.set(f.parameter.id, { parameter: f.parameter, exponent });
    }
    const factors = [...product.values()].filter((f) => f.exponent !== 0).sort((a, b) => a.parameter.id - b.parameter.id);
    const key = factors.map((f) => `${f.parameter.id}^${f.exponent}`).join(" ");
    let number = this.scales.findIndex((s) => s.key === key);
    if (number < 0) number = this.scales.push({ key, factors, products: new Map() }) - 1;
    of.products.set(by, number);
    return number;
  }

  label(label: Label): number {
    const known = this.numbers.get(label.id);
    if (known !== undefined) return known;
    this.labels.push(label);
    this.numbers.set(label.id, this.labels.length - 1);
    return this.labels.length - 1;
  }

  /** What a label ranges over: residues modulo the number of points at its unit's scale, or the values of a finite set. */
  domain(number: number): readonly number[] {
    const { kind, id } = this.labels[number] as Label;
    if (kind.kind === "finite") return this.values(kind);
    const base = kind.kind === "space" ? 64 * this.multiplyScale(0, this.measure.powers(id)) : 0;
    return Array.from({ length: this.points }, (_, i) => base + i);
  }

  /** The values of a finite kind; {1, ..., p} where its size is a parameter. */
  values(kind: Extract<Kind, { kind: "finite" }>): readonly number[] {
    if (kind.size === undefined) return kind.values;
    return Array.from({ length: this.settings.sizes.get(kind.size.id) ?? 2 }, (_, i) => i + 1);
  }

  /** |w_x|^d for each label of space, see `measure.ts`. */
  private jacobian(span: Span, labels: readonly Label[]): readonly Node[] {
    const factors: Node[] = [];
    for (const { kind, id } of labels) {
      if (kind.kind !== "space") continue;
      const power = (base: Node, exponent: number): void => {
        factors.push(this.make(span, true, [], { kind: "power", base, exponent: rational(exponent * kind.dimension) }));
      };
      const number = this.measure.number(id);
      if (number.n !== number.d) power(this.make(span, true, [], { kind: "number", value: number }), 1);
      for (const { parameter, exponent } of this.measure.powers(id))
        power(this.make(span, true, [], { kind: "parameter", parameter }), exponent);
    }
    return factors;
  }

  /** The unit that the labels of a delta have in common: |c_j w_j|. */
  private unit(left: Argument, right: Argument): Rational {
    const sums = new Map<number, Rational>();
    for (const [a, sign] of [
      [left, 1],
      [right, -1],
    ] as const) {
      if (a.kind !== "affine" || a.of.kind !== "space") continue;
      for (const { label, coefficient } of a.terms)
        sums.set(label.id, add(sums.get(label.id) ?? zero, multiply(rational(sign), multiply(a.scale.number, coefficient))));
    }
    for (const [id, c] of sums) if (c.n !== 0n) return multiply({ n: c.n < 0n ? -c.n : c.n, d: c.d }, this.measure.number(id));
    return one;
  }

  place(a: Argument): Place {
    if (a.kind === "constant") return { kind: "constant", value: a.value };
    if (a.kind === "label") return { kind: "label", label: this.label(a.label) };
    const n = this.points;
    const residue = (q: Rational): number => {
      const top = ((Number(q.n) % n) + n) % n;
      return q.d === 1n ? top : (top * inverseMod(Number(q.d) % n, n)) % n;
    };
    const outer = residue(a.scale.number);
    return {
      kind: "form",
      scale: a.scale.parameters,
      terms: a.terms.flatMap((t) => (t.label.unit ? [] : [[this.label(t.label), (outer * residue(t.coefficient)) % n] as const])),
      offset: a.terms.reduce((sum, t) => (t.label.unit ? (sum + outer * residue(t.coefficient)) % n : sum), 0),
    };
  }

  /** The node of an expression, or of its adjoint. */
  node(e: Expression, dagger = false): Node {
    const table = this.compiled[dagger ? 1 : 0];
    const known = table.get(e);
    if (known !== undefined) {
      this.shared[known.id] = true;
      return known;
    }
    const made = this.build(e, dagger);
    table.set(e, made);
    return made;
  }

  private make(span: Span, scalar: boolean, free: Iterable<number>, shape: Shape): Node {
    return { ...shape, id: this.nodes++, span, scalar, free: [...new Set(free)].sort((a, b) => a - b) } as Node;
  }

  private conj(of: Node): Node {
    if (of.kind === "conj") return of.of;
    if (of.kind === "number" || of.kind === "pi" || of.kind === "delta") return of;
    return this.make(of.span, true, of.free, { kind: "conj", of });
  }

  private argumentsFree(args: readonly Argument[]): number[] {
    return args.flatMap((a) => argumentLabels(a).map((l) => this.label(l)));
  }

  product(span: Span, factors: readonly Node[]): Node {
    const scalars: Node[] = [];
    const operators: Node[] = [];
    for (const f of factors) {
      // A long product that is used more than once stays what it is: written out, repeated squares double at each step.
      if (f.kind === "product" && !(this.shared[f.id] && f.scalars.length + f.operators.length > longestCopy)) {
        scalars.push(...f.scalars);
        operators.push(...f.operators);
      } else (f.scalar ? scalars : operators).push(f);
    }
    if (scalars.length + operators.length === 1) return (scalars[0] ?? operators[0]) as Node;
    scalars.sort((a, b) => (effort[a.kind] ?? 9) - (effort[b.kind] ?? 9));
    return this.make(
      span,
      operators.length === 0,
      [...scalars, ...operators].flatMap((f) => f.free),
      { kind: "product", scalars, operators },
    );
  }

  /**
   * Sum over labels. Distributes over a sum, leaves out of the loop what does not depend on a label, and sums a label
   * that only numbers depend on over just those: sum_{xyz} f(x) g(x,y) h(y,z) becomes sum_y (sum_x f g)(y) (sum_z h)(y),
   * each inner sum a node of its own whose values are remembered.
   */
  bind(span: Span, labels: readonly number[], body: Node): Node {
    if (labels.length === 0) return body;
    if (body.kind === "sum") {
      const key = `${body.id}:${labels.join()}`;
      const known = this.sums.get(key);
      if (known !== undefined) {
        this.shared[known.id] = true;
        return known;
      }
      const made = this.sum(
        span,
        body.terms.map((t) => this.bind(span, labels, t)),
      );
      this.sums.set(key, made);
      return made;
    }
    if (body.kind === "bind") return this.bind(span, [...labels, ...body.labels], body.body);
    const loop = (over: readonly number[], inner: Node): Node =>
      over.length === 0
        ? inner
        : this.make(
            span,
            inner.scalar,
            inner.free.filter((l) => !over.includes(l)),
            { kind: "bind", labels: over, domains: over.map((l) => this.domain(l)), body: inner },
          );
    if (body.kind !== "product") return loop(labels, body);
    let scalars = [...body.scalars];
    const fixed = new Set(body.operators.flatMap((f) => f.free));
    const open = new Set(labels.filter((l) => !fixed.has(l)));
    while (open.size > 0) {
      // The label whose factors involve the fewest others, as in the elimination of variables of a tensor network.
      let best = -1;
      let fewest = Number.POSITIVE_INFINITY;
      for (const l of open) {
        const others = new Set(scalars.filter((f) => f.free.includes(l)).flatMap((f) => f.free)).size;
        if (others < fewest) [best, fewest] = [l, others];
      }
      open.delete(best);
      const inside = scalars.filter((f) => f.free.includes(best));
      scalars = scalars.filter((f) => !f.free.includes(best));
      const inner: Node =
        inside.length === 0 ? this.make(span, true, [], { kind: "number", value: { n: 1n, d: 1n } }) : this.product(span, inside);
      scalars.push(loop([best], inner));
    }
    const rest = labels.filter((l) => fixed.has(l));
    if (body.operators.length === 0) return this.product(span, scalars);
    const outside = scalars.filter((f) => !f.free.some((l) => rest.includes(l)));
    const kept = scalars.filter((f) => f.free.some((l) => rest.includes(l)));
    return this.product(span, [...outside, loop(rest, this.product(span, [...kept, ...body.operators]))]);
  }

  private sum(span: Span, terms: readonly Node[]): Node {
    return terms.length === 1
      ? (terms[0] as Node)
      : this.make(
          span,
          terms.every((t) => t.scalar),
          terms.flatMap((t) => t.free),
          { kind: "sum", terms },
        );
  }

  private build(e: Expression, dagger: boolean): Node {
    const { span } = e;
    if (dagger && isScalar(e, this.scalars)) return this.conj(this.node(e));
    const series = this.settings.series.get(e);
    if (series !== undefined) return this.hyperbolic(span, series);
    switch (e.kind) {
      case "number":
        return this.make(span, true, [], { kind: "number", value: e.value });
      case "imaginary":
      case "pi":
        return this.make(span, true, [], { kind: e.kind });
      case "parameter":
        return this.make(span, true, [], { kind: "parameter", parameter: e.parameter });
      case "value": {
        const { symbol, partials = [] } = e;
        if (symbol.of !== undefined)
          throw new Unsupported("a derivative of ch or sh before it is evaluated is not in the finite model", span);
        const places = e.arguments.map((a) => this.place(a));
        const free = this.argumentsFree(e.arguments);
        if (partials.length === 0) return this.make(span, true, free, { kind: "value", symbol, arguments: places });
        const orders = places.map((_, i) => partials.filter((p) => p.slot === i).length);
        return this.make(span, true, free, { kind: "slope", symbol, arguments: places, orders });
      }
      case "partial":
        return this.partial(span, this.label(e.label), this.node(e.of, dagger));
      case "components":
        // One dimension, so one component.
        return this.node(e.of, dagger);
      case "delta": {
        const of = e.left.of;
        const dimension = of.kind === "space" ? of.dimension : 0;
        return this.make(span, true, this.argumentsFree([e.left, e.right]), {
          kind: "delta",
          left: this.place(e.left),
          right: this.place(e.right),
          dimension,
          of,
          unit: this.unit(e.left, e.right),
        });
      }
      case "ladder":
        if (e.species.statistics === "fermion") this.fermions = true;
        return this.make(span, false, this.argumentsFree(e.arguments), {
          kind: "ladder",
          species: e.species,
          creation: e.creation !== dagger,
          arguments: e.arguments.map((a) => this.place(a)),
        });
      case "sum":
        return this.sum(
          span,
          e.terms.map((t) => this.node(t, dagger)),
        );
      case "product": {
        const factors = e.factors.map((f) => this.node(f, dagger));
        return this.product(span, dagger ? factors.reverse() : factors);
      }
      case "power":
        return this.power(span, this.node(e.base, dagger), e.exponent);
      case "bind":
        return this.product(span, [
          ...this.jacobian(span, e.labels),
          this.bind(
            span,
            e.labels.map((l) => this.label(l)),
            this.node(e.body, dagger),
          ),
        ]);
      case "adjoint":
        return this.node(e.of, !dagger);
      case "commutator": {
        const [left, right] = dagger ? [this.node(e.right, true), this.node(e.left, true)] : [this.node(e.left), this.node(e.right)];
        // [A,B] and {A,B} of numbers are plain arithmetic.
        if (left.scalar && right.scalar) {
          const one = this.product(span, [left, right]);
          const sign = this.make(span, true, [], { kind: "number", value: { n: BigInt(e.sign), d: 1n } });
          return this.sum(span, [one, this.product(span, [sign, right, left])]);
        }
        return this.make(span, false, [...left.free, ...right.free], { kind: "commutator", sign: e.sign, left, right });
      }
      case "normal": {
        const of = this.node(e.of, dagger);
        return of.scalar ? of : this.make(span, false, of.free, { kind: "normal", of });
      }
      case "part": {
        const of = this.node(e.of, dagger);
        const creators = dagger ? e.annihilators : e.creators;
        const annihilators = dagger ? e.creators : e.annihilators;
        if (of.scalar)
          return (e.total ?? (creators ?? 0) + (annihilators ?? 0)) === 0
            ? of
            : this.make(span, true, [], { kind: "number", value: { n: 0n, d: 1n } });
        return this.make(span, false, of.free, {
          kind: "part",
          ...(e.total === undefined ? {} : { total: e.total }),
          ...(creators === undefined ? {} : { creators }),
          ...(annihilators === undefined ? {} : { annihilators }),
          of,
        });
      }
      case "expectation": {
        const of = this.node(e.of);
        return of.scalar ? of : this.make(span, true, of.free, { kind: "expectation", of });
      }
      case "contraction": {
        const of = this.product(span, [this.node(e.left), this.node(e.right)]);
        return of.scalar ? of : this.make(span, true, of.free, { kind: "expectation", of });
      }
      case "unitary": {
        const generator = this.node(e.unitary.generator);
        if (generator.free.length > 0) throw new Unsupported(`the generator of ${e.unitary.name} has a free label`, span);
        return this.make(span, false, [], { kind: "unitary", unitary: e.unitary, generator, inverse: e.inverse !== dagger });
      }
      case "derivative": {
        const of = this.node(e.of, dagger);
        return this.make(span, of.scalar, of.free, { kind: "derivative", of });
      }
      case "function": {
        const of = this.node(e.of);
        if (!of.scalar) throw new Unsupported(`\\${e.name} of an operator: the finite model takes it of numbers only`, span);
        return this.make(span, true, of.free, { kind: "function", name: e.name, of });
      }
      case "call":
        return this.call(span, e.definition, e.arguments, dagger);
    }
  }

  private hyperbolic(span: Span, of: Hyperbolic): Node {
    const numbers = (list: readonly Label[]): readonly number[] => list.map((l) => this.label(l));
    const [first, second] = [numbers(of.first), numbers(of.second)];
    const series: Series = {
      of,
      first,
      second,
      from: numbers(of.kernel.first),
      to: numbers(of.kernel.second),
      body: this.node(of.kernel.body),
      domains: numbers(of.inner).map((l) => this.domain(l)),
      weight: this.product(span, [this.make(span, true, [], { kind: "number", value: one }), ...this.jacobian(span, of.inner)]),
    };
    return this.make(span, true, [...first, ...second], { kind: "hyperbolic", series });
  }

  private partial(span: Span, label: number, of: Node): Node {
    if (!of.free.includes(label)) return this.make(span, true, [], { kind: "number", value: zero });
    const [order, inner] = of.kind === "partial" && of.label === label ? [of.order + 1, of.of] : [1, of];
    return this.make(span, of.scalar, of.free, { kind: "partial", label, order, of: inner });
  }

  /**
   * A node at random functions of its free labels: sum_x phi(x) psi(y) ... node. A label of one factor, or of one side of a
   * commutator, is summed over there.
   */
  smear(node: Node, labels: readonly number[], tests: readonly SymbolInfo[]): Node {
    const values = labels.map((label, i) => {
      const { kind } = this.labels[label] as Label;
      const place: Place = kind.kind === "finite" ? { kind: "label", label } : { kind: "form", scale: [], terms: [[label, 1]], offset: 0 };
      return this.make(node.span, true, [label], { kind: "value", symbol: tests[i] as SymbolInfo, arguments: [place] });
    });
    const at = new Map(labels.map((label, i) => [label, values[i] as Node]));
    const spread = (n: Node, over: readonly number[]): Node => {
      if (over.length === 0) return n;
      if (n.kind === "sum")
        return this.sum(
          n.span,
          n.terms.map((t) => spread(t, over)),
        );
      const parts = n.kind === "commutator" ? [n.left, n.right] : n.kind === "product" ? n.operators : [];
      const scalars = n.kind === "product" ? n.scalars : [];
      const owner = (label: number): Node | undefined => {
        const found = [...parts, ...scalars].filter((p) => p.free.includes(label));
        return found.length === 1 && parts.includes(found[0] as Node) && new Set(parts).size === parts.length ? found[0] : undefined;
      };
      const made = parts.map((p) =>
        spread(
          p,
          over.filter((l) => owner(l) === p),
        ),
      );
      const rest = over.filter((l) => owner(l) === undefined);
      let inner: Node = n;
      if (n.kind === "commutator") {
        const [left, right] = made as [Node, Node];
        inner = this.make(n.span, false, [...left.free, ...right.free], { kind: "commutator", sign: n.sign, left, right });
      } else if (n.kind === "product") inner = this.product(n.span, [...scalars, ...made]);
      return this.bind(n.span, rest, this.product(n.span, [...rest.map((l) => at.get(l) as Node), inner]));
    };
    return spread(node, labels);
  }

  private power(span: Span, base: Node, exponent: Rational): Node {
    if (!base.scalar && (!isInteger(exponent) || exponent.n < 0n))
      throw new Unsupported("an operator has only powers 0, 1, 2, ... in the finite model", span);
    return this.make(span, base.scalar, base.free, { kind: "power", base, exponent });
  }

  private call(span: Span, definition: Definition, args: readonly Argument[], dagger: boolean): Node {
    const body = this.node(definition.body, dagger);
    if (args.length === 0) return body;
    const parameters = definition.parameters.map((l) => this.label(l));
    const own = body.free.filter((l) => !parameters.includes(l));
    return this.make(span, body.scalar, [...own, ...this.argumentsFree(args)], {
      kind: "call",
      parameters,
      arguments: args.map((a) => this.place(a)),
      body,
    });
  }
}

import type { Argument, Definition, Expression, Kind, Label, Parameter, Species, SymbolInfo, Unitary } from "../core/expression.js";
import { isInteger, type Rational } from "../core/rational.js";
import type { Span } from "../source/span.js";
import { Unsupported } from "./limits.js";
import { Monomials } from "./poly.js";
import { inverseMod } from "./prime.js";
import type { Orbit } from "./table.js";
import { argumentLabels, isScalar } from "./tree.js";

/**
 * An expression made ready for evaluation: labels numbered, adjoints pushed down to the ladder operators,
 * products split into numbers and operators, integrals pushed in as far as they go. Nothing here depends on random numbers.
 */
export type Node = {
  readonly id: number;
  readonly span: Span;
  readonly scalar: boolean;
  /** Numbers of the labels that it depends on, ascending. */
  readonly free: readonly number[];
} & (
  | { readonly kind: "number"; readonly value: Rational }
  | { readonly kind: "imaginary" }
  | { readonly kind: "pi" }
  | { readonly kind: "parameter"; readonly parameter: Parameter }
  | { readonly kind: "value"; readonly symbol: SymbolInfo; readonly arguments: readonly Place[] }
  | { readonly kind: "delta"; readonly left: Place; readonly right: Place; readonly dimension: number; readonly of: Kind }
  | { readonly kind: "conj"; readonly of: Node }
  | { readonly kind: "sum"; readonly terms: readonly Node[] }
  | { readonly kind: "product"; readonly scalars: readonly Node[]; readonly operators: readonly Node[] }
  | { readonly kind: "power"; readonly base: Node; readonly exponent: Rational }
  | { readonly kind: "bind"; readonly labels: readonly number[]; readonly domains: readonly (readonly number[])[]; readonly body: Node }
  | { readonly kind: "ladder"; readonly species: Species; readonly creation: boolean; readonly arguments: readonly Place[] }
  | { readonly kind: "commutator"; readonly sign: -1 | 1; readonly left: Node; readonly right: Node }
  | { readonly kind: "normal"; readonly of: Node }
  | { readonly kind: "part"; readonly total?: number; readonly creators?: number; readonly annihilators?: number; readonly of: Node }
  | { readonly kind: "expectation"; readonly of: Node }
  | { readonly kind: "unitary"; readonly unitary: Unitary; readonly generator: Node; readonly inverse: boolean }
  | { readonly kind: "derivative"; readonly of: Node }
  | { readonly kind: "function"; readonly name: "exp" | "cosh" | "sinh"; readonly of: Node }
  | { readonly kind: "call"; readonly parameters: readonly number[]; readonly arguments: readonly Place[]; readonly body: Node }
);

export interface Factor {
  readonly parameter: Parameter;
  readonly exponent: number;
}

/** An argument: a value of a finite kind, a label of one, or a scaled linear form modulo the number of points. */
export type Place =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "label"; readonly label: number }
  | {
      readonly kind: "form";
      readonly scale: readonly Factor[];
      readonly terms: readonly (readonly [number, number])[];
    };

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

export class Compiler {
  readonly points: number;
  /** Labels by their numbers. */
  readonly labels: Label[] = [];
  private readonly numbers = new Map<number, number>();
  private readonly compiled: readonly [Map<Expression, Node>, Map<Expression, Node>] = [new Map(), new Map()];
  private readonly scalars = new Map<Expression, boolean>();
  private nodes = 0;
  /** Modes and monomials do not depend on random numbers either, so all runs share them. */
  readonly fermionic: boolean[] = [];
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

  constructor(points: number) {
    this.points = points;
  }

  /** The number of a mode, given by its species and points. */
  mode(key: string, fermionic: boolean): number {
    const known = this.numbered.get(key);
    if (known !== undefined) return known;
    this.numbered.set(key, this.fermionic.length);
    this.fermionic.push(fermionic);
    return this.fermionic.length - 1;
  }

  /** A scale's own text, for keys of random numbers. */
  scaleWords(scale: number): readonly number[] {
    return [...(this.scales[scale]?.key ?? "")].map((c) => c.charCodeAt(0));
  }

  /** The number of a scale times that of an argument. */
  multiplyScale(scale: number, place: Extract<Place, { kind: "form" }>): number {
    if (place.scale.length === 0) return scale;
    const of = this.scales[scale] as (typeof this.scales)[number];
    const known = of.products.get(place.scale);
    if (known !== undefined) return known;
    const product = new Map<number, Factor>();
    for (const f of [...of.factors, ...place.scale]) {
      const exponent = (product.get(f.parameter.id)?.exponent ?? 0) + f.exponent;
      product.set(f.parameter.id, { parameter: f.parameter, exponent });
    }
    const factors = [...product.values()].filter((f) => f.exponent !== 0).sort((a, b) => a.parameter.id - b.parameter.id);
    const key = factors.map((f) => `${f.parameter.id}^${f.exponent}`).join(" ");
    let number = this.scales.findIndex((s) => s.key === key);
    if (number < 0) number = this.scales.push({ key, factors, products: new Map() }) - 1;
    of.products.set(place.scale, number);
    return number;
  }

  label(label: Label): number {
    const known = this.numbers.get(label.id);
    if (known !== undefined) return known;
    this.labels.push(label);
    this.numbers.set(label.id, this.labels.length - 1);
    return this.labels.length - 1;
  }

  /** What a label ranges over: residues modulo the number of points, or the values of a finite set. */
  domain(number: number): readonly number[] {
    const { kind } = this.labels[number] as Label;
    return kind.kind === "finite" ? kind.values : Array.from({ length: this.points }, (_, i) => i);
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
      terms: a.terms.map((t) => [this.label(t.label), (outer * residue(t.coefficient)) % n] as const),
    };
  }

  /** The node of an expression, or of its adjoint. */
  node(e: Expression, dagger = false): Node {
    const table = this.compiled[dagger ? 1 : 0];
    const known = table.get(e);
    if (known !== undefined) return known;
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
      if (f.kind === "product") {
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
    if (body.kind === "sum")
      return this.sum(
        span,
        body.terms.map((t) => this.bind(span, labels, t)),
      );
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
    switch (e.kind) {
      case "number":
        return this.make(span, true, [], { kind: "number", value: e.value });
      case "imaginary":
      case "pi":
        return this.make(span, true, [], { kind: e.kind });
      case "parameter":
        return this.make(span, true, [], { kind: "parameter", parameter: e.parameter });
      case "value":
        return this.make(span, true, this.argumentsFree(e.arguments), {
          kind: "value",
          symbol: e.symbol,
          arguments: e.arguments.map((a) => this.place(a)),
        });
      case "delta": {
        const of = e.left.of;
        const dimension = of.kind === "space" ? of.dimension : 0;
        return this.make(span, true, this.argumentsFree([e.left, e.right]), {
          kind: "delta",
          left: this.place(e.left),
          right: this.place(e.right),
          dimension,
          of,
        });
      }
      case "ladder":
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
        return this.bind(
          span,
          e.labels.map((l) => this.label(l)),
          this.node(e.body, dagger),
        );
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

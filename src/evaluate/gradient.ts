import type { Parameter, SymbolInfo } from "../core/expression.js";
import { nowhere } from "../source/span.js";
import { Unsupported } from "./limits.js";
import { annihilatorSymbol } from "./poly.js";
import type { Compiler } from "./program.js";
import type { Ring, Value } from "./ring.js";
import { residueOf, scaleOf } from "./table.js";
import { type Draw, formSpecies, Polynomials, type Trigonometry, testOf, trigonometry } from "./trigonometric.js";

/** What of a model its derivatives in space need. */
export interface Host {
  readonly compiler: Compiler;
  readonly ring: (order: number) => Ring;
  readonly parameter: (parameter: Parameter) => Value;
  readonly draw: Draw;
  /** The factor of a whole function. */
  readonly magnitude: (symbol: SymbolInfo) => Value | undefined;
  readonly prime: number | undefined;
  readonly words: readonly number[];
}

type Weighted = readonly (readonly [number, Value])[];

/** Derivatives in space of one model, see `trigonometric.ts`. */
export class Gradient {
  private readonly host: Host;
  private made: { readonly trigonometry: Trigonometry; readonly polynomials: Polynomials } | undefined;
  private readonly multipliers = new Map<string, readonly Value[]>();
  private readonly values = new Map<string, Value>();
  private readonly pairs = new Map<string, Weighted>();

  constructor(host: Host) {
    this.host = host;
  }

  forget(): void {
    this.made?.polynomials.forget();
    this.multipliers.clear();
    this.values.clear();
    this.pairs.clear();
  }

  private get smooth(): { readonly trigonometry: Trigonometry; readonly polynomials: Polynomials } {
    if (this.made !== undefined) return this.made;
    const { compiler, draw, magnitude, prime, words } = this.host;
    if (compiler.band === undefined) throw new Unsupported("a derivative in space came up where none was foreseen", nowhere);
    const ring = this.host.ring(0);
    const circle = trigonometry(ring, prime, compiler.points, compiler.band, words);
    const polynomials = new Polynomials(circle, ring, draw, (scale) => compiler.scaleWords(scale), magnitude);
    this.made = { trigonometry: circle, polynomials };
    return this.made;
  }

  /** The t^order coefficient of a random function of low frequencies. */
  random(symbol: SymbolInfo, tuple: readonly number[], order: number): Value {
    return this.smooth.polynomials.value(symbol, tuple, order);
  }

  /** Symbols and numbers by which a fermionic mode is tested, see `Modes.forms`. */
  forms(mode: number, ring: Ring): Weighted {
    const key = `${mode} ${ring.order}`;
    const known = this.pairs.get(key);
    if (known !== undefined) return known;
    const { compiler } = this.host;
    const { species, points } = compiler.places[mode] as (typeof compiler.places)[number];
    const made = Array.from({ length: compiler.forms ?? 0 }, (_, i) => {
      const omega = annihilatorSymbol(compiler.mode(formSpecies, [i]));
      return [omega, ring.resize(this.random(testOf(species, 3 + i), points, 0))] as const;
    });
    this.pairs.set(key, made);
    return made;
  }

  /** The weights of (d/dx)^times = s^{-times} (d/dx')^times for x = s x'. */
  weights(times: number, scale: number, order: number): readonly Value[] {
    const key = `${times} ${scale} ${order}`;
    const known = this.multipliers.get(key);
    if (known !== undefined) return known;
    const ring = this.host.ring(order);
    let factor = ring.one;
    for (const { parameter, exponent } of this.host.compiler.scales[scale]?.factors ?? []) {
      const base = ring.resize(this.host.parameter(parameter));
      const by = exponent > 0 ? ring.invert(base) : base;
      for (let i = 0; i < Math.abs(exponent) * times; i++) factor = ring.multiply(factor, by);
    }
    const made = this.smooth.trigonometry.multiplier(times).map((v) => ring.multiply(factor, ring.resize(v)));
    this.multipliers.set(key, made);
    return made;
  }

  /** Shows each point of a label's scale with the weight that it has in the derivative at a point. */
  along(at: number, times: number, order: number, show: (point: number, weight: Value) => void): void {
    const { points } = this.host.compiler;
    const ring = this.host.ring(order);
    const weights = this.weights(times, scaleOf(at), order);
    const residue = residueOf(at);
    for (let y = 0; y < points; y++) {
      const weight = weights[(residue - y + points) % points] as Value;
      if (!ring.isZero(weight)) show(at - residue + y, weight);
    }
  }

  /** A derivative of a function at a tuple of points, `orders` slot by slot. */
  slope(
    symbol: SymbolInfo,
    tuple: readonly number[],
    orders: readonly number[],
    order: number,
    value: (tuple: readonly number[]) => Value,
  ): Value {
    const ring = this.host.ring(order);
    const slot = orders.findIndex((times) => times > 0);
    if (slot < 0) {
      const key = `${symbol.id} ${order} ${tuple.join()}`;
      const found = this.values.get(key) ?? value(tuple);
      this.values.set(key, found);
      return found;
    }
    const rest = orders.map((times, i) => (i === slot ? 0 : times));
    let sum = ring.zero;
    this.along(tuple[slot] as number, orders[slot] as number, order, (point, weight) => {
      const moved = tuple.map((p, i) => (i === slot ? point : p));
      sum = ring.add(sum, ring.multiply(weight, this.slope(symbol, moved, rest, order, value)));
    });
    return sum;
  }
}

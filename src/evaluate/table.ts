import type { Kind, SymbolInfo } from "../core/expression.js";
import { nowhere } from "../source/span.js";
import { Unsupported } from "./limits.js";

/**
 * A point of a label is one number: `scale * 64 + residue` for space and lattice (scale 0 is 1, others are products of
 * parameters, so that x and N x are different points), the value itself for a finite set.
 */
export const residueOf = (point: number): number => point % 64;
export const scaleOf = (point: number): number => Math.floor(point / 64);

/** f(tuple) = sign * [conj] f(representative); `real` and `imaginary`: what the symmetries force on the representative's value. */
export interface Orbit {
  readonly representative: readonly number[];
  readonly key: string;
  readonly sign: 1 | -1;
  readonly conjugated: boolean;
  readonly real: boolean;
  readonly imaginary: boolean;
}

/** The images of a tuple under the generators, as tuples. `g`: f(t) = sign [conj] f(image). */
export function images(
  symbol: SymbolInfo,
  tuple: readonly number[],
  points: number,
): readonly { readonly tuple: readonly number[]; readonly sign: 1 | -1; readonly conjugated: boolean }[] {
  return symbol.symmetries.map((s) => ({
    tuple: s.permutation.map((from, i) =>
      s.negated[i] ? negate(tuple[from] as number, symbol.slots[i] as Kind, points) : (tuple[from] as number),
    ),
    sign: s.sign,
    conjugated: s.conjugated && !symbol.real,
  }));
}

function negate(point: number, kind: Kind, points: number): number {
  if (kind.kind === "finite") return point;
  const residue = residueOf(point);
  return residue === 0 ? point : point - residue + (points - residue);
}

/** The origin is the origin at every scale. */
export function normalise(symbol: SymbolInfo, tuple: readonly number[]): readonly number[] {
  return tuple.map((point, i) => (symbol.slots[i]?.kind === "finite" || residueOf(point) !== 0 ? point : 0));
}

const compare = (a: readonly number[], b: readonly number[]): number => {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return 0;
};

/**
 * The orbit of a tuple under the group that the symmetries generate, walked breadth first. Each image is reached with
 * a relation f(tuple) = sign [conj] f(image). An image reached twice with different relations restricts the value:
 * f = -f makes it zero, f = conj f real, f = -conj f imaginary. Generators have finite order, so products of them reach the
 * whole group.
 */
export function orbit(symbol: SymbolInfo, tuple: readonly number[], points: number): Orbit {
  interface Reached {
    readonly tuple: readonly number[];
    readonly sign: 1 | -1;
    readonly conjugated: boolean;
  }
  const seen = new Map<string, Reached>();
  const queue: Reached[] = [{ tuple, sign: 1, conjugated: false }];
  seen.set(tuple.join(), queue[0] as Reached);
  let real = symbol.real;
  let imaginary = false;
  for (let at = 0; at < queue.length; at++) {
    const from = queue[at] as Reached;
    for (const image of images(symbol, from.tuple, points)) {
      const next: Reached = {
        tuple: image.tuple,
        sign: (from.sign * image.sign) as 1 | -1,
        conjugated: from.conjugated !== image.conjugated,
      };
      const key = next.tuple.join();
      const old = seen.get(key);
      if (old === undefined) {
        if (queue.length > 50000) throw new Unsupported(`the symmetries of ${symbol.name} are too many for the finite model`, nowhere);
        seen.set(key, next);
        queue.push(next);
        continue;
      }
      if (old.conjugated === next.conjugated) {
        if (old.sign !== next.sign) real = imaginary = true;
      } else if (old.sign === next.sign) real = true;
      else imaginary = true;
    }
  }
  let least = queue[0] as Reached;
  for (const r of queue) if (compare(r.tuple, least.tuple) < 0) least = r;
  return { representative: least.tuple, key: least.tuple.join(), sign: least.sign, conjugated: least.conjugated, real, imaginary };
}

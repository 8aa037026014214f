import type { Span } from "../source/span.js";
import { Unsupported } from "./limits.js";
import { gcd } from "./prime.js";
import { regular } from "./regular.js";

/** An integer combination of labels, by their numbers; no coefficient is zero. */
export type Form = ReadonlyMap<number, number>;

/** A ladder operator: what it takes at each slot. A finite label is left out, a value of a finite kind is a number. */
export interface Ladder {
  readonly species: number;
  readonly creation: boolean;
  readonly slots: readonly (Form | number | undefined)[];
  /** The normal orderings that it stands in: inside one of them nothing is contracted. */
  readonly normal: readonly number[];
}

/** A product of ladder operators, of values at forms of labels, and of deltas. */
export interface Product {
  readonly ladders: readonly Ladder[];
  readonly values: readonly Form[];
  readonly deltas: readonly Form[];
}

export interface About {
  readonly bound: (label: number) => boolean;
  readonly space: (label: number) => boolean;
}

const jacobian =
  "the labels occur in combinations, like x+y together with x-y, whose change of variables has a Jacobian that the finite model does not have";
const coefficient =
  "a label gets a coefficient other than 1 or -1 where ladder operators are contracted: the finite model cannot follow its measure";
const most = 20_000;

export function plus(a: Form, b: Form, times: number): Form {
  const out = new Map(a);
  for (const [id, c] of b) {
    const sum = (out.get(id) ?? 0) + times * c;
    if (sum === 0) out.delete(id);
    else out.set(id, sum);
  }
  return out;
}

/**
 * Looks at each product that Wick's theorem makes of the given ones. A contraction of a_u with a_v^* is delta(u-v), and no
 * operator takes part in two of them: the sets of contractions are the matchings of annihilators with creators that stand to
 * the right of them. With its deltas solved for bound labels, a term is a sum over the remaining ones of values and ladder operators
 * at forms M of these. Two such terms are equal for all values when an invertible substitution takes one's forms to the
 * other's. If among the forms every basis has determinant 1 or -1, substitutions that are invertible on a cyclic group are so over
 * the integers, and the finite model confuses nothing.
 * @throws Unsupported where that is not so, or where there are too many matchings
 */
export class Matchings {
  private readonly about: About;
  private readonly seen = new Set<string>();
  private left = most;
  /** Coefficients left in Kronecker deltas between free labels. */
  readonly divisors = new Set<number>();

  constructor(about: About) {
    this.about = about;
  }

  check(product: Product, span: Span): void {
    if (this.once(product)) return;
    const { ladders } = product;
    const used = ladders.map(() => false);
    const walk = (from: number, deltas: readonly Form[]): void => {
      let at = from;
      while (at < ladders.length && (ladders[at] as Ladder).creation) at++;
      if (at === ladders.length) {
        if (this.left-- <= 0) throw new Unsupported("there are too many contractions for the finite model", span);
        const rest = ladders.filter((_, i) => !used[i]).flatMap((l) => l.slots.filter((s) => s instanceof Map) as Form[]);
        this.term([...product.values, ...rest], [...product.deltas, ...deltas], span);
        return;
      }
      walk(at + 1, deltas);
      used[at] = true;
      for (let to = at + 1; to < ladders.length; to++) {
        const made = used[to] ? undefined : contracted(ladders[at] as Ladder, ladders[to] as Ladder);
        if (made === undefined) continue;
        used[to] = true;
        walk(at + 1, [...deltas, ...made]);
        used[to] = false;
      }
      used[at] = false;
    };
    walk(0, []);
  }

  /** True where the same product, up to names of bound labels, was looked at before. */
  private once(product: Product): boolean {
    const names = new Map<number, string>();
    const name = (id: number): string => {
      const known = names.get(id);
      if (known !== undefined) return known;
      const made = this.about.bound(id) ? `${this.about.space(id) ? "s" : "l"}${names.size}` : `#${id}`;
      names.set(id, made);
      return made;
    };
    const text = (f: Form): string => [...f].map(([id, c]) => `${c}${name(id)}`).join("+");
    const key = [
      ...product.ladders.map(
        (l) =>
          `${l.species}${l.creation ? "*" : ""}${l.normal.join()}(${l.slots.map((s) => (s instanceof Map ? text(s) : `=${s}`)).join()})`,
      ),
      ...product.values.map(text),
      "",
      ...product.deltas.map(text),
    ].join(" ");
    if (this.seen.has(key)) return true;
    this.seen.add(key);
    return false;
  }

  private term(values: readonly Form[], deltas: readonly Form[], span: Span): void {
    const { bound, space } = this.about;
    let rows = values;
    let left = deltas.filter((d) => d.size > 0);
    while (left.length > 0) {
      const pivot = (which: (id: number) => boolean): readonly [number, number] | undefined => {
        for (const [i, d] of left.entries()) for (const [id, c] of d) if (which(id) && Math.abs(c) === 1) return [i, id];
        return undefined;
      };
      const found = pivot(bound) ?? (left.some((d) => [...d.keys()].some(bound)) ? undefined : pivot(space));
      if (found === undefined) {
        const smaller = left.map((d) => this.divided(d));
        if (smaller.every((d, i) => d === left[i])) break;
        left = smaller;
        continue;
      }
      const [at, id] = found;
      const by = left[at] as Form;
      const solve = (f: Form): Form => (f.has(id) ? plus(f, by, -(f.get(id) as number) * (by.get(id) as number)) : f);
      left = left.filter((_, i) => i !== at).map(solve);
      // A delta that is left without labels is delta(0), which is reported elsewhere for space and is 1 on a lattice.
      left = left.filter((d) => d.size > 0);
      rows = rows.map(solve);
    }
    for (const d of left)
      for (const [id, c] of d) {
        if (bound(id) || space(id)) throw new Unsupported(d.size === 1 ? coefficient : jacobian, span);
        if (Math.abs(c) > 1) this.divisors.add(Math.abs(c));
      }
    const columns = [...new Set(rows.flatMap((r) => [...r.keys()].filter(bound)))];
    if (columns.length < 2) {
      if (rows.some((r) => columns.some((id) => Math.abs(r.get(id) ?? 0) > 1))) throw new Unsupported(jacobian, span);
      return;
    }
    if (!regular(rows.map((r) => columns.map((id) => r.get(id) ?? 0)))) throw new Unsupported(jacobian, span);
  }

  /** delta_{2p,2q} = delta_{p,q} on a lattice; a Dirac delta would get a Jacobian. */
  private divided(d: Form): Form {
    if ([...d.keys()].some(this.about.space)) return d;
    const common = [...d.values()].reduce((g, c) => gcd(Math.abs(c), g), 0);
    return common <= 1 ? d : new Map([...d].map(([id, c]) => [id, c / common]));
  }
}

/** The deltas of a contraction; undefined where there is none. */
function contracted(a: Ladder, b: Ladder): readonly Form[] | undefined {
  if (!b.creation || a.species !== b.species || a.normal.some((n) => b.normal.includes(n))) return undefined;
  const deltas: Form[] = [];
  for (const [i, s] of a.slots.entries()) {
    const t = b.slots[i];
    if (typeof s === "number" && typeof t === "number" && s !== t) return undefined;
    if (s instanceof Map && t instanceof Map) deltas.push(plus(s, t, -1));
  }
  return deltas;
}

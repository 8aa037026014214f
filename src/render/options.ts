import type { Kind } from "../core/expression.js";

/**
 * Which names a bound label may get. `indices` lists the names of the declared indices, in the declared order:
 * one kind for a simple index (`index x, y in R^3`), several for an index over a product
 * (`index X in {1, 2} * R^3`). `taken` are names that mean something else: parameters, functions, species, definitions.
 */
export interface NamePool {
  readonly indices: readonly { readonly kinds: readonly Kind[]; readonly names: readonly string[] }[];
  readonly taken: ReadonlySet<string>;
}

export interface RenderOptions {
  readonly names?: NamePool;
  /** Visible characters that fit on a line, 80 unless told. */
  readonly width?: number;
  /** "one": never broken; "aligned": one `aligned` environment whatever its length. Without it, broken where too wide. */
  readonly lines?: "one" | "aligned";
  /** Terms shown; the rest is counted. What is shortened cannot be read back. */
  readonly limit?: number;
  /**
   * For each term the index of the term that is its adjoint: itself where it is self-adjoint, -1 where the sum
   * does not contain it. With this, LaTeX writes pairs as `A + \text{h.c.}`.
   */
  readonly adjointOf?: readonly number[];
  /** Plain text uses `h.c.` too; without it, it shows every term. */
  readonly hermitian?: boolean;
}

export const emptyPool: NamePool = { indices: [], taken: new Set() };

/** One text for each kind, so that kinds can be keys. */
export function kindKey(kind: Kind): string {
  if (kind.kind === "finite" && kind.size !== undefined) return `f1..${kind.size.id}`;
  return kind.kind === "finite" ? `f${kind.values.join(",")}` : `${kind.kind === "space" ? "r" : "z"}${kind.dimension}`;
}

/** What the language itself uses where a document declares no index of that kind. */
function fallback(kind: Kind): readonly string[] {
  if (kind.kind === "space") return ["x", "y", "z", "u", "v"];
  return kind.kind === "lattice" ? ["p", "q"] : ["m", "n"];
}

/**
 * An endless list of names for labels of given kinds: the declared names, then the same primed, then numbered.
 * Names in `avoid` are left out. `name(i)` is the i-th; undefined for a product of kinds that no index has.
 */
export class Names {
  private readonly found: string[] = [];
  private readonly bases: readonly string[];
  private readonly avoid: (name: string) => boolean;
  private next = 0;

  constructor(pool: NamePool, kinds: readonly Kind[], avoid: (name: string) => boolean) {
    const key = kinds.map(kindKey).join("*");
    const declared = pool.indices.filter((index) => index.kinds.map(kindKey).join("*") === key).flatMap((index) => index.names);
    const [first] = kinds;
    // Names with scripts, such as a declared `x_1`, cannot take a further number.
    this.bases = declared.length > 0 ? [...new Set(declared)] : kinds.length === 1 && first !== undefined ? fallback(first) : [];
    this.avoid = avoid;
  }

  get empty(): boolean {
    return this.bases.length === 0;
  }

  name(index: number): string {
    while (this.found.length <= index) {
      const count = this.bases.length;
      const base = this.bases[this.next % count] as string;
      const round = Math.floor(this.next / count);
      this.next++;
      const plain = !/[_']/.test(base);
      if (round > 0 && !plain && this.bases.some((other) => !/[_']/.test(other))) continue;
      const stem = plain || round === 0 ? base : base.replace(/[_'].*$/s, "");
      const name = round === 0 ? stem : round === 1 ? `${stem}'` : `${stem}_${round - 1 > 9 ? `{${round - 1}}` : round - 1}`;
      if (!this.avoid(name) && !this.found.includes(name)) this.found.push(name);
    }
    return this.found[index] as string;
  }
}

import type { Assumption } from "../core/expression.js";
import type { Assumptions } from "./assume.js";
import { Rewriter } from "./hyperbolic.js";
import type { Machine } from "./machine.js";
import { type Measure, sameUnit } from "./measure.js";
import type { Compiler } from "./program.js";

/** A model whose random numbers satisfy some assumptions. */
export interface Run {
  readonly machine: Machine;
  readonly assumptions: Assumptions;
}

/** A compiler and what has been computed with its nodes. */
export interface Kept {
  readonly key: string;
  readonly compiler: Compiler;
  /** The first equation's measure of each label. */
  readonly units: Map<number, Measure>;
  /** By what their random numbers depend on. */
  readonly runs: Map<string, Run>;
  /** Operations, by which memory is bounded too. */
  spent: number;
}

/** Compilers that are kept, and operations and monomials with which one is given up with all that it knows. */
const most = 4;
const longest = 5e6;
const largest = 50_000;

/**
 * The models of one document. Its claims speak of the same definitions, unitaries and kernels, and all random numbers of a model
 * are functions of the seed, the trial and the name of what has them. So the values of a definition at the points of its labels,
 * a kernel's ch and sh, or what a unitary makes of ladder operators are the same numbers in each claim: they are computed once.
 *
 * Two equations have one compiler where the same settings and the same units of all their common labels make it compile a common part
 * to the same node. Models with power series, unitaries that are left over, or scales at 1 are not kept.
 */
export class Models {
  readonly rewriter = new Rewriter();
  private readonly list: Kept[] = [];
  private readonly numbers = new Map<Assumption, number>();

  /** The compiler for a key and a measure: one that has been used, or a new one. */
  find(key: string, measure: Measure, make: () => Compiler): Kept {
    const at = this.list.findIndex((kept) => kept.key === key && agrees(kept.units, measure));
    const [known] = at < 0 ? [] : this.list.splice(at, 1);
    const fresh = known === undefined || known.spent > longest || known.compiler.monomials.size > largest;
    const found: Kept = fresh ? { key, compiler: make(), units: new Map(), runs: new Map(), spent: 0 } : known;
    // The last used comes first.
    this.list.unshift(found);
    if (this.list.length > most) this.list.pop();
    for (const label of measure.labels) if (!found.units.has(label)) found.units.set(label, measure);
    found.compiler.measure = measure;
    found.compiler.monomials.extend();
    return found;
  }

  /** A name for a list of assumptions. */
  name(assumptions: readonly Assumption[]): string {
    return assumptions
      .map((a) => {
        const number = this.numbers.get(a) ?? this.numbers.size;
        this.numbers.set(a, number);
        return number;
      })
      .join();
  }
}

/** Whether all labels of an equation that are known already have the units that it gives them. */
function agrees(units: ReadonlyMap<number, Measure>, measure: Measure): boolean {
  for (const label of measure.labels) {
    const known = units.get(label);
    if (known !== undefined && !sameUnit(known, measure, label)) return false;
  }
  return true;
}

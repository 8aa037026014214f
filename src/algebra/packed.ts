import { keyOf, type Sum, type Term } from "./sum.js";

/**
 * A sum of very many terms in a few numbers each: terms and keys are made when they are read, so that what only
 * counts or compares sizes never pays for them. Its maker promises that no two terms are equal and none is zero,
 * and that every atom is a ladder operator or a delta.
 */
export class Packed implements ReadonlyMap<string, Term> {
  readonly size: number;
  private readonly at: (i: number) => Term;
  private map: Map<string, Term> | undefined;

  constructor(size: number, at: (i: number) => Term) {
    this.size = size;
    this.at = at;
  }

  private whole(): Map<string, Term> {
    this.map ??= new Map(this.entries());
    return this.map;
  }

  get(key: string): Term | undefined {
    return this.whole().get(key);
  }

  has(key: string): boolean {
    return this.whole().has(key);
  }

  *values(): Generator<Term, undefined> {
    for (let i = 0; i < this.size; i++) yield this.at(i);
    return undefined;
  }

  *entries(): Generator<[string, Term], undefined> {
    for (const term of this.values()) yield [keyOf(term.scalar, term.mono), term];
    return undefined;
  }

  *keys(): Generator<string, undefined> {
    for (const [key] of this.entries()) yield key;
    return undefined;
  }

  [Symbol.iterator](): Generator<[string, Term], undefined> {
    return this.entries();
  }

  forEach(visit: (term: Term, key: string, sum: Sum) => void): void {
    for (const [key, term] of this.entries()) visit(term, key, this);
  }
}

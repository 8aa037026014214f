import { atomOf } from "./atom.js";
import { checkWork, type Term, termLimit, tooMany } from "./sum.js";

/** Every partial matching: a sum of `size` terms, the i-th of coefficient 1 and with the monomial `mono(i)`. */
export interface Matchings {
  readonly size: number;
  readonly mono: (i: number) => number[];
}

/** Atom of the delta of an annihilator and a creator; -1 for no contraction, undefined for more than one atom. */
type Delta = (annihilator: number, creator: number) => number | undefined;

/** What `multiply` of `wick.ts` leaves out. */
interface Choice {
  readonly connected?: boolean;
  readonly vacuum?: boolean;
}

/**
 * Distinct single operators on both sides: every partial matching is a term of its own, written down once.
 * Undefined when it does not apply.
 */
export function matchings(left: Term, right: Term, rules: Choice, contract: Delta, limit = termLimit): Matchings | undefined {
  let labels = 0;
  for (const mono of [left.mono, right.mono])
    for (let i = 0; i < mono.length; i += 2) {
      const atom = atomOf(mono[i] as number);
      // A label that occurs twice could let two matchings agree, or a delta act on the rest.
      if (atom.role !== "ladder" || atom.fermions > 0 || mono[i + 1] !== 1 || (atom.mask & labels) !== 0 || atom.free.length !== 1)
        return undefined;
      labels |= atom.mask;
    }
  const annihilators: number[] = [];
  const creators: number[] = [];
  const rest: number[] = [];
  for (let i = 0; i < left.mono.length; i += 2)
    (atomOf(left.mono[i] as number).annihilators > 0 ? annihilators : rest).push(left.mono[i] as number);
  for (let i = 0; i < right.mono.length; i += 2)
    (atomOf(right.mono[i] as number).creators > 0 ? creators : rest).push(right.mono[i] as number);
  const table: number[][] = [];
  for (const c of creators) {
    const row: number[] = [];
    for (const a of annihilators) {
      const delta = contract(a, c);
      if (delta === undefined) return undefined;
      row.push(delta);
    }
    table.push(row);
  }
  const width = rest.length + annihilators.length + creators.length;
  // The atoms of all terms in a row, ascending in each; term i begins at starts[i].
  let ids = new Int32Array(64 * width);
  let starts = new Int32Array(64);
  let [size, end] = [0, 0];
  const chosen = new Int32Array(width);
  rest.forEach((id, i) => {
    chosen[i] = id;
  });
  const finish = (count: number, free: number): void => {
    if (size >= limit) tooMany(limit);
    if ((size & 4095) === 4095) checkWork();
    if (size === starts.length) starts = longer(starts);
    if (end + width > ids.length) ids = longer(ids);
    starts[size++] = end;
    const start = end;
    for (let i = 0; i < count + annihilators.length; i++) {
      if (i >= count && (free & (1 << (i - count))) === 0) continue;
      const id = (i < count ? chosen[i] : annihilators[i - count]) as number;
      // Insertion sort of a dozen numbers.
      let at = end++;
      for (; at > start && (ids[at - 1] as number) > id; at--) ids[at] = ids[at - 1] as number;
      ids[at] = id;
    }
  };
  /** `free` are the annihilators that are left, one bit each: there are fewer than 31 labels. */
  const walk = (at: number, count: number, free: number): void => {
    if (at === creators.length) {
      if (free !== (1 << annihilators.length) - 1 || !rules.connected) finish(count, free);
      return;
    }
    if (!rules.vacuum) {
      chosen[count] = creators[at] as number;
      walk(at + 1, count + 1, free);
    }
    const row = table[at] as number[];
    for (let i = 0; i < annihilators.length; i++) {
      if ((free & (1 << i)) === 0 || row[i] === -1) continue;
      chosen[count] = row[i] as number;
      walk(at + 1, count + 1, free & ~(1 << i));
    }
  };
  walk(0, rest.length, (1 << annihilators.length) - 1);
  const mono = (i: number): number[] => {
    const [start, stop] = [starts[i] as number, i + 1 < size ? (starts[i + 1] as number) : end];
    const result = new Array<number>(2 * (stop - start));
    for (let at = start, to = 0; at < stop; at++) {
      result[to++] = ids[at] as number;
      result[to++] = 1;
    }
    return result;
  };
  return { size, mono };
}

function longer(list: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const next = new Int32Array(2 * list.length);
  next.set(list);
  return next;
}

import { atomGeneration } from "./atom.js";
import { isFermion } from "./canonical.js";
import { headOf } from "./head.js";
import type { Arg } from "./label.js";
import type { Product, Raw, Vertex } from "./vertex.js";

/**
 * Normal forms of diagrams that have been met before. A diagram is looked up by a list of integers, which is equal for
 * two diagrams only if they are the same up to the names of their bound labels and the order of their commuting
 * vertices. The converse need not hold: the list is cheap to make and far from canonical, and a diagram that is not
 * recognised is brought to normal form once more.
 */
interface Entry {
  readonly key: Int32Array;
  readonly product: Product | null;
  readonly next: Entry | undefined;
}

const mostEntries = 200_000;
let entries = new Map<number, Entry>();
let count = 0;
let generation = 0;

export function resetMet(): void {
  entries = new Map();
  count = 0;
  generation = atomGeneration();
}

const longest = 4096;
const scratch = new Int32Array(longest);
let weights = new Int32Array(64);
let order = new Int32Array(64);
let sums = new Int32Array(64);
let numbers = new Int32Array(64);

const mix = (a: number, b: number): number => {
  const h = Math.imul(a ^ (b + 0x9e3779b9), 0x85ebca6b);
  return h ^ (h >>> 15);
};

/** A weight of each vertex that does not depend on the names of bound labels; false when there are fermions. */
function weigh(kinds: readonly number[], vertices: readonly Vertex[]): boolean {
  let commuting = true;
  for (let l = 0; l < kinds.length; l++) sums[l] = kinds[l] as number;
  for (let v = 0; v < vertices.length; v++) {
    const { head, exp, args } = vertices[v] as Vertex;
    if (isFermion(head)) commuting = false;
    let h = mix(head, exp);
    for (let slot = 0; slot < args.length; slot++) {
      const arg = args[slot] as Arg;
      if (typeof arg === "number") h = mix(h, arg < 0 ? arg : 1);
      else
        for (let i = 0; i < arg.length; i += 3) {
          const label = arg[i] as number;
          h = (h + mix(label < 0 ? label : 2, Math.abs(arg[i + 1] as number))) | 0;
        }
    }
    weights[v] = h;
  }
  if (!commuting) return false;
  for (let v = 0; v < vertices.length; v++) {
    const { head, args } = vertices[v] as Vertex;
    const { orbits } = headOf(head);
    const h = weights[v] as number;
    for (let slot = 0; slot < args.length; slot++) {
      const arg = args[slot] as Arg;
      const seen = mix(h, orbits[slot] as number);
      if (typeof arg === "number") {
        if (arg >= 0) sums[arg] = ((sums[arg] as number) + seen) | 0;
      } else
        for (let i = 0; i < arg.length; i += 3) {
          const label = arg[i] as number;
          if (label >= 0) sums[label] = ((sums[label] as number) + seen) | 0;
        }
    }
  }
  for (let v = 0; v < vertices.length; v++) {
    const { head, args } = vertices[v] as Vertex;
    const { orbits } = headOf(head);
    let h = weights[v] as number;
    for (let slot = 0; slot < args.length; slot++) {
      const arg = args[slot] as Arg;
      if (typeof arg === "number") {
        if (arg >= 0) h = (h + mix(sums[arg] as number, orbits[slot] as number)) | 0;
      } else
        for (let i = 0; i < arg.length; i += 3) {
          const label = arg[i] as number;
          if (label >= 0) h = (h + mix(sums[label] as number, 3)) | 0;
        }
    }
    weights[v] = h;
  }
  return true;
}

/** Writes the list of a diagram to `scratch` and returns its length; -1 for what is too large. */
function write({ kinds, vertices, gone }: Raw): number {
  const n = vertices.length;
  if (n > weights.length || kinds.length > sums.length) {
    const size = 2 * Math.max(n, kinds.length);
    if (size > longest) return -1;
    weights = new Int32Array(size);
    order = new Int32Array(size);
    sums = new Int32Array(size);
    numbers = new Int32Array(size);
  }
  const commuting = weigh(kinds, vertices);
  for (let i = 0; i < n; i++) {
    let at = i;
    if (commuting) {
      const w = weights[i] as number;
      for (; at > 0 && (weights[order[at - 1] as number] as number) > w; at--) order[at] = order[at - 1] as number;
    }
    order[at] = i;
  }
  for (let l = 0; l < kinds.length; l++) numbers[l] = -1;
  let next = 0;
  let end = 0;
  for (let i = 0; i < n; i++) {
    const { head, exp, args } = vertices[order[i] as number] as Vertex;
    if (end + 2 + args.length > longest) return -1;
    scratch[end++] = head;
    scratch[end++] = exp;
    for (let slot = 0; slot < args.length; slot++) {
      const arg = args[slot] as Arg;
      if (typeof arg === "number") {
        if (arg >= 0 && (numbers[arg] as number) < 0) numbers[arg] = next++;
        scratch[end++] = arg < 0 ? arg : (numbers[arg] as number);
        continue;
      }
      if (end + 1 + arg.length + args.length > longest) return -1;
      // A bound label is no more than 4096: this is none.
      scratch[end++] = 1_000_000 + arg.length;
      for (let j = 0; j < arg.length; j += 3) {
        let label = arg[j] as number;
        const [top, bottom] = [arg[j + 1] as number, arg[j + 2] as number];
        if ((top | 0) !== top || (bottom | 0) !== bottom) return -1;
        if (label >= 0) {
          if ((numbers[label] as number) < 0) numbers[label] = next++;
          label = numbers[label] as number;
        }
        let at = end + j;
        for (; at > end && (scratch[at - 3] as number) > label; at -= 3) {
          scratch[at] = scratch[at - 3] as number;
          scratch[at + 1] = scratch[at - 2] as number;
          scratch[at + 2] = scratch[at - 1] as number;
        }
        scratch[at] = label;
        scratch[at + 1] = top;
        scratch[at + 2] = bottom;
      }
      end += arg.length;
    }
  }
  if (end + 2 * kinds.length + 2 > longest) return -1;
  // Kinds of the labels in their new order; then those that nothing depends on.
  const from = end;
  scratch[end++] = next;
  end += next;
  for (let l = 0; l < kinds.length; l++) {
    const to = numbers[l] as number;
    if (to >= 0) scratch[from + 1 + to] = kinds[l] as number;
    else if (gone === undefined || !gone.has(l)) scratch[end++] = kinds[l] as number;
  }
  return end;
}

function same(key: Int32Array, size: number): boolean {
  if (key.length !== size) return false;
  for (let i = 0; i < size; i++) if (key[i] !== scratch[i]) return false;
  return true;
}

/** The normal form of a diagram, by `make` where it has not been met. */
export function remembered(raw: Raw, make: (raw: Raw) => Product | null): Product | null {
  // Products hold numbers of atoms: they go when those go.
  if (generation !== atomGeneration()) resetMet();
  const size = write(raw);
  if (size < 0) return make(raw);
  let hash = size;
  for (let i = 0; i < size; i++) hash = (Math.imul(hash, 31) + (scratch[i] as number)) | 0;
  hash ^= hash >>> 15;
  for (let at = entries.get(hash); at !== undefined; at = at.next) if (same(at.key, size)) return at.product;
  // Making it may ask for others, which write here.
  const key = scratch.slice(0, size);
  const product = make(raw);
  if (++count > mostEntries) {
    entries = new Map();
    count = 1;
  }
  entries.set(hash, { key, product, next: entries.get(hash) });
  return product;
}

import { headOf } from "./head.js";
import { type Arg, negateArg } from "./label.js";
import type { Vertex } from "./vertex.js";

/**
 * Colour refinement of a diagram: bound labels are told apart by what they see, until nothing changes. All of it is on flat
 * arrays of integers, as it is the hot path of the whole engine. Plain diagrams, in which every argument is a single
 * label and symmetries are permutations of slots, are hashed more simply than others.
 */

function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x27d4eb2f);
  return h ^ (h >>> 13);
}

export interface Partition {
  readonly colours: Int32Array;
  readonly cells: number;
  /** An invariant of the refinement, equal for equivalent nodes of the search. */
  readonly trace: number;
}

/** A diagram, prepared for any number of refinements. */
export interface Diagram {
  /** Adds to each label's hash what it sees of the coloured diagram. */
  readonly hash: (colours: Int32Array, hashes: Int32Array) => void;
}

/** A plain diagram. */
interface Flat {
  readonly heads: Int32Array;
  /** Arguments of vertex v are codes[starts[v]] ... codes[starts[v + 1] - 1], with the orbits of their slots beside. */
  readonly starts: Int32Array;
  readonly codes: Int32Array;
  readonly orbits: Int32Array;
}

function flatten(vertices: readonly Vertex[]): Flat | undefined {
  let size = 0;
  for (const v of vertices) {
    if (!headOf(v.head).young) return undefined;
    for (const a of v.args) if (typeof a !== "number") return undefined;
    size += v.args.length;
  }
  const heads = new Int32Array(vertices.length);
  const starts = new Int32Array(vertices.length + 1);
  const codes = new Int32Array(size);
  const orbits = new Int32Array(size);
  let at = 0;
  for (let v = 0; v < vertices.length; v++) {
    const vertex = vertices[v] as Vertex;
    const own = headOf(vertex.head).orbits;
    heads[v] = mix(vertex.head, vertex.exp);
    starts[v] = at;
    for (let i = 0; i < vertex.args.length; i++) {
      codes[at] = vertex.args[i] as number;
      orbits[at++] = own[i] as number;
    }
  }
  starts[vertices.length] = at;
  return { heads, starts, codes, orbits };
}

function hashLabels(flat: Flat, colours: Int32Array, hashes: Int32Array): void {
  const { heads, starts, codes, orbits } = flat;
  for (let v = 0; v < heads.length; v++) {
    const from = starts[v] as number;
    const to = starts[v + 1] as number;
    let h = heads[v] as number;
    for (let i = from; i < to; i++) {
      const slot = i - from;
      if (orbits[i] !== slot) continue;
      let inside = 0;
      for (let j = i; j < to; j++)
        if (orbits[j] === slot) {
          const code = codes[j] as number;
          inside = (inside + (code < 0 ? mix(code, 1) : mix(colours[code] as number, 2))) | 0;
        }
      h = mix(h, inside);
    }
    for (let i = from; i < to; i++) {
      const code = codes[i] as number;
      if (code >= 0) hashes[code] = ((hashes[code] as number) + mix(h, orbits[i] as number)) | 0;
    }
  }
}

/** Splits colour classes until every label of a class sees the same: the coarsest stable refinement. */
export function refine(colours: ArrayLike<number>, diagram: Diagram): Partition {
  const n = colours.length;
  const current = Int32Array.from(colours);
  const next = new Int32Array(n);
  const hashes = new Int32Array(n);
  const order = new Int32Array(n);
  for (let l = 0; l < n; l++) order[l] = l;
  let cells = 0;
  let trace = 0;
  for (let round = 0; ; round++) {
    hashes.fill(0);
    diagram.hash(current, hashes);
    // Insertion sort: a few labels, nearly in order after the first round.
    for (let i = 1; i < n; i++) {
      const l = order[i] as number;
      const [c, h] = [current[l] as number, hashes[l] as number];
      let j = i - 1;
      while (j >= 0) {
        const m = order[j] as number;
        const d = (current[m] as number) - c;
        if (d < 0 || (d === 0 && (hashes[m] as number) <= h)) break;
        order[j + 1] = m;
        j--;
      }
      order[j + 1] = l;
    }
    let rank = -1;
    let previous = -1;
    for (let i = 0; i < n; i++) {
      const l = order[i] as number;
      if (previous < 0 || current[l] !== current[previous] || hashes[l] !== hashes[previous]) rank++;
      next[l] = rank;
      trace = mix(mix(trace, rank), hashes[l] as number);
      previous = l;
    }
    current.set(next);
    if (rank + 1 === n || (round > 0 && rank + 1 === cells)) return { colours: current, cells: rank + 1, trace };
    cells = rank + 1;
  }
}

const unit = mix(1, 1);

/**
 * A diagram with affine arguments or with symmetries that are no mere permutations. What a label sees of a vertex must not
 * change under the vertex's symmetries: V(k) and V(-k) of an even V are one value, so k has one role in both.
 */
class Mixed implements Diagram {
  /** Arguments and, where a symmetry needs them, their negatives: plain ones by their code, others by a range of terms. */
  private readonly codes: number[] = [];
  private readonly ranges: number[] = [];
  private readonly labels: number[] = [];
  private readonly factors: number[] = [];
  /**
   * Vertices in a row: -1, the hash of head and exponent, and the arguments with the orbits of their slots; or the number of
   * images under the symmetry group, and for each such a hash and the arguments.
   */
  private readonly program: number[] = [];
  /** Label, vertex, role. */
  private readonly incidence: number[] = [];
  private readonly values: Int32Array;
  private readonly around: Int32Array;

  constructor(vertices: readonly Vertex[]) {
    const { program } = this;
    for (let at = 0; at < vertices.length; at++) {
      const { head: id, exp, args } = vertices[at] as Vertex;
      const head = headOf(id);
      const first = this.codes.length;
      for (let slot = 0; slot < args.length; slot++) this.place(args[slot] as Arg, at, head.orbits[slot] as number);
      if (head.young) {
        program.push(-1, args.length, mix(id, exp));
        for (let slot = 0; slot < args.length; slot++) program.push(first + slot, head.orbits[slot] as number);
        continue;
      }
      const negative = new Array<number>(args.length).fill(-1);
      program.push(head.group.length, args.length);
      for (const element of head.group) {
        program.push(mix(element.head, exp));
        for (let i = 0; i < args.length; i++) {
          const from = element.permutation[i] as number;
          if (element.negated[i] && negative[from] === -1) {
            negative[from] = this.codes.length;
            this.store(negateArg(args[from] as Arg));
          }
          program.push(element.negated[i] ? (negative[from] as number) : first + from);
        }
      }
    }
    this.values = new Int32Array(this.codes.length);
    this.around = new Int32Array(vertices.length);
  }

  private place(arg: Arg, vertex: number, orbit: number): void {
    this.store(arg);
    if (typeof arg === "number") {
      if (arg >= 0) this.incidence.push(arg, vertex, mix(orbit, unit));
      return;
    }
    for (let i = 0; i < arg.length; i += 3)
      if ((arg[i] as number) >= 0)
        this.incidence.push(arg[i] as number, vertex, mix(orbit, mix(Math.abs(arg[i + 1] as number), arg[i + 2] as number)));
  }

  private store(arg: Arg): void {
    this.codes.push(typeof arg === "number" ? arg : 0);
    this.ranges.push(typeof arg === "number" ? -1 : this.labels.length);
    if (typeof arg === "number") return;
    for (let i = 0; i < arg.length; i += 3) {
      this.labels.push(arg[i] as number);
      this.factors.push(mix(arg[i + 1] as number, arg[i + 2] as number));
    }
    this.labels.push(none);
    this.factors.push(0);
  }

  hash(colours: Int32Array, hashes: Int32Array): void {
    const { codes, ranges, labels, factors, program, incidence, values, around } = this;
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i] as number;
      let at = ranges[i] as number;
      if (at < 0) {
        values[i] = code < 0 ? mix(code, 1) : mix(colours[code] as number, 2);
        continue;
      }
      let total = 77;
      for (; labels[at] !== none; at++) {
        const label = labels[at] as number;
        total = (total + mix(mix(label < 0 ? label : (colours[label] as number), 3), factors[at] as number)) | 0;
      }
      values[i] = total;
    }
    let vertex = 0;
    for (let at = 0; at < program.length; ) {
      const images = program[at] as number;
      const count = program[at + 1] as number;
      at += 2;
      if (images < 0) {
        let h = program[at++] as number;
        for (let slot = 0; slot < count; slot++) {
          if (program[at + 2 * slot + 1] !== slot) continue;
          let inside = 0;
          for (let j = slot; j < count; j++)
            if (program[at + 2 * j + 1] === slot) inside = (inside + (values[program[at + 2 * j] as number] as number)) | 0;
          h = mix(h, inside);
        }
        at += 2 * count;
        around[vertex++] = h;
        continue;
      }
      let total = 0;
      for (let k = 0; k < images; k++) {
        let h = program[at++] as number;
        for (let i = 0; i < count; i++) h = mix(h, values[program[at++] as number] as number);
        total = (total + h) | 0;
      }
      around[vertex++] = mix(total, images);
    }
    for (let i = 0; i < incidence.length; i += 3) {
      const label = incidence[i] as number;
      hashes[label] = ((hashes[label] as number) + mix(around[incidence[i + 1] as number] as number, incidence[i + 2] as number)) | 0;
    }
  }
}

/** Ends the terms of an argument. */
const none = -0x40000000;

export function prepare(vertices: readonly Vertex[]): Diagram {
  const flat = flatten(vertices);
  return flat === undefined ? new Mixed(vertices) : { hash: (colours, hashes) => hashLabels(flat, colours, hashes) };
}

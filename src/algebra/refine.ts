import { headOf } from "./head.js";
import { type Arg, negateArg } from "./label.js";
import type { Vertex } from "./vertex.js";

/**
 * Colour refinement of a diagram: bound labels are told apart by what they see, until nothing changes. Plain diagrams, in
 * which every argument is a single label and symmetries are permutations of slots, go through flat arrays of
 * integers: that is the hot path of the whole engine.
 */

function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x27d4eb2f);
  return h ^ (h >>> 13);
}

/** Hash of an argument by the colours of its labels. */
function hashArg(arg: Arg, colours: Int32Array): number {
  if (typeof arg === "number") return arg < 0 ? mix(arg, 1) : mix(colours[arg] as number, 2);
  let total = 77;
  for (let i = 0; i < arg.length; i += 3) {
    const label = arg[i] as number;
    total = (total + mix(mix(label < 0 ? label : (colours[label] as number), 3), mix(arg[i + 1] as number, arg[i + 2] as number))) | 0;
  }
  return total;
}

/** What refinement needs of a vertex, made once a labelling. */
interface Node {
  readonly vertex: Vertex;
  /** Its images under the symmetry group; the orbits of its slots suffice for a Young subgroup. */
  readonly images: readonly { readonly head: number; readonly args: readonly Arg[] }[];
  readonly orbits: readonly number[] | undefined;
}

interface Incidence {
  readonly vertex: number;
  readonly role: number;
}

function hashNode(node: Node, colours: Int32Array): number {
  const { vertex, orbits } = node;
  if (orbits !== undefined) {
    let h = mix(vertex.head, vertex.exp);
    const { args } = vertex;
    for (let i = 0; i < args.length; i++) {
      if (orbits[i] !== i) continue;
      let inside = 0;
      for (let j = i; j < args.length; j++) if (orbits[j] === i) inside = (inside + hashArg(args[j] as Arg, colours)) | 0;
      h = mix(h, inside);
    }
    return h;
  }
  let total = 0;
  for (const one of node.images) {
    let h = mix(one.head, vertex.exp);
    for (let i = 0; i < one.args.length; i++) h = mix(h, hashArg(one.args[i] as Arg, colours));
    total = (total + h) | 0;
  }
  return mix(total, node.images.length);
}

export interface Diagram {
  readonly flat: Flat | undefined;
  readonly nodes: () => readonly Node[];
  readonly incidence: () => readonly (readonly Incidence[])[];
}

export interface Partition {
  readonly colours: Int32Array;
  readonly cells: number;
  /** An invariant of the refinement, equal for equivalent nodes of the search. */
  readonly trace: number;
}

/** A diagram as flat arrays of integers, for the refinement of plain diagrams: the hot path of the engine. */
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

/** Adds to each label's hash what it sees of the coloured diagram. */
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
  const { flat, nodes, incidence } = diagram;
  const current = Int32Array.from(colours);
  const next = new Int32Array(n);
  const hashes = new Int32Array(n);
  const order = new Int32Array(n);
  for (let l = 0; l < n; l++) order[l] = l;
  let cells = 0;
  let trace = 0;
  for (let round = 0; ; round++) {
    hashes.fill(0);
    if (flat !== undefined) hashLabels(flat, current, hashes);
    else {
      const around = nodes().map((node) => hashNode(node, current));
      for (let l = 0; l < n; l++)
        for (const { vertex, role } of incidence()[l] as readonly Incidence[])
          hashes[l] = ((hashes[l] as number) + mix(around[vertex] as number, role)) | 0;
    }
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

function once<T>(make: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= make();
    return value;
  };
}

function nodesOf(vertices: readonly Vertex[]): readonly Node[] {
  return vertices.map((vertex) => {
    const head = headOf(vertex.head);
    if (head.young) return { vertex, images: [], orbits: head.orbits };
    const images = head.group.map((g) => ({
      head: g.head,
      args: g.permutation.map((from, i) => (g.negated[i] ? negateArg(vertex.args[from] as Arg) : (vertex.args[from] as Arg))),
    }));
    return { vertex, images, orbits: undefined };
  });
}

const unit = mix(1, 1);

/**
 * Which label sits where. What it sees of a vertex must not change under the vertex's symmetries: V(k) and V(-k) of an
 * even V are one value, so k has one role in both.
 */
function incidenceOf(n: number, vertices: readonly Vertex[]): readonly (readonly Incidence[])[] {
  const incidence: Incidence[][] = Array.from({ length: n }, () => []);
  vertices.forEach((v, at) => {
    const { orbits } = headOf(v.head);
    v.args.forEach((arg, slot) => {
      if (typeof arg === "number") {
        if (arg >= 0) (incidence[arg] as Incidence[]).push({ vertex: at, role: mix(orbits[slot] as number, unit) });
      } else
        for (let i = 0; i < arg.length; i += 3)
          if ((arg[i] as number) >= 0)
            (incidence[arg[i] as number] as Incidence[]).push({
              vertex: at,
              role: mix(orbits[slot] as number, mix(Math.abs(arg[i + 1] as number), arg[i + 2] as number)),
            });
    });
  });
  return incidence;
}

/** A diagram, prepared for any number of refinements. */
export function prepare(n: number, vertices: readonly Vertex[]): Diagram {
  return { flat: flatten(vertices), nodes: once(() => nodesOf(vertices)), incidence: once(() => incidenceOf(n, vertices)) };
}

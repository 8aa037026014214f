import { headOf } from "./head.js";
import { type Arg, affine, affineId, labelsOf, mapArg, negateArg, triples } from "./label.js";

/**
 * Canonical labelling of one connected diagram: its bound labels are renumbered so that two diagrams that
 * differ by a renaming of bound labels, the order of commuting vertices and the symmetries of heads become the same
 * list of integers. Colour refinement first; where it leaves labels apart from each other undecided, a search
 * individualises one of them at a time, and automorphisms found at the leaves prune it.
 * Source of the method: B. D. McKay, A. Piperno, Practical graph isomorphism II, J. Symb. Comput. 60 (2014).
 */
export interface Vertex {
  readonly head: number;
  readonly args: readonly Arg[];
  readonly exp: number;
}

export interface Image {
  readonly head: number;
  readonly codes: readonly number[];
  readonly args: readonly Arg[];
  readonly sign: 1 | -1;
  /** Two symmetries give the same image with opposite signs: the vertex vanishes. */
  readonly zero: boolean;
}

export interface Labelling {
  readonly zero: boolean;
  readonly sign: 1 | -1;
  /** New number of each bound label. */
  readonly order: readonly number[];
  /** Vertices in canonical order, with renumbered labels. */
  readonly vertices: readonly Vertex[];
  /** The certificate, equal for equal diagrams only. */
  readonly certificate: readonly number[];
  /** Generators of the automorphism group, as permutations of the old numbers. */
  readonly generators: readonly (readonly number[])[];
}

function code(arg: Arg, to: readonly number[]): number {
  if (typeof arg === "number") return arg < 0 ? arg : (to[arg] as number);
  return codeOf(mapArg(arg, (l) => (l < 0 ? undefined : (to[l] as number))));
}
/** A mapped argument may have become plain only if it was so: colours are distinct at a leaf. */
const codeOf = (arg: Arg): number => (typeof arg === "number" ? arg : affineId(arg));

function compareLists(a: readonly number[], b: readonly number[]): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** The least image of a vertex under its head's symmetries, with bound labels numbered by `to`. */
export function image(vertex: Vertex, to: readonly number[]): Image {
  const { group, young, orbits } = headOf(vertex.head);
  if (group.length <= 1) return { head: vertex.head, codes: vertex.args.map((a) => code(a, to)), args: vertex.args, sign: 1, zero: false };
  if (young) {
    const codes = vertex.args.map((a) => code(a, to));
    const args = vertex.args.slice();
    // Insertion sort inside each orbit: a few slots, mostly in order.
    for (let i = 1; i < codes.length; i++)
      for (let j = i, k = i - 1; k >= 0; k--) {
        if (orbits[k] !== orbits[i]) continue;
        if ((codes[k] as number) <= (codes[j] as number)) break;
        [codes[k], codes[j]] = [codes[j] as number, codes[k] as number];
        [args[k], args[j]] = [args[j] as Arg, args[k] as Arg];
        j = k;
      }
    return { head: vertex.head, codes, args, sign: 1, zero: false };
  }
  let best: Image | undefined;
  let zero = false;
  for (const element of group) {
    const args = element.permutation.map((from, i) => {
      const arg = vertex.args[from] as Arg;
      return element.negated[i] ? negateArg(arg) : arg;
    });
    const codes = args.map((a) => code(a, to));
    const order = best === undefined ? -1 : element.head - best.head || compareLists(codes, best.codes);
    if (order < 0) {
      best = { head: element.head, codes, args, sign: element.sign, zero: false };
      zero = false;
    } else if (order === 0 && (best as Image).sign !== element.sign) zero = true;
  }
  return { ...(best as Image), zero };
}

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

interface Diagram {
  readonly flat: Flat | undefined;
  readonly nodes: () => readonly Node[];
  readonly incidence: () => readonly (readonly Incidence[])[];
}

interface Partition {
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
function refine(colours: ArrayLike<number>, diagram: Diagram): Partition {
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

/**
 * Twins: labels that can be exchanged because they sit in exchangeable slots of the same vertices, such as the
 * two of V(x,y,..) a_x^* a_y^*. Returns the number of each label's class, or -1 where nothing is known.
 */
function twinClasses(n: number, vertices: readonly Vertex[]): { classes: number[]; zero: boolean } {
  const signature: string[][] = Array.from({ length: n }, () => []);
  const odd = new Array<number>(n).fill(0);
  const plain = new Array<boolean>(n).fill(true);
  vertices.forEach((v, at) => {
    const head = headOf(v.head);
    const bound = v.args.filter((a) => typeof a !== "number" || a >= 0).length;
    v.args.forEach((arg, slot) => {
      if (typeof arg !== "number" || !head.young)
        labelsOf(arg, (l) => {
          if (l >= 0) plain[l] = false;
        });
      else if (arg >= 0) {
        // A vertex with this label alone may be exchanged with its like.
        const rest = v.args.map((a, i) => (i === slot ? "" : String(a))).join(",");
        (signature[arg] as string[]).push(bound === 1 ? `h${v.head}^${v.exp}.${slot}.${rest}` : `${at}.${head.orbits[slot]}`);
        if (isFermion(v.head)) odd[arg] = (odd[arg] as number) + 1;
      }
    });
  });
  const ids = new Map<string, number>();
  let zero = false;
  const classes = signature.map((list, l) => {
    if (!plain[l]) return -1 - l;
    const key = list.sort().join(" ");
    const known = ids.get(key);
    if (known === undefined) {
      ids.set(key, l);
      return l;
    }
    if ((odd[l] as number) % 2 === 1) zero = true;
    return known;
  });
  return { classes, zero };
}

interface Leaf {
  readonly order: readonly number[];
  readonly certificate: readonly number[];
  readonly vertices: readonly Vertex[];
  /** Which input vertex each canonical one is. */
  readonly from: readonly number[];
  readonly sign: 1 | -1;
  readonly zero: boolean;
  readonly path: readonly number[];
}

/** Sign of the permutation that sorts a list of distinct numbers. */
export function parity(list: readonly number[]): 1 | -1 {
  let sign: 1 | -1 = 1;
  for (let i = 0; i < list.length; i++)
    for (let j = i + 1; j < list.length; j++) if ((list[i] as number) > (list[j] as number)) sign = sign === 1 ? -1 : 1;
  return sign;
}

export function isFermion(head: number): boolean {
  const info = headOf(head);
  return info.kind === "ladder" && info.species.statistics === "fermion";
}

function leaf(vertices: readonly Vertex[], order: readonly number[], path: readonly number[]): Leaf {
  let sign: 1 | -1 = 1;
  let zero = false;
  const encoded = vertices.map((v, from) => {
    const best = image(v, order);
    if (best.sign === -1 && v.exp % 2 !== 0) sign = sign === 1 ? -1 : 1;
    if (best.zero && v.exp % 2 !== 0) zero = true;
    return { best, from, key: [best.head, v.exp, ...best.codes] };
  });
  encoded.sort((a, b) => compareLists(a.key, b.key) || a.from - b.from);
  const fermions: number[] = [];
  let previous: readonly number[] | undefined;
  for (const one of encoded) {
    if (isFermion(one.best.head)) {
      if (previous !== undefined && compareLists(previous, one.key) === 0) zero = true;
      fermions.push(one.from);
      previous = one.key;
    }
  }
  if (parity(fermions) === -1) sign = sign === 1 ? -1 : 1;
  const certificate: number[] = [];
  for (const one of encoded) certificate.push(one.key.length, ...one.key);
  return {
    order,
    certificate,
    from: encoded.map((one) => one.from),
    vertices: encoded.map((one) => ({
      head: one.best.head,
      exp: (vertices[one.from] as Vertex).exp,
      args: one.best.args.map((a) => relabel(a, order)),
    })),
    sign,
    zero,
    path,
  };
}

function relabel(arg: Arg, order: readonly number[]): Arg {
  if (typeof arg === "number") return arg < 0 ? arg : (order[arg] as number);
  return affine(triples(mapArg(arg, (l) => (l < 0 ? undefined : (order[l] as number)))));
}

function orbitsOf(n: number, generators: readonly (readonly number[])[], fixed: readonly number[]): number[] {
  const parent = Array.from({ length: n }, (_, i) => i);
  const find = (i: number): number => {
    let at = i;
    while (parent[at] !== at) at = parent[at] as number;
    return at;
  };
  for (const g of generators) {
    if (fixed.some((f) => g[f] !== f)) continue;
    for (let i = 0; i < n; i++) {
      const [a, b] = [find(i), find(g[i] as number)];
      if (a !== b) parent[Math.max(a, b)] = Math.min(a, b);
    }
  }
  return parent.map((_, i) => find(i));
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

function incidenceOf(n: number, vertices: readonly Vertex[]): readonly (readonly Incidence[])[] {
  const incidence: Incidence[][] = Array.from({ length: n }, () => []);
  vertices.forEach((v, at) => {
    const { orbits } = headOf(v.head);
    v.args.forEach((arg, slot) => {
      if (typeof arg === "number") {
        if (arg >= 0) (incidence[arg] as Incidence[]).push({ vertex: at, role: orbits[slot] as number });
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

/** Canonical labelling of a connected diagram with bound labels of the given kinds. */
export function labelling(kinds: readonly number[], vertices: readonly Vertex[]): Labelling {
  const n = kinds.length;
  const flat = flatten(vertices);
  const nodes = once(() => nodesOf(vertices));
  const incidence = once(() => incidenceOf(kinds.length, vertices));
  const diagram: Diagram = { flat, nodes, incidence };
  const ranks = [...new Set(kinds)].sort((a, b) => a - b);
  const start = refine(
    kinds.map((k) => ranks.indexOf(k)),
    diagram,
  );
  const twins = twinClasses(n, vertices);

  const generators: number[][] = [];
  // Twins may be of different kinds only if nothing tells them apart, and kinds do.
  const twin = twins.classes.map((c, l) => (c >= 0 && start.colours[c] === start.colours[l] ? c : l));
  twin.forEach((c, l) => {
    if (c !== l) generators.push(kinds.map((_, i) => (i === l ? c : i === c ? l : i)));
  });
  let first: Leaf | undefined;
  let best: Leaf | undefined;
  let zero = twins.zero;

  const automorphism = (a: Leaf, b: Leaf): void => {
    const inverse = new Array<number>(n);
    a.order.forEach((to, l) => {
      inverse[to] = l;
    });
    generators.push(b.order.map((to) => inverse[to] as number));
    if (a.sign !== b.sign) zero = true;
  };
  const meet = (a: readonly number[], b: readonly number[]): number => {
    let i = 0;
    while (i < a.length && i < b.length && a[i] === b[i]) i++;
    return i;
  };

  /** Explores a node; returns the depth to go back to (its own depth to go on with the next sibling). */
  const search = (node: Partition, path: readonly number[]): number => {
    const cells: number[][] = Array.from({ length: node.cells }, () => []);
    for (let l = 0; l < n; l++) (cells[node.colours[l] as number] as number[]).push(l);
    const open = cells.filter((cell) => cell.length > 1 && cell.some((l) => twin[l] !== twin[cell[0] as number]));
    if (open.length === 0) {
      // Only twins are left apart: every order of them gives the same certificate.
      const numbers = new Array<number>(n);
      let next = 0;
      for (const cell of cells) for (const l of cell) numbers[l] = next++;
      const found = leaf(vertices, numbers, path);
      if (found.zero) zero = true;
      if (first === undefined) {
        first = found;
        best = found;
        return path.length;
      }
      if (compareLists(found.certificate, first.certificate) === 0) {
        automorphism(first, found);
        return meet(first.path, path);
      }
      const order = compareLists(found.certificate, (best as Leaf).certificate);
      if (order === 0) {
        automorphism(best as Leaf, found);
        return meet((best as Leaf).path, path);
      }
      if (order < 0) best = found;
      return path.length;
    }
    const cell = open.reduce((best, one) => (one.length < best.length ? one : best));
    // Only children with the least invariant can hold the canonical leaf.
    const children = cell
      .filter((l, i) => cell.findIndex((other) => twin[other] === twin[l]) === i)
      .map((l) => {
        const colours = node.colours.map((c, i) => 2 * c + (i === l ? 0 : 1));
        return { l, part: refine(colours, diagram) };
      });
    const least = Math.min(...children.map((c) => c.part.trace));
    const tried: number[] = [];
    for (const child of children) {
      if (child.part.trace !== least) continue;
      if (tried.length > 0) {
        const orbit = orbitsOf(n, generators, path);
        if (tried.some((t) => orbit[t] === orbit[child.l])) continue;
      }
      tried.push(child.l);
      const back = search(child.part, [...path, child.l]);
      if (zero) return 0;
      if (back < path.length) return back;
    }
    return path.length;
  };
  search(start, []);
  const result = best as unknown as Leaf;
  return { zero, sign: result.sign, order: result.order, vertices: result.vertices, certificate: result.certificate, generators };
}

/** For each vertex of a canonical diagram the first vertex of its orbit under the automorphisms that were found. */
export function vertexOrbits(found: Labelling): readonly number[] {
  const { vertices, generators } = found;
  const n = found.order.length;
  const at = new Map<string, number>();
  const orbit = vertices.map((_, i) => i);
  const inverse = new Array<number>(n);
  found.order.forEach((to, l) => {
    inverse[to] = l;
  });
  const keyOf = (v: Vertex, to: readonly number[]): string => {
    const i = image(v, to);
    return `${i.head}|${v.exp}|${i.codes.join(",")}`;
  };
  const same = Array.from({ length: n }, (_, i) => i);
  const find = (i: number): number => {
    let a = i;
    while (orbit[a] !== a) a = orbit[a] as number;
    return a;
  };
  const join = (i: number, j: number): void => {
    const [a, b] = [find(i), find(j)];
    if (a !== b) orbit[Math.max(a, b)] = Math.min(a, b);
  };
  vertices.forEach((v, i) => {
    const key = keyOf(v, same);
    const known = at.get(key);
    if (known === undefined) at.set(key, i);
    else join(known, i);
  });
  for (const g of generators) {
    // The generator in canonical numbers.
    const canonical = same.map((i) => found.order[g[inverse[i] as number] as number] as number);
    vertices.forEach((v, i) => {
      const to = at.get(keyOf(v, canonical));
      if (to !== undefined) join(i, to);
    });
  }
  for (let i = 0; i < orbit.length; i++) orbit[i] = find(i);
  return orbit;
}

import { type Element, headOf } from "./head.js";
import { type Arg, affineId, equalLists, labelsOf, negateArg, renumbered } from "./label.js";
import { type Partition, prepare, refine } from "./refine.js";
import type { Vertex } from "./vertex.js";

export type { Vertex };

/**
 * Canonical labelling of one connected diagram: its bound labels are renumbered so that two diagrams that
 * differ by a renaming of bound labels, the order of commuting vertices and the symmetries of heads become the same
 * list of integers. Colour refinement first; where it leaves labels apart from each other undecided, a search
 * individualises one of them at a time, and automorphisms found at the leaves prune it.
 * Source of the method: B. D. McKay, A. Piperno, Practical graph isomorphism II, J. Symb. Comput. 60 (2014).
 */
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
  readonly order: ArrayLike<number>;
  /** Vertices in canonical order, with renumbered labels; made when asked for, as most diagrams have been met before. */
  readonly vertices: () => readonly Vertex[];
  /** The certificate, equal for equal diagrams only. */
  readonly certificate: readonly number[];
  /** Generators of the automorphism group, as permutations of the old numbers. */
  readonly generators: readonly (readonly number[])[];
}

/** An argument as a number. Its labels are numbered apart from each other, so an affine one never becomes plain. */
function code(arg: Arg, to: ArrayLike<number>): number {
  if (typeof arg === "number") return arg < 0 ? arg : (to[arg] as number);
  return affineId(renumbered(arg, to));
}

function codesOf(args: readonly Arg[], to: ArrayLike<number>): number[] {
  const codes = new Array<number>(args.length);
  for (let i = 0; i < args.length; i++) codes[i] = code(args[i] as Arg, to);
  return codes;
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** The least image of a vertex under its head's symmetries, with bound labels numbered by `to`. */
export function image(vertex: Vertex, to: ArrayLike<number>): Image {
  const { group, young, orbits, lowest } = headOf(vertex.head);
  if (group.length <= 1) return { head: vertex.head, codes: codesOf(vertex.args, to), args: vertex.args, sign: 1, zero: false };
  if (young) {
    const codes = codesOf(vertex.args, to);
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
  const { args } = vertex;
  // Codes of the arguments and of their negatives, each made once.
  const plain = codesOf(args, to);
  const negative: number[] = [];
  let best: number[] | undefined;
  let chosen = group[0] as Element;
  let zero = false;
  for (const element of group) {
    if (element.head !== lowest) continue;
    const codes = new Array<number>(args.length);
    for (let i = 0; i < codes.length; i++) {
      const from = element.permutation[i] as number;
      if (element.negated[i]) {
        negative[from] ??= code(negateArg(args[from] as Arg), to);
        codes[i] = negative[from] as number;
      } else codes[i] = plain[from] as number;
    }
    const order = best === undefined ? -1 : compareLists(codes, best);
    if (order < 0) {
      best = codes;
      chosen = element;
      zero = false;
    } else if (order === 0 && chosen.sign !== element.sign) zero = true;
  }
  const { permutation, negated } = chosen;
  return {
    head: lowest,
    codes: best as number[],
    args: permutation.map((from, i) => (negated[i] ? negateArg(args[from] as Arg) : (args[from] as Arg))),
    sign: chosen.sign,
    zero,
  };
}

/**
 * Twins: labels that can be exchanged because they sit in exchangeable slots of the same vertices, such as the
 * two of V(x,y,..) a_x^* a_y^*. Gives each label the first of its twins, itself where there are none; only labels that
 * refinement left together are looked at. `zero` when an exchange is odd in fermions.
 */
function twinsOf(part: Partition, vertices: readonly Vertex[]): { twin: number[]; zero: boolean } {
  const n = part.colours.length;
  const twin = Array.from({ length: n }, (_, l) => l);
  if (part.cells === n) return { twin, zero: false };
  const sizes = new Int32Array(part.cells);
  for (let l = 0; l < n; l++) {
    const c = part.colours[l] as number;
    sizes[c] = (sizes[c] as number) + 1;
  }
  // What a label sits in, as one number a place: odd for a place shared with other bound labels, even for one of its own.
  const places: number[][] = Array.from({ length: n }, () => []);
  const odd = new Int32Array(n);
  let zero = false;
  for (let at = 0; at < vertices.length; at++) {
    const v = vertices[at] as Vertex;
    const head = headOf(v.head);
    const { args } = v;
    for (let slot = 0; slot < args.length; slot++) {
      const arg = args[slot] as Arg;
      if (typeof arg !== "number" || !head.young || (v.exp !== 1 && args.length === 1))
        labelsOf(arg, (l) => {
          // Not understood here: its own number keeps it apart from all others.
          if (l >= 0) (places[l] as number[]).push(-1 - l);
        });
      else if (arg >= 0 && (sizes[part.colours[arg] as number] as number) > 1) {
        (places[arg] as number[]).push(args.length === 1 ? 2 * v.head : 2 * (at * 64 + (head.orbits[slot] as number)) + 1);
        if (head.kind === "ladder" && head.species.statistics === "fermion") odd[arg] = (odd[arg] as number) + 1;
      }
    }
  }
  const first = new Map<number, number[]>();
  for (let l = 0; l < n; l++) {
    const own = places[l] as number[];
    if (own.length === 0) continue;
    own.sort((a, b) => a - b);
    let sum = part.colours[l] as number;
    for (const place of own) sum = (sum * 31 + place) | 0;
    const bucket = first.get(sum);
    if (bucket === undefined) {
      first.set(sum, [l]);
      continue;
    }
    const known = bucket.find((m) => part.colours[m] === part.colours[l] && equalLists(places[m] as number[], own));
    if (known === undefined) bucket.push(l);
    else {
      twin[l] = known;
      if ((odd[l] as number) % 2 === 1) zero = true;
    }
  }
  return { twin, zero };
}

interface Leaf {
  readonly order: ArrayLike<number>;
  readonly certificate: readonly number[];
  /** Images of the vertices in canonical order, and which input vertex each is. */
  readonly images: readonly Image[];
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

function leaf(vertices: readonly Vertex[], order: ArrayLike<number>, path: readonly number[]): Leaf {
  let sign: 1 | -1 = 1;
  let zero = false;
  const images: Image[] = [];
  const from: number[] = [];
  const exps: number[] = [];
  let size = 0;
  // Insertion sort by head, exponent and codes; equal ones stay in their order.
  for (let i = 0; i < vertices.length; i++) {
    const v = vertices[i] as Vertex;
    const best = image(v, order);
    if (v.exp % 2 !== 0) {
      if (best.sign === -1) sign = sign === 1 ? -1 : 1;
      if (best.zero) zero = true;
    }
    size += best.codes.length + 3;
    let at = i;
    for (; at > 0; at--) {
      const other = images[at - 1] as Image;
      const difference = other.head - best.head || (exps[at - 1] as number) - v.exp || compareLists(other.codes, best.codes);
      if (difference <= 0) break;
      images[at] = other;
      from[at] = from[at - 1] as number;
      exps[at] = exps[at - 1] as number;
    }
    images[at] = best;
    from[at] = i;
    exps[at] = v.exp;
  }
  const fermions: number[] = [];
  let previous: Image | undefined;
  const certificate = new Array<number>(size);
  let end = 0;
  for (let i = 0; i < images.length; i++) {
    const one = images[i] as Image;
    if (isFermion(one.head)) {
      if (previous !== undefined && previous.head === one.head && compareLists(previous.codes, one.codes) === 0) zero = true;
      fermions.push(from[i] as number);
      previous = one;
    }
    certificate[end++] = one.codes.length + 2;
    certificate[end++] = one.head;
    certificate[end++] = exps[i] as number;
    for (const c of one.codes) certificate[end++] = c;
  }
  if (fermions.length > 1 && parity(fermions) === -1) sign = sign === 1 ? -1 : 1;
  return { order, certificate, from, images, sign, zero, path };
}

const relabel = (arg: Arg, order: ArrayLike<number>): Arg =>
  typeof arg === "number" ? (arg < 0 ? arg : (order[arg] as number)) : renumbered(arg, order);

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

function ranksOf(kinds: readonly number[]): number[] {
  let same = true;
  for (let i = 1; i < kinds.length && same; i++) same = kinds[i] === kinds[0];
  if (same) return new Array<number>(kinds.length).fill(0);
  const ranks = [...new Set(kinds)].sort((a, b) => a - b);
  return kinds.map((k) => ranks.indexOf(k));
}

/** The coarsest stable partition of the labels, an invariant of the diagram. */
export const coarsest = (kinds: readonly number[], vertices: readonly Vertex[]): Partition => refine(ranksOf(kinds), prepare(vertices));

/** Canonical labelling of a connected diagram with bound labels of the given kinds. */
export function labelling(kinds: readonly number[], vertices: readonly Vertex[]): Labelling {
  const n = kinds.length;
  const diagram = prepare(vertices);
  const start = refine(ranksOf(kinds), diagram);
  if (start.cells === n) return labelled(leaf(vertices, start.colours, []), vertices, [], false);
  const { twin, zero: oddTwins } = twinsOf(start, vertices);

  const generators: number[][] = [];
  twin.forEach((c, l) => {
    if (c !== l) generators.push(kinds.map((_, i) => (i === l ? c : i === c ? l : i)));
  });
  let first: Leaf | undefined;
  let best: Leaf | undefined;
  let zero = oddTwins;

  const automorphism = (a: Leaf, b: Leaf): void => {
    const inverse = new Array<number>(n);
    for (let l = 0; l < n; l++) inverse[a.order[l] as number] = l;
    generators.push(Array.from(b.order, (to) => inverse[to] as number));
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
  return labelled(best as unknown as Leaf, vertices, generators, zero);
}

function labelled(found: Leaf, vertices: readonly Vertex[], generators: readonly (readonly number[])[], zero: boolean): Labelling {
  const { order, certificate, sign, images, from } = found;
  return {
    zero: zero || found.zero,
    sign,
    order,
    certificate,
    generators,
    vertices: () =>
      images.map((one, i) => ({
        head: one.head,
        exp: (vertices[from[i] as number] as Vertex).exp,
        args: one.args.map((a) => relabel(a, order)),
      })),
  };
}

/** For each vertex of a canonical diagram the first vertex of its orbit under the automorphisms that were found. */
export function vertexOrbits(found: Labelling): readonly number[] {
  const { generators } = found;
  const vertices = found.vertices();
  const n = found.order.length;
  const simple = ladderOrbits(found, vertices);
  if (simple !== undefined) return simple;
  const at = new Map<string, number>();
  const orbit = vertices.map((_, i) => i);
  const inverse = new Array<number>(n);
  for (let l = 0; l < n; l++) inverse[found.order[l] as number] = l;
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

/** Orbits of ladder operators with one bound label each follow those of the labels; others do not matter to a contraction. */
function ladderOrbits(found: Labelling, vertices: readonly Vertex[]): readonly number[] | undefined {
  const n = found.order.length;
  const labels = orbitsOf(n, found.generators, []);
  const inverse = new Array<number>(n);
  for (let l = 0; l < n; l++) inverse[found.order[l] as number] = l;
  const first = new Map<number, number>();
  const orbit: number[] = [];
  for (let i = 0; i < vertices.length; i++) {
    const v = vertices[i] as Vertex;
    orbit.push(i);
    if (headOf(v.head).kind !== "ladder") continue;
    const arg = v.args[0];
    if (v.args.length !== 1 || typeof arg !== "number" || arg < 0) return undefined;
    const key = v.head * 4096 + (labels[inverse[arg] as number] as number);
    const known = first.get(key);
    if (known === undefined) first.set(key, i);
    else orbit[i] = known;
  }
  return orbit;
}

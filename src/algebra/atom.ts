import { coarsest, image, type Labelling, labelling, type Vertex, vertexOrbits } from "./canonical.js";
import { headOf } from "./head.js";
import { equalLists, isConstant, labelsOf } from "./label.js";
import type { Coefficient } from "./number.js";
import type { Candidate } from "./variables.js";

/**
 * An atom: one connected normal-ordered diagram, interned in canonical form. A single vertex without bound
 * labels (a value, a delta, a ladder operator at free labels) is the smallest one. Normal-ordered products of
 * atoms commute (up to the signs of fermions), so a term is a monomial in atoms.
 */
export interface Atom {
  readonly id: number;
  readonly kinds: readonly number[];
  readonly vertices: readonly Vertex[];
  /** For each vertex the first one of its orbit under the symmetries; computed when asked for. */
  readonly orbits: () => readonly number[];
  /** Codes of the free labels (not constants) and a bit mask of them, for a quick "not in here". */
  readonly free: readonly number[];
  readonly mask: number;
  readonly creators: number;
  readonly annihilators: number;
  readonly markedCreators: number;
  readonly markedAnnihilators: number;
  /** Bit masks of the species that it creates and annihilates. */
  readonly creates: number;
  readonly annihilates: number;
  readonly fermions: number;
  /** "delta" atoms have no bound label; Kronecker ones are idempotent. */
  readonly role: "delta" | "kronecker" | "ladder" | "scalar" | "diagram";
  /** Of a delta: the free label that it eliminates elsewhere in its term, 0 for none. */
  readonly pivot: number;
}

let atoms: Atom[] = [];
let ids = new Map<string, number>();
/** Connected diagrams by a hash of their certificates. */
let diagrams = new Map<number, Met>();

interface Met {
  readonly id: number;
  readonly certificate: Int32Array;
  readonly next: Met | undefined;
}

/** How often all atoms were forgotten: what was made of earlier ones means nothing any more. */
let generation = 0;
export const atomGeneration = (): number => generation;

export function resetAtoms(): void {
  generation++;
  atoms = [];
  ids = new Map();
  diagrams = new Map();
}

export const atomOf = (id: number): Atom => atoms[id] as Atom;

export const bitOf = (code: number): number => 1 << (-code % 31);

function make(kinds: readonly number[], vertices: readonly Vertex[], orbits: () => readonly number[], pivot: number): Atom {
  const free = new Set<number>();
  let [creators, annihilators, markedCreators, markedAnnihilators, creates, annihilates, fermions] = [0, 0, 0, 0, 0, 0, 0];
  for (const v of vertices) {
    for (const arg of v.args) labelsOf(arg, (l) => l < 0 && !isConstant(l) && free.add(l));
    const head = headOf(v.head);
    if (head.kind !== "ladder") continue;
    const bit = 1 << (head.species.id % 31);
    if (head.creation) {
      creators++;
      creates |= bit;
      if (head.marked) markedCreators++;
    } else {
      annihilators++;
      annihilates |= bit;
      if (head.marked) markedAnnihilators++;
    }
    if (head.species.statistics === "fermion") fermions++;
  }
  let mask = 0;
  for (const code of free) mask |= bitOf(code);
  const single = kinds.length === 0 ? headOf((vertices[0] as Vertex).head) : undefined;
  const role =
    single === undefined
      ? "diagram"
      : single.kind === "ladder"
        ? "ladder"
        : single.kind === "delta"
          ? single.of.kind === "space"
            ? "delta"
            : "kronecker"
          : "scalar";
  return {
    id: atoms.length,
    kinds,
    vertices,
    orbits,
    free: [...free],
    mask,
    creators,
    annihilators,
    markedCreators,
    markedAnnihilators,
    creates,
    annihilates,
    fermions,
    role,
    pivot,
  };
}

/** Interns a vertex without bound labels that is already its own least image. */
export function internVertex(vertex: Vertex, pivot = 0): Atom {
  const key = `${vertex.head}|${vertex.args.map((a) => (typeof a === "number" ? a : `(${a.join(",")})`)).join(" ")}`;
  const known = ids.get(key);
  if (known !== undefined) return atoms[known] as Atom;
  const atom = make([], [{ ...vertex, exp: 1 }], () => [0], pivot);
  atoms.push(atom);
  ids.set(key, atom.id);
  return atom;
}

function kindsOf(kinds: readonly number[], found: Labelling): number[] {
  const ordered = new Array<number>(kinds.length);
  for (let l = 0; l < kinds.length; l++) ordered[found.order[l] as number] = kinds[l] as number;
  return ordered;
}

/** Interns a connected diagram by its certificate. */
export function internDiagram(kinds: readonly number[], found: Labelling): Atom {
  const ordered = kindsOf(kinds, found);
  const { certificate } = found;
  let hash = 0;
  for (let i = 0; i < ordered.length; i++) hash = (Math.imul(hash, 31) + (ordered[i] as number)) | 0;
  for (let i = 0; i < certificate.length; i++) hash = (Math.imul(hash, 31) + (certificate[i] as number)) | 0;
  hash ^= hash >>> 15;
  const first = diagrams.get(hash);
  for (let at = first; at !== undefined; at = at.next)
    if (equalLists(at.certificate, certificate) && equalLists((atoms[at.id] as Atom).kinds, ordered)) return atoms[at.id] as Atom;
  const atom = make(ordered, found.vertices(), () => vertexOrbits(found), 0);
  atoms.push(atom);
  diagrams.set(hash, { id: atom.id, certificate: Int32Array.from(certificate), next: first });
  return atom;
}

export interface Interned {
  readonly atom: Atom;
  readonly sign: 1 | -1;
}

/** The atom of a vertex without bound labels, null when its symmetries make it vanish. */
export function vertexAtom(vertex: Vertex, pivot = 0): Interned | null {
  const best = image(vertex, []);
  if (best.zero && vertex.exp % 2 !== 0) return null;
  return { atom: internVertex({ head: best.head, args: best.args, exp: 1 }, pivot), sign: vertex.exp % 2 !== 0 ? best.sign : 1 };
}

/**
 * The atom of a connected diagram with bound labels; `candidates` are equal diagrams in other variables. Null when it
 * vanishes: also when two of them are the same diagram with opposite signs.
 */
export function diagramAtom(
  kinds: readonly number[],
  candidates: readonly Candidate[],
): (Interned & { readonly factor: Coefficient }) | null {
  let best: Labelling | undefined;
  let factor: Coefficient = 1;
  for (const candidate of sieve(kinds, candidates)) {
    const found = labelling(kinds, candidate.vertices);
    if (found.zero) return null;
    const order =
      best === undefined ? -1 : compare(found.certificate, best.certificate) || compare(kindsOf(kinds, found), kindsOf(kinds, best));
    if (order < 0) {
      best = found;
      factor = candidate.factor;
    } else if (order === 0 && found.sign !== (best as Labelling).sign) return null;
  }
  const chosen = best as Labelling;
  return { atom: internDiagram(kinds, chosen), sign: chosen.sign, factor };
}

/** The candidates that refinement does not tell apart from the first of them, in an order that is theirs and not ours. */
function sieve(kinds: readonly number[], candidates: readonly Candidate[]): readonly Candidate[] {
  if (candidates.length === 1) return candidates;
  const traces = candidates.map(({ vertices }) => coarsest(kinds, vertices).trace);
  const least = Math.min(...traces);
  return candidates.filter((_, i) => traces[i] === least);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return a.length - b.length;
}

/**
 * A copy of an atom with other marks on its legs, the same for all legs of one species and direction: its
 * symmetries and the order of its vertices stay, so it needs no labelling. Interned by `key`.
 */
export function internMarked(of: Atom, key: string, vertices: readonly Vertex[]): Atom {
  const known = ids.get(key);
  if (known !== undefined) return atoms[known] as Atom;
  const atom = make(of.kinds, vertices, of.orbits, of.pivot);
  atoms.push(atom);
  ids.set(key, atom.id);
  return atom;
}

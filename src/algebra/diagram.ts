import { fail } from "../source/diagnostic.js";
import { nowhere } from "../source/span.js";
import { valueText } from "../source/symbols.js";
import { atomOf, diagramAtom, vertexAtom } from "./atom.js";
import { image, isFermion, parity, type Vertex } from "./canonical.js";
import { headOf, sizeSymbol, valueHead, volumeSymbol } from "./head.js";
import { type Arg, affine, freeInfo, isConstant, kindOf, labelsOf, mapArg, negateArg, renumbered, triples } from "./label.js";
import { gcd } from "./matrix.js";
import { remembered } from "./met.js";
import { type Coefficient, gauss, multiply, power } from "./number.js";
import { type Candidate, changes } from "./variables.js";
import type { Product, Raw } from "./vertex.js";

export type { Product, Raw };

/** Name of a vertex for messages. */
export function describe(vertex: Vertex): string {
  const head = headOf(vertex.head);
  const label = (arg: Arg): string => {
    const list = triples(arg);
    if (list.length === 0) return "0";
    let text = "";
    for (let i = 0; i < list.length; i += 3) {
      const code = list[i] as number;
      const [n, d] = [list[i + 1] as number, list[i + 2] as number];
      const info = code < 0 ? freeInfo(code) : undefined;
      const number = info?.constant !== undefined && kindOf(info.kind).kind === "lattice";
      const name =
        info === undefined
          ? `s_${code + 1}`
          : info.label !== undefined
            ? info.label.name.replace("~", "s_")
            : number
              ? String(Math.abs(n) / d)
              : valueText(info.constant as number);
      const size = number ? "" : Math.abs(n) === d ? "" : d === 1 ? String(Math.abs(n)) : `(${Math.abs(n)}/${d})`;
      text += `${n < 0 ? "-" : text === "" ? "" : "+"}${size}${name}`;
    }
    return text;
  };
  const list = vertex.args.map(label).join(",");
  if (head.kind === "ladder") {
    const base = head.species.layout.base;
    return `${base}${list === "" ? "" : list.length === 1 ? `_${list}` : `_{${list}}`}${head.creation ? "^*" : ""}`;
  }
  if (head.kind === "delta") return head.of.kind === "finite" ? `\\delta_{${list}}` : `\\delta(${list})`;
  if (head.kind === "value") return `${head.symbol.name}(${list})`;
  return `${head.name}(${list})`;
}

export function divergent(what: string): never {
  return fail(
    "delta-zero",
    nowhere,
    `${what} gives \\delta(0), a product of distributions at one point`,
    "write `:A:` or \\Nor{A} for the normal-ordered product, put the creators in front by hand, or use different labels",
  );
}

/** A solved delta: this label becomes that argument, with a Jacobian. */
interface Solution {
  readonly label: number;
  readonly by: Arg;
  readonly factor: Coefficient;
}

function solve(arg: Arg, bound: (label: number) => boolean, space: boolean, dimension: number): Solution | undefined {
  const list = triples(arg);
  let at = -1;
  for (let i = 0; i < list.length; i += 3) {
    if (!bound(list[i] as number)) continue;
    const isUnit = Math.abs(list[i + 1] as number) === list[i + 2];
    if (isUnit) {
      at = i;
      break;
    }
    if (space && at < 0) at = i;
  }
  if (at < 0) return undefined;
  const [label, n, d] = [list[at] as number, list[at + 1] as number, list[at + 2] as number];
  const rest: number[] = [];
  for (let i = 0; i < list.length; i += 3)
    if (i !== at) rest.push(list[i] as number, -(list[i + 1] as number) * d, (list[i + 2] as number) * n);
  return { label, by: affine(rest), factor: power(gauss(d, 0, Math.abs(n)), dimension) };
}

/** The integer multiple without common divisor: on a lattice, which has no torsion, s u = 0 exactly when u = 0. */
function primitive(arg: Arg): Arg {
  if (typeof arg === "number" || arg.length === 0) return arg;
  let [common, bottom] = [0, 1];
  for (let i = 0; i < arg.length; i += 3) bottom = (bottom / gcd(bottom, arg[i + 2] as number)) * (arg[i + 2] as number);
  for (let i = 0; i < arg.length; i += 3) common = gcd(common, (arg[i + 1] as number) * (bottom / (arg[i + 2] as number)));
  return common === bottom
    ? arg
    : affine(arg.flatMap((x, i) => (i % 3 === 0 ? [x, (arg[i + 1] as number) * bottom, (arg[i + 2] as number) * common] : [])));
}

/** Whether no whole numbers in place of the labels make an argument on Z zero, as in 2j+1 or 3. The argument is primitive. */
function isNeverZero(arg: Arg): boolean {
  if (typeof arg === "number") return isConstant(arg);
  let numbers = false;
  let common = 0;
  for (let i = 0; i < arg.length; i += 3) {
    if (isConstant(arg[i] as number)) numbers = true;
    else common = gcd(common, arg[i + 1] as number);
  }
  return numbers && common !== 1;
}

/** Removes every delta that a bound label solves. Returns null when the diagram vanishes. */
function eliminate(raw: Raw): { vertices: Vertex[]; gone: Set<number>; factor: Coefficient } | null {
  let vertices = raw.vertices.slice();
  const gone = new Set<number>();
  let factor: Coefficient = 1;
  for (let at = 0; at < vertices.length; ) {
    const v = vertices[at] as Vertex;
    const head = headOf(v.head);
    if (head.kind !== "delta") {
      at++;
      continue;
    }
    let found: Solution | undefined;
    // A derivative of a delta is moved elsewhere first (see `parts.ts`).
    if (head.partials.length > 0) {
      const arg = v.args[0] as Arg;
      if (typeof arg !== "number" && arg.length === 0) divergent("an expression");
    } else if (head.of.kind === "finite") {
      const [a, b] = v.args as [number, number];
      if (a === b) {
        vertices.splice(at, 1);
        continue;
      }
      if (isConstant(a) && isConstant(b)) return null;
      if (b >= 0) found = { label: b, by: a, factor: 1 };
      else if (a >= 0) found = { label: a, by: b, factor: 1 };
    } else {
      const arg = head.of.kind === "lattice" ? primitive(v.args[0] as Arg) : (v.args[0] as Arg);
      if (arg !== v.args[0]) vertices[at] = { ...v, args: [arg] };
      if (head.of.kind === "lattice" && isNeverZero(arg)) return null;
      if (typeof arg !== "number" && arg.length === 0) {
        if (head.of.kind === "space") divergent("an expression");
        vertices.splice(at, 1);
        continue;
      }
      if (v.exp !== 1) {
        if (head.of.kind === "space") divergent(`${describe(v)}^${v.exp}`);
        vertices[at] = { ...v, args: [arg], exp: 1 };
      }
      const space = head.of.kind === "space";
      found = solve(arg, (l) => l >= 0, space, head.of.dimension);
    }
    if (found === undefined) {
      at++;
      continue;
    }
    const { label, by } = found;
    factor = multiply(factor, found.factor);
    gone.add(label);
    vertices.splice(at, 1);
    vertices = vertices.map((w) => ({ ...w, args: w.args.map((a) => mapArg(a, (l) => (l === label ? by : undefined))) }));
    at = 0;
  }
  return { vertices, gone, factor };
}

/**
 * Whether two vertices may be equal. Equal ones have equal sums (modulo 2^32) of squares over their labels, whichever symmetries
 * their heads have; mostly all sums differ, and nothing is to be done.
 */
function repeats(vertices: readonly Vertex[]): boolean {
  let known = 0;
  for (let at = 0; at < vertices.length; at++) {
    const { head, args } = vertices[at] as Vertex;
    const { kind, lowest } = headOf(head);
    if (kind === "ladder") continue;
    let total = 0;
    for (let slot = 0; slot < args.length; slot++) {
      const arg = args[slot] as Arg;
      if (typeof arg === "number") total = (total + Math.imul(3, square(arg))) | 0;
      else
        for (let i = 0; i < arg.length; i += 3)
          total = (total + Math.imul(2 * Math.abs(arg[i + 1] as number) + (arg[i + 2] as number), square(arg[i] as number))) | 0;
    }
    total = (Math.imul(total, 4099) + lowest) | 0;
    for (let i = 0; i < known; i++) if (totals[i] === total) return true;
    totals[known++] = total;
  }
  return false;
}

const square = (label: number): number => Math.imul(label + 1000, label + 1000);
const totals: number[] = [];

function numbered(vertices: readonly Vertex[], same: number[]): readonly number[] {
  if (same.length === 0)
    for (const v of vertices)
      for (const a of v.args)
        labelsOf(a, (l) => {
          if (l >= 0) same[l] = l;
        });
  return same;
}

/** Merges equal commuting vertices: phi(x) phi(x) is one vertex of exponent 2. */
function merge(vertices: Vertex[]): { vertices: Vertex[]; sign: 1 | -1 } | null {
  const same: number[] = [];
  if (!repeats(vertices)) {
    // An affine argument is written as it came first, which is the way its author chose: meet it before others are made.
    for (const v of vertices)
      if (headOf(v.head).kind !== "ladder" && v.args.some((a) => typeof a !== "number")) image(v, numbered(vertices, same));
    return { vertices, sign: 1 };
  }
  numbered(vertices, same);
  const at = new Map<string, number>();
  const result: Vertex[] = [];
  let sign: 1 | -1 = 1;
  for (const v of vertices) {
    const head = headOf(v.head);
    if (head.kind === "ladder") {
      result.push(v);
      continue;
    }
    const best = image(v, same);
    if (best.zero && v.exp % 2 !== 0) return null;
    if (best.sign === -1 && v.exp % 2 !== 0) sign = sign === 1 ? -1 : 1;
    const key = `${best.head}|${best.codes.join(",")}`;
    const known = at.get(key);
    if (known === undefined) {
      at.set(key, result.length);
      result.push({ head: best.head, args: best.args, exp: v.exp });
    } else result[known] = { ...(result[known] as Vertex), exp: (result[known] as Vertex).exp + v.exp };
  }
  return { vertices: result.filter((v) => v.exp !== 0), sign };
}

/** Prepares a delta of free labels: its pivot, and the factor of its normalisation. */
function freeDelta(v: Vertex): { vertex: Vertex; pivot: number; factor: Coefficient } {
  const head = headOf(v.head);
  if (head.kind !== "delta") throw new Error("not a delta");
  if (head.partials.length > 0) return { vertex: v, pivot: 0, factor: 1 };
  const larger = (a: number, b: number): boolean => freeInfo(a).order > freeInfo(b).order;
  if (head.of.kind === "finite") {
    const [a, b] = v.args as [number, number];
    if (isConstant(a)) return { vertex: v, pivot: b, factor: 1 };
    if (isConstant(b)) return { vertex: v, pivot: a, factor: 1 };
    return { vertex: v, pivot: larger(a, b) ? a : b, factor: 1 };
  }
  const space = head.of.kind === "space";
  const list = triples(v.args[0] as Arg);
  let at = -1;
  for (let i = 0; i < list.length; i += 3) {
    const isUnit = Math.abs(list[i + 1] as number) === list[i + 2];
    if (isConstant(list[i] as number)) continue;
    if ((isUnit || space) && (at < 0 || larger(list[i] as number, list[at] as number))) at = i;
  }
  if (at < 0) return { vertex: v, pivot: 0, factor: 1 };
  const [n, d] = [list[at + 1] as number, list[at + 2] as number];
  const scaled: number[] = [];
  for (let i = 0; i < list.length; i += 3) scaled.push(list[i] as number, (list[i + 1] as number) * d, (list[i + 2] as number) * n);
  return {
    vertex: { ...v, args: [Math.abs(n) === d ? (n < 0 ? negateArg(v.args[0] as Arg) : (v.args[0] as Arg)) : affine(scaled)] },
    pivot: list[at] as number,
    factor: space ? power(gauss(d, 0, Math.abs(n)), head.of.dimension) : 1,
  };
}

/** Where a delta of free labels sends its pivot. */
export function pivotImage(id: number): Arg {
  const atom = atomOf(id);
  const v = atom.vertices[0] as Vertex;
  const head = headOf(v.head);
  if (head.kind === "delta" && head.of.kind === "finite") return (v.args[0] === atom.pivot ? v.args[1] : v.args[0]) as Arg;
  const list = triples(v.args[0] as Arg);
  const rest: number[] = [];
  let [n, d] = [1, 1];
  for (let i = 0; i < list.length; i += 3) if (list[i] === atom.pivot) [n, d] = [list[i + 1] as number, list[i + 2] as number];
  for (let i = 0; i < list.length; i += 3)
    if (list[i] !== atom.pivot) rest.push(list[i] as number, -(list[i + 1] as number) * d, (list[i + 2] as number) * n);
  return affine(rest);
}

interface Piece {
  readonly id: number;
  readonly exp: number;
  readonly fermions: readonly number[];
}

/** Sorts pieces into a monomial; null when a fermionic piece meets itself. */
export function assemble(pieces: readonly Piece[]): { mono: number[]; sign: 1 | -1 } | null {
  const sorted = pieces.slice().sort((a, b) => a.id - b.id);
  const mono: number[] = [];
  const fermions: number[] = [];
  for (const piece of sorted) {
    for (const f of piece.fermions) fermions.push(f);
    const last = mono.length - 2;
    if (last >= 0 && mono[last] === piece.id) {
      if (piece.fermions.length % 2 === 1) return null;
      mono[last + 1] = (mono[last + 1] as number) + piece.exp;
    } else mono.push(piece.id, piece.exp);
  }
  const kept: number[] = [];
  for (let i = 0; i < mono.length; i += 2) {
    const atom = atomOf(mono[i] as number);
    const exp = mono[i + 1] as number;
    if (exp === 0) continue;
    if (exp > 1 && atom.role === "delta") divergent(`${describe(atom.vertices[0] as Vertex)}^${exp}`);
    kept.push(mono[i] as number, atom.role === "kronecker" ? 1 : exp);
  }
  return { mono: kept, sign: parity(fermions) };
}

/** Indices of the vertices that bound labels join, and of those without any. */
function connected(labels: number, vertices: readonly Vertex[]): { groups: readonly (readonly number[])[]; alone: readonly number[] } {
  const parent = new Array<number>(labels);
  for (let l = 0; l < labels; l++) parent[l] = l;
  const find = (i: number): number => {
    let at = i;
    while (parent[at] !== at) at = parent[at] as number;
    return at;
  };
  const anchor = new Array<number>(vertices.length);
  for (let at = 0; at < vertices.length; at++) {
    const { args } = vertices[at] as Vertex;
    let root = -1;
    for (let slot = 0; slot < args.length; slot++) {
      const arg = args[slot] as Arg;
      const count = typeof arg === "number" ? 1 : arg.length;
      for (let i = 0; i < count; i += 3) {
        const l = typeof arg === "number" ? arg : (arg[i] as number);
        if (l < 0) continue;
        if (root < 0) root = find(l);
        else parent[find(l)] = root;
      }
    }
    anchor[at] = root;
  }
  const groups: number[][] = [];
  const alone: number[] = [];
  const place = new Array<number>(labels).fill(-1);
  for (let at = 0; at < vertices.length; at++) {
    if ((anchor[at] as number) < 0) {
      alone.push(at);
      continue;
    }
    const key = find(anchor[at] as number);
    if ((place[key] as number) < 0) {
      place[key] = groups.length;
      groups.push([at]);
    } else (groups[place[key] as number] as number[]).push(at);
  }
  return { groups, alone };
}

/**
 * Adds the atoms of a connected group of vertices, more than one where other variables take it apart: the integral of
 * f(x-y) g(y) is that of f times that of g. Returns their factor, 0 when the diagram vanishes.
 */
function connectedPieces(kinds: readonly number[], vertices: readonly Vertex[], group: readonly number[], into: Piece[]): Coefficient {
  const number = new Array<number>(kinds.length).fill(-1);
  const own: number[] = [];
  const renamed: Vertex[] = [];
  for (const i of group) {
    const v = vertices[i] as Vertex;
    const args = new Array<Arg>(v.args.length);
    for (let slot = 0; slot < args.length; slot++) {
      const arg = v.args[slot] as Arg;
      const count = typeof arg === "number" ? 1 : arg.length;
      for (let j = 0; j < count; j += 3) {
        const l = typeof arg === "number" ? arg : (arg[j] as number);
        if (l < 0 || (number[l] as number) >= 0) continue;
        number[l] = own.length;
        own.push(kinds[l] as number);
      }
      args[slot] = typeof arg !== "number" ? renumbered(arg, number) : arg < 0 ? arg : (number[arg] as number);
    }
    renamed.push({ head: v.head, exp: v.exp, args });
  }
  const candidates = changes(own, renamed);
  const first = candidates[0] as Candidate;
  if (first.vertices !== renamed) {
    const parts = connected(own.length, first.vertices).groups;
    if (parts.length > 1) {
      let factor = first.factor;
      for (const part of parts) {
        const inner: Piece[] = [];
        const one = connectedPieces(own, first.vertices, part, inner);
        if (one === 0) return 0;
        factor = multiply(factor, one);
        for (const piece of inner) into.push({ ...piece, fermions: piece.fermions.map((f) => group[f] as number) });
      }
      return factor;
    }
  }
  const found = diagramAtom(own, candidates);
  if (found === null) return 0;
  into.push({ id: found.atom.id, exp: 1, fermions: group.filter((i) => isFermion((vertices[i] as Vertex).head)) });
  return multiply(found.factor, found.sign);
}

/**
 * Normal form of a diagram: deltas eliminated, connected pieces separated, each in canonical form and interned.
 * Null when it vanishes. Faults with "delta-zero" on products of distributions at one point.
 */
export function normalise(raw: Raw): Product | null {
  return raw.kinds.length === 0 ? make(raw) : remembered(raw, make);
}

function make(raw: Raw): Product | null {
  const eliminated = raw.vertices.some((v) => headOf(v.head).kind === "delta")
    ? eliminate(raw)
    : { vertices: raw.vertices.slice(), gone: new Set<number>(), factor: 1 as Coefficient };
  if (eliminated === null) return null;
  let coefficient = eliminated.factor;
  const merged = merge(eliminated.vertices);
  if (merged === null) return null;
  if (merged.sign === -1) coefficient = multiply(coefficient, -1);
  const { vertices } = merged;

  const { groups, alone } = connected(raw.kinds.length, vertices);
  const pieces: Piece[] = [];
  for (const i of alone) {
    const v = vertices[i] as Vertex;
    let vertex = v;
    let pivot = 0;
    if (headOf(v.head).kind === "delta") {
      const prepared = freeDelta(v);
      vertex = prepared.vertex;
      pivot = prepared.pivot;
      coefficient = multiply(coefficient, prepared.factor);
    }
    const found = vertexAtom(vertex, pivot);
    if (found === null) return null;
    if (found.sign === -1) coefficient = multiply(coefficient, -1);
    pieces.push({ id: found.atom.id, exp: vertex.exp, fermions: isFermion(vertex.head) ? [i] : [] });
  }
  for (const group of groups) {
    const factor = connectedPieces(raw.kinds, vertices, group, pieces);
    if (factor === 0) return null;
    coefficient = multiply(coefficient, factor);
  }
  const used = new Array<boolean>(raw.kinds.length).fill(false);
  for (const { args } of vertices)
    for (const arg of args)
      if (typeof arg === "number") {
        if (arg >= 0) used[arg] = true;
      } else for (let i = 0; i < arg.length; i += 3) if ((arg[i] as number) >= 0) used[arg[i] as number] = true;
  raw.kinds.forEach((kind, l) => {
    if (used[l] || eliminated.gone.has(l) || raw.gone?.has(l)) return;
    const of = kindOf(kind);
    if (of.kind === "finite" && of.size !== undefined) {
      const found = vertexAtom({ head: valueHead(sizeSymbol(of.size), false, 0, []), args: [], exp: 1 }, 0);
      if (found !== null) pieces.push({ id: found.atom.id, exp: 1, fermions: [] });
    } else if (of.kind === "finite") coefficient = multiply(coefficient, of.values.length);
    else {
      const found = vertexAtom({ head: valueHead(volumeSymbol(of), false, 0, []), args: [], exp: 1 }, 0);
      if (found !== null) pieces.push({ id: found.atom.id, exp: 1, fermions: [] });
    }
  });
  const assembled = assemble(pieces);
  if (assembled === null || coefficient === 0) return null;
  return { coefficient: assembled.sign === -1 ? multiply(coefficient, -1) : coefficient, mono: assembled.mono };
}

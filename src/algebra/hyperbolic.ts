import type { Kind, SymbolInfo } from "../core/expression.js";
import { atomOf } from "./atom.js";
import { domain, type End, groupOf, incidences, joints, type Link, linkOf, marksOf, withMarks } from "./chain.js";
import { normalise, type Raw } from "./diagram.js";
import { dotted, type Family, familyCount, isZeroMember, type Member, memberOf, memberVertex, type Name } from "./family.js";
import { valueHead } from "./head.js";
import { type Arg, constantLabel, kindId } from "./label.js";
import { type Coefficient, gauss, multiply as times } from "./number.js";
import { reduceGroup } from "./propagator.js";
import { type Accumulator, addInto, constant, emit, fromProduct, type Sum, zeroSum } from "./sum.js";
import type { Vertex } from "./vertex.js";
import { multiplyNormal } from "./wick.js";

/**
 * The calculus of ch and sh of one symmetric or antisymmetric kernel k. Inside the engine the vertices are the regular kernels
 *   p_m = ch(m k) - 1 (hermitian)  and  sh_m = sh(m k) (symmetric or antisymmetric, as k);
 * where two of them, or one and k itself, are joined at an integrated label with no third incidence, they compose:
 *   p_m p_n = 1/2 p_{m+n} + 1/2 p_{m-n} - p_m - p_n,   p_m sh_n = 1/2 sh_{m+n} + 1/2 sh_{n-m} - sh_n,
 *   sh_m \overline{p_n} = 1/2 sh_{m+n} + 1/2 sh_{m-n} - sh_m,   sh_m \overline{sh_n} = 1/2 p_{m+n} - 1/2 p_{m-n},
 *   p k = k \overline{p},   sh \overline{k} = k \overline{sh}.
 * Source: the power series of ch and sh; the addition theorems of the hyperbolic functions.
 */

/** What joined diagrams are composed to, for so many families. */
const reduced = new Map<number, Sum | null>();
let seen = 0;

export function resetHyperbolic(): void {
  reduced.clear();
  seen = 0;
}

/** The longest run of members from a vertex, to its right when it is read from group `from`. */
function run(start: End, vertices: readonly Vertex[], own: readonly (Member | undefined)[], joined: ReadonlyMap<string, End>): Link[] {
  const links: Link[] = [];
  const seen = new Set<number>();
  let at: End | undefined = start;
  while (at !== undefined && !seen.has(at.vertex)) {
    const link = linkOf(vertices[at.vertex] as Vertex, at.vertex, own[at.vertex] as Member, at.group);
    const last = links[links.length - 1];
    if (last !== undefined && domain(last) !== link.bar) break;
    seen.add(at.vertex);
    links.push(link);
    at = joined.get(`${at.vertex}.${at.group === 0 ? 1 : 0}`);
  }
  return links;
}

const half = gauss(1, 0, 2);

/** The composition of two members without bars in front: the terms of it, p_0 = sh_0 = 0 left to the caller. */
function compose(
  a: Member,
  b: Member,
): readonly { readonly name: Name; readonly n: number; readonly d: number; readonly by: Coefficient }[] {
  const d = a.d * b.d;
  const [m, n] = [a.n * b.d, b.n * a.d];
  if (a.name === "p" && b.name === "p")
    return [
      { name: "p", n: m + n, d, by: half },
      { name: "p", n: m - n, d, by: half },
      { name: "p", n: m, d, by: -1 },
      { name: "p", n, d, by: -1 },
    ];
  if (a.name === "sh" && b.name === "sh")
    return [
      { name: "p", n: m + n, d, by: half },
      { name: "p", n: m - n, d, by: times(half, -1) },
    ];
  const [hyperbolic, other] = a.name === "sh" ? [m, n] : [n, m];
  return [
    { name: "sh", n: hyperbolic + other, d, by: half },
    { name: "sh", n: hyperbolic - other, d, by: half },
    { name: "sh", n: hyperbolic, d, by: -1 },
  ];
}

/** An atom with its joined members composed; null when there is nothing to do. */
function reduceAtom(id: number): Sum | null {
  if (seen !== familyCount()) {
    reduced.clear();
    seen = familyCount();
  }
  const known = reduced.get(id);
  if (known !== undefined) return known;
  const atom = atomOf(id);
  const result = atom.vertices.some(isZeroMember)
    ? zeroSum
    : (reduceDiagram(id, atom.kinds, atom.vertices) ?? reduceGroup(id, compositions));
  reduced.set(id, result);
  return result;
}

function reduceDiagram(id: number, kinds: readonly number[], vertices: readonly Vertex[]): Sum | null {
  const found = runs(kinds, vertices);
  if ("fusible" in found) return fuse(kinds, vertices, found.fusible);
  if (found.mixed.length === 0) return null;
  // A hyperbolic member among kernels k may stand anywhere in its run: all diagrams that are equal in this
  // way are made, and the one that was interned first is the normal one.
  const signs = new Map<number, Coefficient>([[id, 1]]);
  const queue = [id];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const atom = atomOf(at);
    const here = runs(atom.kinds, atom.vertices);
    if ("fusible" in here) return null;
    for (const links of here.mixed) {
      const hyperbolic = links.filter((link) => link.member.name !== "k").map((link) => link.member);
      const plain = links.filter((link) => link.member.name === "k").map((link) => link.member);
      for (let place = 0; place <= plain.length; place++) {
        const order = [...plain.slice(0, place), ...hyperbolic, ...plain.slice(place)];
        const product = normalise(rebuild(atom.kinds, atom.vertices, links, order));
        if (product === null) return new Map();
        if (product.mono.length !== 2 || product.mono[1] !== 1) return null;
        const next = product.mono[0] as number;
        const sign = times(times(signs.get(at) as Coefficient, product.coefficient), signOf(links));
        if (!signs.has(next)) {
          signs.set(next, sign);
          queue.push(next);
        } else if (signs.get(next) !== sign) return new Map();
      }
    }
    if (signs.size > 1000) return null;
  }
  const least = Math.min(...signs.keys());
  return least === id ? null : fromProduct({ coefficient: signs.get(least) as Coefficient, mono: [least, 1] });
}

/** A run that starts and ends with hyperbolic members, or else all runs in which one stands among kernels k. */
function runs(
  kinds: readonly number[],
  vertices: readonly Vertex[],
): { readonly fusible: readonly Link[] } | { readonly mixed: readonly (readonly Link[])[] } {
  const own = vertices.map(memberOf).map((one) => (one?.family.group === undefined ? one : undefined));
  const mixed: (readonly Link[])[] = [];
  if (own.filter((m) => m !== undefined).length < 2) return { mixed };
  const joined = joints(kinds, vertices, own);
  if (joined.size === 0) return { mixed };
  const seen = new Set<number>();
  for (let vertex = 0; vertex < vertices.length; vertex++) {
    const one = own[vertex];
    if (one === undefined || one.name === "k") continue;
    for (const group of [0, 1] as const) {
      const links = run({ vertex, group }, vertices, own, joined);
      const next = links.findIndex((link, i) => i > 0 && link.member.name !== "k");
      if (next > 0) return { fusible: links.slice(0, next + 1) };
      if (links.length === 1 || seen.has(vertex)) continue;
      const last = links[links.length - 1] as Link;
      const whole = run({ vertex: last.at, group: last.from === 0 ? 1 : 0 }, vertices, own, joined);
      seen.add(vertex);
      mixed.push(whole);
    }
  }
  return { mixed };
}

/** The members of a run commute in the twisted sense of p k = k \overline{p}; each takes the bar that its place demands. */
function rebuild(
  kinds: readonly number[],
  vertices: readonly Vertex[],
  links: readonly Link[],
  order: readonly (Member | { readonly name: Name; readonly n: number; readonly d: number; readonly family: Family })[],
): Raw {
  const [first, last] = [links[0] as Link, links[links.length - 1] as Link];
  const gone = new Set<number>();
  const between = links.slice(0, -1).map((link) => link.right);
  const used = between.slice(0, order.length - 1);
  for (const args of between.slice(order.length - 1)) for (const a of args) if (typeof a === "number") gone.add(a);
  const within = new Set(links.map((link) => link.at));
  const rest = vertices.filter((_, at) => !within.has(at));
  let bar = first.bar;
  let left = first.left;
  const made: Vertex[] = [];
  order.forEach((one, at) => {
    const right = at === order.length - 1 ? last.right : (used[at] as readonly Arg[]);
    const args = [...left, ...right];
    if (one.name === "k") {
      const symbol = one.family.symbol as SymbolInfo;
      made.push({
        head: valueHead(
          symbol,
          bar !== one.family.bar,
          0,
          symbol.slots.map(() => ""),
        ),
        args,
        exp: 1,
      });
    } else made.push(memberVertex(one.family, one.name, Math.abs(one.n), one.d, bar, args) as Vertex);
    if (one.name !== "p") bar = one.family.real ? false : !bar;
    left = right;
  });
  const half = (links[0] as Link).left.length;
  made[0] = withMarks(made[0] as Vertex, first.leftMarks, 0, half);
  const end = made.length - 1;
  made[end] = withMarks(made[end] as Vertex, last.rightMarks, 1, half);
  return { kinds, vertices: [...rest, ...made], gone };
}

/** The sign of reading a run from left to right. */
const signOf = (links: readonly Link[]): 1 | -1 => (links.filter((link) => link.sign < 0).length % 2 === 0 ? 1 : -1);

/** Composes the first and the last of a run, with kernels k between them moved to the right. */
function fuse(kinds: readonly number[], vertices: readonly Vertex[], links: readonly Link[]): Sum {
  const [a, b] = [links[0] as Link, links[links.length - 1] as Link];
  const between = links.slice(1, -1).map((link) => link.member);
  const into: Accumulator = new Map();
  for (const { name, n, d, by } of compose(a.member, b.member)) {
    if (n === 0) continue;
    const sign = name === "sh" && n < 0 ? -1 : 1;
    const one = normalise(rebuild(kinds, vertices, links, [{ family: a.member.family, name, n: Math.abs(n), d }, ...between]));
    if (one !== null) emit(into, times(times(by, sign * signOf(links)), one.coefficient), 0, one.mono);
  }
  return compositions(into);
}

/** Composes what is joined, throughout a sum. */
export function compositions(sum: Sum): Sum {
  if (familyCount() === 0) return sum;
  let any = false;
  for (const term of sum.values()) {
    for (let i = 0; i < term.mono.length && !any; i += 2) any = reduceAtom(term.mono[i] as number) !== null;
    if (any) break;
  }
  if (!any) return sum;
  const into: Accumulator = new Map();
  for (const term of sum.values()) {
    let value: Sum = constant(term.coefficient, term.scalar);
    for (let i = 0; i < term.mono.length; i += 2) {
      const by = reduceAtom(term.mono[i] as number);
      const exp = term.mono[i + 1] as number;
      if (by === null || exp < 0) value = multiplyNormal(value, fromProduct({ coefficient: 1, mono: [term.mono[i] as number, exp] }));
      else for (let k = 0; k < exp; k++) value = multiplyNormal(value, by);
    }
    addInto(into, value);
  }
  return into;
}

/**
 * Where two members are joined at one value of a finite part of their label only, as in `ch(k)_{12} sh(k)_{21}` beside
 * `ch(k)_{11} sh(k)_{11}`, the sum over all values is known and single ones are not. The last value is written as
 * the sum over all less the others, which leaves linearly independent terms.
 */
export function lastComponents(sum: Sum): Sum {
  if (familyCount() === 0) return sum;
  return replaceAtoms(compositions(sum), 200, (id, exponent) => (exponent < 1 ? null : lastAtom(id)));
}

/**
 * Replaces one atom of each term by a sum and composes what meets, until no atom has a replacement or `rounds` are over. Of a
 * power of an atom one factor is replaced.
 */
export function replaceAtoms(sum: Sum, rounds: number, replacement: (id: number, exponent: number) => Sum | null): Sum {
  let current = sum;
  for (let round = 0; round < rounds; round++) {
    let changed = false;
    const into: Accumulator = new Map();
    for (const { coefficient, scalar, mono } of current.values()) {
      let at = -1;
      let by: Sum | null = null;
      for (let i = 0; i < mono.length && by === null; i += 2) {
        by = replacement(mono[i] as number, mono[i + 1] as number);
        at = i;
      }
      if (by === null) {
        emit(into, coefficient, scalar, mono);
        continue;
      }
      changed = true;
      const rest = mono.slice();
      rest[at + 1] = (rest[at + 1] as number) - 1;
      if (rest[at + 1] === 0) rest.splice(at, 2);
      addInto(into, multiplyNormal(multiplyNormal(constant(coefficient, scalar), by), fromProduct({ coefficient: 1, mono: rest })));
    }
    if (!changed) return current;
    current = compositions(into);
  }
  return current;
}

function lastAtom(id: number): Sum | null {
  const atom = atomOf(id);
  const own = atom.vertices.map((v) => dotted(v)?.member);
  const counts = incidences(atom.vertices, atom.kinds.length);
  const open = new Map<string, End>();
  for (let vertex = 0; vertex < atom.vertices.length; vertex++) {
    const one = own[vertex];
    if (one === undefined) continue;
    const { slots } = one.family;
    const finite = slots.findIndex((kind) => kind.kind === "finite");
    if (finite < 0 || slots.length < 2) continue;
    for (const group of [0, 1] as const) {
      const args = groupOf(atom.vertices[vertex] as Vertex, group);
      const kind = slots[finite] as Kind;
      const value = kind.kind === "finite" ? kind.values.find((one) => args[finite] === constantLabel(kind, one)) : undefined;
      if (value === undefined || kind.kind !== "finite") continue;
      if (!args.every((a, i) => i === finite || (typeof a === "number" && a >= 0 && counts[a] === 2))) continue;
      if (marksOf(atom.vertices[vertex] as Vertex, group).length > 0) continue;
      const key = `${one.family.id}|${args.join(",")}`;
      const other = open.get(key);
      if (other === undefined) {
        open.set(key, { vertex, group });
        continue;
      }
      // A part of the trace of one member: its commutator would lose the sum over all parts.
      const loop = other.vertex === vertex;
      if (loop && dotted(atom.vertices[vertex] as Vertex)?.dots === 0) continue;
      const first = linkOf(atom.vertices[other.vertex] as Vertex, other.vertex, own[other.vertex] as Member, other.group === 0 ? 1 : 0);
      const second = linkOf(atom.vertices[vertex] as Vertex, vertex, one, group);
      if (!loop && (domain(first) !== second.bar || (first.member.name === "k" && second.member.name === "k"))) continue;
      const put = (arg: Arg): readonly Vertex[] =>
        atom.vertices.map((v, at) => {
          if (at !== vertex && at !== other.vertex) return v;
          const slot = finite + ((at === vertex ? group : other.group) === 0 ? 0 : slots.length);
          const both = (i: number): boolean => i === slot || (loop && i % slots.length === finite);
          return { ...v, args: v.args.map((a, i) => (both(i) ? arg : a)) };
        });
      // The last of the values at which neither of the two vanishes.
      const there = kind.values.filter((one) => !put(constantLabel(kind, one)).some(isZeroMember));
      if (value !== there[there.length - 1]) continue;
      const into: Accumulator = new Map();
      const all = normalise({ kinds: [...atom.kinds, kindId(kind)], vertices: put(atom.kinds.length) });
      if (all !== null) emit(into, all.coefficient, 0, all.mono);
      for (const one of there) {
        if (one === value) continue;
        const single = normalise({ kinds: atom.kinds, vertices: put(constantLabel(kind, one)) });
        if (single !== null) emit(into, times(single.coefficient, -1), 0, single.mono);
      }
      return into;
    }
  }
  return null;
}

import { atomOf } from "./atom.js";
import { domain, type End, joints, type Link, linkOf, withMarks } from "./chain.js";
import { normalise } from "./diagram.js";
import { type Family, groupMemberOf, type Member, memberOf, memberVertex } from "./family.js";
import { headOf, valueHead } from "./head.js";
import { type Arg, labelsOf } from "./label.js";
import { type Coefficient, gauss, multiply as times } from "./number.js";
import { type Accumulator, addInto, emit, fromProduct, type Sum, zeroSum } from "./sum.js";
import type { Vertex } from "./vertex.js";

/**
 * The calculus of the blocks of e^{t M}, M = (D, k; \overline{k}, \overline{D}) with D skew-hermitian and k symmetric (bosons) or
 * antisymmetric (fermions). With e^{t M} = 1 + r^t, the vertices of diagrams are r^t_{11} = r_t and r^t_{12} = v_t for t > 0;
 *   r^t_{22} = \overline{r_t},  r^t_{21} = \overline{v_t},  r_{-t}(x,y) = \overline{r_t(y,x)},  v_{-t}(x,y) = -+ v_t(y,x),
 * the sign - for bosons. What joins two of them at an integrated label is related to what has the other block there,
 *   r^s_{ab} r^t_{bc} = -r^s_{ab'} r^t_{b'c} + r^{s+t}_{ac} - r^s_{ac} - r^t_{ac},   b' the other one of 1 and 2,
 * and by nothing else: words in one-parameter groups and the two projections, each with its others neighbours, are independent.
 * Of all diagrams that are related in this way the one with the fewest v is the normal one.
 * Source: e^{s M} e^{t M} = e^{(s+t) M}; the normal form of a free product of algebras (P. M. Cohn, Free Rings and their Relations).
 */

/** More diagrams than these are not looked at. */
const mostRelated = 1024;

/** A member as the block ab of r^t, read along a chain. */
interface Block {
  /** Whether a and b are 2. */
  readonly from: boolean;
  readonly to: boolean;
  /** t, of either sign. */
  readonly n: number;
  readonly d: number;
  readonly link: Link;
  readonly sign: 1 | -1;
}

/** The sign of v_{-t}(x,y) = -+ v_t(y,x). */
const turned = (family: Family): 1 | -1 => (family.group?.statistics === "fermion" ? 1 : -1);

function blockOf(v: Vertex, at: number, member: Member, from: 0 | 1): Block {
  const link = linkOf(v, at, member, from);
  const crosses = member.name === "v";
  const second = link.bar;
  return {
    from: second,
    to: crosses ? !second : second,
    n: from === 0 ? member.n : -member.n,
    d: member.d,
    link,
    sign: from === 1 && crosses ? turned(member.family) : 1,
  };
}

/** The vertex of the block of r^{n/d} between two places, and the sign that it takes; undefined where it is 0. */
function vertexOf(
  family: Family,
  from: boolean,
  to: boolean,
  n: number,
  d: number,
  left: readonly Arg[],
  right: readonly Arg[],
): { readonly vertex: Vertex; readonly sign: 1 | -1; readonly turned: boolean } | undefined {
  const crosses = from !== to;
  if (n === 0 || (crosses && family.group?.pairs !== true)) return undefined;
  const back = n < 0;
  const bar = family.real ? false : back && !crosses ? !from : from;
  const args = back ? [...right, ...left] : [...left, ...right];
  const vertex = memberVertex(family, crosses ? "v" : "r", Math.abs(n), d, bar, args) as Vertex;
  return { vertex, sign: back && crosses ? turned(family) : 1, turned: back };
}

/** r^t_{11} or r^t_{12} at arguments, t = n/d of any sign, or its conjugate. */
export function groupMember(family: Family, name: "r" | "v", n: number, d: number, bar: boolean, args: readonly Arg[]): Sum {
  const half = args.length / 2;
  const made = vertexOf(family, bar, name === "v" ? !bar : bar, n, d, args.slice(0, half), args.slice(half));
  if (made === undefined) return zeroSum;
  const into: Accumulator = new Map();
  addInto(into, fromProduct(normalise({ kinds: [], vertices: [made.vertex] })), made.sign);
  return into;
}

interface Step {
  /** What the diagram is minus or plus, undefined where it is 0. */
  readonly next: { readonly id: number; readonly sign: Coefficient } | undefined;
  readonly rest: Sum;
}

/** Two ends that are joined in a diagram. */
interface Joint {
  readonly kinds: readonly number[];
  readonly vertices: readonly Vertex[];
  readonly own: readonly (Member | undefined)[];
  readonly a: End;
  readonly b: End;
}

/** A diagram by what has the other block at one joint; null where that is no single diagram. */
function step({ kinds, vertices, own, a, b }: Joint): Step | null | undefined {
  const first = blockOf(vertices[a.vertex] as Vertex, a.vertex, own[a.vertex] as Member, a.group === 0 ? 1 : 0);
  const read = blockOf(vertices[b.vertex] as Vertex, b.vertex, own[b.vertex] as Member, b.group);
  const { family } = own[a.vertex] as Member;
  const fits = domain(first.link) === read.link.bar;
  if (!fits && family.sign === 0) return undefined;
  // Where D is symmetric, r_t is so, and r^t_{11} is r^{-t}_{22}.
  const second: Block = fits ? read : { ...read, from: !read.from, to: !read.to, n: -read.n };
  // Of a real M the blocks 11 and 22 are one, and so are 12 and 21: what comes second starts where the first ends.
  const shifted = family.real && second.from !== first.to;
  const end = shifted ? !second.to : second.to;
  const sign = first.sign * second.sign;
  const rest = vertices.filter((_, at) => at !== a.vertex && at !== b.vertex);
  const { left, leftMarks, right: middle } = first.link;
  const { right, rightMarks } = second.link;
  const half = left.length;
  const put = (made: NonNullable<ReturnType<typeof vertexOf>>, marks: Link["leftMarks"], atLeft: boolean): Vertex =>
    withMarks(made.vertex, marks, atLeft !== made.turned ? 0 : 1, half);
  const lower: Accumulator = new Map();
  const gone = new Set<number>();
  for (const arg of middle) labelsOf(arg, (label) => gone.add(label));
  const sum = first.n * second.d + second.n * first.d;
  for (const [n, d, by] of [
    [sum, first.d * second.d, 1],
    [first.n, first.d, -1],
    [second.n, second.d, -1],
  ] as const) {
    const made = vertexOf(family, first.from, end, n, d, left, right);
    if (made === undefined) continue;
    const vertex = put({ ...made, vertex: put(made, leftMarks, true) }, rightMarks, false);
    const one = normalise({ kinds, vertices: [...rest, vertex], gone });
    if (one !== null) emit(lower, times(one.coefficient, sign * made.sign * by), 0, one.mono);
  }
  const other = !first.to;
  const before = vertexOf(family, first.from, other, first.n, first.d, left, middle);
  const after = vertexOf(family, other, end, second.n, second.d, middle, right);
  if (before === undefined || after === undefined) return { next: undefined, rest: lower };
  const one = normalise({ kinds, vertices: [...rest, put(before, leftMarks, true), put(after, rightMarks, false)] });
  if (one === null) return { next: undefined, rest: lower };
  if (one.mono.length !== 2 || one.mono[1] !== 1) return null;
  return { next: { id: one.mono[0] as number, sign: times(one.coefficient, -sign * before.sign * after.sign) }, rest: lower };
}

/** D beside e^{t D}: they commute. */
function exchange({ kinds, vertices, own, a, b }: Joint): Step | null | undefined {
  const first = linkOf(vertices[a.vertex] as Vertex, a.vertex, own[a.vertex] as Member, a.group === 0 ? 1 : 0);
  const second = linkOf(vertices[b.vertex] as Vertex, b.vertex, own[b.vertex] as Member, b.group);
  if (domain(first) !== second.bar && first.member.family.sign === 0) return undefined;
  const half = first.left.length;
  // Each keeps the direction that it was read in.
  const at = (link: Link, left: readonly Arg[], right: readonly Arg[]): Vertex => ({
    head: headOfPlain(vertices[link.at] as Vertex),
    args: link.from === 0 ? [...left, ...right] : [...right, ...left],
    exp: 1,
  });
  const before = withMarks(at(second, first.left, first.right), first.leftMarks, second.from, half);
  const after = withMarks(at(first, first.right, second.right), second.rightMarks, first.from === 0 ? 1 : 0, half);
  const rest = vertices.filter((_, i) => i !== a.vertex && i !== b.vertex);
  const one = normalise({ kinds, vertices: [...rest, before, after] });
  if (one === null) return { next: undefined, rest: zeroSum };
  if (one.mono.length !== 2 || one.mono[1] !== 1) return null;
  return { next: { id: one.mono[0] as number, sign: one.coefficient }, rest: zeroSum };
}

/** The head without derivatives in space. */
function headOfPlain(v: Vertex): number {
  const head = headOf(v.head);
  return head.kind === "value" ? valueHead(head.symbol, head.conjugated, head.dots, head.scales) : v.head;
}

/** All ways to flip a joint of an atom; null where one of them cannot be written. */
function steps(id: number): readonly Step[] | null {
  const { kinds, vertices } = atomOf(id);
  const own = vertices.map(groupMemberOf);
  if (own.every((one) => one === undefined || one.name === "k") || own.filter((one) => one !== undefined).length < 2) return [];
  const found: Step[] = [];
  for (const [key, b] of joints(kinds, vertices, own)) {
    const [vertex, group] = key.split(".").map(Number) as [number, 0 | 1];
    // Each joint once.
    if (vertex > b.vertex || (vertex === b.vertex && group > b.group)) continue;
    const names = [own[vertex]?.name, own[b.vertex]?.name];
    if (names.every((name) => name === "k")) continue;
    const one = (names.includes("k") ? exchange : step)({ kinds, vertices, own, a: { vertex, group }, b });
    if (one === null) return null;
    if (one !== undefined) found.push(one);
  }
  return found;
}

/** How many v an atom has. */
const crossings = (id: number): number =>
  atomOf(id).vertices.filter((v) => {
    const one = memberOf(v);
    return one?.family.group !== undefined && one.name === "v";
  }).length;

/** An atom by the normal diagram that it is related to; null where it is that itself. `compose` reduces what is left over. */
export function reduceGroup(id: number, compose: (sum: Sum) => Sum): Sum | null {
  // The atom is sign * node + rest for each node.
  const known = new Map<number, { readonly sign: Coefficient; readonly rest: Sum }>([[id, { sign: 1, rest: zeroSum }]]);
  const queue = [id];
  const plus = (a: Sum, b: Sum, by: Coefficient): Sum => {
    const into: Accumulator = new Map();
    addInto(into, a);
    addInto(into, b, by);
    return into;
  };
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const { sign, rest } = known.get(at) as { sign: Coefficient; rest: Sum };
    const found = steps(at);
    if (found === null) return null;
    for (const one of found) {
      const whole = plus(rest, one.rest, sign);
      if (one.next === undefined) return compose(whole);
      const next = times(sign, one.next.sign);
      const old = known.get(one.next.id);
      if (old === undefined) {
        known.set(one.next.id, { sign: next, rest: whole });
        queue.push(one.next.id);
      } else if (old.sign !== next) {
        // s N + r = -s N + r': the atom is (r + r') / 2.
        if (times(old.sign, -1) !== next) return null;
        const into: Accumulator = new Map();
        addInto(into, old.rest, gauss(1, 0, 2));
        addInto(into, whole, gauss(1, 0, 2));
        return compose(into);
      }
    }
    if (known.size > mostRelated) return null;
  }
  const [least] = [...known.keys()].sort((a, b) => crossings(a) - crossings(b) || a - b) as [number];
  if (least === id) return null;
  const { sign, rest } = known.get(least) as { sign: Coefficient; rest: Sum };
  return compose(plus(rest, fromProduct({ coefficient: sign, mono: [least, 1] }), 1));
}

import type { Member } from "./family.js";
import { headOf } from "./head.js";
import { type Arg, labelsOf } from "./label.js";
import { marked, slotCount } from "./parts.js";
import type { Vertex } from "./vertex.js";

/** Kernels of one family as operators, and where two of them are joined at an integrated label. */

export interface End {
  readonly vertex: number;
  readonly group: 0 | 1;
}

/** A vertex of a chain read from left to right: its member and whether it stands conjugated. */
export interface Link {
  readonly at: number;
  /** The group of its arguments that is on the left. */
  readonly from: 0 | 1;
  readonly member: Member;
  readonly bar: boolean;
  /** -1 for what is antisymmetric and read from its second argument. */
  readonly sign: 1 | -1;
  readonly left: readonly Arg[];
  readonly right: readonly Arg[];
  /** Derivatives in space on the two sides. */
  readonly leftMarks: readonly Mark[];
  readonly rightMarks: readonly Mark[];
}

/** A derivative: the slot of its group, and the component. */
export interface Mark {
  readonly offset: number;
  readonly component: Arg;
}

export const groupOf = (v: Vertex, group: 0 | 1): readonly Arg[] => {
  const half = slotCount(v) / 2;
  return group === 0 ? v.args.slice(0, half) : v.args.slice(half, 2 * half);
};

export function marksOf(v: Vertex, group: 0 | 1): readonly Mark[] {
  const head = headOf(v.head);
  if (head.kind !== "value" || head.partials.length === 0) return [];
  const count = slotCount(v);
  return head.partials.flatMap((slot, i) => {
    const offset = slot - (group * count) / 2;
    return offset >= 0 && offset < count / 2 ? [{ offset, component: v.args[count + i] as Arg }] : [];
  });
}

export const withMarks = (v: Vertex, marks: readonly Mark[], group: 0 | 1, half: number): Vertex =>
  marks.reduce((one, { offset, component }) => marked(one, offset + group * half, component), v);

/** A vertex as an operator from its group `from` to the other one. */
export function linkOf(v: Vertex, at: number, member: Member, from: 0 | 1): Link {
  const head = headOf(v.head);
  const conjugated = head.kind === "value" && head.conjugated;
  // The transpose of a hermitian kernel is its conjugate. A family of the conjugate of a declared kernel sees that kernel barred.
  const own = member.name === "k" ? conjugated !== member.family.bar : conjugated;
  const bar = member.family.real ? false : keeps(member) && from === 1 ? !own : own;
  const to = from === 0 ? 1 : 0;
  const sign = from === 1 && !keeps(member) && member.family.sign === -1 ? -1 : 1;
  return {
    at,
    from,
    member,
    bar,
    sign,
    left: groupOf(v, from),
    right: groupOf(v, to),
    leftMarks: marksOf(v, from),
    rightMarks: marksOf(v, to),
  };
}

/** The space that the next operator to the right has to map into: 0 for functions, 1 for conjugates. */
export const domain = (link: Link): boolean => (link.member.family.real ? false : keeps(link.member) ? link.bar : !link.bar);

/** Whether an operator maps functions to functions and not conjugates to functions. */
const keeps = ({ name, family }: Member): boolean => name === "p" || name === "r" || (name === "k" && family.group !== undefined);

/** Occurrences of each bound label. */
export function incidences(vertices: readonly Vertex[], count: number): number[] {
  const found = new Array<number>(count).fill(0);
  for (const v of vertices)
    for (const arg of v.args)
      labelsOf(arg, (l) => {
        if (l >= 0) found[l] = (found[l] as number) + 1;
      });
  return found;
}

/** For each end of a member the end that it is joined to, at labels that occur nowhere else. */
export function joints(kinds: readonly number[], vertices: readonly Vertex[], own: readonly (Member | undefined)[]): Map<string, End> {
  const counts = incidences(vertices, kinds.length);
  const open = new Map<string, End>();
  const found = new Map<string, End>();
  vertices.forEach((v, vertex) => {
    const one = own[vertex];
    if (one === undefined) return;
    for (const group of [0, 1] as const) {
      const args = groupOf(v, group);
      if (!args.every((a) => typeof a === "number" && a >= 0 && counts[a] === 2) || marksOf(v, group).length > 0) continue;
      const key = `${one.family.id}|${args.join(",")}`;
      const other = open.get(key);
      if (other === undefined) open.set(key, { vertex, group });
      else if (other.vertex !== vertex) {
        found.set(`${vertex}.${group}`, other);
        found.set(`${other.vertex}.${other.group}`, { vertex, group });
      }
    }
  });
  return found;
}

import { fail } from "../source/diagnostic.js";
import { nowhere } from "../source/span.js";
import { atomOf } from "./atom.js";
import { normalise } from "./diagram.js";
import { deltaHead, headOf, ladderHead, valueHead } from "./head.js";
import { type Arg, kindOf, triples } from "./label.js";
import { add as addCoefficients, type Coefficient, gauss, invert, multiply as times } from "./number.js";
import { type Accumulator, addInto, constant, emit, fromProduct, type Sum } from "./sum.js";
import type { Vertex } from "./vertex.js";
import { multiplyNormal } from "./wick.js";

/**
 * Derivatives in space as marks on the slots of vertices, and integration by parts: over an integrated label x
 *   \sum_i c_i \partial_i (everything) = 0,
 * the sum over all slots i where x occurs, c_i its coefficient there. Source: the fundamental theorem of calculus, for
 * functions that vanish at infinity.
 */

/** Slots of a vertex that are labels, without the components of its derivatives. */
export function slotCount(v: Vertex): number {
  const head = headOf(v.head);
  return head.kind === "function" ? v.args.length : v.args.length - head.partials.length;
}

const partialsOf = (v: Vertex): readonly number[] => {
  const head = headOf(v.head);
  return head.kind === "function" ? [] : head.partials;
};

function withPartials(v: Vertex, partials: readonly number[], components: readonly Arg[]): Vertex {
  const head = headOf(v.head);
  const args = [...v.args.slice(0, slotCount(v)), ...components];
  switch (head.kind) {
    case "value":
      return { ...v, head: valueHead(head.symbol, head.conjugated, head.dots, head.scales, partials), args };
    case "ladder":
      return { ...v, head: ladderHead(head.species, head.creation, head.marked, partials), args };
    case "delta":
      return { ...v, head: deltaHead(head.of, partials.length), args };
    case "function":
      return fail("not-understood", nowhere, "this derivative of a root or an exponential is not understood");
  }
}

/** A vertex (of exponent 1) with one more derivative on a slot. */
export function marked(v: Vertex, slot: number, component: Arg): Vertex {
  const partials = partialsOf(v);
  const at = partials.filter((other) => other <= slot).length;
  const components = v.args.slice(slotCount(v));
  return withPartials(
    v,
    [...partials.slice(0, at), slot, ...partials.slice(at)],
    [...components.slice(0, at), component, ...components.slice(at)],
  );
}

function unmarked(v: Vertex, at: number): Vertex {
  const components = v.args.slice(slotCount(v));
  return withPartials(
    v,
    partialsOf(v).filter((_, i) => i !== at),
    components.filter((_, i) => i !== at),
  );
}

/** The coefficient of a label in a slot, 0 where it does not occur. */
function coefficientOf(arg: Arg, label: number): Coefficient {
  const list = triples(arg);
  for (let i = 0; i < list.length; i += 3) if (list[i] === label) return gauss(list[i + 1] as number, 0, list[i + 2] as number);
  return 0;
}

/** A term of a derivative: which slot of which vertex took it. */
interface Differentiated {
  readonly at: number;
  readonly slot: number;
  readonly by: Coefficient;
  readonly vertices: readonly Vertex[];
}

/** The derivative of a product of vertices by one component of a label: its terms. */
export function leibniz(vertices: readonly Vertex[], label: number, component: Arg): Differentiated[] {
  const terms: Differentiated[] = [];
  vertices.forEach((v, at) => {
    for (let slot = 0; slot < slotCount(v); slot++) {
      const c = coefficientOf(v.args[slot] as Arg, label);
      if (c === 0) continue;
      const once = marked({ ...v, exp: 1 }, slot, component);
      const rest = v.exp === 1 ? [] : [{ ...v, exp: v.exp - 1 }];
      terms.push({ at, slot, by: times(c, v.exp), vertices: [...vertices.slice(0, at), ...rest, once, ...vertices.slice(at + 1)] });
    }
  });
  return terms;
}

/** An integrated label of R^d in an argument, -1 for none. */
function boundIn(arg: Arg, kinds: readonly number[]): number[] {
  const list = triples(arg);
  const found: number[] = [];
  for (let i = 0; i < list.length; i += 3) {
    const label = list[i] as number;
    if (label >= 0 && kindOf(kinds[label] as number).kind === "space") found.push(label);
  }
  return found;
}

const hasMarks = (id: number): boolean => atomOf(id).vertices.some((v) => partialsOf(v).length > 0);

/** Moves derivatives off deltas that an integrated label solves, so that the deltas can be solved. */
export function clearDeltas(sum: Sum): Sum {
  let current = sum;
  for (let round = 0; round < 50; round++) {
    let changed = false;
    for (const term of current.values())
      for (let i = 0; i < term.mono.length && !changed; i += 2) changed = movable(term.mono[i] as number) !== undefined;
    if (!changed) return current;
    const into: Accumulator = new Map();
    for (const term of current.values()) {
      let value: Sum = constant(term.coefficient, term.scalar);
      for (let i = 0; i < term.mono.length; i += 2) {
        const found = movable(term.mono[i] as number);
        const by = found ?? fromProduct({ coefficient: 1, mono: [term.mono[i] as number, 1] });
        if (found === undefined && term.mono[i + 1] !== 1) {
          value = multiplyNormal(value, fromProduct({ coefficient: 1, mono: [term.mono[i] as number, term.mono[i + 1] as number] }));
          continue;
        }
        for (let k = 0; k < (term.mono[i + 1] as number); k++) value = multiplyNormal(value, by);
      }
      addInto(into, value);
    }
    current = into;
  }
  return current;
}

const moved = new Map<number, Sum | null>();
let spanned = new Map<number, Sum>();

export function resetParts(): void {
  moved.clear();
  spanned = new Map();
}

function movable(id: number): Sum | undefined {
  const known = moved.get(id);
  if (known !== undefined) return known ?? undefined;
  let result: Sum | null = null;
  const atom = atomOf(id);
  // The delta with the fewest derivatives goes first and, as it has fewer after each step, goes on until it can be
  // solved: two deltas never hand a derivative back and forth.
  let least = Number.POSITIVE_INFINITY;
  let chosen: { readonly at: number; readonly label: number } | undefined;
  atom.vertices.forEach((v, at) => {
    const head = headOf(v.head);
    if (head.kind !== "delta" || head.partials.length === 0 || head.partials.length >= least) return;
    const [label] = boundIn(v.args[0] as Arg, atom.kinds);
    if (label === undefined) return;
    least = head.partials.length;
    chosen = { at, label };
  });
  if (chosen !== undefined) result = relation(id, chosen.at, 0, chosen.label, false);
  moved.set(id, result);
  return result ?? undefined;
}

/**
 * What integration by parts of one derivative, at vertex `at` and mark `mark`, over `label` says. With `whole` all
 * terms, whose sum is zero; without, what the atom itself is equal to.
 */
function relation(id: number, at: number, mark: number, label: number, whole: boolean): Sum {
  const atom = atomOf(id);
  const v = atom.vertices[at] as Vertex;
  const component = v.args[slotCount(v) + mark] as Arg;
  const slot = partialsOf(v)[mark] as number;
  const own = coefficientOf(v.args[slot] as Arg, label);
  const base = unmarked({ ...v, exp: 1 }, mark);
  const rest = atom.vertices.map((w, i) => (i === at ? base : w));
  // Of a power one factor is taken, and the others stay.
  if (v.exp !== 1) rest.push({ ...v, exp: v.exp - 1 });
  const into: Accumulator = new Map();
  for (const { at: vertex, slot: taken, by, vertices } of leibniz(rest, label, component)) {
    // The term that is the atom itself.
    if (!whole && vertex === at && taken === slot) continue;
    const product = normalise({ kinds: atom.kinds, vertices });
    if (product === null) continue;
    emit(into, times(whole ? by : times(by, times(-1, invert(own))), product.coefficient), 0, product.mono);
  }
  return into;
}

/** Most diagrams that differ by integrations by parts. */
const mostDiagrams = 3000;

/**
 * The normal form modulo integration by parts: all diagrams that partial integrations lead to are made, their relations
 * solved, and each diagram is written in those that are left free. Zero exactly when the sum is a combination of
 * total derivatives.
 */
export function byParts(sum: Sum): Sum {
  let any = false;
  for (const term of sum.values()) for (let i = 0; i < term.mono.length && !any; i += 2) any = hasMarks(term.mono[i] as number);
  if (!any) return sum;
  const into: Accumulator = new Map();
  for (const term of sum.values()) {
    let value: Sum = constant(term.coefficient, term.scalar);
    for (let i = 0; i < term.mono.length; i += 2) {
      const id = term.mono[i] as number;
      const exp = term.mono[i + 1] as number;
      if (exp < 0 || !hasMarks(id)) value = multiplyNormal(value, fromProduct({ coefficient: 1, mono: [id, exp] }));
      else for (let k = 0; k < exp; k++) value = multiplyNormal(value, reducedAtom(id));
    }
    addInto(into, value);
  }
  return into;
}

function reducedAtom(id: number): Sum {
  const known = spanned.get(id);
  if (known !== undefined) return known;
  solve(id);
  return spanned.get(id) ?? fromProduct({ coefficient: 1, mono: [id, 1] });
}

/** Relations of everything that partial integrations connect with an atom, in reduced echelon form. */
function solve(start: number): void {
  const found = new Set([start]);
  const queue = [start];
  const rows: Map<number, Coefficient>[] = [];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const atom = atomOf(id);
    for (let at = 0; at < atom.vertices.length; at++) {
      const v = atom.vertices[at] as Vertex;
      partialsOf(v).forEach((slot, mark) => {
        for (const label of boundIn(v.args[slot] as Arg, atom.kinds)) {
          const row = new Map<number, Coefficient>();
          let plain = true;
          for (const term of relation(id as number, at, mark, label, true).values()) {
            // A derivative may leave a diagram that falls into pieces; such relations are left out.
            if (term.mono.length !== 2 || term.mono[1] !== 1 || term.scalar !== 0) plain = false;
            else row.set(term.mono[0] as number, addCoefficients(row.get(term.mono[0] as number) ?? 0, term.coefficient));
          }
          if (!plain || row.size === 0) continue;
          rows.push(row);
          for (const other of row.keys())
            if (!found.has(other)) {
              found.add(other);
              queue.push(other);
            }
        }
      });
    }
    if (found.size > mostDiagrams) fail("too-large", nowhere, "too many integrations by parts are possible here");
  }
  // Gauss-Jordan, the diagram interned last first: results do not depend on where the closure started.
  const pivots = new Map<number, Map<number, Coefficient>>();
  const reduce = (row: Map<number, Coefficient>): void => {
    for (;;) {
      let hit = -1;
      for (const key of row.keys()) if (pivots.has(key) && key > hit) hit = key;
      if (hit < 0) return;
      const by = row.get(hit) as Coefficient;
      for (const [key, c] of pivots.get(hit) as Map<number, Coefficient>) {
        const total = addCoefficients(row.get(key) ?? 0, times(times(by, c), -1));
        if (total === 0) row.delete(key);
        else row.set(key, total);
      }
    }
  };
  for (const row of rows) {
    reduce(row);
    if (row.size === 0) continue;
    const lead = Math.max(...row.keys());
    const factor = invert(row.get(lead) as Coefficient);
    for (const [key, c] of row) row.set(key, times(c, factor));
    pivots.set(lead, row);
    for (const [other, known] of pivots) {
      const by = other === lead ? undefined : known.get(lead);
      if (by === undefined) continue;
      for (const [key, c] of row) {
        const total = addCoefficients(known.get(key) ?? 0, times(times(by, c), -1));
        if (total === 0) known.delete(key);
        else known.set(key, total);
      }
    }
  }
  for (const id of found) {
    const row = pivots.get(id);
    const into: Accumulator = new Map();
    if (row === undefined) emit(into, 1, 0, [id, 1]);
    else for (const [key, c] of row) if (key !== id) emit(into, times(c, -1), 0, [key, 1]);
    spanned.set(id, into);
  }
}

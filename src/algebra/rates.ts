import type { SymbolInfo } from "../core/expression.js";
import { atomOf } from "./atom.js";
import { domain, type End, groupOf, incidences, joints, linkOf } from "./chain.js";
import { normalise } from "./diagram.js";
import { dotted, type Family, familyCount, type Member, memberSymbol } from "./family.js";
import { headOf, valueHead } from "./head.js";
import { replaceAtoms } from "./hyperbolic.js";
import { kindId } from "./label.js";
import { type Coefficient, gauss, multiply as times } from "./number.js";
import { type Accumulator, addInto, emit, type Sum } from "./sum.js";
import type { Vertex } from "./vertex.js";

let derivations = new Map<number, SymbolInfo>();

export function resetRates(): void {
  derivations = new Map();
}

/**
 * Time derivatives of members as commutators with a formal real antisymmetric kernel D: \dot a = D a - a D. This is
 * the universal derivation: a sum of products in which the derivative stands in an open run of members is zero
 * by the product rule exactly when it is zero after this. Where a run closes on itself, as in a trace, the
 * commutator would lose it, and the derivative stays.
 * Source: N. Bourbaki, Algebra I, III.10 (universal derivations into bimodules).
 */
export function timeWords(sum: Sum): Sum {
  if (familyCount() === 0) return sum;
  return replaceAtoms(sum, 100, (id, exponent) => (exponent === 1 ? commutatorAtom(id) : null));
}

/** Whether the formal kernel D stands in a sum: it decides whether one vanishes, and says nothing to a reader. */
export function isFormal(sum: Sum): boolean {
  const formal = new Set(derivations.values());
  if (formal.size === 0) return false;
  for (const { mono } of sum.values())
    for (let i = 0; i < mono.length; i += 2)
      for (const { head } of atomOf(mono[i] as number).vertices) {
        const of = headOf(head);
        if (of.kind === "value" && formal.has(of.symbol)) return true;
      }
  return false;
}

function commutatorAtom(id: number): Sum | null {
  const atom = atomOf(id);
  const found = atom.vertices.map(dotted);
  for (let vertex = 0; vertex < found.length; vertex++) {
    const one = found[vertex];
    if (one === undefined || one.dots === 0) continue;
    const { family } = one.member;
    // Any run of this family counts here, whatever the bars: what matters is that it does not close.
    const own = found.map((other) => (other?.member.family === family ? other.member : undefined));
    const joined = joints(atom.kinds, atom.vertices, own);
    const counts = incidences(atom.vertices, atom.kinds.length);
    const v = atom.vertices[vertex] as Vertex;
    if (groupOf(v, 0).join() === groupOf(v, 1).join() && groupOf(v, 0).every((a) => typeof a === "number" && a >= 0 && counts[a] === 2))
      continue;
    let at: End | undefined = joined.get(`${vertex}.1`);
    while (at !== undefined && at.vertex !== vertex) at = joined.get(`${at.vertex}.${at.group === 0 ? 1 : 0}`);
    const spectral = at === undefined ? undefined : spectralPart(atom.kinds, atom.vertices, vertex, own, joined);
    if (at !== undefined && spectral === undefined) continue;
    const head = headOf(v.head);
    if (head.kind !== "value") continue;
    const formal = formalDerivation(family);
    const start = atom.kinds.length;
    const kinds = [...atom.kinds, ...family.slots.map(kindId)];
    const middle = family.slots.map((_, i) => start + i);
    const rest = atom.vertices.filter((_, i) => i !== vertex);
    const scales = family.slots.flatMap(() => ["", ""]);
    const inner = valueHead(head.symbol, head.conjugated, head.dots - 1, scales);
    const derivation = valueHead(formal, false, 0, scales);
    const [left, right] = [groupOf(v, 0), groupOf(v, 1)];
    const into: Accumulator = new Map();
    for (const [sign, first, second] of [
      [1, derivation, inner],
      [-1, inner, derivation],
    ] as const) {
      const product = normalise({
        kinds,
        vertices: [...rest, { head: first, args: [...left, ...middle], exp: 1 }, { head: second, args: [...middle, ...right], exp: 1 }],
      });
      if (product !== null) emit(into, times(product.coefficient, sign), 0, product.mono);
    }
    if (spectral !== undefined) addInto(into, spectral);
    return into;
  }
  return null;
}

/**
 * What the commutator loses of a trace tr(\dot a b) of two members: the change of the spectrum, with which
 *   tr(\dot a b) = tr([D, a] b) + \partial_t tr(h),  h' = a' b for functions of one variable,
 * m \sinh(m x) \cosh(n x) = m/2 (\sinh((m+n) x) + \sinh((m-n) x)) and m \cosh(m x) \sinh(n x) likewise. Undefined for other
 * traces, and where the other member has a derivative too.
 * Source: Takagi's factorisation k = U S U^\top, whose derivative is [D, .] of a unitary and the derivative of S.
 */
function spectralPart(
  kinds: readonly number[],
  vertices: readonly Vertex[],
  vertex: number,
  own: readonly (Member | undefined)[],
  joined: ReadonlyMap<string, End>,
): Sum | undefined {
  const next = joined.get(`${vertex}.1`) as End;
  const other = vertices[next.vertex] as Vertex;
  const v = vertices[vertex] as Vertex;
  const [a, b] = [own[vertex] as Member, own[next.vertex] as Member];
  if (dotted(v)?.dots !== 1 || dotted(other)?.dots !== 0 || a.name !== b.name || a.name === "k") return undefined;
  if (joined.get(`${next.vertex}.${next.group === 0 ? 1 : 0}`)?.vertex !== vertex) return undefined;
  const [first, second] = [linkOf(v, vertex, a, 0), linkOf(other, next.vertex, b, next.group)];
  if (domain(first) !== second.bar || domain(second) !== first.bar) return undefined;
  const [m, n, d] = [a.n * b.d, b.n * a.d, a.d * b.d];
  const rest = vertices.filter((_, at) => at !== vertex && at !== next.vertex);
  const gone = new Set(first.right.filter((arg) => typeof arg === "number"));
  const into: Accumulator = new Map();
  const put = (top: number, by: Coefficient): void => {
    const symbol = memberSymbol(a.family, "p", Math.abs(top), d);
    const head = valueHead(
      symbol,
      false,
      1,
      symbol.slots.map(() => ""),
    );
    const one = normalise({ kinds, vertices: [...rest, { head, args: [...first.left, ...first.left], exp: 1 }], gone });
    if (one !== null) emit(into, times(times(by, first.sign * second.sign), one.coefficient), 0, one.mono);
  };
  put(m + n, gauss(m, 0, 2 * (m + n)));
  if (m !== n) put(m - n, gauss(a.name === "p" ? m : -m, 0, 2 * (m - n)));
  if (a.name === "p") put(m, -1);
  return into;
}

/** The formal kernel D of a family. */
function formalDerivation(family: Family): SymbolInfo {
  const known = derivations.get(family.id);
  if (known !== undefined) return known;
  const count = family.slots.length;
  const symbol: SymbolInfo = {
    id: -3_000_000 - family.id,
    name: "\\partial_t",
    slots: [...family.slots, ...family.slots],
    real: true,
    symmetries: [
      {
        permutation: Array.from({ length: 2 * count }, (_, i) => (i + count) % (2 * count)),
        negated: Array.from({ length: 2 * count }, () => false),
        sign: -1,
        conjugated: false,
      },
    ],
    layout: { base: "\\partial_t", subscript: [], superscript: [], arguments: [] },
  };
  derivations.set(family.id, symbol);
  return symbol;
}

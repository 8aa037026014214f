import { atomOf } from "../algebra/atom.js";
import { adjoint, bind, openArg, storeBase, substitute } from "../algebra/bind.js";
import { normalise } from "../algebra/diagram.js";
import { member } from "../algebra/family.js";
import { type Head, headOf } from "../algebra/head.js";
import { type Arg, withTemporaries } from "../algebra/label.js";
import { gauss } from "../algebra/number.js";
import { add, constant, fromProduct, keyOf, type Sum, scale, type Term, zeroSum } from "../algebra/sum.js";
import { multiply, multiplyNormal } from "../algebra/wick.js";
import type { Species } from "../core/expression.js";
import { fail } from "../source/diagnostic.js";
import { nowhere } from "../source/span.js";
import { type Block, exchange, imagesBy, isShifted, joined, ladder, second } from "./block.js";
import { bracket, scalarPart } from "./bracket.js";
import type { Called, Context, Transformation } from "./context.js";
import { settle } from "./function.js";
import { bare, familyOf, placeholders } from "./hyperbolic.js";
import { blockAt, powersOf } from "./propagator.js";
import { byComponent } from "./space.js";
import { functional } from "./square.js";
import { differentiate } from "./time.js";

/**
 * Conjugation by exp(Q), Q quadratic and skew-adjoint, even in fermions. With
 *   [a_x, Q] = \int D(x,y) a_y + K(x,y) a_y^*,
 * exp(-Q) (a, a^*) exp(Q) = e^M (a, a^*), M = (D, K; \overline{K}, \overline{D}). Closed forms of e^M:
 * where M^2 = h for a function h of the label (a pair generator in momentum space, a few modes),
 *   e^M = \cosh\sqrt{h} + \sinh\sqrt{h}/\sqrt{h} M,
 * and where D = 0, e^M = (ch(K), sh(K); \overline{sh(K)}, \overline{ch(K)}). For other M the blocks of e^M are kernels of their own.
 * Source: Baker-Campbell-Hausdorff; the exponential of a matrix from its minimal polynomial.
 */

/** Species whose ladder operators occur in a sum, in the order of their declaration. */
function speciesOf(sum: Sum): Species[] {
  const found = new Map<number, Species>();
  for (const term of sum.values())
    for (let i = 0; i < term.mono.length; i += 2)
      for (const v of atomOf(term.mono[i] as number).vertices) {
        const head = headOf(v.head);
        if (head.kind === "ladder") found.set(head.species.id, head.species);
      }
  return [...found.values()].sort((a, b) => a.id - b.id);
}

let transformations = new Map<string, Transformation>();
export function resetTransformations(): void {
  transformations = new Map();
}

/** The transformation of a quadratic generator, the same one for equal generators. */
export function transformation(q: Sum, unitary: Called, context: Context): Transformation {
  const key = `${unitary.passing ? "/" : ""}${unitary.name} ${context.limit ?? ""} ${storeBase(q)}`;
  let known = transformations.get(key);
  if (known === undefined) {
    known = make(q, unitary, context);
    transformations.set(key, known);
  }
  return known;
}

function make(q: Sum, unitary: Called, context: Context): Transformation {
  const { name } = unitary;
  const plain = { ...context, normal: false };
  const all = speciesOf(q);
  const rows = all.map((s) => bracket(ladder(s, false, placeholders(s.slots)), q, -1, plain));
  // An even generator makes bosons of bosons and fermions of fermions; the other brackets are no numbers.
  const meets = (i: number, t: Species): boolean => (all[i] as Species).statistics === t.statistics;
  const passive = rows.map((row, i) =>
    all.map((t) => (meets(i, t) ? bracket(row, ladder(t, true, placeholders(t.slots, 100)), exchange(t), plain) : zeroSum)),
  );
  const pair = rows.map((row, i) =>
    all.map((t) => (meets(i, t) ? bracket(ladder(t, false, placeholders(t.slots, 100)), row, exchange(t), plain) : zeroSum)),
  );
  const shift = rows.map(scalarPart);
  // Species that do not meet each other go separately.
  const images = new Map<Species, { forward: Sum; backward: Sum }>();
  const left = new Set(all.map((_, i) => i));
  for (const start of all.keys()) {
    if (!left.has(start)) continue;
    const group = [start];
    left.delete(start);
    for (const at of group)
      for (const other of [...left])
        if (((passive[at] as Sum[])[other] as Sum).size > 0 || ((pair[at] as Sum[])[other] as Sum).size > 0) {
          left.delete(other);
          group.push(other);
        }
    group.sort((a, b) => a - b);
    const block: Block = {
      species: group.map((i) => all[i] as Species),
      passive: group.map((i) => group.map((j) => (passive[i] as Sum[])[j] as Sum)),
      pair: group.map((i) => group.map((j) => (pair[i] as Sum[])[j] as Sum)),
      shift: group.map((i) => shift[i] as Sum),
    };
    const closed = functional(block) ?? (isShifted(block) ? undefined : (hyperbolic(block, unitary) ?? propagator(block, unitary)));
    if (closed === undefined)
      fail(
        "not-understood",
        nowhere,
        `no closed form is known for exp of the generator of ${name}`,
        isShifted(block)
          ? "declare two unitaries, one for the terms with one ladder operator and one for those with two, and conjugate with their product"
          : "supported are generators whose square is a function of the label, and those of kernels without deltas of R^d over labels of one kind",
      );
    closed.forEach((image, i) => {
      images.set(block.species[i] as Species, image);
    });
  }
  return {
    images,
    passive: new Map(all.map((s, i) => [s, (passive[i] as Sum[])[i] as Sum])),
    scalar: scalarPart(q),
    shifted: shift.some((sum) => sum.size > 0),
    known: new Map(),
  };
}

/** e^M for D = 0, with ch and sh of the pair kernel. */
function hyperbolic(block: Block, unitary: Called): readonly { forward: Sum; backward: Sum }[] | undefined {
  if (block.passive.some((row) => row.some((sum) => sum.size > 0))) return undefined;
  const one = joined(block);
  if (one === undefined || (block.species[0] as Species).slots.length === 0) return undefined;
  const kernel = bare(`k_{${unitary.name}}`, one.kinds);
  const { family, phase, n, d, bar } = familyOf(one.whole(block.pair), one.kinds, kernel, unitary);
  return imagesBy(block, one, (creation, inverse, args) =>
    creation ? scale(member(family, "sh", inverse ? -n : n, d, bar, args), phase) : member(family, "p", n, d, bar, args),
  );
}

/**
 * e^M for any D and K, with the blocks of e^M as kernels of their own, where D and K are kernels without deltas of R^d: only then
 * e^M - 1 is one. Several modes without labels have matrices of numbers, whose products would be hidden in sums that are written out.
 */
function propagator(block: Block, unitary: Called): readonly { forward: Sum; backward: Sum }[] | undefined {
  const one = joined(block);
  if (one === undefined || (block.species[0] as Species).slots.length === 0) return undefined;
  const [passive, pair] = [one.whole(block.passive), one.whole(block.pair)];
  if (singular(passive) || singular(pair)) return undefined;
  const powers = powersOf({ passive, pair }, one.kinds, unitary, (block.species[0] as Species).statistics);
  return powers && imagesBy(block, one, (creation, inverse, args) => blockAt(powers, creation ? "v" : "r", inverse, args));
}

/** Whether a kernel has deltas of R^d or derivatives in it. */
const singular = (values: Sum): boolean =>
  [...values.values()].some((term) =>
    term.mono.some(
      (id, i) =>
        i % 2 === 0 &&
        atomOf(id).vertices.some((v) => {
          const head = headOf(v.head);
          return (head.kind === "delta" && head.of.kind === "space") || ("partials" in head && head.partials.length > 0);
        }),
    ),
  );

// Conjugation

/** U^{-1} A U for U = exp(Q), or U A U^{-1} backward: every ladder operator replaced in its place. */
export function conjugateBy(sum: Sum, by: Transformation, backward: boolean, context: Context): Sum {
  const { normal } = context;
  const product = normal ? multiplyNormal : (a: Sum, b: Sum): Sum => multiply(a, b, {}, context.limit);
  const parts: Sum[] = [];
  for (const term of sum.values()) {
    // Terms that differ by a number have one image, and claims conjugate the same ones again.
    const key = `${backward ? "-" : "+"}${normal ? ":" : ""}${keyOf(0, term.mono)}`;
    let image = by.known.get(key);
    if (image === undefined) {
      image = conjugateTerm({ coefficient: 1, scalar: 0, mono: term.mono }, by, backward, product);
      if (by.known.size < mostKnown) by.known.set(key, image);
    }
    parts.push(scale(image, term.coefficient, term.scalar));
  }
  return parts.length === 0 ? zeroSum : settle(add(...parts));
}

/** Most conjugated terms that are kept of one transformation. */
const mostKnown = 20_000;

/** The image of one ladder operator, undefined when the transformation leaves it alone. */
function imageOf(head: Head & { readonly kind: "ladder" }, args: readonly Arg[], by: Transformation, backward: boolean): Sum | undefined {
  const { species, creation } = head;
  const known = by.images.get(species);
  if (known === undefined) return undefined;
  let template = backward ? known.backward : known.forward;
  head.partials.forEach((slot, i) => {
    const label = placeholders(species.slots)[slot] as number;
    template = byComponent(template, label, args[species.slots.length + i] as Arg);
  });
  const here = substitute(template, new Map(placeholders(species.slots).map((code, i) => [code, args[i] as Arg])));
  return creation ? adjoint(here) : here;
}

function conjugateTerm(term: Term, by: Transformation, backward: boolean, product: (a: Sum, b: Sum) => Sum): Sum {
  const atoms: number[] = [];
  let outside: Sum = constant(term.coefficient, term.scalar);
  for (let i = 0; i < term.mono.length; i += 2) {
    const atom = atomOf(term.mono[i] as number);
    const exp = term.mono[i + 1] as number;
    if (atom.creators + atom.annihilators === 0) {
      outside = multiplyNormal(outside, fromProduct({ coefficient: 1, mono: [atom.id, exp] }));
      continue;
    }
    for (let k = 0; k < exp; k++) atoms.push(atom.id);
  }
  const kinds = atoms.flatMap((id) => atomOf(id).kinds);
  return withTemporaries(kinds, (labels) => {
    let scalars: Sum = outside;
    const creators: Sum[] = [];
    const annihilators: Sum[] = [];
    let from = 0;
    // Creators move in front of the annihilators of a normal-ordered product: fermions change sign where they pass.
    let [passed, sign] = [0, 1];
    for (const id of atoms) {
      const atom = atomOf(id);
      const own = labels.slice(from, from + atom.kinds.length);
      from += atom.kinds.length;
      for (const v of atom.vertices) {
        const args = v.args.map((a) => openArg(a, own));
        const head = headOf(v.head);
        if (head.kind !== "ladder") {
          scalars = multiplyNormal(scalars, fromProduct(normalise({ kinds: [], vertices: [{ ...v, args }] })));
          continue;
        }
        const image =
          imageOf(head, args, by, backward) ?? fromProduct(normalise({ kinds: [], vertices: [{ head: v.head, args, exp: 1 }] }));
        if (head.species.statistics === "fermion" && !head.creation) passed++;
        if (head.species.statistics === "fermion" && head.creation && passed % 2 === 1) sign = -sign;
        for (let k = 0; k < v.exp; k++) (head.creation ? creators : annihilators).push(image);
      }
    }
    let value: Sum = constant(sign);
    for (const factor of [...creators, ...annihilators]) value = settle(product(value, factor));
    return settle(bind(multiplyNormal(scalars, value), labels));
  });
}

/**
 * (dU/dt) U^{-1} for U = exp(Q) (backward: its inverse): the quadratic R with
 *   [R, a_x] = \sum c \partial_t B + s \partial_t B^*,   where B = U a U^{-1} and a = c B + s B^* inverts it.
 * Quadratic operators without constants close under commutators only in Weyl order. Where Q = \int D a^* a + ... + u is in
 * normal order, its constant in Weyl order is u - 1/2 tr D; so the constant of R is \partial_t (u - 1/2 tr D) in that order, and
 * in normal order 1/2 tr of its number-conserving kernel more. Only the difference of the traces need exist.
 *
 * @throws Fault "not-understood" where Q has linear terms too
 */
export function rateOf(by: Transformation, backward: boolean, context: Context): Sum {
  if (by.shifted)
    fail(
      "not-understood",
      nowhere,
      "the time derivative of a unitary whose generator has terms with one and with two ladder operators is not understood",
      "declare two unitaries, one for each",
    );
  const parts: Sum[] = [scale(differentiate(by.scalar, context), backward ? -1 : 1)];
  const plain = { ...context, normal: false };
  for (const [s, image] of by.images) {
    const own = placeholders(s.slots);
    // U a U^{-1} is the backward image for U = exp(Q).
    const inverse = backward ? image.backward : image.forward;
    const row = linear(inverse, (t, creation, args) => {
      const known = by.images.get(t) as { forward: Sum; backward: Sum };
      const dot = differentiate(backward ? known.forward : known.backward, context);
      const here = substitute(dot, new Map(placeholders(t.slots).map((code, i) => [code, args[i] as Arg])));
      return creation ? adjoint(here) : here;
    });
    for (const t of by.images.keys()) {
      if (t.statistics !== s.statistics) continue;
      const labels = second(t);
      const alpha = bracket(row, ladder(t, true, labels), exchange(t), plain);
      const beta = bracket(ladder(t, false, labels), row, exchange(t), plain);
      const close = (value: Sum): Sum => settle(bind(value, [...own, ...labels]));
      if (alpha.size > 0) {
        parts.push(scale(close(multiplyNormal(alpha, multiplyNormal(ladder(s, true, own), ladder(t, false, labels)))), -1));
      }
      if (s === t && !conserving(image)) {
        const before = scale(differentiate(by.passive.get(s) ?? zeroSum, context), backward ? -1 : 1);
        const traced = settle(add(alpha, before));
        if (traced.size > 0) {
          const diagonalOf = substitute(traced, new Map(labels.map((code, i) => [code, own[i] as number])));
          parts.push(scale(settle(bind(diagonalOf, own)), gauss(exchange(s), 0, 2)));
        }
      }
      if (beta.size > 0) {
        const pairs = scale(close(multiplyNormal(beta, multiplyNormal(ladder(s, true, own), ladder(t, true, labels)))), gauss(-1, 0, 2));
        parts.push(pairs, scale(adjoint(pairs), -1));
      }
    }
  }
  return add(...parts);
}

/** Whether annihilators go to annihilators: number-conserving operators close under commutators in normal order, without constants. */
const conserving = ({ forward }: { readonly forward: Sum }): boolean =>
  [...forward.values()].every(({ mono }) => mono.every((id, i) => i % 2 === 1 || atomOf(id).creators === 0));

/** A linear sum with its ladder operators replaced: no order matters. */
function linear(sum: Sum, image: (species: Species, creation: boolean, args: readonly Arg[]) => Sum): Sum {
  const parts: Sum[] = [];
  for (const term of sum.values()) {
    const kinds = term.mono.flatMap((id, i) => (i % 2 === 0 ? atomOf(id).kinds : []));
    parts.push(
      withTemporaries(kinds, (labels) => {
        let value: Sum = constant(term.coefficient, term.scalar);
        let from = 0;
        for (let i = 0; i < term.mono.length; i += 2) {
          const atom = atomOf(term.mono[i] as number);
          const own = labels.slice(from, from + atom.kinds.length);
          from += atom.kinds.length;
          for (const v of atom.vertices) {
            const args = v.args.map((a) => openArg(a, own));
            const head = headOf(v.head);
            const exp = v.exp * (atom.kinds.length === 0 && head.kind !== "ladder" ? (term.mono[i + 1] as number) : 1);
            const factor =
              head.kind === "ladder"
                ? image(head.species, head.creation, args)
                : fromProduct(normalise({ kinds: [], vertices: [{ ...v, args, exp }] }));
            value = multiplyNormal(value, factor);
          }
        }
        return bind(value, labels);
      }),
    );
  }
  return parts.length === 0 ? zeroSum : settle(add(...parts));
}

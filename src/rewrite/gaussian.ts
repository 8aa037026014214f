import { atomOf } from "../algebra/atom.js";
import { adjoint, bind, openArg, storeBase, substitute } from "../algebra/bind.js";
import { normalise } from "../algebra/diagram.js";
import { member } from "../algebra/family.js";
import { type Head, headOf, ladderHead } from "../algebra/head.js";
import { type Arg, constantLabel, freeLabel, withTemporaries } from "../algebra/label.js";
import { type Coefficient, denominator, gauss, imag, imaginary, real } from "../algebra/number.js";
import { scalarEntries, scalarMultiply, scalarPositive, scalarPower } from "../algebra/scalar.js";
import { add, constant, fromProduct, keyOf, type Sum, scale, type Term, zeroSum } from "../algebra/sum.js";
import { degrees, multiply, multiplyNormal } from "../algebra/wick.js";
import { type Kind, type Species, sameKind, type Unitary } from "../core/expression.js";
import { rational } from "../core/rational.js";
import { fail } from "../source/diagnostic.js";
import { nowhere } from "../source/span.js";
import { bracket } from "./bracket.js";
import type { Context, Transformation } from "./context.js";
import { exponential, powerOfScalar, settle } from "./function.js";
import { familyOf, identityAt, placeholders } from "./hyperbolic.js";
import { blockAt, powersOf } from "./propagator.js";
import { byComponent } from "./space.js";
import { differentiate } from "./time.js";

/**
 * Conjugation by exp(Q), Q quadratic and skew-adjoint, even in fermions. With
 *   [a_x, Q] = \int D(x,y) a_y + K(x,y) a_y^*,
 * exp(-Q) (a, a^*) exp(Q) = e^M (a, a^*), M = (D, K; \overline{K}, \overline{D}). Two closed forms of e^M:
 * where M^2 = h for a function h of the label (a pair generator in momentum space, a few modes),
 *   e^M = \cosh\sqrt{h} + \sinh\sqrt{h}/\sqrt{h} M,
 * and where D = 0, e^M = (ch(K), sh(K); \overline{sh(K)}, \overline{ch(K)}). For other M the blocks of e^M are kernels of their own.
 * Source: Baker-Campbell-Hausdorff; the exponential of a matrix from its minimal polynomial.
 */
interface Block {
  readonly species: readonly Species[];
  /** [a_s(first), Q] split by what it ends in: D and K, by species, at first and second placeholders. */
  readonly passive: readonly (readonly Sum[])[];
  readonly pair: readonly (readonly Sum[])[];
}

/** The sign of the bracket of two ladder operators that is a number: a commutator for bosons, an anticommutator for fermions. */
const exchange = (species: Species): -1 | 1 => (species.statistics === "fermion" ? 1 : -1);

const ladder = (species: Species, creation: boolean, args: readonly Arg[]): Sum =>
  fromProduct(normalise({ kinds: [], vertices: [{ head: ladderHead(species, creation), args, exp: 1 }] }));

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
export function transformation(q: Sum, unitary: Unitary, context: Context): Transformation {
  const key = `${unitary.name} ${context.limit ?? ""} ${storeBase(q)}`;
  let known = transformations.get(key);
  if (known === undefined) {
    known = make(q, unitary, context);
    transformations.set(key, known);
  }
  return known;
}

function make(q: Sum, unitary: Unitary, context: Context): Transformation {
  const { name } = unitary;
  const plain = { ...context, normal: false };
  const all = speciesOf(q);
  for (const term of q.values()) {
    const [creators, annihilators] = degrees(term.mono);
    if (creators + annihilators === 1)
      fail(
        "not-understood",
        nowhere,
        `the generator of ${name} has terms with one and with two ladder operators; only one of both is supported`,
        `declare two unitaries, one for each, and conjugate with their product`,
      );
  }
  const rows = all.map((s) => bracket(ladder(s, false, placeholders(s.slots)), q, -1, plain));
  const passive = rows.map((row) => all.map((t) => bracket(row, ladder(t, true, placeholders(t.slots, 100)), exchange(t), plain)));
  const pair = rows.map((row) => all.map((t) => bracket(ladder(t, false, placeholders(t.slots, 100)), row, exchange(t), plain)));
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
    };
    const closed = functional(block) ?? hyperbolic(block, unitary) ?? propagator(block, unitary);
    if (closed === undefined)
      fail(
        "not-understood",
        nowhere,
        `no closed form is known for exp of the generator of ${name}`,
        "supported are generators whose square is a function of the label, and those of kernels without deltas of R^d over labels of one kind",
      );
    closed.forEach((image, i) => {
      images.set(block.species[i] as Species, image);
    });
  }
  const scalar = new Map([...q].filter(([, term]) => degrees(term.mono).every((n) => n === 0)));
  return { images, passive: new Map(all.map((s, i) => [s, (passive[i] as Sum[])[i] as Sum])), scalar, known: new Map() };
}

/** Labels of a species at the second placeholders. */
const second = (s: Species): number[] => placeholders(s.slots, 100);

/** \int M(x,y) z_y dy of a row: what it makes of the ladder operators at y, `second` bound. */
function applied(values: Sum, t: Species, creation: boolean): Sum {
  const labels = second(t);
  return settle(bind(multiplyNormal(values, ladder(t, creation, labels)), labels));
}

// A square that is a function of the label

/** The factor of a sum that is `f(first) \delta(first - second)`, undefined for others. */
function diagonal(values: Sum, kinds: readonly Kind[]): Sum | undefined {
  if (values.size === 0) return zeroSum;
  const [x, y] = [placeholders(kinds), placeholders(kinds, 100)];
  // Integrated against 1: what is left is f, if it was of that form.
  let f: Sum;
  try {
    f = bind(values, y);
  } catch {
    return undefined;
  }
  const again = multiplyNormal(f, identityAt(kinds, x, y));
  const rest = add(values, scale(again, -1));
  return rest.size === 0 ? f : undefined;
}

/** The square root, either of the two, of a function that may be a perfect square. */
function root(h: Sum): Sum {
  if (h.size === 1) {
    const [term] = [...h.values()] as [Term];
    const c = rootOfNumber(term.coefficient);
    const scalar = halfScalar(term.scalar);
    const atoms = term.mono.every((exp, i) => i % 2 === 0 || exp % 2 === 0);
    if (c !== undefined && scalar !== undefined && atoms) {
      let value: Sum = constant(c, scalar);
      for (let i = 0; i < term.mono.length; i += 2)
        value = multiplyNormal(value, fromProduct({ coefficient: 1, mono: [term.mono[i] as number, (term.mono[i + 1] as number) / 2] }));
      return value;
    }
  }
  // sqrt(-s) = i sqrt(s) for s > 0: either root will do, and this one can be conjugated.
  const negative = [...h.values()].every((term) => Number(imag(term.coefficient)) === 0 && Number(real(term.coefficient)) < 0);
  return negative ? scale(powerOfScalar(scale(h, -1), 1, 2), imaginary) : powerOfScalar(h, 1, 2);
}

/** Square roots of rationals of either sign that are rational up to a factor i. */
function rootOfNumber(c: Coefficient): Coefficient | undefined {
  if (Number(imag(c)) !== 0) return undefined;
  const [n, d] = [Number(real(c)), Number(denominator(c))];
  const [p, q] = [Math.round(Math.sqrt(Math.abs(n))), Math.round(Math.sqrt(d))];
  if (!Number.isSafeInteger(n) || !Number.isSafeInteger(d) || p * p !== Math.abs(n) || q * q !== d) return undefined;
  return n < 0 ? gauss(0, p, q) : gauss(p, 0, q);
}

function halfScalar(id: number): number | undefined {
  let value = 0;
  for (const { base, num, den } of scalarEntries(id)) {
    const one = num % 2 === 0 ? scalarPower(base, num / 2, den) : scalarPower(base, num, 2 * den);
    if (one.factor !== 1 || (num % 2 !== 0 && !scalarPositive(one.id))) return undefined;
    const product = scalarMultiply(value, one.id);
    if (product.factor !== 1) return undefined;
    value = product.id;
  }
  return value;
}

/** Values of the labels in finite sets that are looked at one by one. */
const mostCases = 64;

/**
 * h, a function of the label, and where it is that: with Kronecker deltas, as in r^2 \delta_{n,1} + r^2 \delta_{n,2}, one
 * function without them for each value of the labels in finite sets, or one for all where they agree.
 */
function cases(h: Sum, s: Species): readonly { readonly square: Sum; readonly where: Sum }[] {
  const one = [{ square: h, where: constant(1) }];
  const labels = placeholders(s.slots);
  const isDelta = (id: number): boolean => atomOf(id).vertices.some((v) => headOf(v.head).kind === "delta");
  if (![...h.values()].some((term) => term.mono.some((id, i) => i % 2 === 0 && isDelta(id)))) return one;
  const listed = s.slots.flatMap((kind, i) =>
    kind.kind === "finite" && kind.size === undefined ? [{ kind, label: labels[i] as number }] : [],
  );
  if (listed.length === 0 || listed.reduce((count, { kind }) => count * kind.values.length, 1) > mostCases) return one;
  let all: { readonly values: readonly number[] }[] = [{ values: [] }];
  for (const { kind } of listed) all = all.flatMap(({ values }) => kind.values.map((v) => ({ values: [...values, v] })));
  const kinds = listed.map(({ kind }) => kind);
  const places = listed.map(({ label }) => label);
  const split = all.map(({ values }) => {
    const at = values.map((v, i) => constantLabel(kinds[i] as Kind, v));
    return { square: substitute(h, new Map(places.map((label, i) => [label, at[i] as Arg]))), where: identityAt(kinds, places, at) };
  });
  const [first, ...others] = split as [(typeof split)[number], ...typeof split];
  if (others.every(({ square }) => add(square, scale(first.square, -1)).size === 0)) return [{ square: first.square, where: constant(1) }];
  return split;
}

/** e^M from M^2 = h. */
function functional(block: Block): readonly { forward: Sum; backward: Sum }[] | undefined {
  const { species, passive, pair } = block;
  const n = species.length;
  // M acts on rows (a, a^*): the block of row i, column j, upper and lower.
  const upper = (i: number, j: number, creation: boolean): Sum => ((creation ? pair : passive)[i] as Sum[])[j] as Sum;
  const entry = (i: number, bar: boolean, j: number, creation: boolean): Sum =>
    bar ? adjoint(upper(i, j, !creation)) : upper(i, j, creation);
  const squares: Sum[] = [];
  for (let i = 0; i < n; i++) {
    const s = species[i] as Species;
    for (let j = 0; j < n; j++)
      for (const creation of [false, true]) {
        const parts: Sum[] = [];
        for (let k = 0; k < n; k++) {
          const middle = species[k] as Species;
          const labels = placeholders(middle.slots, 200);
          for (const bar of [false, true]) {
            const left = entry(i, false, k, bar);
            const right = entry(k, bar, j, creation);
            if (left.size === 0 || right.size === 0) continue;
            const a = substitute(left, new Map(second(middle).map((code, at) => [code, labels[at] as number])));
            const b = substitute(right, new Map(placeholders(middle.slots).map((code, at) => [code, labels[at] as number])));
            parts.push(bind(multiplyNormal(a, b), labels));
          }
        }
        const whole = parts.length === 0 ? zeroSum : add(...parts);
        if (i === j && !creation) {
          const f = diagonal(whole, s.slots);
          if (f === undefined) return undefined;
          squares.push(f);
        } else if (whole.size > 0) return undefined;
      }
  }
  return species.map((s, i) => {
    const h = squares[i] as Sum;
    const row = (sign: 1 | -1): Sum => {
      const parts: Sum[] = [];
      for (let j = 0; j < n; j++)
        for (const creation of [false, true]) {
          const values = upper(i, j, creation);
          if (values.size > 0) parts.push(applied(values, species[j] as Species, creation));
        }
      const linear = add(...parts);
      const own = ladder(s, false, placeholders(s.slots));
      const whole = cases(h, s).map(({ square, where }) => {
        if (square.size === 0) return multiplyNormal(where, add(own, scale(linear, sign)));
        const r = root(square);
        const [plus, minus] = [exponential(r), exponential(scale(r, -1))];
        const cosh = scale(add(plus, minus), gauss(1, 0, 2));
        const sinh = scale(add(plus, scale(minus, -1)), gauss(1, 0, 2));
        const over = multiplyNormal(sinh, powerOfScalar(r, -1, 1));
        return multiplyNormal(where, add(multiplyNormal(cosh, own), scale(multiplyNormal(over, linear), sign)));
      });
      return settle(add(...whole));
    };
    return { forward: row(1), backward: row(-1) };
  });
}

// Pair generators

/** The labels of a block's species as one kind: several species are the values 1, ..., n of a finite label in front of theirs. */
interface Joined {
  readonly kinds: readonly Kind[];
  /** The sum over all entries of a matrix of kernels, at `placeholders(kinds)` and `placeholders(kinds, kinds.length)`. */
  readonly whole: (entries: readonly (readonly Sum[])[]) => Sum;
  /** The labels of a species as such a label. */
  readonly at: (species: number, codes: readonly number[]) => Arg[];
}

/** Undefined where the species have different labels. */
function joined({ species }: Block): Joined | undefined {
  const { slots } = species[0] as Species;
  if (species.some((s) => s.slots.length !== slots.length || s.slots.some((kind, i) => !sameKind(kind, slots[i] as Kind))))
    return undefined;
  const single = species.length === 1;
  const index: Kind = { kind: "finite", values: species.map((_, i) => i + 1) };
  const kinds = single ? slots : [index, ...slots];
  const [x, y] = [placeholders(kinds), placeholders(kinds, kinds.length)];
  const shift = single ? 0 : 1;
  const entry = (sum: Sum, i: number, j: number): Sum => {
    // In two steps, as the placeholders of both overlap.
    const far = new Map<number, Arg>();
    const back = new Map<number, Arg>();
    const move = (codes: readonly number[], targets: readonly number[]): void =>
      codes.forEach((from, at) => {
        const middle = freeLabel({ id: -2_600_000_000 - far.size, name: `!${far.size}`, kind: slots[at] as Kind });
        far.set(from, middle);
        back.set(middle, targets[at + shift] as number);
      });
    move(placeholders(slots), x);
    move(placeholders(slots, 100), y);
    const value = substitute(substitute(sum, far), back);
    if (single) return value;
    const [row, column] = [constantLabel(index, i + 1), constantLabel(index, j + 1)];
    return multiplyNormal(
      value,
      multiplyNormal(identityAt([index], [x[0] as number], [row]), identityAt([index], [y[0] as number], [column])),
    );
  };
  return {
    kinds,
    whole: (entries) => add(...entries.flatMap((row, i) => row.map((sum, j) => entry(sum, i, j)))),
    at: (i, codes) => (single ? [...codes] : [constantLabel(index, i + 1), ...codes]),
  };
}

/** Images by the kernels in front of a and of a^*, of e^M and of e^{-M}, less the identity. */
function imagesBy(
  { species }: Block,
  { at }: Joined,
  kernel: (creation: boolean, inverse: boolean, args: readonly Arg[]) => Sum,
): readonly { forward: Sum; backward: Sum }[] {
  return species.map((s, i) => {
    const own = placeholders(s.slots);
    const image = (inverse: boolean): Sum => {
      const terms: Sum[] = [ladder(s, false, own)];
      species.forEach((t, j) => {
        const args = [...at(i, own), ...at(j, second(t))];
        for (const creation of [false, true]) terms.push(applied(kernel(creation, inverse, args), t, creation));
      });
      return add(...terms);
    };
    return { forward: image(false), backward: image(true) };
  });
}

/** e^M for D = 0, with ch and sh of the pair kernel. */
function hyperbolic(block: Block, unitary: Unitary): readonly { forward: Sum; backward: Sum }[] | undefined {
  if (block.passive.some((row) => row.some((sum) => sum.size > 0))) return undefined;
  const one = joined(block);
  if (one === undefined || one.kinds.length === 0 || (block.species[0] as Species).slots.length === 0) return undefined;
  const { kinds } = one;
  const label = (id: number, kind: Kind) => ({ id, name: "x", kind });
  const kernel = {
    name: `k_{${unitary.name}}`,
    first: kinds.map((kind, i) => label(-2_700_000_000 - i, kind)),
    second: kinds.map((kind, i) => label(-2_700_000_100 - i, kind)),
    body: { kind: "number" as const, value: rational(0), span: nowhere },
  };
  const { family, phase, n, d, bar } = familyOf(one.whole(block.pair), kinds, kernel, unitary);
  return imagesBy(block, one, (creation, inverse, args) =>
    creation ? scale(member(family, "sh", inverse ? -n : n, d, bar, args), phase) : member(family, "p", n, d, bar, args),
  );
}

/**
 * e^M for any D and K, with the blocks of e^M as kernels of their own, where D and K are kernels without deltas of R^d: only then
 * e^M - 1 is one. Where all labels are in finite sets that are listed, sums over them are written out, which hides products of matrices.
 */
function propagator(block: Block, unitary: Unitary): readonly { forward: Sum; backward: Sum }[] | undefined {
  const one = joined(block);
  if (one === undefined || one.kinds.every((kind) => kind.kind === "finite" && kind.size === undefined)) return undefined;
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
 */
export function rateOf(by: Transformation, backward: boolean, context: Context): Sum {
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

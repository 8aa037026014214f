import { type Rational, rational } from "../core/rational.js";
import type { Span } from "../source/span.js";
import { Slow, Transcendental, Unsupported } from "./limits.js";
import { conjugate, dot, entry, identity, image, type Matrix, matrixOf, norm, product, scaled, sum, vectorOf } from "./matrix.js";
import type { Node } from "./node.js";
import type { Ring, Value } from "./ring.js";

/** Terms of a series that are summed at most. */
const mostTerms = 80;

/** A kernel on the points over which compositions run, with the weight of a point in an integral. */
interface Sampled {
  /** k(z, w) */
  readonly inner: Matrix;
  readonly weight: Value;
  readonly multiple: Rational;
}

/**
 * The middle of ch(mk) - 1 and of sh(mk): with Y = m^2 \overline{k} k as a matrix that holds the weights,
 *   ch(mk) - 1 = m^2 k F \overline{k},           F = sum_n Y^n / (2n+2)!,
 *   sh(mk) = m k + m^3 k G \overline{k} k,       G = sum_n Y^n / (2n+3)!,
 * so that k stands outermost and may be taken at any points.
 * @returns m^2 times the weight times F for "p", m^3 times the weight times G for "sh"
 */
function middle(ring: Ring, name: "p" | "sh", of: Sampled, kernel: string, span: Span, spend: (k: number) => void): Matrix {
  const { inner, weight, multiple } = of;
  const { size } = inner;
  let [even, odd] = [true, true];
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      const [a, b] = [entry(inner, i, j), entry(inner, j, i)];
      even &&= same(ring, a, b);
      odd &&= same(ring, a, ring.negate(b));
    }
  if (!even && !odd)
    throw new Unsupported(
      `ch and sh are of kernels with k(x,y) = k(y,x) or k(x,y) = -k(y,x), and ${kernel} is neither symmetric nor antisymmetric`,
      span,
    );
  const m = ring.rational(multiple);
  const step = ring.multiply(ring.multiply(m, weight), ring.multiply(m, weight));
  const y = scaled(product(conjugate(inner), inner, spend), step);
  const start = name === "p" ? 2 : 3;
  let term = scaled(identity(ring, size), ring.rational(rational(1, start === 2 ? 2 : 6)));
  let total = term;
  for (let n = 1; ; n++) {
    if (ring.exact && n > ring.order + ring.depth + 1) throw new Transcendental("ch or sh of what does not vanish with the kernels");
    if (n > mostTerms) throw new Slow(`the series of ${kernel} converges too slowly: its numbers are too large`);
    const over = rational(1, (2 * n + start - 1) * (2 * n + start));
    term = scaled(product(term, y, spend), ring.rational(over));
    total = sum(total, term);
    if (norm(term) <= 1e-19 * norm(total)) break;
  }
  const outer = ring.multiply(weight, name === "p" ? ring.multiply(m, m) : ring.multiply(m, ring.multiply(m, m)));
  return scaled(total, outer);
}

function same(ring: Ring, a: Value, b: Value): boolean {
  const d = ring.subtract(a, b);
  if (ring.exact) return ring.isZero(d);
  for (let i = 0; i < d.length; i += 3)
    if (Math.hypot(d[i] as number, d[i + 1] as number) > 1e-9 * ((d[i + 2] as number) + 1e-300)) return false;
  return true;
}

/** A series that has been summed. */
export interface Summed extends Sampled {
  readonly middle: Matrix;
  readonly points: readonly (readonly number[])[];
  /** By the points: k(x, .), and the middle applied to what stands to the right of it. */
  readonly left: Map<string, Float64Array>;
  readonly right: Map<string, Float64Array>;
}

/** k at points of its first and of its second argument. */
type Sample = (first: readonly number[], second: readonly number[]) => Value;

/** ch(mk) - 1 or sh(mk) at two points, from what `middle` made. */
function ends(ring: Ring, name: "p" | "sh", of: Summed, k: Sample, x: readonly number[], y: readonly number[]): Value {
  const { points } = of;
  const [from, to] = [x.join(), y.join()];
  const left =
    of.left.get(from) ??
    vectorOf(
      ring,
      points.map((z) => k(x, z)),
    );
  of.left.set(from, left);
  let right = of.right.get(to);
  if (right === undefined) {
    const last = points.map((z) => k(z, y));
    if (name === "p")
      right = image(
        of.middle,
        vectorOf(
          ring,
          last.map((v) => ring.conj(v)),
        ),
      );
    else right = image(of.middle, image(scaled(conjugate(of.inner), of.weight), vectorOf(ring, last)));
    of.right.set(to, right);
  }
  const rest = dot(ring, left, right);
  return name === "p" ? rest : ring.add(ring.multiply(ring.rational(of.multiple), k(x, y)), rest);
}

/** Where a series is asked for. */
interface Asked {
  readonly ring: Ring;
  readonly node: Extract<Node, { kind: "hyperbolic" }>;
  /** What has been summed, by the nodes. */
  readonly known: Map<number, Summed>;
  /** The points where labels stand; those of the kernel's body are moved, and put back. */
  readonly environment: number[];
  readonly scalar: (node: Node) => Value;
  readonly spend: (operations: number) => void;
}

/**
 * ch(mk) - 1 or sh(mk) at the points where its labels stand.
 * @throws Transcendental in the exact mode without epsilon, or where the kernel does not vanish with epsilon
 */
export function seriesAt({ ring, node, known, environment, scalar, spend }: Asked): Value {
  if (ring.exact && ring.depth === 0) throw new Transcendental("a series without end");
  const { of, first, second, from, to, body, domains, weight } = node.series;
  const put = (labels: readonly number[], points: readonly number[]): void =>
    labels.forEach((label, i) => {
      environment[label] = points[i] as number;
    });
  const where = (labels: readonly number[]): readonly number[] => labels.map((label) => environment[label] as number);
  const k: Sample = (x, y) => {
    put(from, x);
    put(to, y);
    return scalar(body);
  };
  const [x, y, before] = [where(first), where(second), where([...from, ...to])];
  let summed = known.get(node.id);
  if (summed === undefined) {
    const points = domains.reduce<readonly (readonly number[])[]>(
      (tuples, domain) => tuples.flatMap((tuple) => domain.map((point) => [...tuple, point])),
      [[]],
    );
    const inner = matrixOf(
      ring,
      points.map((z) => points.map((w) => k(z, w))),
    );
    const sampled = { inner, weight: scalar(weight), multiple: of.multiple, points };
    const made = middle(ring, of.name, sampled, of.kernel.name, of.kernel.body.span, spend);
    summed = { ...sampled, middle: made, left: new Map(), right: new Map() };
    known.set(node.id, summed);
  }
  spend(summed.points.length);
  const value = ends(ring, of.name, summed, k, x, y);
  put([...from, ...to], before);
  return value;
}

import type { Label } from "../core/expression.js";
import { equals, gcd, multiply, one, type Rational } from "../core/rational.js";
import { Unsupported } from "./limits.js";
import { isUnit, type Row } from "./rows.js";

/**
 * Integrals over R^d and sums over Z^d are modelled by sums over a cyclic group of odd order, where x -> 2x
 * is a permutation. In R^d it has the Jacobian 2^d, and on Z^d it is not onto. So a change of variables may
 * be done in the model exactly when it may be done in the original if all substitutions that the arguments suggest have
 * determinant 1, -1 or 0: the matrix of the labels' coefficients must be totally unimodular, for labels of R^d after each is
 * measured in its unit (`measure.ts`). Columns are the integrated and summed labels, and in a Dirac delta the free ones too:
 * delta(x-y) delta(x+y) = 2^{-d} delta(x) delta(y).
 *
 * Definitions are written out before (`rowsOf`), so that a coefficient matters only where the label that ends up with
 * it is integrated. Rows with one label are unit rows and never matter. If every row has two labels and the labels' signs can be
 * flipped so that each row is a difference, the matrix is the incidence matrix of a graph, which is totally unimodular;
 * otherwise minors are computed, as far as there are few.
 * @throws Unsupported where a minor is neither 0 nor 1 nor -1
 */
export function unimodular(rows: readonly Row[], isFree: (label: Label) => boolean, unit: (label: Label) => Rational): void {
  const matrix = new Map<string, { readonly terms: readonly (readonly [number, number])[]; readonly row: Row }>();
  const sign = (q: Rational): number => (q.n < 0n ? -1 : 1);
  for (const row of rows) {
    const kept = row.terms.filter((t) => (row.of === "delta" && t.label.kind.kind === "space") || !isFree(t.label));
    if (kept.length === 0) continue;
    const sizes = kept.map((t) => {
      const size = t.label.kind.kind === "space" ? multiply(t.coefficient, unit(t.label)) : t.coefficient;
      return { n: size.n < 0n ? -size.n : size.n, d: size.d };
    });
    const common = kept[0]?.label.kind.kind !== "space" ? one : (sizes[0] as Rational);
    if (sizes.some((s) => !equals(s, common)))
      throw new Unsupported(
        "an integrated or summed label has a coefficient other than 1 or -1: the finite model cannot follow its measure",
        row.span,
      );
    if (kept.length === 1) continue;
    const terms = kept.map((t) => [t.label.id, sign(t.coefficient)] as const).sort((a, b) => a[0] - b[0]);
    const lead = (terms[0] as readonly [number, number])[1];
    const normal = terms.map(([id, c]) => [id, c * lead] as const);
    matrix.set(normal.map((t) => t.join("*")).join("+"), { terms: normal, row });
  }
  for (const component of components([...matrix.values()])) {
    if (isGraph(component.map((r) => r.terms))) continue;
    const labels = [...new Set(component.flatMap((r) => r.terms.map((t) => t[0])))];
    const dense = component.map((r) => labels.map((id) => r.terms.find((t) => t[0] === id)?.[1] ?? 0));
    // All minors where that is cheap; else those of order two and three, where every everyday case shows.
    const most = Math.min(dense.length, labels.length, dense.length > 9 || labels.length > 9 ? 3 : 9);
    minors(dense, most, (d) => {
      if (Math.abs(d) > 1)
        throw new Unsupported(
          "the labels occur in combinations, like x+y together with x-y, whose change of variables has a Jacobian that the finite model does not have",
          (component[0] as { readonly row: Row }).row.span,
        );
    });
  }
}

/**
 * Determinants by which the number of points may not be divisible: of the labels' coefficients in Kronecker deltas, where some
 * are not 1 or -1. From 3p = q and 2q = -p follows 7p = 0, so p = 0 on a lattice, but not modulo 7.
 * @throws Unsupported where there are too many
 */
export function latticeMinors(rows: readonly Row[]): ReadonlySet<number> {
  const found = new Set<number>();
  // Numbers beside labels are looked at in `shifts.ts`.
  const deltas = rows
    .map((row) => ({ ...row, terms: row.terms.filter((t) => !t.label.unit) }))
    .filter((row) => row.of === "delta" && row.terms.some((t) => t.label.kind.kind === "lattice"));
  const lists = deltas.map((row) => {
    const common = row.terms.reduce((d, t) => (d * t.coefficient.d) / gcd(d, t.coefficient.d), 1n);
    return { row, terms: row.terms.map((t) => [t.label.id, Number((t.coefficient.n * common) / t.coefficient.d)] as const) };
  });
  for (const component of components(lists)) {
    if (!component.some((r) => r.row.terms.some((t) => !isUnit(t.coefficient)))) continue;
    const labels = [...new Set(component.flatMap((r) => r.terms.map((t) => t[0])))];
    const dense = component.map((r) => labels.map((id) => r.terms.find((t) => t[0] === id)?.[1] ?? 0));
    const whole = minors(dense, Math.min(dense.length, labels.length, 9), (d) => {
      if (Math.abs(d) > 1) found.add(Math.abs(d));
    });
    if (!whole || Math.min(dense.length, labels.length) > 9)
      throw new Unsupported(
        "there are too many combinations of labels with coefficients for the finite model",
        (component[0] as { readonly row: Row }).row.span,
      );
  }
  return found;
}

type Terms = readonly (readonly [number, number])[];

/** Rows that hang together by labels. */
function components<T extends { readonly terms: Terms }>(rows: readonly T[]): readonly (readonly T[])[] {
  const parent = new Map<number, number>();
  const root = (id: number): number => {
    let at = id;
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) {
      parent.set(at, parent.get(up) ?? up);
      at = up;
    }
    return at;
  };
  for (const { terms } of rows) for (const [id] of terms) parent.set(root(id), root((terms[0] as Terms[number])[0]));
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const key = root((row.terms[0] as Terms[number])[0]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

/** True when flipping signs of labels makes every row a difference of two labels: a two-colouring, label by label. */
function isGraph(rows: readonly Terms[]): boolean {
  const neighbours = new Map<number, (readonly [number, number])[]>();
  const join = (from: number, to: number, relation: number): void => {
    const list = neighbours.get(from);
    if (list === undefined) neighbours.set(from, [[to, relation]]);
    else list.push([to, relation]);
  };
  for (const row of rows) {
    const [first, second] = row;
    if (row.length !== 2 || first === undefined || second === undefined) return false;
    const relation = -first[1] * second[1];
    join(first[0], second[0], relation);
    join(second[0], first[0], relation);
  }
  const side = new Map<number, number>();
  for (const start of neighbours.keys()) {
    if (side.has(start)) continue;
    side.set(start, 1);
    const queue = [start];
    for (let id = queue.pop(); id !== undefined; id = queue.pop())
      for (const [other, relation] of neighbours.get(id) ?? []) {
        const wanted = (side.get(id) as number) * relation;
        const known = side.get(other);
        if (known !== undefined && known !== wanted) return false;
        if (known !== undefined) continue;
        side.set(other, wanted);
        queue.push(other);
      }
  }
  return true;
}

/** Shows all minors of order two and more; false where there are too many. */
function minors(rows: readonly (readonly number[])[], most: number, show: (determinant: number) => void): boolean {
  let left = 200000;
  const choose = (from: number, count: number, limit: number): number[][] => {
    if (count === 0) return [[]];
    const out: number[][] = [];
    for (let i = from; i <= limit - count; i++) for (const rest of choose(i + 1, count - 1, limit)) out.push([i, ...rest]);
    return out;
  };
  for (let size = 2; size <= most; size++) {
    const columns = choose(0, size, rows[0]?.length ?? 0);
    for (const chosen of choose(0, size, rows.length)) {
      for (const column of columns) {
        if (left-- <= 0) return false;
        show(determinant(chosen.map((r) => column.map((c) => (rows[r] as readonly number[])[c] as number))));
      }
    }
  }
  return true;
}

/** By expansion along the first row; the matrices have at most nine rows and few entries. */
function determinant(m: readonly (readonly number[])[]): number {
  if (m.length === 1) return m[0]?.[0] as number;
  let sum = 0;
  (m[0] as readonly number[]).forEach((entry, c) => {
    if (entry === 0) return;
    sum += (c % 2 === 0 ? 1 : -1) * entry * determinant(m.slice(1).map((r) => r.filter((_, j) => j !== c)));
  });
  return sum;
}

/**
 * True when all minors of full size (of the size of the rank) of an integer matrix are 0, 1 or -1, as far as can be seen: false also for
 * matrices that are too large. By operations on columns M becomes (1; N) in some order of the rows, and the minors of full size
 * of this are all the minors of N: N must be totally unimodular.
 */
export function regular(matrix: readonly (readonly number[])[]): boolean {
  const rows = distinct(matrix.map((r) => [...r])).filter((r) => r.some((c) => c !== 0));
  const width = rows[0]?.length ?? 0;
  const basis = new Set<readonly number[]>();
  const pivots = new Set<number>();
  for (;;) {
    let row: number[] | undefined;
    let column = -1;
    for (const r of rows) {
      if (basis.has(r)) continue;
      column = r.findIndex((c, i) => !pivots.has(i) && Math.abs(c) === 1);
      if (column >= 0) {
        row = r;
        break;
      }
    }
    if (row === undefined) break;
    const sign = row[column] as number;
    const factors = row.map((c, i) => (i === column ? 0 : c * sign));
    for (const r of rows) {
      const entry = r[column] as number;
      if (entry !== 0) for (let i = 0; i < width; i++) r[i] = (r[i] as number) - (factors[i] as number) * entry;
    }
    basis.add(row);
    pivots.add(column);
  }
  const rest = rows.filter((r) => !basis.has(r));
  // A column that is neither a pivot nor zero has no entry 1: a determinant is another number.
  if (rest.some((r) => r.some((c, i) => Math.abs(c) > 1 || (c !== 0 && !pivots.has(i))))) return false;
  return totallyUnimodular(rest);
}

/** The size up to which the signs of all sets of rows are tried: 3^10 of them. */
const largest = 10;

/**
 * Ghouila-Houri: a matrix is totally unimodular exactly when the rows of each set can be given signs such that their sum has
 * entries 0, 1 and -1 only.
 */
export function totallyUnimodular(matrix: readonly (readonly number[])[]): boolean {
  if (matrix.some((r) => r.some((c) => Math.abs(c) > 1))) return false;
  return components(matrix).every((part) => {
    const small = part.length > (part[0]?.length ?? 0) ? transposed(part) : part;
    if (small.length <= 1) return true;
    return small.length <= largest && signed(small);
  });
}

function signed(rows: readonly (readonly number[])[]): boolean {
  const possible = new Uint8Array(1 << rows.length);
  const walk = (at: number, mask: number, sum: readonly number[]): void => {
    const row = rows[at];
    if (row === undefined) {
      if (sum.every((c) => Math.abs(c) <= 1)) possible[mask] = 1;
      return;
    }
    walk(at + 1, mask, sum);
    for (const sign of mask === 0 ? [1] : [1, -1])
      walk(
        at + 1,
        mask | (1 << at),
        sum.map((c, i) => c + sign * (row[i] as number)),
      );
  };
  walk(
    0,
    0,
    (rows[0] as readonly number[]).map(() => 0),
  );
  return possible.every((p) => p === 1);
}

const transposed = (m: readonly (readonly number[])[]): number[][] => (m[0] ?? []).map((_, j) => m.map((r) => r[j] as number));

/** Rows that are the same up to a sign, once. */
function distinct<R extends readonly number[]>(rows: readonly R[]): R[] {
  const found = new Map<string, R>();
  for (const r of rows) {
    const sign = Math.sign(r.find((c) => c !== 0) ?? 1);
    found.set(r.map((c) => c * sign + 0).join(), r);
  }
  return [...found.values()];
}

/** Without lines that have one entry or are there twice, which change nothing; then the blocks that hang together. */
function components(matrix: readonly (readonly number[])[]): readonly (readonly (readonly number[])[])[] {
  let now: number[][] = matrix.map((r) => [...r]);
  for (;;) {
    const before = `${now.length} ${now[0]?.length ?? 0}`;
    for (let side = 0; side < 2; side++) now = transposed(distinct(now.filter((r) => r.filter((c) => c !== 0).length > 1)));
    if (now.length === 0) return [];
    if (`${now.length} ${now[0]?.length ?? 0}` === before) break;
  }
  const parts: number[][][] = [];
  const left = new Set(now);
  for (const first of now) {
    if (!left.delete(first)) continue;
    const part = [first];
    for (const r of part)
      for (const other of left)
        if (other.some((c, i) => c !== 0 && r[i] !== 0)) {
          left.delete(other);
          part.push(other);
        }
    const columns = first.map((_, i) => i).filter((i) => part.some((r) => r[i] !== 0));
    parts.push(part.map((r) => columns.map((i) => r[i] as number)));
  }
  return parts;
}

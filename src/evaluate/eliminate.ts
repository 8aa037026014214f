import type { Ring, Value } from "./ring.js";

/**
 * Gauss and Jordan's elimination over GF(p), or the real numbers with the largest pivots: a solution of the linear system
 * whose rows end with their right sides, with zeros for what it leaves free; undefined where there is none.
 */
export function eliminate(ring: Ring, rows: readonly (readonly Value[])[]): readonly Value[] | undefined {
  const width = (rows[0]?.length ?? 1) - 1;
  const size = (v: Value): number => (ring.exact ? (ring.isZero(v) ? 0 : 1) : Math.abs(v[0] as number));
  const small = ring.exact ? 0 : 1e-9;
  const rest = rows.map((row) => [...row]);
  const pivots: { readonly column: number; readonly row: Value[] }[] = [];
  for (let column = 0; column < width && rest.length > 0; column++) {
    let best = 0;
    rest.forEach((row, i) => {
      if (size(row[column] as Value) > size((rest[best] as Value[])[column] as Value)) best = i;
    });
    if (size((rest[best] as Value[])[column] as Value) <= small) continue;
    const [pivot] = rest.splice(best, 1) as [Value[]];
    const inverse = ring.invert(pivot[column] as Value);
    const row = pivot.map((v) => ring.multiply(v, inverse));
    for (const other of [...rest, ...pivots.map((p) => p.row)]) {
      const factor = other[column] as Value;
      if (size(factor) === 0) continue;
      row.forEach((v, i) => {
        other[i] = ring.subtract(other[i] as Value, ring.multiply(factor, v));
      });
    }
    pivots.push({ column, row });
  }
  if (rest.some((row) => size(row[width] as Value) > small)) return undefined;
  const solution: Value[] = Array.from({ length: width }, () => ring.zero);
  for (const { column, row } of pivots) solution[column] = row[width] as Value;
  return solution;
}

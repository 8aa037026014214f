/**
 * Edit distance with swaps of neighbours (optimal string alignment), cut off: gives `limit + 1` as soon as it
 * must exceed `limit`. Cost |a| |b|.
 */
export function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((above[j] as number) + 1, (row[j - 1] as number) + 1, (above[j - 1] as number) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] as number) + 1);
      row.push(cost);
      if (cost < least) least = cost;
    }
    if (least > limit) return limit + 1;
    before = above;
    above = row;
  }
  return above[b.length] as number;
}

/**
 * The candidate nearest to a misspelt word, or nothing when all are too far away: more than a third of the
 * word's letters, and at least one, may differ. Of equally near ones the first wins.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > 100) return undefined;
  let best: string | undefined;
  let limit = Math.max(1, Math.floor(word.length / 3) + (word.length > 4 ? 1 : 0));
  for (const candidate of candidates) {
    const d = distance(word, candidate, limit);
    if (d <= limit && (best === undefined || d < limit)) {
      best = candidate;
      limit = d;
    }
  }
  return best;
}

/** All orders of a list, by recursion. */
export function* orders<T>(list: readonly T[]): Generator<readonly T[]> {
  if (list.length <= 1) {
    yield list;
    return;
  }
  for (let i = 0; i < list.length; i++)
    for (const rest of orders([...list.slice(0, i), ...list.slice(i + 1)])) yield [list[i] as T, ...rest];
}

/** Sorts texts, counting the exchanges of those marked odd. */
export function sortSigned(items: readonly { text: string; odd: boolean }[]): { texts: string[]; sign: 1 | -1; repeated: boolean } {
  const list = [...items];
  let sign: 1 | -1 = 1;
  let repeated = false;
  for (let i = 1; i < list.length; i++)
    for (let j = i; j > 0; j--) {
      const a = list[j - 1] as { text: string; odd: boolean };
      const b = list[j] as { text: string; odd: boolean };
      if (a.text === b.text && a.odd) repeated = true;
      if (a.text <= b.text) break;
      list[j - 1] = b;
      list[j] = a;
      if (a.odd && b.odd) sign = -sign as 1 | -1;
    }
  return { texts: list.map((x) => x.text), sign, repeated };
}

import { substitute } from "../algebra/bind.js";
import { listedSlot, type Name, zeroKey } from "../algebra/family.js";
import { type Arg, constantLabel } from "../algebra/label.js";
import { type Sum, zeroSum } from "../algebra/sum.js";
import type { Kind } from "../core/expression.js";

/** More values of a label are not told apart. */
const mostValues = 16;

/**
 * The blocks of e^M, M = (D, k; \overline{k}, \overline{D}), that vanish because no word in D and k leads from one value of the
 * first listed label to the other: ch of a kernel between two species only has no block that mixes them, and sh no other.
 * `labels` are those at which D and k are given, first and second. `even` is the name of what words with an even number of k give (11), `odd` of the others (12).
 */
export function zeroMembers(
  kinds: readonly Kind[],
  labels: readonly number[],
  passive: Sum,
  pair: Sum,
  even: Name,
  odd: Name,
): ReadonlySet<string> {
  const zeros = new Set<string>();
  const at = listedSlot(kinds);
  const kind = kinds[at];
  if (kind?.kind !== "finite" || kind.values.length > mostValues) return zeros;
  const [x, y] = [labels[at] as number, labels[at + kinds.length] as number];
  const block = (sum: Sum, i: number, j: number): Sum =>
    sum.size === 0
      ? zeroSum
      : substitute(
          sum,
          new Map<number, Arg>([
            [x, constantLabel(kind, i)],
            [y, constantLabel(kind, j)],
          ]),
        );
  const steps = kind.values.map((i) =>
    kind.values.flatMap((j, to) => [
      ...(block(passive, i, j).size > 0 ? [{ to, crosses: 0 }] : []),
      ...(block(pair, i, j).size > 0 ? [{ to, crosses: 1 }] : []),
    ]),
  );
  kind.values.forEach((value, start) => {
    const reached = new Set<number>();
    const queue = [{ at: start, crossed: 0 }];
    for (let here = queue.pop(); here !== undefined; here = queue.pop())
      for (const { to, crosses } of steps[here.at] as (typeof steps)[number]) {
        const crossed = (here.crossed + crosses) % 2;
        const node = 2 * to + crossed;
        if (reached.has(node)) continue;
        reached.add(node);
        queue.push({ at: to, crossed });
      }
    kind.values.forEach((other, end) => {
      if (!reached.has(2 * end)) zeros.add(zeroKey(even, value, other));
      if (!reached.has(2 * end + 1)) zeros.add(zeroKey(odd, value, other));
    });
  });
  return zeros;
}

import { argumentLabels } from "../core/argument.js";
import type { Argument, Assumption, Definition, Equation, Expression, Label, Unitary } from "../core/expression.js";
import { children } from "./tree.js";

/** A product of powers of parameters, as exponents by parameter. */
type Powers = ReadonlyMap<number, number>;

/** What a label stands for: its scale, and whether an integral runs over it. */
interface Standing {
  readonly scale: Powers;
  readonly bound: boolean;
}

interface Frame {
  readonly roots: readonly Expression[];
  readonly labels: ReadonlyMap<number, Standing>;
}

const most = 1_000_000;
const none: Powers = new Map();

/**
 * True when some symbol is taken at two different scales, and an integral runs over one of the labels: then a substitution
 * x -> x/N may relate the two, as it does int N^3 V(N x) dx and int V(x) dx.
 *
 * Scales are counted as they come out when definitions are written out and values are replaced by what an assumption gives
 * for them: with f(x) = 1 - w(x), f(N x) is w at N x, and nothing is w at x. Each definition, or assumption, is walked
 * once for every list of scales at which it is used. Where there are too many of those the answer is true.
 */
export function changesScale(equation: Equation, assumptions: readonly Assumption[], free: ReadonlyMap<number, Label>): boolean {
  const scales = new Map<number, { readonly seen: Set<string>; bound: boolean }>();
  const known = new Map<Definition | Assumption | Unitary, Set<string>>();
  const queue: Frame[] = [{ roots: [equation.left, equation.right], labels: new Map() }];
  for (const a of assumptions) if (a.target === undefined) queue.push({ roots: [a.left, a.right], labels: new Map() });
  let work = 0;

  const standing = (a: Argument, labels: Frame["labels"]): readonly Standing[] =>
    argumentLabels(a).map((label): Standing => {
      const given = labels.get(label.id);
      const bound = label.kind.kind === "space" && (given?.bound ?? !free.has(label.id));
      const own = a.kind === "affine" ? a.scale.parameters : [];
      if (own.length === 0) return { scale: given?.scale ?? none, bound };
      const scale = new Map(given?.scale ?? none);
      for (const { parameter, exponent } of own) scale.set(parameter.id, (scale.get(parameter.id) ?? 0) + exponent);
      return { scale, bound };
    });
  const enter = (
    what: Definition | Assumption | Unitary,
    roots: readonly Expression[],
    labels: readonly (Label | undefined)[],
    given: readonly (readonly Standing[])[],
  ): void => {
    // Where one argument holds labels at different scales the model has no place for it, so that the first may stand for all.
    const at = given.map((list) => ({ scale: list[0]?.scale ?? none, bound: list.some((s) => s.bound) }));
    const key = at.map((s) => `${keyOf(s.scale)}${s.bound ? "!" : ""}`).join();
    const keys = known.get(what) ?? new Set();
    known.set(what, keys);
    if (keys.has(key)) return;
    keys.add(key);
    queue.push({ roots, labels: new Map(labels.flatMap((l, i) => (l === undefined ? [] : [[l.id, at[i] as Standing]]))) });
  };

  for (let frame = queue.pop(); frame !== undefined; frame = queue.pop()) {
    const { labels } = frame;
    const seen = new Set<Expression>();
    const stack = [...frame.roots];
    for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
      if (seen.has(e)) continue;
      seen.add(e);
      if (++work > most) return true;
      if (e.kind === "call") {
        const { definition } = e;
        enter(
          definition,
          [definition.body],
          definition.parameters,
          e.arguments.map((a) => standing(a, labels)),
        );
        continue;
      }
      if (e.kind === "unitary") {
        enter(e.unitary, [e.unitary.generator], [], []);
        continue;
      }
      stack.push(...children(e));
      if (e.kind !== "value") continue;
      const given = e.arguments.map((a) => standing(a, labels));
      const entry = scales.get(e.symbol.id) ?? { seen: new Set(), bound: false };
      scales.set(e.symbol.id, entry);
      for (const s of given.flat()) {
        entry.seen.add(keyOf(s.scale));
        entry.bound ||= s.bound;
      }
      if (entry.bound && entry.seen.size > 1) return true;
      for (const a of assumptions) {
        const { target } = a;
        if (target?.symbol.id !== e.symbol.id) continue;
        const pattern = target.arguments.map((x) => argumentLabels(x)[0]);
        enter(a, [a.right, target.coefficient], pattern, given);
      }
    }
  }
  return false;
}

function keyOf(scale: Powers): string {
  return [...scale]
    .filter(([, exponent]) => exponent !== 0)
    .sort((a, b) => a[0] - b[0])
    .map((entry) => entry.join("^"))
    .join(" ");
}

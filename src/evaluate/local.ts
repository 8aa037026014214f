import { argumentLabels } from "../core/argument.js";
import type { Argument, Expression, Label } from "../core/expression.js";
import { children } from "./tree.js";

/**
 * Whether two ladder operators of one term of a generator meet at a point of R^d, as in \int g(x) a_x^* a_x dx, or may do so
 * through a delta. Then the action of exp multiplies by functions such as e^{i g(x)}, whose frequencies nothing bounds, while
 * that of \iint k(x,y) a_x^* a_y^* dx dy composes kernels, which have the frequencies of k in their outer slots.
 */
export function isLocal(generator: Expression): boolean {
  let found = false;
  const known = new Map<Expression, Count>();
  const of = (e: Expression): Count => {
    const old = known.get(e);
    if (old !== undefined) return old;
    const made = count(e);
    for (const n of made.values()) if (n > 1) found = true;
    known.set(e, made);
    return made;
  };
  const count = (e: Expression): Count => {
    switch (e.kind) {
      case "ladder":
        return new Map(e.arguments.flatMap(labels).map(({ id }) => [id, 1]));
      case "delta":
        if (e.left.of.kind === "space") found = true;
        return none;
      case "value":
        // ch(k) has the identity in it.
        if (e.symbol.of?.name === "ch") found = true;
        return none;
      case "product":
      case "commutator":
      case "contraction":
        return children(e).map(of).reduce(together, none);
      case "power":
        return Array.from({ length: e.exponent.n > 1n ? 2 : 1 }, () => of(e.base)).reduce(together, none);
      case "call": {
        const body = of(e.definition.body);
        return e.arguments
          .flatMap((a, i) => {
            const times = body.get((e.definition.parameters[i] as Label).id) ?? 0;
            return times === 0 ? [] : [new Map(labels(a).map(({ id }) => [id, times]))];
          })
          .reduce(together, none);
      }
      default:
        return children(e).map(of).reduce(larger, none);
    }
  };
  of(generator);
  return found;
}

/** How many ladder operators of a term have a label, at most. */
type Count = ReadonlyMap<number, number>;

const none: Count = new Map();

const labels = (a: Argument): readonly Label[] => argumentLabels(a).filter((label) => label.kind.kind === "space");

function merge(a: Count, b: Count, by: (n: number, m: number) => number): Count {
  if (a.size === 0) return b;
  const all = new Map(a);
  for (const [id, n] of b) all.set(id, by(n, all.get(id) ?? 0));
  return all;
}
const together = (a: Count, b: Count): Count => merge(a, b, (n, m) => n + m);
const larger = (a: Count, b: Count): Count => merge(a, b, Math.max);

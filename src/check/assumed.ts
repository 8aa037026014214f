import type { Assumption, Equation, Expression } from "../core/expression.js";
import { compare } from "../evaluate/evaluate.js";
import { children, collect } from "../evaluate/tree.js";
import { error } from "../source/diagnostic.js";
import { cover } from "../source/span.js";
import type { Heard } from "./series.js";

/**
 * A refutation is a model in which the assumptions hold and the equation does not. The finite model sees to those assumptions that
 * define what the equation mentions; the others are looked at here, where something was refuted: `assume V(x) = f(x)` with V
 * real is nothing but a condition on f where an equation mentions f alone.
 */
export function underAssumptions(equation: Equation, effort: { readonly seed: number; readonly points?: number }, heard: Heard): Heard {
  const { numerical } = heard;
  if (numerical.kind !== "compared" || numerical.agree) return heard;
  const related = relatedTo(equation);
  const missing = equation.unread?.find(({ ids }) => ids === undefined || [...ids].some((id) => related.ids.has(id)));
  if (missing !== undefined) {
    const message = `undecided: the numbers differ, but the assumption ${missing.place}, which has an error, may be about what stands here`;
    const span = cover(equation.left.span, equation.right.span);
    return { numerical: { kind: "doubtful", diagnostic: error("unread-assumption", span, message, "correct that statement first") } };
  }
  if (related.assumptions.every((one) => related.defining.has(one))) return heard;
  const { seed, points } = effort;
  const again = compare(
    { ...equation, assumptions: related.assumptions },
    { seed, trials: 1, again: true, all: true, ...(points === undefined ? {} : { points }) },
  );
  if ("unsupported" in again) return { numerical: { kind: "unsupported", ...again.unsupported } };
  if (!again.agree) return heard;
  const why = "only under an assumption that the normal forms do not use";
  return { numerical: { kind: "compared", agree: true, exhaustive: false, why }, numeric: again };
}

interface Related {
  /** What bears on the equation: all that is connected with it and is no mere definition of something else. */
  readonly assumptions: readonly Assumption[];
  /** Those that the finite model takes by itself. */
  readonly defining: ReadonlySet<Assumption>;
  /** Symbols and parameters that are connected with the equation. */
  readonly ids: ReadonlySet<number>;
}

function relatedTo({ left, right, assumptions }: Equation): Related {
  const own = idsOf(left, right);
  const moving = [left, right].some(hasRate);
  const inside = new Map(assumptions.map((one) => [one, idsOf(one.left, one.right)]));
  const mentions = (one: Assumption, ids: ReadonlySet<number>): boolean => [...(inside.get(one) as Set<number>)].some((id) => ids.has(id));
  const closure = (concerns: (one: Assumption, ids: ReadonlySet<number>) => boolean): { list: Set<Assumption>; ids: Set<number> } => {
    const list = new Set<Assumption>();
    const ids = new Set(own);
    for (let size = -1; size < list.size; ) {
      size = list.size;
      for (const one of assumptions) {
        if (list.has(one) || !concerns(one, ids)) continue;
        list.add(one);
        for (const id of inside.get(one) as Set<number>) ids.add(id);
      }
    }
    return { list, ids };
  };
  const all = closure(mentions);
  const symbols = new Map(assumptions.map((one) => [one, symbolsOf(one)]));
  const defining = closure((one, ids) => {
    if (one.target !== undefined) return ids.has(one.target.symbol.id) && (one.target.order === 0 || moving);
    const inSymbols = symbols.get(one) as ReadonlySet<number>;
    // No function of the model satisfies it: it is solved for another one, V in -\Delta u + V u = E u, which has to be there.
    if (one.laplacian !== undefined) return [...inSymbols].every((id) => ids.has(id));
    return inSymbols.size > 0 ? [...inSymbols].some((id) => ids.has(id)) : mentions(one, ids);
  });
  const kept = all.list;
  for (let size = -1; size !== kept.size; ) {
    size = kept.size;
    for (const one of kept) if (defines(one) && !elsewhere(one)) kept.delete(one);
  }
  return { assumptions: assumptions.filter((one) => kept.has(one) || defining.list.has(one)), defining: defining.list, ids: all.ids };

  /** Whether there is always a function of which it holds: its values, or derivatives, are free. */
  function defines({ target, laplacian }: Assumption): boolean {
    if (laplacian !== undefined) return true;
    return target !== undefined && !target.symbol.real && target.symbol.symmetries.length === 0;
  }

  function elsewhere(one: Assumption): boolean {
    const symbol = (one.target ?? one.laplacian)?.symbol.id as number;
    return own.has(symbol) || [...kept].some((other) => other !== one && (inside.get(other) as Set<number>).has(symbol));
  }
}

const symbolsOf = ({ left, right }: Assumption): ReadonlySet<number> =>
  new Set([left, right].flatMap((side) => [...collect(side).symbols.keys()]));

/** Whether a time derivative is taken. */
function hasRate(root: Expression): boolean {
  const seen = new Set<Expression>();
  const stack = [root];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (e.kind === "derivative") return true;
    if (seen.has(e)) continue;
    seen.add(e);
    stack.push(...children(e));
  }
  return false;
}

function idsOf(...roots: readonly Expression[]): Set<number> {
  const found = roots.map(collect);
  return new Set(found.flatMap(({ symbols, parameters }) => [...symbols.keys(), ...parameters.keys()]));
}

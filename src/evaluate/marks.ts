import type { Equation, Expression, Parameter, SymbolInfo } from "../core/expression.js";
import { isInteger } from "../core/rational.js";
import { degreeOf, symbolicSizes } from "./hyperbolic.js";
import type { Settings } from "./node.js";
import type { Survey } from "./survey.js";
import { children } from "./tree.js";

/** What is multiplied by the formal number epsilon, see `formal.ts`, so that every exponent vanishes with it. */
export interface Marks {
  readonly symbols: ReadonlySet<number>;
  readonly parameters: ReadonlySet<number>;
  /** The highest power of epsilon that is kept. */
  readonly depth: number;
  /** The order in the kernels and other exponents to which that is enough. */
  readonly order: number;
}

/** Powers of epsilon beyond this are not asked for. */
const deepest = 12;

/**
 * Functions, kernels and parameters one of which stands in every term of everything that gets into ch, sh, an exponential or a quadratic
 * generator; as few as it takes, so that k = w \phi \phi is of first order in what is marked, not of third.
 * @returns undefined where nothing is exponentiated, where an exponent has a term without any, or where an assumption fixes the size of one
 */
export function marksOf(equation: Equation, need: Survey, series: Settings["series"], order: number): Marks | undefined {
  const roots = [equation.left, equation.right, ...need.assumptions.flatMap((a) => [a.left, a.right])];
  const exponents = exponentsOf(roots, series);
  if (exponents.length === 0) return undefined;
  const defined = new Map<number, Expression>();
  for (const { target, right } of need.assumptions) if (target?.order === 0) defined.set(target.symbol.id, right);
  const found = candidates(exponents, defined);
  const given = new Set([...need.scaling.map((p) => p.id), ...symbolicSizes(equation)]);
  const symbols = new Set([...found.symbols.keys()].filter((id) => !defined.has(id)));
  const parameters = new Set([...found.parameters.keys()].filter((id) => !given.has(id)));
  const least = (): number => {
    const known = new Map<Expression, number>();
    return Math.min(...exponents.map((e) => orderOf(e, { symbols, parameters, defined, series }, known)));
  };
  if (least() === 0) return undefined;
  const spare = (from: Set<number>, id: number): void => {
    from.delete(id);
    if (least() === 0) from.add(id);
  };
  const positive = (id: number): number => (found.parameters.get(id)?.domain === "positive" ? 0 : 1);
  for (const id of [...parameters].sort((a, b) => positive(a) - positive(b))) spare(parameters, id);
  const slots = (id: number): number => found.symbols.get(id)?.slots.length ?? 0;
  for (const id of [...symbols].sort((a, b) => slots(a) - slots(b) || (found.times.get(b) ?? 0) - (found.times.get(a) ?? 0)))
    spare(symbols, id);
  // int |k|^2 = 1 leaves no room for an epsilon.
  for (const a of need.assumptions)
    if (a.target === undefined) {
      const inside = candidates([a.left, a.right], defined);
      if ([...inside.symbols.keys()].some((id) => symbols.has(id)) || [...inside.parameters.keys()].some((id) => parameters.has(id)))
        return undefined;
    }
  const power = least();
  if (!Number.isFinite(power)) return undefined;
  const depth = Math.min(power * order, Math.max(deepest, order));
  return { symbols, parameters, depth, order: Math.floor(depth / power) };
}

/** What has to vanish with epsilon: kernels of ch and sh, quadratic generators, arguments of functions. */
function exponentsOf(roots: readonly Expression[], series: Settings["series"]): readonly Expression[] {
  const found = new Set<Expression>();
  const seen = new Set<Expression>();
  const stack = [...roots];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (seen.has(e)) continue;
    seen.add(e);
    const whole = series.get(e);
    if (whole !== undefined) found.add(whole.kernel.body);
    if (e.kind === "unitary" && degreeOf(e.unitary.generator) > 1) found.add(e.unitary.generator);
    if (e.kind === "function") found.add(e.of);
    stack.push(...children(e));
  }
  return [...found];
}

interface Candidates {
  readonly symbols: ReadonlyMap<number, SymbolInfo>;
  readonly parameters: ReadonlyMap<number, Parameter>;
  /** How often a symbol is written. */
  readonly times: ReadonlyMap<number, number>;
}

function candidates(roots: readonly Expression[], defined: ReadonlyMap<number, Expression>): Candidates {
  const symbols = new Map<number, SymbolInfo>();
  const parameters = new Map<number, Parameter>();
  const times = new Map<number, number>();
  const seen = new Set<Expression>();
  const stack = [...roots];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (seen.has(e)) continue;
    seen.add(e);
    if (e.kind === "parameter") parameters.set(e.parameter.id, e.parameter);
    if (e.kind === "value") {
      symbols.set(e.symbol.id, e.symbol);
      times.set(e.symbol.id, (times.get(e.symbol.id) ?? 0) + 1);
      const right = defined.get(e.symbol.id);
      if (right !== undefined) stack.push(right);
    }
    stack.push(...children(e));
  }
  return { symbols, parameters, times };
}

interface Marking extends Pick<Marks, "symbols" | "parameters"> {
  readonly defined: ReadonlyMap<number, Expression>;
  readonly series: Settings["series"];
}

/** A lower bound of the power of epsilon that an expression begins with. */
function orderOf(e: Expression, marking: Marking, known: Map<Expression, number>): number {
  const old = known.get(e);
  if (old !== undefined) return old;
  // What is defined by itself in a circle has no order.
  known.set(e, 0);
  const of = (part: Expression): number => orderOf(part, marking, known);
  const total = (): number => children(e).reduce((sum, part) => sum + of(part), 0);
  let order = 0;
  switch (e.kind) {
    case "number":
      order = e.value.n === 0n ? Number.POSITIVE_INFINITY : 0;
      break;
    case "parameter":
      order = marking.parameters.has(e.parameter.id) ? 1 : 0;
      break;
    case "value": {
      const right = marking.defined.get(e.symbol.id);
      order = right !== undefined ? of(right) : marking.symbols.has(e.symbol.id) ? 1 : 0;
      break;
    }
    case "sum":
      order = Math.min(...e.terms.map(of));
      break;
    case "product":
    case "commutator":
    case "contraction":
      order = total();
      break;
    case "power":
      order = isInteger(e.exponent) && e.exponent.n > 0n ? Number(e.exponent.n) * of(e.base) : 0;
      break;
    case "function":
      order = e.name === "sinh" ? of(e.of) : 0;
      break;
    case "delta":
    case "ladder":
    case "unitary":
      break;
    default: {
      const below = children(e);
      if (below.length === 1) order = of(below[0] as Expression);
    }
  }
  known.set(e, order);
  return order;
}

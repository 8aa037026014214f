import type { Equation, Expression } from "../core/expression.js";
import { rational } from "../core/rational.js";
import { Applied, type Truncation } from "./applied.js";
import { hash, unit } from "./hash.js";
import { Exhausted, Singular } from "./limits.js";
import type { Compiler, Node } from "./program.js";
import { children, collect } from "./tree.js";

/** Numbers in generators become so much smaller, the first that is enough: amplitudes of n pairs fall like the n-th power. */
const factors = [0.15, 0.03];

interface Compiled {
  readonly compiler: Compiler;
  readonly left: Node;
  readonly right: Node;
  readonly labels: readonly number[];
  /** Values of the parameters that indices run to. */
  readonly sizes: ReadonlyMap<number, number>;
}

/**
 * Both sides of an equation with unitaries that do not cancel, which agree, once more in a truncated Fock space, with
 * small generators. undefined where there is no such space of a moderate size.
 * @throws Unsupported where they do not agree there
 */
export function truncationOf(equation: Equation, model: Compiled, words: readonly number[], budget: number): Truncation | undefined {
  if (equation.assumptions.length > 0) return undefined;
  const inside = exponents([equation.left, equation.right]);
  for (const factor of factors) {
    const machine = new Applied(model.compiler, undefined, words, budget);
    shrink(machine, model, inside, factor, words);
    try {
      const found = machine.truncated(model.left, model.right);
      if (found !== undefined) return found;
    } catch (problem) {
      if (problem instanceof Exhausted || problem instanceof Singular) return undefined;
      throw problem;
    }
  }
  return undefined;
}

function shrink(machine: Applied, { compiler, labels, sizes }: Compiled, inside: Inside, factor: number, words: readonly number[]): void {
  const ring = machine.ring(0);
  for (const [id, size] of sizes) machine.fixed.set(id, ring.rational(rational(size)));
  for (const id of inside.symbols) machine.factors.set(id, [factor, 0, factor]);
  for (const id of inside.parameters) {
    if (sizes.has(id)) continue;
    const x = factor * (0.5 + unit([...words, 12, id]));
    machine.fixed.set(id, [x, 0, x]);
  }
  for (const label of labels) {
    const domain = compiler.domain(label);
    machine.environment[label] = domain[hash([...words, 13, label]) % domain.length] as number;
  }
}

interface Inside {
  readonly symbols: ReadonlySet<number>;
  readonly parameters: ReadonlySet<number>;
}

/** What occurs in generators. */
function exponents(roots: readonly Expression[]): Inside {
  const symbols = new Set<number>();
  const parameters = new Set<number>();
  const seen = new Set<Expression>();
  const stack = [...roots];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (seen.has(e)) continue;
    seen.add(e);
    if (e.kind === "unitary") {
      const found = collect(e.unitary.generator);
      for (const id of found.symbols.keys()) symbols.add(id);
      for (const id of found.parameters.keys()) parameters.add(id);
    }
    stack.push(...children(e));
  }
  return { symbols, parameters };
}

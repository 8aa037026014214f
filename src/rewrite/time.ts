import { adjoint, derivation, substitute } from "../algebra/bind.js";
import type { Vertex } from "../algebra/canonical.js";
import { normalise } from "../algebra/diagram.js";
import { headOf, sizeOf, symmetries, valueHead, volumeOf } from "../algebra/head.js";
import { constantLabel, kindId, negateArg, withTemporaries } from "../algebra/label.js";
import { add, constant, fromProduct, type Sum, scale, zeroSum } from "../algebra/sum.js";
import { multiplyNormal } from "../algebra/wick.js";
import type { Assumption, SymbolInfo } from "../core/expression.js";
import { argument, type Scaled, substituteScaled } from "./arguments.js";
import type { Context } from "./context.js";
import { functionDerivative, powerOfScalar } from "./function.js";
import { kernelValue } from "./hyperbolic.js";
import { byComponent } from "./space.js";

/** Values of declared symbols under the assumptions, and time derivatives by the product rule. */

/** The assumption that rewrites this symbol at this order of derivative, the highest first. */
function assumptionFor(symbol: SymbolInfo, dots: number, context: Context): Assumption | undefined {
  let best: Assumption | undefined;
  for (const one of context.assumptions)
    if (one.target !== undefined && one.target.symbol === symbol && one.target.order <= dots && !context.busy.has(one))
      if (best?.target === undefined || one.target.order > best.target.order) best = one;
  return best;
}

/** R / coefficient, and its further derivatives. */
function assumedSide(one: Assumption, extra: number, context: Context): Sum {
  let known = context.assumed.get(one);
  if (known === undefined) {
    const target = one.target;
    if (target === undefined) throw new Error("only assumptions with a target are looked up by symbol");
    context.busy.add(one);
    try {
      // Its own memo: while this assumption is busy, definitions read differently.
      const inside = { ...context, normal: false, calls: new Map() };
      const right = context.lower(one.right, inside);
      const coefficient = context.lower(target.coefficient, context);
      known = [multiplyNormal(right, powerOfScalar(coefficient, -1, 1))];
    } finally {
      context.busy.delete(one);
    }
    context.assumed.set(one, known);
  }
  while (known.length <= extra) known.push(differentiate(known[known.length - 1] as Sum, context));
  return known[extra] as Sum;
}

/** Matches the assumption's arguments: a map from its labels, or undefined. */
function match(one: Assumption, args: readonly Scaled[]): Map<number, Scaled> | undefined {
  const map = new Map<number, Scaled>();
  const pattern = one.target?.arguments ?? [];
  for (let i = 0; i < pattern.length; i++) {
    const [want, have] = [pattern[i] as (typeof pattern)[number], args[i] as Scaled];
    if (want.kind === "constant") {
      if (have.arg !== constantLabel(want.of, want.value)) return undefined;
    } else map.set(argument(want).arg as number, have);
  }
  return map;
}

/** A declared symbol's value, with `dots` time derivatives, rewritten by what is assumed of it. */
export function symbolValue(
  symbol: SymbolInfo,
  conjugated: boolean,
  dots: number,
  args: readonly Scaled[],
  context: Context,
  partials: readonly number[] = [],
): Sum {
  // How many values a set has does not change.
  if (dots > 0 && (sizeOf(symbol) ?? volumeOf(symbol)) !== undefined) return zeroSum;
  // Derivatives of ch and sh are made from the engine's own symbols.
  if (symbol.of !== undefined && dots === 0) return kernelValue(symbol.of, conjugated, args, context);
  const one = assumptionFor(symbol, dots, context);
  if (one !== undefined && partials.length > 0) return assumedGradient(symbol, conjugated, dots, args, context, partials);
  if (one?.target !== undefined) {
    for (const symmetry of [undefined, ...(symbol.symmetries.length > 0 ? symmetries(symbol) : [])]) {
      const image =
        symmetry === undefined
          ? args
          : symmetry.permutation.map((from, i): Scaled => {
              const s = args[from] as Scaled;
              return symmetry.negated[i] ? { ...s, arg: negateArg(s.arg) } : s;
            });
      const map = match(one, image);
      if (map === undefined) continue;
      const side = substituteScaled(assumedSide(one, dots - one.target.order, context), map);
      const bar = conjugated !== (symmetry?.conjugated ?? false) && !symbol.real;
      return scale(bar ? adjoint(side) : side, symmetry?.sign ?? 1);
    }
  }
  const head = valueHead(
    symbol,
    conjugated,
    dots,
    args.slice(0, symbol.slots.length).map((s) => s.scale),
    partials,
  );
  return fromProduct(normalise({ kinds: [], vertices: [{ head, args: args.map((s) => s.arg), exp: 1 }] }));
}

/** Derivatives in space of a value that is assumed: those of what it is replaced by, at labels of R^d and then at the arguments. */
function assumedGradient(
  symbol: SymbolInfo,
  conjugated: boolean,
  dots: number,
  args: readonly Scaled[],
  context: Context,
  partials: readonly number[],
): Sum {
  const count = symbol.slots.length;
  return withTemporaries(symbol.slots.map(kindId), (labels) => {
    const open = args.slice(0, count).map((s, i) => (partials.includes(i) ? { ...s, arg: labels[i] as number } : s));
    let value = symbolValue(symbol, conjugated, dots, open, context);
    partials.forEach((slot, i) => {
      value = byComponent(value, labels[slot] as number, (args[count + i] as Scaled).arg);
    });
    return substitute(value, new Map(partials.map((slot) => [labels[slot] as number, (args[slot] as Scaled).arg])));
  });
}

/** d/dt: declared functions and kernels depend on time, parameters and ladder operators do not. */
export function differentiate(sum: Sum, context: Context): Sum {
  return derivation(sum, (vertex) => vertexDerivative(vertex, context), multiplyNormal);
}

function vertexDerivative(vertex: Vertex, context: Context): Sum | undefined {
  const head = headOf(vertex.head);
  switch (head.kind) {
    case "value":
      return symbolValue(
        head.symbol,
        head.conjugated,
        head.dots + 1,
        vertex.args.map((arg, i) => ({ scale: head.scales[i] ?? "", arg })),
        context,
        head.partials,
      );
    case "function":
      return functionDerivative(vertex, (inner) => differentiate(inner, context));
    case "ladder":
    case "delta":
      return undefined;
  }
}

/** Applies what is assumed of a closed scalar, such as an integral: the atom that it is becomes the right side. */
export function applyClosed(sum: Sum, context: Context): Sum {
  let current = sum;
  for (const one of context.assumptions) {
    if (one.target !== undefined || one.laplacian !== undefined || context.busy.has(one)) continue;
    let known = context.assumed.get(one);
    if (known === undefined) {
      context.busy.add(one);
      try {
        known = [context.lower(one.left, { ...context, normal: false }), context.lower(one.right, { ...context, normal: false })];
      } finally {
        context.busy.delete(one);
      }
      context.assumed.set(one, known);
    }
    const [left, right] = known as [Sum, Sum];
    if (left.size !== 1) continue;
    const [term] = [...left.values()];
    if (term === undefined || term.mono.length !== 2 || term.mono[1] !== 1) continue;
    const id = term.mono[0] as number;
    const by = multiplyNormal(right, powerOfScalar(constant(term.coefficient, term.scalar), -1, 1));
    const bar = adjoint(fromProduct({ coefficient: 1, mono: [id, 1] }));
    const [conjugate] = [...bar.values()];
    const images = new Map<number, Sum>([[id, by]]);
    if (conjugate !== undefined && conjugate.mono[0] !== id)
      images.set(conjugate.mono[0] as number, scale(adjoint(by), conjugate.coefficient));
    current = replaceAtoms(current, images);
  }
  return current;
}

function replaceAtoms(sum: Sum, images: ReadonlyMap<number, Sum>): Sum {
  let changed = false;
  const parts: Sum[] = [];
  for (const term of sum.values()) {
    let value: Sum = constant(term.coefficient, term.scalar);
    for (let i = 0; i < term.mono.length; i += 2) {
      const by = images.get(term.mono[i] as number);
      const exp = term.mono[i + 1] as number;
      if (by === undefined) value = multiplyNormal(value, fromProduct({ coefficient: 1, mono: [term.mono[i] as number, exp] }));
      else {
        changed = true;
        value = multiplyNormal(value, exp < 0 ? powerOfScalar(by, exp, 1) : powers(by, exp));
      }
    }
    parts.push(value);
  }
  if (!changed) return sum;
  return add(...parts);
}

function powers(sum: Sum, n: number): Sum {
  let value: Sum = constant(1);
  for (let k = 0; k < n; k++) value = multiplyNormal(value, sum);
  return value;
}

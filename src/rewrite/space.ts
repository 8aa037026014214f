import { adjoint, derivation, replaceVertices } from "../algebra/bind.js";
import { normalise } from "../algebra/diagram.js";
import { componentKind, deltaHead, headOf } from "../algebra/head.js";
import { type Arg, constantLabel, freeLabel } from "../algebra/label.js";
import { clearDeltas, leibniz } from "../algebra/parts.js";
import { add, fromProduct, type Sum, scale } from "../algebra/sum.js";
import type { Vertex } from "../algebra/vertex.js";
import { multiplyNormal } from "../algebra/wick.js";
import type { Assumption, Component, Kind, Label } from "../core/expression.js";
import { fail } from "../source/diagnostic.js";
import { nowhere } from "../source/span.js";
import { argument, byScales, type Scaled, substituteScaled } from "./arguments.js";
import type { Context } from "./context.js";
import { functionDerivative, powerOfScalar } from "./function.js";

/** Derivatives in space: `\partial_{x^j}` by the product and the chain rule. */

/** The free label of a vector component, summed over when it is bound. */
export const componentLabel = (component: Component): number =>
  freeLabel({ id: -4_000_000_000 - component.id, name: "j", kind: componentKind(component.dimension) });

/** The derivative of a sum by one component (itself a label) of a free label. */
export function byComponent(sum: Sum, label: number, component: Arg): Sum {
  const derive = (vertex: Vertex): Sum | undefined => {
    if (headOf(vertex.head).kind === "function") return functionDerivative(vertex, (inner) => byComponent(inner, label, component));
    const terms = leibniz([vertex], label, component);
    if (terms.length === 0) return undefined;
    return add(...terms.map(({ by, vertices }) => scale(fromProduct(normalise({ kinds: [], vertices })), by)));
  };
  return clearDeltas(derivation(sum, derive, multiplyNormal));
}

/** The derivative of a sum by one component of a label of R^d. */
export function partialDerivative(sum: Sum, label: Label, component: Component): Sum {
  if (label.kind.kind !== "space")
    return fail("not-understood", nowhere, `${label.name} is no label of R^d, so there is no gradient by it`);
  return clearDeltas(
    derivation(sum, (vertex) => vertexDerivative(vertex, freeLabel(label), componentLabel(component), label, component), multiplyNormal),
  );
}

function vertexDerivative(vertex: Vertex, label: number, j: number, of: Label, component: Component): Sum | undefined {
  const head = headOf(vertex.head);
  if (head.kind === "function") {
    return functionDerivative(vertex, (inner) => partialDerivative(inner, of, component));
  }
  const terms = leibniz([vertex], label, j);
  if (terms.length === 0) return undefined;
  return add(...terms.map(({ by, vertices }) => scale(fromProduct(normalise({ kinds: [], vertices })), by)));
}

/** Laplacians of values for which an equation is assumed, replaced by its right side. */
export function applyLaplacians(sum: Sum, context: Context): Sum {
  const rules = context.assumptions.filter((one) => one.laplacian !== undefined && !context.busy.has(one));
  if (rules.length === 0) return sum;
  return replaceVertices(sum, (vertex) => laplacianOf(vertex, rules, context), multiplyNormal);
}

function laplacianOf(vertex: Vertex, rules: readonly Assumption[], context: Context): Sum | undefined {
  const head = headOf(vertex.head);
  if (head.kind !== "value" || head.dots > 0 || head.partials.length !== 2 || head.partials[0] !== head.partials[1]) return undefined;
  const count = head.symbol.slots.length;
  const component = vertex.args[count];
  if (typeof component !== "number" || component !== vertex.args[count + 1]) return undefined;
  for (const rule of rules) {
    const target = rule.laplacian;
    if (target === undefined || target.symbol !== head.symbol || target.slot !== head.partials[0]) continue;
    let known = context.assumed.get(rule);
    if (known === undefined) {
      context.busy.add(rule);
      try {
        const right = context.lower(rule.right, { ...context, normal: false, calls: new Map() });
        known = [multiplyNormal(right, powerOfScalar(context.lower(target.coefficient, context), -1, 1))];
      } finally {
        context.busy.delete(rule);
      }
      context.assumed.set(rule, known);
    }
    const map = new Map<number, Scaled>();
    const fits = target.arguments.every((want, i) => {
      const have = vertex.args[i] as Arg;
      if (want.kind === "constant") return have === constantLabel(want.of, want.value);
      map.set(argument(want).arg as number, { scale: head.scales[i] as string, arg: have });
      return true;
    });
    if (!fits) continue;
    const side = substituteScaled(known[0] as Sum, map);
    const value = byScales(
      head.conjugated ? adjoint(side) : side,
      [head.scales[target.slot] as string, head.scales[target.slot] as string],
      1,
    );
    // The component is summed over; with the sum at one value of it nothing is counted d times.
    const kind = componentKind(dimensionOf(head.symbol.slots[target.slot] as Kind));
    const pin = fromProduct(
      normalise({ kinds: [], vertices: [{ head: deltaHead(kind), args: [component, constantLabel(kind, 1)], exp: 1 }] }),
    );
    return multiplyNormal(value, pin);
  }
  return undefined;
}

const dimensionOf = (kind: Kind): number => (kind.kind === "space" ? kind.dimension : 0);

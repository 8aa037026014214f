import { replaceVertices } from "../algebra/bind.js";
import { normalise } from "../algebra/diagram.js";
import { headOf } from "../algebra/head.js";
import { gauss } from "../algebra/number.js";
import { byParts } from "../algebra/parts.js";
import { add, fromProduct, type Sum, scale } from "../algebra/sum.js";
import { multiplyNormal } from "../algebra/wick.js";
import { Fault } from "../source/diagnostic.js";
import { bracket } from "./bracket.js";
import type { Context } from "./context.js";
import { settle } from "./function.js";

/** \exp(-G) A \exp(G) = A with a + [a, G] for each ladder operator a, for G of degree one. */
export function displaced(sum: Sum, g: Sum, context: Context): Sum {
  return settle(
    replaceVertices(
      sum,
      (vertex) => {
        if (headOf(vertex.head).kind !== "ladder") return undefined;
        const own = fromProduct(normalise({ kinds: [], vertices: [vertex] }));
        return add(own, bracket(own, g, -1, { ...context, normal: false }));
      },
      multiplyNormal,
    ),
  );
}

/** Commutators after which a series is given up. */
const most = 4;

/**
 * \exp(-G) A \exp(G) = A + [A, G] + 1/2 [[A, G], G] + ..., where the series ends, as for an A that G commutes with; undefined where
 * it does not within a few commutators. It needs no closed form of what \exp(G) does to a ladder operator. Source: Hadamard's lemma.
 */
function ending(sum: Sum, g: Sum, context: Context): Sum | undefined {
  const parts = [sum];
  let last = sum;
  for (let n = 1; n <= most; n++) {
    last = byParts(settle(scale(bracket(last, g, -1, { ...context, normal: false }), gauss(1, 0, n))));
    if (last.size === 0) return settle(add(...parts));
    parts.push(last);
  }
  return undefined;
}

/** \exp(-G) A \exp(G) by a closed form, or where none is known by the series if it ends. */
export function closedOrEnding(closed: () => Sum, sum: Sum, g: Sum, context: Context): Sum {
  try {
    return closed();
  } catch (problem) {
    const unknown = problem instanceof Fault && problem.diagnostic.code === "not-understood" && !context.normal;
    const found = unknown ? ending(sum, g, context) : undefined;
    if (found === undefined) throw problem;
    return found;
  }
}

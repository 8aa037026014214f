import { atomOf } from "../algebra/atom.js";
import { hasVolumes, headOf, volumeOf } from "../algebra/head.js";
import type { Sum } from "../algebra/sum.js";
import type { Vertex } from "../algebra/vertex.js";
import { freeLabels } from "../core/argument.js";
import { children } from "../core/children.js";
import type { Expression, Kind, Label } from "../core/expression.js";
import { fail } from "../source/diagnostic.js";
import { nowhere, type Span } from "../source/span.js";

/** Sums and integrals over nothing that depends on their label. */
export function diverges(kind: Kind, span: Span = nowhere, label?: Label): never {
  return fail(
    "divergent",
    span,
    `an ${kind.kind === "space" ? "integral" : "infinite sum"} has nothing under it that depends on its label${label === undefined ? "" : ` ${label.name}`}, so it diverges`,
    `${kind.kind === "space" ? "integrate" : "sum"} a function of the label, or drop the ${kind.kind === "space" ? "integral" : "sum"}`,
  );
}

/** Whether a part of it is a root or has an exponential in it, which may tend to a number that another term takes off. */
const isExpanded = (e: Expression): boolean =>
  e.kind === "function" || (e.kind === "power" && e.exponent.d !== 1n) || children(e).some(isExpanded);

/** Whether every term of an expression, as it is written, mentions a label; beside what is expanded they need not. */
export function mentions(e: Expression, label: Label): boolean {
  switch (e.kind) {
    case "sum":
      return e.terms.some(isExpanded) || e.terms.every((term) => mentions(term, label));
    case "product":
      return e.factors.some((factor) => mentions(factor, label));
    case "bind":
      return mentions(e.body, label);
    default:
      return freeLabels(e).includes(label);
  }
}

/** The first kind over which a sum is left without its label. */
export function volumeIn(sum: Sum): Kind | undefined {
  if (!hasVolumes()) return undefined;
  for (const { head } of verticesOf(sum)) {
    const of = headOf(head);
    const kind = of.kind === "value" ? volumeOf(of.symbol) : undefined;
    if (kind !== undefined) return kind;
  }
  return undefined;
}

export function* verticesOf(sum: Sum): Iterable<Vertex> {
  for (const term of sum.values()) for (let i = 0; i < term.mono.length; i += 2) yield* atomOf(term.mono[i] as number).vertices;
}

import type { Checkable, Equation } from "../src/core/expression.js";
import { loadDocument } from "../src/elaborate/document.js";
import { difference, expandFinite, isZero, normalOrder, type Sum } from "../src/rewrite/engine.js";

/** The equations of a document of claims, in order. Throws on any diagnostic, so that a test cannot pass on a typo. */
export function equations(text: string): readonly Equation[] {
  const document = loadDocument({ path: "test.wick", text }, () => ({ error: "no other documents here" }));
  const [first] = document.diagnostics;
  if (first !== undefined) throw new Error(`${first.code}: ${first.message}`);
  return document.statements.flatMap((s: Checkable) => (s.kind === "show" ? [] : s.equations));
}

/** The normal form of an expression under a preamble of declarations. */
export function normal(preamble: string, expression: string): Sum {
  const [equation] = equations(`${preamble}\nclaim: ${expression} = 0\n`);
  if (equation === undefined) throw new Error("no equation");
  return normalOrder(equation.left, { assumptions: equation.assumptions });
}

/** What the engine alone says of an equation. */
export function holds(equation: Equation): boolean {
  const { assumptions } = equation;
  const rest = difference(normalOrder(equation.left, { assumptions }), normalOrder(equation.right, { assumptions }));
  return isZero(rest) || isZero(expandFinite(rest));
}

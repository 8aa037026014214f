import { asLabel, freeLabels } from "../core/argument.js";
import { children } from "../core/children.js";
import type { Argument, Expression, Kind, Label } from "../core/expression.js";
import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import { newComponent, openComponent } from "./components.js";
import { asArguments, closedCall, freshGroups } from "./environment.js";
import { readFree } from "./label.js";
import type { Env, Mapping, Meaning } from "./meaning.js";
import { spanIn, spend } from "./meaning.js";
import type { Occurrence } from "./name.js";
import { spell } from "./name.js";

/** `\nabla_x E`, `\Delta_x E`, and without a label of functions: `(\nabla w)(x-y)`, `\Delta f(x)`, `-\Delta f`. */

/** What is differentiated: the label of a subscript, or undefined for derivatives of functions. */
export function labelOf(o: Occurrence, env: Env): Label | undefined {
  const span = spanIn(env, o.span);
  if (o.sub.length === 0) return undefined;
  const [item] = o.sub;
  if (o.sub.length !== 1 || item?.kind !== "tree")
    return fail("bad-gradient", span, `found \`${o.base}\` with ${o.sub.length} subscripts, expected one label, as in \`${o.base}_x\``);
  const read = readFree(item.tree, env);
  const list = Array.isArray(read) ? (read as readonly Argument[]) : [];
  const spaces = list.filter((argument) => argument.of.kind === "space");
  const label = spaces.length === 1 ? asLabel(spaces[0] as Argument) : undefined;
  return (
    label ??
    fail(
      "bad-gradient",
      span,
      `found \`${o.base}\` by \`${spell(item.tree)}\`, expected a label of R^d`,
      "derivatives are by labels of R^d only",
    )
  );
}

/** The gradient or Laplacian of an expression by a label. */
export function byLabel(of: Expression, label: Label, laplacian: boolean, span: Span): Expression {
  const dimension = label.kind.kind === "space" ? label.kind.dimension : 0;
  const component = newComponent(dimension);
  const once = (inner: Expression): Expression => ({ kind: "partial", label, component, of: inner, span });
  if (laplacian) return { kind: "components", component, of: once(once(of)), span };
  const open = openComponent(of);
  if (open === undefined) return once(of);
  // \nabla_x applied to a vector is its divergence.
  return { kind: "components", component: open, of: { kind: "partial", label, component: open, of, span }, span };
}

/** The derivative of a function in its first argument, evaluated where the derivative is. */
export function ofFunction(map: Mapping, laplacian: boolean, span: Span, env: Env): Mapping {
  const kinds = map.groups[0] as readonly Kind[];
  const slot = kinds.findIndex((kind) => kind.kind === "space");
  const space = kinds[slot];
  if (space?.kind !== "space" || kinds.filter((kind) => kind.kind === "space").length > 1)
    return fail("wrong-kind", span, "found a gradient of a function whose argument is not in R^d", "derivatives are by labels of R^d only");
  return {
    sort: "map",
    groups: map.groups,
    operator: map.operator,
    at: (list, where) => {
      spend(env, where, 4);
      const plain = list.map(asLabel);
      const label = plain[slot];
      // At distinct labels the derivative is by that label.
      if (label !== undefined && plain.filter((other) => other === label).length === 1 && !usedElsewhere(list, label, slot))
        return byLabel(map.at(list, where), label, laplacian, where);
      const labels = freshGroups(env, map.groups);
      const inner = byLabel(map.at(asArguments(labels), where), labels[slot] as Label, laplacian, where);
      return (
        closedCall(env, laplacian ? "\\Delta" : "\\nabla", labels, inner, list, where) ??
        fail(
          "unsupported",
          where,
          "found a derivative of a function that has further labels, at an argument that is no label",
          "write the derivative by a label, as in `\\nabla_x`",
        )
      );
    },
  };
}

const usedElsewhere = (list: readonly Argument[], label: Label, slot: number): boolean =>
  list.some((argument, i) => i !== slot && argument.kind === "affine" && argument.terms.some((term) => term.label === label));

/** A value or call at arguments as the function it is a value of: `\nabla w(x-y)` means `(\nabla w)(x-y)`. */
export function functionOfValue(of: Meaning, span: Span, laplacian: boolean, env: Env): Expression {
  const e = of.sort === "plain" ? of.expression : undefined;
  if (e !== undefined && (e.kind === "value" || e.kind === "call") && e.arguments.length > 0) {
    const kinds = e.arguments.map((argument) => argument.of);
    const map: Mapping = {
      sort: "map",
      groups: kinds.map((kind) => [kind]),
      operator: of.sort === "plain" && of.operator,
      at: (list) => ({ ...e, arguments: list }),
    };
    return ofFunction(map, laplacian, span, env).at(e.arguments, span);
  }
  if (e?.kind === "adjoint") {
    const inner = functionOfValue({ sort: "plain", expression: e.of, operator: e.of.kind === "ladder" }, span, laplacian, env);
    return { ...e, of: inner };
  }
  const label = e && soleLabel(e);
  if (e !== undefined && label !== undefined) return byLabel(e, label, laplacian, span);
  return fail(
    "bad-gradient",
    span,
    `found \`${laplacian ? "\\Delta" : "\\nabla"}\` without a label before something that is no function`,
    `write the label, as in \`${laplacian ? "\\Delta" : "\\nabla"}_x\``,
  );
}

/**
 * The label x of an expression that is a function of x alone, written so that its derivative by x and the derivative of
 * that function taken at x are one: `f(x) g(x)`, `|f(x)|^2`, `(V * f)(x)`, but not `f(2 x) g(2 x)`.
 */
function soleLabel(e: Expression): Label | undefined {
  const [label, ...others] = freeLabels(e).filter((one) => one.kind.kind === "space");
  if (label === undefined || others.length > 0) return undefined;
  const clear = (argument: Argument): boolean => {
    if (argument.kind !== "affine" || asLabel(argument) !== undefined) return true;
    const own = argument.terms.find((term) => term.label.id === label.id);
    if (own === undefined) return true;
    const { number, parameters } = argument.scale;
    const unscaled = parameters.length === 0 && number.n === own.coefficient.d && number.d === own.coefficient.n;
    return unscaled && argument.terms.length > 1;
  };
  const visit = (inner: Expression): boolean => {
    const list = "arguments" in inner ? inner.arguments : inner.kind === "delta" ? [inner.left, inner.right] : [];
    return list.every(clear) && children(inner).every(visit);
  };
  return visit(e) ? label : undefined;
}

/** `\Delta` alone: the kernel \Delta_x \delta(x-y) over the space that the document has labels of. */
export function laplaceKernel(env: Env, span: Span): Mapping {
  const kinds = env.scope.spaces();
  const [kind] = kinds;
  if (kind === undefined || kinds.length !== 1)
    return fail(
      "bad-gradient",
      span,
      `found \`\\Delta\` alone, and ${kinds.length === 0 ? "no index is declared in R^d" : "indices of several spaces R^d are declared"}`,
      "write it by a label, as in `\\Delta_x`",
    );
  return {
    sort: "map",
    groups: [[kind], [kind]],
    operator: false,
    at: (list, where) => {
      spend(env, where, 4);
      const labels = freshGroups(env, [[kind], [kind]]);
      const [x, y] = asArguments(labels) as [Argument, Argument];
      const body = byLabel({ kind: "delta", left: x, right: y, span: where }, labels[0] as Label, true, where);
      return closedCall(env, "\\Delta", labels, body, list, where) as Expression;
    },
  };
}

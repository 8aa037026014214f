import { substituteIn } from "../core/argument.js";
import type { Argument, Expression, Label } from "../core/expression.js";
import type { Rational } from "../core/rational.js";

/**
 * A text that two scalar expressions share when they are written alike: names resolved, bound labels numbered,
 * bars drawn over values only. `names` gives the free labels; `open` writes definitions out. Different texts may
 * still be equal expressions.
 */
export function textOf(e: Expression, names: ReadonlyMap<number, string>, bar = false, open = false): string {
  const go = (inner: Expression): string => textOf(inner, names, bar, open);
  const plainly = (inner: Expression): string => textOf(inner, names, false, open);
  switch (e.kind) {
    case "number":
      return number(e.value);
    case "imaginary":
      return bar ? "-i" : "i";
    case "pi":
      return "pi";
    case "parameter":
      return `p${e.parameter.id}${bar && e.parameter.domain === "complex" ? "~" : ""}`;
    case "value":
      return `v${e.symbol.id}${bar && !e.symbol.real ? "~" : ""}${partialsOf(e.partials)}(${list(e.arguments, names)})`;
    case "delta":
      return `d(${list([e.left, e.right], names)})`;
    case "sum":
      return `(+ ${e.terms.map(go).join(" ")})`;
    case "product":
      return `(* ${e.factors.map(go).join(" ")})`;
    case "bind": {
      const inner = new Map(names);
      for (const label of e.labels) inner.set(label.id, `b${inner.size}`);
      return `(int ${e.labels.map((label) => inner.get(label.id)).join(",")} ${textOf(e.body, inner, bar, open)})`;
    }
    case "adjoint":
      return textOf(e.of, names, !bar, open);
    case "derivative":
      return `(dt ${go(e.of)})`;
    case "call": {
      const { parameters, body } = e.definition;
      const written = open && substituteIn(body, new Map(parameters.map((label, k) => [label.id, e.arguments[k] as Argument])));
      const text = written ? go(written) : undefined;
      return text !== undefined && text.length < longest ? text : over(`c${e.definition.id}(${list(e.arguments, names)})`, bar);
    }
    case "power":
      return over(`(^ ${plainly(e.base)} ${number(e.exponent)})`, bar);
    case "ladder":
      return over(`l${e.species.id}${e.creation ? "*" : ""}(${list(e.arguments, names)})`, bar);
    case "commutator":
      return over(`(c${e.sign} ${plainly(e.left)} ${plainly(e.right)})`, bar);
    case "contraction":
      return over(`(c ${plainly(e.left)} ${plainly(e.right)})`, bar);
    case "unitary":
      return over(`u${e.unitary.id}${e.inverse ? "*" : ""}`, bar);
    case "function":
      return over(`(${e.name} ${plainly(e.of)})`, bar);
    case "part":
      return over(`(part ${e.total ?? ""} ${e.creators ?? ""} ${e.annihilators ?? ""} ${plainly(e.of)})`, bar);
    case "partial":
      return `(d${e.component.id} ${names.get(e.label.id) ?? `f${e.label.id}`} ${go(e.of)})`;
    case "components":
      return `(sum${e.component.id} ${go(e.of)})`;
    case "normal":
    case "expectation":
      return over(`(${e.kind} ${plainly(e.of)})`, bar);
  }
}

const partialsOf = (partials: (Expression & { kind: "value" })["partials"]): string =>
  (partials ?? []).map(({ slot, component }) => `d${slot}:${component.id}`).join("");

/** Definitions that are longer when they are written out stay as they are. */
const longest = 50_000;

const over = (text: string, bar: boolean): string => (bar ? `~${text}` : text);

const number = (value: Rational): string => `${value.n}/${value.d}`;

const list = (all: readonly Argument[], names: ReadonlyMap<number, string>): string => all.map((one) => argument(one, names)).join(",");

function argument(one: Argument, names: ReadonlyMap<number, string>): string {
  const name = (label: Label): string => names.get(label.id) ?? `f${label.id}`;
  if (one.kind === "constant") return `=${one.value}`;
  if (one.kind === "label") return name(one.label);
  const scale = one.scale.parameters.map((p) => `p${p.parameter.id}^${p.exponent}`).join("");
  const terms = one.terms.map((term) => number(term.coefficient) + name(term.label)).sort();
  return `${number(one.scale.number)}${scale}[${terms.join("+")}]`;
}

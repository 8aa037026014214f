import { freeLabels } from "../../src/core/argument.js";
import type { Argument, Equation, Expression, Label } from "../../src/core/expression.js";
import { isInteger, type Rational } from "../../src/core/rational.js";
import type { ElaboratedDocument } from "../../src/elaborate/index.js";
import { loadDocument } from "../../src/elaborate/index.js";
import { lineStarts, position } from "../../src/source/span.js";

/** A short text of a core expression: bound labels by their names with a number where two of a name are nested. */
export function print(e: Expression, names: ReadonlyMap<number, string> = free(e)): string {
  const go = (inner: Expression): string => print(inner, names);
  const list = (all: readonly Argument[]): string => all.map((one) => argument(one, names)).join(",");
  switch (e.kind) {
    case "number":
      return number(e.value);
    case "imaginary":
      return "i";
    case "pi":
      return "pi";
    case "parameter":
      return e.parameter.name;
    case "value":
      return `${e.symbol.name}(${list(e.arguments)})`;
    case "ladder":
      return `${e.species.name}${e.creation ? "^*" : ""}[${list(e.arguments)}]`;
    case "delta":
      return `delta(${list([e.left, e.right])})`;
    case "sum":
      return `(+ ${e.terms.map(go).join(" ")})`;
    case "product":
      return `(* ${e.factors.map(go).join(" ")})`;
    case "power":
      return `(^ ${go(e.base)} ${number(e.exponent)})`;
    case "bind": {
      const inner = new Map(names);
      const used = new Set(names.values());
      for (const label of e.labels) {
        let name = label.name;
        if (label.pair) name += `.${label.pair.position}`;
        let next = name;
        for (let n = 2; used.has(next); n++) next = `${name}~${n}`;
        used.add(next);
        inner.set(label.id, next);
      }
      return `(bind ${e.labels.map((label) => inner.get(label.id)).join(",")} ${print(e.body, inner)})`;
    }
    case "adjoint":
      return `(adj ${go(e.of)})`;
    case "commutator":
      return `(${e.sign < 0 ? "comm" : "anti"} ${go(e.left)} ${go(e.right)})`;
    case "normal":
      return `(nor ${go(e.of)})`;
    case "expectation":
      return `(vev ${go(e.of)})`;
    case "contraction":
      return `(contract ${go(e.left)} ${go(e.right)})`;
    case "part":
      return `(part ${e.total ?? `${e.creators},${e.annihilators}`} ${go(e.of)})`;
    case "unitary":
      return `${e.unitary.name}${e.inverse ? "^*" : ""}`;
    case "partial":
      return `(d ${labelName(e.label, names)} ${go(e.of)})`;
    case "components":
      return `(components ${go(e.of)})`;
    case "derivative":
      return `(dt ${go(e.of)})`;
    case "function":
      return `(${e.name} ${go(e.of)})`;
    case "call":
      return `${e.definition.name}<${list(e.arguments)}>`;
  }
}

const free = (e: Expression): ReadonlyMap<number, string> =>
  new Map(freeLabels(e).map((label) => [label.id, label.name + (label.pair ? `.${label.pair.position}` : "")]));

const number = (value: Rational): string => (isInteger(value) ? `${value.n}` : `${value.n}/${value.d}`);

function labelName(label: Label, names: ReadonlyMap<number, string>): string {
  return names.get(label.id) ?? (label.pair ? `${label.name}.${label.pair.position}` : label.name);
}

function argument(one: Argument, names: ReadonlyMap<number, string>): string {
  if (one.kind === "constant") return String(one.value);
  if (one.kind === "label") return labelName(one.label, names);
  if (one.terms.length === 0) return "0";
  const terms = one.terms.map(({ label, coefficient }, at) => {
    const name = labelName(label, names);
    const plain = coefficient.n === 1n && coefficient.d === 1n;
    const minus = coefficient.n === -1n && coefficient.d === 1n;
    return `${!minus && coefficient.n > 0n && at > 0 ? "+" : ""}${plain ? "" : minus ? "-" : number(coefficient)}${name}`;
  });
  const scale = one.scale.parameters.map(({ parameter, exponent }) => parameter.name + (exponent === 1 ? "" : `^${exponent}`)).join(" ");
  return scale === "" ? terms.join("") : `${scale}(${terms.join("")})`;
}

export const equation = (e: Equation): string => `${print(e.left)} = ${print(e.right)}`;

/** Loads a text; `files` are the documents that it may use. */
export function load(text: string, files: Readonly<Record<string, string>> = {}): ElaboratedDocument {
  return loadDocument({ path: "main.wick", text }, (path) => {
    const found = files[path];
    return found === undefined ? { error: "there is no such file" } : { path, text: found };
  });
}

/** `line:column code message` of each diagnostic. */
export function faults(document: ElaboratedDocument): readonly string[] {
  const starts = lineStarts(document.source.text);
  return document.diagnostics.map((one) => {
    const { line, column } = position(starts, one.span.start);
    return `${line}:${column} ${one.code} ${one.message}`;
  });
}

/** The statements that are checked, one text each. */
export function summary(document: ElaboratedDocument): readonly string[] {
  return document.statements.map((one) => (one.kind === "show" ? print(one.expression) : one.equations.map(equation).join(" ; ")));
}

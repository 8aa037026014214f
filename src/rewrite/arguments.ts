import { replaceVertices, substitute } from "../algebra/bind.js";
import type { Vertex } from "../algebra/canonical.js";
import { normalise } from "../algebra/diagram.js";
import { deltaHead, headOf, valueHead } from "../algebra/head.js";
import { type Arg, affine, combine, constantLabel, freeLabel, labelsOf, mapArg } from "../algebra/label.js";
import { parameterBase, scalarPower } from "../algebra/scalar.js";
import { composeScales, scaleKey, scalePowers } from "../algebra/scale.js";
import { fromProduct, type Sum, scale } from "../algebra/sum.js";
import { multiplyNormal } from "../algebra/wick.js";
import type { Argument, Expression, Kind } from "../core/expression.js";
import { fail } from "../source/diagnostic.js";
import { nowhere } from "../source/span.js";

/** An argument apart from the parameters that scale it as a whole. */
export interface Scaled {
  readonly scale: string;
  readonly arg: Arg;
}

function safe(n: bigint): number {
  const value = Number(n);
  if (!Number.isSafeInteger(value)) fail("too-large", nowhere, "a label's coefficient is too large");
  return value;
}

export function argument(a: Argument): Scaled {
  if (a.kind === "label") return { scale: "", arg: freeLabel(a.label) };
  if (a.kind === "constant") return { scale: "", arg: constantLabel(a.of, a.value) };
  const flat: number[] = [];
  const { n, d } = a.scale.number;
  for (const { label, coefficient } of a.terms)
    flat.push(label.unit ? constantLabel(label.kind, 1) : freeLabel(label), safe(coefficient.n * n), safe(coefficient.d * d));
  return { scale: a.terms.length === 0 ? "" : scaleKey(a.scale), arg: affine(flat) };
}

/** The difference of a delta's two arguments, with their common scale. */
function difference(left: Scaled, right: Scaled): Scaled {
  const origin = (s: Scaled): boolean => typeof s.arg !== "number" && s.arg.length === 0;
  if (origin(right)) return left;
  if (origin(left)) return right;
  if (left.scale !== right.scale) return fail("not-understood", nowhere, "a delta of arguments with different scales is not understood");
  return { scale: left.scale, arg: combine(left.arg, right.arg, -1) };
}

/** A delta as a sum: \delta(N u) = N^{-d} \delta(u) in R^d. */
export function delta(of: Kind, left: Scaled, right: Scaled): Sum {
  if (of.kind === "finite")
    return fromProduct(normalise({ kinds: [], vertices: [{ head: deltaHead(of), args: [left.arg, right.arg], exp: 1 }] }));
  const { scale: by, arg } = difference(left, right);
  const one = fromProduct(normalise({ kinds: [], vertices: [{ head: deltaHead(of), args: [arg], exp: 1 }] }));
  if (by === "" || of.kind === "lattice") return one;
  let result: Sum = one;
  for (const { parameter, exponent } of scalePowers(by)) {
    if (parameter.domain !== "positive")
      fail(
        "not-understood",
        nowhere,
        `\\delta of an argument scaled by ${parameter.name} needs ${parameter.name} > 0`,
        `declare it as param ${parameter.name} > 0`,
      );
    const power = scalarPower(parameterBase(parameter, false), -of.dimension * exponent, 1);
    result = scale(result, power.factor, power.id);
  }
  return result;
}

/** A sum times powers of scales. */
export function byScales(sum: Sum, scales: readonly string[], sign: 1 | -1): Sum {
  let result = sum;
  for (const by of scales)
    for (const { parameter, exponent } of scalePowers(by)) {
      const power = scalarPower(parameterBase(parameter, false), sign * exponent, 1);
      result = scale(result, power.factor, power.id);
    }
  return result;
}

/** Replaces free labels by arguments that may be scaled. */
export function substituteScaled(sum: Sum, map: ReadonlyMap<number, Scaled>): Sum {
  if ([...map.values()].every((s) => s.scale === "")) return substitute(sum, new Map([...map].map(([code, s]) => [code, s.arg])));
  const image = (vertex: Vertex): Sum | undefined => {
    let touched = false;
    for (const arg of vertex.args)
      labelsOf(arg, (l) => {
        if (map.has(l)) touched = true;
      });
    if (!touched) return undefined;
    const head = headOf(vertex.head);
    const scales: string[] = [];
    const args = vertex.args.map((arg, i) => {
      const by = new Set<string>();
      labelsOf(arg, (l) => by.add(map.get(l)?.scale ?? ""));
      if (by.size > 1) return fail("not-understood", nowhere, "an argument of labels with different scales is not understood");
      scales[i] = [...by][0] ?? "";
      return mapArg(arg, (l) => map.get(l)?.arg);
    });
    const one = { ...vertex, args, exp: 1 };
    if (scales.every((s) => s === "")) return fromProduct(normalise({ kinds: [], vertices: [one] }));
    if (head.kind === "value") {
      const scaled = head.scales.map((own, i) => composeScales(own, scales[i] as string));
      const image = valueHead(head.symbol, head.conjugated, head.dots, scaled, head.partials);
      // Derivatives are those of u -> f(N u): f'(N x) is 1/N of it.
      const by = head.partials.map((slot) => scales[slot] as string).filter((s) => s !== "");
      return byScales(fromProduct(normalise({ kinds: [], vertices: [{ ...one, head: image }] })), by, -1);
    }
    if (head.kind === "delta" && head.of.kind !== "finite")
      return delta(head.of, { scale: scales[0] as string, arg: args[0] as Arg }, { scale: "", arg: [] });
    return fail("not-understood", nowhere, "a ladder operator at a scaled label is not understood");
  };
  return replaceVertices(sum, image, multiplyNormal);
}

const unitaries = new WeakMap<Expression, boolean>();
/** Whether a product with the expression may be a conjugation: what is normal ordered, cut to parts or averaged is done before. */
export function hasUnitary(e: Expression): boolean {
  // Most nodes are leaves: they are not worth an entry.
  if (e.kind === "number" || e.kind === "ladder" || e.kind === "value") return false;
  const known = unitaries.get(e);
  if (known !== undefined) return known;
  let result = false;
  switch (e.kind) {
    case "unitary":
      result = true;
      break;
    case "sum":
      result = e.terms.some(hasUnitary);
      break;
    case "product":
      result = e.factors.some(hasUnitary);
      break;
    case "power":
      result = hasUnitary(e.base);
      break;
    case "bind":
      result = hasUnitary(e.body);
      break;
    case "adjoint":
    case "derivative":
      result = hasUnitary(e.of);
      break;
    case "commutator":
      result = hasUnitary(e.left) || hasUnitary(e.right);
      break;
    case "call":
      result = hasUnitary(e.definition.body);
      break;
    default:
      break;
  }
  unitaries.set(e, result);
  return result;
}

import { substituteIn } from "../../core/argument.js";
import { children } from "../../core/children.js";
import type { Argument, Expression, Kernel, KernelFunction, Kind, SymbolInfo } from "../../core/expression.js";
import { equals, multiply, one, type Rational } from "../../core/rational.js";

/**
 * Kernels ch(mk), sh(mk), p(mk) = ch(mk) - 1 as symbols. Two of them are one symbol where the function, the multiple and the
 * text of the kernel agree; definitions are opened for that, and terms and factors sorted.
 */

type Names = ReadonlyMap<number, string>;

const ratio = (r: Rational): string => `${r.n}/${r.d}`;

function argumentText(a: Argument, names: Names): string {
  if (a.kind === "constant") return `!${a.value}`;
  if (a.kind === "label") return names.get(a.label.id) ?? `=${a.label.id}`;
  const terms = a.terms.map((t) => `${ratio(multiply(t.coefficient, a.scale.number))} ${names.get(t.label.id) ?? `=${t.label.id}`}`);
  return `${a.scale.parameters.map((p) => `${p.parameter.id}^${p.exponent}`).sort()}(${terms.sort().join("+")})`;
}

function bodyText(e: Expression, names: Names): string {
  const list = (all: readonly Argument[]): string => all.map((a) => argumentText(a, names)).join(",");
  const inner = (now: Names): string[] => children(e).map((child) => bodyText(child, now));
  switch (e.kind) {
    case "number":
      return ratio(e.value);
    case "parameter":
      return `p${e.parameter.id}`;
    case "value":
      return `${symbolText(e.symbol)}${(e.partials ?? []).map((p) => `'${p.slot}`).join("")}(${list(e.arguments)})`;
    case "ladder":
      return `${e.creation ? "+" : "-"}${e.species.id}(${list(e.arguments)})`;
    case "delta":
      return `d(${[argumentText(e.left, names), argumentText(e.right, names)].sort().join(";")})`;
    case "call": {
      const body = substituteIn(e.definition.body, new Map(e.definition.parameters.map((p, i) => [p.id, e.arguments[i] as Argument])));
      return body ? bodyText(body, names) : `c${e.definition.id}(${list(e.arguments)})`;
    }
    case "sum":
    case "product":
      return `${e.kind}{${inner(names).sort().join(" ")}}`;
    case "bind":
      return `bind${e.labels.length}{${inner(new Map([...names, ...e.labels.map((l, i): [number, string] => [l.id, `#${names.size + i}`])]))}}`;
    case "power":
      return `^${ratio(e.exponent)}{${inner(names)}}`;
    case "function":
      return `${e.name}{${inner(names)}}`;
    default:
      return `${e.kind}{${inner(names).join(" ")}}`;
  }
}

const texts = new WeakMap<Kernel, string>();

/** A text that equal kernels share. */
export function kernelText(kernel: Kernel): string {
  let known = texts.get(kernel);
  if (known === undefined) {
    const names = new Map([...kernel.first, ...kernel.second].map((l, i): [number, string] => [l.id, `_${i}`]));
    known = `${kernel.first.map((l) => l.kind.kind)}:${bodyText(kernel.body, names)}`;
    texts.set(kernel, known);
  }
  return known;
}

/** A text that equal symbols share: the number of a declared one. */
export function symbolText(symbol: SymbolInfo): string {
  const { of } = symbol;
  return of === undefined ? `${symbol.id}` : `${of.name}(${ratio(of.multiple)})[${kernelText(of.kernel)}]`;
}

export const sameSymbol = (a: SymbolInfo, b: SymbolInfo): boolean =>
  a.id === b.id || (a.of !== undefined && b.of !== undefined && symbolText(a) === symbolText(b));

/** A kernel as a multiple of one that others are multiples of, too. */
export interface Multiple {
  readonly kernel: Kernel;
  readonly real: boolean;
  readonly multiple: Rational;
}

const made = new WeakMap<Kernel, Map<string, SymbolInfo>>();
let next = -50_000_000;

/** The symbol of ch(mk), sh(mk) or ch(mk) - 1. */
export function derived(name: KernelFunction["name"], { kernel, real, multiple }: Multiple): SymbolInfo {
  const own = made.get(kernel) ?? new Map<string, SymbolInfo>();
  made.set(kernel, own);
  const key = `${name}${ratio(multiple)}`;
  const known = own.get(key);
  if (known) return known;
  const size = kernel.first.length;
  const positions = kernel.first.map((_, i) => i);
  const { n, d } = multiple;
  const factor = equals(multiple, one)
    ? ""
    : d === 1n
      ? n === -1n
        ? "-"
        : `${n}`
      : `${n < 0n ? "-" : ""}\\frac{${n < 0n ? -n : n}}{${d}}`;
  const inner = `\\mathrm{${name === "sh" ? "sh" : "ch"}}(${factor}${kernel.name})`;
  const base = name === "p" ? `(${inner} - 1)` : inner;
  const kinds: readonly Kind[] = kernel.first.map((l) => l.kind);
  const symbol: SymbolInfo = {
    id: next--,
    name: base,
    slots: [...kinds, ...kinds],
    real,
    symmetries: [
      {
        permutation: [...positions.map((i) => i + size), ...positions],
        negated: [...kinds, ...kinds].map(() => false),
        sign: 1,
        conjugated: name !== "sh",
      },
    ],
    layout: { base, subscript: [], superscript: [], arguments: [positions, positions.map((i) => i + size)] },
    of: { name, multiple, kernel },
  };
  own.set(key, symbol);
  return symbol;
}

/** The declared kernel whose values the kernel has, where it is one by itself. */
export function declaredOf({ body, first, second }: Kernel): SymbolInfo | undefined {
  if (body.kind !== "value" || body.partials !== undefined || body.symbol.of !== undefined) return undefined;
  const labels = [...first, ...second];
  const ids = body.arguments.map((a) => {
    if (a.kind === "label") return a.label.id;
    const [only, ...rest] = a.kind === "affine" ? a.terms : [];
    const plain = a.kind === "affine" && a.scale.parameters.length === 0 && only && rest.length === 0;
    return plain && equals(multiply(only.coefficient, a.scale.number), one) ? only.label.id : undefined;
  });
  return ids.length === labels.length && ids.every((id, i) => id === labels[i]?.id) ? body.symbol : undefined;
}

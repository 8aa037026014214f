import { argumentLabels } from "../../core/argument.js";
import type { Argument, Expression, Label } from "../../core/expression.js";
import type { Binding } from "./binding.js";
import { freeLabels, plainLabel, sameArgument } from "./labels.js";
import { children, isScalar } from "./node.js";
import { pairOf } from "./pair.js";
import type { Guard, Variables } from "./rule.js";
import { declaredOf } from "./symbols.js";

const operator = (b: Binding, v: Variables, name: string): Expression | undefined =>
  b.operators.get(v.operators.get(name) ?? Number.NaN)?.body;
const label = (b: Binding, v: Variables, name: string): readonly Argument[] => b.labels.get(v.labels.get(name) ?? Number.NaN) ?? [];
const species = (b: Binding, v: Variables, name: string) => b.species.get(v.species.get(name) ?? Number.NaN);
const scalar = (b: Binding, v: Variables, name: string): Expression | undefined => b.scalars.get(v.scalars.get(name) ?? Number.NaN);

/** A text by which arguments are compared; equal exactly for equal ones. Labels are in the order of their names. */
function argumentText(a: Argument): string {
  const one = (l: Label): string => `${l.name.padEnd(6)}${l.id}`;
  if (a.kind === "constant") return `!${a.value}`;
  if (a.kind === "label") return one(a.label);
  const scale = `${a.scale.number.n}/${a.scale.number.d} ${a.scale.parameters.map((p) => `${p.parameter.id}^${p.exponent}`).join(" ")}`;
  return `${a.terms.map((t) => `${one(t.label)} ${t.coefficient.n}/${t.coefficient.d}`).join("+")} ${scale}`;
}

const listText = (list: readonly Argument[]): string => list.map(argumentText).join(",");

/** Fermionic degree modulo 2 of a product of ladder operators and c-numbers; undefined of anything else. */
export function parity(e: Expression): 0 | 1 | undefined {
  if (e.kind === "ladder") return e.species.statistics === "fermion" ? 1 : 0;
  if (isScalar(e)) return 0;
  if (e.kind === "bind" || e.kind === "normal" || e.kind === "partial" || e.kind === "components")
    return parity(children(e)[0] as Expression);
  if (e.kind !== "product") return undefined;
  let total: 0 | 1 = 0;
  for (const factor of e.factors) {
    const one = parity(factor);
    if (one === undefined) return undefined;
    total = ((total + one) % 2) as 0 | 1;
  }
  return total;
}

/** The largest number of ladder operators in one term; undefined where it cannot be read off. */
export function degree(e: Expression): number | undefined {
  if (e.kind === "ladder") return 1;
  if (isScalar(e)) return 0;
  const parts = children(e).map(degree);
  if (parts.some((p) => p === undefined)) return undefined;
  const degrees = parts as number[];
  switch (e.kind) {
    case "sum":
      return Math.max(...degrees);
    case "product":
      return degrees.reduce((a, b) => a + b, 0);
    case "bind":
    case "adjoint":
    case "derivative":
    case "normal":
    case "partial":
    case "components":
      return degrees[0];
    case "call":
      return degree(e.definition.body);
    default:
      return undefined;
  }
}

/** Linear in the ladder operators, and these all bosonic, so that its commutator with one of them is a c-number. */
export function isLinear(e: Expression): boolean {
  const bosonic = (x: Expression): boolean =>
    x.kind === "call" ? bosonic(x.definition.body) : x.kind === "ladder" ? x.species.statistics === "boson" : children(x).every(bosonic);
  const d = degree(e);
  return d !== undefined && d <= 1 && bosonic(e);
}

/** True where nothing in the expression depends on time. */
export function isConstant(e: Expression): boolean {
  if (e.kind === "value" || e.kind === "unitary" || e.kind === "call") return false;
  return children(e).every(isConstant);
}

/** Species that occur in an expression, definitions opened. */
function occurring(e: Expression, found = new Set<number>()): ReadonlySet<number> {
  if (e.kind === "ladder") found.add(e.species.id);
  if (e.kind === "call") occurring(e.definition.body, found);
  for (const child of children(e)) occurring(child, found);
  return found;
}

/** The kernel of ch and sh is the declared one that stands beside them. */
const sameKernel: Guard = (b, v) => {
  const kernel = b.kernels.get(v.symbols.get("k") ?? Number.NaN);
  const symbol = b.symbols.get(v.symbols.get("l") ?? Number.NaN);
  return kernel !== undefined && symbol !== undefined && declaredOf(kernel.kernel)?.id === symbol.id;
};

const passes: Guard = (b) => {
  const [unitary] = b.unitaries.values();
  const [moved] = b.species.values();
  return unitary !== undefined && moved !== undefined && !occurring(unitary.generator).has(moved.id);
};

const hasUnitary = (e: Expression): boolean => e.kind === "unitary" || children(e).some(hasUnitary);

/** A linear generator needs no help: its unitary moves past one operator after the other. */
const separates: Guard = (b, v) => {
  const [unitary] = b.unitaries.values();
  const alone = !hasUnitary(operator(b, v, "A") as Expression) && !hasUnitary(operator(b, v, "B") as Expression);
  return unitary !== undefined && alone && pairOf(unitary) !== undefined;
};

const outOfOrder =
  (first: string, second: string): Guard =>
  (b, v) => {
    const one = species(b, v, first);
    const two = species(b, v, second);
    if (one && two && one.id !== two.id) return one.name > two.name || (one.name === two.name && one.id > two.id);
    return listText(label(b, v, "x")) > listText(label(b, v, "y"));
  };

/** Without these the rule of that name would be false. */
export const conditions: ReadonlyMap<string, Guard> = new Map<string, Guard>([
  [
    "kronecker-zero",
    (b, v) => {
      const [m] = label(b, v, "m");
      const [n] = label(b, v, "n");
      return m?.kind === "constant" && n?.kind === "constant" && m.value !== n.value;
    },
  ],
  ["normal-fermion-even", (b, v) => parity(operator(b, v, "A") as Expression) === 0],
  ["normal-fermion-odd", (b, v) => parity(operator(b, v, "A") as Expression) === 1],
  ["derivative-constant", (b, v) => isConstant(scalar(b, v, "s") as Expression)],
  [
    "gradient-constant",
    (b, v) => {
      const [x] = label(b, v, "x");
      const own = x && plainLabel(x);
      return own !== undefined && !freeLabels(operator(b, v, "A") as Expression).has(own.id);
    },
  ],
  ["ch-kernel", sameKernel],
  ["sh-kernel", sameKernel],
  ["passes", passes],
  ["passes-creator", passes],
  ...["weyl", "weyl-creator", "weyl-inverse", "weyl-inverse-creator", "weyl-derivative", "weyl-inverse-derivative"].map(
    (name): [string, Guard] => [
      name,
      (b) => {
        const [unitary] = b.unitaries.values();
        return unitary !== undefined && isLinear(unitary.generator);
      },
    ],
  ),
]);

const scalarAtEnd = (e: Expression): boolean => (e.kind === "product" ? e.factors.some(isScalar) : isScalar(e));

/** Without these the rule would be used for ever, or in both directions. */
export const directions: ReadonlyMap<string, Guard> = new Map<string, Guard>([
  ["conjugation-product", separates],
  ["conjugation-product-inverse", separates],
  ["ch-negative", (b, v) => (b.kernels.get(v.symbols.get("k") ?? Number.NaN)?.multiple.n ?? 0n) > 0n],
  ["ch-less-one-negative", (b, v) => (b.kernels.get(v.symbols.get("k") ?? Number.NaN)?.multiple.n ?? 0n) > 0n],
  ["sh-negative", (b, v) => (b.kernels.get(v.symbols.get("k") ?? Number.NaN)?.multiple.n ?? 0n) > 0n],
  ["sh-transpose", (b, v) => listText(label(b, v, "x")) > listText(label(b, v, "y"))],
  ["ch-kernel", (b, v) => listText(label(b, v, "x")) > listText(label(b, v, "y"))],
  ["scalar", (b, v) => !scalarAtEnd(operator(b, v, "A") as Expression)],
  [
    "delta-value",
    (b, v) => {
      const [x] = label(b, v, "x");
      const [y] = label(b, v, "y");
      const own = x && plainLabel(x);
      if (!own || !y || sameArgument(x, y)) return false;
      const later = (l: Label): boolean =>
        argumentText({ kind: "label", of: l.kind, label: l }) > argumentText({ kind: "label", of: own.kind, label: own });
      return !argumentLabels(y).some((l) => l.id === own.id || later(l)) && freeLabels(operator(b, v, "F") as Expression).has(own.id);
    },
  ],
  ...(
    [
      ["boson-order", "a", "a"],
      ["boson-order-creators", "a", "a"],
      ["species-order", "a", "b"],
      ["species-order-creators", "a", "b"],
      ["fermion-order", "c", "c"],
      ["fermion-order-creators", "c", "c"],
      ["fermion-species-order", "c", "d"],
      ["fermion-species-order-creators", "c", "d"],
      ["mixed-order", "c", "a"],
      ["mixed-order-creators", "c", "a"],
      ["mixed-order-back", "a", "c"],
      ["mixed-order-back-creators", "a", "c"],
    ] as const
  ).map(([name, first, second]): [string, Guard] => [name, outOfOrder(first, second)]),
]);

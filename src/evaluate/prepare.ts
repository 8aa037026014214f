import { argumentLabels } from "../core/argument.js";
import type { Assumption, SymbolInfo } from "../core/expression.js";
import { Unsupported } from "./limits.js";
import type { Machine } from "./machine.js";
import type { Node, Place } from "./program.js";
import type { Value } from "./ring.js";
import { freeLabels } from "./tree.js";

/** @throws Unsupported for operators, and where the right side has labels that the left side lacks */
export function prepare(machine: Machine, a: Assumption): Prepared {
  const { target } = a;
  const left = machine.compile(a.left);
  const right = machine.compile(a.right);
  if (!left.scalar || !right.scalar)
    throw new Unsupported("an assumption between operators cannot be realised in the finite model", a.span);
  const free = new Map([...freeLabels(a.left), ...freeLabels(a.right)].map((l) => [l.id, l]));
  if (target === undefined) return { assumption: a, left, right, labels: [...free.values()].map((l) => machine.compiler.label(l)) };
  const coefficient = machine.compile(target.coefficient);
  const pattern = target.arguments.map((x) => machine.compiler.place(x));
  const bound = new Set(target.arguments.flatMap((x) => argumentLabels(x).map((l) => l.id)));
  for (const l of [...freeLabels(a.right), ...freeLabels(target.coefficient)])
    if (!bound.has(l.id))
      throw new Unsupported(
        `the right side of this assumption depends on ${l.name}, the left side's ${target.symbol.name} does not`,
        a.span,
      );
  return {
    assumption: a,
    left,
    right,
    labels: [...free.values()].map((l) => machine.compiler.label(l)),
    target: { symbol: target.symbol, order: target.order, coefficient, pattern },
  };
}

/** An assumption, compiled. */
export interface Prepared {
  readonly assumption: Assumption;
  readonly left: Node;
  readonly right: Node;
  readonly labels: readonly number[];
  readonly target?: { readonly symbol: SymbolInfo; readonly order: number; readonly coefficient: Node; readonly pattern: readonly Place[] };
}

export interface Touched {
  readonly symbol: SymbolInfo;
  readonly tuple: readonly number[];
}

/** A number that may be changed by what is real, imaginary or both; `undefined` puts back what was there. */
export interface Unknown {
  readonly real: boolean;
  readonly imaginary: boolean;
  readonly move: (by: Value | undefined) => void;
}

export type Defining = Prepared & { readonly target: NonNullable<Prepared["target"]> };

export function plainLabel(place: Place): number | undefined {
  if (place.kind === "label") return place.label;
  return place.kind === "form" ? place.terms[0]?.[0] : undefined;
}

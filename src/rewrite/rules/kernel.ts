import { argumentLabels } from "../../core/argument.js";
import { type Argument, type Label, type SymbolInfo, sameKind } from "../../core/expression.js";
import { divide, equals } from "../../core/rational.js";
import { type Binding, combination, extend } from "./binding.js";
import { type Labels, plain, plainLabel, sameArgument } from "./labels.js";
import type { Kinded } from "./node.js";
import { isPairPattern, pairOf } from "./pair.js";
import { declaredOf, kernelText } from "./symbols.js";

/** How labels, kernels and unitaries that make pairs are matched. */

export interface Scope {
  /** Labels bound by integrals of the pattern around the present place: nothing outside them may contain one. */
  readonly bound: ReadonlySet<number>;
}

export function bindLabel(label: Label, value: readonly Argument[], b: Binding, scope: Scope): Binding | undefined {
  const known = b.labels.get(label.id);
  if (known) return known.length === value.length && known.every((a, i) => sameArgument(a, value[i] as Argument)) ? b : undefined;
  for (const argument of value) {
    if (argumentLabels(argument).some((l) => scope.bound.has(l.id))) return undefined;
  }
  return { ...b, labels: extend(b.labels, label.id, value) };
}

/** The two arguments of a kernel in both orders, the second only where that is the same value. */
function* groups(pattern: Kinded<"value">, subject: Kinded<"value">, both: boolean, b: Binding, scope: Scope): Generator<Binding> {
  const half = subject.arguments.length / 2;
  const [x, y] = pattern.arguments.map(plainLabel);
  if (!x || !y || half !== Math.floor(half)) return;
  const [first, second] = [subject.arguments.slice(0, half), subject.arguments.slice(half)];
  if (!first.every((a, i) => sameKind(a.of, (second[i] as Argument).of))) return;
  for (const [left, right] of both ? [[first, second] as const, [second, first] as const] : [[first, second] as const]) {
    const one = bindLabel(x, left, b, scope);
    const two = one && bindLabel(y, right, one, scope);
    if (two) yield two;
  }
}

/** ch, sh and ch - 1. All kernels of a rule are multiples of one, the first that was met. */
export function* matchDerived(pattern: Kinded<"value">, subject: Kinded<"value">, b: Binding, scope: Scope): Generator<Binding> {
  const [of, own] = [pattern.symbol.of, subject.symbol.of];
  if (!of || !own || of.name !== own.name) return;
  const [only, ...others] = combination(of) ?? [];
  if (!only || others.length > 0) return;
  // The rules are those of symmetric kernels.
  const declared = declaredOf(own.kernel);
  if (declared !== undefined && !isSymmetric(declared)) return;
  const multiple = divide(own.multiple, only.factor);
  const known = b.kernels.get(only.symbol.id);
  if (known && !equals(known.multiple, multiple)) return;
  const [other] = b.kernels.values();
  if (other && kernelText(other.kernel) !== kernelText(own.kernel)) return;
  const real = subject.symbol.real;
  const next = { ...b, kernels: extend(b.kernels, only.symbol.id, { kernel: other?.kernel ?? own.kernel, real, multiple }) };
  // By itself a value is taken as it stands; where it is joined to others, its symmetry is understood.
  yield* groups(pattern, subject, scope.bound.size > 0 && (of.name === "sh" || real), next, scope);
}

/** Whether k(x,y) = k(y,x) is declared. */
function isSymmetric({ slots, symmetries }: SymbolInfo): boolean {
  const half = slots.length / 2;
  return symmetries.some(
    (s) =>
      s.sign === 1 && !s.conjugated && s.permutation.every((from, to) => from === (to + half) % (2 * half)) && !s.negated.some(Boolean),
  );
}

/** A value of a kernel with two arguments of one kind. */
export function* matchKernel(pattern: Kinded<"value">, subject: Kinded<"value">, b: Binding, scope: Scope): Generator<Binding> {
  if (subject.symbol.of !== undefined) return;
  const known = b.symbols.get(pattern.symbol.id);
  if (known && known.id !== subject.symbol.id) return;
  yield* groups(
    pattern,
    subject,
    isSymmetric(subject.symbol),
    { ...b, symbols: extend(b.symbols, pattern.symbol.id, subject.symbol) },
    scope,
  );
}

/** A unitary whose generator creates pairs of one species: its species, its kernel, and labels for the integral that it brings. */
export function bindPair(
  pattern: Kinded<"unitary">["unitary"],
  subject: Kinded<"unitary">["unitary"],
  b: Binding,
  labels: Labels,
): Binding | undefined {
  const read = isPairPattern(pattern.generator);
  const pair = pairOf(subject);
  const [species, ...others] = pair?.species ?? [];
  if (!read || !pair || !species || others.length > 0) return undefined;
  const known = b.species.get(read.species.id);
  if (known && known.id !== species.id) return undefined;
  const fresh = new Map<number, number>();
  return {
    ...b,
    species: extend(b.species, read.species.id, species),
    kernels: extend(b.kernels, read.kernel.id, pair.kernel),
    labels: extend(
      b.labels,
      read.second.id,
      pair.kernel.kernel.second.map((l) => plain(labels.fresh(l, fresh))),
    ),
    unitaries: extend(b.unitaries, pattern.id, subject),
  };
}

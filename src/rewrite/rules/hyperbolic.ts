import type { Argument, Expression, Kernel, Kind, Label, Unitary } from "../../core/expression.js";
import { negate } from "../../core/rational.js";
import { nowhere } from "../../source/span.js";
import { makeDelta } from "./binding.js";
import { type Labels, plain } from "./labels.js";
import { adjoint, bind, type Kinded, product, sum } from "./node.js";
import { pairOf } from "./pair.js";
import type { ComputedRule } from "./rule.js";
import { derived, type Multiple } from "./symbols.js";

/** What no pattern says of ch and sh of a kernel, and of unitaries that make pairs of several species. */

const multipleOf = (e: Kinded<"value">): Multiple | undefined => e.symbol.of && { ...e.symbol.of, real: e.symbol.real };

const halves = (e: Kinded<"value">): readonly [readonly Argument[], readonly Argument[]] => {
  const half = e.arguments.length / 2;
  return [e.arguments.slice(0, half), e.arguments.slice(half)];
};

/** The identity in ch(k) is written out, which leaves a kernel without deltas. */
const regular: ComputedRule = {
  kind: "computed",
  name: "regular",
  source: "ch(k) = 1 + (ch(k) - 1), the identity and a kernel without one.  Source: the power series of ch",
  apply: (e) => {
    if (e.kind !== "value" || e.symbol.of?.name !== "ch" || e.partials !== undefined) return undefined;
    const [first, second] = halves(e);
    const identity = product(first.map((a, i) => makeDelta(a, second[i] as Argument)));
    return sum([identity, { ...e, symbol: derived("p", multipleOf(e) as Multiple) }]);
  },
};

const conjugates = new WeakMap<Kernel, Kernel>();

/** ch and sh of a conjugate. */
const conjugateKernel: ComputedRule = {
  kind: "computed",
  name: "conjugate-kernel",
  source: "ch(\\overline{k}) and sh(\\overline{k}) are the conjugates of ch(k) and sh(k).  Source: the power series of ch and sh",
  apply: (e) => {
    if (e.kind !== "value" || e.symbol.of?.kernel.body.kind !== "adjoint" || e.partials !== undefined) return undefined;
    const { kernel, name, multiple } = e.symbol.of;
    let bare = conjugates.get(kernel);
    if (!bare) {
      const inner = /^\\overline\{(.*)\}$/.exec(kernel.name)?.[1];
      bare = { ...kernel, name: inner ?? `\\overline{${kernel.name}}`, body: (kernel.body as Kinded<"adjoint">).of };
      conjugates.set(kernel, bare);
    }
    const value: Expression = { ...e, symbol: derived(name, { kernel: bare, real: e.symbol.real, multiple }) };
    return e.symbol.real ? value : adjoint(value);
  },
};

/** T^* s_x T where T makes pairs of several species, or T s_x T^*. */
function image(e: Kinded<"ladder">, unitary: Unitary, inverse: boolean, labels: Labels): Expression | undefined {
  const pair = pairOf(unitary);
  if (!pair || pair.species.length < 2) return undefined;
  const place = pair.species.findIndex((s) => s.id === e.species.id);
  if (place < 0) return undefined;
  const index = pair.kernel.kernel.first[0]?.kind as Kind;
  const at = (i: number): Argument => ({ kind: "constant", of: index, value: i + 1 });
  const multiple = inverse ? negate(pair.kernel.multiple) : pair.kernel.multiple;
  const terms = pair.species.flatMap((species, i) =>
    (["ch", "sh"] as const).map((name) => {
      const groups = new Map<number, number>();
      const own = pair.kernel.kernel.second.slice(1).map((l): Label => labels.fresh(l, groups));
      const value: Expression = {
        kind: "value",
        symbol: derived(name, { ...pair.kernel, multiple }),
        arguments: [at(place), ...e.arguments, at(i), ...own.map(plain)],
        span: nowhere,
      };
      const creation = (name === "sh") !== e.creation;
      return bind(
        own,
        product([e.creation ? adjoint(value) : value, { kind: "ladder", species, creation, arguments: own.map(plain), span: nowhere }]),
      );
    }),
  );
  return sum(terms);
}

const species: ComputedRule = {
  kind: "computed",
  name: "bogoliubov-species",
  source:
    "T^* s_x T = \\sum_t \\int ch(K)_{st}(x,y) t_y + sh(K)_{st}(x,y) t_y^* for T = \\exp(\\frac12 \\int K_{st}(x,y) s_x^* t_y^* - h.c.).  Source: (4.1), (4.2); Hadamard's lemma",
  apply: (e, labels) => {
    if (e.kind !== "product") return undefined;
    for (let i = 0; i + 2 < e.factors.length; i++) {
      const [left, middle, right] = e.factors.slice(i, i + 3) as [Expression, Expression, Expression];
      if (left.kind !== "unitary" || right.kind !== "unitary" || middle.kind !== "ladder") continue;
      if (left.unitary.id !== right.unitary.id || left.inverse === right.inverse) continue;
      const made = image(middle, left.unitary, right.inverse, labels);
      if (made) return product([...e.factors.slice(0, i), made, ...e.factors.slice(i + 3)]);
    }
    return undefined;
  },
};

export const hyperbolicRules: readonly ComputedRule[] = [conjugateKernel, regular, species];

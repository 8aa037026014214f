import { sameKinds } from "../core/argument.js";
import type { Argument, Expression, Label, SymbolInfo, Symmetry } from "../core/expression.js";
import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import type { SymbolDeclaration, Tree } from "../syntax/tree.js";
import { asArguments, bindLabels } from "./environment.js";
import type { Slot } from "./head.js";
import { describeAll } from "./kinds.js";
import type { Env } from "./meaning.js";
import { asPlain } from "./meaning.js";

/**
 * Symmetries of a declared function or kernel, as generators: of the attributes, and of equations such as
 * `kernel V(x,y) = -\overline{V(y,-x)}`.
 */

/** The generators that attributes stand for. */
export function attributeSymmetries(
  declaration: SymbolDeclaration,
  symbol: SymbolInfo,
  subscript: readonly Slot[],
  parameters: readonly Slot[],
): readonly Symmetry[] {
  const generators: Symmetry[] = [];
  const { slots } = symbol;
  const same = slots.map((_, at) => at);
  const none = slots.map(() => false);
  // Attributes speak of the arguments in parentheses; of the subscript's labels where there are no others.
  const groups = parameters.length > 0 ? parameters : subscript;
  const offset = parameters.length > 0 ? subscript.reduce((sum, slot) => sum + slot.kinds.length, 0) : 0;
  const size = groups[0]?.kinds.length ?? 0;
  const exchange = (first: number): readonly number[] => {
    const permutation = [...same];
    for (let n = 0; n < size; n++) {
      const a = offset + first * size + n;
      permutation[a] = a + size;
      permutation[a + size] = a;
    }
    return permutation;
  };
  for (const { text, span } of declaration.attributes) {
    switch (text) {
      case "real":
        break;
      case "even":
      case "odd": {
        const negated = slots.map((kind) => kind.kind !== "finite");
        if (!negated.includes(true)) fail("bad-attribute", span, `found \`${text}\` for labels in finite sets, which have no opposite`);
        generators.push({ permutation: same, negated, sign: text === "even" ? 1 : -1, conjugated: false });
        break;
      }
      case "symmetric":
      case "antisymmetric":
        needEqual(groups, text, span, 2);
        for (let at = 0; at + 1 < groups.length; at++)
          generators.push({ permutation: exchange(at), negated: none, sign: text === "symmetric" ? 1 : -1, conjugated: false });
        break;
      case "hermitian":
        needEqual(groups, text, span, 2);
        if (groups.length > 2)
          fail(
            "bad-attribute",
            span,
            `found \`hermitian\` for ${groups.length} arguments, expected two`,
            "write the symmetry out, as in V(x,y,z,u) = \\overline{V(z,u,x,y)}",
          );
        generators.push({ permutation: exchange(0), negated: none, sign: 1, conjugated: true });
        break;
      default:
        fail("bad-attribute", span, `found \`${text}\`, expected real, even, odd, symmetric, antisymmetric or hermitian`);
    }
  }
  return generators;
}

function needEqual(groups: readonly Slot[], attribute: string, span: Span, least: number): void {
  const [first] = groups;
  if (!first || groups.length < least)
    fail(
      "bad-attribute",
      span,
      `found \`${attribute}\` for ${groups.length} argument, expected at least ${least}`,
      "a function may be even or odd",
    );
  const other = groups.find((slot) => !sameKinds(slot.kinds, first.kinds));
  if (other)
    fail(
      "bad-attribute",
      span,
      `found \`${attribute}\` for arguments in ${describeAll(first.kinds)} and ${describeAll(other.kinds)}, expected arguments of one kind`,
    );
}

/** The generator that `f(x_1, ...) = \pm [conj] f(\pm x_{p(1)}, ...)` states. */
export function equalitySymmetry(tree: Tree, symbol: SymbolInfo, slots: readonly Slot[], name: string, env: Env): Symmetry {
  const labels: Label[] = [];
  let inside = env;
  for (const slot of slots) {
    const own = env.scope.session.labels(slot.name, slot.kinds);
    if (slots.some((other) => other !== slot && other.name === slot.name))
      fail("bound-twice", slot.span, `the label \`${slot.name}\` occurs twice, so that the equation does not tell the arguments apart`);
    labels.push(...own);
    inside = bindLabels(inside, slot.name, own);
  }
  const meaning = env.read(tree, inside);
  const value = meaning.sort === "map" ? meaning.at(asArguments(labels), tree.span) : asPlain(meaning, tree.span, "as a value").expression;
  const found = unwrap(value, { sign: 1, conjugated: false });
  if (!found || found.symbol.id !== symbol.id)
    return fail(
      "bad-symmetry",
      tree.span,
      `found this beside \`${name}\`, expected a value of \`${name}\` itself, perhaps with a sign or a bar`,
      "a kernel that equals another expression is defined with `let`, or declared and then given by `assume`",
    );
  const permutation: number[] = [];
  const negated: boolean[] = [];
  for (const argument of found.arguments) {
    const one = signed(argument);
    const at = one ? labels.findIndex((label) => label.id === one.label.id) : -1;
    if (!one || at < 0 || permutation.includes(at))
      return fail(
        "bad-symmetry",
        tree.span,
        `found arguments that are no rearrangement of those of \`${name}\``,
        "each label occurs once, perhaps with a minus sign",
      );
    permutation.push(at);
    negated.push(one.negative);
  }
  return { permutation, negated, sign: found.sign, conjugated: found.conjugated };
}

interface Found {
  readonly symbol: SymbolInfo;
  readonly arguments: readonly Argument[];
  readonly sign: 1 | -1;
  readonly conjugated: boolean;
}

function unwrap(e: Expression, so: { readonly sign: 1 | -1; readonly conjugated: boolean }): Found | undefined {
  switch (e.kind) {
    case "value":
      return { symbol: e.symbol, arguments: e.arguments, ...so };
    case "adjoint":
      return unwrap(e.of, { ...so, conjugated: !so.conjugated });
    case "product": {
      const [first, second] = e.factors;
      if (
        e.factors.length !== 2 ||
        first?.kind !== "number" ||
        !second ||
        first.value.d !== 1n ||
        (first.value.n !== 1n && first.value.n !== -1n)
      )
        return undefined;
      return unwrap(second, { ...so, sign: first.value.n === 1n ? so.sign : so.sign === 1 ? -1 : 1 });
    }
    default:
      return undefined;
  }
}

function signed(argument: Argument): { readonly label: Label; readonly negative: boolean } | undefined {
  if (argument.kind === "label") return { label: argument.label, negative: false };
  if (argument.kind === "constant" || argument.terms.length !== 1 || argument.scale.parameters.length > 0) return undefined;
  const [term] = argument.terms;
  if (term?.coefficient.d !== 1n || (term.coefficient.n !== 1n && term.coefficient.n !== -1n)) return undefined;
  return { label: term.label, negative: term.coefficient.n < 0n };
}

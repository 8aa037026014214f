import { plain } from "../core/argument.js";
import type { Argument, Definition, Expression, Label } from "../core/expression.js";
import { one } from "../core/rational.js";
import { derivedName } from "./derived.js";
import { applied, argumentText, dotted, isOne, plainLabel, type Style } from "./words.js";

/** What the written derivatives of an expression in space look like: `\nabla_x E`, `(\nabla w)(x-y)`. */
export interface Gradient {
  readonly laplacian: boolean;
  readonly label: Label;
  readonly of: Expression;
}

/** `\partial_{x^j} E` as a gradient and `\sum_j \partial_{x^j} \partial_{x^j} E` as a Laplacian. */
export function gradientOf(e: Expression): Gradient | undefined {
  if (e.kind === "partial") return { laplacian: false, label: e.label, of: e.of };
  if (e.kind !== "components" || e.of.kind !== "partial" || e.of.of.kind !== "partial") return undefined;
  const [outer, inner] = [e.of, e.of.of];
  const twice = outer.component === e.component && inner.component === e.component && outer.label.id === inner.label.id;
  return twice ? { laplacian: true, label: outer.label, of: inner.of } : undefined;
}

/** The derivative in a definition that elaboration made for `(\nabla w)(x-y)`, which no document can name. */
export function unnamed(definition: Definition): Gradient | undefined {
  const { name, layout, parameters } = definition;
  if ((name !== "\\nabla" && name !== "\\Delta") || layout.arguments.length > 0 || parameters.length === 0) return undefined;
  return gradientOf(definition.body);
}

/** A sum of functions that elaboration made a definition of, to take it at one point as a whole: `(ch(k) - 1)(x,x)`. */
export const unnamedSum = ({ name, layout, parameters }: Definition): boolean =>
  name === "sum" && layout.arguments.length === 0 && layout.subscript.length === 0 && parameters.length > 0;

/** The same by integrals over deltas, where the function has no name without its arguments. */
export function withDeltas(definition: Definition, args: readonly Argument[], span: Expression["span"]): Expression {
  const deltas = definition.parameters.map(
    (label, i): Expression => ({ kind: "delta", left: plain(label), right: args[i] as Argument, span }),
  );
  return { kind: "bind", labels: definition.parameters, body: { kind: "product", factors: [...deltas, definition.body], span }, span };
}

/** A gradient of a function of the first argument, as elaboration reads it back: by the label of R^d in it. */
export function byFirst({ label }: Gradient, parameters: readonly Label[]): boolean {
  const [first] = parameters;
  const group = parameters.filter((other) => other === first || (first?.pair !== undefined && other.pair?.group === first.pair.group));
  return group.includes(label) && group.filter((other) => other.kind.kind === "space").length === 1;
}

/** A function by its name alone; undefined where dots would be over several names. */
export function bareName(
  e: Expression & { readonly kind: "value" | "call" },
  dots: number,
  style: Style,
  run: (slots: readonly number[]) => string,
): string | undefined {
  const { layout } = e.kind === "value" ? e.symbol : e.definition;
  const of = e.kind === "value" ? e.symbol.of : undefined;
  if (of !== undefined && dots > 0) return undefined;
  return applied({ ...layout, arguments: [] }, of === undefined ? dotted(layout.base, dots) : derivedName(of, style), run);
}

/** `N \cdot`. */
export const scaledText = (argument: Argument, style: Style): string =>
  argumentText(
    argument,
    () => "\\cdot",
    () => 0,
    style,
  );

/** Writes names, and expressions without the parameters. */
export interface Words {
  /** A symbol or definition with the slots of its subscript, without arguments; `dots` over it. */
  readonly name: (e: Expression & { readonly kind: "value" | "call" }, dots: number) => string | undefined;
  readonly factor: (e: Expression) => string;
  /** `N \cdot`, for the argument N x of a function. */
  readonly scaled: (argument: Argument) => string;
  readonly mentions: (e: Expression, labels: readonly Label[]) => boolean;
}

/** An expression as a function of its parameters, written without them: `f`, `\overline{f}`, `f g`, `V(N \cdot)`. */
export function functionText(e: Expression, parameters: readonly Label[], words: Words): string | undefined {
  const alone = parameters.length === 1;
  switch (e.kind) {
    case "value":
    case "call": {
      if (e.kind === "value" && e.partials !== undefined) return undefined;
      const gradient = e.kind === "call" ? unnamed(e.definition) : undefined;
      if (e.kind === "call" && gradient !== undefined) {
        if (!inOrder(e.arguments, parameters) || !byFirst(gradient, e.definition.parameters)) return undefined;
        const inner = functionText(gradient.of, e.definition.parameters, words);
        return inner && `${gradient.laplacian ? "\\Delta" : "\\nabla"} ${inner}`;
      }
      return named(e, 0, parameters, words);
    }
    case "partial":
    case "components": {
      const gradient = gradientOf(e);
      if (gradient === undefined || !byFirst(gradient, parameters)) return undefined;
      const inner = functionText(gradient.of, parameters, words);
      return inner && `${gradient.laplacian ? "\\Delta" : "\\nabla"} ${inner}`;
    }
    case "derivative": {
      if (e.of.kind === "value") {
        const dotted = named(e.of, 1, parameters, words);
        if (dotted !== undefined) return dotted;
      }
      const inner = functionText(e.of, parameters, words);
      return inner && `(\\partial_t ${inner})`;
    }
    case "adjoint": {
      const inner = functionText(e.of, parameters, words);
      return inner && `\\overline{${inner}}`;
    }
    case "delta":
      return isIdentity([e], parameters) ? "1" : undefined;
    case "product": {
      const [mine, others] = [true, false].map((one) => e.factors.filter((factor) => words.mentions(factor, parameters) === one)) as [
        Expression[],
        Expression[],
      ];
      const scalars = others.map(words.factor);
      if (isIdentity(mine, parameters)) return scalars.length === 0 ? "1" : scalars.join(" ");
      // The product of kernels without arguments is their composition.
      if (!alone && mine.length > 1) return undefined;
      const functions = mine.map((factor) => functionText(factor, parameters, words));
      return functions.includes(undefined) ? undefined : `(${[...scalars, ...functions].join(" ")})`;
    }
    case "sum": {
      let text = "";
      for (const term of e.terms) {
        const rest = opposite(term);
        const inner = functionText(rest ?? term, parameters, words);
        if (inner === undefined) return undefined;
        text += rest === undefined ? `${text === "" ? "" : " + "}${inner}` : `${text === "" ? "-" : " - "}${inner}`;
      }
      return text === "" ? undefined : `(${text})`;
    }
    default:
      return undefined;
  }
}

function named(
  e: Expression & { readonly kind: "value" | "call" },
  dots: number,
  parameters: readonly Label[],
  words: Words,
): string | undefined {
  const layout = e.kind === "value" ? e.symbol.layout : e.definition.layout;
  const slots = layout.arguments.flat();
  if (e.arguments.some((argument, i) => !slots.includes(i) && parameters.some((label) => plainLabel(argument)?.id === label.id)))
    return undefined;
  const args = slots.map((slot) => e.arguments[slot] as Argument);
  if (inOrder(args, parameters)) return words.name(e, dots);
  const [argument] = args;
  if (args.length !== 1 || parameters.length !== 1 || argument?.kind !== "affine" || argument.terms.length !== 1) return undefined;
  const [term] = argument.terms;
  if (term?.label.id !== parameters[0]?.id || !term || !isOne(term.coefficient) || argument.scale.number.n < 0n) return undefined;
  const name = words.name(e, dots);
  return name && `${name}(${words.scaled({ ...argument, terms: [{ ...term, coefficient: one }] })})`;
}

const inOrder = (args: readonly Argument[], parameters: readonly Label[]): boolean =>
  args.length === parameters.length && args.every((argument, i) => plainLabel(argument)?.id === parameters[i]?.id);

/** What stands behind the -1 of a product. */
function opposite(e: Expression): Expression | undefined {
  const [first, ...rest] = e.kind === "product" ? e.factors : [];
  if (first?.kind !== "number" || first.value.n !== -1n || first.value.d !== 1n || rest.length === 0) return undefined;
  return rest.length === 1 ? rest[0] : { kind: "product", factors: rest, span: e.span };
}

/** `\delta(x-y)` over all parts of a kernel's two arguments. */
function isIdentity(factors: readonly Expression[], parameters: readonly Label[]): boolean {
  const half = parameters.length / 2;
  if (factors.length !== half) return false;
  return parameters.slice(0, half).every((first, i) => {
    const second = parameters[i + half] as Label;
    return factors.some((factor) => factor.kind === "delta" && joins(factor.left, factor.right, first, second));
  });
}

function joins(left: Argument, right: Argument, first: Label, second: Label): boolean {
  const [a, b] = [plainLabel(left)?.id, plainLabel(right)?.id];
  if (a !== undefined && b !== undefined) return (a === first.id && b === second.id) || (a === second.id && b === first.id);
  if (left.kind !== "affine" || right.kind !== "affine" || right.terms.length > 0 || left.terms.length !== 2) return false;
  const of = (label: Label): bigint => left.terms.find((term) => term.label.id === label.id)?.coefficient.n ?? 0n;
  return of(first) * of(second) === -1n && left.terms.every((term) => term.coefficient.d === 1n);
}

import type { Kind, Parameter } from "../core/expression.js";
import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import { valueText } from "../source/symbols.js";
import type { Domain } from "../syntax/tree.js";

/** The most values that a finite kind may list. */
const mostValues = 10_000;

/** A kind as a document writes it: `R^3`, `Z^3`, `{1, 2}`. */
export function describe(kind: Kind): string {
  switch (kind.kind) {
    case "space":
      return kind.dimension === 1 ? "R" : `R^${kind.dimension}`;
    case "lattice":
      return kind.dimension === 1 ? "Z" : `Z^${kind.dimension}`;
    case "finite": {
      const { values } = kind;
      if (kind.size) return `{1..${kind.size.name}}`;
      const run = values.length > 3 && (values[0] as number) < 1e9 && values.every((value, at) => value === (values[0] as number) + at);
      if (run) return `{${values[0]}..${values[values.length - 1]}}`;
      return `{${values.slice(0, 20).map(valueText).join(", ")}${values.length > 20 ? ", ..." : ""}}`;
    }
  }
}

/** A product of kinds: `{1, 2} * R^3`. */
export const describeAll = (kinds: readonly Kind[]): string => (kinds.length === 0 ? "no label" : kinds.map(describe).join(" * "));

/** The kinds of several arguments: `R^3, {1, 2} * R^3`. */
export const describeGroups = (groups: readonly (readonly Kind[])[]): string => groups.map(describeAll).join(", ");

/** A text that two kinds share exactly when they are the same. */
export const keyOf = (kinds: readonly Kind[]): string => (kinds.length === 1 ? key(kinds[0] as Kind) : kinds.map(key).join("*"));

const keys = new WeakMap<Kind, string>();

/** Kept for each kind, as finite sets may be long. */
function key(kind: Kind): string {
  let text = keys.get(kind);
  if (text === undefined) {
    text = kind.kind === "finite" ? `{${kind.size ? `#${kind.size.id}` : kind.values.join(",")}}` : describe(kind);
    keys.set(kind, text);
  }
  return text;
}

/** The kinds that a written domain names, flattened; `parameter` finds the one that a set {1..p} ends in. */
export function kindsOf(domain: Domain, span: Span, parameter: (name: string) => Parameter | undefined): readonly Kind[] {
  return domain.map((simple): Kind => {
    if (simple.kind === "symbolic") {
      const size = parameter(simple.name);
      if (size) return { kind: "finite", values: [], size };
      return fail(
        "undeclared",
        span,
        `found \`${simple.name}\` at the end of a finite set, which is no declared parameter`,
        `write \`param ${simple.name}\` before, or the set with numbers, as in {1..6}`,
      );
    }
    if (simple.kind !== "finite") {
      if (simple.dimension < 1 || simple.dimension > 99)
        return fail("bad-domain", span, `found dimension ${simple.dimension}, expected one from 1 to 99`);
      return simple;
    }
    if (simple.values.length === 0) return fail("bad-domain", span, "found an empty set, expected at least one value");
    if (simple.values.length > mostValues)
      return fail("bad-domain", span, `found a set of ${simple.values.length} values, expected at most ${mostValues}`);
    if (new Set(simple.values).size < simple.values.length) return fail("bad-domain", span, "a value is listed twice in this set");
    return { kind: "finite", values: [...simple.values].sort((a, b) => a - b) };
  });
}

/** Whether labels of this kind are integrated over (a product: whether one of its parts is). */
export const isContinuous = (kinds: readonly Kind[]): boolean => kinds.some((kind) => kind.kind === "space");

import { argumentLabels } from "../core/argument.js";
import type { Argument, Assumption, Definition, Equation, Expression, Label } from "../core/expression.js";
import { add, multiply, one, type Rational, rational, zero } from "../core/rational.js";
import type { Span } from "../source/span.js";
import { Unsupported } from "./limits.js";
import { children } from "./tree.js";

/** A linear form of labels at which something is taken, like terms collected. */
export interface Row {
  readonly terms: readonly { readonly label: Label; readonly coefficient: Rational }[];
  /** Of a ladder operator, whose label may not be scaled; of a delta, in which free labels matter as bound ones do. */
  readonly of?: "ladder" | "delta";
  readonly span: Span;
}

/** Why ladder operators have no scaled labels. */
export const unscaledLadder = "a ladder operator at a scaled label changes its commutation relation, which the finite model cannot follow";

export const isUnit = (q: Rational): boolean => q.d === 1n && (q.n === 1n || q.n === -1n);

/**
 * The linear forms of space and lattice labels that occur in an equation, as they are when every definition is
 * written out: where `g(x) = f(2x)` is taken at `x - y`, the form is `2x - 2y`, and the labels that are bound in the
 * definition are new ones. The same goes for values that an assumption gives: its right side is taken at
 * their labels.
 *
 * A definition's forms are found once. Those that its parameters have no part in are the same wherever it is used, and
 * forms of one label with coefficient 1 say nothing, so that what must be repeated at each use is little.
 * @throws Unsupported where a scaled label gets into a ladder operator, or where there are too many forms
 */
export function rowsOf(equation: Equation, assumptions: readonly Assumption[]): Written {
  const rows = new Rows(assumptions);
  const own = rows.collect([equation.left, equation.right]);
  return { rows: [...own, ...rows.elsewhere()], original: rows.original };
}

export interface Written {
  readonly rows: readonly Row[];
  /** Labels that were made anew when a definition was written out, with those that they stand for. */
  readonly original: ReadonlyMap<number, number>;
}

/** Forms of one expression, and forms that are written out in all. */
const mostRows = 5_000;
const mostWork = 300_000;

type Reused = Definition | Assumption;

class Rows {
  private readonly assumptions: readonly Assumption[];
  private readonly templates = new Map<Reused, readonly Row[]>();
  private readonly active = new Set<Reused>();
  private readonly circular = new Set<Assumption>();
  private readonly closed: Row[] = [];
  readonly original = new Map<number, number>();
  private work = 0;
  private next = -1;

  constructor(assumptions: readonly Assumption[]) {
    this.assumptions = assumptions;
  }

  /** Forms of assumptions that hold for all labels, and of what definitions sum over by themselves. */
  elsewhere(): readonly Row[] {
    const found: Row[] = [];
    for (const a of this.assumptions)
      if (a.target === undefined || this.circular.has(a)) found.push(...this.instance(this.collect([a.left, a.right]), new Map(), a.span));
    return [...found, ...this.closed];
  }

  collect(roots: readonly Expression[]): readonly Row[] {
    const found = new Map<string, Row>();
    const put = (row: Row): void => {
      if (row.of === "ladder" && row.terms.some((t) => !t.label.unit && !isUnit(t.coefficient)))
        throw new Unsupported(unscaledLadder, row.span);
      if (row.terms.length === 0) return;
      const key = `${row.of ?? ""} ${row.terms
        .map((t) => `${t.label.id}*${t.coefficient.n}/${t.coefficient.d}`)
        .sort()
        .join("+")}`;
      if (!found.has(key)) found.set(key, row);
      if (found.size > mostRows) throw new Unsupported("there are too many combinations of labels for the finite model", row.span);
    };
    const used = new Set<string>();
    const use = (what: Reused, parameters: readonly (Label | undefined)[], list: readonly Argument[], span: Span): void => {
      const key = `${"id" in what ? what.id : `assumption ${this.assumptions.indexOf(what)}`} ${list.map(keyOf).join(",")}`;
      if (used.has(key)) return;
      used.add(key);
      const by = new Map<number, Argument>();
      parameters.forEach((label, i) => {
        if (label !== undefined) by.set(label.id, list[i] as Argument);
      });
      for (const row of this.instance(this.template(what), by, span)) put(row);
    };
    const seen = new Set<Expression>();
    const stack = [...roots];
    for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
      if (seen.has(e)) continue;
      seen.add(e);
      const { span } = e;
      if (e.kind === "call") {
        for (const a of e.arguments) put(rowOf([[a, one]], span));
        use(e.definition, e.definition.parameters, e.arguments, span);
        continue;
      }
      if (e.kind === "ladder") for (const a of e.arguments) put({ ...rowOf([[a, one]], span), of: "ladder" });
      if (e.kind === "value") {
        for (const a of e.arguments) put(rowOf([[a, one]], span));
        for (const a of this.assumptions)
          if (a.target?.symbol.id === e.symbol.id)
            use(
              a,
              a.target.arguments.map((x) => argumentLabels(x)[0]),
              e.arguments,
              span,
            );
      }
      if (e.kind === "delta") {
        // A delta is about the difference of its arguments.
        const difference = rowOf(
          [
            [e.left, one],
            [e.right, rational(-1)],
          ],
          span,
        );
        put({ ...difference, of: "delta" });
      }
      stack.push(...children(e));
    }
    return [...found.values()];
  }

  /** The forms that depend on the parameters; the others are noted, once. */
  private template(what: Reused): readonly Row[] {
    const known = this.templates.get(what);
    if (known !== undefined) return known;
    if (this.active.has(what)) {
      // Only assumptions can lead back to themselves: as equations of motion do. Then they count for all labels.
      if (!("id" in what)) this.circular.add(what);
      return [];
    }
    this.active.add(what);
    const isDefinition = "id" in what;
    const rows = this.collect(isDefinition ? [what.body] : [what.right, ...(what.target ? [what.target.coefficient] : [])]);
    const labels = isDefinition ? what.parameters : (what.target?.arguments ?? []).flatMap(argumentLabels);
    const parameters = new Set(labels.map((l) => l.id));
    const kept = new Set<Row>();
    const byLabel = new Map<number, Row[]>();
    const queue: Row[] = [];
    for (const row of rows) {
      for (const { label } of row.terms) {
        const list = byLabel.get(label.id);
        if (list) list.push(row);
        else byLabel.set(label.id, [row]);
      }
      if (row.terms.some((t) => parameters.has(t.label.id))) queue.push(row);
    }
    // Everything that hangs together with a parameter, by way of the labels that are bound inside.
    for (let row = queue.pop(); row !== undefined; row = queue.pop()) {
      if (kept.has(row)) continue;
      kept.add(row);
      for (const { label } of row.terms) {
        if (parameters.has(label.id)) continue;
        queue.push(...(byLabel.get(label.id) ?? []));
        byLabel.delete(label.id);
      }
    }
    const says = (row: Row): boolean => row.terms.length > 1 || !isUnit((row.terms[0] as Row["terms"][number]).coefficient);
    const template = [...kept].filter((row) => says(row) || (row.of !== undefined && row.terms.some((t) => parameters.has(t.label.id))));
    this.closed.push(...rows.filter((row) => !kept.has(row) && says(row)));
    this.active.delete(what);
    this.templates.set(what, template);
    return template;
  }

  /** A template at given arguments, with new labels for all others. */
  private instance(template: readonly Row[], by: ReadonlyMap<number, Argument>, span: Span): readonly Row[] {
    this.work += template.length;
    if (this.work > mostWork) throw new Unsupported("the definitions expand to too much for the finite model", span);
    const renamed = new Map<number, Label>();
    const own = (label: Label): Label => {
      if (label.unit) return label;
      const known = renamed.get(label.id) ?? { ...label, id: this.next-- };
      renamed.set(label.id, known);
      this.original.set(known.id, this.original.get(label.id) ?? label.id);
      return known;
    };
    return template.map((row) => {
      const parts = row.terms.map(({ label, coefficient }): readonly [Argument, Rational] => {
        const given = by.get(label.id);
        if (row.of === "ladder" && given?.kind === "affine" && given.scale.parameters.length > 0)
          throw new Unsupported(unscaledLadder, span);
        return [given ?? plain(own(label)), coefficient];
      });
      return { ...row, ...rowOf(parts, span) };
    });
  }
}

const plain = (label: Label): Argument => ({
  kind: "affine",
  of: label.kind,
  scale: { number: one, parameters: [] },
  terms: [{ label, coefficient: one }],
});

/** The sum of factors times arguments, parameters in scales aside. */
function rowOf(parts: readonly (readonly [Argument, Rational])[], span: Span): Row {
  const terms = new Map<number, Row["terms"][number]>();
  for (const [a, factor] of parts) {
    if (a.kind !== "affine") continue;
    for (const { label, coefficient } of a.terms) {
      const part = multiply(factor, multiply(a.scale.number, coefficient));
      terms.set(label.id, { label, coefficient: add(terms.get(label.id)?.coefficient ?? zero, part) });
    }
  }
  return { terms: [...terms.values()].filter((t) => t.coefficient.n !== 0n), span };
}

const keyOf = (a: Argument): string =>
  a.kind === "constant"
    ? `#${a.value}`
    : a.kind === "label"
      ? `${a.label.id}`
      : `${a.scale.number.n}/${a.scale.number.d}${a.scale.parameters.length > 0 ? "!" : ""}(${a.terms
          .map((t) => `${t.label.id}*${t.coefficient.n}/${t.coefficient.d}`)
          .join("+")})`;

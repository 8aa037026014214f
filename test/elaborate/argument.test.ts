import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  asLabel,
  combine,
  difference,
  freeLabels,
  origin,
  plain,
  rescale,
  substitute,
  substituteIn,
  unit,
} from "../../src/core/argument.js";
import type { Argument, Expression, Kind, Label, Parameter, Scale } from "../../src/core/expression.js";
import { one, type Rational, rational } from "../../src/core/rational.js";

const space: Kind = { kind: "space", dimension: 3 };
const [x, y, z] = ["x", "y", "z"].map((name, at): Label => ({ id: at + 1, name, kind: space })) as [Label, Label, Label];
const layout = { base: "N", subscript: [], superscript: [], arguments: [] };
const N: Parameter = { id: 9, name: "N", domain: "positive", layout };
const scaleN: Scale = { number: rational(2), parameters: [{ parameter: N, exponent: 1 }] };

/** The value of an argument where x, y, z, N are these numbers. */
function value(argument: Argument | undefined, at: Readonly<Record<string, number>>): number {
  if (argument?.kind !== "affine") throw new Error("not affine");
  const number = (r: Rational): number => Number(r.n) / Number(r.d);
  const sum = argument.terms.reduce((total, term) => total + number(term.coefficient) * (at[term.label.name] as number), 0);
  return argument.scale.parameters.reduce(
    (total, p) => total * (at[p.parameter.name] as number) ** p.exponent,
    sum * number(argument.scale.number),
  );
}

const combination = fc
  .array(fc.tuple(fc.constantFrom(x, y, z), fc.integer({ min: -3, max: 3 })), { maxLength: 5 })
  .map(
    (parts) =>
      combine([
        { argument: origin(space), factor: one },
        ...parts.map(([label, n]) => ({ argument: plain(label), factor: rational(n) })),
      ]) as Argument,
  );
const point = fc.record({
  x: fc.integer({ min: -9, max: 9 }),
  y: fc.integer({ min: -9, max: 9 }),
  z: fc.integer({ min: -9, max: 9 }),
  N: fc.constantFrom(2, 3),
});

describe("arguments", () => {
  it("combine, rescale and substitute as their values do", () => {
    fc.assert(
      fc.property(combination, combination, combination, point, (a, b, c, at) => {
        expect(value(difference(a, b), at)).toBeCloseTo(value(a, at) - value(b, at));
        expect(value(rescale(a, scaleN), at)).toBeCloseTo(2 * at.N * value(a, at));
        const by = new Map([
          [x.id, b],
          [y.id, c],
        ]);
        expect(value(substitute(a, by), at)).toBeCloseTo(value(a, { ...at, x: value(b, at), y: value(c, at) }));
      }),
      { seed: 7 },
    );
  });

  it("have a standard form", () => {
    expect(difference(plain(x), plain(x))).toEqual(origin(space));
    expect(rescale(plain(x), unit)).toEqual(plain(x));
    expect(asLabel(plain(x))).toBe(x);
    expect(asLabel(rescale(plain(x), scaleN) as Argument)).toBeUndefined();
    expect(difference(rescale(plain(x), scaleN) as Argument, plain(y))).toBeUndefined();
  });

  it("are replaced in expressions where they are free", () => {
    const span = { start: 0, end: 0 };
    const delta = (left: Label, right: Label): Expression => ({ kind: "delta", left: plain(left), right: plain(right), span });
    const bound: Expression = { kind: "bind", labels: [x], body: delta(x, y), span };
    const both: Expression = { kind: "sum", terms: [bound, delta(x, y)], span };
    expect(freeLabels(both).map((label) => label.name)).toEqual(["y", "x"]);
    expect(substituteIn(both, new Map([[x.id, plain(z)]]))).toEqual({ kind: "sum", terms: [bound, delta(z, y)], span });
  });
});

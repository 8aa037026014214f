import { describe, expect, test } from "vitest";
import { unitOf } from "../../../src/core/argument.js";
import type { Expression } from "../../../src/core/expression.js";
import { one, rational } from "../../../src/core/rational.js";
import { compare } from "../../../src/evaluate/evaluate.js";
import { latexExpression } from "../../../src/render/expression.js";
import { instantiate } from "../../../src/rewrite/rules/binding.js";
import { conditions } from "../../../src/rewrite/rules/guards.js";
import { Labels } from "../../../src/rewrite/rules/labels.js";
import { loadRules, readRules } from "../../../src/rewrite/rules/loader.js";
import { children, isZero, number, scale } from "../../../src/rewrite/rules/node.js";
import type { PatternRule } from "../../../src/rewrite/rules/rule.js";
import { canonicalRules } from "../../../src/rewrite/rules/sets.js";
import { normalize } from "../../../src/rewrite/rules/strategy.js";
import { nowhere } from "../../../src/source/span.js";
import { declared, readIn } from "../../engine.js";
import {
  add,
  bound,
  call,
  combination,
  commutator,
  dag,
  definition,
  delta,
  dot,
  i,
  label,
  lattice,
  mul,
  num,
  op,
  pair,
  param,
  partOf,
  pow,
  sample,
  space,
  val,
  vev,
} from "../../random.js";
import { randomBinding } from "./instance.js";

const pairLabel = label("m", pair);

/**
 * Each rule that is found in `rules/` is true on random instances: its variables get random species, labels, values
 * and expressions, and both sides go to the finite model, which knows no rules.
 */

const rules = loadRules();

function hasUnitary(e: Expression): boolean {
  return e.kind === "unitary" || children(e).some(hasUnitary);
}

/** W stands to the right of an operator in a rule; the model knows it as a conjugation, so both sides get W^* in front. */
function balanced(rule: PatternRule, side: Expression, instance: Expression): Expression {
  if (!hasUnitary(rule.left) || rule.name.startsWith("unitary-") || /^bogoliubov|^conjugation/.test(rule.name)) return instance;
  const find = (e: Expression): Extract<Expression, { kind: "unitary" }> | undefined => {
    if (e.kind === "unitary") return e;
    for (const child of children(e)) {
      const found = find(child);
      if (found) return found;
    }
    return undefined;
  };
  const w = find(instance) ?? find(side);
  return w ? { kind: "product", factors: [{ ...w, inverse: !w.inverse }, instance], span: nowhere } : instance;
}

interface Verdict {
  readonly instances: number;
  readonly wrong: readonly string[];
  readonly unsupported: readonly string[];
}

/** Instances of a rule on the finite model. @param wanted how many that satisfy its condition @param first stop at the first that is wrong */
function trial(rule: PatternRule, wanted: number, seed: number, first = false): Verdict {
  const wrong: string[] = [];
  const unsupported: string[] = [];
  let instances = 0;
  for (let k = 0; k < wanted * 12 && instances < wanted; k++) {
    const binding = randomBinding(rule, seed + k);
    const condition = conditions.get(rule.name);
    if (condition && !condition(binding, rule.variables)) continue;
    const left = balanced(rule, rule.left, instantiate(rule.left, binding, new Labels(0)));
    const right = balanced(rule, rule.left, instantiate(rule.right, binding, new Labels(-1000)));
    const found = compare({ left, right, assumptions: [] }, { seed: seed + k, trials: 1, points: 3 });
    const shown = (): string => `${latexExpression(left)} -> ${latexExpression(right)}`;
    if ("unsupported" in found) {
      unsupported.push(`${shown()}: ${found.unsupported.message}`);
      continue;
    }
    instances++;
    if (!found.agree) wrong.push(shown());
    if (first && wrong.length > 0) break;
  }
  return { instances, wrong, unsupported };
}

describe("each rule is true on random instances", () => {
  test.each(rules.map((rule) => [rule.name, rule] as const))("%s", (_name, rule) => {
    const { instances, wrong, unsupported } = trial(rule, 8, 100);
    expect(wrong).toEqual([]);
    expect(instances, unsupported.join("\n")).toBeGreaterThanOrEqual(5);
  });
});

describe("the instances tell each rule from its opposite", () => {
  test.each(rules.map((rule) => [rule.name, rule] as const))("%s", (_name, rule) => {
    const nothing = isZero(rule.right);
    const opposite = nothing ? number(one) : scale(rational(-1), rule.right);
    expect(trial({ ...rule, right: opposite }, 40, 300, true).wrong.length).toBeGreaterThan(0);
  });
});

describe("each computed rule is true on its examples", () => {
  const [a, b, c] = sample.bosons;
  const [x, y] = sample.labels;
  const [p, q] = [sample.labels[5], sample.labels[6]];
  const [f] = sample.symbols;
  const chain = { kind: "lattice", dimension: 1 } as const;
  const [j, number1] = [label("j", chain), unitOf(chain)];
  const own = label("w", space);
  const twin = label("w", space);
  const N = param(sample.parameters[0]);
  const s = param(sample.parameters[2]);
  const number_ = mul(op(a, true, x), op(a, false, y));
  const letter = definition("A", [own], mul(val(f, own), op(a, false, own)));
  const examples: Readonly<Record<string, readonly Expression[]>> = {
    collect: [
      add(number_, mul(num(2), number_)),
      add(bound([own], mul(val(f, own), op(a, true, own))), bound([twin], mul(num(-3), val(f, twin), op(a, true, twin)))),
    ],
    zero: [vev(num(0)), commutator(num(0), number_), dot(num(0))],
    definition: [call(letter, x), mul(call(letter, y), dag(call(letter, x)))],
    power: [
      pow(add(op(c, true), op(c, false)), 3),
      pow(mul(s, N), -2),
      pow(mul(num(3), i), 3),
      pow(pow(N, 1, 2), 3),
      pow(mul(N, val(f, x)), 2),
      pow(bound([own], mul(val(f, own), op(a, true, own))), 2),
    ],
    "conjugate-power": [dag(pow(s, 3)), dag(pow(N, -2))],
    "derivative-power": [dot(pow(val(f, x), 3))],
    part: [
      partOf({ total: 2 }, pow(add(op(c, true), op(c, false)), 3)),
      partOf({ total: 2 }, mul(op(c, false), op(c, true), op(b, true, x), op(b, false, y))),
      partOf({ creators: 1, annihilators: 2 }, pow(add(op(c, true), op(c, false)), 3)),
    ],
    "delta-scale": [
      delta(
        combination(lattice, [
          [p, 2],
          [q, -4],
        ]),
        combination(lattice, []),
      ),
      delta(
        combination(space, [
          [x, 2],
          [y, -2],
        ]),
        combination(space, []),
      ),
      delta(
        combination(space, [
          [x, -1],
          [y, 3],
        ]),
        combination(space, [
          [y, 6],
          [x, 2],
        ]),
      ),
    ],
    "delta-number": [
      delta(combination(chain, [[number1, 2]]), combination(chain, [])),
      delta(
        combination(chain, [
          [number1, 3],
          [j, 1],
        ]),
        combination(chain, [
          [number1, 1],
          [j, 1],
        ]),
      ),
    ],
    "finite-sum": [bound([pairLabel], mul(val(sample.symbols[5], pairLabel, x), op(sample.bosons[3], true, pairLabel, y)))],
  };
  // With ch, sh and gradients, as a document writes them.
  const written: Readonly<Record<string, readonly string[]>> = {
    regular: ["ch(k)(x,y)", "\\int ch(2k)(x,z) a_z dz"],
    "conjugate-kernel": ["sh(\\overline{k})(x,y)", "\\int ch(\\overline{k})(x,z) f(z) dz"],
    "bogoliubov-species": ["U^* a_x U", "U b_x^* U^*", "U^* a_x^* b_y U"],
    "gradient-value": ["\\nabla_x f(x) \\nabla_x g(x)", "\\Delta_x v(x-y)", "\\int f(x) \\overline{\\Delta_x g(x)} dx"],
    "gradient-function": ["\\nabla_x f(x)^3 \\nabla_x g(x)", "\\Delta_x f(x)^2"],
    components: ["\\Delta_x (f(x) g(x))", "a_y (\\nabla_x f(x) \\nabla_x g(x)) + \\overline{\\Delta_x f(x)}"],
    "gradient-ccr": ["[\\Delta_x a_x, a_y^*]", "\\int a_y (\\nabla_x a_x^*) \\nabla_x a_x dx"],
    "gradient-vacuum": ["\\langle a_y^* a_y \\Delta_x a_x \\rangle"],
    "gradient-delta": ["\\int (\\Delta_x \\delta(x-y)) f(y) dy"],
    "by-parts-delta": ["\\int f(x) \\Delta_x \\delta(x-y) dx"],
    "by-parts": ["\\int f(x) \\Delta_x g(x) dx", "\\int a_x^* \\Delta_x a_x dx", "\\int (\\nabla_x v(x-y)) f(x) \\nabla_x g(x) dx"],
  };
  const scope = declared(String.raw`
index x, y, z in R^3
boson a_x, b_x
function f(x), g(x)
function v(x) real even
kernel k(x,y) symmetric
kernel h(x,y)
unitary U = \exp(\int (h(x,y) a_x^* b_y^* - h.c.) dx dy)
`);
  Object.assign(
    examples,
    Object.fromEntries(Object.entries(written).map(([name, list]) => [name, list.map((text) => readIn(scope, text))])),
  );
  test("each has some", () => {
    const computed = canonicalRules().rules.filter((rule) => rule.kind === "computed");
    expect(computed.map((rule) => rule.name).sort()).toEqual(Object.keys(examples).sort());
  });
  test.each(Object.entries(examples))("%s", (name, list) => {
    const rule = canonicalRules().rules.find((each) => each.name === name);
    if (rule?.kind !== "computed") throw new Error("no such rule");
    for (const e of list) {
      const { derivation, result, why } = normalize(e, canonicalRules());
      expect(why).toBe("done");
      expect(
        derivation.steps.map((step) => step.rule),
        latexExpression(e),
      ).toContain(name);
      // The finite model refuses deltas with other coefficients than 1 and -1 (a cyclic group has no Jacobian); the table of
      // equal expressions in derivation.test.ts has these factors by hand.
      if (name === "delta-scale") continue;
      // Numbers beside labels need as many points as keep them apart.
      const points = name === "delta-number" ? {} : { points: 3 };
      const found = compare({ left: e, right: result, assumptions: [] }, { seed: 5, trials: 2, ...points });
      expect("unsupported" in found ? found.unsupported.message : found.agree, `${latexExpression(e)} -> ${latexExpression(result)}`).toBe(
        true,
      );
    }
  });
});

const preamble = `
index x, y, z in R^3
index m, n in {1, 2}
boson a_x, b_x
fermion c_x, d_x
boson A, B, D
boson F_x, G_x
function f(x)
param s, u
param r in R
`;

const read = (text: string) => readRules({ path: "test.wick", text: `${preamble}${text}` }, () => ({ error: "there is none" }));

describe("a false rule is caught", () => {
  test.each([
    ["a sign", "a_x a_y^* -> a_y^* a_x - \\delta(x-y)"],
    ["no contraction", "a_x a_y^* -> a_y^* a_x"],
    ["a contraction too many", "a_x b_y^* -> b_y^* a_x + \\delta(x-y)"],
    ["the statistics", "c_x c_y^* -> c_y^* c_x + \\delta(x-y)"],
    ["a sign between fermions", "c_x d_y -> d_y c_x"],
    ["the order of an adjoint", "(A B)^* -> A^* B^*"],
    ["Leibniz without a term", "[A B, D] -> A [B, D]"],
    ["Leibniz in the wrong order", "[A B, D] -> [B, D] A + [A, D] B"],
    ["a conjugate", "\\overline{s u} -> \\overline{s} u"],
    ["a label", "\\int \\delta(x-y) F_x dx -> F_y + \\int F_x dx"],
    ["a product of integrals", "\\int (F_x + G_x) dx -> \\int F_x dx"],
    ["an expectation of a product", "\\langle A B \\rangle -> \\langle A \\rangle \\langle B \\rangle"],
    ["a Kronecker delta", "\\delta_{m,n} -> 1"],
    ["a condition left out", "\\Nor{c_x A} -> \\Nor{A} c_x"],
  ])("%s", (_what, text) => {
    const { rules: found, diagnostics } = read(`% Wrong.  Source: none\nrule wrong: ${text}\n`);
    expect(diagnostics).toEqual([]);
    expect(trial(found[0] as PatternRule, 20, 7).wrong.length).toBeGreaterThan(0);
  });
});

describe("the loader refuses, with the place", () => {
  test.each([
    ["% .\nrule open: a_x a_y^* -> a_y^* b_x", "open-rule", "the species b"],
    ["% .\nrule open: [A, B] -> A D", "open-rule", "D"],
    ["% .\nrule open: a_x c_x -> \\delta(x-y)", "open-rule", "the label y"],
    ["% .\nrule open: A B -> s A B", "open-rule", "the parameter s"],
    ["% .\nrule open: A B -> \\int F_x dx", "open-rule", "x"],
    ["% .\nrule lone: A -> 0", "lone-variable", "match everything"],
    ["% .\nrule lone: s -> 0", "lone-variable", "match everything"],
    ["rule bare: A B -> B A", "no-source", "no comment"],
    ["% .\nrule one: A B -> B A\n% .\nrule one: A B -> 0", "rule-twice", "line 12"],
    ["% .\nrule pattern: \\int F_x a_y dx dy -> 0", "bad-pattern", "one label"],
    ["% .\nrule pattern: \\delta(x+y) -> 0", "bad-pattern", "between two labels"],
    ["% .\nrule pattern: A B ->", "", ""],
  ])("%s", (text, code, message) => {
    const { rules: found, diagnostics } = read(text);
    expect(diagnostics.length).toBeGreaterThan(0);
    const [first] = diagnostics;
    if (code !== "") expect(first?.code).toBe(code);
    expect(first?.message).toContain(message);
    expect(first?.line).toBeGreaterThanOrEqual(11);
    expect(first?.column).toBeGreaterThan(0);
    expect(found.length).toBe(code === "rule-twice" ? 1 : 0);
  });

  test("the rules of the package load, each with its source, under distinct names", () => {
    expect(rules.length).toBeGreaterThan(80);
    expect(new Set(rules.map((rule) => rule.name)).size).toBe(rules.length);
    for (const rule of rules) expect(rule.source, rule.name).toMatch(/Source: \S/);
    // Every loaded rule is used by the canonical set, so that none is only decoration.
    const used = new Set(canonicalRules().rules.map((rule) => rule.name));
    for (const rule of rules) expect(used.has(rule.name), rule.name).toBe(true);
  });
});

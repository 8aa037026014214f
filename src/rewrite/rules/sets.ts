import { computedRules, expandFinite } from "./computed.js";
import { conditions, directions } from "./guards.js";
import { loadRules } from "./loader.js";
import type { PatternRule, Rule, RuleSet } from "./rule.js";
import { byParts } from "./space.js";

/** Files in the order in which their rules are tried; in a file, rules in the written order. */
const files = [
  "adjoint",
  "bogoliubov",
  "linear",
  "delta",
  "commutator",
  "derivative",
  "gradient",
  "hyperbolic",
  "vacuum",
  "weyl",
  "ladder",
] as const;

/** `delta-value` and the sums over finite labels serve comparison; a reader would not write them. */
const comparing = new Set(["delta-value", "finite-sum", "by-parts"]);

const fileOf = (rule: PatternRule): string => (rule.path.split(/[\\/]/).pop() ?? "").replace(/\.wick$/, "");

function assemble(loaded: readonly PatternRule[], keep: (rule: Rule) => boolean): RuleSet {
  const known = new Set(loaded.map((rule) => rule.name));
  for (const name of [...conditions.keys(), ...directions.keys()])
    if (!known.has(name)) throw new Error(`a condition is given for the rule ${name}, which is in no file`);
  const sorted = files.flatMap((file) => loaded.filter((rule) => fileOf(rule) === file));
  const rules: Rule[] = [...computedRules, ...sorted, expandFinite, byParts];
  return {
    rules: rules.filter(keep),
    conditions,
    directions,
    ordering: new Set(loaded.filter((rule) => fileOf(rule) === "ladder").map((rule) => rule.name)),
  };
}

let canonical: RuleSet | undefined;
let explaining: RuleSet | undefined;

/** All rules, for comparing: operators that commute are sorted, finite sums written out. */
export function canonicalRules(): RuleSet {
  canonical ??= assemble(loadRules(), () => true);
  return canonical;
}

/** The rules of a derivation that is to be read. */
export function explainingRules(): RuleSet {
  explaining ??= assemble(loadRules(), (rule) => !comparing.has(rule.name));
  return explaining;
}

/** A choice of the canonical rules with others in place of some; for tests of wrong rules. */
export function replaceRule(set: RuleSet, rule: Rule): RuleSet {
  return { ...set, rules: set.rules.map((old) => (old.name === rule.name ? rule : old)) };
}

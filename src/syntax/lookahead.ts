import type { Terminal } from "./expected.js";
import compiled from "./grammar.js";
import type { Token } from "./tokens.js";

/**
 * What one token of lookahead says about the grammar: with which types a nonterminal can start (`firsts`), and
 * which can stand behind it (`follows`). nearley itself looks at no token in advance; see `earley.ts`.
 */

/**
 * A terminal of the grammar, whether it was written as a literal, a type or a class. nearley's inner loop asks
 * each terminal that could come for `test`; with one shape for all of them that is a look-up in an array, where
 * three shapes and comparisons of strings took most of the time of a parse.
 */
export class Matcher {
  readonly terminal: Terminal;
  readonly members: Uint8Array;
  constructor(terminal: Terminal) {
    this.terminal = terminal;
    this.members = new Uint8Array(typeIds.size + 1);
    for (const type of typesOf(terminal)) this.members[typeIds.get(type) as number] = 1;
  }
  test({ id }: Token): boolean {
    return this.members[id] === 1;
  }
}

const typesOf = ({ types, type, literal }: Terminal): readonly string[] => types ?? [(type ?? literal) as string];

const terminals = compiled.ParserRules.flatMap(({ symbols }) => symbols.filter((symbol) => typeof symbol !== "string")) as Terminal[];
/** Numbers of the types that the grammar knows, from 1; all others are 0. */
export const typeIds: ReadonlyMap<string, number> = new Map([...new Set(terminals.flatMap(typesOf))].map((type, i) => [type, i + 1]));

const matchers = new Map<string, Matcher>();
function matcher(terminal: Terminal): Matcher {
  const key = JSON.stringify(terminal);
  const known = matchers.get(key) ?? new Matcher(terminal);
  matchers.set(key, known);
  return known;
}

/** A rule of the grammar with its terminals as matchers. */
export interface LookRule {
  readonly name: string;
  readonly symbols: readonly (string | Matcher)[];
  readonly postprocess?: (data: unknown[], reference?: number, reject?: object) => unknown;
}

export const rules: readonly LookRule[] = compiled.ParserRules.map(({ name, symbols, postprocess }) => ({
  name,
  symbols: symbols.map((symbol) => (typeof symbol === "string" ? symbol : matcher(symbol as Terminal))),
  ...(postprocess === undefined ? {} : { postprocess }),
}));

/** Sets of types, by number; the number 0 is the end of the text, and every type that the grammar does not know. */
type Sets = ReadonlyMap<string, Uint8Array>;

const emptySets = (): Map<string, Uint8Array> => new Map(rules.map(({ name }) => [name, new Uint8Array(typeIds.size + 1)]));

function add(into: Uint8Array, from: Uint8Array): boolean {
  let grown = false;
  from.forEach((member, id) => {
    if (member === 1 && into[id] === 0) {
      into[id] = 1;
      grown = true;
    }
  });
  return grown;
}

/** The types with which each nonterminal can start: the least sets that the rules allow. */
export const firsts: Sets = (() => {
  const sets = emptySets();
  for (let grown = true; grown; ) {
    grown = false;
    for (const { name, symbols } of rules) {
      const first = symbols[0];
      // The two computations here rely on it.
      if (first === undefined) throw new Error(`the rule ${name} is empty`);
      if (add(sets.get(name) as Uint8Array, typeof first === "string" ? (sets.get(first) as Uint8Array) : first.members)) grown = true;
    }
  }
  return sets;
})();

/** The types that can stand behind each nonterminal. */
export const follows: Sets = (() => {
  const sets = emptySets();
  for (const start of ["statement", "expression"]) (sets.get(start) as Uint8Array)[0] = 1;
  for (let grown = true; grown; ) {
    grown = false;
    for (const { name, symbols } of rules)
      symbols.forEach((symbol, i) => {
        if (typeof symbol !== "string") return;
        const next = symbols[i + 1];
        const behind = next === undefined ? sets.get(name) : typeof next === "string" ? firsts.get(next) : next.members;
        if (add(sets.get(symbol) as Uint8Array, behind as Uint8Array)) grown = true;
      });
  }
  return sets;
})();

import nearley from "nearley";
import { type Diagnostic, Fault } from "../source/diagnostic.js";
import type { Delayed } from "./declare.js";
import { closerAt, type Terminal, unexpected } from "./expected.js";
import compiled from "./grammar.js";
import type { Token } from "./tokens.js";

export type Entry = "statement" | "expression";

/** The parts of nearley's table that are used here and are not in its types. */
interface State {
  readonly rule: Rule;
  readonly dot: number;
  readonly reference: number;
  readonly isComplete: boolean;
  left: State | undefined;
}
interface Rule extends nearley.Rule {
  readonly symbols: (string | Matcher)[];
}
interface Table {
  readonly table: ({ readonly states: readonly State[]; readonly scannable: readonly State[] } | undefined)[];
  readonly current: number;
  reportError: (token: Token) => string;
}

/**
 * A terminal of the grammar, whether it was written as a literal, a type or a class. nearley's inner loop asks
 * each terminal that could come for `test`; with one shape for all of them that is a look-up in an array, where
 * three shapes and comparisons of strings took most of the time of a parse.
 */
class Matcher {
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
const typeIds: ReadonlyMap<string, number> = new Map([...new Set(terminals.flatMap(typesOf))].map((type, i) => [type, i + 1]));

const matchers = new Map<string, Matcher>();
function matcher(terminal: Terminal): Matcher {
  const key = JSON.stringify(terminal);
  const known = matchers.get(key) ?? new Matcher(terminal);
  matchers.set(key, known);
  return known;
}

type RulesByName = Record<string, Rule[]>;
interface Prepared {
  /** `byName` is what nearley predicts from. */
  readonly grammar: nearley.Grammar & { byName: RulesByName };
  readonly all: RulesByName;
  /** For each type of the next token the rules that can start with it. */
  readonly ahead: (RulesByName | undefined)[];
}

function prepare(start: Entry): Prepared {
  const rules = compiled.ParserRules.map((rule) => ({
    ...rule,
    symbols: rule.symbols.map((symbol) => (typeof symbol === "string" ? symbol : matcher(symbol as Terminal))),
  }));
  const grammar = nearley.Grammar.fromCompiled({ Lexer: undefined, ParserRules: rules, ParserStart: start }) as unknown as Prepared["grammar"];
  return { grammar, all: grammar.byName, ahead: [] };
}

const prepared: Readonly<Record<Entry, Prepared>> = { statement: prepare("statement"), expression: prepare("expression") };

/** The types with which each nonterminal can start; no rule of the grammar is empty. */
const firsts: ReadonlyMap<string, Uint8Array> = (() => {
  const { all } = prepared.statement;
  const table = new Map(Object.keys(all).map((name) => [name, new Uint8Array(typeIds.size + 1)]));
  for (let grown = true; grown; ) {
    grown = false;
    for (const [name, rules] of Object.entries(all)) {
      const set = table.get(name) as Uint8Array;
      for (const { symbols } of rules) {
        const first = symbols[0];
        if (first === undefined) throw new Error(`the rule ${name} is empty`);
        const members = typeof first === "string" ? (table.get(first) as Uint8Array) : first.members;
        members.forEach((member, id) => {
          if (member === 1 && set[id] === 0) {
            set[id] = 1;
            grown = true;
          }
        });
      }
    }
  }
  return table;
})();

function rulesFor({ all, ahead }: Prepared, id: number): RulesByName {
  let rules = ahead[id];
  if (rules === undefined) {
    const starts = ({ symbols: [first] }: Rule): boolean => (typeof first === "string" ? firsts.get(first) : first?.members)?.[id] === 1;
    rules = Object.fromEntries(Object.entries(all).map(([name, list]) => [name, list.filter(starts)]));
    ahead[id] = rules;
  }
  return rules;
}

export interface Options {
  /** Predict all rules, as the list of what was expected needs it. */
  readonly full?: boolean;
  /** Is told the number of states of each column: the measure of the work done. */
  readonly count?: (states: number) => void;
}

/**
 * Runs nearley over prepared tokens. There must be exactly one parse: two are a bug of the grammar, and throw.
 *
 * Two things keep the cost down. Rules are predicted only where they can start with the next token: of a dozen
 * alternatives of `atom` one is left, which saves half of all states (`full` switches that off, to find out
 * what a message should say was expected). And a completed state lets go of its left neighbours, which
 * are no longer needed once its value is built: through them each would keep all that has been read before it,
 * some million states for 100,000 terms.
 */
export function run<T>(start: Entry, tokens: readonly Token[], end: number, { full = false, count }: Options = {}): Delayed<T> | Diagnostic {
  const entry = prepared[start];
  const { grammar } = entry;
  let next = 0;
  let table: Table | undefined;
  const look = (): void => {
    grammar.byName = full ? entry.all : rulesFor(entry, tokens[next]?.id ?? 0);
  };
  for (const token of tokens) token.id = typeIds.get(token.type) ?? 0;
  const stream = {
    reset(): void {},
    next(): { value: string } | undefined {
      if (table !== undefined) {
        count?.(table.table[table.current]?.states.length ?? 0);
        forget(table);
      }
      const token = tokens[next++];
      look();
      return token as unknown as { value: string } | undefined;
    },
    save: () => nothing,
    formatError: () => "",
  };
  look();
  // nearley's own way to forget its columns deletes them from the array, which turns that into a hash table.
  const parser = new nearley.Parser(grammar, { lexer: stream, keepHistory: true });
  table = parser as unknown as Table;
  // nearley's own report prints its table, which can take longer than the parse.
  table.reportError = () => "";
  let failed = -1;
  try {
    parser.feed("");
    if (parser.results.length === 0) failed = tokens.length;
  } catch (fault) {
    if (fault instanceof Fault) return fault.diagnostic;
    if ((fault as { offset?: number }).offset === undefined) throw fault;
    failed = next - 1;
  }
  if (failed >= 0) return full ? stuck(start, table, tokens, failed, end) : run(start, tokens, end, { full: true });
  if (parser.results.length > 1) throw new Error(`the grammar is ambiguous: ${parser.results.length} parses`);
  return parser.results[0] as Delayed<T>;
}

const nothing = {};

/** Lets go of the column before the current one, and of what completed states stand on. */
function forget({ table, current }: Table): void {
  if (current > 0) table[current - 1] = undefined;
  for (const state of table[current]?.states ?? []) if (state.isComplete) state.left = undefined;
}

function stuck(start: Entry, { table, current }: Table, tokens: readonly Token[], at: number, end: number): Diagnostic {
  const column = table[current];
  const terminals: Terminal[] = [];
  for (const { rule, dot } of column?.scannable ?? []) {
    const symbol = rule.symbols[dot];
    if (symbol instanceof Matcher) terminals.push(symbol.terminal);
  }
  const complete = (column?.states ?? []).some(({ isComplete, reference, rule }) => isComplete && reference === 0 && rule.name === start);
  return unexpected(tokens[at], tokens[at - 1], { terminals, complete, closer: closerAt(tokens, at) }, end, start);
}

import nearley from "nearley";
import { type Diagnostic, Fault } from "../source/diagnostic.js";
import type { Delayed } from "./declare.js";
import { closerAt, type Terminal, unexpected } from "./expected.js";
import { firsts, follows, type LookRule, Matcher, rules, typeIds } from "./lookahead.js";
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

type RulesByName = Record<string, Rule[]>;
interface Prepared {
  /** `byName` is what nearley predicts from. */
  readonly grammar: nearley.Grammar & { byName: RulesByName };
  readonly all: RulesByName;
  /** For each type of the next token the rules that can start with it. */
  readonly ahead: (RulesByName | undefined)[];
}

/** Number of the type of the token behind the one that is being read; -1 switches looking ahead off. */
let nextId = -1;

function prepare(start: Entry): Prepared {
  const pruned = rules.map((rule) => {
    const follow = follows.get(rule.name) as Uint8Array;
    const postprocess: LookRule["postprocess"] = (data, reference, reject) =>
      follow[nextId] === 0 ? reject : rule.postprocess === undefined ? data : rule.postprocess(data, reference, reject);
    return { ...rule, symbols: [...rule.symbols], postprocess };
  });
  const compiled = { Lexer: undefined, ParserRules: pruned, ParserStart: start };
  const grammar = nearley.Grammar.fromCompiled(compiled) as unknown as Prepared["grammar"];
  return { grammar, all: grammar.byName, ahead: [] };
}

const prepared: Readonly<Record<Entry, Prepared>> = { statement: prepare("statement"), expression: prepare("expression") };

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
  /** Look at no token in advance, as the list of what was expected needs it. */
  readonly full?: boolean;
  /** Is told the number of states of each column: the measure of the work done. */
  readonly count?: (states: number) => void;
}

/**
 * Runs nearley over prepared tokens. There must be exactly one parse: two are a bug of the grammar, and throw.
 *
 * Three things keep the cost down. Rules are predicted only where they can start with the next token: of a
 * dozen alternatives of `factor` one is left. They are completed only where the next token can stand behind them
 * (else the postprocessor rejects): in front of a subscript a name is no product and no sum yet. Together that
 * leaves a third of the states; `full` switches it off, to find out what a message should say was expected.
 * And a completed state lets go of its left neighbours, which are no longer needed once its value is built:
 * through them each would keep all that has been read before it, some million states for 100,000 terms.
 */
export function run<T>(
  start: Entry,
  tokens: readonly Token[],
  end: number,
  { full = false, count }: Options = {},
): Delayed<T> | Diagnostic {
  const entry = prepared[start];
  const { grammar } = entry;
  let next = 0;
  let table: Table | undefined;
  const look = (): void => {
    nextId = full ? -1 : (tokens[next]?.id ?? 0);
    grammar.byName = full ? entry.all : rulesFor(entry, nextId);
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

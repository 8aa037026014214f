import { type Diagnostic, error, Fault } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import type { Header } from "./declare.js";
import { run } from "./earley.js";
import { fold } from "./fold.js";
import { layout } from "./layout.js";
import { lex } from "./lexer.js";
import { indentedKeyword, readHead } from "./statements.js";
import { keywordType, type Token, token } from "./tokens.js";
import type { Statement, Tree } from "./tree.js";

/** Lexes, folds, lays out, parses, and makes the value; every `Fault` on the way becomes its diagnostic. */
function read<T>(
  start: "statement" | "expression",
  text: string,
  body: Span,
  labels: ReadonlySet<string>,
  keyword: Token | undefined,
  header: Header,
): { value?: T; diagnostics: Diagnostic[] } {
  const lexed = lex(text, body.start, body.end);
  if (lexed.diagnostics.length > 0) return { diagnostics: lexed.diagnostics };
  try {
    const words = keyword !== undefined && /^kw(?:Index|Param|Function|Kernel|Boson|Fermion)$/.test(keyword.type);
    const tokens = layout(fold(lexed.tokens, labels, words), labels);
    const end = lexed.tokens[lexed.tokens.length - 1]?.end ?? keyword?.end ?? body.end;
    const result = run<T>(start, keyword === undefined ? tokens : [keyword, ...tokens], end);
    if (typeof result !== "function") return { diagnostics: [result] };
    return { value: result({ ...header, span: { start: header.span.start, end } }), diagnostics: [] };
  } catch (fault) {
    if (fault instanceof Fault) return { diagnostics: [fault.diagnostic] };
    throw fault;
  }
}

export function readStatement(
  text: string,
  range: Span,
  labels: ReadonlySet<string>,
): { statement?: Statement; diagnostics: Diagnostic[] } {
  const head = readHead(text, range);
  if ("code" in head) return { diagnostics: [head] };
  if (head.keyword === "use") return readUse(text, range, head.body);
  const keyword = token(keywordType(head.keyword), head.keyword, range.start, head.keywordEnd);
  const header: Header = head.name === undefined ? { span: range } : { name: head.name, span: range };
  const { value, diagnostics } = read<Statement>("statement", text, { start: head.body, end: range.end }, labels, keyword, header);
  if (value !== undefined) return { statement: value, diagnostics };
  return { diagnostics: diagnostics.map((diagnostic) => withIndentHint(text, range, diagnostic)) };
}

function withIndentHint(text: string, range: Span, diagnostic: Diagnostic): Diagnostic {
  const word = indentedKeyword(text, range, diagnostic.span.end);
  return word === undefined
    ? diagnostic
    : { ...diagnostic, hint: `a statement starts in column 1, but \`${word}\` is indented before this` };
}

export function readExpression(text: string, labels: ReadonlySet<string>): { tree?: Tree; diagnostics: Diagnostic[] } {
  const body = { start: 0, end: text.length };
  const { value, diagnostics } = read<Tree>("expression", text, body, labels, undefined, { span: body });
  return value === undefined ? { diagnostics } : { tree: value, diagnostics };
}

const path = /"([^"\n]*)"/y;
const rest = /(?:\s|%[^\n]*)*/y;

function readUse(text: string, range: Span, at: number): { statement?: Statement; diagnostics: Diagnostic[] } {
  path.lastIndex = at;
  const match = path.exec(text);
  if (match === null || path.lastIndex > range.end) {
    const found = at < range.end ? `"${text[at]}"` : "the end of the statement";
    const span = { start: at, end: Math.min(at + 1, range.end) };
    return { diagnostics: [error("use-path", span, `found ${found}; expected a path in double quotes`, 'write use "preamble.wick"')] };
  }
  const end = path.lastIndex;
  const name = match[1] as string;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (name === "" || /[\x00-\x1f\x7f]/.test(name))
    return {
      diagnostics: [error("use-path", { start: at, end }, name === "" ? "found an empty path" : "found a control character in a path")],
    };
  rest.lastIndex = end;
  rest.test(text);
  if (rest.lastIndex < range.end) {
    const span = { start: rest.lastIndex, end: rest.lastIndex + 1 };
    return {
      diagnostics: [
        error("unexpected-token", span, `found "${text[span.start]}"; expected the end of the statement`, "one `use` names one document"),
      ],
    };
  }
  return { statement: { kind: "use", path: name, span: { start: range.start, end } }, diagnostics: [] };
}

import { type Diagnostic, error } from "../source/diagnostic.js";
import { nearest } from "../source/nearest.js";
import type { Span } from "../source/span.js";
import { strange } from "./lexer.js";
import { keywords } from "./tokens.js";

export { keywords };

const known: ReadonlySet<string> = new Set(keywords);

/** See `splitStatements`. */
export function split(text: string): { statements: Span[]; diagnostics: Diagnostic[] } {
  const statements: Span[] = [];
  const diagnostics: Diagnostic[] = [];
  /** Start of the statement that is being read; -1 in front of the first and in lines that belong to none. */
  let start = -1;
  /** Whether lines that belong to no statement have been reported. */
  let reported = false;
  /** End of its last line that holds more than spaces or a comment. */
  let end = 0;
  const finish = (): void => {
    if (start >= 0) statements.push({ start, end });
    start = -1;
  };
  // A byte order mark is no text.
  let line = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (line < text.length) {
    const feed = text.indexOf("\n", line);
    const next = feed < 0 ? text.length : feed + 1;
    let last = feed < 0 ? text.length : feed;
    if (last > line && text.charCodeAt(last - 1) === 13) last--;
    const first = skipSpaces(text, line, last);
    const blank = first === last || text[first] === "%";
    if (!blank && first === line) {
      finish();
      const word = wordAt(text, line, last);
      if (known.has(word)) start = line;
      else diagnostics.push(stray(text, line, last, word));
      reported = true;
    } else if (!blank && !reported) {
      diagnostics.push(
        error(
          "not-a-statement",
          { start: first, end: last },
          "found indented text before the first statement; a statement starts in column 1",
          "remove the indent",
        ),
      );
      reported = true;
    }
    if (!blank) end = last;
    line = next;
  }
  finish();
  return { statements, diagnostics };
}

function skipSpaces(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && (text[at] === " " || text[at] === "\t" || text[at] === "\r" || text[at] === "\u00a0")) at++;
  return at;
}

function wordAt(text: string, from: number, to: number): string {
  let at = from;
  while (at < to && /[A-Za-z]/.test(text[at] as string)) at++;
  return text.slice(from, at);
}

function stray(text: string, line: number, last: number, word: string): Diagnostic {
  if (word === "") {
    const code = text.charCodeAt(line);
    if (code < 32 || code === 127) return strange(text.slice(line, line + 2), line);
    const found = String.fromCodePoint(text.codePointAt(line) as number);
    return error(
      "not-a-statement",
      { start: line, end: line + found.length },
      `found "${found}" at the start of a line; expected a statement, such as claim or let`,
      "lines that continue a statement are indented",
    );
  }
  const near = nearest(word, keywords) ?? nearest(word.toLowerCase(), keywords);
  const short = word.length > 40 ? `${word.slice(0, 37)}…` : word;
  return error(
    "unknown-keyword",
    { start: line, end: Math.min(line + word.length, last) },
    `found "${short}"; expected a statement, which starts with one of ${keywords.join(", ")}`,
    near === undefined ? "lines that continue a statement are indented" : `did you mean ${near}?`,
  );
}

/**
 * A line of the statement in front of `before` that starts with a keyword behind its indent: what looks like a
 * statement of its own is then read as part of this one.
 */
export function indentedKeyword(text: string, { start }: Span, before: number): string | undefined {
  const lines = text.slice(start, before).matchAll(/\n[ \t]+([a-z]+)(?=[ \t:(])/g);
  for (const [, word] of lines) if (known.has(word as string)) return word;
  return undefined;
}

/** The head of a statement, read by hand: its name is raw text and no formula. */
export interface Head {
  readonly keyword: string;
  readonly keywordEnd: number;
  readonly name?: string;
  /** Where the formula starts. */
  readonly body: number;
}

/** Spaces and comments. */
const gap = /(?:\s|%[^\n]*)*/y;

export function skipGap(text: string, from: number, to: number): number {
  gap.lastIndex = from;
  gap.test(text);
  return Math.min(gap.lastIndex, to);
}

export function readHead(text: string, { start, end }: Span): Head | Diagnostic {
  const keyword = wordAt(text, start, end);
  const keywordEnd = start + keyword.length;
  const at = skipGap(text, keywordEnd, end);
  if (!["claim", "refute", "show", "assume", "rule"].includes(keyword)) return { keyword, keywordEnd, body: at };
  const colon = keyword === "claim" || keyword === "refute";
  if (text[at] === ":" && keyword !== "rule") return { keyword, keywordEnd, body: at + 1 };
  if (text[at] === "(") {
    const close = closeOf(text, at, end);
    const after = close < 0 ? -1 : skipGap(text, close + 1, end);
    if (after >= 0 && text[after] === ":") return { keyword, keywordEnd, name: text.slice(at + 1, close).trim(), body: after + 1 };
    if (colon && close < 0)
      return error(
        "unclosed-bracket",
        { start: at, end: at + 1 },
        'the name of the statement is not closed; expected ")" on its line',
        `write ${keyword} (name): A = B`,
      );
    if (colon) return missing(text, after, end, keyword);
  }
  // A bare name stands before the first colon and holds neither spaces nor an equation.
  bareName.lastIndex = at;
  const bare = bareName.exec(text);
  if (bare !== null && bareName.lastIndex <= end && text[bareName.lastIndex - 1] === ":") {
    const name = bare[1] as string;
    // The colon of `\sum_{p: p \neq 0}` ends no name.
    const plain = name.startsWith("(") || name.split("{").length !== name.split("}").length ? undefined : name;
    if (plain !== undefined) return { keyword, keywordEnd, name: plain, body: bareName.lastIndex };
  }
  if (colon || keyword === "rule") return missing(text, at, end, keyword);
  return { keyword, keywordEnd, body: at };
}

const bareName = /([^\s:=%]{1,200})[ \t]*:(?![=:])/y;

function missing(text: string, at: number, end: number, keyword: string): Diagnostic {
  const found = at < end ? `"${String.fromCodePoint(text.codePointAt(at) as number)}"` : "the end of the statement";
  const hint = keyword === "rule" ? "write rule name: L -> R" : `write ${keyword} (name): A = B, or ${keyword}: A = B`;
  const expected = keyword === "rule" ? 'a name and ":"' : '":" before the equation';
  return error("missing-colon", { start: at, end: Math.min(at + 1, end) }, `found ${found}; expected ${expected}`, hint);
}

/** The parenthesis that closes the one at `open`, on the same line; -1 without one. */
function closeOf(text: string, open: number, end: number): number {
  let depth = 0;
  for (let at = open; at < end && text[at] !== "\n"; at++) {
    if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0) return at;
  }
  return -1;
}

import { checkLatex } from "../render/katex.js";
import type { Source, Span } from "../source/span.js";
import { oneLine } from "./patch.js";

/** A claim, refute or show as a reader of LaTeX sees it: what was written, without keyword, name and comments. */
export interface Printed {
  /** LaTeX without the language's own commands; null where it would not typeset. */
  readonly latex: string | null;
  /** The same in the language, on one line. */
  readonly text: string;
}

/** Names of the language that LaTeX sets upright. */
const operators = /(?<![A-Za-z\\{])(ch|sh|tr|part)(?![A-Za-z])/g;

/** The formula of a statement of this name, from its source text. */
export function printed(source: Source, span: Span, name: string): Printed {
  const whole = oneLine(source.text.slice(span.start, span.end)).replace(/^(?:claim|refute|show)\b\s*/, "");
  const words = name.replace(/\s+/g, " ");
  const head =
    words !== "" && (whole.startsWith(words) || whole.startsWith(`(${words}`))
      ? whole.indexOf(":", words.length) + 1
      : whole.startsWith(":")
        ? 1
        : 0;
  const text = whole.slice(head).trim();
  const latex = toPlainLatex(text);
  return { latex: checkLatex(latex) === null ? latex : null, text };
}

/** Rewrites the language's own notation in LaTeX that every reader has. */
export function toPlainLatex(text: string): string {
  return braces(text, "\\Nor", "\\operatorname{Nor}\\left\\{", "\\right\\}")
    .replace(/(?<![A-Za-z\\{])h\.\s*c\./g, "\\mathrm{h.c.}")
    .replace(/\\(ch|sh|tr)(?![A-Za-z])/g, "\\operatorname{$1}")
    .replace(operators, "\\operatorname{$1}")
    .replace(/(?<=[^\s{,(])\s*(?<![\\A-Za-z])d(?=[A-Za-z](?:'|_|\s|$|[)\]}+=,;-]|d[A-Za-z]))/g, "\\, d")
    .trim();
}

/** Replaces `command{...}` with other delimiters, matching braces. */
function braces(text: string, command: string, open: string, close: string): string {
  let result = "";
  let at = 0;
  for (;;) {
    const found = text.indexOf(`${command}{`, at);
    if (found < 0) return result + text.slice(at);
    let depth = 0;
    let end = found + command.length;
    for (; end < text.length; end++) {
      if (text[end - 1] === "\\") continue;
      if (text[end] === "{") depth++;
      else if (text[end] === "}" && --depth === 0) break;
    }
    if (end >= text.length) return result + text.slice(at);
    result += text.slice(at, found) + open + braces(text.slice(found + command.length + 1, end), command, open, close) + close;
    at = end + 1;
  }
}

/**
 * The comment that belongs to a statement, without its marks: `%` lines above it, and comments inside it. Above, it
 * ends at a blank line or at the claim before; declarations and definitions in between are passed over. Lines that begin
 * with dashes are headings of a document and no part of it.
 */
export function commentOf(source: Source, span: Span): string {
  const { text } = source;
  const above: string[] = [];
  let end = text.lastIndexOf("\n", span.start - 1);
  while (end >= 0) {
    const start = text.lastIndexOf("\n", end - 1) + 1;
    const line = text.slice(start, end);
    if (line.trim() === "" || /^(?:claim|refute|show)\b/.test(line)) break;
    if (/^%/.test(line)) above.unshift(line);
    // A comment above a continued claim is not ours: look at what the line continues.
    else if (/^\s/.test(line) && /^(?:claim|refute|show)\b/.test(headOf(text, start))) break;
    end = start - 1;
  }
  const lineEnd = text.indexOf("\n", span.end);
  const inside = text.slice(span.start, lineEnd < 0 ? text.length : lineEnd).split("\n");
  return [...above, ...inside]
    .flatMap((line) => {
      const found = /(?<!\\)%+(.*)$/.exec(line);
      const words = (found?.[1] ?? "").trim();
      return words === "" || /^(?:-{2,}|[-=%*#~\s]+$)/.test(words) ? [] : [words];
    })
    .join(" ");
}

/** The line in column 0 that an indented line continues. */
function headOf(text: string, start: number): string {
  let at = start;
  while (at > 0 && /\s/.test(text[at] ?? "")) at = text.lastIndexOf("\n", at - 2) + 1;
  return text.slice(at, at + 10);
}

/** A piece of a comment: text, or a formula that was written into it without marks. */
export interface Piece {
  readonly kind: "text" | "math";
  readonly text: string;
}

/** Tells formulas from words in a comment: what has commands, subscripts or powers is a formula, between dollars or not. */
export function pieces(comment: string): readonly Piece[] {
  const found: Piece[] = [];
  const push = (kind: Piece["kind"], text: string): void => {
    const last = found[found.length - 1];
    if (text === "") return;
    if (last?.kind === kind) found[found.length - 1] = { kind, text: last.text + text };
    else found.push({ kind, text });
  };
  for (const part of comment.split(/(\$[^$]+\$)/)) {
    if (/^\$[^$]+\$$/.test(part)) {
      found.push({ kind: "math", text: part.slice(1, -1) });
      continue;
    }
    for (const word of wordsOf(part)) {
      const isMath = /\\[A-Za-z]|[A-Za-z)}'][_^]/.test(word);
      const [, before = "", core = "", after = ""] = isMath ? (/^([("]*)(.*?)([.,;:"]*)$/s.exec(word) ?? []) : [];
      if (!isMath) {
        const last = found[found.length - 1];
        // Spaces and relations between two formulas belong to them; a later word may undo that.
        push(last?.kind === "math" && /^\s+$/.test(word) ? "math" : "text", word);
        continue;
      }
      const balanced = balance(core);
      push("text", before.slice(0, before.length - Math.max(0, -balanced)));
      const open = "(".repeat(Math.min(before.length, Math.max(0, -balanced)));
      const math = open + core;
      const close = balance(math) < 0 ? math.length - 1 : math.length;
      push("math", math.slice(0, close));
      push("text", math.slice(close) + after);
    }
  }
  // A space after a formula is the text's.
  return found.flatMap((piece, i): Piece[] => {
    const before = found[i - 1];
    if (piece.kind === "math") return [{ kind: "math", text: piece.text.trimEnd() }];
    return [{ kind: "text", text: (before === undefined ? "" : (/\s+$/.exec(before.text)?.[0] ?? "")) + piece.text }];
  });
}

/**
 * Words and the spaces between them. Braces and square brackets hold a word together, and so do parentheses behind a name, as
 * in `[b_x, X]` and `\mathcal{Z}(e^{-K} F)`.
 */
function wordsOf(text: string): readonly string[] {
  const found: string[] = [];
  let word = "";
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (word !== "" && /\s/.test(c) !== /^\s/.test(word)) {
      found.push(word);
      word = "";
    }
    const holds = c === "{" || c === "[" || (c === "(" && /[A-Za-z}\]]$/.test(word));
    const end = holds ? closing(text, i) : -1;
    word += end < 0 ? c : text.slice(i, end + 1);
    if (end >= 0) i = end;
  }
  return word === "" ? found : [...found, word];
}

/** Where the bracket that opens at a place is closed, or -1. */
function closing(text: string, at: number): number {
  const open: string[] = [];
  for (let i = at; i < text.length; i++) {
    const c = text[i] as string;
    const pair = { "{": "}", "[": "]", "(": ")" }[c];
    if (pair !== undefined) open.push(pair);
    else if (/[}\])]/.test(c) && open.pop() !== c) return -1;
    if (open.length === 0) return i;
  }
  return -1;
}

/** Opening less closing parentheses. */
function balance(text: string): number {
  return (text.match(/\(/g)?.length ?? 0) - (text.match(/\)/g)?.length ?? 0);
}

const special: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "|": "\\textbar{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
};

/** Plain text for LaTeX's text mode. */
export function escapeTex(text: string): string {
  return text.replace(/[\\^~|<>{}_#$%&]/g, (c) => special[c] ?? `\\${c}`);
}

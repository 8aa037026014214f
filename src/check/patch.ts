import type { Span } from "../source/span.js";

/** A replacement in a source text. */
export interface Patch {
  readonly span: Span;
  readonly text: string;
}

/** The text of `span` with patches applied inside it (sorted here; overlapping ones are refused: null). */
export function applyPatches(source: string, span: Span, patches: readonly Patch[]): string | null {
  const sorted = [...patches].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  let result = "";
  let at = span.start;
  for (const patch of sorted) {
    if (patch.span.start < at || patch.span.end > span.end) return null;
    result += source.slice(at, patch.span.start) + patch.text;
    at = patch.span.end;
  }
  return result + source.slice(at, span.end);
}

/** The `+` or `-` before a term (within `low`), or where one would go. */
export function signBefore(source: string, term: Span, low: number): { readonly span: Span; readonly sign: 1 | -1 } {
  const own = source[term.start];
  if (own === "-" || own === "+") return { span: { start: term.start, end: term.start + 1 }, sign: own === "-" ? -1 : 1 };
  let at = term.start;
  // Spaces, alignment marks and spacing commands may stand between a sign and its term.
  for (;;) {
    const before = source.slice(Math.max(low, at - 8), at);
    const skipped = /(?:[\s&~]|\\[,;:! ]|\\q?quad|\{\})$/.exec(before);
    if (skipped === null) break;
    at -= skipped[0].length;
  }
  const sign = at > low ? source[at - 1] : undefined;
  if (sign === "-" || sign === "+") return { span: { start: at - 1, end: at }, sign: sign === "-" ? -1 : 1 };
  return { span: { start: term.start, end: term.start }, sign: 1 };
}

/** Flips the sign of a term of the text that starts at `low`. */
export function flipSign(source: string, term: Span, low: number): Patch {
  const { span, sign } = signBefore(source, term, low);
  if (sign === 1) return { span, text: "-" };
  const leads = /(?:^|[([{=]|(?<!\\),)[\s&]*$/.test(source.slice(Math.max(low, span.start - 40), span.start));
  return { span, text: leads ? "" : "+" };
}

/** Takes a term out with its sign; a `0` stays where it was alone. */
export function removeTerm(source: string, term: Span, low: number, alone: boolean): Patch {
  if (alone) return { span: term, text: "0" };
  const { span } = signBefore(source, term, low);
  // Where the first term goes, the plus of the next goes with it.
  const plus = span.start === span.end ? /^[\s&]*\+\s*/.exec(source.slice(term.end, term.end + 40)) : null;
  return { span: { start: span.start, end: term.end + (plus?.[0].length ?? 0) }, text: "" };
}

/** What is written of a sum together with the brackets around it, where there are some. */
export function bracketed(source: string, { start, end }: Span): Span {
  const before = /(?:\\(?:left|[bB]igg?l?)\s*)?[([]\s*$/.exec(source.slice(Math.max(0, start - 20), start));
  const after = /^\s*(?:\\(?:right|[bB]igg?r?)\s*)?[)\]]/.exec(source.slice(end, end + 20));
  return before === null || after === null ? { start, end } : { start: start - before[0].length, end: end + after[0].length };
}

/** One line without comments and layout: what a message shows of a source text. */
export function oneLine(text: string): string {
  return text
    .replace(/(?<!\\)%.*$/gm, "")
    .replace(/\s+/g, " ")
    .trim();
}

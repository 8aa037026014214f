/** A half-open range of UTF-16 offsets in one text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One document's text. `path` is what messages show; it need not exist on a disk. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** 1-based line and column (UTF-16 units) of an offset. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export const nowhere: Span = { start: 0, end: 0 };

/** The smallest span that covers both. */
export function cover(a: Span, b: Span): Span {
  return { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}

/** Offsets at which lines start; made once a text, so that a look-up is a binary search. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Line and column of `offset`, by binary search in `lineStarts(text)`. */
export function position(starts: readonly number[], offset: number): Position {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] as number) + 1 };
}

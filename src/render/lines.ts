import type { RenderOptions } from "./options.js";
import type { Style } from "./words.js";

/** One term, in the parts that grouping looks at. The sign is apart. */
export interface Piece {
  readonly negative: boolean;
  readonly coefficient: string;
  /** `\sum_{m} \iint`, or "". */
  readonly open: string;
  readonly values: string;
  readonly operators: string;
  /** `\, dx \, dy`, or "". */
  readonly close: string;
  readonly creators: number;
  readonly conjugates: number;
}

/** A term without its sign. */
export function body(piece: Piece): string {
  const { coefficient, open, values, operators, close } = piece;
  let text = coefficient;
  for (const part of [open, values, operators, close]) if (part !== "") text = text === "" ? part : `${text} ${part}`;
  return text === "" ? "1" : text;
}

function joined(pieces: readonly Piece[]): string {
  const parts: string[] = [];
  pieces.forEach((piece, i) => {
    parts.push(i === 0 ? (piece.negative ? "-" : "") : piece.negative ? " - " : " + ", body(piece));
  });
  return parts.join("");
}

/** A sum on one line, `0` where it has no terms. */
export function oneLine(pieces: readonly Piece[], style: Style): string {
  if (pieces.length === 0) return "0";
  return joined(style.latex ? grouped(pieces) : pieces);
}

/** Commands that print nothing of their own. */
const silent = /^(?:left|right|big|frac|overline|tilde|text|dot|ddot|mathrm|operatorname|begin|end)$/;

/** How wide a formula looks: a command counts as one character, spacing and braces not at all. */
export function visibleWidth(latex: string): number {
  let width = 0;
  for (let i = 0; i < latex.length; i++) {
    const c = latex.charCodeAt(i);
    // Space, ^, _, { and }.
    if (c === 32 || c === 94 || c === 95 || c === 123 || c === 125) continue;
    if (c !== 92) {
      width++;
      continue;
    }
    const start = i + 1;
    while (i + 1 < latex.length && isLetter(latex.charCodeAt(i + 1))) i++;
    if (i < start) i++;
    else if (!silent.test(latex.slice(start, i + 1))) width++;
  }
  return width;
}

function isLetter(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90);
}

/**
 * Terms that differ only in their values, under the same integrals and with the same operators, share them:
 * `\int (f(x) + g(x)) a_x dx`. Only where that is shorter, and not beyond what fits into one line.
 */
function grouped(pieces: readonly Piece[]): readonly Piece[] {
  if (pieces.length < 2 || !pieces.some((piece) => piece.open !== "" && piece.operators !== "")) return pieces;
  const groups = new Map<string, Piece[]>();
  for (const piece of pieces) {
    const key = piece.open === "" || piece.values === "" || piece.operators === "" ? "" : `${piece.open} ${piece.operators} ${piece.close}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [piece]);
    else group.push(piece);
  }
  if (groups.size === pieces.length) return pieces;
  const done = new Map<Piece, Piece | null>();
  for (const [key, group] of groups) {
    if (key === "" || group.length < 2) continue;
    const merged = merge(group);
    if (merged === undefined) continue;
    group.forEach((piece, i) => {
      done.set(piece, i === 0 ? merged : null);
    });
  }
  return pieces.flatMap((piece) => {
    const merged = done.get(piece);
    return merged === undefined ? [piece] : merged === null ? [] : [merged];
  });
}

function merge(group: readonly Piece[]): Piece | undefined {
  const [first] = group as [Piece, ...Piece[]];
  const shared = group.every((piece) => piece.coefficient === first.coefficient);
  const negative = group.every((piece) => piece.negative);
  const inner = group.map((piece, i) => {
    const sign = piece.negative !== negative ? (i === 0 ? "-" : " - ") : i === 0 ? "" : " + ";
    return `${sign}${!shared && piece.coefficient !== "" ? `${piece.coefficient} ` : ""}${piece.values}`;
  });
  const values = `\\left( ${inner.join("")} \\right)`;
  if (visibleWidth(values) > 70) return undefined;
  const merged: Piece = { ...first, negative, coefficient: shared ? first.coefficient : "", values };
  const before = joined(group).length;
  return body(merged).length < before ? merged : undefined;
}

/** The whole sum: adjoint pairs as `+ \text{h.c.}`, on one line or on aligned ones; `rest` more terms are only counted. */
export function assemble(pieces: readonly Piece[], rest: number, options: RenderOptions, style: Style): string {
  if (pieces.length === 0) return rest === 0 ? "0" : style.latex ? `\\text{${rest} terms}` : `${rest} terms`;
  const more =
    rest > 0
      ? style.latex
        ? ` + \\text{${rest} more ${rest === 1 ? "term" : "terms"}}`
        : ` + ${rest} more ${rest === 1 ? "term" : "terms"}`
      : "";
  const shown = rest === 0 && (style.latex || options.hermitian === true);
  const { alone, halves } = paired(pieces, shown ? options.adjointOf : undefined);
  if (!style.latex) {
    if (halves.length === 0) return joined(alone) + more;
    return alone.length === 0 ? `${joined(halves)} + h.c.` : `${joined(alone)} + (${joined(halves)} + h.c.)`;
  }
  const first = grouped(alone);
  const second = grouped(halves);
  const hermitian = second.length === 0 ? "" : " + \\text{h.c.}";
  const width = options.width ?? 80;
  const count = first.length + second.length;
  // More terms than fit whatever they are: the line is not even put together.
  if (options.lines === "one" || (options.lines !== "aligned" && count <= width)) {
    const line =
      second.length === 0
        ? joined(first)
        : first.length === 0
          ? `${joined(second)}${hermitian}`
          : `${joined(first)} + \\left( ${joined(second)}${hermitian} \\right)`;
    if (options.lines === "one" || count < 2 || visibleWidth(line) <= width) return line + more;
  }
  // A stretching parenthesis cannot reach over a line break.
  const signed = [
    ...first.map((piece, i) => ({ sign: piece.negative ? "-" : i === 0 ? "" : "+", text: body(piece) })),
    ...second.map((piece, i) => {
      const open = first.length > 0 && i === 0 ? "\\big( " : "";
      const end = i === second.length - 1 ? `${hermitian}${first.length > 0 ? " \\big)" : ""}` : "";
      if (open !== "") return { sign: "+", text: `${open}${piece.negative ? "-" : ""}${body(piece)}${end}` };
      return { sign: piece.negative ? "-" : i === 0 ? "" : "+", text: `${body(piece)}${end}` };
    }),
  ];
  const lines: string[] = [];
  let current = "";
  let room = 0;
  for (const { sign, text } of signed) {
    const size = visibleWidth(text) + 1;
    const part = sign === "" ? text : `${sign} ${text}`;
    if (current !== "" && room + size <= width) {
      current += ` ${part}`;
      room += size;
      continue;
    }
    if (current !== "") lines.push(current);
    current = part;
    room = size;
  }
  lines.push(current + more);
  return `\\begin{aligned} ${lines.map((each) => `& ${each}`).join(" \\\\ ")} \\end{aligned}`;
}

/** Splits terms into those to be written as they are and those that stand for themselves and their adjoint. */
function paired(
  pieces: readonly Piece[],
  adjointOf: readonly number[] | undefined,
): { readonly alone: readonly Piece[]; readonly halves: readonly Piece[] } {
  if (adjointOf === undefined || adjointOf.length !== pieces.length) return { alone: pieces, halves: [] };
  const alone: Piece[] = [];
  const halves: Piece[] = [];
  pieces.forEach((piece, i) => {
    const j = adjointOf[i] as number;
    const partner = pieces[j];
    if (partner === undefined || j === i || adjointOf[j] !== i) {
      alone.push(piece);
      return;
    }
    const better = piece.creators - partner.creators || partner.conjugates - piece.conjugates || j - i;
    if (better > 0) halves.push(piece);
  });
  return { alone, halves };
}

import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import { quote } from "./brackets.js";
import type { Token } from "./tokens.js";

/** What stands around integral signs and sums, as `layout.ts` asks for it. Ranges are of tokens, ends exclusive. */
export interface Line {
  readonly tokens: readonly Token[];
  /** For each bracket the place of its partner. */
  readonly partners: Int32Array;
  readonly labels: ReadonlySet<string>;
}

/** End of what a script takes: a token or a group in braces. */
export function argumentEnd({ tokens, partners }: Line, at: number): number {
  return Math.min(tokens.length, tokens[at]?.type === "{" ? (partners[at] as number) + 1 : at + 1);
}

/** End of the label behind the differential at `at`: its name, primes and subscript. */
function labelEnd(line: Line, at: number): number {
  let end = at + 2;
  for (;;) {
    const type = line.tokens[end]?.type;
    if (type === "prime") end++;
    else if (type === "_") end = argumentEnd(line, end + 1);
    else return Math.min(end, line.tokens.length);
  }
}

/** The differentials that follow each other from `at` on; alignment marks may stand between them, but in a matrix. */
export function differentialsAt(line: Line, at: number, matrix: boolean): Span[] {
  const { tokens } = line;
  const list: Span[] = [];
  for (let k = at; tokens[k]?.type === "differential"; ) {
    const end = labelEnd(line, k);
    list.push({ start: k, end });
    k = end;
    while (!matrix && (tokens[k]?.type === "amp" || tokens[k]?.type === "newline")) k++;
  }
  return list;
}

/**
 * How many of `left` differentials go to the innermost of the integrals that need `needs` of them together: to
 * `\iint` two; to `\int` all but what the others need.
 */
export function portion({ count }: Token, left: number, needs: number): number {
  return count === 1 ? Math.max(1, left - (needs - 1)) : count;
}

/**
 * Prefix notation, `\int \int dx dy E`: what each of the signs that stand side by side gets of the differentials
 * behind them, from the innermost sign outwards. Signs without a share are closed later.
 */
export function share(signs: readonly Token[], list: readonly Span[]): readonly (readonly Span[])[] {
  const shares: (readonly Span[])[] = signs.map(() => []);
  let needs = signs.reduce((sum, { count }) => sum + count, 0);
  let used = 0;
  for (let k = signs.length - 1; k >= 0 && used < list.length; k--) {
    const sign = signs[k] as Token;
    const left = list.length - used;
    if (left < sign.count) break;
    const take = portion(sign, left, needs);
    shares[k] = list.slice(used, used + take);
    used += take;
    needs -= sign.count;
  }
  if (used < list.length) {
    const sign = signs[signs.length - 1] as Token;
    fail(
      "integral-without-differential",
      sign,
      `${quote(sign)} takes ${sign.count} differentials; found ${list.length} behind it`,
      "write all of them behind the sign, or all at the end",
    );
  }
  return shares;
}

/**
 * The domain under an integral sign, as the dimensions of its factors: [3, 3] of R^3 \times R^3, where a letter as the
 * exponent gives undefined. It binds nothing, as the labels have their kinds; elaboration compares the two.
 *
 * @returns undefined where the subscript names labels
 */
export function domainOf(line: Line, subscript: number): readonly (number | undefined)[] | undefined {
  const { tokens, labels } = line;
  const braced = tokens[subscript + 1]?.type === "{";
  const from = braced ? subscript + 2 : subscript + 1;
  const to = argumentEnd(line, subscript + 1) - (braced ? 1 : 0);
  const head = tokens[from];
  if (head?.type === "name" && labels.has(head.text.replace(/'+$/, ""))) return undefined;
  const dimensions = space(tokens.slice(from, to).filter(({ type }) => type !== "{" && type !== "}"));
  if (dimensions !== undefined) return dimensions;
  const where =
    head === undefined ? (tokens[subscript] as Token) : { start: head.start, end: Math.max(head.end, tokens[to - 1]?.end ?? 0) };
  return fail(
    "integral-limits",
    where,
    "found a domain that is not known under an integral sign; expected declared labels or R^3",
    head?.type === "name" && to === from + 1
      ? `\\int_${head.text} names a label only where ${head.text} is declared: index ${head.text} in R^3`
      : "declare an index for the domain: index x in R^3",
  );
}

/** A hint where a `d` behind an integral is written against a name that is no label; `fold.ts` keeps it with the `d`. */
export function undeclaredDifferential({ tokens }: Line, open: Token, end = Number.POSITIVE_INFINITY): string | undefined {
  const name = tokens.find((t) => t.start > open.start && t.start < end && t.text === "d" && t.inside !== "")?.inside;
  return name === undefined ? undefined : `d${name} is a differential only where ${name} is declared: index ${name} in R^3`;
}

/** `R^3 \times R^3`, `(R^3)^2`: its dimensions; undefined for other texts. */
function space(tokens: readonly Token[]): readonly (number | undefined)[] | undefined {
  const text = tokens.map((t) => (t.type === "times" || t.type === "*" ? "*" : t.text)).join("");
  const name = String.raw`(?:R|\\mathbb\{R\}|\\mathbf\{R\})`;
  const power = new RegExp(String.raw`^\(${name}\^(\d+)\)\^(\d+)$`).exec(text);
  if (power) return Number(power[2]) > 20 ? undefined : Array.from({ length: Number(power[2]) }, () => Number(power[1]));
  const factor = new RegExp(String.raw`^${name}(?:\^(?:(\d+)|(?:\\[A-Za-z]+|[A-Za-z])))?$`);
  const found = text.split("*").map((part) => factor.exec(part));
  if (!found.every((match) => match !== null)) return undefined;
  return found.map((match) => (match[1] !== undefined ? Number(match[1]) : match[0].includes("^") ? undefined : 1));
}

/** An integral that is never closed; `found` is what its differentials should have come before. */
export function missingDifferential(line: Line, open: Token, found: Token | undefined): never {
  const { tokens } = line;
  const before = found === undefined ? "the end of the text" : quote(found);
  const end = found?.start ?? Number.POSITIVE_INFINITY;
  const sign = tokens.indexOf(open);
  const domain = tokens[sign + 1]?.type === "_" && tokens[sign + 2]?.type === "name" ? (tokens[sign + 2] as Token).text : undefined;
  const power = tokens.some((t, k) => t.start > open.start && t.start < end && t.text === "d" && tokens[k + 1]?.type === "^");
  const hint = power
    ? "write dx, not d^3x: the index says what is integrated over"
    : (undeclaredDifferential(line, open, end) ??
      (domain !== undefined && !/^(?:R|\\mathbb\{R\})$/.test(domain)
        ? `\\int_${domain} names a label only where ${domain} is declared: index ${domain} in R^3`
        : "close it with dx, or name the labels as in \\int_{x}, where x is a declared index"));
  fail("integral-without-differential", open, `${quote(open)} has no differential; found ${before} before one`, hint);
}

import { fail } from "../source/diagnostic.js";
import type { Token } from "./tokens.js";

/** Brackets, integrals and chains of `/` or `*` that may stand in each other. */
export const deepest = 500;

const closers: ReadonlyMap<string, string> = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
  ["\\{", "\\}"],
  ["matrixOpen", "matrixClose"],
]);
export const openers: ReadonlyMap<string, string> = new Map([...closers].map(([open, close]) => [close, open]));

export const quote = (t: Token): string => `"${t.text.length > 24 ? `${t.text.slice(0, 20)}…` : t.text}"`;
const closerText = (open: Token): string =>
  open.type === "matrixOpen" ? `"${open.text.replace("begin", "end")}"` : `"${closers.get(open.type)}"`;

/** First, all brackets: for each opening one the place of its partner, and the other way round. */
export function match(tokens: readonly Token[]): Int32Array {
  const partners = new Int32Array(tokens.length).fill(-1);
  const stack: number[] = [];
  const open = new Map<string, number>();
  for (let i = 0; i < tokens.length; i++) {
    const t = tokens[i] as Token;
    if (closers.has(t.type)) {
      stack.push(i);
      open.set(t.type, (open.get(t.type) ?? 0) + 1);
      if (stack.length > deepest) tooDeep(t);
      continue;
    }
    const opener = openers.get(t.type);
    if (opener === undefined) continue;
    const at = stack.pop();
    if (at === undefined)
      fail("unopened-bracket", t, `found a closing ${quote(t)}; no bracket is open here`, `remove it, or open it before`);
    const last = tokens[at] as Token;
    if (last.type !== opener) {
      if ((open.get(opener) ?? 0) > 0)
        fail(
          "unclosed-bracket",
          last,
          `${quote(last)} is not closed; found ${quote(t)} before its ${closerText(last)}`,
          `insert ${closerText(last)} before ${quote(t)}`,
        );
      fail("unopened-bracket", t, `found ${quote(t)}; expected ${closerText(last)} to close ${quote(last)}`);
    }
    open.set(opener, (open.get(opener) as number) - 1);
    partners[i] = at;
    partners[at] = i;
  }
  const last = stack.pop();
  if (last !== undefined) {
    const t = tokens[last] as Token;
    fail(
      "unclosed-bracket",
      t,
      `${quote(t)} is not closed; found the end of the text before its ${closerText(t)}`,
      `add ${closerText(t)}; lines that continue a statement are indented`,
    );
  }
  return partners;
}

export function tooDeep(t: Token): never {
  fail(
    "nested-too-deeply",
    t,
    `nested too deeply: more than ${deepest} brackets, integrals or fractions in each other`,
    "define parts with `let`",
  );
}

/**
 * Whether the bar at `i`, with an operand before it in `\langle ... \rangle`, opens a modulus instead of separating: the next
 * bar has a power, as in `\langle f, k |g|^2 \rangle`, which no separator has. Looks no further than that bar.
 */
export function opensModulus(tokens: readonly Token[], partners: Int32Array, i: number): boolean {
  for (let k = i + 1; k < tokens.length; k++) {
    const { type } = tokens[k] as Token;
    if (type === "bar") return tokens[k + 1]?.type === "^";
    if (type === "langle" || type === "rangle" || openers.has(type)) return false;
    if (closers.has(type)) k = partners[k] as number;
  }
  return false;
}

/** Gives the brace of each script the text inside it without spaces. */
export function fillScripts(tokens: readonly Token[], partners: Int32Array): void {
  let compact: string | undefined;
  const offsets = new Int32Array(tokens.length + 1);
  for (let i = 1; i < tokens.length; i++) {
    const t = tokens[i] as Token;
    const before = (tokens[i - 1] as Token).type;
    if (t.type !== "{" || (before !== "_" && before !== "^")) continue;
    if (compact === undefined) {
      for (let k = 0; k < tokens.length; k++) offsets[k + 1] = (offsets[k] as number) + (tokens[k] as Token).text.length;
      compact = tokens.map((token) => token.text).join("");
    }
    t.inside = compact.slice(offsets[i + 1], offsets[partners[i] as number]);
  }
}

/** The message for something open, of a kind that `layout.ts` tells apart, in front of `found`. */
export function unclosed(kind: string, open: Token, found: Token | undefined): never {
  const where = found === undefined ? "the end of the text" : quote(found);
  if (kind === "|" || kind === "\\|")
    fail("unmatched-bar", open, `this ${quote(open)} is not closed; found ${where}`, "a bar closes where an operand has ended before it");
  if (kind === "angle") fail("unclosed-bracket", open, `"\\langle" is not closed; found ${where}`, 'insert "\\rangle"');
  if (kind === "bra")
    fail("unmatched-bar", open, `"\\langle" of a bra is not closed; found ${where}`, 'write |f\\rangle\\langle g|, with a "|" at the end');
  if (kind === "colon") fail("unclosed-bracket", open, `":" is not closed; found ${where}`, "normal ordering is written :A:, or \\Nor{A}");
  return fail("unclosed-bracket", open, `${quote(open)} is not closed; found ${where}`);
}

/** For each token 1 where a colon follows before the next `=`, else 0. */
export function colonsAhead(tokens: readonly Token[]): Int8Array {
  const table = new Int8Array(tokens.length);
  let seen = 0;
  for (let k = tokens.length - 1; k >= 0; k--) {
    table[k] = seen;
    const { type } = tokens[k] as Token;
    if (type === "colon") seen = 1;
    else if (type === "=") seen = 0;
  }
  return table;
}

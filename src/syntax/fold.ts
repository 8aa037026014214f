import { Fault, fail } from "../source/diagnostic.js";
import { nearest } from "../source/nearest.js";
import { type Raw, strange } from "./lexer.js";
import {
  accents,
  aliases,
  attributes,
  closing,
  layouts,
  matrices,
  opening,
  romans,
  skipped,
  symbols,
  type Token,
  token,
} from "./tokens.js";

/** How the name of a second quantisation is spelt, whatever font its d has. */
const quantized = "d\\Gamma";

/**
 * First pass over the tokens, from LaTeX's spelling to one: spaces and sizes go, accents and fonts become part
 * of a name, primes too; `d` written against a label becomes a differential; words of a declaration are put
 * together. Throws a `Fault`; linear.
 *
 * @param words whether the statement is a declaration, in which `in`, `real`, ... are words
 */
export function fold(raw: readonly Raw[], labels: ReadonlySet<string>, words: boolean): Token[] {
  const out: Token[] = [];
  const count = raw.length;
  /** Bracket depth, for the words of a declaration. */
  let depth = 0;
  /** A `\left` or `\right` that waits for its delimiter. */
  let side: "" | "Open" | "Close" = "";

  // The full stop or comma of the sentence that a pasted display ends.
  let stop = count - 1;
  while (stop > 0 && (["note", "environment"].includes((raw[stop] as Raw).type) || skipped.has((raw[stop] as Raw).text))) stop--;
  if (words || stop < 1 || ![".", ",", ";"].includes((raw[stop] as Raw).text) || [".", ",", ";"].includes((raw[stop - 1] as Raw).text))
    stop = -1;

  const previous = (): Token | undefined => out[out.length - 1];
  const inScript = (): boolean => {
    const last = previous();
    return last !== undefined && (last.type === "_" || last.type === "^");
  };

  let i = 0;
  while (i < count) {
    const r = raw[i] as Raw;
    if (i === stop) {
      i++;
      continue;
    }
    const sided = side;
    side = "";
    switch (r.type) {
      case "number":
        i = foldNumber(r, i);
        break;
      case "letter": {
        if (r.text === "d" && isQuantized(r, i)) {
          out.push(token("name", quantized, r.start, (raw[i + 1] as Raw).end));
          i += 2;
          break;
        }
        if (r.text === "d" && !inScript()) {
          const name = readName(raw, i + 1);
          if (name !== undefined && (raw[i + 1] as Raw).start === r.end) {
            if (labels.has(bare(name.text))) {
              out.push(token("differential", "d", r.start, r.end));
              i++;
              break;
            }
            out.push(token("name", "d", r.start, r.end));
            // Kept for the hint of an integral that lacks its differential.
            (out[out.length - 1] as Token).inside = bare(name.text);
            i++;
            break;
          }
        }
        if (words && depth === 0 && !inScript()) {
          const next = foldWord(i);
          if (next > i) {
            i = next;
            break;
          }
        }
        i = foldName(i);
        break;
      }
      case "word":
        out.push(token("name", r.text, r.start, r.end));
        i++;
        break;
      case "hc":
        out.push(token("hc", "h.c.", r.start, r.end));
        i++;
        break;
      case "roman":
        i = foldRoman(r, i);
        break;
      case "prime":
        foldPrimes(r.text, r.start, r.end);
        i++;
        break;
      case "environment": {
        const begins = r.text.startsWith("\\begin");
        const name = /\{\s*([^{}\s]*)\s*\}/.exec(r.text)?.[1] ?? "";
        if (matrices.has(name)) out.push(token(begins ? "matrixOpen" : "matrixClose", r.text, r.start, r.end));
        else if (!layouts.has(name)) {
          const near = nearest(name, [...matrices, ...layouts]);
          fail(
            "unknown-environment",
            { start: r.start, end: r.end },
            `found the environment "${name.slice(0, 40)}"; expected pmatrix, bmatrix, or one that only aligns`,
            near === undefined ? undefined : `did you mean ${near}?`,
          );
        }
        i++;
        break;
      }
      case "note":
        i++;
        break;
      case "newline":
        out.push(token("newline", "\\\\", r.start, r.end));
        i++;
        break;
      case "command":
      case "escape":
        if (skipped.has(r.text)) {
          if (opening.has(r.text)) side = "Open";
          else if (closing.has(r.text)) side = "Close";
          i++;
          // `\left.` and `\right.` are delimiters that cannot be seen.
          if (side !== "" && raw[i]?.text === ".") {
            side = "";
            i++;
          }
          break;
        }
        i = foldCommand(r, i, sided);
        break;
      case "other":
        i = foldOther(r, i);
        break;
      default:
        i = foldSymbol(r, i, sided);
    }
  }
  return withoutEmptyScripts(out);

  /** `d\Gamma(A)`, the second quantisation of A, is one name unless `\Gamma` is a label. */
  function isQuantized(r: Raw, at: number): boolean {
    const [letter, next] = [raw[at + 1], raw[at + 2]];
    if (letter?.text !== "\\Gamma" || letter.start !== r.end || inScript() || labels.has("\\Gamma")) return false;
    return next !== undefined && ["(", "_", "^", "\\left", "\\big", "\\bigl", "\\Big", "\\Bigl"].includes(next.text);
  }

  /** Numbers, of which a script or a fraction without braces takes one digit. */
  function foldNumber(r: Raw, at: number): number {
    const last = previous();
    const other = raw[at - 1];
    if (other?.type === "number" && other.end === r.start)
      fail(
        "bad-number",
        { start: other.start, end: r.end },
        `found "${`${other.text}${r.text}`.slice(0, 40)}"; expected a number with one decimal point`,
        "a product of two numbers is written with a space between them",
      );
    if (inScript() && r.text.length > 1) {
      const sign = (last as Token).text;
      const short = r.text.length > 20 ? `${r.text.slice(0, 20)}…` : r.text;
      fail(
        "script-needs-braces",
        { start: r.start, end: r.end },
        `found ${sign}${short}; without braces LaTeX takes one digit here`,
        `write ${sign}{${short}}`,
      );
    }
    if (last?.type === "frac" && r.text.length > 1 && /^\d+$/.test(r.text)) {
      const [a, b, rest] = [r.text[0] as string, r.text[1] as string, r.text.slice(2)];
      out.push(token("number", a, r.start, r.start + 1), token("number", b, r.start + 1, r.start + 2));
      if (rest !== "") out.push(token("number", rest, r.start + 2, r.end));
    } else out.push(token("number", r.text, r.start, r.end));
    return at + 1;
  }

  /** A word of a declaration: `in`, `real`, ...; gives `at` when there is none. */
  function foldWord(at: number): number {
    let end = at + 1;
    let text = (raw[at] as Raw).text;
    while (end < count && (raw[end] as Raw).type === "letter" && (raw[end] as Raw).start === (raw[end - 1] as Raw).end)
      text += (raw[end++] as Raw).text;
    const span = { start: (raw[at] as Raw).start, end: (raw[end - 1] as Raw).end };
    if (text === "in") out.push(token("in", text, span.start, span.end));
    else if (attributes.includes(text)) out.push(token("attribute", text, span.start, span.end));
    else if (text.length > 2) {
      const near = nearest(text, attributes);
      fail(
        "unknown-attribute",
        span,
        `found "${text.slice(0, 40)}"; expected a name or one of ${attributes.join(", ")}`,
        near === undefined ? "a name is one letter or a LaTeX command, with scripts" : `did you mean ${near}?`,
      );
    } else return at;
    return end;
  }

  function foldName(at: number): number {
    const name = readName(raw, at) as Name;
    out.push(token("name", name.text, (raw[at] as Raw).start, (raw[name.next - 1] as Raw).end));
    return name.next;
  }

  function foldRoman(r: Raw, at: number): number {
    const brace = r.text.indexOf("{");
    const word = (brace < 0 ? r.text.slice(-1) : r.text.slice(brace + 1, -1)).replace(/^(?:\s|~|\\[,;: ])+|(?:\s|~|\\[,;: ])+$/g, "");
    const span = { start: r.start, end: r.end };
    if (/^[hH]\.\s?c\.$/.test(word)) out.push(token("hc", "h.c.", r.start, r.end));
    else if (word === "Nor") out.push(token("nor", "\\Nor", r.start, r.end));
    else if (word === "d" && isQuantized(r, at)) {
      out.push(token("name", quantized, r.start, (raw[at + 1] as Raw).end));
      return at + 2;
    } else if (word === "d" && !inScript()) {
      const next = differential(r, at + 1);
      if (next >= 0) return next;
      out.push(token("name", "\\mathrm{d}", r.start, r.end));
    } else if (/^[A-Za-z]$/.test(word)) out.push(token("name", `\\mathrm{${word}}`, r.start, r.end));
    else if (/^[A-Za-z]+$/.test(word)) out.push(token("name", romans.get(word) ?? word, r.start, r.end));
    else fail("text-in-formula", span, `found text, "${word.slice(0, 40)}"; expected a formula`, "put remarks into a comment, after %");
    return at + 1;
  }

  /** Reads `\mathrm{d} x`, `\dd x` or `\dd{x}` up to its label, or up to its end; gives -1 where no label follows. */
  function differential(r: Raw, at: number): number {
    const braced = raw[at]?.text === "{";
    const name = readName(raw, braced ? at + 1 : at);
    if (name === undefined || !labels.has(bare(name.text))) return -1;
    if (braced && raw[name.next]?.text !== "}") return -1;
    out.push(token("differential", "d", r.start, r.end));
    if (!braced) return at;
    out.push(token("name", name.text, (raw[at + 1] as Raw).start, (raw[name.next - 1] as Raw).end));
    return name.next + 1;
  }

  function foldPrimes(text: string, start: number, end: number): void {
    const last = previous();
    // As in LaTeX, the prime of `a_x'` is that of the base: it goes to the name when the scripts are read.
    const scripted = last?.type === "name" && /^[_^]$/.test(out[out.length - 2]?.type ?? "");
    if (last !== undefined && (last.type === "name" || last.type === "prime") && !scripted && last.text.length < 1000)
      out[out.length - 1] = Object.assign(token(last.type, last.text + text, last.start, end), { inside: last.inside });
    else out.push(token("prime", text, start, end));
  }

  function foldCommand(r: Raw, at: number, sided: "" | "Open" | "Close"): number {
    if (symbols.has(r.text)) return foldSymbol(r, at, sided);
    if (r.text === "\\dd") {
      const next = differential(r, at + 1);
      if (next >= 0) return next;
    }
    if (r.type === "escape") return foldEscape(r);
    return foldName(at);
  }

  function foldEscape(r: Raw): never {
    const span = { start: r.start, end: r.end };
    if (/[^\x20-\x7e]/.test(r.text)) throw new Fault(strange(r.text.slice(1), r.start + 1));
    if (/^\\[[\]()]$/.test(r.text))
      fail("math-delimiter", span, `found "${r.text}"; a document holds formulas without math delimiters`, `leave out ${r.text}`);
    return fail("unknown-command", span, `found "${r.text}"; expected a LaTeX command`);
  }

  function foldSymbol(r: Raw, at: number, sided: "" | "Open" | "Close"): number {
    if (r.text === "~") return at + 1;
    const known = symbols.get(r.text);
    if (known === undefined) fail("unknown-character", { start: r.start, end: r.end }, `found "${r.text}"; expected a formula`);
    const [type, text] = known;
    if (text === "\\not" && raw[at + 1]?.text === "=") {
      out.push(token("unequal", "\\ne", r.start, (raw[at + 1] as Raw).end));
      return at + 2;
    }
    switch (type) {
      case "bar":
        out.push(token(r.text === "\\mid" ? "bar" : `bar${sided}`, text, r.start, r.end));
        return at + 1;
      case "int":
        out.push(token("int", text, r.start, r.end, text.length - 3));
        return at + 1;
      case "^":
      case "_":
        return foldScript(r, type, at);
      case "prime":
        foldPrimes("'", r.start, r.end);
        return at + 1;
      case "(":
      case "[":
      case "{":
      case "\\{":
        depth++;
        break;
      case ")":
      case "]":
      case "}":
      case "\\}":
        depth--;
        break;
    }
    out.push(token(type, text, r.start, r.end));
    return at + 1;
  }

  /** `^\prime`, `^{\prime\prime}` are primes; `^-1` and `^+1` a slip. */
  function foldScript(r: Raw, type: "_" | "^", at: number): number {
    const next = raw[at + 1];
    if (type === "^" && next !== undefined) {
      if (next.text === "\\prime") {
        foldPrimes("'", r.start, next.end);
        return at + 2;
      }
      if (next.text === "{" && raw[at + 2]?.text === "\\prime") {
        let end = at + 2;
        while (raw[end]?.text === "\\prime") end++;
        if (raw[end]?.text === "}") {
          foldPrimes("'".repeat(end - at - 2), r.start, (raw[end] as Raw).end);
          return end + 1;
        }
      }
      const digit = raw[at + 2];
      if ((next.text === "-" || next.text === "+") && digit?.type === "number" && digit.start === next.end) {
        const short = digit.text.slice(0, 20);
        fail(
          "script-needs-braces",
          { start: r.start, end: digit.end },
          `found ^${next.text}${short}; without braces only the sign is raised`,
          `write ^{${next.text}${short}}`,
        );
      }
    }
    out.push(token(type, type, r.start, r.end));
    return at + 1;
  }

  function foldOther(r: Raw, at: number): number {
    const span = { start: r.start, end: r.end };
    if (r.text === "$") fail("math-delimiter", span, 'found "$"; a document holds formulas without math delimiters', "leave out the $");
    if (r.text === "\\") fail("unknown-command", span, 'found "\\" at the end of the text; expected a LaTeX command');
    out.push(token("other", r.text, r.start, r.end));
    return at + 1;
  }
}

interface Name {
  readonly text: string;
  /** Place of the raw token behind the name. */
  readonly next: number;
}

const bare = (name: string): string => name.replace(/'+$/, "");

/**
 * The name that starts at `at`, without primes, in its one spelling: accents and fonts with braces. Nothing
 * where no name starts. Throws a `Fault` where an accent stands over more than a name.
 */
function readName(raw: readonly Raw[], at: number, nesting = 0): Name | undefined {
  const r = raw[at];
  if (r === undefined) return undefined;
  if (r.type === "letter") return { text: r.text, next: at + 1 };
  if (r.type !== "command") return undefined;
  const accent = accents.get(r.text);
  if (accent === undefined) {
    if (symbols.has(r.text) || skipped.has(r.text)) return undefined;
    return { text: aliases.get(r.text) ?? r.text, next: at + 1 };
  }
  if (nesting > 20) fail("nested-too-deeply", { start: r.start, end: r.end }, "found more than 20 accents over one letter");
  const braced = raw[at + 1]?.text === "{";
  let next = braced ? at + 2 : at + 1;
  while (skipped.has(raw[next]?.text ?? "")) next++;
  const inner = readName(raw, next, nesting + 1);
  let text: string | undefined;
  if (inner !== undefined) {
    text = inner.text;
    next = inner.next;
    // Fonts may be set on a whole word, accents over a primed letter.
    while (braced && (raw[next]?.type === "letter" || raw[next]?.type === "prime")) text += (raw[next++] as Raw).text;
  } else if (raw[next]?.type === "number" || (braced && raw[next]?.type === "word")) text = (raw[next++] as Raw).text;
  else if (raw[next]?.type === "roman") {
    const word = (raw[next++] as Raw).text;
    text = `\\mathrm{${word.slice(word.indexOf("{") + 1, -1).trim()}}`;
  }
  const end = raw[next];
  if (text === undefined || (braced && end?.text !== "}")) {
    const found = text === undefined ? raw[next] : end;
    fail(
      "accent-argument",
      { start: r.start, end: (found ?? (raw[raw.length - 1] as Raw)).end },
      `found ${found === undefined ? "the end of the text" : `"${found.text.slice(0, 20)}"`} under ${r.text}; expected one letter or command`,
      `write scripts behind the accent, as in ${r.text}{\\phi}_1`,
    );
  }
  return { text: `${accent}{${text}}`, next: braced ? next + 1 : next };
}

/** `a^{\vphantom{*}}_x` and `a^{}_x`: a script with nothing in it only spaces. */
function withoutEmptyScripts(tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const t = tokens[at] as Token;
    if ((t.text === "^" || t.text === "_") && tokens[at + 1]?.text === "{" && tokens[at + 2]?.text === "}") at += 2;
    else out.push(t);
  }
  return out;
}

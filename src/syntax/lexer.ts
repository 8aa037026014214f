import moo from "moo";
import { type Diagnostic, error } from "../source/diagnostic.js";

/** What moo sees: still with spaces, in the spelling of the text. Offsets are those of the document. */
export interface Raw {
  readonly type: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const group = String.raw`\s*\{[^{}\n]*\}`;

/**
 * The words `ch`, `sh`, `tr`, `cosh`, ... are names only before a parenthesis, and `part` only before its
 * subscript: elsewhere they are products of letters, as in LaTeX.
 */
const rules = moo.compile({
  // Single characters that start nothing longer: moo looks these up without its regular expression, which is
  // most of a formula and two thirds of the time.
  blank: [" "],
  sign: [..."()[]{}|^_+*/=,:&<>~"],
  plain: [..."abdfgijklmnoqruvwxyzABCDEFGIJKLMNOPQRSTUVWXYZ"],
  space: { match: /[ \t\r\n\v\f\u00a0]+/, lineBreaks: true },
  comment: /%[^\n]*/,
  number: /\d+(?:\.\d+)?|\.\d+/,
  hc: /[hH]\.[ \t~]?c\./,
  word: /(?:cosh|sinh|tanh|coth|exp|cos|sin|tan|cot|ch|sh|tr)(?=\s*(?:\\left|\\[bB]igg?l?)?\s*\()|part(?=\s*_)/,
  letter: /[A-Za-z]/,
  prime: /'+/,
  environment: {
    match: new RegExp(String.raw`\\begin\s*\{alignedat\}${group}|\\begin\s*\{alignat\*?\}${group}|\\(?:begin|end)${group}`),
    lineBreaks: true,
  },
  roman: {
    match: new RegExp(String.raw`\\(?:mathrm|operatorname\*?|textrm|textup|textnormal|text|mbox)${group}|\\mathrm\s+[A-Za-z]`),
    lineBreaks: true,
  },
  note: {
    match: new RegExp(String.raw`\\(?:label|tag\*?|hspace\*?|vspace\*?|mspace|phantom|hphantom|vphantom)${group}`),
    lineBreaks: true,
  },
  newline: /\\\\(?:\[[ \d.]+(?:pt|em|ex|mm|cm|in)\])?/,
  command: /\\[A-Za-z]+/,
  escape: { match: /\\[^A-Za-z]/, lineBreaks: true },
  dots: /\.\.\.?/,
  arrow: /->/,
  minus: "-",
  other: /[.;!?"$@#`\\]/,
  error: moo.error,
});

/** Kinds of tokens that moo has to know under two names, as only single characters have the fast way. */
const kinds: ReadonlyMap<string, string> = new Map([
  ["plain", "letter"],
  ["sign", "punctuation"],
  ["minus", "punctuation"],
]);

/** Letters and signs that people paste, and what LaTeX writes for them. */
const unicode: ReadonlyMap<string, string> = new Map(
  [
    ..."α\\alpha β\\beta γ\\gamma δ\\delta ε\\varepsilon ζ\\zeta η\\eta θ\\theta κ\\kappa λ\\lambda μ\\mu ν\\nu ξ\\xi π\\pi ρ\\rho σ\\sigma τ\\tau φ\\phi ϕ\\phi χ\\chi ψ\\psi ω\\omega Γ\\Gamma Δ\\Delta Θ\\Theta Λ\\Lambda Ξ\\Xi Π\\Pi Σ\\Sigma Φ\\Phi Ψ\\Psi Ω\\Omega ∂\\partial ∇\\nabla ∫\\int ∑\\sum †^\\dagger ⊤^\\top ·\\cdot ×\\times ⊗\\otimes ⟨\\langle ⟩\\rangle √\\sqrt ∈\\in −- –- ∗* ’' ′' ….. →-> ²^2 ³^3 ℝR ℤZ ‖\\|".split(
      " ",
    ),
  ].map((pair) => [pair.slice(0, 1), pair.slice(1)] as const),
);

export const longestNumber = 100_000;
/** Tokens of one statement. What comes behind the parser need not be linear. */
export const longestStatement = 400_000;

/** Splits a statement's text into raw tokens; spaces and comments are left out. Stops at a character that no formula holds. */
export function lex(text: string, start: number, end: number): { tokens: Raw[]; diagnostics: Diagnostic[] } {
  const tokens: Raw[] = [];
  rules.reset(text.slice(start, end));
  for (let t = rules.next(); t !== undefined; t = rules.next()) {
    const type = t.type as string;
    if (type === "blank" || type === "space" || type === "comment") continue;
    const from = start + t.offset;
    if (type === "error") return { tokens, diagnostics: [strange(t.text, from)] };
    const to = from + t.text.length;
    if (type === "number" && t.text.length > longestNumber)
      return {
        tokens,
        diagnostics: [
          error(
            "number-too-long",
            { start: from, end: to },
            `found a number of ${t.text.length} digits; at most ${longestNumber} are allowed`,
          ),
        ],
      };
    if (tokens.length === longestStatement)
      return {
        tokens,
        diagnostics: [
          error(
            "statement-too-long",
            { start: from, end: to },
            `found more than ${longestStatement} tokens in one statement`,
            "define parts with `let`",
          ),
        ],
      };
    tokens.push({ type: kinds.get(type) ?? type, text: t.text, start: from, end: to });
  }
  return { tokens, diagnostics: [] };
}

/** The message for a character that begins no token. */
export function strange(rest: string, start: number): Diagnostic {
  const point = rest.codePointAt(0) as number;
  const character = String.fromCodePoint(point);
  const span = { start, end: start + character.length };
  const code = `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
  if (point < 32 || (point >= 127 && point < 160) || point === 0xfeff || (point >= 0x200b && point <= 0x200f))
    return error("control-character", span, `found the control character ${code}`, "remove it; a document is plain text");
  const latex = unicode.get(character);
  return error(
    "unknown-character",
    span,
    `found "${character}" (${code}); expected LaTeX in ASCII letters`,
    latex === undefined ? undefined : `write ${latex}`,
  );
}

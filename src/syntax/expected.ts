import { type Diagnostic, error } from "../source/diagnostic.js";
import { close, description, open, type Token } from "./tokens.js";

/** A terminal that nearley could go on with: a literal text, a token type, or the label of a class of tokens. */
export interface Terminal {
  readonly literal?: string;
  readonly type?: string;
  readonly label?: string;
  readonly types?: readonly string[];
}

/** What the parser stood before: its terminals, whether the text could have ended here, and what closes the innermost bracket. */
export interface Place {
  readonly terminals: readonly Terminal[];
  readonly complete: boolean;
  readonly closer: string;
}

/** Terminals that say no more than that an expression starts here. */
const starts: readonly string[] = ["leaf", "open", "unary", "frac", "degree", "int", "prefix", "ketOpen", "matrixOpen"];
const operators: readonly string[] = ["sign", "operator", "over"];
const scripts: readonly string[] = ["scriptMark", "prime"];

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 37)}…` : text);

/** The message for a token that cannot stand where it is; without a token the text has ended too early. */
export function unexpected(found: Token | undefined, before: Token | undefined, place: Place, end: number, what: string): Diagnostic {
  // Ends that were inserted stand for what comes next in the text.
  const atEnd = found === undefined || found.text === "";
  const name = atEnd ? `the end of the ${what}` : `"${shorten(found.text)}"`;
  const span = atEnd ? { start: Math.min(before?.end ?? end, end), end } : { start: found.start, end: found.end };
  const expected = list(place, what);
  return error(
    "unexpected-token",
    span,
    `found ${name}${expected === "" ? "" : `; expected ${expected}`}`,
    hint(atEnd ? undefined : found, before),
  );
}

/** A short list: what starts an expression is "an expression", or "a factor" behind an operand; scripts go without saying. */
function list({ terminals, complete, closer }: Place, what: string): string {
  const seen = new Set(terminals.map(({ literal, type, label }) => literal ?? type ?? label ?? ""));
  const parts: string[] = [];
  const take = (types: readonly string[]): void => {
    for (const type of types) seen.delete(type);
  };
  take(["intEnd", "prefixEnd"]);
  if (seen.size > scripts.length) take(scripts);
  if (seen.has("leaf")) {
    if (seen.has("sign")) parts.push("an operator", "a factor");
    else {
      parts.push("an expression");
      take(["-"]);
    }
    take(starts);
  } else if (seen.has("sign")) parts.push("an operator");
  take(operators);
  if (seen.has("letter") && seen.has("{")) {
    parts.push("a letter", "a digit", "a group in braces");
    take(["letter", "{"]);
  }
  const closes = seen.delete("close");
  const closing = [")", "]", "}", "\\}"].filter((type) => seen.delete(type));
  for (const type of seen) parts.push(description.get(type) ?? `"${type}"`);
  if (closes) parts.push(closer === "" ? "a closing bracket" : `a closing "${closer}"`);
  for (const type of closing) parts.push(`a closing "${type}"`);
  if (complete) parts.push(`the end of the ${what}`);
  const unique = [...new Set(parts)];
  if (unique.length < 2) return unique.join("");
  return `${unique.slice(0, -1).join(", ")} or ${unique[unique.length - 1]}`;
}

/** What closes the innermost bracket that is open in front of `tokens[at]`. */
export function closerAt(tokens: readonly Token[], at: number): string {
  let depth = 0;
  for (let i = at - 1; i >= 0; i--) {
    const t = tokens[i] as Token;
    if (close.test(t)) depth++;
    else if (open.test(t) && depth-- === 0) return closers.get(t.type) ?? t.text;
  }
  return "";
}

const closers: ReadonlyMap<string, string> = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
  ["\\{", "\\}"],
  ["langle", "\\rangle"],
]);

function hint(found: Token | undefined, before: Token | undefined): string | undefined {
  if (found === undefined)
    return before !== undefined && /^[+\-*/=,]$/.test(before.text) ? `something is missing after "${before.text}"` : undefined;
  const { text, type } = found;
  if (type === "number" && before?.type === "name" && before.end === found.start) {
    const script = text.length === 1 ? text : `{${shorten(text)}}`;
    return `a number in a name is a subscript: ${shorten(before.text)}_${script}`;
  }
  if (type === "name" && before?.type === "name" && before.end === found.start && /^[A-Za-z]$/.test(before.text))
    return "a name is one letter or a LaTeX command, with scripts; several letters are a name in \\mathrm{...}";
  if ((text === "+" || text === "-") && before !== undefined && /^[+\-*/]$/.test(before.text))
    return "put the second sign into parentheses";
  if (text === "+" && (before === undefined || before.text === "=" || before.text === "(")) return "leave out a plus in front";
  if (text === "\\pm" || text === "\\mp") return "write two equations, one for each sign";
  if (text === ",") return "commas stand in lists only; of several equations each is a claim of its own";
  if ((type === "relation" || type === "unequal" || type === "order") && text !== "<") return "an equation is written with =";
  if (text === ".." && type === "dots") return "dots stand in a set only, as in {1, ..., 6}; write the terms or a \\sum";
  if (text === "." || text === ";") return "leave out punctuation";
  if (text === "!") return "there is no factorial; write the number";
  if (text === "\\dagger" || text === "\\top") return `write ^${text} for ${text === "\\top" ? "the transpose" : "the adjoint"}`;
  if (text === ":") return "a name of a statement stands before the first colon; normal ordering is written :A: or \\Nor{A}";
  return undefined;
}

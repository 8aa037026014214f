import type { Span } from "../source/span.js";

/**
 * A token as the grammar sees it. `text` is the canonical spelling (`\tilde{\phi}`, `*` for `\ast`),
 * `start` and `end` are offsets in the document. `count` is the multiplicity of an integral sign; `inside`,
 * for a brace that opens a script, the script's text without spaces.
 */
export interface Token extends Span {
  type: string;
  text: string;
  readonly start: number;
  readonly end: number;
  count: number;
  inside: string;
  /** Number of the type, for the parser. */
  id: number;
}

export function token(type: string, text: string, start: number, end: number, count = 0): Token {
  return { type, text, start, end, count, inside: "", id: 0 };
}

/** What nearley asks of a lexer when it loads the grammar. The tokens themselves come from `layout.ts`. */
export const lexer = {
  reset(): void {},
  next(): undefined {
    return undefined;
  },
  save(): Record<string, never> {
    return {};
  },
  formatError(): string {
    return "";
  },
  has(): boolean {
    return true;
  },
};

/** A class of tokens, as nearley matches it; `label` is what a message calls it. */
export interface TokenClass {
  readonly label: string;
  readonly types: readonly string[];
  test(token: Token): boolean;
}

function tokenClass(label: string, members: string): TokenClass {
  const types = members.split(" ");
  return { label, types, test: ({ type }) => types.includes(type) };
}

export const leaf = tokenClass("leaf", "name number placeholder hc");
export const letter = tokenClass("letter", "name number");
export const open = tokenClass("open", "( [ { \\{ barOpen langle colonOpen");
export const close = tokenClass("close", ") ] } \\} barClose rangle colonClose");
export const unary = tokenClass("unary", "unary sqrt");
export const separator = tokenClass("separator", ", mid");
export const sign = tokenClass("sign", "+ -");
export const operator = tokenClass("operator", "* \\otimes");
/** Relations between labels under a sum. */
export const compare = tokenClass("compare", "unequal order > =");
/** What stands between the conditions under a sum. */
export const divider = tokenClass("divider", ", colon bar newline");
export const over = tokenClass("over", "/ times");
export const scriptMark = tokenClass("scriptMark", "_ ^");
export const mark = tokenClass("mark", "mark * + -");
/** Marks that a power may follow: `c^{*2}`. A sign would be that of the power. */
export const star = tokenClass("star", "mark *");

/** Words that start a statement. */
export const keywords: readonly string[] = [
  "use",
  "index",
  "param",
  "boson",
  "fermion",
  "function",
  "kernel",
  "let",
  "assume",
  "unitary",
  "claim",
  "refute",
  "show",
  "rule",
];

/** The token type of a keyword in the grammar. */
export const keywordType = (word: string): string => `kw${word[0]?.toUpperCase()}${word.slice(1)}`;

/** Words with a meaning in declarations; `in` is a token of its own there. */
export const attributes: readonly string[] = ["real", "complex", "positive", "even", "odd", "symmetric", "antisymmetric", "hermitian"];

const set = (words: string): ReadonlySet<string> => new Set(words.split(" "));
const commands = (words: string): ReadonlySet<string> => new Set(words.split(" ").map((word) => `\\${word}`));

/** Commands that space, size or align, and change no meaning. */
export const skipped: ReadonlySet<string> = new Set([
  ...["\\,", "\\;", "\\:", "\\!", "\\ ", "\\>", "\\/", "\\\n", "\\\t", "\\\r"],
  ...commands(
    "quad qquad enspace enskip thinspace medspace thickspace negthinspace negmedspace negthickspace nobreakspace displaystyle textstyle scriptstyle scriptscriptstyle nonumber notag limits nolimits allowbreak allowdisplaybreaks nobreak relax noindent hfill hfil mathstrut strut left right middle big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm biggm Biggm",
  ),
]);
/** Sizes that say on which side of a bar they stand. */
export const opening: ReadonlySet<string> = commands("left bigl Bigl biggl Biggl");
export const closing: ReadonlySet<string> = commands("right bigr Bigr biggr Biggr");

/** Commands that change the look of one letter and make a name of their own with it. */
export const accents: ReadonlyMap<string, string> = new Map([
  ...[..."tilde widetilde hat widehat check widecheck vec breve acute grave mathring underline".split(" ")].map(
    (word): [string, string] => [`\\${word}`, `\\${word}`],
  ),
  ..."mathcal mathscr mathfrak mathbb mathbf mathsf mathtt mathit boldsymbol"
    .split(" ")
    .map((word): [string, string] => [`\\${word}`, `\\${word}`]),
  ["\\bm", "\\boldsymbol"],
  ["\\pmb", "\\boldsymbol"],
  ["\\mathds", "\\mathbb"],
  ["\\mathbbm", "\\mathbb"],
  ["\\Bbb", "\\mathbb"],
  ["\\cal", "\\mathcal"],
]);

/** Commands with a spelling of their own among the names. */
export const aliases: ReadonlyMap<string, string> = new Map([
  ["\\R", "\\mathbb{R}"],
  ["\\C", "\\mathbb{C}"],
  ["\\Z", "\\mathbb{Z}"],
  ["\\ch", "ch"],
  ["\\sh", "sh"],
  ["\\tr", "tr"],
  ["\\Tr", "tr"],
  ["\\part", "part"],
  ["\\cosh", "cosh"],
  ["\\sinh", "sinh"],
  ["\\exp", "exp"],
  ["\\tanh", "tanh"],
  ["\\coth", "coth"],
  ["\\cos", "cos"],
  ["\\sin", "sin"],
  ["\\tan", "tan"],
  ["\\cot", "cot"],
  ["\\Re", "Re"],
  ["\\Im", "Im"],
]);

/** Words in `\mathrm{...}` that are one name with another. */
export const romans: ReadonlyMap<string, string> = new Map([
  ["Tr", "tr"],
  ["Ch", "ch"],
  ["Sh", "sh"],
]);

/** Relations between labels and how they are spelled; a message quotes what was written. */
export const relations: ReadonlyMap<string, string> = new Map([
  ...["\\ne", "\\neq"].map((word): [string, string] => [word, "\\ne"]),
  ["\\lt", "<"],
  ...["\\le", "\\leq", "\\leqslant"].map((word): [string, string] => [word, "\\le"]),
  ...["\\ge", "\\geq", "\\geqslant"].map((word): [string, string] => [word, "\\ge"]),
]);

/** Commands and characters that stand for one token of the grammar: type and canonical text. */
export const symbols: ReadonlyMap<string, readonly [type: string, text: string]> = new Map<string, readonly [string, string]>([
  ["(", ["(", "("]],
  [")", [")", ")"]],
  ["[", ["[", "["]],
  ["]", ["]", "]"]],
  ["{", ["{", "{"]],
  ["}", ["}", "}"]],
  ["\\{", ["\\{", "\\{"]],
  ["\\}", ["\\}", "\\}"]],
  ["\\lbrace", ["\\{", "\\{"]],
  ["\\rbrace", ["\\}", "\\}"]],
  ["\\lbrack", ["[", "["]],
  ["\\rbrack", ["]", "]"]],
  ["\\lparen", ["(", "("]],
  ["\\rparen", [")", ")"]],
  ["+", ["+", "+"]],
  ["-", ["-", "-"]],
  ["/", ["/", "/"]],
  ["*", ["*", "*"]],
  ["\\ast", ["*", "*"]],
  [",", [",", ","]],
  ["=", ["=", "="]],
  ["\\coloneqq", ["=", "="]],
  ["\\coloneq", ["=", "="]],
  ["\\eqqcolon", ["=", "="]],
  ["_", ["_", "_"]],
  ["^", ["^", "^"]],
  ["->", ["->", "->"]],
  ["\\to", ["->", "->"]],
  ["\\rightarrow", ["->", "->"]],
  [":", ["colon", ":"]],
  ["\\colon", ["colon", ":"]],
  ["|", ["bar", "|"]],
  ["\\vert", ["bar", "|"]],
  ["\\mid", ["bar", "|"]],
  ["\\lvert", ["barOpen", "|"]],
  ["\\rvert", ["barClose", "|"]],
  ["\\|", ["bar", "\\|"]],
  ["\\Vert", ["bar", "\\|"]],
  ["\\lVert", ["barOpen", "\\|"]],
  ["\\rVert", ["barClose", "\\|"]],
  ["\\langle", ["langle", "\\langle"]],
  ["\\rangle", ["rangle", "\\rangle"]],
  ["\\int", ["int", "\\int"]],
  ["\\iint", ["int", "\\iint"]],
  ["\\iiint", ["int", "\\iiint"]],
  ["\\iiiint", ["int", "\\iiiint"]],
  ["\\sum", ["sum", "\\sum"]],
  ["\\cdot", ["cdot", "\\cdot"]],
  ["\\times", ["times", "\\times"]],
  ["\\otimes", ["\\otimes", "\\otimes"]],
  ["\\frac", ["frac", "\\frac"]],
  ["\\tfrac", ["frac", "\\frac"]],
  ["\\dfrac", ["frac", "\\frac"]],
  ["\\cfrac", ["frac", "\\frac"]],
  ["\\sqrt", ["sqrt", "\\sqrt"]],
  ["\\overline", ["unary", "\\overline"]],
  ["\\bar", ["unary", "\\overline"]],
  ["\\widebar", ["unary", "\\overline"]],
  ["\\dot", ["unary", "\\dot"]],
  ["\\ddot", ["unary", "\\ddot"]],
  ["\\Nor", ["nor", "\\Nor"]],
  ["\\dagger", ["mark", "\\dagger"]],
  ["\\dag", ["mark", "\\dagger"]],
  ["\\top", ["mark", "\\top"]],
  ["\\intercal", ["mark", "\\top"]],
  ["\\circ", ["mark", "\\circ"]],
  ["\\in", ["in", "\\in"]],
  ["\\dots", ["dots", ".."]],
  ["\\ldots", ["dots", ".."]],
  ["\\cdots", ["dots", ".."]],
  ["..", ["dots", ".."]],
  ["...", ["dots", ".."]],
  ["\\prime", ["prime", "'"]],
  ["&", ["amp", "&"]],
  ["\\\\", ["newline", "\\\\"]],
  ["\\cr", ["newline", "\\\\"]],
  [">", [">", ">"]],
  ["\\gt", [">", ">"]],
  ["<", ["order", "<"]],
  ...[...relations].map(([word, relation]): [string, [string, string]] => [word, [relation === "\\ne" ? "unequal" : "order", word]]),
  ["\\setminus", ["setminus", "\\setminus"]],
  ["\\smallsetminus", ["setminus", "\\setminus"]],
  ["\\substack", ["substack", "\\substack"]],
  ...[
    ...commands(
      "ll gg equiv sim simeq approx cong propto doteq subset subseteq supset supseteq notin ni mapsto longrightarrow leftarrow leftrightarrow Rightarrow Leftarrow Leftrightarrow implies iff pm mp cup cap wedge vee forall exists perp parallel models vdash triangleq not",
    ),
  ].map((word): [string, [string, string]] => [word, ["relation", word]]),
]);

/** Environments that only lay out, and those that hold a matrix. */
export const layouts: ReadonlySet<string> = set(
  "aligned align align* alignat alignat* alignedat split equation equation* gather gather* gathered multline multline* eqnarray eqnarray* displaymath math flalign flalign*",
);
export const matrices: ReadonlySet<string> = set("pmatrix bmatrix matrix smallmatrix psmallmatrix bsmallmatrix");

/** What a message calls a token type; types that are not here are called by their text. */
export const description: ReadonlyMap<string, string> = new Map([
  ["name", "a name"],
  ["number", "a number"],
  ["letter", "a letter, a digit"],
  ["mark", 'a mark such as "*" or "\\dagger"'],
  ["in", '"in"'],
  ["attribute", "an attribute"],
  ["dots", '".."'],
  ["braClose", 'a closing "|"'],
  ["braOpen", '"\\langle"'],
  ["ketClose", '"\\rangle"'],
  ["matrixClose", 'the "\\end" of the matrix'],
  ["differential", "a differential"],
  ["newline", '"\\\\\\\\"'],
  ["amp", '"&"'],
  ["separator", '","'],
  ["sign", "an operator"],
  ["operator", "an operator"],
  ["over", "an operator"],
  ["compare", "a relation"],
  ["divider", '","'],
  ["setminus", '"\\setminus"'],
  ["substack", '"\\substack"'],
]);

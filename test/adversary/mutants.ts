/**
 * Near misses of the equations of a document, made in its text: one slip of the pen each, so that nothing of the program is
 * used to make them. Whether a miss is false is not known here: exchanging the labels of a symmetric kernel changes nothing.
 */
export interface Mutant {
  /** Of the claim that it was made from. */
  readonly name: string;
  readonly line: number;
  readonly slip: string;
  /** The side of the claim's chain that was changed, as it was and as it is. */
  readonly original: string;
  readonly changed: string;
  /** A side that was left alone. */
  readonly other: string;
}

export interface Statement {
  readonly line: number;
  /** With its comments taken out. */
  readonly text: string;
  /** Present where it is a claim: its name, the sides of its equations, and whether a comment on its first line says `verified:`. */
  readonly claim?: { readonly name: string; readonly sides: readonly string[]; readonly verified: boolean };
}

/** The statements of a document; each begins in the first column. */
export function statements(text: string): Statement[] {
  const found: { line: number; text: string; verified: boolean }[] = [];
  text.split("\n").forEach((whole, k) => {
    const line = whole.replace(/(^|[^\\])%.*$/, "$1");
    if (/^\S/.test(line)) found.push({ line: k + 1, text: line, verified: /%.*\bverified:/.test(whole) });
    else if (found.length > 0 && line.trim() !== "") (found[found.length - 1] as { text: string }).text += `\n${line}`;
  });
  return found.map(({ verified, ...statement }) => {
    const claim = /^claim\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*:([\s\S]*)$/.exec(statement.text);
    return claim ? { ...statement, claim: { name: claim[1] as string, sides: sides(claim[2] as string), verified } } : statement;
  });
}

/** Splits at the `=` outside of all brackets. */
function sides(equation: string): string[] {
  const list = tokens(equation);
  const parts: string[][] = [[]];
  let depth = 0;
  for (const token of list) {
    if (/^[([{]$|^\\\{$/.test(token)) depth++;
    if (/^[)\]}]$|^\\\}$/.test(token)) depth--;
    if (token === "=" && depth === 0) parts.push([]);
    else (parts[parts.length - 1] as string[]).push(token);
  }
  return parts.map((part) => part.join(""));
}

/** Commands, numbers, names with their scripts taken apart, blanks kept; joined they are the text again. */
const tokens = (text: string): string[] =>
  text.match(
    /\\(?:begin|end|operatorname|mathrm|mathbf|mathcal)\{\w+\}|\\mathbb\{\w+\}(?:\^\d)?|\\frac\d\d|\\[A-Za-z]+\s*|\\.|\s+|\d+(?:\.\d+)?|ch\b|sh\b|h\.c\.|part_(?:\d|\{[\d,]+\})|[\s\S]/g,
  ) ?? [];

/** The end of the group that begins at a token, exclusive; of one token where none does. */
function groupEnd(list: readonly string[], from: number): number {
  let depth = 0;
  for (let k = from; k < list.length; k++) {
    const token = list[k] as string;
    if (/^[([{]$/.test(token)) depth++;
    if (/^[)\]}]$/.test(token)) depth--;
    if (depth === 0) return k + 1;
  }
  return list.length;
}

type Change = readonly [slip: string, from: number, to: number, by: string];

/** `labels` are the names of the document's labels. */
function changes(list: readonly string[], labels: readonly string[]): Change[] {
  const found: Change[] = [];
  const at = (k: number): string => (list[k] ?? "").trim();
  const pairs: Readonly<Record<string, string>> = { ch: "sh", sh: "ch", "\\cosh": "\\sinh", "\\sinh": "\\cosh", "\\cos": "\\sin" };
  list.forEach((whole, k) => {
    const token = whole.trim();
    if (token === "+" || token === "-") {
      // A sign in front is taken away.
      const before = list.slice(0, k).join("").trimEnd();
      found.push(["sign", k, k + 1, token === "+" ? "-" : before === "" || /[([{,]$/.test(before) ? "" : "+"]);
    }
    if (pairs[token] !== undefined) found.push(["function", k, k + 1, `${pairs[token]}${/\s$/.test(whole) ? " " : ""}`]);
    if (token === "\\overline") {
      const end = groupEnd(list, k + 1);
      found.push([
        "conjugate",
        k,
        end,
        list
          .slice(k + 1, end)
          .join("")
          .replace(/^\{|\}$/g, " "),
      ]);
    }
    if (token === "^" && (at(k + 1) === "*" || at(k + 1) === "\\top")) found.push(["adjoint", k, k + 2, ""]);
    if (token === "_" && /^[A-Za-z]$/.test(at(k - 1)) && at(groupEnd(list, k + 1)) !== "^") {
      const end = groupEnd(list, k + 1);
      if (/^[acbz]$/.test(at(k - 1))) found.push(["adjoint", k - 1, end, `${list.slice(k - 1, end).join("")}^*`]);
    }
    if (/^\\frac\d\d$/.test(token)) found.push(["factor", k, k + 1, `${token.slice(0, -1)}${token.endsWith("2") ? 4 : 2}`]);
    if (/^\d+$/.test(token) && !(at(k - 1) === "_" || (at(k - 1) === "{" && at(k - 2) === "_"))) {
      const wrong = token === "1" ? "2" : token === "0" ? "1" : token === "2" ? "3" : "2";
      found.push([at(k - 1) === "^" ? "power" : "factor", k, k + 1, wrong]);
    }
    if (token === "i" || token === "\\mathrm{i}") found.push(["factor", k, k + 1, "(-i)"]);
    if (labels.includes(token)) {
      const others = labels.filter((label) => label !== token && list.includes(label));
      // A differential is no argument.
      if (at(k - 1) !== "d" && at(k - 1) !== "" && others.length > 0) found.push(["label", k, k + 1, others[k % others.length] as string]);
    }
    if (token === "\\nabla" && at(k + 1) !== "_") found.push(["factor", k, k + 1, "2 \\nabla "]);
    // Two neighbours that are a letter or a command with the same scripts in the other order.
    if (/^[A-Za-z]$/.test(token) && at(k + 1) === "_") {
      const one = factorEnd(list, k);
      const begin = at(one) === "" && one < list.length ? one + 1 : one;
      if (/^[A-Za-z]$/.test(at(begin)) && at(begin + 1) === "_" && at(begin - 1) !== "d") {
        const two = factorEnd(list, begin);
        found.push(["order", k, two, `${list.slice(begin, two).join("")} ${list.slice(k, one).join("")}`]);
      }
    }
    if (/^(?:ch|sh)$/.test(token)) {
      const one = groupEnd(list, k + 1);
      const begin = at(one) === "" ? one + 1 : one;
      if (/^(?:ch|sh|[a-zA-Z])$/.test(at(begin)) && at(one) !== "(" && at(begin) !== "d") {
        const two = at(begin + 1) === "(" ? groupEnd(list, begin + 1) : begin + 1;
        found.push(["order", k, two, `${list.slice(begin, two).join("")} ${list.slice(k, one).join("")} `]);
      }
      if (at(k + 1) === "(" && /^[A-Za-z\\]/.test(at(k + 2))) found.push(["multiple", k + 1, k + 2, "(2 "]);
    }
    if (token === "[") {
      const comma = commaOf(list, k);
      const end = groupEnd(list, k);
      if (comma > 0) found.push(["order", k, end, `[${list.slice(comma + 1, end - 1).join("")}, ${list.slice(k + 1, comma).join("")}]`]);
    }
  });
  for (const [from, to] of terms(list)) {
    if (from > 0 || to < list.length) found.push(["missing term", from, to, ""]);
    const sign = /^\s*[+-]/.exec(list.slice(from, to).join(""))?.[0] ?? "";
    const rest = list.slice(from, to).join("").slice(sign.length);
    if (rest.trim() !== "0" && rest.trim() !== "") found.push(["factor", from, to, `${sign} 2 ${rest}`]);
  }
  return found;
}

/** The end of a name with its scripts. */
function factorEnd(list: readonly string[], from: number): number {
  let end = from + 1;
  while (/^[_^]$/.test(list[end] ?? "")) end = groupEnd(list, end + 1);
  return end;
}

function commaOf(list: readonly string[], from: number): number {
  let depth = 0;
  for (let k = from; k < list.length; k++) {
    if (/^[([{]$/.test(list[k] as string)) depth++;
    if (/^[)\]}]$/.test(list[k] as string)) depth--;
    if (depth === 1 && list[k] === ",") return k;
    if (depth === 0) return -1;
  }
  return -1;
}

/** The terms of a side, each with its sign. */
function terms(list: readonly string[]): (readonly [number, number])[] {
  const cuts = [0];
  let depth = 0;
  list.forEach((whole, k) => {
    const token = whole.trim();
    if (/^[([{]$|^\\\{$|^\\left$|^\\langle$|^\\begin$/.test(token)) depth++;
    if (/^[)\]}]$|^\\\}$|^\\right$|^\\rangle$|^\\end$/.test(token)) depth--;
    if (depth === 0 && (token === "+" || token === "-") && list.slice(0, k).join("").trim() !== "") cuts.push(k);
  });
  return cuts.map((from, k) => [from, cuts[k + 1] ?? list.length] as const);
}

/** All near misses of the claims of a document, save those that only the numbers confirm. */
export function mutants(list: readonly Statement[]): Mutant[] {
  const labels = list.flatMap(({ text }) =>
    /^index\b/.test(text) ? (text.replace(/^index/, "").split(" in ")[0] as string).split(",").map((label) => label.trim()) : [],
  );
  const found: Mutant[] = [];
  for (const statement of list) {
    if (statement.claim === undefined || statement.claim.verified) continue;
    const { name, sides: all } = statement.claim;
    const seen = new Set<string>();
    // The last side as a rule, the first where there is nothing to be changed in the last.
    for (const side of [...new Set([all.length - 1, 0])]) {
      const original = (all[side] as string).trim();
      const other = (all[side === 0 ? all.length - 1 : 0] as string).trim();
      const parts = tokens(original);
      for (const [slip, from, to, by] of changes(parts, labels)) {
        const changed = [...parts.slice(0, from), by, ...parts.slice(to)].join("").trim();
        const key = changed.replace(/\s+/g, "");
        if (key === "" || key === original.replace(/\s+/g, "") || seen.has(`${side}${key}`)) continue;
        seen.add(`${side}${key}`);
        found.push({ name, line: statement.line, slip, original, changed, other });
      }
    }
  }
  return found;
}

/**
 * What can be said of a statement that could not be read: the names that it was to declare, and its title.
 * Read from the text by patterns, as there is no tree.
 */

const token =
  /(?:\\(?:mathcal|mathbf|mathfrak|mathbb|mathrm|tilde|hat|check|bar|vec|boldsymbol)\s*\{?\s*(?:\\?[A-Za-z]+)\s*\}?|\\[A-Za-z]+|[A-Za-z]'*)/;

const statement = /^(index|param|boson|fermion|function|kernel|let|unitary)\s+([\s\S]*)$/;

/** Base names that a statement would have declared. */
export function declaredNames(text: string): readonly string[] {
  const found = statement.exec(text);
  const [, keyword = "", rest = ""] = found ?? [];
  if (!found) return [];
  if (keyword === "let" || keyword === "unitary") return baseOf(rest);
  const list = keyword === "index" ? rest.replace(/\bin\b[\s\S]*$/, "") : rest;
  return pieces(list).flatMap(baseOf);
}

/** The text of an `assume`; undefined for other statements. */
export function assumed(text: string): string | undefined {
  return /^assume\b([\s\S]*)$/.exec(text)?.[1];
}

/** Base names in a text. */
export function namesIn(text: string): ReadonlySet<string> {
  const found = text.replace(/%.*$/gm, "").match(new RegExp(token.source, "g")) ?? [];
  return new Set(found.slice(0, 10_000).flatMap(baseOf));
}

/** Cuts at the commas outside brackets; what follows `=` is no name. */
function pieces(text: string): readonly string[] {
  const result: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if ("([{".includes(character)) depth++;
    else if (")]}".includes(character)) depth = Math.max(0, depth - 1);
    else if (character === "," && depth === 0) {
      result.push(text.slice(start, at));
      start = at + 1;
    }
  }
  result.push(text.slice(start));
  return result.slice(0, 1_000);
}

function baseOf(text: string): readonly string[] {
  const found = new RegExp(`^\\s*(${token.source})`).exec(text);
  if (!found?.[1]) return [];
  const name = found[1].replace(/\s+/g, "");
  // \tilde\phi and \tilde{\phi} are one name.
  return [
    name.replace(/^(\\(?:mathcal|mathbf|mathfrak|mathbb|mathrm|tilde|hat|check|bar|vec|boldsymbol))(\\[A-Za-z]+|[A-Za-z])$/, "$1{$2}"),
  ];
}

/** The kind and name of a claim, refute or show. */
export function titleOf(text: string): { readonly kind: "claim" | "refute" | "show"; readonly name: string } | undefined {
  const found = /^(claim|refute|show)\b\s*(?:\(((?:[^()]|\([^()]*\))*)\)|([^:\s(]*))\s*:/.exec(text) ?? /^(claim|refute|show)\b/.exec(text);
  if (!found) return undefined;
  return { kind: found[1] as "claim" | "refute" | "show", name: found[2] ?? found[3] ?? "" };
}

import type { ElaboratedDocument } from "../elaborate/document.js";
import { checkLatex } from "../render/katex.js";
import { commentOf, escapeTex, pieces, printed } from "./printed.js";
import type { ClaimReport, Report } from "./report.js";
import { summary } from "./report.js";

/** One document of a paper with what its check says. `name` is its path within the paper's folder. */
export interface Checked {
  readonly name: string;
  readonly document: ElaboratedDocument;
  readonly report: Report;
}

export interface PaperTables {
  readonly "equations.md": string;
  readonly "equations.tex": string;
  readonly "errata.md": string;
  readonly "errata.tex": string;
}

interface Row {
  readonly document: string;
  readonly name: string;
  readonly latex: string | null;
  readonly text: string;
  readonly comment: string;
  readonly claim: ClaimReport;
  /** A false equation that is not the paper's own error, but one that its conversion to text made, by what the comment says. */
  readonly conversion: boolean;
}

interface Erratum {
  readonly row: Row;
  readonly corrected: Row | undefined;
}

const status: Readonly<Record<string, string>> = {
  proved: "proved",
  verified: "verified",
  refuted: "false",
  inconsistent: "inconsistent",
  error: "not decided",
};

/** All equations of a paper in their order with what became of each, and its errata, in Markdown and LaTeX. Deterministic. */
export function paperTables(title: string, documents: readonly Checked[]): PaperTables {
  const rows = documents.flatMap(rowsOf);
  const errata = rows.flatMap((row, i): readonly Erratum[] => {
    if (row.claim.kind !== "refute") return [];
    const corrected = rows
      .slice(i + 1)
      .find((later) => later.document === row.document && later.claim.kind === "claim" && corrects(later.name, row.name));
    return [{ row, corrected }];
  });
  const counts = count(documents, rows);
  return {
    "equations.md": equationsMarkdown(title, rows, counts),
    "equations.tex": equationsTex(title, rows, counts),
    "errata.md": errataMarkdown(title, errata),
    "errata.tex": errataTex(title, errata),
  };
}

/** `3.4-2 corrected` corrects `3.4-2`; `1.28-2` corrects `1.28-2 with 1.26 as printed`. */
function corrects(name: string, faulty: string): boolean {
  return name === `${faulty} corrected` || (faulty.startsWith(`${name} `) && /\bas printed$/.test(faulty));
}

function rowsOf({ name, document, report }: Checked): readonly Row[] {
  const { source } = document;
  const byLine = new Map(report.statements.map((statement) => [statement.line, statement]));
  // The lines of statements are looked up by position, so that a faulty statement in between does no harm.
  let line = 1;
  let at = 0;
  const all = [...document.statements, ...document.faulty].sort((a, b) => a.span.start - b.span.start);
  return all.flatMap((statement): readonly Row[] => {
    for (let next = source.text.indexOf("\n", at); next >= 0 && next < statement.span.start; next = source.text.indexOf("\n", at)) {
      line++;
      at = next + 1;
    }
    const claim = byLine.get(line);
    if (claim === undefined || claim.kind === "show") return [];
    const { latex, text } = printed(source, statement.span, statement.name);
    const comment = commentOf(source, statement.span);
    const cause = /\b(?:error of the paper|(?:lost|changed) in (?:the )?conversion)\b/i.exec(comment);
    const conversion = claim.kind === "refute" && cause !== null && !/^error/i.test(cause[0]);
    // What comes before the cause describes the equation and not its error.
    return [{ document: name, name: statement.name, latex, text, comment: comment.slice(cause?.index ?? 0), claim, conversion }];
  });
}

function count(documents: readonly Checked[], rows: readonly Row[]): string {
  const { claims, passes } = summary(documents.map(({ report }) => report));
  const of = (wanted: string, conversion = false): number =>
    rows.filter((row) => row.claim.status === wanted && row.conversion === conversion).length;
  const counts: readonly (readonly [number, string])[] = [
    [of("proved"), "proved"],
    [of("verified"), "verified numerically"],
    [of("refuted"), "false as printed"],
    [of("refuted", true), "false as converted"],
    [rows.filter(({ claim }) => claim.status === "error" || claim.status === "inconsistent").length, "not decided"],
    [claims - passes, "not as expected"],
  ];
  const parts = counts.flatMap(([n, what]) => (n === 0 ? [] : [`${n} ${what}`]));
  return `${claims} equations: ${parts.join(", ")}.`;
}

/** What a claim's check says, with a word on false ones that were not expected to be. */
function verdictOf({ claim: { kind, status: found, passes }, conversion }: Row): string {
  const word = status[found] ?? found;
  if (passes) return kind === "refute" ? `${word} as ${conversion ? "converted" : "printed"}` : word;
  return kind === "refute" ? `${word}, though recorded as false` : `${word}, unexpectedly`;
}

/** How an erratum was established, for its two halves. */
function established({ claim }: Row): string {
  const { numeric } = claim;
  const numbers =
    numeric === null
      ? ""
      : ` in ${numeric.trials} random trial${numeric.trials === 1 ? "" : "s"}, ${numeric.exact ? "exactly over a finite field" : "in floating point"}`;
  if (claim.status === "refuted") return `both sides differ${numbers}${claim.symbolic === false ? ", and so do their normal forms" : ""}`;
  if (claim.status === "proved") return `proved: the normal forms agree, and so do the numbers${numbers}`;
  if (claim.status === "verified") return `verified: both sides agree${numbers}`;
  return `not established (${claim.status})`;
}

// Markdown

const markdownEscapes: readonly (readonly [RegExp, string])[] = [
  // Markdown would eat a backslash before punctuation, and a bar would end the table's cell.
  [/\\,/g, "\\thinspace "],
  [/\\;/g, "\\thickspace "],
  [/\\[:>]/g, "\\medspace "],
  [/\\!/g, "\\negthinspace "],
  [/\\\{/g, "\\lbrace "],
  [/\\\}/g, "\\rbrace "],
  [/\\\|/g, "\\Vert "],
  [/\\\\/g, "\\cr "],
  [/\|/g, "\\vert "],
  [/\*/g, "\\ast "],
  [/</g, "\\lt "],
  [/>/g, "\\gt "],
];

/** A formula within a line of Markdown, safe in a table. */
export function markdownMath({ latex, text }: { readonly latex: string | null; readonly text: string }): string {
  if (latex === null) return `\`${text.replace(/`/g, "'").replace(/\|/g, "\\|")}\``;
  return `$${markdownEscapes
    .reduce((all, [from, to]) => all.replace(from, to), latex)
    .replace(/ {2,}/g, " ")
    .trim()}$`;
}

function markdownText(text: string): string {
  return text.replace(/\|/g, "\\|").replace(/</g, "&lt;");
}

/** A comment with its formulas as formulas. */
function markdownComment(comment: string): string {
  return pieces(comment)
    .map(({ kind, text }) =>
      kind === "text" ? markdownText(text) : markdownMath({ latex: checkLatex(text) === null ? text : null, text }),
    )
    .join("");
}

function equationsMarkdown(title: string, rows: readonly Row[], counts: string): string {
  const lines = rows.map(
    (row) =>
      `| ${markdownText(row.name === "" ? "" : `(${row.name})`)} | ${markdownText(row.document)} | ${markdownMath(row)} | ${verdictOf(row)} |`,
  );
  return `<!-- Written by wick. Changes made here are lost. -->\n\n# Equations of ${title}\n\n${counts} "Proved" means that both sides have the same normal form and agree on a finite model; "verified", that they agree on every trial of a finite model.\n\n| number | document | equation | status |\n| --- | --- | --- | --- |\n${lines.join("\n")}\n`;
}

function errataMarkdown(title: string, errata: readonly Erratum[]): string {
  const section = (heading: string, list: readonly Erratum[], empty: string): string => {
    const entries = list.map(({ row, corrected }) => {
      const lines = [
        `### (${markdownText(row.name)})`,
        "",
        `As ${row.conversion ? "converted" : "printed"} (${markdownText(row.document)}): ${markdownMath(row)}`,
        "",
        row.comment === "" ? "" : `${markdownComment(row.comment)}\n`,
        `False: ${established(row)}.`,
      ];
      if (row.claim.residual !== null && (row.claim.residualTerms ?? 9) <= 4)
        lines.push("", `Left side minus right side: ${markdownMath({ latex: row.claim.residual, text: "" })}`);
      if (corrected === undefined) lines.push("", "No correction is recorded.");
      else
        lines.push(
          "",
          `Corrected: ${markdownMath(corrected)}`,
          "",
          ...(corrected.comment === "" ? [] : [markdownComment(corrected.comment), ""]),
          `The correction is ${established(corrected)}.`,
        );
      return lines.filter((line, i) => line !== "" || lines[i - 1] !== "").join("\n");
    });
    return `## ${heading}\n\n${entries.length === 0 ? empty : entries.join("\n\n")}\n`;
  };
  return `<!-- Written by wick. Changes made here are lost. -->\n\n# Errata of ${title}\n\n${section(
    "Errors in print",
    errata.filter((e) => !e.row.conversion),
    "None found.",
  )}\n${section(
    "Lost in the conversion of the paper to text",
    errata.filter((e) => e.row.conversion),
    "Nothing.",
  )}`;
}

// LaTeX

function texMath({ latex, text }: { readonly latex: string | null; readonly text: string }): string {
  return latex === null ? `\\texttt{${escapeTex(text)}}` : `$\\displaystyle ${latex}$`;
}

/** The start of a file that compiles by itself; formulas may be broken where a line ends. */
function texHead(title: string, what: string): string {
  return `% Written by wick. Changes made here are lost.
\\documentclass{article}
\\usepackage{amsmath,amssymb,mathtools,longtable,array}
\\usepackage[margin=15mm,landscape]{geometry}
\\begin{document}
\\section*{${what} of ${escapeTex(title)}}
`;
}

function equationsTex(title: string, rows: readonly Row[], counts: string): string {
  const lines = rows.map(
    (row) =>
      `${row.name === "" ? "" : `(${escapeTex(row.name)})`} & \\texttt{${escapeTex(row.document)}} & \\raggedright ${texMath(row).replace("$\\displaystyle ", "$")} & ${verdictOf(row)} \\\\`,
  );
  return `${texHead(title, "Equations")}${counts}

\\begin{longtable}{@{}l l p{0.62\\linewidth} l@{}}
number & document & equation & status \\\\ \\hline
\\endhead
${lines.join("\n")}
\\end{longtable}
\\end{document}
`;
}

function errataTex(title: string, errata: readonly Erratum[]): string {
  const section = (heading: string, list: readonly Erratum[], empty: string): string => {
    const entries = list.map(({ row, corrected }) => {
      const lines = [
        `\\item[(${escapeTex(row.name)})] As ${row.conversion ? "converted" : "printed"} (\\texttt{${escapeTex(row.document)}}): ${texMath(row)}`,
        "",
        ...(row.comment === "" ? [] : [texComment(row.comment), ""]),
        `False: ${established(row)}.`,
      ];
      if (row.claim.residual !== null && (row.claim.residualTerms ?? 9) <= 4)
        lines.push("", `Left side minus right side: ${texMath({ latex: row.claim.residual, text: "" })}`);
      if (corrected === undefined) lines.push("", "No correction is recorded.");
      else
        lines.push(
          "",
          `Corrected: ${texMath(corrected)}`,
          "",
          ...(corrected.comment === "" ? [] : [texComment(corrected.comment), ""]),
          `The correction is ${established(corrected)}.`,
        );
      return lines.join("\n");
    });
    return `\\subsection*{${heading}}\n${entries.length === 0 ? empty : `\\begin{description}\n${entries.join("\n\n")}\n\\end{description}`}\n`;
  };
  return `${texHead(title, "Errata")}${section(
    "Errors in print",
    errata.filter((e) => !e.row.conversion),
    "None found.",
  )}${section(
    "Lost in the conversion of the paper to text",
    errata.filter((e) => e.row.conversion),
    "Nothing.",
  )}\\end{document}
`;
}

/** A comment with its formulas as formulas. */
function texComment(comment: string): string {
  return pieces(comment)
    .map(({ kind, text }) => (kind === "text" ? escapeTex(text) : checkLatex(text) === null ? `$${text}$` : `\\texttt{${escapeTex(text)}}`))
    .join("");
}

import type { ElaboratedDocument } from "../elaborate/document.js";
import { latexForm } from "../render/form.js";
import { adjointPartners, form } from "../rewrite/engine.js";
import { Fault } from "../source/diagnostic.js";
import { namePool } from "./check.js";
import { printable } from "./normal.js";
import { escapeTex, printed } from "./printed.js";

/** The first line of every file that is written; a file without it is somebody's own and is left alone. */
export const marker = "% Written by wick. Changes made here are lost.";

/** A document's equations in their order, and the normal forms that its shows print, as the body of a LaTeX file. */
export function texBody(document: ElaboratedDocument): string {
  const names = namePool(document.scope);
  const parts = document.statements.map((statement) => {
    const { latex, text } = printed(document.source, statement.span, statement.name);
    const shown = latex ?? verbatim(text);
    if (statement.kind !== "show") {
      const note = statement.kind === "refute" ? "\\quad\\text{(false)}" : "";
      return display(`${shown}${note}`, statement.name);
    }
    try {
      const sum = printable(statement.expression, { assumptions: statement.assumptions });
      const result = latexForm(form(sum), { names, adjointOf: adjointPartners(sum), width: 80 });
      return display(
        /^\s*\\begin\{/.test(result) ? `\\begin{aligned} & ${shown} \\\\ & = ${result} \\end{aligned}` : `${shown} = ${result}`,
        statement.name,
      );
    } catch (problem) {
      if (!(problem instanceof Fault)) throw problem;
      return `${display(shown, statement.name)}% no normal form: ${problem.message}\n`;
    }
  });
  return parts.join("\n");
}

/** A display with the paper's number as its tag. */
function display(latex: string, name: string): string {
  return name === "" ? `\\[\n  ${latex}\n\\]\n` : `\\begin{equation*}\n  ${latex}\n  \\tag{${escapeTex(name)}}\n\\end{equation*}\n`;
}

function verbatim(text: string): string {
  return `\\text{\\ttfamily ${escapeTex(text)}}`;
}

/** A LaTeX file that compiles by itself. */
export function texFile(title: string, body: string): string {
  return `${marker}
\\documentclass{article}
\\usepackage{amsmath,amssymb,mathtools}
\\usepackage[margin=25mm]{geometry}
\\allowdisplaybreaks
\\begin{document}
\\section*{${escapeTex(title)}}
${body}\\end{document}
`;
}

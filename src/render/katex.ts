import { createRequire } from "node:module";

interface Katex {
  renderToString(latex: string, options: Record<string, unknown>): string;
}

let katex: Katex | undefined;

/** Commands of the language that LaTeX itself does not have. */
export const macros: Readonly<Record<string, string>> = {
  "\\Nor": "\\operatorname{Nor}\\left\\{#1\\right\\}",
  "\\ch": "\\operatorname{ch}",
  "\\sh": "\\operatorname{sh}",
};

/** Whether KaTeX can typeset a formula: its message, or null where it can. KaTeX is loaded at the first call. */
export function checkLatex(latex: string): string | null {
  // Loading takes tens of milliseconds, too much for every start of the command line.
  katex ??= createRequire(import.meta.url)("katex") as Katex;
  try {
    katex.renderToString(latex, {
      displayMode: true,
      throwOnError: true,
      strict: "error",
      maxExpand: Number.POSITIVE_INFINITY,
      output: "mathml",
      macros: { ...macros },
    });
    return null;
  } catch (problem) {
    return problem instanceof Error ? problem.message : String(problem);
  }
}

import type { Argument, Species } from "../core/expression.js";
import type { ScriptItem } from "../syntax/tree.js";
import type { Meaning } from "./meaning.js";
import type { Over } from "./name.js";
import type { Entry, Macro } from "./scope.js";

/** Scripts and overlines that are operations on what a name stands for, to be done in order. */
export type After = readonly (ScriptItem | Over)[];

/** What a name stands for before anything is applied to it. */
export type Head =
  | { readonly sort: "meaning"; readonly meaning: Meaning; readonly after: After }
  /** Ladder operators without their labels, to be smeared; several where species share the base. */
  | { readonly sort: "species"; readonly species: readonly Species[]; readonly after: After }
  | { readonly sort: "macro"; readonly entry: Entry; readonly macro: Macro; readonly labels: readonly Argument[]; readonly after: After };

import type { Span } from "../source/span.js";

/**
 * What the grammar reads: an untyped tree that keeps the written order and every span. It resolves no
 * name: whether `f(x)` is a value or a product, and whether `_1` is a label or part of a name, is for
 * elaboration to say.
 */
export type Tree =
  /** `2`, `0.5`: the digits as written. */
  | { readonly kind: "number"; readonly text: string; readonly span: Span }
  /**
   * A letter or a command, with its accents, in one spelling: `a`, `\phi`, `\tilde{\phi}`,
   * `\mathcal{G}`, `\mathbf{k}`, `\mathbb{1}`. `\mathrm{ch}`, `\operatorname{ch}`, `\ch` and `ch` give
   * "ch" (likewise sh, tr, part, h.c. aside); `\mathrm{i}` gives "\mathrm{i}". Commands for relations or
   * spacing never come here. `\partial`, `\nabla`, `\Delta`, `\infty` do. Primes belong to the name: `x'`.
   */
  | { readonly kind: "name"; readonly text: string; readonly span: Span }
  /** A base with subscripts and superscripts, in any order of writing; at most one of each. */
  | { readonly kind: "script"; readonly base: Tree; readonly sub?: Script; readonly sup?: Script; readonly span: Span }
  /** `(A)`, `[A]`, `{A}`, `\{A\}` with one item: plain grouping; the delimiter is kept. */
  | { readonly kind: "group"; readonly delimiter: "(" | "[" | "{" | "\\{"; readonly body: Tree; readonly span: Span }
  /** `(A, B, ...)`, `[A, B]`, `\{A, B\}` with two or more items; `[A,B]` is a commutator, `\{A,B\}` an anticommutator. */
  | { readonly kind: "list"; readonly delimiter: "(" | "[" | "\\{"; readonly items: readonly Tree[]; readonly span: Span }
  /** Things written one after another, in order: products, values, applications of `\partial_t`. Two or more items. */
  | { readonly kind: "juxtaposition"; readonly items: readonly Tree[]; readonly span: Span }
  /** `A + B - C`; `hermitian` terms are the `h.c.` of `... + h.c.` and have no tree of their own. */
  | { readonly kind: "sum"; readonly terms: readonly SumTerm[]; readonly span: Span }
  /** `\frac{A}{B}` and `A / B` (left associative, as tight as juxtaposition). */
  | { readonly kind: "quotient"; readonly over: Tree; readonly under: Tree; readonly span: Span }
  /** `A * B` (convolution between functions), `A \otimes B`; looser than juxtaposition, tighter than `+`. */
  | { readonly kind: "binary"; readonly operator: "*" | "\\otimes"; readonly left: Tree; readonly right: Tree; readonly span: Span }
  /** `\sqrt{A}`, `\sqrt[3]{A}`. */
  | { readonly kind: "root"; readonly body: Tree; readonly degree?: Tree; readonly span: Span }
  /** `\overline{A}`, `\bar{A}`, `\overline A`: adjoint or conjugate. */
  | { readonly kind: "overline"; readonly body: Tree; readonly span: Span }
  /** `\dot{A}`, `\ddot{A}`. */
  | { readonly kind: "dot"; readonly count: number; readonly body: Tree; readonly span: Span }
  /** `|A|` (also `\left| A \right|`, `\lvert A \rvert`); `\|f\|` has `double`. */
  | { readonly kind: "bars"; readonly double: boolean; readonly body: Tree; readonly span: Span }
  /** `\langle A \rangle` (one item), `\langle A, B \rangle` or `\langle A | B \rangle` (two). */
  | { readonly kind: "angle"; readonly items: readonly Tree[]; readonly span: Span }
  /** `|f\rangle\langle g|`. */
  | { readonly kind: "ketbra"; readonly ket: Tree; readonly bra: Tree; readonly span: Span }
  /**
   * An integral closed by differentials: `labels` are the `x` of each `dx`, in the written order; `over` the dimensions of
   * the factors of a domain, 3 and 3 for `\iint_{\mathbb{R}^3 \times \mathbb{R}^3}`, undefined for `\mathbb{R}^d`. Prefix
   * forms: `\int_{x,y} E`, `\sum_{m,n} E`, `\sum_{p \in Z^3} E`; each label is the tree that was written (a name, or a
   * name with scripts). `domains` has one for each label, where any is written. A label that only a condition names, the `p` of
   * `\sum_{p \neq 0}`, is not among the labels.
   */
  | {
      readonly kind: "integral";
      readonly labels: readonly Tree[];
      readonly domains?: readonly (Domain | undefined)[];
      readonly over?: readonly (number | undefined)[];
      readonly body: Tree;
      readonly span: Span;
    }
  | {
      readonly kind: "summation";
      readonly labels: readonly Tree[];
      readonly domains?: readonly (Domain | undefined)[];
      readonly conditions?: readonly Condition[];
      readonly body: Tree;
      readonly span: Span;
    }
  /** `\Nor{A}`, `:A:`, `\mathrm{Nor}\{A\}`. */
  | { readonly kind: "normal"; readonly body: Tree; readonly span: Span }
  /** `N \cdot` or a lone `\cdot` as an argument: the placeholder of `V(N \cdot)`. As an infix product `\cdot` leaves no trace. */
  | { readonly kind: "placeholder"; readonly span: Span }
  /** `\begin{pmatrix} A & B \\ C & D \end{pmatrix}` (also bmatrix, matrix): rows of cells. */
  | { readonly kind: "matrix"; readonly rows: readonly (readonly Tree[])[]; readonly span: Span };

/** `left relation right` under a sum. */
export interface Condition {
  readonly relation: Relation;
  readonly left: Tree;
  readonly right: Tree;
  /** The names in front of it, of which the condition may be meant too: the p of `\sum_{p, q \neq 0}`. */
  readonly before: readonly Tree[];
  /** Whether it stands behind a colon or a bar, as in `\sum_{p, q: p \neq q}`, and names no labels of the sum's own. */
  readonly only: boolean;
  readonly span: Span;
}

export type Relation = "\\ne" | "<" | "\\le" | ">" | "\\ge" | "=";

export interface SumTerm {
  readonly sign: 1 | -1;
  /** Absent for `h.c.`. */
  readonly tree?: Tree;
  readonly span: Span;
}

/** What a subscript or superscript holds: the items between commas. `text` is its source without spaces and outer braces. */
export interface Script {
  readonly items: readonly ScriptItem[];
  readonly text: string;
  readonly span: Span;
}

/** A mark is one of `*`, `\dagger`, `\top`, `+`, `-`, `\circ`; all else is an expression (`T` in a superscript is a name). */
export type ScriptItem =
  | { readonly kind: "mark"; readonly text: string; readonly span: Span }
  | { readonly kind: "tree"; readonly tree: Tree; readonly span: Span };

/** What `in ...` names: a product of simple domains, flattened. */
export type Domain = readonly SimpleDomain[];
export type SimpleDomain =
  | { readonly kind: "space"; readonly dimension: number }
  | { readonly kind: "lattice"; readonly dimension: number }
  | { readonly kind: "finite"; readonly values: readonly number[] }
  /** `{1..p}` with a parameter. */
  | { readonly kind: "symbolic"; readonly name: string };

/** One statement, read by itself. `span` covers it without trailing blanks and comments. */
export type Statement =
  | { readonly kind: "use"; readonly path: string; readonly span: Span }
  | { readonly kind: "index"; readonly names: readonly Tree[]; readonly domain: Domain; readonly span: Span }
  | {
      readonly kind: "param";
      readonly declarations: readonly { readonly name: Tree; readonly domain: "positive" | "real" | "complex" }[];
      readonly span: Span;
    }
  /** `boson a_x, b_x`: each declared as written. */
  | { readonly kind: "boson" | "fermion"; readonly names: readonly Tree[]; readonly span: Span }
  /** `function f(x), g(x) real even`, `kernel k(x,y) symmetric`, `kernel V(x,y) = V(y,x)`: attributes follow a declaration; those at the end of the list hold for its last declaration only. */
  | { readonly kind: "function" | "kernel"; readonly declarations: readonly SymbolDeclaration[]; readonly span: Span }
  /**
   * `let A_x = E`, `let F(A)(x,y) = E`: `head` is the name with its scripts, `groups` the parenthesised
   * parameter lists in order.
   */
  | { readonly kind: "let"; readonly head: Tree; readonly groups: readonly (readonly Tree[])[]; readonly body: Tree; readonly span: Span }
  | { readonly kind: "assume"; readonly name?: string; readonly left: Tree; readonly right: Tree; readonly span: Span }
  /** `unitary W = \exp(E)`: `body` is the whole right side. */
  | { readonly kind: "unitary"; readonly name: Tree; readonly body: Tree; readonly span: Span }
  /** `claim (4.13): A = B = C`: two or more sides. The name is the text in parentheses, inner spaces kept; absent when none was written. */
  | { readonly kind: "claim" | "refute"; readonly name?: string; readonly sides: readonly Tree[]; readonly span: Span }
  | { readonly kind: "show"; readonly name?: string; readonly body: Tree; readonly span: Span }
  /** `rule ccr: L -> R`, in `rules/`. */
  | { readonly kind: "rule"; readonly name: string; readonly left: Tree; readonly right: Tree; readonly span: Span };

export interface SymbolDeclaration {
  /** Name with scripts; subscripts may hold labels: `\phi_m`. */
  readonly head: Tree;
  /** Empty where nothing stands in parentheses: `kernel t_{ij}`. */
  readonly parameters: readonly Tree[];
  /** `real`, `even`, `odd`, `symmetric`, `antisymmetric`, `hermitian`, in the written order. */
  readonly attributes: readonly { readonly text: string; readonly span: Span }[];
  /** Right sides of `= ...`, each an equal value with permuted, negated or conjugated arguments. */
  readonly equalities: readonly Tree[];
  readonly span: Span;
}

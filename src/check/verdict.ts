import type { Diagnostic } from "../source/diagnostic.js";
import { error } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";

/** What a statement's two ways say together. */
export type Status = "proved" | "verified" | "refuted" | "inconsistent" | "error";

/** The symbolic way: both sides brought to one canonical form. */
export type Symbolic =
  | { readonly kind: "equal" }
  | { readonly kind: "different" }
  /** Some subterm is beyond the engine (or the work beyond its limit): no answer, no contradiction. */
  | { readonly kind: "unknown"; readonly diagnostic: Diagnostic }
  /** The equation makes no sense, as with a `\delta(0)`. */
  | { readonly kind: "senseless"; readonly diagnostic: Diagnostic };

/** The numeric way: both sides on a finite model. */
export type Numerical =
  | {
      readonly kind: "compared";
      readonly agree: boolean;
      /** The model decides the equation: every state or coefficient was compared, nothing was cut off or sampled. */
      readonly exhaustive: boolean;
      /** What was not compared, in words. */
      readonly why?: string;
    }
  | { readonly kind: "unsupported"; readonly message: string; readonly span: Span }
  /** The numbers differ, but not for certain under all that is assumed. */
  | { readonly kind: "doubtful"; readonly diagnostic: Diagnostic };

export interface Verdict {
  readonly status: Status;
  /** Why there is no answer; present exactly for `error` and `inconsistent`. */
  readonly diagnostic?: Diagnostic;
}

/**
 * Joins the two ways of one equation.
 *
 * | symbolic \ numeric | agree, exhaustive | agree, not exhaustive | disagree | unsupported |
 * | --- | --- | --- | --- | --- |
 * | equal     | proved   | proved | inconsistent | error |
 * | different | verified | error  | refuted      | error |
 * | unknown   | verified | error  | refuted      | error |
 * | senseless | error    | error  | error        | error |
 *
 * Numbers that disagree where an assumption could not be read are an error.
 *
 * One way alone is never enough for `proved`; numbers that were only sampled never give `verified`.
 */
export function verdict(symbolic: Symbolic, numerical: Numerical, span: Span): Verdict {
  if (symbolic.kind === "senseless") return { status: "error", diagnostic: symbolic.diagnostic };
  if (numerical.kind === "doubtful") return { status: "error", diagnostic: numerical.diagnostic };
  if (numerical.kind === "unsupported") {
    const both = symbolic.kind === "unknown" ? `; nor does the symbolic way decide it: ${symbolic.diagnostic.message}` : "";
    const heard =
      symbolic.kind === "equal" ? "the normal forms agree, but " : symbolic.kind === "different" ? "the normal forms differ, but " : "";
    const hint = symbolic.kind === "unknown" ? symbolic.diagnostic.hint : undefined;
    return {
      status: "error",
      diagnostic: error(
        "not-evaluated",
        numerical.span,
        `${heard}the finite model cannot evaluate this: ${numerical.message}${both}`,
        hint,
      ),
    };
  }
  if (!numerical.agree) {
    if (symbolic.kind !== "equal") return { status: "refuted" };
    return {
      status: "inconsistent",
      diagnostic: error(
        "inconsistent",
        span,
        "the normal forms agree but the numbers differ: one of the two ways has a bug",
        "please report this equation with the seed that is printed",
      ),
    };
  }
  if (symbolic.kind === "equal") return { status: "proved" };
  if (numerical.exhaustive) return { status: "verified" };
  const reason = symbolic.kind === "unknown" ? symbolic.diagnostic.message : "the normal forms differ";
  return {
    status: "error",
    diagnostic: error(
      "undecided",
      symbolic.kind === "unknown" ? symbolic.diagnostic.span : span,
      `undecided: the numbers agree, but ${numerical.why ?? "the finite model did not compare everything"}; ${reason}`,
    ),
  };
}

const order: readonly Status[] = ["proved", "verified", "refuted", "error", "inconsistent"];

/** The worst of some statuses: proved < verified < refuted < error < inconsistent. */
export function worst(statuses: readonly Status[]): Status {
  return statuses.reduce((a, b) => (order.indexOf(b) > order.indexOf(a) ? b : a), "proved" as Status);
}

/** A claim passes when it is proved or verified, a refute when it is refuted. */
export function passes(kind: "claim" | "refute", status: Status): boolean {
  return kind === "claim" ? status === "proved" || status === "verified" : status === "refuted";
}

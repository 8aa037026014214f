import type { FormLadder, FormTerm } from "../algebra/form.js";
import { argumentLabels, shiftOf } from "../core/argument.js";
import type { Argument, Label } from "../core/expression.js";

/** The order of commuting ladder operators on the page. */

/** Where a label stands among the others; free ones before bound ones. */
type Rank = (label: Label) => number;

/** Bosons in the declared order of their species, then by label; fermions stay, as their order is a sign. */
export function arranged(all: readonly FormLadder[], rank: Rank, from = 0, to = all.length): readonly FormLadder[] {
  const ladders = all.slice(from, to);
  if (ladders.length < 2 || fermionic(ladders)) return ladders;
  for (let i = 1; i < ladders.length; i++) {
    const ladder = ladders[i] as FormLadder;
    let at = i;
    for (; at > 0 && compare(ladders[at - 1] as FormLadder, ladder, rank) > 0; at--) ladders[at] = ladders[at - 1] as FormLadder;
    ladders[at] = ladder;
  }
  return ladders;
}

function compare(a: FormLadder, b: FormLadder, rank: Rank): number {
  if (a.species.id !== b.species.id) return a.species.id - b.species.id;
  for (let i = 0; i < a.arguments.length; i++) {
    const order = place(a.arguments[i] as Argument, rank) - place(b.arguments[i] as Argument, rank);
    if (order !== 0) return order;
  }
  for (let i = 0; i < a.arguments.length; i++) {
    const order = numberIn(a.arguments[i] as Argument) - numberIn(b.arguments[i] as Argument);
    if (order !== 0) return order;
  }
  return 0;
}

function numberIn(argument: Argument): number {
  const { n, d } = shiftOf(argument);
  return Number(n) / Number(d);
}

function place(argument: Argument, rank: Rank): number {
  if (argument.kind === "constant") return argument.value - 1e9;
  if (argument.kind === "label") return rank(argument.label);
  if (argument.terms.every((term) => term.label.unit)) return numberIn(argument) - 1e9;
  if (argument.terms.length === 1) return rank((argument.terms[0] as { readonly label: Label }).label);
  let least = Number.POSITIVE_INFINITY;
  for (const label of argumentLabels(argument)) least = Math.min(least, rank(label));
  return least;
}

/** Mirrors the creators where they meet them all again, `a_x^* a_y^* a_y a_x`; otherwise as they would stand alone. */
export function mirrored(ordered: readonly FormLadder[], creators: readonly FormLadder[], rank: Rank): readonly FormLadder[] {
  if (ordered.length < 2 || ordered.length !== creators.length || fermionic(ordered)) return ordered;
  const all = ordered.every((ladder, i) => {
    const partner = creators[i] as FormLadder;
    return ladder.species.id === partner.species.id && compare(ladder, partner, rank) === 0 && ladder.exponent === partner.exponent;
  });
  return all ? [...ordered].reverse() : ordered;
}

/** How many creators stand in front. */
export function raisedCount(term: FormTerm): number {
  let count = 0;
  while (count < term.operators.length && term.operators[count]?.creation === true) count++;
  return count;
}

function fermionic(ladders: readonly FormLadder[]): boolean {
  for (const ladder of ladders) if (ladder.species.statistics === "fermion") return true;
  return false;
}

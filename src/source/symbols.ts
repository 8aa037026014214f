/**
 * Values of finite sets that are written as symbols, as in `index s in {\uparrow, \downarrow}`. A kind holds numbers
 * only, so each symbol has a number of its own, always the same one and larger than any that a document can write:
 * sets of symbols and sets of numbers are then never of one kind, and nothing but reading and writing knows of it.
 */
const names: readonly string[] = [
  ..."uparrow downarrow Uparrow Downarrow".split(" ").map((word) => `\\${word}`),
  ..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
  ..."alpha beta gamma epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho sigma tau upsilon phi varphi chi psi omega"
    .split(" ")
    .map((word) => `\\${word}`),
];

/** Numbers in documents have at most nine digits. */
const first = 1_000_000_000;

const codes: ReadonlyMap<string, number> = new Map(names.map((name, at) => [name, first + at]));

/** The number of a symbol; `undefined` for what cannot be a value. */
export const codeOf = (name: string): number | undefined => codes.get(name);

/** How a value of a finite set is written. */
export const valueText = (value: number): string => (value >= first ? names[value - first] : undefined) ?? String(value);

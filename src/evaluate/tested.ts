import type { Machine } from "./machine.js";
import { isAnnihilator, modeOfSymbol, type Poly } from "./poly.js";
import type { Value } from "./ring.js";
import { formSpecies, testOf } from "./trigonometric.js";

/**
 * A normal symbol at low frequencies. Bosonic symbols zeta_x are random functions s(x) of low frequencies, so that the symbol of
 * an operator becomes one number. A monomial in fermionic creators zeta_{x_1} ... zeta_{x_k} becomes det(phi_i(x_j)), the
 * pairing with phi_1 ^ ... ^ phi_k, for each k. Annihilators have become a few symbols Omega_i before (`Modes.forms`), whose
 * monomials have values of their own, or are treated as creators are.
 */
export function tested(machine: Machine, poly: Poly): readonly Value[] {
  const ring = machine.ring(0);
  const { places, fermionic } = machine.compiler;
  const known = new Map<string, Value>();
  const at = (mode: number, which: number): Value => {
    const key = `${mode} ${which}`;
    const { species, points } = places[mode] as (typeof places)[number];
    const value = known.get(key) ?? machine.test(testOf(species, which), points);
    known.set(key, value);
    return value;
  };
  const sums = new Map<string, Value>();
  for (const [m, value] of poly) {
    let term = value;
    const up: number[] = [];
    const down: number[] = [];
    const forms: number[] = [];
    for (const symbol of m.symbols) {
      const mode = modeOfSymbol(symbol);
      if (!fermionic[mode]) term = ring.multiply(term, at(mode, isAnnihilator(symbol) ? 2 : 1));
      else (places[mode]?.species === formSpecies ? forms : isAnnihilator(symbol) ? down : up).push(mode);
    }
    const wedge = (modes: readonly number[], from: number): Value => {
      const column = (mode: number): readonly Value[] => modes.map((_, i) => at(mode, from + 2 * i));
      const columns = modes.map(column);
      const expand = (rows: readonly number[], column: number): Value => {
        if (rows.length === 0) return ring.one;
        let sum = ring.zero;
        rows.forEach((row, i) => {
          const minor = expand(
            rows.filter((r) => r !== row),
            column + 1,
          );
          const product = ring.multiply(columns[column]?.[row] as Value, minor);
          sum = i % 2 === 0 ? ring.add(sum, product) : ring.subtract(sum, product);
        });
        return sum;
      };
      return expand(
        modes.map((_, i) => i),
        0,
      );
    };
    if (up.length > 0) term = ring.multiply(term, wedge(up, 103));
    if (down.length > 0) term = ring.multiply(term, wedge(down, 104));
    const key = `${up.length} ${down.length} ${forms.join()}`;
    sums.set(key, ring.add(sums.get(key) ?? ring.zero, term));
  }
  return [...sums.values()];
}

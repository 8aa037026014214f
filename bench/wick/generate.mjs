// Writes the documents of this folder that are too long to be written by hand: `node bench/wick/generate.mjs`.
import { writeFileSync } from "node:fs";

/** H of the quartic workload on a number of modes, every term written out. */
function quartic(modes) {
  const labels = [...Array(modes).keys()];
  const terms = [];
  for (const i of labels) for (const j of labels) terms.push(`${1 + ((i + 2 * j) % 5)} z_${i}^* z_${j}`);
  for (const i of labels)
    for (const j of labels)
      for (const k of labels)
        for (const l of labels) terms.push(`${1 + ((i + 2 * j + 3 * k + 5 * l) % 7)} z_${i}^* z_${j}^* z_${k} z_${l}`);
  return `% H = \\sum t_{ij} z_i^* z_j + \\sum v_{ijkl} z_i^* z_j^* z_k z_l, labels 0 to ${modes - 1},
% t = 1 + ((i+2j) mod 5), v = 1 + ((i+2j+3k+5l) mod 7).  Written by bench/wick/generate.mjs.
index i in {0..${modes - 1}}
boson z_i
let H = ${terms.join("\n  + ")}
`;
}

for (let modes = 2; modes <= 6; modes++) writeFileSync(new URL(`quartic-${modes}.wick`, import.meta.url), quartic(modes));

/** The shifted interaction of p species and a pair transformation of all of them, in components; two of them as in pair.wick. */
function species(p) {
  const names = ["a", "b", "c", "d"].slice(0, p);
  const pairs = names.flatMap((_, i) => names.slice(i).map((_, j) => [i, i + j]));
  const half = ([i, j]) => (i === j ? "\\frac12 " : "");
  const at = ([i, j]) => `${i + 1}${j + 1}`;
  const sums = (terms) => terms.join("\n  + ");
  return `% ${p} species, shifted by a condensate and conjugated by a pair transformation in components.  Written by bench/wick/generate.mjs.
param N > 0
index x, y in R^3
index P, Q in {1..${p}} * R^3
boson ${names.map((name) => `${name}_x`).join(", ")}
function ${pairs.map((pair) => `V_{${at(pair)}}(x) real even`).join(", ")}
function ${names.map((_, i) => `\\phi_${i + 1}(x)`).join(", ")}
kernel k(P,Q) symmetric
let B = ${sums(pairs.map((pair) => `${half(pair)}\\int k_{${at(pair)}}(x,y) ${names[pair[0]]}_x^* ${names[pair[1]]}_y^* dx dy`))}
unitary T = \\exp(B - B^*)
unitary W = \\exp(${names.map((name, i) => `\\sqrt{N} ${name}^*(\\phi_${i + 1}) - \\sqrt{N} ${name}(\\phi_${i + 1})`).join(" + ")})
let V = ${sums(pairs.map((pair) => `${half(pair)}\\int V_{${at(pair)}}(x-y) ${names[pair[0]]}_x^* ${names[pair[1]]}_y^* ${names[pair[1]]}_y ${names[pair[0]]}_x dx dy`))}
let G = W^* V W
`;
}

for (let p = 1; p <= 4; p++) writeFileSync(new URL(`species-${p}.wick`, import.meta.url), species(p));

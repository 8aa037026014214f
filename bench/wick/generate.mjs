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

import type { Label } from "../../src/core/expression.js";
import { even, finite, label, labels, lattice, parameter, space, species, swap, symbol } from "./declare.js";

/** What the letters mean wherever a test does not say otherwise. */
export const [x, y, z, u, v] = labels("x y z u v") as [Label, Label, Label, Label, Label];
export const [p, q, r, s] = labels("p q r s", lattice) as [Label, Label, Label, Label];
export const m = label("m", finite(1, 2));
export const n = label("n", finite(1, 2));
export const a = species("a", [space]);
export const b = species("b", [space]);
export const c = species("c");
export const e = species("e", [lattice], "fermion");
export const w = species("w", [finite(1, 2), space]);
export const f = symbol("f", [space]);
export const g = symbol("g", [space]);
export const h = symbol("h", [space]);
export const V = symbol("V", [space], { real: true, symmetries: [even] });
export const k = symbol("k", [space, space], { symmetries: [swap] });
export const N = parameter("N");

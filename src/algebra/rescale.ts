import { type Atom, atomOf } from "./atom.js";
import type { Vertex } from "./canonical.js";
import { normalise } from "./diagram.js";
import { headOf, valueHead } from "./head.js";
import { kindOf, labelsOf } from "./label.js";
import { type Coefficient, multiply, power } from "./number.js";
import { Packed } from "./packed.js";
import { parameterBase, scalarMultiply, scalarPower, scalarRaise } from "./scalar.js";
import { composeScales, inverseScale, positiveScale, scalePowers } from "./scale.js";
import { type Accumulator, emit, mergeMono, type Sum } from "./sum.js";

/**
 * Changes of scale x -> s x of integrals over R^d, for monomials s in positive parameters: the integral of V(N x) is N^{-d}
 * times that of V. Scales belong to whole arguments, so all labels that occur together in affine arguments take the
 * same one, and a class of labels keeps its scale when an argument of it has a free label too or is no argument of a value.
 * Classes do not depend on the choice of variables: they are the connected components of the arguments' matroid.
 */

interface Rescaled {
  readonly atom: number;
  readonly coefficient: Coefficient;
  readonly scalar: number;
}

const memo = new WeakMap<Atom, Rescaled | null>();

/** Labels that must share a scale, with the scales of the arguments that they occur in; undefined for a class that cannot change. */
function classesOf(atom: Atom): (readonly { readonly vertex: number; readonly slot: number; readonly scale: string }[])[] {
  const root = atom.kinds.map((_, l) => l);
  const find = (l: number): number => (root[l] === l ? l : find(root[l] as number));
  const places: { label: number; vertex: number; slot: number; scale: string }[] = [];
  const fixed = new Set<number>();
  atom.vertices.forEach((v, vertex) => {
    const head = headOf(v.head);
    v.args.forEach((arg, slot) => {
      let first = -1;
      let free = false;
      labelsOf(arg, (l) => {
        if (l < 0 || kindOf(atom.kinds[l] as number).kind !== "space") free = true;
        else if (first < 0) first = l;
        else root[find(l)] = find(first);
      });
      if (first < 0) return;
      if (free || head.kind !== "value" || head.partials.length > 0) fixed.add(first);
      else places.push({ label: first, vertex, slot, scale: head.scales[slot] as string });
    });
  });
  const still = new Set([...fixed].map(find));
  const classes = new Map<number, typeof places>();
  for (const place of places) {
    const at = find(place.label);
    if (!still.has(at)) classes.set(at, [...(classes.get(at) ?? []), place]);
  }
  return [...classes.values()].filter((list) => list.some((p) => p.scale !== ""));
}

/** The scales that leave the fewest arguments scaled when they are taken as unit. */
function choices(atom: Atom, places: readonly { readonly vertex: number; readonly scale: string }[]): readonly string[] {
  let least = Number.POSITIVE_INFINITY;
  let best: string[] = [];
  for (const unit of new Set(places.map((p) => positiveScale(p.scale)))) {
    let cost = 0;
    for (const p of places) if (p.scale !== unit) cost += Math.abs((atom.vertices[p.vertex] as Vertex).exp);
    if (cost < least) best = [];
    if (cost <= least) best.push(unit);
    least = Math.min(least, cost);
  }
  return best;
}

const combinations = 64;

/** The atom in its own units, null when it vanishes, itself when nothing is scaled. */
function rescaled(atom: Atom): Rescaled | null {
  const same: Rescaled = { atom: atom.id, coefficient: 1, scalar: 0 };
  if (atom.kinds.length === 0 || !atom.vertices.some((v) => scaledHead(v.head))) return same;
  const known = memo.get(atom);
  if (known !== undefined) return known;
  const classes = classesOf(atom);
  const options = classes.map((places) => choices(atom, places));
  let best: Rescaled | null = same;
  if (classes.length > 0 && options.reduce((n, list) => n * list.length, 1) <= combinations) {
    let found: Rescaled | null | undefined;
    const walk = (at: number, units: readonly string[]): void => {
      if (found === null) return;
      if (at < options.length) {
        for (const unit of options[at] as readonly string[]) walk(at + 1, [...units, unit]);
        return;
      }
      const one = inUnits(atom, classes, units);
      // Among equally plain ones any rule will do that looks at the integral only: here the number it was given.
      if (one === null || found === undefined || one.atom < found.atom) found = one;
    };
    walk(0, []);
    best = found as Rescaled | null;
  }
  memo.set(atom, best);
  return best;
}

function scaledHead(id: number): boolean {
  const head = headOf(id);
  return head.kind === "value" && head.scales.some((s) => s !== "");
}

function inUnits(
  atom: Atom,
  classes: readonly (readonly { readonly vertex: number; readonly slot: number }[])[],
  units: readonly string[],
): Rescaled | null {
  if (units.every((unit) => unit === "")) return { atom: atom.id, coefficient: 1, scalar: 0 };
  const scales = atom.vertices.map((v) => {
    const head = headOf(v.head);
    return head.kind === "value" ? head.scales.slice() : [];
  });
  let scalar = 0;
  let coefficient: Coefficient = 1;
  classes.forEach((places, i) => {
    const unit = units[i] as string;
    if (unit === "") return;
    const labels = new Set<number>();
    for (const { vertex, slot } of places) {
      const own = scales[vertex] as string[];
      own[slot] = composeScales(own[slot] as string, inverseScale(unit));
      labelsOf((atom.vertices[vertex] as Vertex).args[slot] as Vertex["args"][number], (l) => labels.add(l));
    }
    let dimension = 0;
    for (const l of labels) {
      const kind = kindOf(atom.kinds[l] as number);
      if (kind.kind === "space") dimension += kind.dimension;
    }
    for (const { parameter, exponent } of scalePowers(unit)) {
      const one = scalarPower(parameterBase(parameter, false), -dimension * exponent, 1);
      const product = scalarMultiply(scalar, one.id);
      scalar = product.id;
      coefficient = multiply(coefficient, multiply(one.factor, product.factor));
    }
  });
  const vertices = atom.vertices.map((v, i) => {
    const head = headOf(v.head);
    return head.kind === "value" ? { ...v, head: valueHead(head.symbol, head.conjugated, head.dots, scales[i] as string[]) } : v;
  });
  const product = normalise({ kinds: atom.kinds, vertices });
  if (product === null) return null;
  return { atom: product.mono[0] as number, coefficient: multiply(coefficient, product.coefficient), scalar };
}

/** The sum with every integral over R^d in its own units. */
export function rescale(sum: Sum): Sum {
  if (sum instanceof Packed) return sum;
  let any = false;
  for (const { mono } of sum.values())
    for (let i = 0; i < mono.length && !any; i += 2) {
      const atom = atomOf(mono[i] as number);
      any = rescaled(atom)?.atom !== atom.id;
    }
  if (!any) return sum;
  const into: Accumulator = new Map();
  for (const term of sum.values()) {
    let { coefficient, scalar } = term;
    let mono: readonly number[] | undefined = [];
    for (let i = 0; i < term.mono.length && mono !== undefined; i += 2) {
      const exp = term.mono[i + 1] as number;
      const by = rescaled(atomOf(term.mono[i] as number));
      const merged: ReturnType<typeof mergeMono> = by === null ? null : mergeMono(mono, [by.atom, exp]);
      mono = merged?.mono;
      if (by === null || merged === null) continue;
      const raised = scalarRaise(by.scalar, exp, 1);
      const product = scalarMultiply(scalar, raised.id);
      scalar = product.id;
      coefficient = multiply(
        multiply(coefficient, multiply(power(by.coefficient, exp), merged.sign)),
        multiply(raised.factor, product.factor),
      );
    }
    if (mono !== undefined) emit(into, coefficient, scalar, mono);
  }
  return into;
}

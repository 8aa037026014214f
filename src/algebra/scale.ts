import type { Parameter, Scale } from "../core/expression.js";

/** Scales of whole arguments, V(N(x-y)): monomials in parameters, interned as text. "" is 1. */
type Powers = readonly { readonly parameter: Parameter; readonly exponent: number }[];

let known = new Map<string, Powers>([["", []]]);
let ids = new WeakMap<Parameter, number>();
let count = 0;

export function resetScales(): void {
  known = new Map([["", []]]);
  ids = new WeakMap();
  count = 0;
}

function identity(parameter: Parameter): number {
  let id = ids.get(parameter);
  if (id === undefined) {
    id = count++;
    ids.set(parameter, id);
  }
  return id;
}

function intern(powers: Powers): string {
  const merged = new Map<number, { parameter: Parameter; exponent: number }>();
  for (const { parameter, exponent } of powers) {
    const id = identity(parameter);
    merged.set(id, { parameter, exponent: exponent + (merged.get(id)?.exponent ?? 0) });
  }
  const kept = [...merged].filter(([, p]) => p.exponent !== 0).sort((a, b) => a[0] - b[0]);
  const key = kept.map(([id, p]) => `${id}^${p.exponent}`).join(" ");
  if (!known.has(key))
    known.set(
      key,
      kept.map(([, p]) => p),
    );
  return key;
}

export const scaleKey = (scale: Scale): string => (scale.parameters.length === 0 ? "" : intern(scale.parameters));
export const scalePowers = (key: string): Powers => known.get(key) as Powers;
export const composeScales = (a: string, b: string): string =>
  a === "" ? b : b === "" ? a : intern([...scalePowers(a), ...scalePowers(b)]);
export const inverseScale = (key: string): string =>
  key === "" ? "" : intern(scalePowers(key).map(({ parameter, exponent }) => ({ parameter, exponent: -exponent })));
/** The part of a scale in positive parameters. */
export const positiveScale = (key: string): string =>
  key === "" ? "" : intern(scalePowers(key).filter(({ parameter }) => parameter.domain === "positive"));

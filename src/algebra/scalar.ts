import type { Parameter } from "../core/expression.js";
import { gcd } from "./matrix.js";
import { type Coefficient, power as powerOf, multiply as times } from "./number.js";

/**
 * Monomials in parameters, square roots of numbers and pi, with rational exponents. Interned: equal monomials
 * have equal ids, 0 is 1. Exponents of prime numbers lie strictly between 0 and 1, so sqrt(2) sqrt(2)
 * leaves a factor 2 for the coefficient.
 */
export interface ScalarEntry {
  readonly base: number;
  readonly num: number;
  readonly den: number;
}
export type ScalarBase =
  | { readonly kind: "pi" }
  | { readonly kind: "parameter"; readonly parameter: Parameter; readonly conjugated: boolean }
  | { readonly kind: "prime"; readonly value: bigint };

let bases: ScalarBase[] = [];
let baseIds = new Map<string, number>();
let parameterIds = new WeakMap<Parameter, number>();
let parameters = 0;
let monomials: (readonly ScalarEntry[])[] = [];
let monomialIds = new Map<string, number>();
let products = new Map<number, { readonly id: number; readonly factor: Coefficient }>();

export function resetScalars(): void {
  bases = [];
  baseIds = new Map();
  parameterIds = new WeakMap();
  parameters = 0;
  monomials = [[]];
  monomialIds = new Map([["", 0]]);
  products = new Map();
}
resetScalars();

function intern(key: string, base: ScalarBase): number {
  const known = baseIds.get(key);
  if (known !== undefined) return known;
  bases.push(base);
  baseIds.set(key, bases.length - 1);
  return bases.length - 1;
}

export function parameterBase(parameter: Parameter, conjugated: boolean): number {
  let id = parameterIds.get(parameter);
  if (id === undefined) {
    id = parameters++;
    parameterIds.set(parameter, id);
  }
  const bar = conjugated && parameter.domain === "complex";
  return intern(`p${id}${bar ? "*" : ""}`, { kind: "parameter", parameter, conjugated: bar });
}
export const piBase = (): number => intern("pi", { kind: "pi" });
export const primeBase = (value: bigint): number => intern(`#${value}`, { kind: "prime", value });

function monomial(entries: readonly ScalarEntry[]): number {
  const key = entries.map((e) => `${e.base}^${e.num}/${e.den}`).join(" ");
  const known = monomialIds.get(key);
  if (known !== undefined) return known;
  monomials.push(entries);
  monomialIds.set(key, monomials.length - 1);
  return monomials.length - 1;
}

export function scalarEntries(id: number): readonly ScalarEntry[] {
  return monomials[id] as readonly ScalarEntry[];
}
export function scalarBase(id: number): ScalarBase {
  return bases[id] as ScalarBase;
}

/** base^(num/den) as a monomial and a rational factor. */
export function scalarPower(base: number, num: number, den: number): { readonly id: number; readonly factor: Coefficient } {
  const common = gcd(num, den) || 1;
  let n = num / common;
  const d = den / common;
  let factor: Coefficient = 1;
  const info = scalarBase(base);
  if (info.kind === "prime") {
    const whole = Math.floor(n / d);
    const value = info.value <= 9007199254740991n ? Number(info.value) : { re: info.value, im: 0, den: 1 };
    factor = powerOf(value, whole);
    n -= whole * d;
  }
  return { id: n === 0 ? 0 : monomial([{ base, num: n, den: d }]), factor };
}

/** Product of two monomials; the factor comes from roots of numbers that met. */
export function scalarMultiply(a: number, b: number): { readonly id: number; readonly factor: Coefficient } {
  if (a === 0) return { id: b, factor: 1 };
  if (b === 0) return { id: a, factor: 1 };
  const key = a < b ? a * 1048576 + b : b * 1048576 + a;
  const known = products.get(key);
  if (known !== undefined) return known;
  const exponents = new Map<number, [number, number]>();
  for (const entry of [...scalarEntries(a), ...scalarEntries(b)]) {
    const [n, d] = exponents.get(entry.base) ?? [0, 1];
    exponents.set(entry.base, [n * entry.den + entry.num * d, d * entry.den]);
  }
  let factor: Coefficient = 1;
  const entries: ScalarEntry[] = [];
  for (const [base, [n, d]] of [...exponents].sort((x, y) => x[0] - y[0])) {
    const single = scalarPower(base, n, d);
    factor = times(factor, single.factor);
    entries.push(...scalarEntries(single.id));
  }
  const result = { id: monomial(entries), factor };
  products.set(key, result);
  return result;
}

/** The monomial to a rational power; pi and positive parameters take any, all others what was asked. */
export function scalarRaise(a: number, num: number, den: number): { readonly id: number; readonly factor: Coefficient } {
  let id = 0;
  let factor: Coefficient = 1;
  for (const entry of scalarEntries(a)) {
    const single = scalarPower(entry.base, entry.num * num, entry.den * den);
    const product = scalarMultiply(id, single.id);
    id = product.id;
    factor = times(times(factor, single.factor), product.factor);
  }
  return { id, factor };
}

export function scalarConjugate(a: number): number {
  if (a === 0) return 0;
  let id = 0;
  for (const entry of scalarEntries(a)) {
    const info = scalarBase(entry.base);
    const base = info.kind === "parameter" ? parameterBase(info.parameter, !info.conjugated) : entry.base;
    id = scalarMultiply(id, scalarPower(base, entry.num, entry.den).id).id;
  }
  return id;
}

/** Whether every base is positive, so that roots may be taken factor by factor. */
export function scalarPositive(a: number): boolean {
  return scalarEntries(a).every((entry) => {
    const info = scalarBase(entry.base);
    return info.kind !== "parameter" || info.parameter.domain === "positive";
  });
}

/** Whether the monomial is seen to be no less than zero for all values of its parameters: s \overline{s}, r^2 for real r. */
export function scalarNonNegative(a: number): boolean {
  if (scalarConjugate(a) !== a) return false;
  return scalarEntries(a).every((entry) => {
    const info = scalarBase(entry.base);
    if (info.kind !== "parameter" || info.parameter.domain === "positive") return true;
    return entry.den === 1 && (info.parameter.domain === "complex" || entry.num % 2 === 0);
  });
}

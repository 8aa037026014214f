import { sameKinds } from "../core/argument.js";
import type { Argument, Expression, Kind } from "../core/expression.js";
import type { Rational } from "../core/rational.js";
import { isInteger, one, rational } from "../core/rational.js";
import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import * as simple from "./algebra.js";
import { describeGroups } from "./kinds.js";
import type { Env, Mapping, Matrix, Meaning, Plain } from "./meaning.js";
import { adjointOf, flat, isZero, lift, numberAt, productOf, scalar, sortName, spend, sumOf } from "./meaning.js";

/**
 * Block matrices, and with them the operations of `algebra.ts` on everything. An entry is a scalar, an operator, a
 * function, a kernel, or a block matrix itself; scalars beside kernels stand for multiples of the identity. A matrix
 * with n rows of kernels over a kind is also one kernel over {1, ..., n} * (that kind), and the other way round.
 */

export interface Factor {
  readonly meaning: Meaning;
  readonly span: Span;
}

type Rows = readonly (readonly Meaning[])[];

/** Entries of a matrix that is written out, blocks within blocks included. */
const mostEntries = 10_000;

export const nothing = (span: Span): Plain => scalar(numberAt(rational(0), span));
const isOne = (meaning: Meaning): boolean =>
  meaning.sort === "plain" && meaning.expression.kind === "number" && meaning.expression.value.n === meaning.expression.value.d;

export const width = (matrix: Matrix): number => (matrix.rows[0] as readonly Meaning[]).length;
export const sizeText = (matrix: Matrix): string => `${matrix.rows.length} x ${width(matrix)}`;

/** A matrix by its rows; with one row and one column, its entry. */
export function matrixOf(rows: Rows): Meaning {
  const [[first] = [], ...others] = rows;
  if (first && others.length === 0 && rows[0]?.length === 1) return first;
  return { sort: "matrix", rows, operator: rows.some((row) => row.some((entry) => entry.operator)) };
}

const mapRows = (matrix: Matrix, change: (entry: Meaning, i: number, j: number) => Meaning): Rows =>
  matrix.rows.map((row, i) => row.map((entry, j) => change(entry, i, j)));

/** The first function or kernel among the entries: all others are like it. */
export function modelOf(meaning: Meaning): Mapping | undefined {
  if (meaning.sort !== "matrix") return meaning.sort === "map" ? meaning : undefined;
  for (const row of meaning.rows)
    for (const entry of row) {
      const found = modelOf(entry);
      if (found) return found;
    }
  return undefined;
}

/** The one size of the blocks in a row or column, 1 where there are none; `undefined` where they disagree. */
function sizeOf(entries: readonly Meaning[], of: (matrix: Matrix) => number): number | undefined {
  const sizes = new Set(entries.flatMap((entry) => (entry.sort === "matrix" ? [of(entry)] : [])));
  const [size = 1] = sizes;
  return sizes.size > 1 ? undefined : size;
}

const heightOf = (matrix: Matrix): number => matrix.rows.length;
const columnOf = (matrix: Matrix, j: number): readonly Meaning[] => matrix.rows.map((row) => row[j] as Meaning);

/** Heights of the rows and widths of the columns of blocks. */
function cuts(matrix: Matrix): { readonly heights: readonly (number | undefined)[]; readonly widths: readonly (number | undefined)[] } {
  return {
    heights: matrix.rows.map((row) => sizeOf(row, heightOf)),
    widths: (matrix.rows[0] as readonly Meaning[]).map((_, j) => sizeOf(columnOf(matrix, j), width)),
  };
}

/** A matrix of blocks written out as one without; `undefined` where the sizes of the blocks do not fit. */
export function flatten(matrix: Matrix, span: Span): Matrix | undefined {
  if (!matrix.rows.some((row) => row.some((entry) => entry.sort === "matrix"))) return matrix;
  const inner = mapRows(matrix, (entry) => (entry.sort === "matrix" ? (flatten(entry, span) ?? entry) : entry));
  const { heights, widths } = cuts({ ...matrix, rows: inner });
  const rows: Meaning[][] = [];
  for (const [i, height] of heights.entries()) {
    if (height === undefined) return undefined;
    const top = rows.length;
    for (let n = 0; n < height; n++) rows.push([]);
    for (const [j, columns] of widths.entries()) {
      const block = columns === undefined ? undefined : expand(inner[i]?.[j] as Meaning, height, columns, span);
      if (!block) return undefined;
      for (const [n, row] of block.entries()) rows[top + n]?.push(...row);
    }
  }
  return { ...matrix, rows };
}

/** An entry as a block of this size: zero, a multiple of the identity, or a block that has it. */
function expand(entry: Meaning, height: number, columns: number, span: Span): Rows | undefined {
  if (entry.sort === "matrix") return entry.rows.length === height && width(entry) === columns ? entry.rows : undefined;
  if (height === 1 && columns === 1) return [[entry]];
  if (!isZero(entry) && (height !== columns || entry.sort !== "plain" || entry.operator)) return undefined;
  return Array.from({ length: height }, (_, i) => Array.from({ length: columns }, (_, j) => (i === j ? entry : nothing(span))));
}

/** Checks that the blocks of a written matrix fit, and that its entries are of one sort. */
export function checked(rows: Rows, spans: readonly (readonly Span[])[], span: Span, env: Env): Meaning {
  spend(env, span, rows.length * (rows[0]?.length ?? 0));
  const pairs = rows.flat().find((entry) => entry.sort === "map");
  const joined = rows.map((row) =>
    row.map((entry) => (entry.sort === "matrix" && pairs ? (joinedTo(env, entry, pairs, span) ?? entry) : entry)),
  );
  const raw: Matrix = { sort: "matrix", rows: joined, operator: false };
  const { heights, widths } = cuts(raw);
  const fitted = mapRows(raw, (entry, i, j) => {
    const where = spans[i]?.[j] ?? span;
    const height = heights[i];
    const columns = widths[j];
    if (height === undefined || columns === undefined)
      return fail("wrong-size", where, `found blocks of different sizes in one ${height === undefined ? "row" : "column"} of a matrix`);
    if (height === 1 && columns === 1) return entry;
    if (expand(entry, height, columns, where)) return entry;
    return fail(
      "wrong-size",
      where,
      `found ${describe(entry)} where the matrix has a block of size ${height} x ${columns}`,
      "a block may be a matrix of that size, 0, or, where it is square, a multiple of 1",
    );
  });
  const model = fitted
    .flat()
    .map(modelOf)
    .find((one) => one !== undefined);
  return matrixOf(model ? mapRows({ ...raw, rows: fitted }, (entry, i, j) => alike(entry, model, spans[i]?.[j] ?? span, env)) : fitted);
}

const describe = (meaning: Meaning): string =>
  meaning.sort === "matrix"
    ? `a matrix of size ${sizeText(meaning)}`
    : meaning.sort === "map"
      ? `${sortName(meaning)} over ${describeGroups(meaning.groups)}`
      : sortName(meaning);

/** An entry beside functions or kernels: one over the same kinds, or a scalar. */
function alike(entry: Meaning, model: Mapping, span: Span, env: Env): Meaning {
  if (entry.sort === "matrix") return { ...entry, rows: mapRows(entry, (one) => alike(one, model, span, env)) };
  if (isZero(entry)) return entry;
  if (entry.sort === "plain") {
    if (entry.operator || model.groups.length !== 2) return simple.coerce(env, entry, model, span);
    return entry;
  }
  if (entry.groups.length === model.groups.length && sameKinds(flat(entry.groups), flat(model.groups))) return entry;
  return fail(
    "mixed-kinds",
    span,
    `found ${describe(entry)} in a matrix with ${describe(model)}, expected entries over the same kinds`,
    "a block over pairs of labels stands beside blocks over pairs only",
  );
}

/** An entry by itself: zero and multiples of the identity as what the other entries are. */
export function whole(env: Env, matrix: Matrix, entry: Meaning, i: number, j: number, span: Span): Meaning {
  if (entry.sort !== "plain") return entry;
  const { heights, widths } = cuts(matrix);
  const rows = expand(entry, heights[i] ?? 1, widths[j] ?? 1, span) ?? [[entry]];
  const model = modelOf(matrix);
  return matrixOf(rows.map((row) => row.map((one) => (model && one.sort === "plain" ? simple.coerce(env, one, model, span) : one))));
}

// A matrix is a kernel over {1, ..., n} * (kind)

const finite = (n: number): Kind => ({ kind: "finite", values: Array.from({ length: n }, (_, k) => k + 1) });
const constantAt = (of: Kind, value: number): Argument => ({ kind: "constant", of, value });

/** The matrix as one kernel, or function for a single column: sum_{ij} \delta_{m,i} \delta_{n,j} M_{ij}(x,y). */
export function mapOf(env: Env, matrix: Matrix, span: Span, like?: Mapping): Mapping {
  const whole =
    flatten(matrix, span) ?? fail("wrong-size", span, "the sizes of the blocks of this matrix do not fit, so that it is no kernel");
  const model = modelOf(whole) ?? like;
  const columns = width(whole);
  const arity = model ? model.groups.length : columns === 1 ? 1 : 2;
  if (arity > 2 || (arity === 1 && columns > 1))
    return fail("wrong-size", span, `found a matrix of size ${sizeText(whole)} of functions, expected one column`);
  const kinds = [finite(whole.rows.length), ...(arity === 1 ? [] : [finite(columns)])];
  const groups = kinds.map((kind, k) => [kind, ...(model?.groups[k] ?? [])]);
  const first = groups[0]?.length ?? 0;
  const valueAt = (entry: Meaning, list: readonly Argument[], at: Span): Expression => {
    if (entry.sort === "plain" && !model) return entry.expression;
    const map = entry.sort === "plain" ? simple.coerce(env, entry, model as Mapping, at) : (entry as Mapping);
    return map.at(list, at);
  };
  return {
    sort: "map",
    groups,
    operator: whole.operator,
    at: (list, at) => {
      const labels = arity === 1 ? [list[0] as Argument] : [list[0] as Argument, list[first] as Argument];
      const inner = list.filter((_, k) => k !== 0 && (arity === 1 || k !== first));
      const terms: Expression[] = [];
      for (const [i, row] of whole.rows.entries())
        for (const [j, entry] of row.entries()) {
          if (isZero(entry)) continue;
          const here = [i + 1, j + 1];
          if (labels.some((label, k) => label.kind === "constant" && label.value !== here[k])) continue;
          spend(env, at, 3);
          const deltas = labels.flatMap((label, k) =>
            label.kind === "constant"
              ? []
              : [{ kind: "delta", left: label, right: constantAt(kinds[k] as Kind, here[k] as number), span: at } as const],
          );
          terms.push(productOf([...deltas, valueAt(entry, inner, at)], at));
        }
      return sumOf(terms, at);
    },
  };
}

/** The matrix as a kernel or function like a given one over {1, ..., n} * (kind); `undefined` where it is none. */
function joinedTo(env: Env, matrix: Matrix, map: Mapping, span: Span): Mapping | undefined {
  const flatter = flatten(matrix, span);
  if (!flatter) return undefined;
  const model = modelOf(flatter);
  const arity = model?.groups.length ?? 2;
  if (arity === 1 && width(flatter) > 1) return undefined;
  const rest = (map.groups[0] ?? []).slice(1);
  const like: Mapping | undefined =
    model || rest.length === 0 ? undefined : { sort: "map", groups: [rest, rest], operator: false, at: (_, at) => numberAt(one, at) };
  const found = mapOf(env, flatter, span, like);
  return map.groups.some((group) => found.groups.some((other) => sameKinds(group, other))) ? found : undefined;
}

/** A function or kernel over {1, ..., n} * (kind) as a matrix of its blocks; `undefined` for any other. */
export function blocksOf(env: Env, map: Mapping): Matrix | undefined {
  const { groups } = map;
  const heads = groups.map((group) => group[0]);
  const counts = heads.map((kind) =>
    kind?.kind === "finite" && kind.values.every((value, k) => value === k + 1) ? kind.values.length : 0,
  );
  const [height = 0, columns = 1] = counts;
  if (groups.length > 2 || counts.some((count) => count === 0) || height * columns > mostEntries) return undefined;
  const rests = groups.map((group) => group.slice(1));
  const bare = rests.every((rest) => rest.length === 0);
  const entry = (i: number, j: number): Meaning => {
    const given = groups.flatMap((group, k): (Argument | undefined)[] => [
      constantAt(heads[k] as Kind, k === 0 ? i : j),
      ...group.slice(1).map(() => undefined),
    ]);
    if (!bare) return simple.partial(env, map, given, rests);
    const expression = map.at(given as readonly Argument[], nowhereIn(env));
    return { sort: "plain", expression, operator: map.operator };
  };
  const rows = Array.from({ length: height }, (_, i) => Array.from({ length: columns }, (_, j) => entry(i + 1, j + 1)));
  return { sort: "matrix", rows, operator: map.operator };
}

const nowhereIn = (env: Env): Span => env.site ?? { start: 0, end: 0 };

// Sums and products

export function add(env: Env, parts: readonly (Factor & { readonly sign: 1 | -1 })[], span: Span): Meaning {
  const model = parts.find((part) => part.meaning.sort === "matrix")?.meaning as Matrix | undefined;
  if (!model) return simple.add(env, parts as readonly (simple.Factor & { readonly sign: 1 | -1 })[], span);
  const map = parts.find((part) => part.meaning.sort === "map");
  if (map) {
    const joined = parts.map((part) =>
      part.meaning.sort === "matrix"
        ? { ...part, meaning: joinedTo(env, part.meaning, map.meaning as Mapping, part.span) ?? foreign(part.meaning, map) }
        : part,
    );
    return simple.add(env, joined as readonly (simple.Factor & { readonly sign: 1 | -1 })[], span);
  }
  const same = fitted(
    env,
    parts.filter((part) => !isZero(part.meaning)),
  );
  const [first] = same;
  if (!first) return model;
  const signs = parts.filter((part) => !isZero(part.meaning)).map((part) => part.sign);
  return matrixOf(
    mapRows(first, (_, i, j) => {
      const terms = same.flatMap((matrix, k) => {
        const meaning = matrix.rows[i]?.[j] as Meaning;
        return isZero(meaning) ? [] : [{ meaning, span, sign: signs[k] as 1 | -1 }];
      });
      const [only] = terms;
      if (!only) return nothing(span);
      if (terms.length === 1) return only.sign < 0 ? negated(env, only.meaning, span) : only.meaning;
      return add(env, terms, span);
    }),
  );
}

const foreign = (matrix: Matrix, map: Factor): never =>
  fail(
    "mixed-sorts",
    map.span,
    `found ${describe(map.meaning)} beside ${describe(matrix)}; the two cannot be added or compared`,
    "a kernel over {1,2} * R^3 is the matrix of its blocks; any other one stands in an entry",
  );

/** Everything as matrices of one size: scalars become multiples of the identity, kernels over pairs their blocks. */
function fitted(env: Env, parts: readonly Factor[]): readonly Matrix[] {
  const written = parts.map(({ meaning, span }) => {
    if (meaning.sort === "matrix") return meaning;
    const blocks = meaning.sort === "map" ? blocksOf(env, meaning) : undefined;
    if (blocks) return blocks;
    if (meaning.sort === "plain" && !meaning.operator) return meaning;
    return fail(
      "mixed-sorts",
      span,
      `found ${describe(meaning)} beside a block matrix; the two cannot be added or compared`,
      "a scalar stands for a multiple of the identity, a kernel over {1,2} * R^3 for the matrix of its blocks",
    );
  });
  let matrices = written.filter((one) => one.sort === "matrix");
  if (new Set(matrices.map(sizeText)).size > 1) matrices = matrices.map((matrix) => flatten(matrix, nowhereIn(env)) ?? matrix);
  const sizes = [...new Set(matrices.map(sizeText))];
  const [model] = matrices;
  const last = parts[parts.length - 1] as Factor;
  if (!model || sizes.length > 1)
    return fail("wrong-size", last.span, `found matrices of sizes ${sizes.join(" and ")}, expected matrices of one size`);
  let next = 0;
  return written.map((one, k) => {
    if (one.sort === "matrix") return matrices[next++] as Matrix;
    const { span } = parts[k] as Factor;
    const rows = expand(one, model.rows.length, width(model), span);
    if (rows) return { sort: "matrix", rows, operator: false };
    return fail("wrong-size", span, `found a scalar beside a matrix of size ${sizeText(model)}, expected 0 or a square matrix`);
  });
}

/** Both sides of an equation as the equations of their entries, with the place of each: `(1,2)`, `(1,2)(2,1)`, or nothing. */
export function entries(env: Env, left: Factor, right: Factor): readonly (readonly [simple.Factor, simple.Factor, string])[] {
  if (left.meaning.sort !== "matrix" && right.meaning.sort !== "matrix") return [[left as simple.Factor, right as simple.Factor, ""]];
  const [a, b] = fitted(env, [left, right]) as readonly [Matrix, Matrix];
  const models = [modelOf(a), modelOf(b)];
  const all = a.rows.flatMap((row, i) =>
    row.flatMap((entry, j) => {
      const other = b.rows[i]?.[j] as Meaning;
      const pairs = entries(env, { meaning: entry, span: left.span }, { meaning: other, span: right.span }).map(
        ([x, y, place]) => [x, y, `(${i + 1},${j + 1})${place}`] as const,
      );
      // Scalars on both sides stand for multiples of the identity where the other entries are kernels.
      const model = models[0] ?? models[1];
      return model && entry.sort === "plain" && other.sort === "plain"
        ? pairs.map(([x, y, place]) => [kernelOf(env, x, model), kernelOf(env, y, model), place] as const)
        : pairs;
    }),
  );
  const some = all.filter(([x, y]) => !(isZero(x.meaning) && isZero(y.meaning)));
  return some.length > 0 ? some : all.slice(0, 1);
}

const kernelOf = (env: Env, factor: simple.Factor, model: Mapping): simple.Factor =>
  factor.meaning.sort === "plain" && !isZero(factor.meaning)
    ? { ...factor, meaning: simple.coerce(env, factor.meaning, model, factor.span) }
    : factor;

export function multiply(env: Env, factors: readonly Factor[], span: Span): Meaning {
  if (!factors.some((factor) => factor.meaning.sort === "matrix")) return simple.multiply(env, factors as readonly simple.Factor[], span);
  let whole = factors[0] as Factor;
  for (const next of factors.slice(1)) whole = { meaning: times(env, whole, next), span: next.span };
  return whole.meaning;
}

function times(env: Env, left: Factor, right: Factor): Meaning {
  const { span } = right;
  if (isZero(left.meaning) || isZero(right.meaning)) return nothing(span);
  if (isOne(left.meaning)) return right.meaning;
  if (isOne(right.meaning)) return left.meaning;
  const [a, b] = [left.meaning, right.meaning];
  if (a.sort !== "matrix" && b.sort !== "matrix") return closed(simple.multiply(env, [left, right] as readonly simple.Factor[], span));
  if (a.sort === "map" || b.sort === "map") {
    // A kernel over pairs: composed over the pairs, so that what follows is one kernel again.
    const [matrix, map] = (a.sort === "matrix" ? [a, b] : [b, a]) as readonly [Matrix, Mapping];
    const joined = joinedTo(env, matrix, map, span);
    if (joined)
      return closed(
        simple.multiply(
          env,
          a.sort === "matrix"
            ? [{ ...left, meaning: joined }, right as simple.Factor]
            : [left as simple.Factor, { ...right, meaning: joined }],
          span,
        ),
      );
  }
  const scale = (matrix: Matrix, change: (entry: Factor) => readonly [Factor, Factor]): Meaning =>
    matrixOf(mapRows(matrix, (entry) => times(env, ...change({ meaning: entry, span }))));
  if (b.sort === "matrix" && (a.sort === "plain" || (a.sort === "map" && !modelOf(b)))) return scale(b, (entry) => [left, entry]);
  if (a.sort === "matrix" && (b.sort === "plain" || (b.sort === "map" && !modelOf(a)))) return scale(a, (entry) => [entry, right]);
  return product(env, asBlocks(left), asBlocks(right), span);
}

const closed = (meaning: Meaning): Meaning => (meaning.sort === "map" && meaning.applied ? { ...meaning, applied: false } : meaning);

function asBlocks({ meaning, span }: Factor): Matrix {
  if (meaning.sort === "matrix") return meaning;
  return fail(
    "bad-product",
    span,
    `found ${describe(meaning)} in a product with a block matrix of functions or kernels; this product has no meaning`,
    "write it as a matrix too, with the kernel in its diagonal",
  );
}

/** (A B)_{ij} = sum_k A_{ik} B_{kj}; blocks are written out where the sizes fit only so. */
function product(env: Env, a: Matrix, b: Matrix, span: Span): Meaning {
  let [left, right] = [a, b];
  if (width(left) !== right.rows.length) {
    left = flatten(a, span) ?? a;
    right = flatten(b, span) ?? b;
  }
  if (width(left) !== right.rows.length)
    return fail(
      "wrong-size",
      span,
      `found a matrix of size ${sizeText(right)} after one of size ${sizeText(left)}, expected one with ${width(left)} ${width(left) === 1 ? "row" : "rows"}`,
      a.operator || b.operator ? "for a column of operators z, `z^*` is the column of their adjoints and `(z^*)^\\top` the row" : undefined,
    );
  spend(env, span, left.rows.length * width(left) * width(right));
  const rows = left.rows.map((row) =>
    (right.rows[0] as readonly Meaning[]).map((_, j) => {
      const terms = row.flatMap((entry, k) => {
        const meaning = times(env, { meaning: entry, span }, { meaning: right.rows[k]?.[j] as Meaning, span });
        return isZero(meaning) ? [] : [{ meaning, span, sign: 1 as const }];
      });
      const [only] = terms;
      return terms.length > 1 ? add(env, terms, span) : only ? only.meaning : nothing(span);
    }),
  );
  return matrixOf(rows);
}

export const negated = (env: Env, meaning: Meaning, span: Span): Meaning =>
  meaning.sort === "matrix"
    ? matrixOf(mapRows(meaning, (entry) => (isZero(entry) ? entry : negated(env, entry, span))))
    : simple.negated(env, meaning, span);

export const conjugate = (env: Env, meaning: Meaning, span: Span): Meaning => lift(env, meaning, span, adjointOf);

export function transpose(env: Env, meaning: Meaning, span: Span): Meaning {
  if (meaning.sort !== "matrix") return simple.transpose(env, meaning, span);
  const columns = (meaning.rows[0] as readonly Meaning[]).map((_, j) => columnOf(meaning, j));
  return matrixOf(columns.map((column) => column.map((entry) => (isKernel(entry) ? transpose(env, entry, span) : entry))));
}

const isKernel = (entry: Meaning): boolean => entry.sort === "matrix" || (entry.sort === "map" && entry.groups.length === 2);

/** Conjugated and transposed; a row or column of operators keeps its form: z^* is the column of the adjoints. */
export function adjoint(env: Env, meaning: Meaning, span: Span): Meaning {
  if (meaning.sort !== "matrix") return simple.adjoint(env, meaning, span);
  if (!meaning.operator) return conjugate(env, transpose(env, meaning, span), span);
  if (meaning.rows.length > 1 && width(meaning) > 1)
    return fail(
      "unsupported",
      span,
      "found the adjoint of a matrix of operators, which may mean that of its entries only, or its transpose too",
      "write \\overline{M} or \\overline{M}^\\top, whichever is meant",
    );
  return conjugate(env, meaning, span);
}

export function power(env: Env, meaning: Meaning, exponent: Rational, span: Span): Meaning {
  if (meaning.sort !== "matrix") return simple.power(env, meaning, exponent, span);
  if (!isInteger(exponent) || exponent.n < 0n || exponent.n > 100n || meaning.rows.length !== width(meaning))
    return fail("bad-power", span, "found this power of a matrix, expected a natural number up to 100 as the exponent of a square matrix");
  let whole: Meaning = scalar(numberAt(one, span));
  for (let n = 0n; n < exponent.n; n++) whole = times(env, { meaning, span }, { meaning: whole, span });
  return whole;
}

export function quotient(env: Env, over: Meaning, under: Meaning, span: Span): Meaning {
  if (under.sort === "matrix")
    return fail("bad-division", span, "found a block matrix as a divisor, expected a scalar", "write its inverse as a matrix of its own");
  if (over.sort !== "matrix") return simple.quotient(env, over, under, span);
  return matrixOf(mapRows(over, (entry) => (isZero(entry) ? entry : quotient(env, entry, under, span))));
}

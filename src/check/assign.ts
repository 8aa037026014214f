import type { BigNumber, FactoryFunctionMap, MathJsInstance, MathNode } from "mathjs";
import { fail } from "../source/diagnostic.js";
import { nearest } from "../source/nearest.js";
import type { Span } from "../source/span.js";

/**
 * Values that a user gives to parameters, `N = 100, s = pi/3`: the right sides are written in the syntax of mathjs and
 * evaluated by it, in decimal arithmetic. What a user may write there is a closed list of operators and functions of
 * numbers: everything else that mathjs knows (units, matrices, functions of its own, what changes its state) is refused
 * before it runs.
 */

/** A complex number of as many digits as the arithmetic is set to. */
export interface Complex {
  readonly re: BigNumber;
  readonly im: BigNumber;
}

/** One assignment as it was written. */
export interface Assigned {
  readonly name: string;
  readonly nameSpan: Span;
  readonly right: string;
  readonly rightSpan: Span;
}

/** mathjs, restricted; `precision` sets the digits of everything that is computed from then on. */
export interface Arithmetic {
  readonly math: MathJsInstance;
  readonly parse: (text: string) => MathNode;
  readonly precision: (digits: number) => void;
  readonly number: (text: string) => BigNumber;
}

const constants = new Set(["pi", "e", "i"]);
const operators = new Set(["add", "subtract", "multiply", "divide", "pow", "unaryMinus", "unaryPlus", "factorial"]);
const functions = new Set(
  "sqrt cbrt nthRoot exp ln log log2 log10 sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh abs sign re im arg conj floor ceil round min max pow factorial".split(
    " ",
  ),
);

/** Beyond this a factorial takes longer than anybody waits. */
const largestFactorial = 10_000;

let loaded: Promise<Arithmetic> | undefined;

/** Loads mathjs, which takes most of a second, once. */
export function arithmetic(): Promise<Arithmetic> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Arithmetic> {
  const { create, all } = await import("mathjs");
  const math = create(all as FactoryFunctionMap, { number: "BigNumber", precision: 64 });
  const parse = math.parse.bind(math) as (text: string) => MathNode;
  const config = math.config.bind(math);
  const original = { sinh: math.sinh, cosh: math.cosh, tanh: math.tanh, factorial: math.factorial, re: math.re, im: math.im } as Record<
    string,
    (x: unknown) => unknown
  >;
  const big = (x: unknown): BigNumber => math.bignumber(String(x));
  const call = (name: string, x: unknown): unknown => (original[name] as (x: unknown) => unknown)(x);
  // The decimal library sums the Taylor series of cosh, which takes a minute at 10^6; the exponential is quick everywhere.
  const hyperbolic = (name: string, large: (x: BigNumber) => BigNumber) => (x: unknown) =>
    math.isBigNumber(x) && x.abs().gt(10) ? large(x) : call(name, x);
  const own = {
    ln: math.log,
    cosh: hyperbolic("cosh", (x) => x.exp().plus(x.neg().exp()).div(2)),
    sinh: hyperbolic("sinh", (x) => x.exp().minus(x.neg().exp()).div(2)),
    tanh: hyperbolic("tanh", (x) => {
      const small = x.abs().mul(-2).exp();
      const size = small.neg().plus(1).div(small.plus(1));
      return x.isNeg() ? size.neg() : size;
    }),
    factorial: (x: unknown) => {
      if (math.isBigNumber(x) && x.gt(largestFactorial))
        throw new RangeError(`the factorial of more than ${largestFactorial} is too large`);
      return call("factorial", x);
    },
    // Parts of a complex number are floating-point numbers, which mathjs does not mix with decimals.
    re: (x: unknown) => (math.isComplex(x) ? big(x.re) : call("re", x)),
    im: (x: unknown) => (math.isComplex(x) ? big(x.im) : call("im", x)),
  };
  math.import(own, { override: true });
  // The closed list above keeps these out already; a slip in it must not open them.
  const closed = "createUnit evaluate parse compile parser simplify rationalize derivative resolve config chain help import".split(" ");
  const refused = (): never => {
    throw new Error("this function is not available here");
  };
  math.import(Object.fromEntries(closed.map((name) => [name, refused])), { override: true });
  return {
    math,
    parse,
    precision: (digits) => {
      config({ precision: digits });
    },
    number: (text) => math.bignumber(text),
  };
}

/** Splits `N = 100, s = max(1, 2)` at the commas outside of brackets. @throws Fault "assignment" */
export function assignments(text: string): readonly Assigned[] {
  const found: Assigned[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const c = text[at];
    if (c === "(" || c === "{" || c === "[") depth++;
    else if (c === ")" || c === "}" || c === "]") depth--;
    else if (c === undefined || ((c === "," || c === ";") && depth <= 0)) {
      if (c !== undefined || text.slice(start).trim() !== "" || found.length === 0) found.push(assignment(text, start, at));
      start = at + 1;
    }
  }
  return found;
}

const example = "write parameters and their values, such as 'N = 100, s = pi/3'";

function assignment(text: string, start: number, end: number): Assigned {
  const trimmed = (from: number, to: number): Span => {
    const piece = text.slice(from, to);
    const left = from + (piece.length - piece.trimStart().length);
    return { start: left, end: Math.max(left, from + piece.trimEnd().length) };
  };
  const whole = trimmed(start, end);
  const equals = text.indexOf("=", start);
  const piece = text.slice(whole.start, whole.end);
  if (piece === "") fail("assignment", whole, "found nothing, expected an assignment", example);
  if (equals < 0 || equals >= end) fail("assignment", whole, `found ${quoted(piece)}, expected an assignment`, example);
  const nameSpan = trimmed(start, equals);
  const rightSpan = trimmed(equals + 1, end);
  const name = text.slice(nameSpan.start, nameSpan.end);
  const right = text.slice(rightSpan.start, rightSpan.end);
  if (name === "") fail("assignment", whole, "found no name before the `=`", example);
  if (right === "") fail("assignment", whole, `found no value for ${quoted(name)} behind the \`=\``, example);
  return { name, nameSpan, right, rightSpan };
}

/** The name of a parameter inside right sides: `\mu` is `mu` there, `N_{1}` is `N_1`. */
export const plainName = (name: string): string => name.replace(/[\\{}\s]/g, "");

/** A right side that was read and found harmless, and the names that it uses. */
export interface Right {
  readonly node: MathNode;
  readonly uses: ReadonlySet<string>;
}

/**
 * Reads a right side; `known` are the names assigned before it.
 * @throws Fault "assignment" that names what was found
 */
export function readRight({ parse, math }: Arithmetic, { right, rightSpan }: Assigned, known: ReadonlySet<string>): Right {
  let node: MathNode;
  try {
    node = parse(right);
  } catch (problem) {
    if (problem instanceof RangeError) fail("too-deep", rightSpan, "this is nested too deeply");
    const { char, message } = problem as { readonly char?: number; readonly message: string };
    const at = Math.min(rightSpan.start + Math.max(0, (char ?? 1) - 1), Math.max(rightSpan.start, rightSpan.end - 1));
    const hint = right.includes("\\") ? "values are written as in mathjs: sqrt(2), pi/3, exp(2), 1 + 2i; \\mu is mu" : undefined;
    fail("assignment", { start: at, end: at + 1 }, `this value cannot be read: ${message.replace(/ \(char \d+\)$/, "")}`, hint);
  }
  const uses = new Set<string>();
  const place = (name: string): Span => {
    const at = right.search(new RegExp(`(?<![\\w])${name.replace(/\W/g, "\\$&")}(?!\\w)`));
    return at < 0 ? rightSpan : { start: rightSpan.start + at, end: rightSpan.start + at + name.length };
  };
  const todo: MathNode[] = [node];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (math.isParenthesisNode(next)) todo.push(next.content);
    else if (math.isConstantNode(next)) {
      if (!math.isBigNumber(next.value))
        fail("assignment", rightSpan, `found ${quoted(right)}, expected a number`, "a value is one number");
    } else if (math.isOperatorNode(next)) {
      if (!operators.has(next.fn))
        fail("assignment", rightSpan, `found the operator ${quoted(next.op)} in a value`, "+ - * / ^ ! are known");
      todo.push(...next.args);
    } else if (math.isFunctionNode(next)) {
      // `a.b(1)` has a path for its function, which the types do not say.
      const head: MathNode = next.fn;
      const name = math.isSymbolNode(head) ? head.name : right;
      if (!functions.has(name) || known.has(name)) unknownFunction(name, place(name), known);
      todo.push(...next.args);
    } else if (math.isSymbolNode(next)) {
      if (known.has(next.name)) uses.add(next.name);
      else if (!constants.has(next.name)) unknownName(next.name, place(next.name), known, math);
    } else fail("assignment", rightSpan, `found ${quoted(right)}, expected an expression of numbers`, "a value is one number");
  }
  return { node, uses };
}

function unknownFunction(name: string, span: Span, known: ReadonlySet<string>): never {
  if (known.has(name) || constants.has(name))
    fail("assignment", span, `${quoted(name)} is a number, not a function`, `write ${name} * (...) for a product`);
  const near = nearest(name, functions);
  fail(
    "assignment",
    span,
    `found the function ${quoted(name)}, which values cannot use`,
    near === undefined ? `they can use ${[...functions].slice(0, 12).join(", ")} and the like` : `did you mean ${quoted(near)}?`,
  );
}

function unknownName(name: string, span: Span, known: ReadonlySet<string>, math: MathJsInstance): never {
  if (functions.has(name)) fail("assignment", span, `the function ${quoted(name)} lacks its argument`, `write ${name}(...)`);
  const near = nearest(name, [...known, ...constants]);
  const hint =
    near === undefined
      ? "a value may use pi, e, i and what is assigned before it"
      : `did you mean ${quoted(near)}? Otherwise assign it before`;
  if (math.Unit.isValuelessUnit(name))
    fail("assignment", span, `${quoted(name)} has no value here: it is a unit, and parameters are numbers`, hint);
  fail("assignment", span, `${quoted(name)} has no value here`, hint);
}

/** Runs a right side. @throws Fault "assignment" where it gives no finite number */
export function evaluateRight(
  arithmetic: Arithmetic,
  { node }: Right,
  { right, rightSpan }: Assigned,
  scope: Map<string, Complex>,
): Complex {
  const { math, number } = arithmetic;
  let value: unknown;
  try {
    // The constants of mathjs are made once, with the digits of that time.
    const values = new Map<string, unknown>([
      ["pi", number("-1").acos()],
      ["e", number("1").exp()],
    ]);
    // A complex value has floating-point parts in mathjs.
    for (const [name, { re, im }] of scope) values.set(name, im.isZero() ? re : math.complex(re.toNumber(), im.toNumber()));
    value = node.compile().evaluate(values);
  } catch (problem) {
    if (problem instanceof RangeError && /call stack/i.test(problem.message)) fail("too-deep", rightSpan, "this is nested too deeply");
    fail("assignment", rightSpan, `${quoted(right)} has no value: ${problem instanceof Error ? problem.message : String(problem)}`);
  }
  const found = math.isBigNumber(value)
    ? { re: value, im: number("0") }
    : math.isComplex(value) && Number.isFinite(value.re) && Number.isFinite(value.im)
      ? { re: number(String(value.re)), im: number(String(value.im)) }
      : typeof value === "number" && Number.isFinite(value)
        ? { re: number(String(value)), im: number("0") }
        : undefined;
  if (found === undefined || !found.re.isFinite()) fail("assignment", rightSpan, `${quoted(right)} is no finite number`);
  return found;
}

/** A user's words in a message, cut where they are long. */
export const quoted = (text: string): string => `\`${text.length > 60 ? `${text.slice(0, 60)}…` : text}\``;

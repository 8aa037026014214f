import { fail } from "../source/diagnostic.js";
import type { Span } from "../source/span.js";
import { colonsAhead, deepest, fillScripts, match, openers, opensModulus, quote, tooDeep, unclosed } from "./brackets.js";
import {
  argumentEnd,
  differentialsAt,
  domainOf,
  type Line,
  missingDifferential,
  portion,
  share,
  undeclaredDifferential,
} from "./integrals.js";
import { type Token, token } from "./tokens.js";

/**
 * Second pass over the tokens: what a context-free grammar cannot say in an LR-like way is settled here, with
 * one stack and in linear time.
 *
 * - Brackets must match, and may nest `deepest` levels (so that no recursion behind the parser overflows).
 * - Bars, colons, `\langle`, `\rangle` become opening, middle or closing ones. A bar closes if something that
 *   can end an operand stands before it and the innermost open thing is a bar of its kind; in an angle it is
 *   the separator; else it opens. `|f\rangle\langle g|` is told by its `\rangle`.
 * - An integral is closed behind its differentials by `intEnd`. Of a run of differentials the innermost open
 *   integral takes those that it needs (`\iint` two); an `\int` also all others that leave enough for the open
 *   integrals around it in the same bracket.
 * - `\int dx E`, `\int_{x,y} E`, `\sum_m E` reach to the end of the product: `prefixEnd` is put before the next
 *   sign, `=`, comma, closing bracket, or differential of an integral around it.
 * - `\cdot` between two factors is a product, elsewhere a placeholder. `&` and `\\` are dropped outside matrices.
 *
 * Throws a `Fault`.
 */
export function layout(tokens: readonly Token[], labels: ReadonlySet<string>): Token[] {
  const partners = match(tokens);
  fillScripts(tokens, partners);
  return arrange({ tokens, partners, labels });
}

/** Something open: a bracket, a bar, an integral that waits for differentials, a form that ends with the product. */
interface Frame {
  readonly kind: string;
  readonly token: Token;
  /** Differentials that the open integrals of this bracket need. */
  needs: number;
  /** Operators in a row that nest to the left. */
  chain: number;
}

/** Types with which a factor can start. */
const starters: ReadonlySet<string> = new Set(
  "name number ( [ { \\{ bar barOpen langle colon int sum frac sqrt unary nor matrixOpen".split(" "),
);

function arrange(line: Line): Token[] {
  const { tokens } = line;
  const out: Token[] = [];
  const bottom: Frame = frame("bottom", token("", "", 0, 0));
  const stack: Frame[] = [bottom];
  /** Depth that chains of operators add to the stack's. */
  let chains = 0;
  /** Whether the last token can end an operand. */
  let ended = false;
  /** Whether one ended before the last sign. */
  let operandBefore = false;
  /** For each token whether a colon follows before the next `=`; made when the first colon asks. */
  let colonTable: Int8Array | undefined;
  const count = tokens.length;

  const top = (): Frame => stack[stack.length - 1] as Frame;
  const push = (kind: string, t: Token): void => {
    stack.push(frame(kind, t));
    if (stack.length + chains > deepest + 1) tooDeep(t);
  };
  const pop = (): Frame => {
    const last = stack.pop() as Frame;
    chains -= last.chain;
    return last;
  };
  const emit = (t: Token, ends: boolean): void => {
    out.push(t);
    ended = ends;
  };
  const emitAs = (t: Token, type: string, ends: boolean): void => {
    t.type = type;
    emit(t, ends);
  };
  /** Ends forms that reach to the end of the product, which is before `next`. */
  const endProducts = (next: Token | undefined): void => {
    while (top().kind === "prefix") {
      pop();
      const at = next?.start ?? (out[out.length - 1] as Token).end;
      emit(token("prefixEnd", next?.text ?? "", at, next?.end ?? at), true);
    }
    chains -= top().chain;
    top().chain = 0;
  };
  /** Before what no integral can reach over: comma, `=`, closing bracket, the end. */
  const endIntegrals = (next: Token | undefined): void => {
    endProducts(next);
    if (top().kind === "integral") missingDifferential(line, top().token, next);
  };
  const next = (i: number): Token | undefined => {
    while (i < count && ((tokens[i] as Token).type === "amp" || (tokens[i] as Token).type === "newline")) i++;
    return tokens[i];
  };

  let i = 0;
  while (i < count) {
    const t = tokens[i] as Token;
    const last = out[out.length - 1];
    if (
      last !== undefined &&
      (last.type === "_" || last.type === "^") &&
      (t.type === "*" || t.type === "+" || t.type === "-" || t.type === "mark" || t.type === "bar")
    ) {
      if (t.type === "bar") fail("script", t, `found ${quote(t)}; expected a script`);
      emit(t, true);
      i++;
      continue;
    }
    switch (t.type) {
      case "name":
      case "number":
      case "prime":
        emit(t, true);
        break;
      case "hc":
        // Marks of alignment are skipped, but in a matrix they end the entry.
        hermitian(t, bracket().kind === "matrixOpen" ? tokens[i + 1] : next(i + 1));
        break;
      case "sqrt":
        emitAs(t, tokens[i + 1]?.type === "[" ? "degree" : "sqrt", false);
        break;
      case "nor":
        i = normal(t, i + 1);
        break;
      case "(":
      case "[":
      case "{":
      case "\\{":
      case "matrixOpen":
        push(t.type, t);
        emit(t, false);
        break;
      case ")":
      case "]":
      case "}":
      case "\\}":
      case "matrixClose":
        closeBracket(t);
        break;
      case "+":
      case "-":
        endProducts(t);
        operandBefore = ended;
        emit(t, false);
        break;
      case "->":
      case "relation":
      case "order":
      case "unequal":
      case "setminus":
      case ">":
      case "in":
      case ",":
        endIntegrals(t);
        emit(t, false);
        break;
      case "=":
        equals(t, i);
        break;
      case "/":
      case "*":
      case "\\otimes":
        top().chain++;
        chains++;
        if (stack.length + chains > deepest + 1) tooDeep(t);
        emit(t, false);
        break;
      case "cdot": {
        const after = next(i + 1);
        if (ended && after !== undefined && starters.has(after.type) && !closesBar(after)) emitAs(t, "times", false);
        else emitAs(t, "placeholder", true);
        break;
      }
      case "bar":
        bar(t, i);
        break;
      case "barOpen":
        push(t.text, t);
        emit(t, false);
        break;
      case "barClose":
        closeBar(t);
        break;
      case "langle":
        if (last?.type === "ketClose") {
          push("bra", t);
          emitAs(t, "braOpen", false);
        } else {
          push("angle", t);
          emit(t, false);
        }
        break;
      case "rangle":
        closeAngle(t, next(i + 1));
        break;
      case "colon":
        colon(t, i);
        break;
      case "differential":
        i = differentials(i);
        continue;
      case "int":
        i = integral(i);
        continue;
      case "sum":
        i = summation(i);
        continue;
      case "amp":
      case "newline":
        separator(t, i);
        break;
      default:
        emit(t, false);
    }
    i++;
  }
  endIntegrals(undefined);
  if (stack.length > 1) unclosed(top().kind, top().token, undefined);
  return out;

  /** Whether a bar that comes next would close one. */
  function closesBar(t: Token): boolean {
    return t.type === "bar" && top().kind === t.text;
  }

  /** `+ h.c.` ends a term by itself. */
  function hermitian(t: Token, after: Token | undefined): void {
    const sign = out[out.length - 1];
    const joined = after !== undefined && (starters.has(after.type) || /^(?:[_^/*]|\\otimes|cdot|times|prime|hc)$/.test(after.type));
    if (sign === undefined || !/^[+-]$/.test(sign.type) || !operandBefore || joined)
      fail(
        "hermitian-conjugate",
        t,
        `found "h.c."; expected it as a term of its own, after + and what it is the adjoint of`,
        "write A + h.c.",
      );
    emit(t, true);
  }

  /** `\Nor{A}`: the bracket takes over. Gives its place. */
  function normal(t: Token, at: number): number {
    const bracket = tokens[at];
    if (bracket === undefined || !/^(?:[([{]|\\\{)$/.test(bracket.type))
      fail(
        "unexpected-token",
        bracket ?? t,
        `found ${bracket === undefined ? "the end of the text" : quote(bracket)} after ${quote(t)}; expected a bracket`,
        "write \\Nor{A}",
      );
    const open = token(bracket.type, bracket.text, t.start, bracket.end, 1);
    push(open.type, open);
    emit(open, false);
    return at;
  }

  function closeBracket(t: Token): void {
    endIntegrals(t);
    if (top().kind !== openers.get(t.type)) unclosed(top().kind, top().token, t);
    pop();
    emit(t, true);
  }

  function equals(t: Token, i: number): void {
    endIntegrals(t);
    // An equation in brackets is for the grammar to refuse; what has no partner yet was hardly meant to go on.
    if (/^(?:\||\\\||angle|bra|colon)$/.test(top().kind)) unclosed(top().kind, top().token, t);
    const before = tokens[i - 1];
    // `==`, not an empty side: said here, where it is seen.
    if (before?.type === "=" && before.end === t.start)
      fail("double-equals", { start: before.start, end: t.end }, 'found "=="; expected "="', "one = is an equation");
    emit(t, false);
  }

  function bar(t: Token, i: number): void {
    const { kind } = innermost();
    const closes = kind === t.text || kind === "bra" || (kind === "angle" && !opensModulus(tokens, line.partners, i));
    if (ended && closes) closeBar(t);
    else {
      push(t.text, t);
      emitAs(t, "barOpen", false);
    }
  }

  /** The innermost open thing that is no prefix form. */
  function innermost(): Frame {
    let k = stack.length - 1;
    while ((stack[k] as Frame).kind === "prefix") k--;
    return stack[k] as Frame;
  }

  function closeBar(t: Token): void {
    endIntegrals(t);
    const { kind } = top();
    if (kind === "bra" && t.text === "|") {
      pop();
      emitAs(t, "braClose", true);
    } else if (kind === "angle" && t.text === "|") {
      emitAs(t, "mid", false);
    } else if (kind === t.text) {
      pop();
      emitAs(t, "barClose", true);
    } else fail("unmatched-bar", t, `found a closing ${quote(t)}; no bar is open here`);
  }

  function closeAngle(t: Token, after: Token | undefined): void {
    endIntegrals(t);
    const { kind, token: open } = top();
    if (kind === "angle") {
      pop();
      emit(t, true);
      return;
    }
    if (kind === "|") {
      pop();
      if (after?.type !== "langle")
        fail(
          "ket",
          after ?? t,
          `found ${after === undefined ? "the end of the text" : quote(after)} after a ket; expected "\\langle"`,
          "a ket stands in |f\\rangle\\langle g|",
        );
      open.type = "ketOpen";
      emitAs(t, "ketClose", false);
      return;
    }
    if (kind === "bottom") fail("unopened-bracket", t, 'found a closing "\\rangle"; no "\\langle" is open here');
    unclosed(top().kind, top().token, t);
  }

  /** `:A:`; in `:=` and `=:` the colon is part of the sign. */
  function colon(t: Token, i: number): void {
    const before = tokens[i - 1];
    const after = tokens[i + 1];
    if (ended && innermost().kind === "colon") {
      endIntegrals(t);
      pop();
      emitAs(t, "colonClose", true);
      return;
    }
    if (after?.type === "=" && after.start === t.end) return;
    if (before?.type === "=" && before.end === t.start && !colonFollows(i)) return;
    if (ended && !colonFollows(i)) {
      emit(t, false);
      return;
    }
    push("colon", t);
    emitAs(t, "colonOpen", false);
  }

  /** Whether a colon that could close this one comes before the next `=`. */
  function colonFollows(i: number): boolean {
    colonTable ??= colonsAhead(tokens);
    return colonTable[i] === 1;
  }

  function separator(t: Token, i: number): void {
    if (bracket().kind !== "matrixOpen") return;
    // The last row of a matrix may end in `\\`.
    if (t.type === "newline" && next(i)?.type === "matrixClose") return;
    endIntegrals(t);
    emit(t, false);
  }

  // ---- Integrals and sums ---------------------------------------------------------------------------------

  /** In `\substack` a line break separates. */
  function emitRange({ start, end }: Span): void {
    const stacked = tokens[start + 2]?.type === "substack";
    for (let k = start; k < end; k++) {
      const t = tokens[k] as Token;
      const last = t.type === "newline" && tokens[k + 1]?.type === "}";
      if (t.type !== "amp" && (t.type !== "newline" || (stacked && !last))) emit(t, true);
    }
  }

  /** The bracket around everything that is open and can be closed by a differential. */
  function bracket(): Frame {
    let k = stack.length - 1;
    while ((stack[k] as Frame).kind === "prefix" || (stack[k] as Frame).kind === "integral") k--;
    return stack[k] as Frame;
  }

  function differentials(i: number): number {
    const list = differentialsAt(line, i, bracket().kind === "matrixOpen");
    const around = bracket();
    let used = 0;
    while (used < list.length && around.needs > 0) {
      endProducts(tokens[(list[used] as Span).start]);
      const open = top().token;
      const left = list.length - used;
      if (left < open.count)
        fail(
          "integral-without-differential",
          open,
          `${quote(open)} takes ${open.count} differentials; found ${left}`,
          undeclaredDifferential(line, open) ?? (open.count === 2 ? "write \\int for one" : undefined),
        );
      const take = portion(open, left, around.needs);
      for (let k = 0; k < take; k++) emitRange(list[used + k] as Span);
      used += take;
      const at = (out[out.length - 1] as Token).end;
      pop();
      around.needs -= open.count;
      emit(token("intEnd", "", at, at), true);
    }
    const stray = list[used];
    if (stray !== undefined) {
      const d = tokens[stray.start] as Token;
      const label = tokens[stray.start + 1] as Token;
      fail(
        "differential-without-integral",
        { start: d.start, end: label.end },
        `found the differential d${label.text}; no integral is open here that it could close`,
        `write d ${label.text} for a product; an integral starts with \\int in the same bracket`,
      );
    }
    return (list[list.length - 1] as Span).end;
  }

  /** Reads integral signs that follow each other, with their domains and the differentials of the prefix notation. */
  function integral(i: number): number {
    const signs: Token[] = [];
    let at = i;
    while (tokens[at]?.type === "int") {
      const sign = tokens[at] as Token;
      at++;
      const subscript = tokens[at]?.type === "_" ? at : -1;
      if (subscript >= 0) at = argumentEnd(line, at + 1);
      if (tokens[at]?.type === "^")
        fail(
          "integral-limits",
          tokens[at] as Token,
          'found "^" after an integral sign; limits of integration are not known',
          "declare an index for the domain: index x in R^3",
        );
      const domain = subscript >= 0 ? domainOf(line, subscript) : [];
      if (domain === undefined) {
        for (const open of signs) openIntegral(open);
        if (tokens[at]?.type === "differential")
          fail(
            "differential-without-integral",
            tokens[at] as Token,
            "found a differential; the integral already names its labels",
            "write \\int_x E or \\int E dx",
          );
        emitAs(sign, "prefix", false);
        emitRange({ start: subscript, end: at });
        ended = false;
        push("prefix", sign);
        return at;
      }
      sign.inside = domain.map((dimension) => dimension ?? "d").join(",");
      signs.push(sign);
    }
    const list = differentialsAt(line, at, bracket().kind === "matrixOpen");
    const shares = share(signs, list);
    signs.forEach((sign, k) => {
      const own = shares[k] as readonly Span[];
      if (own.length === 0) openIntegral(sign);
      else {
        emitAs(sign, "prefix", false);
        for (const range of own) emitRange(range);
        ended = false;
        push("prefix", sign);
      }
    });
    return list.length === 0 ? at : (list[list.length - 1] as Span).end;
  }

  function openIntegral(sign: Token): void {
    bracket().needs += sign.count;
    push("integral", sign);
    emit(sign, false);
  }

  function summation(i: number): number {
    const sign = tokens[i] as Token;
    let at = i + 1;
    if (tokens[at]?.type !== "_") {
      const found = tokens[at];
      fail(
        "sum-without-labels",
        found ?? sign,
        `found ${found === undefined ? "the end of the text" : quote(found)} after \\sum; expected its labels`,
        "write \\sum_{m} or \\sum_{p \\in Z^3}",
      );
    }
    at = argumentEnd(line, at + 1);
    if (tokens[at]?.type === "^") at = argumentEnd(line, at + 1);
    emitAs(sign, "prefix", false);
    emitRange({ start: i + 1, end: at });
    ended = false;
    push("prefix", sign);
    return at;
  }
}

function frame(kind: string, t: Token): Frame {
  return { kind, token: t, needs: 0, chain: 0 };
}

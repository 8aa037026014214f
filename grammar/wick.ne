# The Wick language, one statement or one expression at a time.
#
# Input is the token stream of src/syntax/layout.ts, in which
#   - spacing, sizing and alignment are gone, names have their accents and primes,
#   - integrals and sums that reach to the end of a product are closed by %prefixEnd, integrals with
#     differentials by %intEnd,
#   - bars, colons and angles are told apart into opening, middle and closing ones.
# With that the grammar is LR-like: lists and operators are left recursive, every token has one role, and a
# text has one parse or none.
#
# Postprocessors run on every prefix that could be complete, so they are of constant cost: lists stay chains
# of pairs until the token that closes them is read (`group`, ...), statements until the parse has ended.

@preprocessor typescript
@lexer lexer
@{%
import { close, compare, divider, leaf, letter, lexer, mark, open, operator, over, scriptMark, separator, sign, star, unary } from "./tokens.js";
import * as b from "./build.js";
import * as r from "./range.js";
import * as s from "./declare.js";
%}

# ---- Entry points -----------------------------------------------------------------------------------------

statement ->
    %kwIndex names %in domain             {% ([, names, , domain]) => s.index(names, domain) %}
  | %kwParam parameters                   {% ([, list]) => s.param(list) %}
  | %kwBoson names                        {% ([, names]) => s.species("boson", names) %}
  | %kwFermion names                      {% ([, names]) => s.species("fermion", names) %}
  | %kwFunction declarations              {% ([, list]) => s.symbols("function", list) %}
  | %kwKernel declarations                {% ([, list]) => s.symbols("kernel", list) %}
  | %kwLet head "=" sum                   {% ([, head, , body]) => s.definition(head, undefined, body) %}
  | %kwLet head groups "=" sum            {% ([, head, groups, , body]) => s.definition(head, groups, body) %}
  | %kwAssume sum "=" sum                 {% ([, left, , right]) => s.assume(left, right) %}
  | %kwUnitary head "=" sum               {% ([, head, , body]) => s.unitary(head, body) %}
  | %kwClaim sides                        {% ([, sides]) => s.claim("claim", sides) %}
  | %kwRefute sides                       {% ([, sides]) => s.claim("refute", sides) %}
  | %kwShow sum                           {% ([, body]) => s.show(body) %}
  | %kwRule sum "->" sum                  {% ([, left, , right]) => s.rule(left, right) %}

expression -> sum                         {% ([body]) => s.expression(body) %}

# ---- Declarations -----------------------------------------------------------------------------------------

names -> head                             {% ([head]) => b.first(head) %}
  | names "," head                        {% ([list, , head]) => b.more(list, head) %}

# A name with the scripts that it is declared with.
head -> %name                             {% ([name]) => b.leaf(name) %}
  | head script                           {% ([head, script]) => b.scripted(head, script) %}

domain -> simple                          {% ([simple]) => b.first(simple) %}
  | domain "*" simple                     {% ([list, , simple]) => b.more(list, simple) %}
  | domain %times simple                  {% ([list, , simple]) => b.more(list, simple) %}

simple -> %name                           {% ([name]) => s.space(name) %}
  | %name "^" %number                     {% ([name, , power]) => s.space(name, power) %}
  | %name "^" "{" %number "}"             {% ([name, , , power]) => s.space(name, power) %}
  | "{" set "}"                           {% ([, set]) => set %}
  | "\\{" set "\\}"                       {% ([, set]) => set %}

set -> numbers                            {% ([list]) => s.finite(list) %}
  | names                                 {% ([list]) => s.symbolSet(list) %}
  | %number %dots bound                   {% ([from, , to]) => s.range(from, to) %}
  | numbers "," %dots "," bound           {% ([list, , , , to]) => s.listedRange(list, to) %}

numbers -> %number                        {% ([number]) => b.first(number) %}
  | numbers "," %number                   {% ([list, , number]) => b.more(list, number) %}

bound -> %number                          {% ([number]) => number %}
  | %name                                 {% ([name]) => name %}

parameters -> parameter                   {% ([item]) => b.first(item) %}
  | parameters "," parameter              {% ([list, , item]) => b.more(list, item) %}

parameter -> head                         {% ([head]) => s.parameter(head) %}
  | head ">" %number                      {% ([head, , zero]) => s.positive(head, zero) %}
  | head %in %name                        {% ([head, , field]) => s.inField(head, field) %}
  | head %attribute                       {% ([head, word]) => s.described(head, word) %}

declarations -> declaration               {% ([item]) => b.first(item) %}
  | declarations "," declaration          {% ([list, , item]) => b.more(list, item) %}

# With labels in its subscript a symbol needs no parentheses: `kernel t_{ij}`.
declaration -> head                       {% ([head]) => s.symbol(head) %}
  | head "(" items ")"                    {% ([head, , items, close]) => s.symbol(head, { items, close }) %}
  | declaration %attribute                {% ([declaration, word]) => s.attributed(declaration, word) %}
  | declaration "=" sum                   {% ([declaration, , value]) => s.equal(declaration, value) %}

groups -> "(" items ")"                   {% ([, items]) => b.first(items) %}
  | groups "(" items ")"                  {% ([list, , items]) => b.more(list, items) %}

sides -> sum "=" sum                      {% ([left, , right]) => b.more(b.first(left), right) %}
  | sides "=" sum                         {% ([list, , side]) => b.more(list, side) %}

# ---- Expressions ------------------------------------------------------------------------------------------
#
# Rules that differ in a token only are one rule with a class of tokens (`leaf`, `open`, `sign`, ... of
# src/syntax/tokens.ts): Earley's algorithm makes a state for each alternative at each token, and this is what
# the time goes into. Brackets are known to match, so one rule does for all of them.

items -> sum                              {% ([item]) => b.firstItem(item) %}
  | items %separator sum                  {% ([list, separator, item]) => b.moreItems(list, separator, item) %}

sum -> binary                             {% ([term]) => b.term(undefined, undefined, term) %}
  | "-" binary                            {% ([sign, term]) => b.term(undefined, sign, term) %}
  | sum %sign binary                      {% ([sum, sign, term]) => b.term(sum, sign, term) %}

binary -> product                         {% ([product]) => b.operand(undefined, undefined, product) %}
  | binary %operator product              {% ([left, operator, right]) => b.operand(left, operator, right) %}

product -> factor                         {% ([factor]) => b.factor(undefined, undefined, factor) %}
  | product factor                        {% ([product, factor]) => b.factor(product, undefined, factor) %}
  | product %over factor                  {% ([product, over, factor]) => b.factor(product, over, factor) %}

factor -> %leaf                           {% ([token]) => b.leaf(token) %}
  | factor script                         {% ([base, script]) => b.scripted(base, script) %}
  | %open items %close                    {% ([open, items, close]) => b.group(open, items, close) %}
  | %unary argument                       {% ([command, body]) => b.unary(command, body) %}
  | %frac argument argument               {% ([command, over, under]) => b.fraction(command, over, under) %}
  | %degree "[" sum "]" argument          {% ([command, , degree, , body]) => b.root(command, degree, body) %}
  | %int sum differentials %intEnd        {% ([open, body, labels]) => b.integral(open, labels, body) %}
  | %prefix range binary %prefixEnd       {% ([open, range, body]) => r.prefixed(open, range, body) %}
  | %ketOpen sum %ketClose %braOpen sum %braClose
                                          {% ([open, ket, , , bra, close]) => b.ketbra(open, ket, bra, close) %}
  | %matrixOpen rows %matrixClose         {% ([open, rows, close]) => b.matrix(open, rows, close) %}

script -> %scriptMark scriptBody          {% ([mark, body]) => b.script(mark, body) %}
  | %prime                                {% ([prime]) => b.prime(prime) %}

scriptBody -> %letter                     {% ([token]) => b.single(b.leaf(token)) %}
  | %mark                                 {% ([token]) => b.singleMark(token) %}
  | "{" scriptItems "}"                   {% ([open, items, close]) => b.braced(open, items, close) %}

scriptItems -> scriptItem                 {% ([item]) => b.first(item) %}
  | %star sum                             {% ([star, power]) => b.more(b.first(b.mark(star)), power) %}
  | scriptItems "," scriptItem            {% ([list, , item]) => b.more(list, item) %}

scriptItem -> %mark                       {% ([token]) => b.mark(token) %}
  | sum                                   {% ([sum]) => sum %}

# What a LaTeX command takes: one token or a group in braces, which then leave no trace.
argument -> %letter                       {% ([token]) => b.digit(token) %}
  | "{" sum "}"                           {% ([, sum, close]) => b.argument(sum, close) %}

# What an integral or a sum that reaches to the end of the product runs over.
range -> differentials                    {% ([labels]) => r.range(labels) %}
  | "_" %name                             {% ([, name]) => r.range(b.first(b.leaf(name))) %}
  | "_" "{" clauses "}"                   {% ([, , clauses]) => r.clauses(clauses) %}
  | "_" "{" %substack "{" clauses "}" "}" {% ([, , , , clauses]) => r.clauses(clauses) %}
  | "_" "{" names "=" %number "}" "^" limit
                                          {% ([, , names, , from, , , to]) => r.range(names, [s.range(from, to)]) %}

# Labels with their sets, and conditions: `p, q \in Z^3`, `p \neq 0`, `m, n : m \neq n`.
clauses -> clause                         {% ([clause]) => r.firstClause(clause) %}
  | clauses %divider clause               {% ([list, divider, clause]) => r.moreClauses(list, divider, clause) %}

clause -> sum                             {% ([label]) => ({ label }) %}
  | sum %in domain                        {% ([label, , domain]) => ({ label, domain }) %}
  | sum %in domain %setminus "\\{" items "\\}"
                                          {% ([label, , domain, sign, , without]) => ({ label, domain, sign, without }) %}
  | relations                             {% ([relations]) => ({ relations }) %}

relations -> sum %compare sum             {% ([left, sign, right]) => r.related(r.related(undefined, undefined, left), sign, right) %}
  | relations %compare sum                {% ([list, sign, right]) => r.related(list, sign, right) %}

limit -> bound                            {% ([bound]) => bound %}
  | "{" bound "}"                         {% ([, bound]) => bound %}

differentials -> differential             {% ([label]) => b.first(label) %}
  | differentials differential            {% ([list, label]) => b.more(list, label) %}

differential -> %differential head        {% ([, head]) => head %}

rows -> row                               {% ([row]) => b.first(row) %}
  | rows %newline row                     {% ([list, , row]) => b.more(list, row) %}

row -> sum                                {% ([cell]) => b.first(cell) %}
  | row %amp sum                          {% ([list, , cell]) => b.more(list, cell) %}

import { describe, expect, it } from "vitest";
import { faults, load, summary } from "./print.js";

const preamble = String.raw`index x, y, z, u in R^3
index m, n in {1, 2}
index p, q, r in Z^3
index X, Y in {1, 2} * R^3
param N > 0, s
boson a_x, b_x, z_X, c, d_m
fermion e_p
function f(x), g(x), \phi_m(x), h(p), \phi_3(x), v(X)
function V_{12}(x) real even
function w(x) real even, \tau(p) real
kernel k(X,Y) symmetric, l(x,y), o(x,y), t(m,n) hermitian
kernel V(x,y,z)
let A_x = \int \overline{l(y,x)} a_y dy
let \omega = l o
let D_m(x) = \phi_m(x) a_x
let u_1(x) = f(x)
let Z(f, g) = \int (\overline{f(x)} a_x + g(x) a_x^*) dx
let F(A)(x,y) = w(x-y) A(x,y)
let R_x(f) = f(x) a_x
unitary W = \exp(\sqrt{N} (a^*(f) - a(f)))
`;

/** What `show` of an expression gives, or its faults. */
function shown(text: string): string {
  const document = load(`${preamble}show: ${text}\n`);
  const messages = faults(document);
  return messages.length > 0 ? messages.join("\n") : (summary(document)[0] ?? "");
}

function table(rows: readonly (readonly [string, string])[]): void {
  it.each(rows)("%s", (text, expected) => expect(shown(text)).toBe(expected));
}

describe("arithmetic", () =>
  table([
    ["a_x + 1 - 2 a_y", "(+ a[x] 1 (* -1 2 a[y]))"],
    [String.raw`\frac{1}{2} a_x / N^2 \cdot N^{-1/2} \sqrt{N}`, "(* 1/2 a[x] (^ N -2) (^ N -1/2) (^ N 1/2))"],
    [String.raw`\pi 0.5 i \mathrm{i}`, "(* pi 1/2 i i)"],
    ["-a_x", "(* -1 a[x])"],
    [String.raw`1/\tau(p) a_x`, "(* (^ \\tau(p) -1) a[x])"],
    [String.raw`1/\exp(s)`, "(^ (exp s) -1)"],
    ["e^{-s}", "(exp (* -1 s))"],
    [String.raw`\cosh s + \sinh \tau(p) + \sqrt[3]{2}`, "(+ (cosh s) (sinh \\tau(p)) (^ 2 1/3))"],
    [String.raw`\cosh^2 s`, "(^ (cosh s) 2)"],
    [String.raw`\cosh 2s`, "(cosh (* 2 s))"],
    [String.raw`\sinh \frac12 \tau(p) N`, "(* (sinh (* 1/2 \\tau(p))) N)"],
    [String.raw`\cosh 2 \sinh 2`, "(* (cosh 2) (sinh 2))"],
    [String.raw`\cosh 2 a_x`, "(* (cosh 2) a[x])"],
    [String.raw`\cos s`, "(cosh (* i s))"],
    [String.raw`\sin s`, "(* -1 i (sinh (* i s)))"],
    [String.raw`\tanh s`, "(* (sinh s) (^ (cosh s) -1))"],
    [String.raw`\operatorname{Re} f(x)`, "(* 1/2 (+ f(x) (adj f(x))))"],
    [String.raw`\Im(a_x)`, "(* 1/2 i (+ a^*[x] (* -1 a[x])))"],
    ["(a_x + a_y)^2", "(^ (+ a[x] a[y]) 2)"],
  ]));

describe("a unitary stands behind the sum that it closes", () =>
  table([
    [String.raw`W^* \sum_p h(p) e_p^* e_p W`, "(* W^* (bind p (* h(p) e^*[p] e[p])) W)"],
    [String.raw`W^* \int dx a_x W`, "(* W^* (bind x a[x]) W)"],
    [String.raw`\sum_p W^* h(p) e_p W`, "(bind p (* W^* h(p) e[p] W))"],
  ]));

describe("functions in a sum with kernels", () =>
  table([
    ["(l + f)(x,y)", "(+ l(x,y) (* f(x) delta(x,y)))"],
    ["(f - l)(x,y)", "(+ (* f(x) delta(x,y)) (* -1 l(x,y)))"],
  ]));

describe("gradients without a label", () =>
  table([
    [String.raw`\nabla \overline{f(x)} + \overline{\nabla f(x)}`, "(+ (adj (d x f(x))) (adj (d x f(x))))"],
    [String.raw`\nabla (f g)(x)`, "(d x (* f(x) g(x)))"],
    // By which label, or of which function, is not said.
    [String.raw`\nabla (f(x) g(y))`, "21:7 bad-gradient found `\\nabla` without a label before something that is no function"],
    [String.raw`\nabla (f(2x) g(2x))`, "21:7 bad-gradient found `\\nabla` without a label before something that is no function"],
  ]));

describe("ladder operators and adjoints", () =>
  table([
    ["a_x a_x^* a^*_x a_x^\\dagger (a_x)^* {a_x}^*", "(* a[x] a^*[x] a^*[x] a^*[x] a^*[x] a^*[x])"],
    ["c c^* c^{*} (c^*)^{10} c^{10}", "(* c[] c^*[] c^*[] (^ c^*[] 10) (^ c[] 10))"],
    ["z_{1,x} z_{(1,x)} z_X^* z_{m,y}", "(* z[1,x] z[1,x] z^*[X.0,X.1] z[m,y])"],
    ["e_{p+q} e_{-p} e_0 e_{2p}", "(* e[p+q] e[-p] e[0] e[2p])"],
    ["\\overline{a_x} \\overline{a_x a_y}", "(* a^*[x] (adj (* a[x] a[y])))"],
    ["a(f)", "(bind x (* (adj f(x)) a[x]))"],
    ["a^*(f g)", "(bind x (* f(x) g(x) a^*[x]))"],
    ["a(f)^*", "(adj (bind x (* (adj f(x)) a[x])))"],
    ["\\overline{a}(f)", "(bind x (* f(x) a^*[x]))"],
    ["z(v)", "(bind X.0,X.1 (* (adj v(X.0,X.1)) z[X.0,X.1]))"],
    ["z(\\phi)", "(bind m,x (* (adj \\phi(m,x)) z[m,x]))"],
    ["a^*(l(\\cdot, x))", "(bind x~2 (* l(x~2,x) a^*[x~2]))"],
    ["a_x b_x + a_y + h.c.", "(+ (+ (* a[x] b[x]) a[y]) (adj (+ (* a[x] b[x]) a[y])))"],
    ["1 + (a_x - h.c.)", "(+ 1 (+ a[x] (* -1 a^*[x])))"],
    ["[a_x, a_y^*] + \\{e_p, e_q^*\\}", "(+ (comm a[x] a^*[y]) (anti e[p] e^*[q]))"],
    ["[a_x + a_y] \\{a_x\\}", "(* (+ a[x] a[y]) a[x])"],
    ["\\Nor{a_x a_x^*} + :a_x a_x^*:", "(+ (nor (* a[x] a^*[x])) (nor (* a[x] a^*[x])))"],
    ["\\langle a_x a_y^* \\rangle C(a_x, a_y^*)", "(* (vev (* a[x] a^*[y])) (contract a[x] a^*[y]))"],
    ["part_2(a_x a_y) part_{1,0}(a_x^*)", "(* (part 2 (* a[x] a[y])) (part 1,0 a^*[x]))"],
    ["W^* a_x W", "(* W^* a[x] W)"],
    ["(\\mathrm{i} \\partial_t W^*) W", "(* i (dt W^*) W)"],
  ]));

describe("binders and deltas", () =>
  table([
    ["\\int f(x) a_x^* dx", "(bind x (* f(x) a^*[x]))"],
    ["\\iint l(x,y) a_x^* a_y dx dy", "(bind x,y (* l(x,y) a^*[x] a[y]))"],
    ["\\int_{x,y} l(x,y)", "(bind x,y l(x,y))"],
    ["\\int k(X,Y) z_X^* z_Y dX dY", "(bind X.0,X.1,Y.0,Y.1 (* k(X.0,X.1,Y.0,Y.1) z^*[X.0,X.1] z[Y.0,Y.1]))"],
    ["\\sum_{m,n} t(m,n) d_m^* d_n", "(bind m,n (* t(m,n) d^*[m] d[n]))"],
    ["\\sum_{p \\in Z^3} e_p^* e_p", "(bind p (* e^*[p] e[p]))"],
    ["\\sum_{m,n=1}^2 t(m,n)", "(bind m,n t(m,n))"],
    ["\\int f(x_1) f(x') dx_1", "(bind x_1 (* f(x_1) f(x')))"],
    ["\\delta(x-y)", "delta(x-y,0)"],
    ["\\delta(N(x-y)) \\delta(x)", "(* delta(N(x-y),0) delta(x,0))"],
    ["\\delta_{m,n} \\delta_{mn} \\delta_{1n} \\delta_{12} \\delta_{11}", "(* delta(m,n) delta(m,n) delta(1,n) 0 1)"],
    ["\\delta(m-n)", "delta(m,n)"],
    ["\\delta_{p+q,r} \\delta_{p,0} \\delta(p-q)", "(* delta(p+q,r) delta(p,0) delta(p-q,0))"],
    ["\\delta(X-Y)", "(* delta(X.0,Y.0) delta(X.1-Y.1,0))"],
    ["\\delta_{X,Y}", "(* delta(X.0,Y.0) delta(X.1,Y.1))"],
  ]));

describe("values and arguments", () =>
  table([
    ["w(x-y) w(N(x-y)) w(2x - 3y/2) w(-x) w(N^{-1} x)", "(* w(x-y) w(N(x-y)) w(2x-3/2y) w(-x) w(N^-1(x)))"],
    ["w(N x - N y) h(-p+2q) h(0)", "(* w(N(x-y)) h(-p+2q) h(0))"],
    ["\\phi_m(x) \\phi_1(x) \\phi_3(x)", "(* \\phi(m,x) \\phi(1,x) \\phi_3(x))"],
    ["k_{12}(x,y) k_{mn}(x,y) k((1,x),(2,y)) k(1,x,2,y) v_1(x)", "(* k(1,x,2,y) k(m,x,n,y) k(1,x,2,y) k(1,x,2,y) v(1,x))"],
    ["k(X,(1,y))", "k(X.0,X.1,1,y)"],
    ["\\dot{\\phi}_1(x) \\partial_t f(x) a_x \\ddot{f}(x)", "(* (dt \\phi(1,x)) (dt f(x)) a[x] (dt (dt f(x))))"],
    ["\\partial_t^2 (f(x) a_x)", "(dt (dt (* f(x) a[x])))"],
    ["|\\phi_1(x)|^2 |f(x)|^4", "(* (adj \\phi(1,x)) \\phi(1,x) (^ (* (adj f(x)) f(x)) 2))"],
    ["\\bar{f}(x) f^*(x) \\overline{f(x)} f(x)^*", "(* (adj f(x)) (adj f(x)) (adj f(x)) (adj f(x)))"],
    ["f(x)^2 f^2(x)", "(* (^ f(x) 2) (^ f(x) 2))"],
    ["s(f(x) + 1)", "(* s (+ f(x) 1))"],
  ]));

describe("functions and kernels without arguments", () =>
  table([
    ["(f g)(x)", "(* f(x) g(x))"],
    ["(V_{12} * f)(x)", "(bind x~2 (* V_{12}(x-x~2) f(x~2)))"],
    ["(l * f)(x)", "(bind x~2 (* l(x,x~2) f(x~2)))"],
    ["(N^3 V_{12}(N\\cdot) * |f|^2)(x)", "(bind x~2 (* (^ N 3) V_{12}(N(x-x~2)) (adj f(x~2)) f(x~2)))"],
    ["N^3 V_{12}(N\\cdot) * |f|^2(x) a_x", "(* (bind x~2 (* (^ N 3) V_{12}(N(x-x~2)) (adj f(x~2)) f(x~2))) a[x])"],
    ["l f", "(bind y (* l(x,y) f(y)))".replaceAll("y", "x~2")],
    ["(l o)(x,y)", "(bind x~2 (* l(x,x~2) o(x~2,y)))"],
    ["l^*(x,y) l^\\top(x,y) \\overline{l}(x,y)", "(* (adj l(y,x)) l(y,x) (adj l(x,y)))"],
    ["(1 + s l)(x,y)", "(+ delta(x,y) (* s l(x,y)))"],
    ["(l - 1)(x,y)", "(+ l(x,y) (* -1 delta(x,y)))"],
    ["(k - 1)(X,Y)", "(+ k(X.0,X.1,Y.0,Y.1) (* -1 delta(X.0,Y.0) delta(X.1,Y.1)))"],
    ["l^2(x,y)", "(bind x~2 (* l(x,x~2) l(x~2,y)))"],
    ["k_{12}^\\top(x,y)", "k(1,y,2,x)"],
    ["\\operatorname{tr} l", "(bind x l(x,x))"],
    ["\\operatorname{tr}(l o) s", "(* (bind x (bind x~2 (* l(x,x~2) o(x~2,x)))) s)"],
    ["\\operatorname{tr} l o", "(bind x (bind x~2 (* l(x,x~2) o(x~2,x))))"],
    ["\\langle f, l g \\rangle", "(bind x (* (adj f(x)) (bind x~2 (* l(x,x~2) g(x~2)))))"],
    ["\\|f\\|^2", "(bind x (* (adj f(x)) f(x)))"],
    ["(f \\otimes g)(x,y)", "(* f(x) g(y))"],
    ["(|f\\rangle\\langle g|)(x,y)", "(* f(x) (adj g(y)))"],
    ["[l, o](x,y)", "(+ (bind x~2 (* l(x,x~2) o(x~2,y))) (* -1 (bind x~2 (* o(x,x~2) l(x~2,y)))))"],
    ["(V(x, \\cdot, \\cdot) f)(y)", "(bind x~2 (* V(x,y,x~2) f(x~2)))"],
    ["v((1,\\cdot))(x)", "v(1,x)"],
    ["(l f) g", "(* (bind x~2 (* l(x,x~2) f(x~2))) g(x))"],
  ]));

describe("definitions", () =>
  table([
    ["A_x A_y^* \\overline{A_x}", "(* A<x> (adj A<y>) (adj A<x>))"],
    ["\\omega(x,y) D_1(x) D_m(N x) u_1(y)", "(* \\omega<x,y> D<1,x> D<m,N(x)> u_1<y>)"],
    ["\\omega f", "(bind x~2 (* \\omega<x,x~2> f(x~2)))"],
    ["Z(g, f g)", "(bind x (+ (* (adj g(x)) a[x]) (* f(x) g(x) a^*[x])))"],
    ["Z^*(f, 0)", "(adj (bind x (+ (* (adj f(x)) a[x]) (* 0 a^*[x]))))"],
    ["F(l)(x,y)", "(* w(x-y) l(x,y))"],
    ["F(l)(2x,u)", "(* w(2x-u) l(2x,u))"],
    ["F(l) f", "(bind x~2 (* w(x-x~2) l(x,x~2) f(x~2)))"],
    ["F(1)(x,y)", "(* w(x-y) delta(x,y))"],
    ["F(f \\otimes g)^*(x,y)", "(adj (* w(y-x) f(y) g(x)))"],
    ["F(F(l))(x,y)", "(* w(x-y) w(x-y) l(x,y))"],
    ["R_y(g + f)", "(* (+ g(y) f(y)) a[y])"],
    ["\\sum_m R_x(\\phi_m)", "(bind m (* \\phi(m,x) a[x]))"],
  ]));

describe("equations", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["claim: f g = \\overline{f}", "(* f(x) g(x)) = (adj f(x))"],
    ["claim: l = 1", "l(x,y) = delta(x,y)"],
    ["claim: l = 0", "l(x,y) = 0"],
    ["claim: k_{12} = k_{21}^\\top", "k(1,x,2,y) = k(2,y,1,x)"],
    ["claim: a_x = a_y = 0", "a[x] = a[y] ; a[y] = 0"],
    ["claim: f = g = f", "f(x) = g(x) ; g(x) = f(x)"],
    ["refute: V(x,\\cdot,\\cdot) f = 0", "(bind x~2 (* V(x,y,x~2) f(x~2))) = 0"],
  ];
  it.each(rows)("%s", (text, expected) => {
    const document = load(`${preamble}${text}\n`);
    expect(faults(document)).toEqual([]);
    expect(summary(document)).toEqual([expected]);
  });
});

import { describe, expect, it } from "vitest";
import { sameKind } from "../../src/core/expression.js";
import { faults, load, summary } from "./print.js";

const preamble = String.raw`param p, q, N > 0
index x, y in R^3
index m, n in {1..p}
index j in {1..q}
index r in {1, 2}
index X, Y in {1..p} * R^3
boson z_X, c_m
function \phi_m(x), v(X), \mu_m
kernel k(X,Y) symmetric, t(m,n) hermitian
let Q_m = \sum_n t(m,n) c_n
`;

function shown(text: string): string {
  const document = load(`${preamble}show: ${text}\n`);
  const messages = faults(document);
  return messages.length > 0 ? messages.join("\n") : (summary(document)[0] ?? "");
}

describe("sets {1..p}", () => {
  it.each([
    [String.raw`\sum_m \mu_m c_m^* c_m`, String.raw`(bind m (* \mu(m) c^*[m] c[m]))`],
    [String.raw`\sum_{m=1}^p c_m`, "(bind m c[m])"],
    [String.raw`\sum_{m \in \{1, \dots, p\}} c_m`, "(bind m c[m])"],
    [String.raw`\sum_{m,n} \int k_{mn}(x,y) z_{m,x}^* z_{n,y}^* dx dy`, "(bind m,n (bind x,y (* k(m,x,n,y) z^*[m,x] z^*[n,y])))"],
    [String.raw`\int k(X,Y) z_X^* z_Y^* dX dY`, "(bind X.0,X.1,Y.0,Y.1 (* k(X.0,X.1,Y.0,Y.1) z^*[X.0,X.1] z^*[Y.0,Y.1]))"],
    ["ch(2k)_{mn}(x,y)", "ch(2k)(m,x,n,y)"],
    ["(ch(2k) - 1)(X,Y)", "(+ ch(2k)(X.0,X.1,Y.0,Y.1) (* -1 delta(X.0,Y.0) delta(X.1,Y.1)))"],
    [String.raw`\delta_{m,n} \delta_{mn}`, "(* delta(m,n) delta(m,n))"],
    [String.raw`\delta(X-Y)`, "(* delta(X.0,Y.0) delta(X.1-Y.1,0))"],
    [String.raw`\operatorname{tr} t`, "(bind m t(m,m))"],
    ["t^2", "(bind m~2 (* t(m,m~2) t(m~2,n)))"],
    ["Q_n^*", "(adj Q<n>)"],
    ["p c_m", "(* p c[m])"],
  ])("%s", (text, expected) => expect(shown(text)).toBe(expected));

  it("are one kind for one parameter", () => {
    const { scope } = load(preamble);
    const kind = (name: string) => scope.index(name)?.kinds[0] ?? { kind: "space" as const, dimension: 0 };
    expect(sameKind(kind("m"), kind("n"))).toBe(true);
    expect(sameKind(kind("m"), kind("X"))).toBe(true);
    expect(sameKind(kind("m"), kind("j"))).toBe(false);
    expect(sameKind(kind("m"), kind("r"))).toBe(false);
    expect(kind("m")).toMatchObject({ kind: "finite", values: [], size: { name: "p" } });
  });

  it.each([
    ["claim: c_1 = 0", "10 wrong-kind", "found the value 1", "{1..p}"],
    ["claim: k_{12}(x,y) = 0", "11 wrong-kind", "found the value 1"],
    ["claim: z_{(1,x)} = 0", "wrong-kind", "found the value 1"],
    ["claim: \\phi_1(x) = 0", "wrong-kind", "found the value 1"],
    ["claim: \\delta_{m,1} = 0", "wrong-kind", "found the value 1"],
    ["claim: c_j = 0", "10 wrong-kind", "{1..q}", "{1..p}"],
    ["claim: c_r = 0", "10 wrong-kind", "{1, 2}", "{1..p}"],
    ["claim: \\delta_{m,j} = 0", "wrong-kind", "{1..q}", "{1..p}"],
    ["claim: \\sum_{m=1}^q c_m = 0", "wrong-kind", "{1..q}", "{1..p}"],
    ["claim: \\sum_{m=1}^2 c_m = 0", "wrong-kind", "{1, 2}", "{1..p}"],
    ["index n in {1..q}", "redeclared", "`n`"],
    ["index l in {1..s}", "undeclared", "`s`", "parameter"],
    ["index l in {1..x}", "undeclared", "`x`", "parameter"],
    ["index l in {2..p}", "domain", "starts at 1"],
  ])("%s", (text, place, ...words) => {
    const document = load(`${preamble}${text}\n`);
    const [message, ...others] = faults(document);
    expect(others).toEqual([]);
    for (const word of [place, ...words]) expect(message).toContain(word);
  });
});

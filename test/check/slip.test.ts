import { describe, expect, test } from "vitest";
import { check } from "../../src/check/check.js";
import type { ClaimReport } from "../../src/check/report.js";

const preamble = `index x, y, z, u in R^3
index m, n in {1, 2}
param N > 0
boson a_x, b_x
boson c
function \\phi(x), \\phi_1(x), \\phi_2(x)
function V_1(x), V_2(x) real even
kernel k(x, y) symmetric
kernel l(x, y)
let E = \\int l(x,y) a_x^* a_y dx dy
`;

function claim(text: string): ClaimReport {
  const report = check(`${preamble}claim (1): ${text}\n`);
  expect(report.diagnostics).toEqual([]);
  return report.statements[0] as ClaimReport;
}

describe("a momentum with the wrong sign", () => {
  const momenta = `index p, q in Z^3
index s in {\\uparrow, \\downarrow}
fermion c_{p,s}
let b_p = c_{-p\\downarrow} c_{p\\uparrow}
`;
  // The pairs of Bardeen, Cooper and Schrieffer: [b_p, b_q^*] = \delta_{p,q} (1 - n_{p\uparrow} - n_{-p\downarrow}).
  test.each([
    [
      "[b_p, b_q^*] = \\delta_{p,q} (1 - c_{p\\uparrow}^* c_{p\\uparrow} - c_{p\\downarrow}^* c_{p\\downarrow})",
      "p should be -p in the operators of c_{p\\downarrow}^* c_{p\\downarrow}",
    ],
    [
      "\\{b_p, c_{q\\uparrow}^*\\} = 2 b_p c_{q\\uparrow}^* - \\delta_{p,q} c_{p\\downarrow}",
      "c_{p\\downarrow} should be c_{-p,\\downarrow}",
    ],
  ])("%s", (text, message) => {
    const { status, suggestion } = check(`${momenta}claim (1): ${text}\n`).statements[0] as ClaimReport;
    expect(status).toBe("refuted");
    expect(suggestion).toMatchObject({ slip: "label", message });
  });
});

describe("one slip that explains the residual is found, and its repair proved", () => {
  test.each([
    ["sign", "[a_x^*, a_y] = \\delta(x-y)", "-\\delta(x-y)"],
    ["sign", "[a_x a_y, a_z^*] = \\delta(y-z) a_x - \\delta(x-z) a_y", "\\delta(y-z) a_x + \\delta(x-z) a_y"],
    ["factor", "[c c, c^*] = c", "2 c"],
    ["factor", "\\langle c c^* \\rangle = 2", "1"],
    ["factor", "N c c^* = N c^* c + 2", "N c^* c + N"],
    ["factor", "2 \\sqrt{N} c = 2 c", "2 \\sqrt{N} c"],
    ["factor", "3 c = \\frac12 c", "3 c"],
    ["factor", "[c^*c, c] + N^{1/2} c = -c + N c", "-c + \\sqrt{N} c"],
    ["factor", "c c^* c + c^* = c^* c c + c + 2 c^*", "c^* c c + c + c^*"],
    ["conjugate", "[\\int \\overline{\\phi(x)} a_x dx, a_y^*] = \\phi(y)", "\\overline{\\phi(y)}"],
    ["conjugate", "[\\int \\phi(x) a_x dx, a_y^*] = \\overline{\\phi(y)}", "\\phi(y)"],
    ["adjoint", "[E, a_x^*] = \\int l(y,x) a_y dy", "\\int l(y,x) a_y^* dy"],
    ["index", "[\\int V_1(x-y) a_x^* a_x dx, a_z] = -V_2(z-y) a_z", "-V_1(z-y) a_z"],
    ["index", "[E, b_x^*] + [E, a_x^*] = \\int l(y,x) b_y^* dy", "\\int l(y,x) a_y^* dy"],
    ["index", "[a(\\phi_1), a^*(\\phi_2)] = \\int \\overline{\\phi_1(x)} \\phi_1(x) dx", "\\int \\overline{\\phi_1(x)} \\phi_2(x) dx"],
    ["swapped labels", "[E, a_x^*] = \\int l(x,y) a_y^* dy", "\\int l(y,x) a_y^* dy"],
    ["label", "[a_x, \\int k(y,z) a_y^* a_z^* dy dz] = 2 \\int k(y,z) a_z^* dz", "2 \\int k(x,z) a_z^* dz"],
    ["factor", "part_1(c c^* c) = 2 (3 c - 2 c)", "(3 c - 2 c)"],
    ["factor", "part_{1,1}(c c^* + 1) = 2 (\\frac12 c^* c + \\frac12 c^* c)", "(\\frac12 c^* c + \\frac12 c^* c)"],
    ["factor", "C(c, c^*) c = 2 (2 c - c)", "(2 c - c)"],
    ["superfluous term", "[c, c^*] = 1 + c^*", "1"],
    ["double term", "c c^* = c^* c + 1 + c^* c", "1 + c^* c"],
    ["missing term", "c^2 (c^*)^2 = (c^*)^2 c^2 + 4 c^* c", "(c^*)^2 c^2 + 4 c^* c + 2"],
    ["order", "(c^2 + c) c^* c^2 = c^* (c^2 + c) c^2", "(c^2 + c) c^* c^2"],
    ["power", "c^3 c^* = c^* c^3 + 3 c", "c^* c^3 + 3 c^2"],
    ["power", "c^4 c^* = c^* c^4 + 4 c^2", "c^* c^4 + 4 c^3"],
    [
      "conjugate",
      "\\nabla_x \\phi_1(x) \\nabla_x \\phi_2(x) = \\nabla_x \\overline{\\phi_1(x)} \\nabla_x \\phi_2(x)",
      "\\nabla_x \\phi_1(x) \\nabla_x \\phi_2(x)",
    ],
    ["index", "\\int \\nabla_x a_x^* \\nabla_x a_x dx = \\int \\nabla_x a_x^* \\nabla_x b_x dx", "\\int \\nabla_x a_x^* \\nabla_x a_x dx"],
  ])("%s: %s", (slip, text, repaired) => {
    const found = claim(text);
    expect(found.status).toBe("refuted");
    expect(found.suggestion).toMatchObject({ slip, side: "right" });
    expect(found.suggestion?.repaired.replace(/\s+/g, "")).toBe(repaired.replace(/\s+/g, ""));
    expect(claim(`${text.slice(0, text.indexOf(" = "))} = ${found.suggestion?.repaired}`).status).toBe("proved");
  });

  test("two terms too many are no single slip", () => {
    const found = claim("a_x a_y^* + c c^* = a_y^* a_x + \\delta(x-y) + c c^* + 2 c^* a_x + 2 a_x^* c");
    expect(found.suggestion).toBeUndefined();
    expect(found.words?.join()).toMatch(/left side lacks/);
  });

  test("a slip on the left is found where the right side has none", () => {
    expect(claim("\\int l(y,x) a_x^* a_y dx dy = E").suggestion).toMatchObject({
      side: "left",
      slip: "swapped labels",
      repaired: "\\int l(x,y) a_x^* a_y dx dy",
    });
  });

  test("what is offered stands where the slip is", () => {
    const report = check(`${preamble}claim (1): [a_x a_y, a_z^*]\n  = \\delta(y-z) a_x\n  - \\delta(x-z) a_y\n`);
    expect((report.statements[0] as ClaimReport).suggestion).toMatchObject({ line: 13, column: 5 });
  });

  test("a refute that passes costs no search", () => {
    const report = check(`${preamble}refute (1): [a_x^*, a_y] = \\delta(x-y)\n`);
    expect((report.statements[0] as ClaimReport).suggestion).toBeUndefined();
  });
});

describe("the residual in words", () => {
  test("terms that the right side lacks", () => {
    expect(claim("c^2 (c^*)^2 = (c^*)^2 c^2 + 4 c^* c").words).toEqual(["the printed right side lacks 2"]);
  });
  test("coefficients that differ", () => {
    expect(claim("c^2 c^* = c^* c^2 + c").words).toEqual(["c has the coefficient 2 on the left, 1 on the right"]);
  });
  test("terms that the left side lacks", () => {
    expect(claim("[c, c^*] = 1 + c").words).toEqual(["the printed right side has c, which the left side lacks"]);
  });
});

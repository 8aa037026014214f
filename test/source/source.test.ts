import { describe, expect, test } from "vitest";
import { distance, nearest } from "../../src/source/nearest.js";
import { cover, lineStarts, position } from "../../src/source/span.js";

describe("positions", () => {
  const text = "ab\ncd\r\n\ne";
  const starts = lineStarts(text);
  test.each([
    [0, 1, 1],
    [2, 1, 3],
    [3, 2, 1],
    [6, 2, 4],
    [7, 3, 1],
    [8, 4, 1],
    [9, 4, 2],
  ])("offset %i is %i:%i", (offset, line, column) => expect(position(starts, offset)).toEqual({ line, column }));
  test("an empty text has one line", () => expect(position(lineStarts(""), 0)).toEqual({ line: 1, column: 1 }));
});

test("cover", () => expect(cover({ start: 3, end: 5 }, { start: 1, end: 4 })).toEqual({ start: 1, end: 5 }));

describe("distance", () => {
  test.each([
    ["", "", 0],
    ["index", "indx", 1],
    ["claim", "calim", 1],
    ["show", "shew", 1],
    ["kernel", "colonel", 4],
  ])("%s %s %i", (a, b, d) => {
    expect(distance(a, b, 10)).toBe(d);
    expect(distance(b, a, 10)).toBe(d);
  });
  test("gives up beyond the limit", () => expect(distance("kernel", "colonel", 2)).toBe(3));
});

describe("nearest", () => {
  const names = ["\\phi_1", "\\phi_2", "\\psi", "a", "b"];
  test.each([
    ["\\phi_3", "\\phi_1"],
    ["\\phi2", "\\phi_2"],
    ["\\pis", "\\psi"],
    ["c", "a"],
    ["\\Gamma\\Gamma", undefined],
    ["x".repeat(1000), undefined],
  ])("%s -> %s", (word, expected) => expect(nearest(word, names)).toBe(expected));
});

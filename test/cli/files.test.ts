import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decode, documents, readText, readUsed } from "../../src/cli/files.js";

let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "wick-files-")));
  const write = (path: string, text: string | Uint8Array): void => writeFileSync(join(folder, path), text);
  for (const name of ["paper", "paper/sub", "paper/.hidden", "paper/node_modules", "empty"]) mkdirSync(join(folder, name));
  write("outside.wick", "boson o_x\n");
  write("paper/b.wick", "b");
  write("paper/a.wick", "a");
  write("paper/sub/c.wick", "c");
  write("paper/notes.txt", "no document");
  write("paper/.hidden/d.wick", "d");
  write("paper/node_modules/e.wick", "e");
  symlinkSync(join(folder, "paper"), join(folder, "paper/round"));
  symlinkSync(join(folder, "outside.wick"), join(folder, "paper/sub/link"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("which documents a path names", () => {
  test("a folder: every .wick below it in order, without links, hidden folders and packages", () => {
    expect(documents("paper", folder).map(({ path }) => path)).toEqual(["paper/a.wick", "paper/b.wick", "paper/sub/c.wick"]);
  });
  test("a file itself, whatever its name", () => {
    expect(documents("paper/notes.txt", folder)).toHaveLength(1);
  });
  test.each([
    ["empty", /empty: no \.wick document/],
    ["missing.wick", /missing\.wick: no such file/],
    ["paper/a.wick/b", /a part of the path is no folder/],
  ])("%s", (path, message) => {
    expect(() => documents(path, folder)).toThrow(message);
  });
});

describe("what a document may use", () => {
  const used = (path: string, from: string, root: string) => readUsed(path, join(folder, from), join(folder, root)).text;
  test("beside and below itself, and above as far as the root", () => {
    expect(used("sub/c.wick", "paper/a.wick", "paper")).toBe("c");
    expect(used("../a.wick", "paper/sub/c.wick", "paper")).toBe("a");
  });
  test.each([
    ["../outside.wick", "paper/a.wick", /leaves the folder paper/],
    ["../../../../etc/passwd", "paper/a.wick", /leaves the folder/],
    ["/etc/passwd", "paper/a.wick", /leaves the folder/],
    ["link", "paper/sub/c.wick", /through a link/],
    ["nowhere.wick", "paper/a.wick", /no such document/],
    ["sub", "paper/a.wick", /this is a folder/],
  ])("%s from %s", (path, from, message) => {
    expect(() => used(path, from, "paper")).toThrow(message);
  });
  test("a file on its own may use what lies below the current folder", () => {
    const [found] = documents("paper/sub/c.wick", folder);
    expect(readUsed("../a.wick", found?.absolute ?? "", found?.root ?? "").text).toBe("a");
  });
  test("a file from elsewhere may use only what lies below its own folder", () => {
    const [found] = documents(join(folder, "paper/sub/c.wick"), join(folder, "empty"));
    expect(() => readUsed("../a.wick", found?.absolute ?? "", found?.root ?? "")).toThrow(/leaves the folder/);
  });
});

describe("bytes", () => {
  test.each([
    [[0x61, 0x00, 0x62], /byte 2 is NUL/],
    [[0xff, 0xfe, 0x61], /no UTF-8/],
  ])("%j", (bytes, message) => {
    expect(() => decode("x", Uint8Array.from(bytes))).toThrow(message);
  });
  test("line ends of any kind, and no byte order mark", () => {
    expect(decode("x", new TextEncoder().encode("\ufeffa\r\nb\rc\n"))).toBe("a\nb\nc\n");
  });
  test("devices are no documents", () => {
    expect(() => readText("/dev/zero", "/dev/zero")).toThrow(/not a regular file/);
  });
});

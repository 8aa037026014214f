import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { Stop } from "./io.js";

/** Bytes that a document may have; a mistaken path should not fill the memory. */
const largest = 32 * 1024 * 1024;
/** Folders within folders, and documents in all. */
const deepest = 40;
const most = 20_000;

/** A document to be checked: its path as messages show it, and the folder that its `use` must stay in. */
export interface Found {
  readonly path: string;
  readonly absolute: string;
  readonly root: string;
}

/**
 * The documents that a path names: a file itself, or every `.wick` below a folder in the order of their names.
 * A single file may use what lies below the current folder, or beside and below it where it lies elsewhere.
 * @throws Stop where there is none
 */
export function documents(path: string, cwd: string): readonly Found[] {
  const absolute = resolve(cwd, path);
  const stats = attempt(path, () => statSync(absolute));
  if (stats.isDirectory()) {
    const found = below(path, absolute);
    if (found.length === 0) throw new Stop(`${path}: no .wick document in this folder`);
    return found.map((name) => ({ path: join(path, name), absolute: join(absolute, name), root: absolute }));
  }
  if (!stats.isFile()) throw new Stop(`${path}: neither a file nor a folder`);
  return [{ path, absolute, root: inside(absolute, cwd) ? cwd : dirname(absolute) }];
}

/** Relative paths of the documents below a folder. Links to folders are not followed: they may lead round in a circle. */
function below(shown: string, folder: string): readonly string[] {
  const found: string[] = [];
  const visit = (at: string, depth: number): void => {
    if (depth > deepest || found.length >= most) return;
    const entries = attempt(join(shown, at), () => readdirSync(join(folder, at), { withFileTypes: true }));
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const path = join(at, entry.name);
      if (entry.isDirectory()) visit(path, depth + 1);
      else if (entry.name.endsWith(".wick")) found.push(path);
    }
  };
  visit("", 0);
  return found;
}

function inside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!way.startsWith(`..${sep}`) && way !== ".." && !isAbsolute(way));
}

/** The text of a file. @throws Stop where it cannot be read, is too large, or is no text */
export function readText(shown: string, absolute: string): string {
  const stats = attempt(shown, () => statSync(absolute));
  if (stats.isDirectory()) throw new Stop(`${shown}: this is a folder, not a document`);
  if (!stats.isFile()) throw new Stop(`${shown}: not a regular file`);
  if (stats.size > largest)
    throw new Stop(
      `${shown}: ${Math.round(stats.size / 1024 / 1024)} MB are too much for a document (at most ${largest / 1024 / 1024} MB)`,
    );
  const bytes = attempt(shown, () => readFileSync(absolute));
  return decode(shown, bytes);
}

/** Bytes as UTF-8, without a byte order mark. @throws Stop for binary data */
export function decode(shown: string, bytes: Uint8Array): string {
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw new Stop(`${shown}: this is no text: byte ${nul + 1} is NUL`, "a document is plain UTF-8 text");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).replace(/\r\n?/g, "\n");
  } catch {
    throw new Stop(`${shown}: this is no UTF-8 text`, "save the document as UTF-8");
  }
}

/** Why a `use` finds nothing, in words. */
export class Refused extends Stop {}

/**
 * Reads what a document uses: relative to the document that says so, and inside `root`, also after links are followed.
 * @throws Refused
 */
export function readUsed(path: string, from: string, root: string): { readonly path: string; readonly text: string } {
  const target = resolve(dirname(from), path);
  if (isAbsolute(path) || !inside(target, root))
    throw new Refused(`it leaves the folder ${basename(root) || root}`, "documents are used from inside the folder that is checked");
  let real: string;
  try {
    real = realpathSync(target);
  } catch {
    throw new Refused("there is no such document");
  }
  if (!inside(real, realpathSync(root))) throw new Refused(`it leaves the folder ${basename(root) || root} through a link`);
  return { path: target, text: readText(path, real) };
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "this is a folder",
  ELOOP: "links lead round in a circle",
  ENAMETOOLONG: "the name is too long",
  ENOTDIR: "a part of the path is no folder",
  EMFILE: "too many open files",
};

/** Runs a file operation and says its failure in words. */
export function attempt<T>(shown: string, work: () => T): T {
  try {
    return work();
  } catch (problem) {
    const code = (problem as NodeJS.ErrnoException).code;
    if (code === undefined) throw problem;
    throw new Stop(`${shown}: ${reasons[code] ?? code}`);
  }
}

import { existsSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { broken, type Checked, type CheckFlags, checkFound } from "./document.js";
import type { Found } from "./files.js";

/** A document with its place among those that were asked for. */
export interface Job {
  readonly found: Found;
  readonly at: number;
}

/** What a worker is given. */
export interface Task {
  /** The longest first, so that none is left over for the end. */
  readonly jobs: readonly Job[];
  readonly flags: CheckFlags;
  readonly cwd: string;
  /** The number of the next job; then for each job the worker that has it, its statements done, and all of them. */
  readonly shared: SharedArrayBuffer;
  /** From 1; the main thread is 0. */
  readonly worker: number;
}

/** What a worker sends for each document. */
export interface Message {
  readonly at: number;
  readonly checked: Checked;
}

/** Bytes beside the longest document from which on another thread is worth its start, about a tenth of a second. */
const worthwhile = 4096;
const mostWorkers = 7;
/**
 * Megabytes of stack that give a worker as much room for recursion as the main thread has: 984 KB, and 192 KB that Node
 * keeps back. What is nested too deeply must not depend on the thread.
 */
const stackSizeMb = (984 + 192) / 1024;

/** Takes the next job for a thread; the number of jobs or more when none is left. */
export function claim(table: Int32Array, worker: number): number {
  const job = Atomics.add(table, 0, 1);
  if (3 * job + 1 < table.length) Atomics.store(table, 3 * job + 1, worker);
  return job;
}

/** Gives the documents of a check one after the other in their order. `say` is told how far a document on its way is. */
export type Checks = (at: number, say: (path: string, done: number, total: number) => void) => Promise<Checked>;

/**
 * Checks documents on several threads where that pays, each document as a whole on one: what is said of it does not
 * depend on the others, so that the reports are those of one thread. The main thread takes documents too.
 */
export function checks(documents: readonly Found[], flags: CheckFlags, cwd: string): Checks & { readonly end: () => void } {
  const run = (found: Found, say: Parameters<Checks>[1]): Checked =>
    checkFound(found, flags, cwd, (done, all) => say(found.path, done, all));
  const alone: Checks = async (at, say) => run(documents[at] as Found, say);
  const workers = threads(documents);
  if (workers === 0) return Object.assign(alone, { end: () => undefined });

  const sizes = documents.map(sizeOf);
  const jobs = documents
    .map((found, at) => ({ found, at }))
    .sort((a, b) => (sizes[b.at] as number) - (sizes[a.at] as number) || a.at - b.at);
  const place = new Map(jobs.map(({ at }, job) => [at, job]));
  const shared = new SharedArrayBuffer(4 * (1 + 3 * jobs.length));
  const table = new Int32Array(shared);
  const results = new Map<number, Checked>();
  let wake = (): void => undefined;
  const running: Worker[] = [];
  let alive = 0;

  /** A thread that is gone leaves a message in place of what it was checking. */
  const gone = (worker: number, problem: unknown): void => {
    jobs.forEach(({ found, at }, job) => {
      if (Atomics.load(table, 3 * job + 1) === worker && !results.has(at))
        results.set(at, { report: broken(found.path, problem), text: "" });
    });
    wake();
  };
  for (let number = 1; number <= workers; number++) {
    try {
      const task: Task = { jobs, flags, cwd, shared, worker: number };
      const worker = new Worker(program(), { workerData: task, resourceLimits: { stackSizeMb } });
      worker.on("message", ({ at, checked }: Message) => {
        results.set(at, checked);
        wake();
      });
      worker.on("error", (problem) => gone(number, problem));
      worker.on("exit", () => {
        alive--;
        gone(number, "the thread ended");
      });
      running.push(worker);
      alive++;
    } catch {
      // No thread can be had: the others do its share.
      break;
    }
  }

  const next: Checks = async (at, say) => {
    for (;;) {
      const known = results.get(at);
      if (known !== undefined) return known;
      const mine = claim(table, 0);
      const job = jobs[mine];
      if (job !== undefined) {
        results.set(job.at, run(job.found, say));
        // Lets in what the workers have sent meanwhile.
        await setImmediate();
        continue;
      }
      // Nobody is left to send it.
      if (alive === 0) return alone(at, say);
      const of = place.get(at) as number;
      const tell = setInterval(() => {
        const all = Atomics.load(table, 3 * of + 3);
        if (all > 0) say((documents[at] as Found).path, Atomics.load(table, 3 * of + 2), all);
      }, 100);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      clearInterval(tell);
    }
  };
  return Object.assign(next, {
    end: () => {
      for (const worker of running) void worker.terminate();
    },
  });
}

/** The compiled worker; when the sources are run as they are there is none. */
const program = (): URL => new URL("./worker.js", import.meta.url);

/** How many threads to start beside the main one. */
function threads(documents: readonly Found[]): number {
  if (documents.length < 2 || availableParallelism() < 2) return 0;
  const sizes = documents.map(sizeOf);
  if (sizes.reduce((sum, size) => sum + size, 0) - Math.max(...sizes) < worthwhile) return 0;
  if (!existsSync(fileURLToPath(program()))) return 0;
  return Math.min(availableParallelism() - 1, documents.length - 1, mostWorkers);
}

/** Bytes of a document, 0 where it cannot be read: that is said when it is. */
function sizeOf({ absolute }: Found): number {
  try {
    return statSync(absolute).size;
  } catch {
    return 0;
  }
}

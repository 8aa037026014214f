import { parentPort, workerData } from "node:worker_threads";
import { checkFound } from "./document.js";
import { claim, type Job, type Message, type Task } from "./parallel.js";

/** A thread of `wick check`: takes one document after the other and sends what it found, see `parallel.ts`. */
const { jobs, flags, cwd, shared, worker } = workerData as Task;
const table = new Int32Array(shared);
for (let job = claim(table, worker); job < jobs.length; job = claim(table, worker)) {
  const { found, at } = jobs[job] as Job;
  const checked = checkFound(found, flags, cwd, (done, all) => {
    Atomics.store(table, 3 * job + 2, done);
    Atomics.store(table, 3 * job + 3, all);
  });
  parentPort?.postMessage({ at, checked } satisfies Message);
}

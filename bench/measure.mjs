import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** GNU time knows the peak of a process that has ended; without it, Linux is asked while it runs. */
const gnuTime = existsSync("/usr/bin/time") && spawnSync("/usr/bin/time", ["-f", "%M", "true"], { encoding: "utf8" }).status === 0;

export const scratch = mkdtempSync(join(tmpdir(), "wickwork-bench-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

/**
 * Runs a program to its end, or for `limit` seconds: wall-clock milliseconds from start to end, peak memory in MB
 * (null where it cannot be known), what it printed, and whether it ended well.
 */
export function measure(command, args, { limit = 60 } = {}) {
  const peakFile = join(scratch, "peak");
  const line = gnuTime ? ["/usr/bin/time", "-q", "-f", "%M", "-o", peakFile, command, ...args] : [command, ...args];
  return new Promise((done) => {
    const started = performance.now();
    let ended = null;
    let timedOut = false;
    let kilobytes = null;
    let stdout = "";
    let stderr = "";
    // A group of its own, so that the limit ends the program and not only GNU time.
    const child = spawn(line[0], line.slice(1), { cwd: scratch, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const poll = () => {
      try {
        const peak = /VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"));
        if (peak !== null) kilobytes = Number(peak[1]);
      } catch {
        // It has ended, or this is not Linux.
      }
    };
    const polling = gnuTime ? null : setInterval(poll, 2);
    const timer = setTimeout(() => {
      timedOut = true;
      process.kill(-child.pid, "SIGKILL");
    }, limit * 1000);
    child.stdout.on("data", (data) => (stdout += data));
    child.stderr.on("data", (data) => (stderr += data));
    child.on("exit", () => {
      ended = performance.now();
    });
    child.on("error", (problem) => (stderr += problem.message));
    child.on("close", (code) => {
      clearTimeout(timer);
      clearInterval(polling);
      if (gnuTime && !timedOut && existsSync(peakFile)) kilobytes = Number(readFileSync(peakFile, "utf8").trim().split("\n").at(-1));
      done({
        ok: code === 0,
        timedOut,
        milliseconds: (ended ?? performance.now()) - started,
        megabytes: kilobytes === null ? null : kilobytes / 1024,
        stdout,
        stderr,
      });
    });
  });
}

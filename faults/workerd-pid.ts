/** The workerd processes that this process has started, and how much memory one of them has. */
import { readdirSync, readFileSync } from "node:fs";

export function workerdPids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(textOf(`/proc/${pid}/stat`)) ?? [];
      return name === "workerd" && parent === String(process.pid);
    })
    .map(Number);
}

/** Its resident memory in megabytes. */
export function memoryOf(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(textOf(`/proc/${pid}/status`))?.[1];
  return Number(kilobytes ?? Number.NaN) / 1_024;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // processes come and go while they are listed
  }
}

/**
 * A Worker in a workerd of its own, for benchmarks: reached through Miniflare's direct socket, so that no router stands
 * before it, with its objects on a memory disk where the machine has one, and with the processor time that it used.
 *
 * Units   processor time in milliseconds, user and system together, of that workerd alone.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";

type V4Options = Parameters<typeof convertV4MiniflareOptions>[0];
type WorkerOptions = Extract<V4Options, { workers: unknown }>["workers"][number];

export type Bench = {
  url: string;
  miniflare: Miniflare;
  /** The folder of its state. */
  state: string;
  cpuMs(): number;
  stop(): Promise<void>;
};

/** The kernel counts processor time in hundredths of a second on every Linux that runs Node. */
const TICK_MS = 10;
const MEMORY_DISK = "/dev/shm";

/** Start `worker`; resolves once it answers. `inspect` opens the inspector, for `profile`. */
export async function startWorkerd(worker: WorkerOptions, inspect = false): Promise<Bench> {
  const state = mkdtempSync(join(existsSync(MEMORY_DISK) ? MEMORY_DISK : tmpdir(), "aparte-bench-"));
  const before = new Set(workerdChildren());
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: 0,
      ...(inspect ? { inspectorPort: 0 } : {}),
      cf: false,
      resourcePersistencePath: state,
      defaultPersistRoot: state,
      workers: [{ ...worker, unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] }],
    }),
  );
  await miniflare.ready;
  const [pid] = workerdChildren().filter((each) => !before.has(each));
  if (pid === undefined) throw new Error("no workerd was started");
  const url = (await miniflare.unsafeGetDirectURL(worker.name)).origin;
  return {
    url,
    miniflare,
    state,
    cpuMs: () => cpuMsOf(pid),
    async stop() {
      await miniflare.dispose();
      rmSync(state, { recursive: true, force: true });
    },
  };
}

/** The workerd processes that this process started. */
function workerdChildren(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const stat = statOf(pid);
      return stat !== null && stat.name === "workerd" && stat.fields[1] === String(process.pid);
    });
}

function cpuMsOf(pid: number): number {
  const stat = statOf(pid);
  if (stat === null) throw new Error(`workerd ${pid} has ended`);
  return (Number(stat.fields[11]) + Number(stat.fields[12])) * TICK_MS;
}

/** The process's name and its fields from the state on; null where it has gone. */
function statOf(pid: number): { name: string; fields: string[] } | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    // Processes come and go while they are listed.
    return null;
  }
  const match = /^\d+ \((.*)\) (.*)$/s.exec(text);
  return match ? { name: match[1] ?? "", fields: (match[2] ?? "").split(" ") } : null;
}

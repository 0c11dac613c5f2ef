/**
 * Aparté in a workerd of its own, with faults to order (`faulty-worker.js`), on an empty state with the demo site.
 *
 * Shapes  `orders` are the faults; `site` is whom one talks to: the visitor's routes and the agents' logins.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions as workerOptionsOf } from "wrangler";
import { bundleWorker, QUIET, ROOT } from "../scripts/bundle.ts";
import { applyMigrations } from "../scripts/migrate.ts";
import { post } from "./http.ts";
import { workerdPids } from "./workerd-pid.ts";

export type Meters = { d1Queries: number; d1Statements: string[]; errors: string[] };

export type FaultyServer = {
  url: string;
  /** Its workerd: the same from beginning to end, or it crashed. */
  pid: number;
  /** Put a room out of memory, its sockets asleep or cut. */
  evictRoom(name: string, webSockets: "hibernate" | "close"): Promise<void>;
  evictDesk(webSockets: "hibernate" | "close"): Promise<void>;
  /** Move every object's time on. */
  passTime(ms: number): Promise<void>;
  ringRoom(name: string): Promise<void>;
  ringDesk(): Promise<void>;
  /** Set a room back to its first `keep` events, and have it renewed. */
  renewRoom(name: string, keep: number): Promise<void>;
  /** What was counted since the last time. */
  meters(): Promise<Meters>;
  stop(): Promise<void>;
};

const MEMORY_DISK = "/dev/shm";

export async function startFaultyServer(): Promise<FaultyServer> {
  Object.assign(process.env, QUIET, { WRANGLER_LOG: "warn" });
  const bundle = bundleWorker();
  const state = mkdtempSync(join(existsSync(MEMORY_DISK) ? MEMORY_DISK : tmpdir(), "aparte-faults-"));
  const { workerOptions } = workerOptionsOf(resolve(ROOT, "wrangler.toml"));
  const { assets: _pages, ...bindings } = workerOptions;
  const flags = [...(workerOptions.compatibilityFlags as string[]), "unsafe_module"];
  const before = new Set(workerdPids());
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: 0,
      cf: false,
      resourcePersistencePath: state,
      defaultPersistRoot: state,
      workers: [
        {
          ...bindings,
          name: "aparte",
          compatibilityFlags: flags,
          modules: [
            {
              type: "ESModule",
              path: resolve(bundle, "faulty-worker.js"),
              contents: readFileSync(join(import.meta.dirname, "faulty-worker.js"), "utf8"),
            },
            { type: "ESModule", path: resolve(bundle, "index.js") },
          ],
          modulesRoot: bundle,
          bindings: { ...(workerOptions.bindings as Record<string, string>), DEMO: "1" },
          unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
        },
      ],
    }),
  );
  const stop = async () => {
    await miniflare.dispose();
    rmSync(state, { recursive: true, force: true });
  };
  try {
    await miniflare.ready;
    await applyMigrations(await miniflare.getD1Database("DB"));
    const url = (await miniflare.unsafeGetDirectURL("aparte")).origin;
    await post(`${url}/api/setup/demo`, {});
    const [pid] = workerdPids().filter((each) => !before.has(each));
    if (pid === undefined) throw new Error("no workerd was started");
    return { url, pid, stop, ...ordersOf(url) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function ordersOf(url: string): Omit<FaultyServer, "url" | "pid" | "stop"> {
  const order = <T>(name: string, what: object) => post<T>(`${url}/__faults/${name}`, what);
  const desk = { binding: "SITE_DESK", name: "demo" };
  return {
    evictRoom: (name, webSockets) => order("evict", { binding: "CHAT_ROOM", name, webSockets }),
    evictDesk: (webSockets) => order("evict", { ...desk, webSockets }),
    passTime: (ms) => order("clock", { ms }),
    ringRoom: (name) => order("ring", { binding: "CHAT_ROOM", name }),
    ringDesk: () => order("ring", desk),
    renewRoom: (name, keep) => order("renew", { name, keep }),
    meters: () => order("meters", {}),
  };
}

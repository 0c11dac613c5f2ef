/** Aparté's bundled Worker as a benchmark starts it: every binding of `wrangler.toml`, migrated, with the demo site. */
import { resolve } from "node:path";
import { unstable_getMiniflareWorkerOptions as workerOptionsOf } from "wrangler";
import { bundleWorker, QUIET, ROOT } from "../scripts/bundle.ts";
import { applyMigrations } from "../scripts/migrate.ts";
import { type Bench, startWorkerd } from "./workerd.ts";

const API_KEY = "ak_demo_local_only";

/** A module that stands before the bundle and imports it as `./index.js`. */
export type Before = { entry: string; bundle: string };

/** Start it, with `before` in front where one is given. */
export async function startAparte(before: Before | null = null, inspect = false): Promise<Bench> {
  Object.assign(process.env, QUIET, { WRANGLER_LOG: "warn" });
  const bundle = before?.bundle ?? resolve(bundleWorker(), "index.js");
  const { workerOptions } = workerOptionsOf(resolve(ROOT, "wrangler.toml"));
  const folder = resolve(bundle, "..");
  const own = { type: "ESModule" as const, path: bundle };
  const { assets: _pages, ...bindings } = workerOptions;
  const worker = {
    ...bindings,
    name: "aparte",
    modules:
      before === null
        ? [own]
        : [{ type: "ESModule" as const, path: resolve(folder, "entry.js"), contents: before.entry }, own],
    modulesRoot: folder,
    bindings: { ...(workerOptions.bindings as Record<string, string>), DEMO: "1" },
  };
  const bench = await startWorkerd(worker, inspect);
  await applyMigrations(await bench.miniflare.getD1Database("DB"));
  await call(bench, "POST", "/api/setup/demo", null);
  return bench;
}

/** A call of the admin's API; throws with the answer where it is refused. */
export async function call(bench: Bench, method: string, path: string, body: unknown): Promise<unknown> {
  const answer = await fetch(`${bench.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${API_KEY}`, "content-type": "application/json" },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}

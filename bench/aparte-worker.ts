/** Aparté's bundled Worker as a benchmark starts it: every binding of `wrangler.toml`, migrated, with the demo site. */
import { resolve } from "node:path";
import { unstable_getMiniflareWorkerOptions as workerOptionsOf } from "wrangler";
import { bundleWorker, QUIET, ROOT } from "../scripts/bundle.ts";
import { applyMigrations } from "../scripts/migrate.ts";
import { type Bench, startWorkerd } from "./workerd.ts";

const API_KEY = "ak_demo_local_only";

/** Start it from `script`, a module that stands for the bundle where one is given. */
export async function startAparte(script: string | null = null): Promise<Bench> {
  Object.assign(process.env, QUIET, { WRANGLER_LOG: "warn" });
  const bundle = bundleWorker();
  const { workerOptions } = workerOptionsOf(resolve(ROOT, "wrangler.toml"));
  const entry = script ?? resolve(bundle, "index.js");
  const bench = await startWorkerd({
    ...workerOptions,
    name: "aparte",
    modules: [{ type: "ESModule", path: entry }],
    modulesRoot: resolve(entry, ".."),
    bindings: { ...(workerOptions.bindings as Record<string, string>), DEMO: "1" },
  });
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

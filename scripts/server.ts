/**
 * Aparté on one machine: the bundled Worker in workerd through Miniflare, with every binding and a state folder.
 *
 * A restart on the same folder finds everything that was acknowledged before.
 */
import { createServer } from "node:net";
import { resolve } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions as workerOptionsOf } from "wrangler";
import { bundleWorker, QUIET, ROOT } from "./bundle.ts";
import { applyMigrations } from "./migrate.ts";

export type ServerOptions = {
  /** 0 takes a free one. */
  port: number;
  stateDir: string;
  /** Seed the demo site where the state is empty; true unless told otherwise. */
  demo?: boolean;
  /** Values that replace those of `wrangler.toml` and `.dev.vars`. */
  vars?: Record<string, string>;
  host?: string;
};

type Bindings = Record<string, string>;

export type RunningServer = { url: string; miniflare: Miniflare; stop(): Promise<void> };

/** Where a request on this machine is said to come from, as the edge would say it. */
const PLACE = {
  country: "FR",
  region: "Île-de-France",
  regionCode: "IDF",
  city: "Paris",
  postalCode: "75002",
  latitude: "48.86817",
  longitude: "2.34278",
  timezone: "Europe/Paris",
  continent: "EU",
  isEUCountry: "1",
  colo: "CDG",
  asn: 64_496,
  httpProtocol: "HTTP/1.1",
  tlsVersion: "TLSv1.3",
};

/** Start, migrate and (by default) seed; resolves once requests succeed. Throws where any of it fails. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  Object.assign(process.env, QUIET, { WRANGLER_LOG: "warn" });
  const port = options.port === 0 ? await freePort() : options.port;
  const demo = options.demo ?? true;
  const bundle = bundleWorker();
  const state = resolve(ROOT, options.stateDir);
  const { workerOptions } = workerOptionsOf(resolve(ROOT, "wrangler.toml"));
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: options.host ?? "127.0.0.1",
      port,
      cf: PLACE,
      resourcePersistencePath: state,
      defaultPersistRoot: state,
      workers: [
        {
          ...workerOptions,
          name: "aparte",
          modules: [{ type: "ESModule", path: resolve(bundle, "index.js") }],
          modulesRoot: bundle,
          bindings: { ...(workerOptions.bindings as Bindings), DEMO: demo ? "1" : "", ...options.vars },
        },
      ],
    }),
  );
  const url = `http://localhost:${port}`;
  const stop = () => miniflare.dispose();
  try {
    await miniflare.ready;
    await applyMigrations(await miniflare.getD1Database("DB"));
    if (demo) await seedDemo(url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, miniflare, stop };
}

/** The demo site, written by the Worker itself; a state that has one is left as it is. */
async function seedDemo(url: string): Promise<void> {
  const answer = await fetch(`${url}/api/setup/demo`, { method: "POST" });
  if (answer.status === 404) return console.warn("This Worker has no demo to seed.");
  if (!answer.ok) throw new Error(`the demo was not seeded: ${answer.status} ${await answer.text()}`);
}

/** A port nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer().once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => {
        if (address !== null && typeof address === "object") done(address.port);
        else fail(new Error("no free port"));
      });
    });
  });
}

/**
 * The least a Worker could do with a batch: hand its bytes to the visitor's object, which keeps them in one row.
 * What Aparté costs is measured against this.
 */
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { freePort } from "../scripts/server.ts";

const SCRIPT = `
import { DurableObject } from "cloudflare:workers";
export class Keeper extends DurableObject {
  constructor(state, env) {
    super(state, env);
    state.storage.sql.exec("CREATE TABLE IF NOT EXISTS kept (id INTEGER PRIMARY KEY, body TEXT NOT NULL)");
  }
  keep(body) {
    this.ctx.storage.sql.exec("INSERT INTO kept (body) VALUES (?)", body);
  }
}
export default {
  async fetch(request, env) {
    const body = await request.text();
    const visitor = JSON.parse(body).batch[0].anonymousId;
    await env.KEEPER.getByName(visitor).keep(body);
    return Response.json({ success: true });
  },
};`;

export type BareServer = { url: string; stop(): Promise<void> };

export async function startBareServer(stateDir: string): Promise<BareServer> {
  const port = await freePort();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port,
      cf: false,
      resourcePersistencePath: stateDir,
      defaultPersistRoot: stateDir,
      workers: [
        {
          name: "bare",
          compatibilityDate: "2026-10-20",
          modules: true,
          script: SCRIPT,
          durableObjects: { KEEPER: { className: "Keeper", useSQLite: true } },
        },
      ],
    }),
  );
  await miniflare.ready;
  return { url: `http://localhost:${port}`, stop: () => miniflare.dispose() };
}

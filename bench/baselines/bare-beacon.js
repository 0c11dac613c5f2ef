/**
 * The least that a beacon could cost: a Worker that parses the body, calls the visitor's object, and upserts one row
 * there, without an index. No checks, no facts, no campaigns. What Aparté adds is measured against this.
 */
import { DurableObject } from "cloudflare:workers";

export class Keeper extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS kept (id INTEGER PRIMARY KEY, body TEXT NOT NULL)");
  }

  /** Keep the newest batch of this visitor. */
  keep(batch) {
    this.ctx.storage.sql.exec(
      "INSERT INTO kept (id, body) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
      JSON.stringify(batch),
    );
    return batch.length;
  }
}

export default {
  async fetch(request, env) {
    const { batch } = await request.json();
    const visitor = batch[0].anonymousId;
    const kept = await env.KEEPER.getByName(`demo:${visitor}`).keep(batch);
    return Response.json({ success: true, decisions: [], wake_after_ms: null, rejected: [], kept });
  },
};

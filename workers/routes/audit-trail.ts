/** Who changed what: the row that every change writes in its own transaction. */
import { sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import { audit } from "../../migrations/schema.ts";
import { newId } from "../auth/people.ts";
import type { Caller } from "../env.ts";
import type { Asked } from "./openapi.ts";

export type Change = { site: string; action: string; target: string; detail?: object };

export function actorOf(caller: Caller): string {
  return caller.kind === "user" ? caller.id : `key:${caller.id}`;
}

export function auditInsert(db: DrizzleD1Database, c: Asked, change: Change) {
  const { site, action, target, detail } = change;
  return db.insert(audit).values({
    id: newId("aud"),
    site,
    actor: actorOf(c.var.caller),
    action,
    target,
    detail: detail === undefined ? null : JSON.stringify(detail),
    at: c.var.now,
  });
}

/** The same, only where `condition` holds: for a change that may have lost a race. */
export function auditInsertWhere(
  db: DrizzleD1Database,
  c: Asked,
  change: Change,
  condition: ReturnType<typeof sql>,
) {
  const { site, action, target, detail } = change;
  const text = detail === undefined ? null : JSON.stringify(detail);
  return db.insert(audit).select(
    sql`SELECT ${newId("aud")}, ${site}, ${actorOf(c.var.caller)}, ${action}, ${target}, ${text}, ${c.var.now}
      WHERE ${condition}`,
  );
}

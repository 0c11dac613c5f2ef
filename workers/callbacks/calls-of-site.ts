/** The calls of a site as its agents see them: the list, and who takes and concludes which. */
import type { CallOutcome } from "../../domain/availability/callback.ts";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { CALL_COLUMNS, type Call } from "./book.ts";

/** `open` is what has still to be called, the most urgent first; the others begin with the latest. */
export const LISTS = ["open", "done", "cancelled", "all"] as const;
export type List = (typeof LISTS)[number];
export type Place = [slotAt: EpochMs, id: string];

const WHICH: Readonly<Record<List, string>> = {
  open: "status IN ('booked', 'claimed')",
  done: "status = 'done'",
  cancelled: "status = 'cancelled'",
  all: "TRUE",
};

export type Listed = Call & { agent_name: string | null };

export async function listCalls(
  env: Env,
  site: SiteKey,
  { list, after, limit }: { list: List; after: Place | null; limit: number },
): Promise<Listed[]> {
  const [compare, direction] = list === "open" ? [">", "ASC"] : ["<", "DESC"];
  const [at, id] = after ?? (list === "open" ? [0, ""] : [Number.MAX_SAFE_INTEGER, ""]);
  const { results } = await env.DB.prepare(
    `SELECT ${CALL_COLUMNS}, (SELECT name FROM user WHERE user.id = agent_id) AS agent_name FROM callbacks
     WHERE site = ?1 AND ${WHICH[list]} AND (slot_at, id) ${compare} (?2, ?3)
     ORDER BY slot_at ${direction}, id ${direction} LIMIT ?4`,
  )
    .bind(site, at, id, limit)
    .all<Listed>();
  return results;
}

export function findCall(env: Env, site: SiteKey, id: string): Promise<Listed | null> {
  return env.DB.prepare(
    `SELECT ${CALL_COLUMNS}, (SELECT name FROM user WHERE user.id = agent_id) AS agent_name FROM callbacks
     WHERE site = ?1 AND id = ?2`,
  )
    .bind(site, id)
    .first<Listed>();
}

type By = { site: SiteKey; id: string; agent: string; isAdmin: boolean; now: EpochMs };
const MAY = "(agent_id IS NULL OR agent_id = ?3 OR ?4)";

/** Take the call; false where somebody else was first or it is over. Taking what one has changes nothing. */
export async function claimCall(env: Env, { site, id, agent, isAdmin, now }: By): Promise<boolean> {
  const { meta } = await env.DB.prepare(
    `UPDATE callbacks SET status = 'claimed', agent_id = ?3,
       claimed_at = CASE WHEN agent_id = ?3 THEN claimed_at ELSE ?5 END
     WHERE site = ?1 AND id = ?2 AND status IN ('booked', 'claimed') AND ${MAY}`,
  )
    .bind(site, id, agent, isAdmin ? 1 : 0, now)
    .run();
  return meta.changes > 0;
}

/** Give it back. */
export async function releaseCall(env: Env, { site, id, agent, isAdmin }: By): Promise<boolean> {
  const { meta } = await env.DB.prepare(
    `UPDATE callbacks SET status = 'booked', agent_id = NULL, claimed_at = NULL
     WHERE site = ?1 AND id = ?2 AND status IN ('booked', 'claimed') AND ${MAY}`,
  )
    .bind(site, id, agent, isAdmin ? 1 : 0)
    .run();
  return meta.changes > 0;
}

/** Say what became of it; the address it was booked from is forgotten. */
export async function concludeCall(
  env: Env,
  { site, id, agent, isAdmin, now }: By,
  { outcome, note }: { outcome: CallOutcome; note: string | null },
): Promise<boolean> {
  const { meta } = await env.DB.prepare(
    `UPDATE callbacks SET status = 'done', agent_id = coalesce(agent_id, ?3), claimed_at = coalesce(claimed_at, ?5),
       outcome = ?6, note = ?7, concluded_at = ?5, address = NULL
     WHERE site = ?1 AND id = ?2 AND status IN ('booked', 'claimed') AND ${MAY}`,
  )
    .bind(site, id, agent, isAdmin ? 1 : 0, now, outcome, note)
    .run();
  return meta.changes > 0;
}

/**
 * Booking a call: one statement of D1 counts the slot, the visitor and the address, and writes the row.
 *
 * D1 runs statements one after the other, so of any number who want the last place as many get one as there are
 * places, and the same request again meets its own row. Nothing is counted anywhere else.
 */
import type { Slot } from "../../domain/availability/slots.ts";
import type { CallbackSettings } from "../../domain/availability/settings.ts";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { sha256Hex } from "../../durable-objects/sha256.ts";

export type Call = {
  site: SiteKey;
  id: string;
  visitor_id: string;
  created_at: EpochMs;
  slot_at: EpochMs;
  slot_ends_at: EpochMs;
  phone: string;
  name: string | null;
  topic: string | null;
  locale: string;
  page: string | null;
  status: "booked" | "claimed" | "done" | "cancelled";
  agent_id: string | null;
  claimed_at: EpochMs | null;
  outcome: "reached" | "not_reached" | "voicemail" | null;
  note: string | null;
  concluded_at: EpochMs | null;
};

export type Wanted = Pick<
  Call,
  "site" | "id" | "visitor_id" | "phone" | "name" | "topic" | "locale" | "page"
> & { address: string; slot: Slot };

export type Booked =
  | { ok: true; call: Call; repeated: boolean }
  | { ok: false; reason: "full" | "visitor" | "address" };

const HOUR_MS = 3_600_000;
/** How long a booking counts against the address that it came from. */
export const COUNTED_MS = HOUR_MS;
/** No slot is longer (`CallbackSettings`). */
const LONGEST_SLOT_MS = 4 * HOUR_MS;

export const CALL_COLUMNS = `site, id, visitor_id, created_at, slot_at, slot_ends_at, phone, name, topic, locale, page,
  status, agent_id, claimed_at, outcome, note, concluded_at`;

/** How many calls of site `?1` touch the slot between the two parameters. */
const inSlot = (from: string, to: string) => `(SELECT count(*) FROM callbacks
  WHERE site = ?1 AND slot_at > ${from} - ${LONGEST_SLOT_MS} AND slot_at < ${to} AND slot_ends_at > ${from}
    AND status <> 'cancelled'`;
/** How many visitor `?2` has coming at `?3`, and how many were booked from address `?4` within the hour before. */
const OF_VISITOR = `(SELECT count(*) FROM callbacks
  WHERE site = ?1 AND visitor_id = ?2 AND status IN ('booked', 'claimed') AND slot_ends_at > ?3)`;
const OF_ADDRESS = `(SELECT count(*) FROM callbacks WHERE site = ?1 AND address = ?4 AND created_at > ?3 - ${COUNTED_MS})`;

const BOOK = `INSERT INTO callbacks
  (site, visitor_id, created_at, address, slot_at, slot_ends_at, id, phone, name, topic, locale, page, status)
  SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'booked'
  WHERE ${inSlot("?5", "?6")}) < ?13 AND ${OF_VISITOR} < ?14 AND ${OF_ADDRESS} < ?15
  ON CONFLICT (site, id) DO NOTHING
  RETURNING ${CALL_COLUMNS}`;

const MOVE = `UPDATE callbacks SET slot_at = ?2, slot_ends_at = ?3, mailed_at = NULL
  WHERE site = ?1 AND id = ?4 AND status IN ('booked', 'claimed') AND ${inSlot("?2", "?3")} AND id <> ?4) < ?5
  RETURNING ${CALL_COLUMNS}`;

/** The id of the call that `visitor` asks for with `requestId`. */
export async function callIdOf(visitor: string, requestId: string): Promise<string> {
  return `clb_${(await sha256Hex(`${requestId}:${visitor}`)).slice(0, 32)}`;
}

/** Book `wanted`; the same id again is the call that it was. */
export async function bookCall(
  env: Env,
  wanted: Wanted,
  limits: Pick<CallbackSettings, "capacity" | "per_visitor" | "per_address_hour">,
  now: EpochMs,
): Promise<Booked> {
  const { site, id, visitor_id: visitor, address, slot, phone, name, topic, locale, page } = wanted;
  const { capacity, per_visitor: ofVisitor, per_address_hour: ofAddress } = limits;
  const counted = [site, visitor, now, address];
  const made = await env.DB.prepare(BOOK)
    .bind(
      ...counted,
      slot.from,
      slot.to,
      id,
      phone,
      name,
      topic,
      locale,
      page,
      capacity,
      ofVisitor,
      ofAddress,
    )
    .first<Call>();
  if (made !== null) return { ok: true, call: made, repeated: false };
  const known = await readCall(env, site, id);
  if (known !== null) return { ok: true, call: known, repeated: true };
  const counts = await env.DB.prepare(`SELECT ${OF_VISITOR} AS visitor, ${OF_ADDRESS} AS address`)
    .bind(...counted)
    .first<{ visitor: number; address: number }>();
  if ((counts?.visitor ?? 0) >= ofVisitor) return { ok: false, reason: "visitor" };
  return { ok: false, reason: (counts?.address ?? 0) >= ofAddress ? "address" : "full" };
}

/** Move a call that nobody has made yet into `slot`; null where it is full, or the call is over. */
export function moveCall(
  env: Env,
  { site, id, slot, capacity }: { site: SiteKey; id: string; slot: Slot; capacity: number },
): Promise<Call | null> {
  return env.DB.prepare(MOVE).bind(site, slot.from, slot.to, id, capacity).first<Call>();
}

/** The visitor does not want it any more; what is cancelled already stays so. Null where it was made. */
export function cancelCall(env: Env, site: SiteKey, id: string, now: EpochMs): Promise<Call | null> {
  return env.DB.prepare(
    `UPDATE callbacks SET status = 'cancelled', address = NULL, concluded_at = coalesce(concluded_at, ?3)
     WHERE site = ?1 AND id = ?2 AND status <> 'done' RETURNING ${CALL_COLUMNS}`,
  )
    .bind(site, id, now)
    .first<Call>();
}

export function readCall(env: Env, site: SiteKey, id: string): Promise<Call | null> {
  return env.DB.prepare(`SELECT ${CALL_COLUMNS} FROM callbacks WHERE site = ?1 AND id = ?2`)
    .bind(site, id)
    .first<Call>();
}

/** What takes places between `from` and `to`. */
export async function bookedBetween(env: Env, site: SiteKey, from: EpochMs, to: EpochMs): Promise<Slot[]> {
  const { results } = await env.DB.prepare(
    `SELECT slot_at, slot_ends_at FROM callbacks
     WHERE site = ?1 AND slot_at > ?2 AND slot_at < ?3 AND status <> 'cancelled'`,
  )
    .bind(site, from - LONGEST_SLOT_MS, to)
    .all<{ slot_at: EpochMs; slot_ends_at: EpochMs }>();
  return results.map(({ slot_at, slot_ends_at }) => ({ from: slot_at, to: slot_ends_at }));
}

/**
 * Letters to a site's people about what visitors left and booked.
 *
 * Each is taken by one statement of which only one caller sees the row, and given back where nobody could be written
 * to; so a letter leaves once, and a run that is killed in between sends one too few, never two. What was left is in the
 * list in any case.
 */
import {
  type BookedNote,
  bookedLetter,
  type Head,
  leftLetter,
  type Letter,
} from "../../domain/availability/letters.ts";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { shownPhone } from "../callbacks/phone.ts";
import { referenceOf } from "../callbacks/reference.ts";
import { filesBeside } from "../files/beside-message.ts";
import { type Mailer, mailerOf } from "./mailer.ts";

/** What is older is no news; so who is named only now is not written to about last month. */
const NEWS_MS = 86_400_000;
const LETTERS_A_RUN = 50;

type Left = {
  id: string;
  email: string;
  name: string | null;
  body: string;
  page: string | null;
  at: EpochMs;
};
type Booked = Omit<BookedNote, "reference" | "slotAt"> & { id: string; slot_at: EpochMs };
type Table = "left_messages" | "callbacks";

/** Every site's letters that have not left yet. (Called by the schedule.) */
export async function sendVisitorLetters(env: Env, now: EpochMs): Promise<void> {
  const { results } = await env.DB.prepare(
    `SELECT key FROM sites WHERE json_array_length(settings, '$.message_recipients') > 0 AND key IN (
       SELECT site FROM left_messages WHERE mailed_at IS NULL AND at > ?1
       UNION SELECT site FROM callbacks WHERE mailed_at IS NULL AND created_at > ?1)`,
  )
    .bind(now - NEWS_MS)
    .all<{ key: SiteKey }>();
  const failures: unknown[] = [];
  for (const { key } of results) failures.push(...(await sendLettersOf(env, mailerOf(env), key, now)));
  if (failures.length > 0) throw new AggregateError(failures, "a letter about a visitor was not sent");
}

/** The letters of `site`; what could not be sent stays for the next run and is returned. */
export async function sendLettersOf(
  env: Env,
  mailer: Mailer,
  site: SiteKey,
  now: EpochMs,
): Promise<unknown[]> {
  const row = await env.DB.prepare("SELECT settings FROM sites WHERE key = ?1")
    .bind(site)
    .first<{ settings: string }>();
  const settings = row === null ? null : SiteSettings.parse(JSON.parse(row.settings));
  if (settings === null || settings.message_recipients.length === 0) return [];
  const { name, locale, timezone, message_recipients: to } = settings;
  const head = (path: string): Head => ({ site: name, locale, timezone, link: `${originOf(env)}${path}` });
  const place = { site, mailer, to };
  const failures: unknown[] = [];
  const messages = await take<Left>(env, site, "left_messages", now);
  const files = await filesBeside(
    env,
    site,
    messages.map(({ id }) => id),
  );
  for (const left of messages) {
    const names = (files.get(left.id) ?? []).map(({ name: file }) => file);
    const note = { ...left, reference: await referenceOf(site, left.id), files: names };
    const letter = leftLetter(note, head(`/admin/${encodeURIComponent(site)}/left-messages`));
    failures.push(...(await deliver(env, { ...place, table: "left_messages", id: left.id }, letter)));
  }
  for (const call of await take<Booked>(env, site, "callbacks", now)) {
    const reference = await referenceOf(site, call.id);
    const note = { ...call, reference, phone: shownPhone(call.phone), slotAt: call.slot_at };
    const letter = bookedLetter(note, head("/console/"));
    failures.push(...(await deliver(env, { ...place, table: "callbacks", id: call.id }, letter)));
  }
  return failures;
}

const MOMENT: Readonly<Record<Table, string>> = { left_messages: "at", callbacks: "created_at" };

/** The rows that no letter has told yet, marked as told. */
async function take<Row>(env: Env, site: SiteKey, table: Table, now: EpochMs): Promise<Row[]> {
  const moment = MOMENT[table];
  const cancelled = table === "callbacks" ? "AND status IN ('booked', 'claimed')" : "";
  const { results } = await env.DB.prepare(
    `UPDATE ${table} SET mailed_at = ?2 WHERE site = ?1 AND id IN (
       SELECT id FROM ${table} WHERE site = ?1 AND mailed_at IS NULL AND ${moment} > ?3 ${cancelled}
       ORDER BY ${moment} LIMIT ${LETTERS_A_RUN})
     AND mailed_at IS NULL RETURNING *`,
  )
    .bind(site, now, now - NEWS_MS)
    .all<Row>();
  return results;
}

type Place = { site: SiteKey; mailer: Mailer; to: readonly string[]; table: Table; id: string };

async function deliver(
  env: Env,
  { site, mailer, to, table, id }: Place,
  { replyTo, ...letter }: Letter,
): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const each of to) {
    try {
      await mailer.send({ to: each, ...letter, ...(replyTo === null ? {} : { replyTo }) });
    } catch (error) {
      failures.push(error);
    }
  }
  // Where one had it, the others are not worth a second letter to that one.
  if (failures.length === to.length) {
    await env.DB.prepare(`UPDATE ${table} SET mailed_at = NULL WHERE site = ?1 AND id = ?2`)
      .bind(site, id)
      .run();
  }
  return failures;
}

function originOf({ APP_HOST: host }: Env): string {
  return host === "" ? "http://localhost:8787" : `https://${String(host)}`;
}

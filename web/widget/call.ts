/**
 * A booked call as the page remembers it: what the server said of it, and its token.
 *
 * Pure but for the browser's words for dates. Errors: what has the wrong shape is null.
 */
import { fields, text } from "./server.ts";
import type { Words } from "./words.ts";

export type Call = {
  id: string;
  reference: string;
  slot: string;
  status: string;
  phone: string;
  token: string;
  timezone: string;
  ics: string;
};

/** The call in the server's answer, or as it was kept. */
export function callOf(answer: Record<string, unknown>): Call | null {
  const told = fields(answer["callback"]);
  const call = {
    id: text(told["id"]),
    reference: text(told["reference"]),
    slot: text(told["slot"]),
    status: text(told["status"]),
    phone: text(told["phone"]),
    token: text(answer["token"]),
    timezone: text(answer["timezone"]),
    ics: text(answer["ics"]),
  };
  return call.id !== "" && Number.isFinite(Date.parse(call.slot)) ? call : null;
}

/** What was kept in this tab; a call that is over or long past is none. */
export function callIn(kept: string | null): Call | null {
  try {
    const call = callOf(fields(JSON.parse(kept ?? "null")));
    return call && call.status !== "cancelled" && Date.parse(call.slot) > Date.now() - 3_600_000
      ? call
      : null;
  } catch {
    return null; // not ours, or cut short
  }
}

/** "lundi 23 novembre, 10:00", by the site's clock. */
export function callLine({ slot, timezone }: Pick<Call, "slot" | "timezone">, { tag }: Words): string {
  const zone = timezone ? { timeZone: timezone } : {};
  const say = (format: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(tag, { ...zone, ...format }).format(new Date(slot));
  const day = say({ weekday: "long", day: "numeric", month: "long" });
  return `${day}, ${say({ hour: "2-digit", minute: "2-digit" })}`;
}

/**
 * Contacts beside the chat: a call or an e-mail that the site's own server tells, to be held against the invitation.
 *
 * Only a server's word counts: on a page anybody could say so.
 */
import type { Event } from "../events/event.ts";
import type { RecordOf } from "../history/records.ts";
import { type ContactEvents } from "../site/contact-events.ts";
import { queueWaiting } from "./outgoing.ts";
import type { RecordContext, Recorded } from "./record.ts";

const USUAL: ContactEvents = { phone: ["Call Started"], email: ["Email Sent"] };

/** `before` with the contact that `event` tells; unchanged for other events and for what a page says. */
export function recordContact(before: Recorded, event: Event, context: RecordContext): Recorded {
  if (!context.trusted || event.type !== "track") return before;
  const channel = channelOf(event.name, context.contactEvents ?? USUAL);
  if (channel === null) return before;
  const record: RecordOf<"contacts"> = {
    table: "contacts",
    id: event.id,
    revision: 1,
    visitor_id: before.state.visitor,
    at: event.at,
    channel,
  };
  return { ...before, state: queueWaiting(before.state, record, context.now) };
}

function channelOf(name: string, { phone, email }: ContactEvents): RecordOf<"contacts">["channel"] | null {
  if (phone.includes(name)) return "phone";
  return email.includes(name) ? "email" : null;
}

/**
 * Visits from a file of messages, or of batches of them, as a site sends them to the ingest: the same reading, the same
 * names for visitors, the same cut into visits; each message's own time stands for its arrival.
 *
 * Errors  what cannot be read is returned with its path, the others count.
 */
import { type Message, nestsDeeper, readMessage } from "../../domain/events/message.ts";
import { deviceOf, isBot } from "../../domain/visit/user-agent.ts";
import type { FiledEvent } from "../../domain/targeting/dry-run-visits.ts";
import { visitsOfEvents } from "../../domain/targeting/dry-run-visits.ts";
import type { PublishedSite } from "../../domain/targeting/campaign.ts";
import { eventOf } from "../ingest/normalise.ts";
import { visitorOf } from "../ingest/visitor-id.ts";
import type { VisitorVisits } from "./kept-visits.ts";

export type Rejected = { path: string; message: string };
type Raw = { path: string; raw: unknown };

/** The visitors in `content`; bots and messages without consent are left out, as the ingest leaves them out. */
export function readFile(
  content: readonly unknown[],
  { settings, site, funnels }: PublishedSite,
): { visitors: VisitorVisits[]; rejected: Rejected[] } {
  const rejected: Rejected[] = [];
  const byVisitor = new Map<string, FiledEvent[]>();
  for (const { path, raw } of content.flatMap((item, index) => unfolded(item, `messages.${index}`))) {
    const read = readOne(raw);
    if ("fault" in read) {
      rejected.push({
        path: [path, read.fault.path].filter((part) => part !== "").join("."),
        message: read.fault.message,
      });
      continue;
    }
    const { message, at } = read;
    const userAgent = message.context?.userAgent ?? null;
    const bot = userAgent !== null && isBot(userAgent, settings.admit_headless);
    if (bot || message.context?.consent?.status === "denied") continue;
    const visitor = visitorOf({ anonymousId: message.anonymousId, userId: message.userId }, false);
    const event = { ...eventOf(message, null, at), at };
    const device = deviceOf(userAgent, message.context?.locale ?? null);
    const filed = { event, device, place: NOWHERE };
    byVisitor.set(visitor, [...(byVisitor.get(visitor) ?? []), filed]);
  }
  const rules = {
    site,
    funnels,
    currency: settings.currency,
    orderAmount: settings.order_amount,
    idleMs: settings.session_idle_minutes * 60_000,
  };
  const visitors = [...byVisitor].map(([visitor, filed]) => ({
    visitor,
    visits: visitsOfEvents(
      visitor,
      filed.toSorted((a, b) => a.event.at - b.event.at),
      rules,
    ),
  }));
  return { visitors, rejected };
}

const NOWHERE = { country: null, region: null, city: null };

/** The messages of a batch, each with the batch's context where it has none of its own; anything else as it is. */
function unfolded(item: unknown, path: string): Raw[] {
  if (typeof item !== "object" || item === null || !("batch" in item) || !Array.isArray(item.batch)) {
    return [{ path, raw: item }];
  }
  const context = "context" in item ? { context: item.context } : {};
  return item.batch.map((raw: unknown, index) => ({
    path: `${path}.batch.${index}`,
    raw: typeof raw === "object" && raw !== null ? { ...context, ...raw } : raw,
  }));
}

type Read = { message: Message; at: number } | { fault: { path: string; message: string } };

function readOne(raw: unknown): Read {
  if (nestsDeeper(raw)) return { fault: { path: "", message: "this message nests too deep" } };
  const read = readMessage(raw, null);
  if (!read.ok) return { fault: read.fault };
  const { message } = read;
  const at = message.originalTimestamp ?? message.timestamp ?? message.sentAt ?? null;
  if (at === null) return { fault: { path: "timestamp", message: "a message of a file needs its time" } };
  return { message, at };
}

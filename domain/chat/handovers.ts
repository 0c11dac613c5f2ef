/**
 * What a conversation's log says of how it went from hand to hand, and of the canned answers that were sent in it.
 *
 * A conversation goes from the queue to an agent, from one agent to another by transfer or because a supervisor takes it
 * over, and back to the queue where its agent is gone. A transfer that its agent called off before anybody took it is told
 * too; it moved nothing.
 *
 * Pure. Shapes  as history keeps them (`domain/history/records.ts`), oldest first, and only the first so many.
 * Units         `EpochMs`.
 */
import type { Entry } from "./room.ts";
import type { EventFrame, MessageFrame } from "./wire.ts";

/** What history keeps of one conversation; nobody hands one on more often. */
export const MAX_HANDOVERS = 100;
export const MAX_CANNED_USES = 100;

/** The last two are between the queue and an agent: they hand nothing on. */
export const HANDOVER_KINDS = ["transferred", "taken_over", "taken_back", "assigned", "requeued"] as const;
export type HandoverKind = (typeof HANDOVER_KINDS)[number];
export type Handover = {
  at: number;
  kind: HandoverKind;
  /** Who had it, and who has it now, null for the queue; of one that was called off, who was asked. */
  from: string | null;
  to: string | null;
  /** The skill that was asked for, where no colleague was named. */
  skill: string | null;
};
export type SentCanned = { at: number; agent: string; canned: string; edited: boolean };
export type Hands = { handovers: Handover[]; canned: SentCanned[] };

/** The events that say who has a conversation. */
const KINDS: Readonly<Record<string, HandoverKind>> = {
  assigned: "assigned",
  requeued: "requeued",
  transferred: "transferred",
  taken_over: "taken_over",
  transfer_taken_back: "taken_back",
};
export const HAND_EVENTS: readonly string[] = Object.keys(KINDS);

/** Whether a conversation went from one agent to another by this. */
export function isHandedOn({ kind }: Pick<Handover, "kind">): boolean {
  return kind === "transferred" || kind === "taken_over";
}

/** Read from `entries`, oldest first; what is neither is passed over. */
export function handsIn(entries: Iterable<Entry>): Hands {
  const handovers: Handover[] = [];
  const canned: SentCanned[] = [];
  let holder: string | null = null;
  for (const entry of entries) {
    if (entry.type === "message") {
      const sent = sentIn(entry);
      if (sent !== null && canned.length < MAX_CANNED_USES) canned.push(sent);
      continue;
    }
    const kind = KINDS[entry.name];
    if (kind !== undefined && handovers.length < MAX_HANDOVERS)
      handovers.push(handoverIn(entry, kind, holder));
    if (kind === "requeued") holder = null;
    else if (kind !== "taken_back") holder = idIn(entry["agent"]) ?? holder;
  }
  return { handovers, canned };
}

function sentIn({ at, from, canned }: MessageFrame): SentCanned | null {
  if (canned === undefined || from.role !== "agent") return null;
  return { at: Date.parse(at), agent: from.id, canned: canned.id, edited: canned.edited };
}

/** `holder` had it before, where the event does not say who. */
function handoverIn(event: EventFrame, kind: HandoverKind, holder: string | null): Handover {
  const [agent, skill] = [idIn(event["agent"]), event["skill"]];
  const isBack = kind === "taken_back";
  return {
    at: Date.parse(event.at),
    kind,
    from: isBack ? agent : kind === "assigned" ? null : (idIn(event["from"]) ?? holder),
    to: isBack ? idIn(event["asked"]) : agent,
    skill: typeof skill === "string" && (isBack || kind === "transferred") ? skill : null,
  };
}

function idIn(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("id" in value)) return null;
  return typeof value.id === "string" ? value.id : null;
}

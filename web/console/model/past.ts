/**
 * A conversation that history holds, as `GET /api/sites/{site}/conversations/{id}` tells it.
 *
 * Shapes  `entries` are its log in the order of `seq`, empty where its text is no longer kept. `at` is EpochMs.
 * Errors  throws where the answer is no conversation; an entry that cannot be read is left out.
 */
import * as z from "zod/mini";
import { EventFrame, MessageFrame } from "../../../domain/chat/wire.ts";
import type { EpochMs } from "../../../domain/ids.ts";
import type { LogEntry } from "./log.ts";

const Answer = z.object({ created_at: z.string(), status: z.string(), log: z.array(z.unknown()) });
const Entry = z.discriminatedUnion("type", [MessageFrame, EventFrame]);

/** `whole`: it has ended and its text is there; else history may still be writing it. */
export type Past = { at: EpochMs; whole: boolean; entries: LogEntry[] };

export function readPast(answer: unknown): Past {
  const { created_at, status, log } = Answer.parse(answer);
  const entries = log.flatMap((one) => {
    const entry = Entry.safeParse(one);
    return entry.success ? [entry.data] : [];
  });
  const whole = status === "closed" && entries.length > 0;
  return { at: Date.parse(created_at), whole, entries: entries.toSorted((a, b) => a.seq - b.seq) };
}

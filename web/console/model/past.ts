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

const Answer = z.object({ created_at: z.string(), log: z.array(z.unknown()) });
const Entry = z.discriminatedUnion("type", [MessageFrame, EventFrame]);

export type Past = { at: EpochMs; entries: LogEntry[] };

export function readPast(answer: unknown): Past {
  const { created_at, log } = Answer.parse(answer);
  const entries = log.flatMap((one) => {
    const entry = Entry.safeParse(one);
    return entry.success ? [entry.data] : [];
  });
  return { at: Date.parse(created_at), entries: entries.toSorted((a, b) => a.seq - b.seq) };
}

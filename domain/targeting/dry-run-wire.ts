/**
 * A dry run as the API takes and tells it.
 *
 * Units   shares from 0 to 1, durations in seconds, hours as ISO 8601 of their beginning.
 */
import * as z from "zod";
import { CampaignInput } from "./campaign.ts";
import { OUTCOMES } from "./outcome.ts";

export const MAX_DRY_RUN_VISITS = 20_000;
export const MAX_FILE_MESSAGES = 10_000;

export const DryRunRequest = z
  .object({
    campaign: CampaignInput,
    /** Where the draft changes a campaign that exists: its arms are that one's. */
    campaign_id: z.string().max(100).optional(),
    last: z.int().min(1).max(MAX_DRY_RUN_VISITS).optional(),
    from: z.string().optional(),
    to: z.string().optional(),
    /** A file's content instead of the site's visits: messages, or batches of them, as the ingest takes them. */
    messages: z.array(z.unknown()).min(1).max(MAX_FILE_MESSAGES).optional(),
    /** The share of those shown who accept; goes before what the site has measured. */
    acceptance: z.number().min(0).max(1).optional(),
    /** How long a conversation takes; goes before what the site has measured. */
    handle_seconds: z.number().min(1).max(86_400).optional(),
  })
  .refine(
    ({ messages, last, from, to }) =>
      messages === undefined || [last, from, to].every((one) => one === undefined),
    {
      message: "a file is played whole: leave out last, from and to",
      path: ["messages"],
    },
  );
export type DryRunRequest = z.input<typeof DryRunRequest>;

const count = z.int();

export const DryRunAnswer = z.object({
  visits: count,
  visitors: count,
  /** Visitors for whom the condition held at some moment; those below it are among them, each once. */
  matched: count,
  stopped: z.array(z.object({ reason: z.enum(OUTCOMES), visitors: count })),
  eligible: count,
  shown: count,
  held_out: count,
  /** Eligible moments by the hour, hours without any left out. */
  hours: z.array(z.object({ hour: z.string(), shown: count, held_out: count })),
  /** From the first moment that was replayed to the last. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** There were more visits than were asked for: the newest of them were replayed. */
  truncated: z.boolean(),
  /** Messages of a file that could not be read, the first of them with the reason. */
  rejected: z.object({ count, first: z.array(z.object({ path: z.string(), message: z.string() })) }),
  acceptance: z.object({
    /** What was reckoned with: what was given, else what was measured; null where neither is enough. */
    value: z.number().nullable(),
    numerator: count.nullable(),
    denominator: count.nullable(),
    given: z.boolean(),
    /** What the site measured in 31 days, whether it was reckoned with or not, and how many displays that takes. */
    measured: z.object({ accepted: count, displays: count, needed: count }),
  }),
  /** Null where nothing leads to a conversation, or the acceptance is not known. */
  chats: z.object({ per_hour: z.number(), busiest_hour: z.number() }).nullable(),
  staffing: z.object({
    /** Null where the chats or the time that one takes are not known. */
    agents: count.nullable(),
    agents_busiest_hour: count.nullable(),
    service_level: z.number(),
    within_seconds: count,
    handle_seconds: z.number().nullable(),
    handle_given: z.boolean(),
    /** Conversations of 31 days from which it can be measured; used unless it was given. */
    handle_measured: count,
    concurrency: count,
    concurrency_measured: z.boolean(),
  }),
});
export type DryRunAnswer = z.infer<typeof DryRunAnswer>;

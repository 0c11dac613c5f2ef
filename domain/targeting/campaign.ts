/**
 * A campaign as its owner writes it, and the site's published configuration that carries the live ones.
 *
 * Shapes  `CampaignInput` is what create and update accept; `Campaign` adds what the server keeps.
 * Units   `holdout` and `weight` are shares from 0 to 1; caps are counts and days; `window_hours` hours.
 */
import * as z from "zod";
import { SiteSettings } from "../site/settings.ts";

export const DECISION_KINDS = [
  "chat",
  "offer",
  "content",
  "callback",
  "call",
  "video",
  "survey",
  "tour",
] as const;
export const DecisionKind = z.enum(DECISION_KINDS);
export type DecisionKind = z.infer<typeof DecisionKind>;

const text = (max: number) => z.string().trim().max(max);

const webAddress = z.url({ protocol: /^https?$/ }).max(2_000);
/** A path of the site itself. A browser reads `//host` and `/\\host` as another site and drops tabs and line breaks. */
const sitePath = z
  .string()
  .max(2_000)
  .regex(/^\/(?!\/)[^\s\\]*$/);

/** What a visitor reads, in one language. Plain text only; `image` is http(s), `link` too or a path of the site. */
export const CreativeText = z.looseObject({
  title: text(160).optional(),
  text: text(600).optional(),
  accept: text(60).optional(),
  decline: text(60).optional(),
  code: text(60).optional(),
  link: z.union([webAddress, sitePath], "an http(s) address, or a path of the site like /guide").optional(),
  image: webAddress.optional(),
});
export type CreativeText = z.infer<typeof CreativeText>;

export const Variant = z.object({
  key: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/),
  weight: z.number().min(0).max(1).default(1),
  creative: z.partialRecord(z.enum(["fr", "en"]), CreativeText),
});
export type Variant = z.infer<typeof Variant>;

const minuteOfDay = z.string().regex(/^([01]\d|2[0-4]):[0-5]\d$/, "HH:MM");
/** schema.org OpeningHoursSpecification, reduced to what a schedule needs. */
export const OpeningHours = z.object({
  dayOfWeek: z
    .array(z.enum(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]))
    .min(1),
  opens: minuteOfDay,
  closes: minuteOfDay,
});

export const Schedule = z.object({
  from: z.iso.datetime().nullish(),
  to: z.iso.datetime().nullish(),
  hours: z.array(OpeningHours).max(50).nullish(),
});
export type Schedule = z.infer<typeof Schedule>;

export const Caps = z.object({
  per_session: z.int().min(1).max(1_000).nullish(),
  per_visitor: z.int().min(1).max(1_000).nullish(),
  /** The span in days in which `per_visitor` counts; absent, it counts for ever. */
  per_days: z.int().min(1).max(366).nullish(),
  after_decline_days: z.int().min(0).max(366).nullish(),
});
export type Caps = z.infer<typeof Caps>;

/** A condition of `contract.md` §3; `condition.ts` says whether it can be read. */
export const ConditionSchema = z.record(z.string(), z.unknown());

export const CampaignInput = z.object({
  name: z.string().trim().min(1).max(120),
  status: z.enum(["draft", "live", "paused", "ended"]).default("draft"),
  kind: DecisionKind,
  condition: ConditionSchema.default({}),
  schedule: Schedule.default({}),
  priority: z.int().min(-1_000).max(1_000).default(0),
  caps: Caps.default({}),
  holdout: z.number().min(0).max(1).default(0),
  requires_agent: z.boolean().default(false),
  skill: z.string().max(60).nullish().default(null),
  goal: z.string().max(80).nullish().default(null),
  window_hours: z.int().min(1).max(720).default(48),
  planned_end: z.iso.datetime().nullish().default(null),
  exempt_ok: z.boolean().default(false),
  variants: z.array(Variant).min(1).max(10),
});
export type CampaignInput = z.infer<typeof CampaignInput>;

export const Campaign = CampaignInput.extend({
  id: z.string(),
  /** Raised by every save; what `If-Match` must name. */
  version: z.int(),
  /** Raised by a change that needs a new assignment; results never pool phases. */
  phase: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type Campaign = z.infer<typeof Campaign>;

/** The fields whose change, while live, starts a new phase (`contract.md` §5). */
export const PHASE_FIELDS = [
  "condition",
  "holdout",
  "variants",
  "goal",
  "window_hours",
  "caps",
  "schedule",
  "requires_agent",
] as const;

/** One immutable JSON per published version, kept in KV under `config:{site}:{version}`. */
export const PublishedSite = z.object({
  site: z.string(),
  version: z.int(),
  published_at: z.string(),
  settings: SiteSettings,
  campaigns: z.array(Campaign),
});
export type PublishedSite = z.infer<typeof PublishedSite>;

/**
 * A campaign as its owner writes it, and the site's published configuration that carries the live ones.
 *
 * Shapes  `CampaignInput` is what create and update accept; `Campaign` adds what the server keeps.
 * Units   `holdout` and `weight` are shares from 0 to 1; caps are counts and days; `window_hours` hours;
 *         `delay_seconds` seconds after the eligible moment; `value` money in the site's currency.
 */
import * as z from "zod";
import { OpeningHours } from "../site/opening-hours.ts";
import { Funnel, Segment } from "../site/resources.ts";
import { SiteSettings } from "../site/settings.ts";
import { LeadGoal } from "../site/success.ts";

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

const address = z.union([webAddress, sitePath], "an http(s) address, or a path of the site like /guide");

/** One piece of a `content` campaign: plain text in the page's own type, never markup. */
export const ContentBlock = z.discriminatedUnion("type", [
  z.object({ type: z.literal("heading"), text: text(160) }),
  z.object({ type: z.literal("text"), text: text(1_000) }),
  z.object({ type: z.literal("list"), items: z.array(text(300)).min(1).max(12) }),
  z.object({ type: z.literal("image"), image: webAddress, alt: text(300).default("") }),
  z.object({ type: z.literal("link"), text: text(120), link: address }),
]);
export type ContentBlock = z.infer<typeof ContentBlock>;

/** Where a card stands: the corner at the end of a line of text (right, in French), or at its start. */
export const CardPosition = z.enum(["end", "start"]);
/** The name of a place that the site marked with `data-aparte-slot`. */
export const SlotName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, "1 to 40 lower-case letters, digits, _ and -");

/**
 * What a visitor reads, in one language. Plain text with Liquid variables (`{{ cart.value }}`), whose values are text
 * too; `image` is http(s), `link` too or a path of the site.
 */
export const CreativeText = z.looseObject({
  title: text(160).optional(),
  text: text(600).optional(),
  accept: text(60).optional(),
  decline: text(60).optional(),
  code: text(60).optional(),
  link: address.optional(),
  image: webAddress.optional(),
  position: CardPosition.optional(),
  /** For `content`: which slot of the page it fills, and with what. */
  slot: SlotName.optional(),
  blocks: z.array(ContentBlock).max(12).optional(),
});
export type CreativeText = z.infer<typeof CreativeText>;

export const Variant = z.object({
  key: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/),
  weight: z.number().min(0).max(1).default(1),
  /** How long after the eligible moment this variant is shown; all arms are logged at that moment. */
  delay_seconds: z.int().min(0).max(120).optional(),
  creative: z.partialRecord(z.enum(["fr", "en"]), CreativeText),
});
export type Variant = z.infer<typeof Variant>;

export const Schedule = z.object({
  from: z.iso.datetime().nullish(),
  to: z.iso.datetime().nullish(),
  hours: z.array(OpeningHours).max(50).nullish(),
  /** Only while the site itself is open (`SiteSettings.business_hours`). */
  business_hours: z.boolean().nullish(),
});
export type Schedule = z.infer<typeof Schedule>;

export const Caps = z.object({
  per_session: z.int().min(1).max(1_000).nullish(),
  per_visitor: z.int().min(1).max(1_000).nullish(),
  /** The span in days in which `per_visitor` counts; absent, it counts for ever. */
  per_days: z.int().min(1).max(366).nullish(),
  after_decline_days: z.int().min(0).max(366).nullish(),
  /** The least time between two of this campaign's exposures. */
  cooldown_seconds: z.int().min(1).max(31_622_400).nullish(),
});
export type Caps = z.infer<typeof Caps>;

/** A condition of `contract.md` §3; `condition.ts` says whether it can be read. */
export const ConditionSchema = z.record(z.string(), z.unknown());

/** Campaigns that share a namespace's key and whose ranges do not meet never reach the same visitor. */
export const CampaignNamespace = z
  .object({ key: SlotName, from: z.number().min(0).max(1), to: z.number().min(0).max(1) })
  .refine(({ from, to }) => from < to, "from must be below to");

/**
 * What a campaign sets out to see. It is kept with the phase that starts under it, and cannot be moved while that runs:
 * a plan that follows the figures plans nothing.
 */
export const CampaignPlan = z.object({
  /** How many of those held out are expected to convert. */
  baseline: z.number().gt(0).lt(1),
  /** The smallest difference that matters: 0.01 is one point. */
  effect: z.number().gt(0).lt(1),
  power: z.number().min(0.5).max(0.99).default(0.8),
  /** What one visitor spent counts up to this much in the capped reading, so that one large order proves nothing. */
  spend_cap: z.number().gt(0).max(1e9).nullish().default(null),
});
export type CampaignPlan = z.infer<typeof CampaignPlan>;

/** The window of a campaign that names neither one nor a goal. */
export const DEFAULT_WINDOW_HOURS = 48;

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
  window_hours: z.int().min(1).max(720).default(DEFAULT_WINDOW_HOURS),
  planned_end: z.iso.datetime().nullish().default(null),
  plan: CampaignPlan.nullish().default(null),
  exempt_ok: z.boolean().default(false),
  /** What engaging one visitor is taken to be worth: between equal priorities the higher value goes first. */
  value: z.number().min(0).max(1e9).nullish().default(null),
  namespace: CampaignNamespace.nullish().default(null),
  /** `bandit` lets Thompson sampling move the variants' weights; never the hold-out. */
  allocation: z.enum(["fixed", "bandit"]).default("fixed"),
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
  /** Where a bandit moved the weights: the variants' weights of the present period, in their order. */
  bandit: z.object({ period: z.int(), weights: z.array(z.number()) }).nullish(),
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
  "namespace",
  "allocation",
] as const;

/** What a phase is read by: as it was when the phase began, for as long as the phase lasts. */
export const FIXED_FIELDS = ["planned_end", "plan"] as const;

/** One immutable JSON per published version, kept in KV under `config:{site}:{version}`. */
export const PublishedSite = z.object({
  site: z.string(),
  version: z.int(),
  published_at: z.string(),
  settings: SiteSettings,
  campaigns: z.array(Campaign),
  segments: z.array(Segment).default([]),
  funnels: z.array(Funnel).default([]),
  /** The goals of leads; absent in what was published before a lead said which it reached. */
  leads: z.array(LeadGoal).optional(),
  /** Who works for the site, each id and e-mail as `staffHash` has it. */
  staff: z.array(z.string()).optional(),
});
export type PublishedSite = z.infer<typeof PublishedSite>;

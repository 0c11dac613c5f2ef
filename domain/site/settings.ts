/**
 * A site's settings: what its owner decides once and every room obeys.
 *
 * Shapes  `SiteSettings` is the whole; `SiteSettingsPatch` is what an update may carry.
 * Units   named in the keys; `global_holdout` is a share from 0 to 1; money is in the site's currency.
 */
import * as z from "zod";
import { QueuePoints } from "../desk/queue-points.ts";
import { AvailabilitySettings, CallbackSettings } from "../availability/settings.ts";
import { SITE_KEY_PATTERN } from "../ids.ts";
import { ContactEvents } from "./contact-events.ts";
import { OpeningHours } from "./opening-hours.ts";
import {
  DEFAULT_TRANSCRIPT_MONTHS,
  MAX_TRANSCRIPT_MONTHS,
  MIN_TRANSCRIPT_MONTHS,
} from "../history/transcript-retention.ts";
import {
  DEFAULT_MEASUREMENT_MONTHS,
  MAX_MEASUREMENT_MONTHS,
  MIN_MEASUREMENT_MONTHS,
} from "../history/measurement-retention.ts";
import { OrderAmount } from "./order-amount.ts";
import { SurveyPolicy } from "./survey-policy.ts";
import { WrapUpCodes } from "./wrap-up.ts";

const origin = z.string().regex(/^https?:\/\/[^/\s]+$/, "an origin such as https://shop.example");

function isZone(zone: string): boolean {
  try {
    Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

export const SiteKeySchema = z
  .string()
  .regex(SITE_KEY_PATTERN, "2 to 40 lower-case letters, digits and inner hyphens")
  .min(2);

const count = z.int().min(1).max(1_000).nullish();
const days = z.int().min(1).max(366).nullish();

/** How much a visitor may be asked by all campaigns together, whatever their kind; absent is without limit. */
export const Pressure = z.object({
  per_session: count,
  per_visitor: count,
  /** The span in days in which `per_visitor` counts; absent, it counts for ever. */
  per_days: days,
  /** The least time between two engagements. */
  cooldown_seconds: z.int().min(1).max(31_622_400).nullish(),
  /** After a decline, no campaign of the same kind for so long. */
  after_decline_kind_days: days,
  /** After a decline, no campaign at all for so long. */
  after_decline_site_days: days,
});
export type Pressure = z.infer<typeof Pressure>;

const money = z.number().min(0).max(1e9).nullish();

/**
 * What selling and serving cost. Nothing is assumed: where a figure is absent, what would be computed from it is unknown.
 */
export const Economics = z.object({
  /** The part of revenue that is left after what was sold is paid. */
  margin: z.number().min(0).max(1).nullish(),
  agent_hour: money,
  /** What the platform costs in a month. */
  platform_month: money,
  /** What one contact costs where no chat takes its place. */
  contact_phone: money,
  contact_email: money,
});
export type Economics = z.infer<typeof Economics>;

export const SiteSettings = z.object({
  key: SiteKeySchema,
  name: z.string().trim().min(1).max(120),
  timezone: z
    .string()
    .max(64)
    .refine(isZone, "an IANA time zone such as Europe/Paris")
    .default("Europe/Paris"),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "an ISO 4217 code such as EUR")
    .default("EUR"),
  locale: z.enum(["fr", "en"]).default("fr"),
  session_idle_minutes: z.int().min(1).max(120).default(30),
  conversation_idle_minutes: z.int().min(1).max(240).default(15),
  default_consent: z.enum(["granted", "denied"]).default("denied"),
  global_holdout: z.number().min(0).max(0.5).default(0),
  /** The last draw of the global hold-out, made by the server (`domain/experiments/holdout-periods.ts`). */
  holdout_draw: z
    .object({ seed: z.string().min(1).max(80), at: z.int() })
    .nullable()
    .default(null),
  allowed_origins: z.array(origin).max(50).default([]),
  orders: z.enum(["claimed", "confirmed"]).default("claimed"),
  /** Whether tax and shipping count as sold; orders keep what the setting made of them when they were told. */
  order_amount: OrderAmount.prefault({}),
  attribution_hours: z.int().min(1).max(720).default(48),
  economics: Economics.default({}),
  /** Who gets the weekly report. */
  report_recipients: z.array(z.email().max(254)).max(20).default([]),
  /** By which track events the site's server tells of calls and e-mails. */
  contact_events: ContactEvents.prefault({}),
  wait_target_seconds: z.int().min(5).max(3_600).default(60),
  conversations_per_visitor_hour: z.int().min(1).max(100_000).default(20),
  conversations_per_address_hour: z.int().min(1).max(100_000).default(60),
  /** Sockets that a visitor may have in one conversation; one more takes the place of the quietest. */
  sockets_per_visitor: z.int().min(1).max(10_000).default(5),
  /** New sockets a minute that one address may open in one conversation. */
  sockets_per_address_minute: z.int().min(1).max(100_000).default(30),
  pressure: Pressure.default({}),
  /** Before whom a visitor stands in the queue for what they are worth. */
  queue_points: QueuePoints.prefault({}),
  /** What a visitor wrote may stand in the alerts that agents' browsers get through their makers' push services. */
  push_preview: z.boolean().default(false),
  /** When somebody is there; none at all: always. */
  business_hours: z.array(OpeningHours).max(100).default([]),
  /** Whose public holidays `PublicHolidays` means, and days of one's own (dates in the site's zone). */
  holidays: z
    .object({
      calendar: z.enum(["none", "fr"]).default("none"),
      dates: z.array(z.iso.date()).max(200).default([]),
    })
    .default({ calendar: "none", dates: [] }),
  /** What visitors are offered by who is there, and in which hours of a skill. */
  availability: AvailabilitySettings.default({}),
  callbacks: CallbackSettings.prefault({}),
  /** Who gets a letter of each message that was left and each call that was booked. */
  message_recipients: z.array(z.email().max(254)).max(20).default([]),
  /** How long what was said is kept, from a conversation's beginning; that it was stays. */
  transcript_months: z
    .int()
    .min(MIN_TRANSCRIPT_MONTHS)
    .max(MAX_TRANSCRIPT_MONTHS)
    .default(DEFAULT_TRANSCRIPT_MONTHS),
  /** How long what single visitors did is kept; what was counted of it stays. */
  measurement_months: z
    .int()
    .min(MIN_MEASUREMENT_MONTHS)
    .max(MAX_MEASUREMENT_MONTHS)
    .default(DEFAULT_MEASUREMENT_MONTHS),
  /** What agents choose from once a conversation is over; none: they are not asked. */
  wrap_up_codes: WrapUpCodes.default([]),
  /** When and how often visitors are asked what they thought of a conversation, and what. */
  surveys: SurveyPolicy.prefault({}),
  /** Count browsers driven by a program (HeadlessChrome) as visitors: for sites under test only. */
  admit_headless: z.boolean().default(false),
  /** Raised to make every identity token signed before worthless. */
  identity_generation: z.int().min(1).max(1_000_000).default(1),
});
export type SiteSettings = z.infer<typeof SiteSettings>;

export const SiteSettingsPatch = SiteSettings.omit({ key: true, holdout_draw: true }).partial();

/**
 * The nouns of a site whose body is one validated JSON: goals, skills, articles, canned answers, webhooks.
 *
 * Shapes  each schema is what create accepts; the server adds `id`, `version` and the two moments.
 * Units   `value` is money in the site's currency.
 */
import * as z from "zod";

const key = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, "1 to 40 lower-case letters, digits, _ and -");
const name = z.string().trim().min(1).max(120);
const tags = z.array(z.string().trim().min(1).max(40)).max(20).default([]);
const locale = z.enum(["fr", "en"]).default("fr");

/**
 * A named condition. `segment.<key>` is a fact that says whether it holds; in a visit it is remembered once it has.
 * `exclude` leaves who is in it alone: no campaign reaches them. `skill` and `priority` guide their conversations.
 */
export const Segment = z.object({
  key,
  name,
  description: z.string().max(400).default(""),
  condition: z.record(z.string(), z.unknown()),
  /** What a visitor in it is worth, in the site's currency. */
  value: z.number().min(0).max(1e9).nullish().default(null),
  priority: z.int().min(-1_000).max(1_000).default(0),
  skill: z.string().max(60).nullish().default(null),
  exclude: z.boolean().default(false),
});
export type Segment = z.infer<typeof Segment>;
/** A visit remembers which of them held, so a site has only so many. */
export const MAX_SEGMENTS = 200;

/** A way through the site with named steps, each reached by an event or by a page below a path. */
export const Funnel = z.object({
  key,
  name,
  steps: z
    .array(
      z
        .object({
          key,
          name,
          event: z.string().min(1).max(120).nullish().default(null),
          path: z
            .string()
            .regex(/^\/\S*$/)
            .max(500)
            .nullish()
            .default(null),
          /** Where the site wants this step to be: a share that goes on, answers from 1 to 5 and from 1 to 7. */
          target: z
            .object({
              passing: z.number().min(0).max(1).nullish(),
              satisfaction: z.number().min(1).max(5).nullish(),
              effort: z.number().min(1).max(7).nullish(),
            })
            .nullish(),
          /** How much it matters, from 1 to 5, where the site knows better than what is measured. */
          importance: z
            .object({
              business: z.number().min(1).max(5).nullish(),
              customer: z.number().min(1).max(5).nullish(),
            })
            .nullish(),
        })
        .refine(({ event, path }) => event !== null || path !== null, "a step needs an event or a path"),
    )
    .min(1)
    .max(20)
    .superRefine((steps, { addIssue }) => {
      const keys = steps.map((step) => step.key);
      const twice = keys.findIndex((each, index) => keys.indexOf(each) !== index);
      if (twice >= 0) addIssue({ code: "custom", path: [twice, "key"], message: "two steps have this key" });
    }),
});
export type Funnel = z.infer<typeof Funnel>;

/**
 * What counts as success: an order, or a lead told by the track event `event` (null: `Lead Submitted`), within
 * `window_hours` (null: the site's attribution). A lead that tells no value is worth `value`.
 */
export const Goal = z.object({
  key,
  name,
  kind: z.enum(["sale", "lead"]),
  event: z.string().max(120).nullish().default(null),
  value: z.number().min(0).max(1e9).nullish().default(null),
  window_hours: z.int().min(1).max(720).nullish().default(null),
});
export type Goal = z.infer<typeof Goal>;
/** A lead says which of them it reached, so a site has only so many. */
export const MAX_GOALS = 100;

/** 1 to 3, the best. */
export const SkillLevel = z.int().min(1).max(3);

/** What some agents can do and others cannot; an agent in no skill serves everything. */
export const Skill = z.object({
  key,
  name,
  description: z.string().max(400).default(""),
  agents: z.array(z.string().max(80)).max(500).default([]),
  /** How well some of these agents do it; the others are in the middle. */
  levels: z.record(z.string().max(80), SkillLevel).default({}),
});
export type Skill = z.infer<typeof Skill>;

/** A page of help; `body` is Markdown. */
export const Article = z.object({
  title: z.string().trim().min(1).max(200),
  body: z.string().min(1).max(50_000),
  locale,
  tags,
  status: z.enum(["draft", "published"]).default("draft"),
});
export type Article = z.infer<typeof Article>;

/** An answer that agents have ready; `shortcut` is what they type after `/`. */
export const Canned = z.object({
  shortcut: z.string().regex(/^[\p{L}\p{N}_-]{1,40}$/u, "1 to 40 letters, digits, _ and -"),
  title: z.string().trim().max(120).default(""),
  body: z.string().trim().min(1).max(4_000),
  locale,
  tags,
});
export type Canned = z.infer<typeof Canned>;

export const Webhook = z.object({
  url: z.url({ protocol: /^https$/ }).max(2_000),
  events: z
    .array(z.string().regex(/^[a-z_]+\.[a-z_]+$/, "an event such as conversation.closed"))
    .min(1)
    .max(50),
  active: z.boolean().default(true),
});
export type Webhook = z.infer<typeof Webhook>;

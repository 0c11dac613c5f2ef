/**
 * What inviting is expected to earn, written before the start: inputs as ranges, since nobody knows them as points.
 *
 * Shapes  `BusinessCase` is what create accepts; the server adds `id`, `version` and the two moments. A `Range` holds the
 *         least, the likeliest and the most that is thought possible.
 * Units   `visitors` a month who could be invited; shares from 0 to 1; `lift` is the part by which a conversation raises
 *         the conversion of who accepts one (0.5 is half as much again; below 0 it lowers it); money in the site's
 *         currency; `months` is the span that is looked at.
 */
import * as z from "zod";
import type { Range } from "./case-inputs.ts";

const MOST = 1e9;

function range(least: number, most: number) {
  const part = z.number().min(least).max(most);
  return z
    .object({ low: part, likely: part, high: part })
    .refine(({ low, likely }) => low <= likely, { path: ["likely"], message: "not below the low end" })
    .refine(({ likely, high }) => likely <= high, { path: ["high"], message: "not below the likeliest" });
}
const none: Range = { low: 0, likely: 0, high: 0 };

export const BusinessCase = z.object({
  name: z.string().trim().min(1).max(120),
  /** With whose result it is compared afterwards. */
  campaign: z.string().max(80).nullish().default(null),
  months: z.int().min(1).max(36).default(12),
  visitors: range(0, MOST),
  conversion: range(0, 1),
  basket: range(0, MOST),
  margin: range(0, 1),
  acceptance: range(0, 1),
  lift: range(-1, 100),
  agent_hour: range(0, MOST),
  chats_per_agent_hour: range(0.01, 1_000),
  platform_month: range(0, MOST).default(none),
  /** Paid once. */
  set_up: range(0, MOST).default(none),
  note: z.string().trim().max(2_000).default(""),
});
export type BusinessCase = z.infer<typeof BusinessCase>;

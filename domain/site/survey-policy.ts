/**
 * Whom a site asks what they thought of a conversation, when, how often, and what.
 *
 * Shapes  `SurveyPolicy` is the site's setting. `SurveyPlan` is what of it a room is opened with: settings that change
 *         meanwhile leave it as it is, and whether the visitor may be asked again by then is said in it.
 * Units   `share` from 0 to 1; `contact_days` are days of 24 hours.
 */
import * as z from "zod";
import { bucketV2 } from "../hash/fnv.ts";
import type { EpochMs } from "../ids.ts";
import {
  MAX_CONTACT_DAYS,
  SURVEY_MOMENTS,
  SURVEY_QUESTIONS,
  type SurveyQuestion,
  USUAL_QUESTIONS,
} from "./survey-questions.ts";

const DAY_MS = 86_400_000;

const Questions = z
  .array(z.enum(SURVEY_QUESTIONS))
  .min(1, "at least one question; who asks none says when: never")
  .refine((asked) => new Set(asked).size === asked.length, "each question at most once");

export const SurveyPolicy = z.object({
  /**
   * `closed`: at the end of each conversation that somebody answered. `agent`: where its agent asks for it as they
   * conclude. `never`: the site asks by its own means; answers that it brings count all the same.
   */
  when: z.enum(SURVEY_MOMENTS).default("closed"),
  /** Of the conversations that end, how many are asked; who is chosen by an agent is asked whatever it says. */
  share: z.number().min(0).max(1).default(1),
  /** Who was asked is left alone for so long, whoever would ask; null: each conversation may ask. */
  contact_days: z.int().min(1).max(MAX_CONTACT_DAYS).nullable().default(null),
  questions: Questions.default([...USUAL_QUESTIONS]),
});
export type SurveyPolicy = z.infer<typeof SurveyPolicy>;

export type SurveyPlan = {
  when: SurveyPolicy["when"];
  share: number;
  questions: readonly SurveyQuestion[];
  /** The visitor was asked so lately that they are left alone. */
  rests: boolean;
};

/** What rooms go by that were opened before there was a policy. */
export const USUAL_PLAN: SurveyPlan = {
  when: "closed",
  share: 1,
  questions: USUAL_QUESTIONS,
  rests: false,
};

/** What a room that opens at `now` is told, where its visitor was asked last at `askedAt`. */
export function surveyPlan(policy: SurveyPolicy, askedAt: EpochMs | null, now: EpochMs): SurveyPlan {
  const { when, share, questions, contact_days: days } = policy;
  const rests = days !== null && askedAt !== null && now < askedAt + days * DAY_MS;
  return { when, share, questions, rests };
}

export type SurveyMoment = {
  conversation: string;
  /** A person has answered in it. */
  answered: boolean;
  /** Its agent wants the visitor to be asked. */
  wanted: boolean;
};

/** Whether the visitor is asked as the conversation ends: the same for the same one, however often it is decided. */
export function isAsked(plan: SurveyPlan, { conversation, answered, wanted }: SurveyMoment): boolean {
  if (!answered || plan.rests) return false;
  switch (plan.when) {
    case "closed":
      return bucketV2("survey:", conversation) < plan.share;
    case "agent":
      return wanted;
    case "never":
      return false;
    default:
      return plan.when satisfies never;
  }
}

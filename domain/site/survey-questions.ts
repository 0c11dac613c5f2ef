/**
 * What a visitor can be asked at the end of a conversation, and when: the choices alone, for pages that carry no schema.
 *
 * Shapes  in the order in which it is asked: `faces` for welcome, wait and answer; `resolved`, whether it is settled at
 *         this contact; `csat` from 1 to 5; `ces`, the effort, from 1 to 7; `nps`, the recommendation, from 0 to 10.
 */
export const SURVEY_QUESTIONS = ["faces", "resolved", "csat", "ces", "nps"] as const;
export type SurveyQuestion = (typeof SURVEY_QUESTIONS)[number];

/** As `domain/site/survey-policy.ts` has them. */
export const SURVEY_MOMENTS = ["closed", "agent", "never"] as const;
export const MAX_CONTACT_DAYS = 366;

/** What is asked where nobody chose. */
export const USUAL_QUESTIONS: readonly SurveyQuestion[] = ["faces", "resolved", "csat", "ces"];

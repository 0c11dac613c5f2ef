/**
 * What the visitor is asked at the end of a conversation: what its last event names.
 *
 * Pure. Shapes  an end of before that field asks the usual questions, where somebody was there; one that names none, and
 * a conversation whose end is not here yet, ask nothing.
 */
import {
  SURVEY_QUESTIONS,
  type SurveyQuestion,
  USUAL_QUESTIONS,
} from "../../domain/site/survey-questions.ts";
import type { Row } from "./transcript-rows.ts";

/** The questions at the end of `rows`, in the order in which they are asked. */
export function questionsAt(rows: readonly Row[]): readonly SurveyQuestion[] {
  const end = rows.findLast((row) => row.type === "line" && row.name.startsWith("closed"));
  if (end?.type !== "line") return [];
  const { survey } = end;
  if (Array.isArray(survey)) return SURVEY_QUESTIONS.filter((one) => survey.includes(one));
  const met = rows.some((row) => (row.type === "line" ? row.name === "joined" : !row.mine));
  return met ? USUAL_QUESTIONS : [];
}

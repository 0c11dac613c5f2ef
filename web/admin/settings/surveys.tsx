/** When and how often visitors are asked what they thought of a conversation, and what; and how many were of late. */
import type { VNode } from "preact";
import type { SurveyPolicy } from "../../../domain/site/survey-policy.ts";
import {
  MAX_CONTACT_DAYS,
  SURVEY_MOMENTS,
  SURVEY_QUESTIONS,
  type SurveyQuestion,
} from "../../../domain/site/survey-questions.ts";
import { request } from "../../shared/api.ts";
import { faultAt, type Fault, type Refused } from "../campaigns/fault.ts";
import { SelectField, TextField } from "../field.tsx";
import { useResource } from "../resource.ts";
import { apiPath, useSite } from "../site.ts";
import { s } from "./words.ts";

const PERCENT = 100;

type Props = { policy: SurveyPolicy; fault: Fault | null; onChange: (policy: SurveyPolicy) => void };

export function SurveyFields({ policy, fault, onChange }: Props): VNode {
  const { when, share, contact_days: days } = policy;
  const errorAt = (key: keyof SurveyPolicy): Refused | undefined => {
    const found = faultAt(fault, `surveys.${key}`);
    return found === undefined ? undefined : { ...found, said: s(`at_surveys_${key}`) };
  };
  return (
    <section aria-labelledby="surveys-title">
      <h2 id="surveys-title">{s("surveysTitle")}</h2>
      <p class="quiet">{s("surveysText")}</p>
      <OfLate />
      <div class="form pressure surveys">
        <SelectField
          label={s("surveysWhen")}
          value={when}
          options={SURVEY_MOMENTS.map((value) => ({ value, label: s(`surveysWhen_${value}`) }))}
          note={s(`surveysWhenNote_${when}`)}
          onChange={(moment) => onChange({ ...policy, when: moment })}
        />
        {when === "closed" ? (
          <TextField
            label={s("surveysShare")}
            note={s("surveysShareNote")}
            type="number"
            min={0}
            max={PERCENT}
            step="any"
            required
            value={String(Number((share * PERCENT).toFixed(6)))}
            error={errorAt("share")}
            onInput={(text) => onChange({ ...policy, share: Number(text) / PERCENT })}
          />
        ) : null}
        {when === "never" ? null : (
          <TextField
            label={s("surveysDays")}
            note={s("surveysDaysNote")}
            type="number"
            min={1}
            max={MAX_CONTACT_DAYS}
            step={1}
            value={days === null ? "" : String(days)}
            error={errorAt("contact_days")}
            onInput={(text) => onChange({ ...policy, contact_days: text === "" ? null : Number(text) })}
          />
        )}
      </div>
      {when === "never" ? null : (
        <Questions
          chosen={policy.questions}
          error={errorAt("questions")}
          onChange={(questions) => onChange({ ...policy, questions })}
        />
      )}
    </section>
  );
}

type Choosing = {
  chosen: readonly SurveyQuestion[];
  error: Refused | undefined;
  onChange: (questions: SurveyQuestion[]) => void;
};

/** Kept in the order in which they are asked. */
function Questions({ chosen, error, onChange }: Choosing): VNode {
  const isWrong = error !== undefined || chosen.length === 0;
  return (
    <fieldset class="survey-questions" aria-describedby="survey-questions-fault">
      <legend>{s("surveysQuestions")}</legend>
      {SURVEY_QUESTIONS.map((question) => (
        <label key={question} class="check">
          <input
            type="checkbox"
            aria-invalid={isWrong}
            checked={chosen.includes(question)}
            onChange={({ currentTarget: { checked } }) =>
              onChange(SURVEY_QUESTIONS.filter((one) => (one === question ? checked : chosen.includes(one))))
            }
          />
          <span>
            <strong>{s(`surveysQuestion_${question}`)}</strong>
            <span class="note">{s(`surveysQuestionNote_${question}`)}</span>
          </span>
        </label>
      ))}
      <p class="field-error" id="survey-questions-fault" role="alert">
        {isWrong ? s("at_surveys_questions") : null}
      </p>
    </fieldset>
  );
}

type Figures = {
  rows: { survey_response_rate?: { numerator: number | null; denominator: number | null } }[];
};

/** How many were asked in the days that figures are of, and how many answered; nothing while that is not known. */
function OfLate(): VNode | null {
  const { key } = useSite();
  const { data } = useResource(`surveys of ${key}`, (signal) =>
    request<Figures>("GET", `${apiPath(key, "kpis")}?kpis=survey_response_rate`, undefined, { signal }),
  );
  const figure = data?.rows[0]?.survey_response_rate;
  if (figure === undefined) return null;
  const { denominator: asked, numerator: answered } = figure;
  return (
    <p class="note surveys-late">{s("surveysOfLate", { asked: asked ?? 0, answered: answered ?? 0 })}</p>
  );
}

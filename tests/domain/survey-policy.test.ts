/** Rules R-C41 to R-C44 and R-C47: whom a site asks what they thought of a conversation, when, how often, and what. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Entry, note, render } from "../../domain/chat/room.ts";
import {
  afterClose,
  afterCommand,
  afterRestore,
  LATER_FIELDS,
  newRoom,
  questionsAsked,
  type RoomState,
} from "../../domain/chat/state.ts";
import type { DeskCommand } from "../../domain/desk/report.ts";
import { AskedQuestions } from "../../domain/history/records.ts";
import { SiteSettings, SiteSettingsPatch } from "../../domain/site/settings.ts";
import { isAsked, surveyPlan, SurveyPolicy, USUAL_PLAN } from "../../domain/site/survey-policy.ts";
import {
  SURVEY_QUESTIONS,
  type SurveyQuestion,
  USUAL_QUESTIONS,
} from "../../domain/site/survey-questions.ts";
import { endConversation, guidanceOf } from "../../domain/visit/conversation.ts";
import { newVisitor } from "../../domain/visit/state.ts";
import { questionsAt } from "../../web/widget/asked.ts";
import { rowsOf } from "../../web/widget/transcript-rows.ts";
import { OPENING } from "./room-opening.ts";

const DAY = 86_400_000;
const policyOf = (some: object = {}): SurveyPolicy => SurveyPolicy.parse(some);

/** A room that somebody answered in, under the policy `some`. */
function roomUnder(some: object, more: Partial<RoomState> = {}): RoomState {
  const room = newRoom({ ...OPENING, surveyPlan: surveyPlan(policyOf(some), null, 0) }, "e", 0);
  return { ...room, status: "open", queuedAt: 1, answered: true, ...more };
}
const wrapUp = (ask?: boolean): DeskCommand => ({
  n: 1,
  conversation: OPENING.conversation,
  name: "wrapped_up",
  agent: null,
  from: null,
  note: "SECRET",
  reason: null,
  outcome: "resolved",
  ...(ask === undefined ? {} : { ask }),
  at: 9,
});

test("R-C41: without a word of the site each answered conversation asks, as it always did", () => {
  const { surveys } = SiteSettings.parse({ key: "demo", name: "Demo" });
  expect(surveys).toEqual({ when: "closed", share: 1, contact_days: null, questions: [...USUAL_QUESTIONS] });
  expect(surveyPlan(surveys, 5, 6)).toEqual(USUAL_PLAN);
  expect(SiteSettingsPatch.parse({ surveys: { when: "never" } }).surveys).toMatchObject({ when: "never" });
});

test("R-C41: what no policy can be is refused at its place", () => {
  const placeOf = (surveys: object) =>
    SiteSettingsPatch.safeParse({ surveys }).error?.issues[0]?.path.join(".");
  for (const [place, some] of [
    ["when", { when: "always" }],
    ["share", { share: 1.01 }],
    ["share", { share: -0.1 }],
    ["share", { share: "half" }],
    ["contact_days", { contact_days: 0 }],
    ["contact_days", { contact_days: 367 }],
    ["contact_days", { contact_days: 1.5 }],
    ["questions", { questions: [] }],
    ["questions", { questions: ["nps", "nps"] }],
    ["questions.0", { questions: ["age"] }],
  ] as const) {
    expect([placeOf(some), some]).toEqual([`surveys.${place}`, some]);
  }
});

test("R-C41: the end names what is asked, to the visitor too; where nobody is, it names nothing", () => {
  const shown = (room: RoomState, command: DeskCommand | null = null) => {
    const { room: after, event } =
      command === null ? afterClose(room, "visitor", 9) : afterCommand(room, command, 9);
    if (event === null) throw new Error("no event");
    const { entry } = note({ status: after.status, head: 0, lastAt: 0 }, event.name, event.fields, 9);
    const seen = render(entry, "visitor");
    expect(JSON.stringify(seen)).not.toContain("SECRET");
    return [after.surveyAsked, "survey" in seen ? seen.survey : null];
  };
  expect(shown(roomUnder({ questions: ["nps"] }))).toEqual([true, ["nps"]]);
  expect(shown(roomUnder({}), wrapUp())).toEqual([true, USUAL_QUESTIONS]);
  expect(shown(roomUnder({}, { answered: false }))).toEqual([false, []]);
  expect(shown(roomUnder({}, { staff: true }))).toEqual([false, []]);
  expect(shown(roomUnder({ share: 0 }))).toEqual([false, []]);
  expect(shown(roomUnder({ when: "never" }))).toEqual([false, []]);
});

test("R-C47: what history is told to have been asked is what the end names, whatever the policy and however it ends", () => {
  const questions = fc.subarray([...SURVEY_QUESTIONS], { minLength: 1 });
  const room = fc.record({
    when: fc.constantFrom("closed", "agent", "never"),
    share: fc.constantFrom(0, 0.5, 1),
    questions,
  });
  const more = fc.record({ answered: fc.boolean(), staff: fc.boolean() });
  fc.assert(
    fc.property(room, more, fc.boolean(), (some, facts, ask) => {
      const before = roomUnder(some, facts);
      expect(questionsAsked(before)).toBeNull();
      for (const { room: after, event } of [
        afterClose(before, "visitor", 9),
        afterCommand(before, wrapUp(ask), 9),
      ]) {
        expect(questionsAsked(after)).toEqual(event?.fields["survey"]);
        expect(questionsAsked(after)?.length !== 0).toBe(after.surveyAsked);
        expect(AskedQuestions.parse(questionsAsked(after))).toEqual(questionsAsked(after));
      }
    }),
  );
  const { surveyPlan: _plan, ...stored } = roomUnder({ when: "never" });
  const older = afterClose({ ...LATER_FIELDS, ...stored }, "idle", 9).room;
  expect(questionsAsked(older)).toEqual(USUAL_QUESTIONS);
  for (const wrong of [["age"], ["nps", "nps"], "nps"])
    expect(AskedQuestions.safeParse(wrong).success).toBe(false);
});

test("R-C41: a room that was stored before there was a policy asks as it did; one that had ended says nothing of it", () => {
  const { surveyPlan: _plan, surveyAsked: _asked, ...stored } = roomUnder({ when: "never" });
  const room: RoomState = { ...LATER_FIELDS, ...stored };
  expect(afterClose(room, "idle", 9)).toMatchObject({
    room: { surveyAsked: true },
    event: { fields: { survey: USUAL_QUESTIONS } },
  });
  expect(room.surveyAsked).toBeNull();
});

test("R-C41: what was decided stands: said again, concluded after its end, set back and ended anew", () => {
  fc.assert(
    fc.property(fc.uuid(), fc.double({ min: 0, max: 1, noNaN: true }), (id, share) => {
      const room = roomUnder({ share }, { conversation: `cnv_${id}` });
      const over = afterClose(room, "visitor", 9).room;
      const late = afterCommand(over, wrapUp(true), 10);
      expect(late.room.surveyAsked).toBe(over.surveyAsked);
      expect(late.event).toMatchObject({ name: "wrapped_up" });
      expect(afterCommand(late.room, wrapUp(true), 11).room).toBe(late.room);
      const anew = afterClose(afterRestore(room, "e2", 12), "idle", 13).room;
      expect(anew.surveyAsked).toBe(over.surveyAsked);
    }),
  );
});

test("R-C41: of many conversations the share is asked that the site wants, and a larger share leaves none out that it had", () => {
  const ids = Array.from({ length: 4_000 }, (_, index) => `cnv_demo_${index}_${index * 7}`);
  const askedAt = (share: number) =>
    ids.filter((conversation) =>
      isAsked(surveyPlan(policyOf({ share }), null, 0), { conversation, answered: true, wanted: false }),
    );
  const [some, more] = [askedAt(0.2), askedAt(0.5)];
  expect(some.length / ids.length).toBeCloseTo(0.2, 1);
  expect(more.length / ids.length).toBeCloseTo(0.5, 1);
  expect(some.every((id) => more.includes(id))).toBe(true);
  expect([askedAt(0).length, askedAt(1).length]).toEqual([0, ids.length]);
});

test("R-C42: who was asked is left alone for so many days, also where an agent would ask", () => {
  const moment = { conversation: "cnv_1", answered: true, wanted: true };
  for (const when of ["closed", "agent"]) {
    const asked = (askedAt: number | null, now: number, contact_days: number | null = 30) =>
      isAsked(surveyPlan(policyOf({ when, contact_days }), askedAt, now), moment);
    expect(asked(null, 5)).toBe(true);
    expect(asked(5, 5 + 30 * DAY - 1)).toBe(false);
    expect(asked(5, 5 + 30 * DAY)).toBe(true);
    expect(asked(5, 6, null)).toBe(true);
  }
});

test("R-C42: the visitor's object keeps when they were asked last, in whatever order it is told", () => {
  const before = newVisitor("s", "v", 0);
  const at = (state: typeof before) => guidanceOf(state, { now: 9 }).surveyedAt;
  expect(at(before)).toBeNull();
  expect(endConversation(before, { conversation: "cnv_1" })).toBe(before);
  const asked = endConversation(before, { conversation: "cnv_1", surveyedAt: 50 });
  expect(at(asked)).toBe(50);
  expect(endConversation(asked, { conversation: "cnv_1", surveyedAt: 50 })).toBe(asked);
  expect(endConversation(asked, { conversation: "cnv_0", surveyedAt: 40 })).toBe(asked);
  expect(endConversation(asked, { conversation: "cnv_2", surveyedAt: null })).toBe(asked);
});

test("R-C43: where agents ask, a visitor is asked whose agent wants it as they conclude, whatever the share; nobody else", () => {
  const room = roomUnder({ when: "agent", share: 0, questions: ["csat"] });
  expect(afterCommand(room, wrapUp(true), 9)).toMatchObject({
    room: { surveyAsked: true },
    event: { name: "closed", fields: { survey: ["csat"], outcome: "resolved" } },
  });
  for (const command of [wrapUp(), wrapUp(false), { ...wrapUp(), name: "closed" as const }])
    expect(afterCommand(room, command, 9).room.surveyAsked).toBe(false);
  expect(afterClose(room, "visitor", 9).room.surveyAsked).toBe(false);
  for (const when of ["never", "closed"])
    expect(afterCommand(roomUnder({ when, share: 0 }), wrapUp(true), 9).room.surveyAsked).toBe(false);
});

test("R-C44: the widget asks what the end names, in its order; an end of before asks as before, and no end nothing", () => {
  const event = (seq: number, name: string, more: object = {}): Entry => {
    return { type: "event", seq, at: "2026-11-23T10:00:00.000Z", name, ...more };
  };
  const joined = event(1, "assigned", { agent: { id: "usr_lea", name: "Léa" } });
  const asked = (...events: Entry[]) => questionsAt(rowsOf(events, [], 0));
  const end = (survey: unknown) => event(2, "closed", { reason: "agent", survey });
  expect(asked(joined)).toEqual([]);
  expect(asked(joined, end([]))).toEqual([]);
  expect(asked(joined, end(["nps", "csat"]))).toEqual(["csat", "nps"]);
  expect(asked(end(["nps"]))).toEqual(["nps"]);
  expect(asked(joined, end(["age", 7, null]))).toEqual([]);
  expect(asked(joined, event(2, "closed", { reason: "idle" }))).toEqual(USUAL_QUESTIONS);
  expect(asked(event(2, "closed", { reason: "idle" }))).toEqual([]);
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...SURVEY_QUESTIONS)), (some: SurveyQuestion[]) => {
      expect(asked(joined, end(some)).toSorted()).toEqual(some.toSorted());
    }),
  );
});

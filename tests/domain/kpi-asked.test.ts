/** Response rates of those who were asked that very question. */
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { GROUPINGS } from "../../domain/kpi/grouping.ts";
import type { ChatRow, KpiHistory } from "../../domain/kpi/history.ts";
import { kpiRows, rowsOf, tallyDay } from "../../domain/kpi/measure.ts";
import { PackedSum, type PackedTally, packTally } from "../../domain/kpi/packed-tally.ts";
import { COUNTS } from "../../domain/kpi/tally.ts";
import { goalReading, goalUnits } from "../../domain/roi/goal-units.ts";
import type { SurveyQuestion } from "../../domain/site/survey-questions.ts";
import { arbitraryShop, chat, DAY, history, HOUR, MINUTE, scope, survey, T0, whole } from "./kpi-history.ts";

/** Properties over many cases, on machines that are busy with other things. */
vi.setConfig({ testTimeout: 120_000 });

const RATES = ["csat_response_rate", "nps_response_rate", "ces_response_rate"] as const;
const SCALE_OF = { csat_response_rate: "csat", nps_response_rate: "nps", ces_response_rate: "ces" } as const;

/** So many conversations that asked `surveyQuestions`; null is one of before that was told. */
function talks(name: string, n: number, surveyQuestions: readonly SurveyQuestion[] | null): ChatRow[] {
  const told = { closedAt: T0 + HOUR, surveyAsked: surveyQuestions?.length !== 0, surveyQuestions };
  return Array.from({ length: n }, (_, index) => chat(`${name}${index}`, T0 + index * MINUTE, told));
}

/** The parts of the three rates, and of that of the survey. */
function asked(parts: Partial<KpiHistory>) {
  const row = whole(parts);
  const partsOf = (name: (typeof RATES)[number] | "survey_response_rate") =>
    `${row[name].numerator}/${row[name].denominator}`;
  return [...RATES, "survey_response_rate" as const].map(partsOf).join(" ");
}

test("KPI83: a rate is of those who were asked that question, that of the survey of those who were asked anything", () => {
  const usual = talks("usual", 10, ["faces", "resolved", "csat", "ces"]);
  const nps = talks("nps", 30, ["nps"]);
  const faces = talks("faces", 5, ["faces"]);
  const surveys = [
    ...usual.slice(0, 4).map((of) => survey(of, { csat: 5, ces: 6 })),
    ...nps.slice(0, 6).map((of) => survey(of, { nps: 9 })),
    // Faces, and answers that were taken back.
    ...faces.slice(0, 2).map((of) => survey(of, { otherwise: true })),
    ...faces.slice(2, 3).map((of) => survey(of)),
  ];
  expect(asked({ chats: [...usual, ...nps, ...faces], surveys })).toBe("4/10 6/30 4/10 12/45");
  const { csat_response_rate: rate, ces_response_rate: none } = whole({ chats: nps, surveys });
  expect(rate).toEqual({ value: null, numerator: 0, denominator: 0, n: 0, interval: null });
  expect(none.value).toBeNull();
});

test("KPI83: what was answered was asked, whoever asked it: also where the site asks by its own means", () => {
  const [first, second, third] = talks("nobody", 3, []);
  if (first === undefined || second === undefined || third === undefined) throw new Error("no chats");
  const own = [survey(first, { nps: 3 }), survey(second, { nps: 10, csat: 1 })];
  expect(asked({ chats: [first, second, third], surveys: own })).toBe("1/1 2/2 0/0 2/2");
  const beyond = talks("nps", 2, ["nps"]);
  const [more] = beyond;
  if (more === undefined) throw new Error("no chat");
  expect(asked({ chats: beyond, surveys: [survey(more, { csat: 2 })] })).toBe("1/1 0/2 0/0 1/2");
});

test("KPI83: whatever was asked and answered, no rate exceeds one, and none is of more than were asked anything", () => {
  fc.assert(
    fc.property(arbitraryShop(T0, 3), (shop) => {
      for (const groupBy of [null, ...GROUPINGS]) {
        for (const row of kpiRows(shop, { ...scope, to: T0 + 3 * DAY, groupBy })) {
          for (const name of RATES) {
            const { numerator, denominator } = row[name];
            expect(numerator).toBeLessThanOrEqual(denominator ?? 0);
            expect(denominator).toBeLessThanOrEqual(row.survey_response_rate.denominator ?? 0);
          }
        }
      }
    }),
    { numRuns: 40 },
  );
});

test("KPI83: whatever was asked and answered, each denominator is one conversation after another looked at", () => {
  fc.assert(
    fc.property(arbitraryShop(T0, 3), (shop) => {
      const row = whole(shop, { to: T0 + 3 * DAY });
      const began = shop.chats.filter(({ startedAt }) => startedAt < T0 + 3 * DAY);
      for (const name of RATES) {
        const question = SCALE_OF[name];
        const count = began.filter((talk) => {
          const answers = shop.surveys.find(({ conversation }) => conversation === talk.id);
          if ((answers?.[question] ?? null) !== null) return true;
          const isOver = talk.answeredAt !== null && talk.closedAt !== null;
          const isSent = answers !== undefined || (talk.surveyAsked ?? isOver);
          return isSent && (talk.surveyQuestions === null || talk.surveyQuestions.includes(question));
        });
        expect([name, row[name].denominator]).toEqual([name, count.length]);
      }
    }),
  );
});

test("KPI84: what ended before rooms told what they asked counts as having asked everything", () => {
  const before = talks("before", 10, null);
  const nps = talks("nps", 10, ["nps"]);
  const surveys = [...before, ...nps].slice(6, 14).map((of) => survey(of, { nps: 8 }));
  expect(asked({ chats: before, surveys })).toBe("0/10 4/10 0/10 4/10");
  expect(asked({ chats: [...before, ...nps], surveys })).toBe("0/10 8/20 0/10 8/20");
  // Neither was told: each one that was answered asked everything, as ever.
  const unknown = before.map((talk) => ({ ...talk, surveyAsked: null }));
  expect(asked({ chats: unknown, surveys })).toBe("0/10 4/10 0/10 4/10");
});

/** The first count that days lack which were kept before questions were told. */
const LATER = COUNTS.indexOf("surveys_without_csat");

test("KPI84: a day that was final before this was told keeps the rate it had, also in a span with days that know more", () => {
  const places = ([counts]: PackedTally) => counts.filter((_, at) => at % 2 === 0);
  fc.assert(
    fc.property(arbitraryShop(T0, 2), (shop) => {
      const day = { ...scope, to: T0 + 2 * DAY };
      const untold = history({
        ...shop,
        chats: shop.chats.map((talk) => ({ ...talk, surveyQuestions: null })),
      });
      const kept = tallyDay(untold, day).map((hour) => ({ ...hour, packed: packTally(hour.tally) }));
      // Just what was kept then: nothing of it stands where the new counts do.
      for (const { packed } of kept) expect(places(packed).every((place) => place < LATER)).toBe(true);
      const read = kept.map(({ packed, ...hour }) => ({
        ...hour,
        tally: new PackedSum().add(packed).total(),
      }));
      const [row] = rowsOf(read, { ...day, groupBy: null });
      for (const name of RATES) expect(row?.[name].denominator).toBe(row?.survey_response_rate.denominator);
    }),
    { numRuns: 40 },
  );
  const surveyed = (at: number, questions: readonly SurveyQuestion[] | null) => {
    const talk = chat(`at${at}`, at, { closedAt: at + HOUR, surveyAsked: true, surveyQuestions: questions });
    return tallyDay(history({ chats: [talk] }), { ...scope, to: T0 + 2 * DAY });
  };
  const both = [...surveyed(T0, null), ...surveyed(T0 + DAY, ["nps"])];
  const [row] = rowsOf(both, { ...scope, to: T0 + 2 * DAY, groupBy: null });
  expect(RATES.map((name) => row?.[name].denominator)).toEqual([1, 2, 1]);
});

test("KPI85: a goal on the answers to satisfaction is counted from those who were asked for it, as its figure is", () => {
  const usual = talks("usual", 4, ["csat", "ces"]);
  const chats = [...usual, ...talks("nps", 6, ["nps"]), ...talks("nobody", 3, [])];
  const surveys = usual.slice(0, 3).map((of) => survey(of, { csat: 4 }));
  const parts = goalUnits(["csat_response_rate"], history({ chats, surveys }), scope);
  const units = parts.get("csat_response_rate") ?? [];
  expect(units.map(([event]) => event)).toEqual(usual.map(({ id }) => id));
  const reading = goalReading(
    "csat_response_rate",
    units.map(([, part]) => part),
  );
  expect(reading).toBe(0.75);
  expect(whole({ chats, surveys }).csat_response_rate).toMatchObject({ value: 0.75, n: 4 });
});

/** Rule T75 of `docs/rules/targeting.md`: a thousand seeded races between the tabs of one visitor. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { KnownExposure, VisitorState } from "../../domain/visit/state.ts";
import worker from "../../workers/index.ts";
import { mulberry } from "../mulberry.ts";
import { freeSlots, staff } from "./engaging.ts";
import { type Answer, makeSite, pageView, track } from "./site.ts";
import { storedState } from "./stored-visitor.ts";

const SEED = 20_261_123;
const NOON = Date.UTC(2037, 10, 23, 11);
const HOUR = 3_600_000;
/** Each race is a visit of its own; the visitors come back after hours. */
const VISITORS = 40;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  // History is not what is raced for: a queue that takes everything and delivers nothing.
  const taken = { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
  vi.spyOn(env.HISTORY, "send").mockResolvedValue(taken);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/**
 * Tabs that take turns: each call to a visitor's object waits until every tab waits or is done, and then the dice say
 * who goes on: one, or all of them at once.
 */
class Turns {
  readonly #random: () => number;
  readonly #waiting: (() => void)[] = [];
  #tabs = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Run `tabs` against each other. */
  async race<T>(tabs: (() => Promise<T>)[]): Promise<T[]> {
    this.#tabs = tabs.length;
    return Promise.all(
      tabs.map(async (run) => {
        const result = await run();
        this.#tabs -= 1;
        this.#advance();
        return result;
      }),
    );
  }

  /** Wait for one's turn; outside a race it is at once. */
  async take(): Promise<void> {
    if (this.#tabs === 0) return;
    const turn = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#advance();
    await turn;
  }

  #advance(): void {
    if (this.#waiting.length < this.#tabs) return;
    const together = this.#random() < 0.4 ? this.#waiting.length : 1;
    for (let count = 0; count < together; count += 1) {
      const [next] = this.#waiting.splice(Math.floor(this.#random() * this.#waiting.length), 1);
      next?.();
    }
  }
}

/** The Worker over an environment in which every call to a visitor's object takes its turn. */
function taking(turns: Turns): (site: string, batch: unknown[]) => Promise<Answer> {
  const getByName = (name: string) =>
    new Proxy(env.VISITOR_SESSION.getByName(name), {
      get(stub, method) {
        const call: unknown = Reflect.get(stub, method);
        if (typeof call !== "function") return call;
        return async (...sent: unknown[]): Promise<unknown> => {
          await turns.take();
          return Reflect.apply(call, stub, sent);
        };
      },
    });
  const turned = new Proxy(env, {
    get: (target, name): unknown =>
      name === "VISITOR_SESSION" ? { getByName } : (Reflect.get(target, name) as unknown),
  });
  return async (site, batch) => {
    const headers = { authorization: `Basic ${btoa(`${site}:`)}` };
    const body = JSON.stringify({ batch });
    const request = new Request("http://localhost/v1/batch?decide=1", { method: "POST", headers, body });
    const context = createExecutionContext();
    const response = await worker.fetch(request, turned, context);
    expect(response.status).toBe(200);
    await waitOnExecutionContext(context);
    return response.json<Answer>();
  };
}

/** Everything that the visitor was eligible for in the present visit. */
async function exposuresOf(site: string, visitor: string): Promise<KnownExposure[]> {
  const { visit, exposures } = JSON.parse(await storedState(site, visitor)) as VisitorState;
  return exposures.filter(({ sessionId }) => sessionId === visit?.id);
}

/** Two hours later, with no visit and no decision left of what was before. */
function nextVisit(race: number): void {
  vi.setSystemTime(NOON + race * 2 * HOUR);
}

const random = mulberry(SEED);
const turns = new Turns(random);
const tell = taking(turns);

/** A tab that opens a page, and perhaps asks again: the ids of what it was told to show. */
function tab(site: string, visitor: string, path: string): () => Promise<string[]> {
  return async () => {
    const answers = [await tell(site, [pageView(visitor, path)])];
    if (random() < 0.2) answers.push(await tell(site, [track(visitor, "Wake")]));
    return answers.flatMap(({ decisions }) => decisions.map(({ id }) => id));
  };
}

/** Two tabs, at times three, at once; the one exposure and the one decision that may come of it. */
async function raceOf(site: string, visitor: string): Promise<{ exposure: KnownExposure; shown: string[] }> {
  const paths = random() < 0.15 ? ["/1", "/2", "/3"] : ["/1", "/2"];
  const told = await turns.race(paths.map((path) => tab(site, visitor, path)));
  const shown = [...new Set(told.flat())];
  const [exposure, ...more] = await exposuresOf(site, visitor);
  if (exposure === undefined) throw new Error(`${visitor}: nobody was eligible`);
  expect(more, visitor).toEqual([]);
  expect(shown, visitor).toEqual(exposure.arm === "treated" ? [exposure.id] : []);
  return { exposure, shown };
}

const ANSWERS = ["Engagement Declined", "Engagement Ignored"];
const caps = { per_session: 1 };

test("T75: in 600 races without places there is one exposure and at most one decision", async () => {
  const { key } = await makeSite({
    pressure: { per_session: 1 },
    campaigns: [
      { id: "cmp_a", holdout: 0.3, caps, condition: { "page.path": { $ne: "/2" } } },
      { id: "cmp_b", holdout: 0.3, caps },
    ],
  });
  const seen = new Map<string, number>();
  for (let race = 0; race < 600; race += 1) {
    nextVisit(race);
    const { exposure } = await raceOf(key, `visitor-${race % VISITORS}`);
    const kind = `${exposure.campaign} ${exposure.arm}`;
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
  }
  console.log(`seed ${SEED}: ${JSON.stringify(Object.fromEntries(seen))}`);
  expect(seen.size).toBe(4);
}, 240_000);

test("T75: in 300 races for a place there is one exposure and at most one decision, and no place stays held", async () => {
  const { key } = await makeSite({
    campaigns: [{ id: "cmp_place", kind: "chat", requires_agent: true, holdout: 0.3, caps }],
  });
  await staff(key, 2);
  let held = 0;
  for (let race = 0; race < 300; race += 1) {
    nextVisit(race);
    const visitor = `visitor-${race % VISITORS}`;
    const { exposure, shown } = await raceOf(key, visitor);
    expect(await freeSlots(key), visitor).toBe(2 - shown.length);
    held += shown.length;
    const answer = ANSWERS[Math.floor(random() * ANSWERS.length)] ?? "";
    if (shown.length > 0) await tell(key, [track(visitor, answer, { decision_id: exposure.id })]);
    expect(await freeSlots(key), visitor).toBe(2);
  }
  expect(held).toBeGreaterThan(100);
}, 240_000);

test("T75: in 100 races of two visitors for the last place it is held for one of them at most", async () => {
  const { key } = await makeSite({
    campaigns: [{ id: "cmp_chat", kind: "chat", requires_agent: true, holdout: 0.3, caps }],
  });
  await staff(key, 1);
  let lost = 0;
  for (let race = 0; race < 100; race += 1) {
    nextVisit(race);
    const both = [`ada-${race % 20}`, `bob-${race % 19}`];
    const tabs = both.flatMap((visitor) => ["/1", "/2"].map((path) => tab(key, visitor, path)));
    const shown = [...new Set((await turns.race(tabs)).flat())];
    const exposures = (await Promise.all(both.map((visitor) => exposuresOf(key, visitor)))).flat();
    expect(shown.length, `race ${race}`).toBeLessThanOrEqual(1);
    expect(exposures.filter(({ arm }) => arm === "treated").map(({ id }) => id)).toEqual(shown);
    expect(new Set(exposures.map(({ sessionId }) => sessionId)).size).toBe(exposures.length);
    expect(exposures.length).toBeGreaterThan(0);
    expect(await freeSlots(key)).toBe(1 - shown.length);
    lost += 2 - exposures.length;
    const [id] = shown;
    for (const visitor of id === undefined ? [] : both) {
      const mine = (await exposuresOf(key, visitor)).some((exposure) => exposure.id === id);
      if (mine) await tell(key, [track(visitor, "Engagement Declined", { decision_id: id })]);
    }
    expect(await freeSlots(key)).toBe(1);
  }
  expect(lost).toBeGreaterThan(10);
}, 240_000);

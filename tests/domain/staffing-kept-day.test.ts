/** What is kept of a day's conversations is all that was told of them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { chatOf, decodeChats, encodeChats, type ToldChat } from "../../domain/staffing/kept-day.ts";

const moment = fc.integer({ min: 0, max: 4e12 });
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const name = fc.constantFrom("a", "b", "__proto__", "é\u2028");
const chat: fc.Arbitrary<ToldChat> = fc.record({
  createdAt: moment,
  startedAt: moment,
  assignedAt: maybe(moment),
  answeredAt: maybe(moment),
  closedAt: maybe(moment),
  idle: fc.boolean(),
  agent: maybe(name),
  campaign: maybe(name),
});

test("STA15: what is kept of a day's conversations is every moment of each, and their order", () => {
  fc.assert(
    fc.property(fc.array(chat), (chats) => {
      expect(decodeChats(encodeChats(chats))).toEqual(chats);
    }),
  );
});

test("STA15: when a visitor left follows the site's setting of today, also of what was kept before", () => {
  const told: ToldChat = {
    createdAt: 0,
    startedAt: 0,
    assignedAt: null,
    answeredAt: null,
    closedAt: 900_000,
    idle: true,
    agent: null,
    campaign: null,
  };
  expect(chatOf(told, 10).leftAt).toBe(300_000);
  expect(chatOf(told, 15).leftAt).toBe(0);
  expect(chatOf({ ...told, idle: false }, 10).leftAt).toBeNull();
  expect(chatOf({ ...told, closedAt: null }, 10).leftAt).toBeNull();
});

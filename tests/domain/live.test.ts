/** The list of live visitors as a value: who is shown, what changes, who leaves. Rules R-L4, R-L5 and R-L9. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { inviteVisitor } from "../../domain/live/invitation.ts";
import { GONE_AFTER_MS, LiveList, MOST_SHOWN } from "../../domain/live/live-list.ts";
import type { VisitReport } from "../../domain/live/visit-report.ts";
import { newVisitor } from "../../domain/visit/state.ts";

function report(visitor: string, seenAt: number, cart: number | null = null): VisitReport {
  return {
    visitor,
    name: null,
    page: "/",
    title: null,
    since: 0,
    seenAt,
    pages: 1,
    visits: 1,
    cart_value: cart,
    currency: null,
    country: null,
    city: null,
    channel: null,
    device: null,
    conversation: null,
    invitation: null,
    not_now: null,
  };
}

test("R-L4: the 200 busiest are shown, the fullest carts first, and the total is of all", () => {
  const list = new LiveList();
  list.hear(Array.from({ length: 700 }, (_, at) => report(`v${at}`, at, at % 7 === 0 ? at : null)));
  const change = list.change(700);
  expect(change?.total).toBe(700);
  expect(change?.live).toHaveLength(MOST_SHOWN);
  expect(change?.live.slice(0, 3).map(({ visitor }) => visitor)).toEqual(["v693", "v686", "v679"]);
  expect(change?.live[99]).toMatchObject({ visitor: "v699", cart_value: null });
  expect(list.change(701)).toBeNull();
});

test("R-L4 R-L5: whatever is heard and when, what a list was told adds up to who is shown", () => {
  const step = fc.record({
    wait: fc.nat(GONE_AFTER_MS / 2),
    visitor: fc.nat(12),
    cart: fc.option(fc.nat(90)),
    late: fc.nat(2_000),
    told: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const list = new LiveList();
      const screen = new Map<string, string>();
      let now = 1_000_000;
      for (const { wait, visitor, cart, late, told } of steps) {
        now += wait;
        list.hear([report(`v${visitor}`, now - late, cart)]);
        if (!told) continue;
        const change = list.change(now);
        for (const row of change?.live ?? []) screen.set(row.visitor, JSON.stringify(row));
        for (const gone of change?.left ?? []) screen.delete(gone);
        const whole = list.whole(now);
        expect([...screen.values()].toSorted()).toEqual(
          whole.live.map((row) => JSON.stringify(row)).toSorted(),
        );
        expect(whole.live.every((row) => now - Date.parse(row.seen_at) < GONE_AFTER_MS)).toBe(true);
        expect(whole.total).toBe(screen.size);
      }
    }),
  );
});

test("R-L9: who has no visit, or one that is over, is gone", () => {
  const request = {
    decisionId: "dec_1",
    agent: { id: "usr_1", name: "Léa" },
    text: null,
    expiresAt: 75_000,
    pressure: {},
    locale: "fr",
    now: 0,
  };
  expect(inviteVisitor(newVisitor("demo", "ada", 0), request)).toEqual({ ok: false, reason: "gone" });
});

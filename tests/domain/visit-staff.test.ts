import fc from "fast-check";
import { expect, test } from "vitest";
import { recordEvents } from "../../domain/visit/record.ts";
import { staffAfter, type StaffWord } from "../../domain/visit/staff.ts";
import { newVisitor, type VisitorState } from "../../domain/visit/state.ts";
import { context, NOON, pageView, track, visitorAfter } from "./visit-state.ts";

const ON: StaffWord = { link: "on", user: null };
const OFF: StaffWord = { link: "off", user: null };
const order = (id: string) => track("Order Completed", { order_id: id, total: 30, currency: "EUR" });

test("VIS20: a link leaves a browser out until another takes it back; a proven user only while they work here", () => {
  expect(staffAfter(undefined, ON)).toBe("link");
  expect(staffAfter("link", undefined)).toBe("link");
  expect(staffAfter("link", { link: null, user: false })).toBe("link");
  expect(staffAfter("link", OFF)).toBeUndefined();
  expect(staffAfter(undefined, { link: null, user: true })).toBe("user");
  expect(staffAfter("user", undefined)).toBe("user");
  expect(staffAfter("user", { link: null, user: false })).toBeUndefined();
  expect(staffAfter("user", { link: "off", user: true })).toBe("user");
});

test("VIS20: history learns nothing of what staff do, buy or tell, but who they are, what they ask and what goes back", () => {
  const told = [pageView("/"), order("o1"), track("Lead Submitted"), track("Call Started")];
  const refund = track("Order Refunded", { order_id: "o0" });
  const more = { staff: ON, trusted: true, provenUser: "lea" };
  const state = visitorAfter([...told, refund], more);
  const tables = state.outbox.map(({ key }) => key.split(":")[0]);
  expect(tables.toSorted()).toEqual(["identities", "refunds"]);
  expect(state).toMatchObject({ visits: 1, orders: 1, staff: "link" });
  expect(state.visit?.pages).toBe(1);
});

test("VIS20: the mark parts the visit: what was counted up to it is completed, what follows is not told", () => {
  const before = visitorAfter([pageView("/"), order("o1")]);
  const first = before.visit?.id ?? "";
  const marked = recordEvents(
    before,
    [pageView("/next"), order("o2")],
    context(NOON + 60_000, { visitId: "ses_staff", staff: ON }),
  ).state;
  expect(marked.visit?.id).toBe("ses_staff");
  expect(marked.waiting[`sessions:${first}`]).toMatchObject({ ended_at: NOON + 1_000, pages: 1 });
  expect(marked.outbox.map(({ key }) => key)).not.toContain("orders:o2");
  expect(marked.outbox.map(({ key }) => key)).not.toContain("sessions:ses_staff");
  const ended = recordEvents(marked, [], context(NOON + 3_600_000)).state;
  expect(ended.visit).toBeNull();
  expect(Object.keys(ended.replays)).not.toContain("ses_staff");
  const again = recordEvents(
    marked,
    [pageView("/again")],
    context(NOON + 120_000, { visitId: "ses_again", staff: OFF }),
  ).state;
  expect(again.staff).toBeUndefined();
  expect(again.outbox.map(({ key }) => key)).toContain("sessions:ses_again");
});

test("VIS20: whatever a batch says of staff, only what counts is told, and a visit is either told or not", () => {
  const words = fc.constantFrom<StaffWord | undefined>(
    undefined,
    ON,
    OFF,
    { link: null, user: true },
    {
      link: null,
      user: false,
    },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(words, fc.boolean()), { maxLength: 12 }), (steps) => {
      let state: VisitorState = newVisitor("demo", "ada", NOON);
      const staffVisits = new Set<string>();
      steps.forEach(([staff, buys], index) => {
        const now = NOON + index * 60_000;
        const more = { visitId: `ses_${index}`, ...(staff === undefined ? {} : { staff }) };
        state = recordEvents(state, [buys ? order(`o${index}`) : pageView("/")], context(now, more)).state;
        if (state.staff) staffVisits.add(state.visit?.id ?? "");
      });
      const told = new Set(state.outbox.map(({ key }) => key));
      for (const id of staffVisits) expect(told.has(`sessions:${id}`)).toBe(false);
      if (state.visit !== null) expect(told.has(`sessions:${state.visit.id}`)).toBe(!state.staff);
    }),
  );
});

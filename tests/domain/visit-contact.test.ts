import { expect, test } from "vitest";
import { ContactEvents } from "../../domain/site/contact-events.ts";
import { NOON, track, visitorAfter } from "./visit-state.ts";

const CONTACTS = [track("Call Started"), track("Email Sent"), track("Hotline"), track("Order Viewed")];

function told(more: Parameters<typeof visitorAfter>[1]): string[] {
  return Object.values(visitorAfter(CONTACTS, more).waiting).flatMap((record) =>
    record.table === "contacts" ? [`${record.channel} ${record.visitor_id} ${record.at - NOON}`] : [],
  );
}

test("RET6: what a server tells as a call or an e-mail waits for history; what a page tells does not", () => {
  expect(told({ trusted: true })).toEqual(["phone ada 0", "email ada 0"]);
  expect(told({ trusted: false })).toEqual([]);
});

test("RET6: a site may name its contacts otherwise", () => {
  const contactEvents = ContactEvents.parse({ phone: ["Hotline", "Call Started"], email: [] });
  expect(told({ trusted: true, contactEvents })).toEqual(["phone ada 0", "phone ada 0"]);
  expect(ContactEvents.parse({})).toEqual({ phone: ["Call Started"], email: ["Email Sent"] });
});

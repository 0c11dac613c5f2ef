/** Rule R-F26: files and cards of a past conversation are told in words. */
import { expect, test } from "vitest";
import { linesOf } from "../../web/admin/talk/play.ts";

const at = "2026-11-23T10:00:00.000Z";
const from = { role: "agent", id: "usr_1", name: "Alice" };
const message = (seq: number, kind: string, body: unknown) => ({
  type: "message",
  seq,
  at,
  from,
  kind,
  body: typeof body === "string" ? body : JSON.stringify(body),
});

test("R-F26: a file is its name and can be fetched, a card its title, price and address; what is neither stays as it is", () => {
  const lines = linesOf([
    message(1, "file", { id: "fil_1", name: "plan.pdf", type: "application/pdf", bytes: 12 }),
    message(2, "card", {
      title: "Lampe",
      price: { amount: 49.9, currency: "EUR" },
      url: "https://shop.example/l",
    }),
    message(3, "card", { title: "Lampe", url: "https://shop.example/l" }),
    message(4, "card", "no JSON"),
    message(5, "file", "null"),
    { type: "event", seq: 6, at, name: "taken_over", agent: { id: "usr_2", name: "Bea" } },
  ]);
  expect(
    lines.map((line) => (line.kind === "said" ? [line.body, line.file] : [line.words, line.name])),
  ).toEqual([
    ["plan.pdf", "fil_1"],
    ["Lampe – 49.9 EUR – https://shop.example/l", undefined],
    ["Lampe – https://shop.example/l", undefined],
    ["no JSON", undefined],
    ["null", undefined],
    ["event_transferred", "Bea"],
  ]);
});

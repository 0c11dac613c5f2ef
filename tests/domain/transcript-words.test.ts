/** Rule R-F22, what happened in a conversation as sentences. */
import { expect, test } from "vitest";
import { transcriptOf } from "../../domain/chat/content-transcript.ts";

test("R-F22: a name that ends with an initial ends its sentence too", () => {
  const passed = (name: string) => ({
    type: "event",
    seq: 1,
    at: "2026-11-23T02:40:44.000Z",
    name: "transferred",
    agent: { id: "usr_1", name },
  });
  const about = {
    locale: "fr",
    timezone: "Europe/Paris",
    site: "Lune",
    conversation: "c",
    notes: false,
  } as const;
  expect(transcriptOf([passed("Anne D.")], about)).toContain("transférée à Anne D.\r\n");
  expect(transcriptOf([passed("Léa")], about)).toContain("transférée à Léa.\r\n");
});

/** Rule W25 of `docs/rules/why.md`: what a file may hold that a draft is played against. */
import { expect, test } from "vitest";
import { readMessages } from "../../web/admin/dry-run/read-file.ts";

test("W25: a file is a list, one batch, or a message a line; where it stops being either, the line is told", () => {
  const one = { type: "page", anonymousId: "ada" };
  expect(readMessages(JSON.stringify([one, one]))).toEqual({ ok: true, messages: [one, one] });
  expect(readMessages(JSON.stringify({ batch: [one] }))).toEqual({ ok: true, messages: [{ batch: [one] }] });
  const lines = `${JSON.stringify(one)}\r\n\r\n${JSON.stringify(one)}\n`;
  expect(readMessages(lines)).toEqual({ ok: true, messages: [one, one] });
  expect(readMessages(`${JSON.stringify(one)}\n{"type":`)).toEqual({ ok: false, fault: "fileBad", line: 2 });
  expect(readMessages("")).toEqual({ ok: false, fault: "fileEmpty", line: 1 });
  expect(readMessages("[]")).toEqual({ ok: false, fault: "fileEmpty", line: 1 });
});

/** What is a telephone number: the text that somebody selects, alone or behind a word (rule SG9). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { PHONE } from "../../web/signals/phone.ts";

test.each([
  "0123456789",
  "01 23 45 67 89",
  "01.23.45.67.89",
  "01-23-45-67-89",
  "01 23 45 67 89",
  "0 800 123 456",
  "+33123456789",
  "+33 1 23 45 67 89",
  "+33 (0)1 23 45 67 89",
  "0033 1 23 45 67 89",
  "+1 (514) 555-0199",
  "+44 20 7946 0958",
  "+49 30 901820",
  "020 7946 0958",
  "Tél. : 01 23 45 67 89",
  "Appelez-nous : 01 23 45 67 89 !",
  "  01 23 45 67 89\n",
])("SG9: %j is one", (text) => {
  expect(PHONE.test(text)).toBe(true);
});

test.each([
  "",
  "Livraison",
  "60 €",
  "2026",
  "05/11/2026",
  "05/11/2026, 10:30",
  "05.11.2026 – 12.11.2026",
  "75002 Paris",
  "FR76 3000 6000 0112 3456 7890 189",
  "4970 1012 3456 7890",
  "123 456 782 00019",
  "30569309025904567",
  "CMD-0123456789-2026-11-22",
  "Le 01 23 45 67 89 est ouvert de 9 h à 18 h",
  "12, rue du Bac, esc. 3, 01 23 45 67 89",
])("SG9: %j is none", (text) => {
  expect(PHONE.test(text)).toBe(false);
});

test("SG9: whatever is long is none, and no selection is too long to judge", () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[0-9 .()+-]{80,400}$/),
      fc.integer({ min: 1, max: 200 }),
      (digits, times) => {
        expect(PHONE.test(`x${digits.repeat(times)}x`)).toBe(false);
      },
    ),
  );
});

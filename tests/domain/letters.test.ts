/** Letters about visitors: what they typed is text, wherever it stands. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { bookedLetter, type Head, leftLetter } from "../../domain/availability/letters.ts";

const HEAD: Head = {
  site: "Atelier",
  locale: "fr",
  timezone: "Europe/Paris",
  link: "https://app.example/admin",
};
const AT = Date.parse("2026-11-23T09:30:00Z");

test("R-A30: a letter says who, when by the site's clock, what, and under which reference, in the site's language", () => {
  const left = {
    reference: "7K4Q-2MXP",
    email: "ada@example.org",
    name: "Ada",
    body: "Bonjour",
    page: null,
    at: AT,
    files: ["plan.png", "mesures.csv"],
  };
  const french = leftLetter(left, HEAD);
  expect(french.subject).toBe("Message de Ada · 7K4Q-2MXP · Atelier");
  expect(french.text).toContain("Reçu\u00a0: lundi 23 novembre à 10:30");
  expect(french.text).toContain("Fichiers joints, à ouvrir dans Aparté\u00a0: plan.png, mesures.csv");
  expect(french.replyTo).toBe("ada@example.org");
  const call = {
    reference: "7K4Q-2MXP",
    phone: "+33 6 12 34 56 47",
    name: null,
    topic: "Taille",
    page: "/",
    slotAt: AT,
  };
  expect(bookedLetter(call, HEAD).subject).toContain(
    "Rappel de +33 6 12 34 56 47, lundi 23 novembre à 10:30",
  );
  const english = bookedLetter(call, { ...HEAD, locale: "en" });
  expect(english.text).toContain("When: Monday 23 November at 10:30");
  expect(english.text).toContain("Subject: Taille");
});

test("R-A30: nothing that a visitor typed becomes markup or another header", () => {
  const typed = fc.string({
    unit: fc.constantFrom("<", ">", "&", '"', "'", "\r", "\n", "\u2028", "a", "é"),
    maxLength: 60,
  });
  fc.assert(
    fc.property(typed, typed, (name, body) => {
      const letter = leftLetter(
        { reference: "R", email: "a@b.c", name, body, page: body, at: AT, files: [body] },
        HEAD,
      );
      expect(letter.subject).not.toMatch(/[\r\n\u2028]/);
      const tags = letter.html.match(/<[^>]*>/g) ?? [];
      const plain = leftLetter(
        { reference: "R", email: "a@b.c", name: "a", body: "a", page: "a", at: AT, files: ["a"] },
        HEAD,
      );
      expect(tags).toEqual(plain.html.match(/<[^>]*>/g));
    }),
  );
});

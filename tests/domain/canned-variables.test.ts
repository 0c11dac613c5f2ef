/** Rules R-F16 and R-F17: what a canned answer may be filled with. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  CANNED_VARIABLES,
  cannedProblem,
  fillCanned,
  previewCanned,
} from "../../domain/creative/canned-variables.ts";

test("R-F16: an answer is filled with what is known, and what is missing is named", () => {
  const body =
    "Bonjour {{ visitor.first_name | default: 'à vous' }}, votre commande {{ order.id }} : {{ order.total | money: order.currency }}.";
  expect(
    fillCanned(
      body,
      { "visitor.first_name": "Camille", "order.id": "C-1", "order.total": 49.9, "order.currency": "EUR" },
      "fr",
    ),
  ).toEqual({
    ok: true,
    text: "Bonjour Camille, votre commande C-1 : 49,90\u00a0€.",
    missing: [],
  });
  expect(fillCanned(body, { "order.id": "C-1", "order.total": null }, "fr")).toEqual({
    ok: true,
    text: "Bonjour à vous, votre commande C-1 : .",
    missing: ["visitor.first_name", "order.total", "order.currency"],
  });
  expect(fillCanned("Sans variable", {}, "fr")).toEqual({ ok: true, text: "Sans variable", missing: [] });
});

test.each([
  ["{{ visitor.email }}", "visitor.email"],
  ["{{ env }}", "env"],
  ["{{ visitor }}", "visitor"],
  ["{{ locale }}", "locale"],
  ["{{ constructor.name }}", "constructor.name"],
  ["{% if agent.password %}x{% endif %}", "agent.password"],
  ["{% for o in orders %}{{ o.id }}{% endfor %}", "orders"],
])("R-F16: %s is refused when it is saved: there is no such variable", (body, unknown) => {
  expect(cannedProblem(body)).toMatchObject({ unknown });
});

test.each([
  "{{ visitor.name",
  "{% if %}",
  "{{ visitor.name | nothing }}",
  "{% include 'x' %}",
  "{% endfor %}",
])("R-F16: %s is refused when it is saved: it cannot be read", (body) => {
  expect(cannedProblem(body)).toMatchObject({ unknown: null, message: expect.any(String) as string });
});

test("R-F16: every variable there is has an example in both languages, and none is refused", () => {
  for (const name of Object.keys(CANNED_VARIABLES)) {
    expect(cannedProblem(`{{ ${name} }}`)).toBeNull();
    for (const locale of ["fr", "en"] as const)
      expect(previewCanned(`{{ ${name} }}`, locale)).toMatchObject({ ok: true, missing: [] });
  }
  const own = "{% assign x = order.total %}{% if visitor.name %}{{ x | money: 'EUR' }}{% endif %}";
  expect(cannedProblem(own)).toBeNull();
  expect(previewCanned(own, "en")).toMatchObject({ ok: true, text: "€129.90" });
});

test("R-F17: what somebody is called never becomes markup, a line or a template of what an agent says", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (name) => {
      const filled = fillCanned("a{{ visitor.name }}b", { "visitor.name": name }, "fr");
      expect(filled.ok).toBe(true);
      if (!filled.ok) return;
      expect(filled.text).toMatch(/^a[^*_`[\]<>\\{}\p{Cc}]*b$/u);
      expect(filled.text.length).toBeLessThanOrEqual(202);
    }),
    { numRuns: 2_000 },
  );
  expect(
    fillCanned("{{ visitor.name }}", { "visitor.name": "[x](https://evil.example) {{ agent.name }}" }, "fr"),
  ).toMatchObject({
    text: "x(https://evil.example) agent.name",
  });
});

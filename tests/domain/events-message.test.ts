/** The messages that are read by hand, against the schema that says what a message is (rule ING60). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Message, readMessage } from "../../domain/events/message.ts";
import { readWellFormed } from "../../domain/events/message-reader.ts";

const NAMES = ["url", "path", "title", "referrer"];
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
const word = fc
  .string({ minLength: 1, maxLength: 30 })
  .map((text) => text.trim())
  .filter((text) => text !== "");
const instant = fc
  .date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true })
  .map((at) => at.toISOString());

const page = fc.record(
  {
    ...Object.fromEntries(NAMES.map((name) => [name, maybe(fc.string())])),
    status: maybe(fc.integer({ min: 100, max: 599 })),
    view_id: maybe(word),
    more: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const consent = fc.record(
  {
    status: maybe(fc.constantFrom("granted", "denied")),
    categoryPreferences: maybe(fc.dictionary(word, fc.boolean())),
    more: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const context = fc.record(
  {
    page: maybe(page),
    userAgent: maybe(fc.string()),
    locale: maybe(fc.constantFrom("fr-FR", "en", "")),
    identity_token: maybe(fc.string()),
    traits: maybe(json),
    ga4: maybe(fc.boolean()),
    consent: maybe(consent),
    library: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const wellFormed = fc.record(
  {
    type: fc.constantFrom("page", "track", "identify", "alias", "group", "screen"),
    event: word,
    anonymousId: word,
    messageId: maybe(word),
    userId: maybe(word),
    name: maybe(fc.string()),
    properties: maybe(json),
    traits: maybe(json),
    context: maybe(context),
    timestamp: maybe(instant),
    originalTimestamp: maybe(instant),
    sentAt: maybe(instant),
    integrations: fc.jsonValue(),
  },
  { requiredKeys: ["type", "event", "anonymousId"] },
);

/** What stands in the place of something: of any kind, too long, to be trimmed, or that only JSON's text can say. */
const instead = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
  fc.constantFrom(39, 40, 41, 100, 101, 200, 201, 2_000, 2_001, 4_096, 4_097).map((length) => text(length)),
  fc.constantFrom('""', '" "', '" a "', '"\\ufeffa"', "1e999", "-1e999", "-0", "[]", "{}", "null", "true"),
  fc.constantFrom(
    '"granted"',
    '"maybe"',
    '"track"',
    '"2026-11-22"',
    '"soon"',
    '{"a":1e999}',
    '{"a":[1e999]}',
  ),
  fc.constantFrom('{"__proto__":{"a":1}}', '{"a":{"__proto__":1}}', '{"__proto__":null,"url":"x"}', "[[[]]]"),
);
const text = (length: number) => JSON.stringify("x".repeat(length));
const mutation = fc.record({ at: fc.nat(), as: fc.oneof(instead, fc.constant(null)), key: fc.nat() });
const OTHER_KEYS = ["__proto__", "constructor", "toString", "type", "event", "timestamp", "consent", "0"];

test("ING60: what is read by hand is what the schema reads, and only what it takes", () => {
  let byHand = 0;
  fc.assert(
    fc.property(wellFormed, fc.array(mutation, { maxLength: 3 }), (whole, mutations) => {
      const raw = parsedAgain(whole);
      for (const each of mutations) mutate(raw, each);
      const before = JSON.stringify(raw);
      const read = readWellFormed(raw);
      const parsed = Message.safeParse(raw);
      if (read !== null) byHand += 1;
      if (read !== null) expect({ success: true, data: read }).toStrictEqual(parsed);
      expect(readMessage(raw, null).ok).toBe(parsed.success);
      // What was refused by hand is the schema's as it came.
      expect(JSON.stringify(raw)).toBe(before);
    }),
    { numRuns: 25_000 },
  );
  expect(byHand).toBeGreaterThan(5_000);
}, 120_000);

test("ING60: a message that needs no trimming and no cutting is read by hand", () => {
  fc.assert(
    fc.property(wellFormed, (whole) => {
      const raw = parsedAgain(whole);
      fc.pre(!JSON.stringify(raw).includes("__proto__"));
      expect(readWellFormed(raw)).not.toBeNull();
    }),
    { numRuns: 2_000 },
  );
});

function parsedAgain(whole: object): object {
  const raw: unknown = JSON.parse(JSON.stringify(whole));
  if (typeof raw !== "object" || raw === null) throw new Error("an object stays one");
  return raw;
}

/** Replaces or removes what stands at one of the places in `root`, or puts another key beside it. */
function mutate(root: object, { at, as, key }: { at: number; as: string | null; key: number }): void {
  const places = [...placesIn(root)];
  const place = places[at % places.length];
  if (place === undefined) return;
  const { owner, name } = place;
  const isList = Array.isArray(owner);
  if (as === null && !isList) Reflect.deleteProperty(owner, name);
  else
    put(owner, key % 4 === 0 && !isList ? (OTHER_KEYS[key % OTHER_KEYS.length] ?? "") : name, as ?? "null");
}

/** As `JSON.parse` would have it there: `__proto__` is a key like any other. */
function put(owner: object, name: string, source: string): void {
  const value: unknown = JSON.parse(source);
  Object.defineProperty(owner, name, { value, enumerable: true, configurable: true, writable: true });
}

function* placesIn(value: unknown): Generator<{ owner: object; name: string }> {
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    yield { owner: value, name };
    yield* placesIn(inner);
  }
}

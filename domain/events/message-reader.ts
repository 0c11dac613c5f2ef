/**
 * The messages that nearly every page sends, read by hand: well formed, nothing to trim, to cut or to leave out. All
 * others are the schema's (`message.ts`), whose word on what is wrong stays the only one.
 *
 * Shapes  `readWellFormed` returns exactly what the schema would, or null where it does not know. It takes what
 *         `JSON.parse` gave, and what it does not change of it, it shares.
 */
import type { Message } from "./message.ts";
import {
  MAX_ID,
  MAX_LOCALE,
  MAX_NAME,
  MAX_PAGE_TEXT,
  MAX_TOKEN,
  MAX_VIEW_ID,
  TYPES,
} from "./message-limits.ts";

type Fields = Readonly<Record<string, unknown>>;

const KNOWN_TYPES: ReadonlySet<unknown> = new Set(TYPES);

/** The message in `raw` where it is one of the common form; null where the schema must say. */
export function readWellFormed(raw: object): Message | null {
  if (Object.hasOwn(raw, "__proto__")) return null;
  const message: Record<string, unknown> = { ...raw };
  const dated = readMoment(message, "timestamp") && readMoment(message, "originalTimestamp");
  return dated && readMoment(message, "sentAt") && isMessage(message) ? message : null;
}

/** Puts the moment that `message[name]` writes in its place; false where that is none. */
function readMoment(message: Record<string, unknown>, name: string): boolean {
  const text = message[name];
  if (text === undefined || text === null) return true;
  const at = typeof text === "string" ? Date.parse(text) : Number.NaN;
  message[name] = at;
  return Number.isFinite(at);
}

/** Its moments are read already. */
function isMessage(message: Record<string, unknown>): message is Message {
  const { type, event, anonymousId, userId } = message;
  return (
    KNOWN_TYPES.has(type) &&
    (isAbsent(event) ? type !== "track" : isTrimmed(event)) &&
    (isAbsent(anonymousId) ? !isAbsent(userId) : isTrimmed(anonymousId)) &&
    (isAbsent(userId) || isTrimmed(userId)) &&
    isShort(message.messageId, MAX_ID) &&
    message.messageId !== "" &&
    isShort(message.name, MAX_NAME) &&
    isJsonOrAbsent(message.properties) &&
    isJsonOrAbsent(message.traits) &&
    isContext(message.context)
  );
}

function isContext(context: unknown): boolean {
  if (isAbsent(context)) return true;
  if (!isPlain(context)) return false;
  const { ga4 } = context;
  return (
    isPage(context.page) &&
    isShort(context.userAgent, MAX_PAGE_TEXT) &&
    isShort(context.locale, MAX_LOCALE) &&
    isShort(context.identity_token, MAX_TOKEN) &&
    isJsonOrAbsent(context.traits) &&
    (isAbsent(ga4) || typeof ga4 === "boolean") &&
    isConsent(context.consent)
  );
}

function isPage(page: unknown): boolean {
  if (isAbsent(page)) return true;
  return (
    isPlain(page) &&
    isShort(page.url, MAX_PAGE_TEXT) &&
    isShort(page.path, MAX_PAGE_TEXT) &&
    isShort(page.title, MAX_PAGE_TEXT) &&
    isShort(page.referrer, MAX_PAGE_TEXT) &&
    (isAbsent(page.status) || Number.isFinite(page.status)) &&
    isShort(page.view_id, MAX_VIEW_ID)
  );
}

function isConsent(consent: unknown): boolean {
  if (isAbsent(consent)) return true;
  if (!isPlain(consent)) return false;
  const { status, categoryPreferences } = consent;
  if (!isAbsent(status) && status !== "granted" && status !== "denied") return false;
  if (isAbsent(categoryPreferences)) return true;
  return (
    isPlain(categoryPreferences) &&
    Object.values(categoryPreferences).every((preference) => typeof preference === "boolean")
  );
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** Absent, or a text of at most `length`. */
function isShort(value: unknown, length: number): boolean {
  return isAbsent(value) || (typeof value === "string" && value.length <= length);
}

/** A text that is itself without its white space, and not empty. */
function isTrimmed(value: unknown): boolean {
  return typeof value === "string" && value !== "" && value.length <= MAX_ID && value.trim() === value;
}

/** An object with fields of its own only: one that names a prototype is taken apart by the schema. */
function isPlain(value: unknown): value is Fields {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !Object.hasOwn(value, "__proto__")
  );
}

function isJsonOrAbsent(value: unknown): boolean {
  return isAbsent(value) || (isPlain(value) && isJson(value));
}

/** Whether all in `value` is what JSON can say; `1e999` is read as no number at all. */
function isJson(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      if (value === null) return true;
      return Array.isArray(value) ? value.every(isJson) : isPlain(value) && areJson(value);
    default:
      return false;
  }
}

function areJson(fields: Fields): boolean {
  for (const key in fields) if (!isJson(fields[key])) return false;
  return true;
}

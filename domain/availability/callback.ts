/**
 * One booked call: who may do what to it, and how a calendar reads it.
 *
 * Shapes  booked → claimed → done, or cancelled by the visitor before it is done. An agent's word is final.
 * Units   moments are `EpochMs`; phones are E.164.
 * Errors  an expected "no" is a returned reason.
 */
import { type EpochMs, isoOf } from "../ids.ts";

export const CALL_STATUSES = ["booked", "claimed", "done", "cancelled"] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];
export const CALL_OUTCOMES = ["reached", "not_reached", "voicemail"] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

export type Held = { status: CallStatus; agentId: string | null };
export type Refused = "cancelled" | "done" | "taken";

/** Why `agent` may not take or conclude it; null where they may. An admin may, whoever has it. */
export function refusalFor(call: Held, agent: string, isAdmin: boolean): Refused | null {
  if (call.status === "cancelled" || call.status === "done") return call.status;
  return call.agentId === null || call.agentId === agent || isAdmin ? null : "taken";
}

export type CalendarEntry = {
  uid: string;
  from: EpochMs;
  to: EpochMs;
  title: string;
  text: string;
  changedAt: EpochMs;
};

const MAX_OCTETS = 75;

/** `entry` as a calendar file (RFC 5545). */
export function calendarOf({ uid, from, to, title, text, changedAt }: CalendarEntry): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Aparte//Callback//FR",
    "METHOD:PUBLISH",
    "BEGIN:VEVENT",
    `UID:${escaped(uid)}`,
    `DTSTAMP:${stamp(changedAt)}`,
    `DTSTART:${stamp(from)}`,
    `DTEND:${stamp(to)}`,
    `SUMMARY:${escaped(title)}`,
    `DESCRIPTION:${escaped(text)}`,
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  return `${lines.map(folded).join("\r\n")}\r\n`;
}

function stamp(at: EpochMs): string {
  return isoOf(at).replaceAll(/[-:]|\.\d+/g, "");
}

/** A line break of what somebody typed must not begin a line of the file. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll(";", "\\;")
    .replaceAll(",", "\\,")
    .replaceAll(/\r\n|\r|\n/g, "\\n")
    .replaceAll(/\p{Cc}/gu, "");
}

/** Lines of at most 75 octets, each going on behind a space; no character is cut in two. */
function folded(line: string): string {
  const octets = new TextEncoder();
  let used = 0;
  let text = "";
  for (const character of line) {
    const length = octets.encode(character).length;
    if (used + length > MAX_OCTETS) {
      text += "\r\n ";
      used = 1;
    }
    text += character;
    used += length;
  }
  return text;
}

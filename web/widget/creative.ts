/**
 * A decision's creative as the card draws it: only text, and only links and pictures over http(s).
 *
 * Pure. What is missing is null; what has the wrong shape is as if it were missing.
 */
import type { Decision } from "../../domain/targeting/decision.ts";

export type Thumbnail = { url: string; label: string };
export type Card = {
  kind: Decision["kind"];
  agent: string | null;
  role: string | null;
  title: string | null;
  text: string | null;
  accept: string | null;
  decline: string | null;
  code: string | null;
  terms: string | null;
  link: string | null;
  thumbnails: Thumbnail[];
};

const MOST_THUMBNAILS = 3;

export function readCreative({ kind, creative }: Decision): Card {
  const agent = fields(creative["agent"]);
  const images = Array.isArray(creative["images"]) ? creative["images"] : [creative["image"]];
  return {
    kind,
    agent: text(agent["name"]),
    role: text(agent["title"]),
    title: text(creative["title"]),
    text: text(creative["text"]),
    accept: text(creative["accept"]),
    decline: text(creative["decline"]),
    code: kind === "offer" ? text(creative["code"]) : null,
    terms: text(creative["terms"]),
    link: kind === "chat" ? null : url(creative["link"]),
    thumbnails: images.slice(0, MOST_THUMBNAILS).flatMap(thumbnail),
  };
}

function thumbnail(value: unknown): Thumbnail[] {
  const link = url(typeof value === "string" ? value : fields(value)["url"]);
  return link === null ? [] : [{ url: link, label: text(fields(value)["label"]) ?? "" }];
}

/** An absolute http(s) address, or null: a creative never runs a script. */
function url(value: unknown): string | null {
  const address = text(value);
  if (address === null || !URL.canParse(address)) return null;
  return /^https?:$/.test(new URL(address).protocol) ? address : null;
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

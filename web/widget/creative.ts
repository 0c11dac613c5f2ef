/**
 * A decision's creative as the card draws it: only text, and only links and pictures over http(s).
 *
 * Pure: the page's address is a parameter. What is missing is null; what has the wrong shape is as if it were missing.
 */
import type { Decision } from "../../domain/targeting/decision.ts";
import { url } from "./address.ts";

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
  /** At the start of a line of text instead of its end. */
  atStart: boolean;
  /** No launcher where the card stood. */
  alone: boolean;
};

const MOST_THUMBNAILS = 3;

/** Kinds whose "yes" opens the conversation; the others' offer is taken once it is said. */
const TALKING: ReadonlySet<Decision["kind"]> = new Set(["chat", "callback", "call", "video"]);

export function leadsToTalk({ kind }: Pick<Card, "kind">): boolean {
  return TALKING.has(kind);
}

/** The widget's word for a "yes" that the campaign does not word. */
export function acceptWord(card: Pick<Card, "kind" | "code" | "link">): string {
  if (card.code !== null) return card.link === null ? "takeCode" : "takeAndGo";
  if (card.link !== null) return "discover";
  if (leadsToTalk(card)) return "accept";
  return card.kind === "offer" ? "takeOffer" : "gotIt";
}

/** `page` is the address of the page, which a link that is a path belongs to. */
export function readCreative({ kind, creative }: Pick<Decision, "kind" | "creative">, page: string): Card {
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
    link: kind === "chat" ? null : (url(creative["link"]) ?? onSite(creative["link"], page)),
    thumbnails: images.slice(0, MOST_THUMBNAILS).flatMap(thumbnail),
    atStart: creative["position"] === "start",
    alone: creative["launcher"] === "none",
  };
}

function thumbnail(value: unknown): Thumbnail[] {
  const link = url(typeof value === "string" ? value : fields(value)["url"]);
  return link === null ? [] : [{ url: link, label: text(fields(value)["label"]) ?? "" }];
}

/** A path as an address of the page's own site, or null: `//host` and what a browser reads alike lead elsewhere. */
export function onSite(value: unknown, page: string): string | null {
  const path = text(value);
  if (!path?.startsWith("/") || !URL.canParse(path, page)) return null;
  const { href, origin } = new URL(path, page);
  return origin === new URL(page).origin ? url(href) : null;
}

/** The fields of an object; none of anything else. */
export function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** A text with something in it, or null. */
export function text(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

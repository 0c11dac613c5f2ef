/**
 * Content in a place of the page itself: what a campaign says, built block by block as text in the page's own type,
 * into the element that the site marked with `data-aparte-slot`.
 *
 * Nothing on the page may move: a slot that has room is filled at once, any other only while it lies below what the
 * visitor sees. What stood there before comes back when the content is taken away.
 */
import type { Decision } from "../../domain/targeting/decision.ts";
import { url } from "./address.ts";
import { fields, onSite, text } from "./creative.ts";
import { whenSeen } from "./when-seen.ts";

type Block =
  | { type: "heading" | "text"; text: string }
  | { type: "list"; items: string[] }
  | { type: "image"; image: string; alt: string }
  | { type: "link"; text: string; link: string };

export type SlotEvents = { seen(): void; followed(): void };

/** Fill the slot that `creative` names with its blocks; null where the page has none. The answer empties it again. */
export function fillSlot(creative: Decision["creative"], events: SlotEvents): (() => void) | null {
  const name = text(creative["slot"]) ?? "";
  const list = Array.isArray(creative["blocks"]) ? creative["blocks"] : [];
  const blocks = list.flatMap((block) => readBlock(fields(block), location.href));
  const slot = document.querySelector<HTMLElement>(`[data-aparte-slot="${CSS.escape(name)}"]`);
  if (slot === null || blocks.length === 0) return null;
  const before = [...slot.childNodes];
  const content = document.createElement("div");
  content.className = "aparte-content";
  content.append(...blocks.map((block) => elementOf(block, events)));

  let stopWatching = (): void => {};
  const fill = (): void => {
    slot.replaceChildren(content);
    stopWatching = whenSeen(content, events.seen);
  };
  const stopWaiting = whenNothingMoves(slot, content, fill);
  return () => {
    stopWaiting();
    stopWatching();
    if (content.parentNode === slot) slot.replaceChildren(...before);
  };
}

/** Call `fill` at once where `content` fits into `slot`, else as soon as the slot lies below the window's edge. */
function whenNothingMoves(slot: HTMLElement, content: HTMLElement, fill: () => void): () => void {
  if (slot.clientHeight > 0 && heightOf(slot, content) <= slot.clientHeight) {
    fill();
    return () => {};
  }
  const observer = new IntersectionObserver((entries) => {
    const entry = entries.at(-1);
    if (entry === undefined || entry.boundingClientRect.top < innerHeight) return;
    observer.disconnect();
    fill();
  });
  observer.observe(slot);
  return () => observer.disconnect();
}

/** How high `content` would be in `slot`, laid out aside and unseen. */
function heightOf(slot: HTMLElement, content: HTMLElement): number {
  const { style } = content;
  const position = getComputedStyle(slot).position;
  if (position === "static") slot.style.setProperty("position", "relative");
  style.setProperty("position", "absolute");
  style.setProperty("visibility", "hidden");
  style.setProperty("inset-inline", "0");
  slot.append(content);
  const height = content.offsetHeight;
  content.remove();
  if (position === "static") slot.style.removeProperty("position");
  for (const name of ["position", "visibility", "inset-inline"]) style.removeProperty(name);
  return height;
}

/** A block as it may be shown: no empty words, and only addresses over http(s) or of this site. */
function readBlock(block: Record<string, unknown>, page: string): Block[] {
  const words = text(block["text"]);
  switch (block["type"]) {
    case "heading":
    case "text":
      return words === null ? [] : [{ type: block["type"], text: words }];
    case "list": {
      const items = Array.isArray(block["items"]) ? block["items"].map(text) : [];
      return [{ type: "list", items: items.filter((item) => item !== null) }];
    }
    case "image": {
      const image = url(block["image"]);
      return image === null ? [] : [{ type: "image", image, alt: text(block["alt"]) ?? "" }];
    }
    case "link": {
      const link = url(block["link"]) ?? onSite(block["link"], page);
      return words === null || link === null ? [] : [{ type: "link", text: words, link }];
    }
    default:
      return [];
  }
}

function elementOf(block: Block, events: SlotEvents): HTMLElement {
  switch (block.type) {
    case "heading":
      return withText("h3", block.text);
    case "text":
      return withText("p", block.text);
    case "list": {
      const list = document.createElement("ul");
      list.append(...block.items.map((item) => withText("li", item)));
      return list;
    }
    case "image": {
      const image = document.createElement("img");
      image.alt = block.alt;
      image.src = block.image;
      image.style.setProperty("max-inline-size", "100%");
      image.style.setProperty("max-block-size", "240px");
      return image;
    }
    case "link": {
      const link = document.createElement("a");
      link.textContent = block.text;
      link.href = block.link;
      link.addEventListener("click", () => events.followed());
      const line = document.createElement("p");
      line.append(link);
      return line;
    }
    default:
      return block satisfies never;
  }
}

function withText(tag: "h3" | "p" | "li", text: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

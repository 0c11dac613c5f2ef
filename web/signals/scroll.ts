/**
 * How far the page is scrolled, looked at ten times a second while it moves: the listener itself reads nothing, since
 * reading a position can force a layout.
 */
import { listen } from "./listen.ts";
import { watchThrash } from "./scroll-thrash.ts";

const SAMPLE_MS = 100;

/** How much of the page has come into sight, in whole percent of its height. */
export let depth: number;

let timer: ReturnType<typeof setTimeout> | undefined;

function look(): void {
  timer = undefined;
  const seen = (100 * (scrollY + innerHeight)) / document.documentElement.scrollHeight;
  depth = Math.max(depth, Math.min(100, Math.round(seen)));
  watchThrash(scrollY);
}

const lookSoon = (): void => void (timer ??= setTimeout(look, SAMPLE_MS));

/** A page view begins: its depth is read once the page had time to draw itself. */
export function beginDepth(): void {
  depth = 0;
  lookSoon();
}

export function followScroll(): void {
  listen("scroll", lookSoon);
}

/**
 * How far the page is scrolled, looked at ten times a second while it moves: the listener itself reads nothing, since
 * reading a position can force a layout.
 */
import { listen } from "./listen.ts";
import { isAsked, tell } from "./report.ts";
import { watchThrash } from "./scroll-thrash.ts";

const SAMPLE_MS = 100;

/** A hundredth more than ten: a bottom that is missed by a fraction of a pixel is the bottom. */
const TENTHS = 10.1;

/** How much of the page has come into sight, in percent of its height, by tens. */
export let depth: number;

let timer: ReturnType<typeof setTimeout> | undefined;

function look(): void {
  timer = undefined;
  const seen = (scrollY + innerHeight) / document.documentElement.scrollHeight;
  const reached = 10 * Math.floor(seen * TENTHS);
  // A page that is drawn out beyond its end has no more than a hundred.
  if (reached > depth && reached <= 100) {
    depth = reached;
    if (isAsked("depth")) tell("Page Scrolled", {}, "depth");
  }
  watchThrash(scrollY);
}

const lookSoon = (): void => {
  timer ??= setTimeout(look, SAMPLE_MS);
};

/** A page view begins: its depth is read once the page had time to draw itself. */
export function beginDepth(): void {
  depth = 0;
  lookSoon();
}

export function followScroll(): void {
  listen("scroll", lookSoon);
}

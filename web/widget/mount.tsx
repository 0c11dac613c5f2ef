/**
 * The widget's one entrance: `mount` puts it on the page in a shadow root of its own and hands back its controls.
 *
 * No inline style or script, no markup from strings: a page with a strict policy and Trusted Types runs it as it is.
 */
import { render } from "preact";
import type { Mount, PageLink } from "../shared/widget-mount.ts";
import { Widget } from "./widget.tsx";
import { followViewport } from "./viewport.ts";
import { screenOf } from "./screen.ts";
import { loadWords } from "./words.ts";
import css from "./widget.css?inline";

type Mounted = Awaited<ReturnType<typeof putOn>>;

export const mount: Mount = (page) => {
  const mounted = putOn(page);
  /** In the order of the calls, the first ones once the words are there. */
  const then = (act: (mounted: Mounted) => unknown): void => {
    mounted.then(act).catch((failure: unknown) => page.on("error", { message: String(failure) }));
  };
  then(({ screen }) => screen.begin());
  return {
    show: (decision) => then(({ screen }) => screen.show(decision)),
    withdraw: () => then(({ screen }) => screen.withdraw()),
    open: () => then(({ screen }) => screen.open()),
    close: () => then(({ screen }) => screen.minimise()),
    destroy: () => then(({ destroy }) => destroy()),
  };
};

async function putOn(page: PageLink) {
  const words = await loadWords();
  const host = document.createElement("aparte-widget");
  const root = host.attachShadow({ mode: "open" });
  const addStyle = (text: string): void => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets.push(sheet);
  };
  addStyle(css);
  // Beside the body, which single-page sites like to replace.
  document.documentElement.append(host);

  const screen = screenOf(page, words, addStyle);
  const unfollow = followViewport(host);
  const moved = (event: StorageEvent): void => {
    if (event.key !== screen.memory.key || event.newValue === null) return;
    screen.join().catch((failure: unknown) => page.on("error", { message: String(failure) }));
  };
  addEventListener("storage", moved);
  render(<Widget screen={screen} />, root);
  const destroy = (): void => {
    removeEventListener("storage", moved);
    unfollow();
    screen.forget();
    render(null, root);
    host.remove();
  };
  return { screen, destroy };
}

/**
 * The widget's one entrance: `mount` puts it on the page in a shadow root of its own and hands back its controls.
 *
 * No inline style or script, no markup from strings: a page with a strict policy and Trusted Types runs it as it is.
 */
import { h, render } from "preact";
import type { Mount } from "../shared/widget-mount.ts";
import { Widget } from "./widget.tsx";
import { followViewport } from "./viewport.ts";
import { screenOf } from "./screen.ts";
import css from "./widget.css?inline";

export const mount: Mount = (page) => {
  const locale = /^fr/i.test(document.documentElement.lang || navigator.language) ? "fr" : "en";
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

  const screen = screenOf(page, locale, addStyle);
  const unfollow = followViewport(host);
  const report = (failure: unknown): void => page.on("error", { message: String(failure) });
  const moved = (event: StorageEvent): void => {
    if (event.key === screen.memory.key && event.newValue !== null) screen.join().catch(report);
  };
  addEventListener("storage", moved);
  render(h(Widget, { screen }), root);
  screen.begin().catch(report);

  return {
    show: (decision) => screen.show(decision),
    withdraw: () => screen.withdraw(),
    open: () => void screen.open().catch(report),
    close: () => screen.minimise(),
    destroy() {
      removeEventListener("storage", moved);
      unfollow();
      screen.forget();
      render(null, root);
      host.remove();
    },
  };
};

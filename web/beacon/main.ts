/**
 * The one script tag: tells Aparté what happens on the page, and loads the widget when there is something to show.
 *
 * Nothing here may break or slow the site: no error leaves these files, no request stands in the page's way, nothing
 * is stored before consent. Calls made before it loads wait in `window.aparte` (`docs/rules/page.md`).
 */
import { hear, lookForBanner, SITE } from "./consent.ts";
import { readDataLayer } from "./data-layer.ts";
import { follow, forget, prove } from "./identity.ts";
import { seal, start } from "./outbox.ts";
import { wakeSignals } from "./signals.ts";
import { guard, local, on, prefix } from "./site.ts";
import { showPage, tell, track, type Data } from "./view.ts";
import { dropWidget, loadWidget, withWidget } from "./widget.ts";

type Api = Record<string, (...args: never[]) => unknown>;
type Call = [name: string, ...args: unknown[]];
/** What the site put in our place before we came: a list of calls, or a stub that keeps them in `q`. */
type Early = never[] & { q?: never[] };

let wakeTimer: ReturnType<typeof setTimeout> | undefined;
const api: Api = {
  page: showPage,
  track: (name: string, properties?: Data) => track(name, properties),
  identify(userId: string, traits?: Data, token?: string) {
    prove(token);
    tell({ type: "identify", userId, traits });
  },
  consent: (word: string) => hear(SITE, word),
  open: () => loadWidget("open"),
  close: () => withWidget("close"),
  on,
  reset() {
    seal();
    forget();
    dropWidget();
  },
  push: (...calls: Call[]) =>
    calls.forEach((call) =>
      guard(() => {
        const [name, ...args] = call;
        api[name]?.(...(args as never[]));
      }),
    ),
};

guard(() => {
  const page = window as { aparte?: unknown };
  const early = (page.aparte ?? []) as Early;
  page.aparte = api;

  start(({ decisions: [decision], wake_after_ms: wakeMs }) => {
    follow();
    wakeSignals();
    lookForBanner();
    clearTimeout(wakeTimer);
    // The server's moment; a newer answer takes its place. A hidden tab's timer is late but not lost.
    if (wakeMs !== null) wakeTimer = setTimeout(track, wakeMs, "Wake");
    // A visitor has one open decision at most; an answer without it takes it back.
    if (decision) loadWidget("show", decision);
    else withWidget("withdraw");
  });
  addEventListener("pageshow", lookForBanner);
  guard(lookForBanner);
  showPage();
  api["push"]!(...(early.q ?? early));
  readDataLayer();
  if (local[`${prefix}:conversation`]) loadWidget("withdraw");
});

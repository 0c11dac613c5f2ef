/** The page view now shown, and the messages told from it. */
import { identityToken } from "./identity.ts";
import { add, leave, type Message } from "./outbox.ts";
import { guard, newId } from "./site.ts";

export type Data = Record<string, unknown>;

export let viewId: string;
export let view: Message | undefined;
let url: string | undefined;
let referrer = document.referrer;

/**
 * Queue a message of Segment's format; `fields` are read now, as JSON has them, so what is undefined is left out.
 * `known` says what may leave of a push in GA4's words.
 */
export const tell = (
  fields: Data & { type: string },
  later?: boolean,
  known?: (name: string, value: unknown) => unknown,
): Message | undefined =>
  guard(() =>
    add(
      {
        messageId: newId(),
        timestamp: new Date(),
        context: {
          page: {
            url: location.href,
            title: document.title,
            referrer,
            view_id: viewId,
            status: (performance.getEntriesByType("navigation") as { responseStatus?: number }[])[0]
              ?.responseStatus,
          },
          locale: navigator.language,
          identity_token: identityToken,
          ga4: known && true,
        },
        ...JSON.parse(JSON.stringify(fields, known)),
      },
      later,
    ),
  );

/** An event; `later`: with the next message that is sent at once, or when the page goes. */
export function track(event: string, properties?: Data, later?: boolean): void {
  tell({ type: "track", event, properties }, later);
  // What others who listen for the page's end tell after us still leaves with it.
  if (!url) guard(leave);
}

/** One page view per URL, where an anchor is no new one. */
export function showPage(): void {
  const shown = location.href.replace(/#[^/!]*$/, "");
  if (shown === url) return;
  referrer = url || referrer;
  url = shown;
  viewId = newId();
  view = tell({ type: "page" });
}

// After the task in which the address changed: by then most routers have set the title. Where there is no such event,
// the signals' chunk watches the history.
(window as { navigation?: EventTarget }).navigation?.addEventListener("currententrychange", () =>
  setTimeout(showPage),
);
// Out of the browser's cache a page comes back as a new view of the same URL.
addEventListener("pagehide", () => {
  url = "";
  guard(leave);
});
addEventListener("pageshow", showPage);

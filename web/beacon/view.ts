/** The page view now shown, and the messages told from it. */
import { identityToken } from "./identity.ts";
import { newId } from "./site.ts";
import { add, type Message } from "./outbox.ts";

export type Data = Record<string, unknown>;

export let viewId = "";
let view: Message;
let url = "";
let referrer = document.referrer;

/** Queue a message of Segment's format; `fields` are read now, as JSON has them, so what is undefined is left out. */
export function tell(type: string, fields: Data = {}): Message {
  const message = {
    type,
    messageId: newId(),
    timestamp: new Date(),
    context: {
      page: {
        url: location.href,
        path: location.pathname,
        title: document.title,
        referrer,
        view_id: viewId,
        status: (performance.getEntriesByType("navigation") as { responseStatus?: number }[])[0]
          ?.responseStatus,
      },
      locale: navigator.language,
      identity_token: identityToken,
    },
    ...JSON.parse(JSON.stringify(fields)),
  };
  add(message);
  return message;
}

/** An event; `messageId` where the same thing may be told twice. */
export function track(event: string, properties?: Data, messageId?: unknown): void {
  tell("track", { event, properties, messageId });
}

/** One page view per URL, where an anchor is no new one; `again`: also for the same, as out of the browser's cache. */
export function showPage(again?: boolean): void {
  const shown = location.href.replace(/#[^/!]*$/, "");
  if (shown === url && !again) return;
  if (!again) referrer = url || referrer;
  url = shown;
  viewId = newId();
  view = tell("page");
}

/** Tell the page view again, under its own id: what was counted without consent now begins a visit. */
export function retellPage(): void {
  if (view.anonymousId) add({ ...view, anonymousId: "" });
}

/** After the task in which the address changed: by then most routers have set the title. */
const later = (): void => void setTimeout(showPage);

/** Follow single-page navigation, and pages that come back out of the browser's cache. */
export function followNavigation(): void {
  const { navigation } = window as { navigation?: EventTarget };
  if (navigation) navigation.addEventListener("currententrychange", later);
  else {
    addEventListener("popstate", later);
    for (const name of ["pushState", "replaceState"] as const) {
      const original = history[name];
      history[name] = (...args) => {
        original.apply(history, args);
        later();
      };
    }
  }
  addEventListener("pageshow", (event) => event.persisted && showPage(true));
}

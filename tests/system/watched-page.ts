/**
 * A page that tells of everything that untrusted text must never bring about: scripts that ran, dialogs, requests to other
 * hosts, what the policy had to forbid, and elements that would act or lead somewhere by script.
 */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";

export type WatchedPage = { context: BrowserContext; page: Page; troubles: string[] };

/** A new browser context of its own, with one page in it; `troubles` is filled for as long as it lives. */
export async function openWatched(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const troubles: string[] = [];
  await context.exposeBinding("tellTrouble", ({ page }, what: string) => {
    troubles.push(`${page.url()}: ${what}`);
  });
  await context.addInitScript({ content: `(${watch.toString()})()` });
  const { host } = new URL(origin);
  context.on("request", (request) => {
    const { protocol, host: asked } = new URL(request.url());
    if (/^(?:http|ws)s?:$/.test(protocol) && asked !== host) troubles.push(`asked ${request.url()}`);
  });
  const page = await context.newPage();
  page.on("dialog", (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch((failure: unknown) => troubles.push(String(failure)));
  });
  page.on("pageerror", (error) => troubles.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && /policy|trusted|violat/i.test(message.text()))
      troubles.push(message.text());
  });
  return { context, page, troubles };
}

/** Runs in the page, before anything of it: whatever is added to the document is looked at. */
function watch(): void {
  const tell = (what: string) => (Reflect.get(globalThis, "tellTrouble") as (what: string) => void)(what);
  Object.defineProperty(globalThis, "owned", {
    set() {
      tell("a script ran");
    },
    configurable: true,
  });
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    tell(`forbidden: ${violatedDirective} ${blockedURI}`),
  );
  const leads = new Set(["href", "xlink:href", "action", "formaction", "srcdoc", "data"]);
  const look = (element: Element) => {
    for (const { name, value } of element.attributes) {
      const address = value.replaceAll(/[\p{Cc}\s]/gu, "");
      const acts = /^on/i.test(name);
      const follows = leads.has(name) && /^(?:javascript|data|vbscript):/i.test(address);
      if (acts || (follows && !element.matches("link[rel=icon]")))
        tell(`<${element.localName} ${name}=${value}>`);
    }
  };
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      if (target instanceof Element) look(target);
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        look(node);
        node.querySelectorAll("*").forEach(look);
      }
    }
  }).observe(document, { subtree: true, childList: true, attributes: true });
}

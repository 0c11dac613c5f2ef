/**
 * Somebody's site with the beacon on it, and an Aparté that records what arrives and says what a test wants.
 *
 * Shapes  `site.origin` is Aparté's host and a site's; `site.otherOrigin` is another site's, for the same server. The
 *         widget and the signals only say what they were told; what understands consent banners is the built one.
 */
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export type Message = {
  type: string;
  event?: string;
  messageId: string;
  anonymousId: string;
  properties?: Record<string, unknown>;
  context: {
    page: { url: string; view_id: string; referrer: string };
    consent?: { status?: string };
    ga4?: boolean;
  };
};
export type Answer = { status?: number; decisions?: unknown[]; wakeAfterMs?: number | null };

/** A widget that only says what it was told. */
const WIDGET = `export const mount = (page) => {
  const told = (window.widgetTold = ["mount " + page.key]);
  return { show: (d) => told.push("show " + d.id), withdraw: () => told.push("withdraw"), open: () => told.push("open"),
    close: () => told.push("close"), destroy: () => told.push("destroy") };
};`;
/** Signals that only show their link. */
const SIGNALS = `window.signalLinks = []; export const start = (link) => window.signalLinks.push(link);`;

export class RecordingSite {
  /** What has arrived, newest last, and what the next requests are answered; then plain success. */
  messages: Message[] = [];
  answers: Answer[] = [];
  /** Paths below `/w/` that were asked for. */
  fetched: string[] = [];
  siteDefault = "granted";
  askedSignals = "";
  /** The page that `/` and all below it serve. */
  html = page();
  origin = "";
  otherOrigin = "";
  readonly #server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const script = (text: string | Buffer) =>
      void response.setHeader("content-type", "text/javascript").end(text);
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-expose-headers", "aparte-consent, aparte-signals");
    if (path === "/b.js") return script(readFileSync("dist/b.js"));
    if (path.startsWith("/w/")) {
      this.fetched.push(path);
      const file = join("dist", path);
      if (path.startsWith("/w/signals")) return script(SIGNALS);
      return script(path.startsWith("/w/consent") && existsSync(file) ? readFileSync(file) : WIDGET);
    }
    if (path !== "/v1/batch") {
      return void response.setHeader("content-type", "text/html").end(this.html);
    }
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      if (body !== "") this.messages.push(...(JSON.parse(body) as { batch: Message[] }).batch);
      const { status = 200, decisions = [], wakeAfterMs = null } = this.answers.shift() ?? {};
      response
        .setHeader("aparte-consent", this.siteDefault)
        .setHeader("aparte-signals", this.askedSignals)
        .writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ success: true, decisions, wake_after_ms: wakeAfterMs, rejected: [] }));
    });
  });

  async open(): Promise<void> {
    await new Promise<void>((resolve) => void this.#server.listen(0, "localhost", resolve));
    const { port } = this.#server.address() as AddressInfo;
    this.origin = `http://localhost:${port}`;
    this.otherOrigin = `http://shop.localhost:${port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** As it was before the first test. */
  reset(): void {
    this.messages = [];
    this.answers = [];
    this.fetched = [];
    this.siteDefault = "granted";
    this.askedSignals = "";
    this.html = page();
  }

  /** The page views, each once though a page that goes repeats what was not acknowledged yet. */
  pages(): Message[] {
    const views = this.named("page").map(
      (one) => [`${one.messageId} ${one.anonymousId} ${one.context.consent?.status}`, one] as const,
    );
    return views.flatMap(([told, one], index) =>
      views.findIndex(([earlier]) => earlier === told) === index ? [one] : [],
    );
  }

  /** The messages of that event or type. */
  named(name: string): Message[] {
    return this.messages.filter((one) => (one.event ?? one.type) === name);
  }
}

/** A page with the script tag; `before` runs before it. */
export function page({ before = "", attributes = "", key = "demo", host = "" } = {}): string {
  return `<!doctype html><html lang="fr"><head><title>Boutique</title><link rel="icon" href="data:,"><script>${before}</script>
<script async src="${host}/b.js" data-key="${key}" ${attributes}></script></head><body>Boutique</body></html>`;
}

/** Beacons as visitors' pages send them, each one batch of a page view, a product view and a signal. */
import type { Bench } from "./workerd.ts";

const CONCURRENCY = 8;

export type Round = { cpuMs: number; perSecond: number };

/** One Worker under load. `visitors` take turns, so that each goes from page to page. */
export class BeaconLoad {
  readonly #bench: Bench;
  readonly #visitors: number;
  #sent = 0;

  constructor(bench: Bench, visitors: number) {
    this.#bench = bench;
    this.#visitors = visitors;
  }

  /** Send `requests` of them; processor time is that of the Worker's process, for one request. */
  async send(requests: number): Promise<Round> {
    let left = requests;
    const cpuBefore = this.#bench.cpuMs();
    const begun = performance.now();
    const sender = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await this.#sendOne();
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, sender));
    const seconds = (performance.now() - begun) / 1_000;
    return { cpuMs: (this.#bench.cpuMs() - cpuBefore) / requests, perSecond: requests / seconds };
  }

  async #sendOne(): Promise<void> {
    this.#sent += 1;
    const body = batch(this.#sent, `bench-${this.#sent % this.#visitors}`);
    const answer = await fetch(`${this.#bench.url}/v1/batch?decide=1`, { method: "POST", body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${text}`);
    const { decisions } = JSON.parse(text) as { decisions: unknown[] };
    if (decisions.length > 0) throw new Error("a campaign matched: this load is about beacons without");
  }
}

function batch(sent: number, anonymousId: string): string {
  const path = `/shop/product/shirt-${sent % 40}`;
  const page = {
    url: `https://shop.example${path}`,
    path,
    title: "Chemise Oxford",
    referrer: "",
    view_id: `view-${sent}`,
  };
  const context = { page, locale: "fr-FR", consent: { status: "granted" } };
  const now = new Date().toISOString();
  const message = (type: string, more: object) => ({
    type,
    anonymousId,
    messageId: crypto.randomUUID(),
    timestamp: now,
    context,
    ...more,
  });
  const product = { product_id: `shirt-${sent % 40}`, name: "Chemise Oxford", price: 89, currency: "EUR" };
  return JSON.stringify({
    writeKey: "demo",
    sentAt: now,
    batch: [
      message("page", {}),
      message("track", { event: "Product Viewed", properties: product }),
      message("track", { event: "Signal Detected", properties: { signal: "scroll_thrash" } }),
    ],
  });
}

/**
 * The seam between beacon and signals. The beacon counts script errors and nothing else until the visitor's first
 * pointer, key or touch input; then it imports the signals' module, once, and calls its `start`.
 */

/** What the beacon gives: kept small, since every page of a site loads it. */
export type SignalsLink = {
  /** Tell an event: at once or, with `later`, together with the next batch or when the page goes. */
  tell(event: string, properties: Record<string, unknown>, later?: boolean): void;
  /** The signals that live campaigns and segments ask for, `rage_click,u_turn`; nothing before the first answer. */
  wanted(): string | null | undefined;
  /** See whether the address changed, and tell a page view where it did. */
  look(): void;
  /** The page's script errors so far. */
  errors(): number;
  /** Whether the visitor may be followed now: nothing but page views is told of somebody who did not consent. */
  consented(): boolean;
};

/** What `web/signals/main.ts` exports as `start`: called once a page load, in a task of its own. */
export type StartSignals = (link: SignalsLink) => void;

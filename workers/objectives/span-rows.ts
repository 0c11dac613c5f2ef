/** The figures of spans, each asked for once however many plans are read over it. */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type { KpiRow } from "../../domain/kpi/measure.ts";
import type { Span } from "../../domain/objectives/progress.ts";
import { type Later, reportKpis } from "../kpis/report.ts";

export class SpanRows {
  readonly #env: Env;
  readonly #site: SiteKey;
  readonly #now: EpochMs;
  readonly #later: Later;
  readonly #known = new Map<string, Promise<KpiRow[]>>();

  constructor(env: Env, site: SiteKey, now: EpochMs, later: Later) {
    this.#env = env;
    this.#site = site;
    this.#now = now;
    this.#later = later;
  }

  /** `businessHours` counts durations inside business hours only. */
  async of(
    { from, to }: Span,
    campaign: string | null,
    { businessHours }: { businessHours: boolean } = { businessHours: false },
  ): Promise<KpiRow | undefined> {
    const groupBy = campaign === null ? null : "campaign";
    const key = `${from} ${to} ${groupBy} ${businessHours}`;
    const span = { from, to, groupBy, now: this.#now, businessHours } as const;
    const known = this.#known.get(key) ?? reportKpis(this.#env, this.#site, span, this.#later);
    this.#known.set(key, known);
    return (await known).find(({ group }) => group === campaign);
  }
}

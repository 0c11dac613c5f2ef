/**
 * The engine that fills a campaign's words, one and the same where they are shown and where they are previewed: Liquid,
 * with `money` beside its own filters. A template may not include others, loop without end or grow without limit.
 *
 * Units   `renderLimit` is milliseconds.
 */
import { Liquid } from "liquidjs";

type Scoped = { context: { getSync(path: string[]): unknown } };

/** An engine; give it as long to render as its place can spare. The scope's `locale` says how amounts are written. */
export function templateEngine(renderLimit: number): Liquid {
  const engine = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    templates: {},
    parseLimit: 10_000,
    renderLimit,
    memoryLimit: 100_000,
  });
  engine.registerFilter("money", money);
  return engine;
}

/** An amount as the visitor writes it: `{{ cart.value | money: cart.currency }}`; what is no number stays as it is. */
function money(this: Scoped, value: unknown, currency: unknown): unknown {
  const amount = typeof value === "number" ? value : Number(value);
  if (value === "" || value === null || !Number.isFinite(amount)) return value;
  const code = typeof currency === "string" && /^[A-Z]{3}$/.test(currency) ? currency : null;
  return new Intl.NumberFormat(String(this.context.getSync(["locale"])), {
    minimumFractionDigits: Number.isInteger(amount) ? 0 : 2,
    maximumFractionDigits: 2,
    ...(code === null ? {} : { style: "currency" as const, currency: code }),
  }).format(amount);
}

/**
 * The engine that fills a campaign's words, one and the same where they are shown and where they are previewed: Liquid,
 * with `money` beside its own filters. A template may not include others, hold a loop in a loop or grow without limit.
 *
 * Units   `renderLimit` is milliseconds. Where the clock stands still while code runs, as it does in Workers, it bounds
 *         nothing: there, one level of loops over values of limited size does.
 */
import {
  ForTag,
  Liquid,
  type Parser,
  TablerowTag,
  type Tag,
  type TagToken,
  type TopLevelToken,
} from "liquidjs";

/** A tag that can be made: `Tag` itself leaves its `render` to others. */
interface Loop extends Tag {
  render: Tag["render"];
}
type LoopTag = new (token: TagToken, rest: TopLevelToken[], liquid: Liquid, parser: Parser) => Loop;
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
  for (const including of ["include", "render", "layout", "block"]) delete engine.tags[including];
  refuseNestedLoops(engine);
  return engine;
}

function refuseNestedLoops(engine: Liquid): void {
  let inside = false;
  // Liquid reads what stands inside a loop while the loop's own tag is made.
  const alone = (Base: LoopTag): LoopTag =>
    class extends Base {
      constructor(token: TagToken, rest: TopLevelToken[], liquid: Liquid, parser: Parser) {
        if (inside) throw new Error(`a loop may not stand inside another (${token.name})`);
        inside = true;
        try {
          super(token, rest, liquid, parser);
        } finally {
          inside = false;
        }
      }
    };
  engine.registerTag("for", alone(ForTag));
  engine.registerTag("tablerow", alone(TablerowTag));
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

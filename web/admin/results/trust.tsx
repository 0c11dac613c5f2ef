/** The guard row: what could make the figures above mean nothing, each with its own figure. */
import Pass from "lucide-static/icons/circle-check.svg?raw";
import Fail from "lucide-static/icons/triangle-alert.svg?raw";
import type { VNode } from "preact";
import { date, money, percent, time } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { locale } from "../session.ts";
import { useSite } from "../site.ts";
import { count } from "./figures.ts";
import type { PartProps, Result } from "./results.tsx";
import { smallP } from "./sentence.tsx";
import { r } from "./words.ts";

type Guard = { name: string; value: string; note: string; failed?: boolean };
/** Above this share of visitors seen in two arms, something assigns them wrongly. */
const MANY_MULTIPLE = 0.01;

export function Trust({ result }: PartProps): VNode {
  const site = useSite();
  const guards = guardsOf(result, site.settings.timezone);
  const failed = guards.filter((guard) => guard.failed).length;
  return (
    <section aria-labelledby="result-trust" class="facts-block">
      <div class="section-head">
        <h2 id="result-trust">{r("trust")}</h2>
        <span class={failed === 0 ? "note good" : "note bad"}>
          <Icon svg={failed === 0 ? Pass : Fail} size={12} />{" "}
          {failed === 0 ? r("trustAll") : r("trustNot", { n: failed })}
        </span>
      </div>
      <dl class="facts">
        {guards.map(({ name, value, note, failed: bad }) => (
          <div key={name} class={bad ? "bad" : ""}>
            <dt>{name}</dt>
            <dd>
              <strong>{value}</strong>
              <span class="note">{note}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function guardsOf({ srm, guards, plan, currency, window_hours, counted_at }: Result, zone: string): Guard[] {
  const language = locale.value;
  const { multiple_exposures: multiple, alike_before: alike, spend_cap: cap } = guards;
  const held = plan.holdout > 0;
  return [
    {
      name: r("guard_split"),
      value: held ? `p ${smallP(srm.p)}` : "-",
      note: r(held ? (srm.flag ? "guard_split_bad" : "guard_split_ok") : "guard_split_none"),
      failed: srm.flag,
    },
    {
      name: r("guard_days"),
      value: count(language, guards.days),
      note: r("guard_days_note", { weeks: guards.whole_weeks }),
    },
    {
      name: r("guard_multiple"),
      value: percent(language, multiple.share, 1),
      note: r("guard_multiple_note", { n: count(language, multiple.visitors) }),
      failed: (multiple.share ?? 0) > MANY_MULTIPLE,
    },
    {
      name: r("guard_maturing"),
      value: r("guard_maturing_value", { n: count(language, guards.maturing), count: guards.maturing }),
      note: r("guard_maturing_note", { hours: window_hours }),
    },
    {
      name: r("guard_alike"),
      value:
        alike.p === null ? r("guard_alike_none") : r(alike.passed ? "guard_alike_ok" : "guard_alike_bad"),
      note: alike.p === null ? "" : r("guard_alike_note", { p: smallP(alike.p) }),
      failed: !alike.passed,
    },
    {
      name: r("guard_cap"),
      value: cap === null ? r("guard_cap_none") : money(language, cap.amount, currency),
      note: cap === null ? "" : r("guard_cap_note", { n: cap.visitors }),
    },
    {
      name: r("guard_metrics"),
      value: r("guard_metrics_value", { metrics: guards.metrics, correction: guards.correction }),
      note: r("guard_metrics_note", { n: srm.users.length - 1 }),
    },
    {
      name: r("guard_data"),
      value: time(language, counted_at, zone),
      note: date(language, counted_at, zone),
    },
  ];
}

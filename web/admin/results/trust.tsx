/** The guard row: what could make the figures above mean nothing, each with its own figure. */
import Pass from "lucide-static/icons/circle-check.svg?raw";
import Pending from "lucide-static/icons/circle-dashed.svg?raw";
import Fail from "lucide-static/icons/triangle-alert.svg?raw";
import type { VNode } from "preact";
import { date, duration, money, percent, time } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { locale } from "../session.ts";
import { useSite } from "../site.ts";
import { count } from "./figures.ts";
import type { PartProps, Result } from "./results.tsx";
import { smallP, windowOf } from "./sentence.tsx";
import { r } from "./words.ts";

/** `failed` of a check: null where it could not be made yet. What has none is no check. */
type Guard = { name: string; value: string; note: string; failed?: boolean | null };
/** Above this share of visitors seen in two arms, something assigns them wrongly. */
const MANY_MULTIPLE = 0.01;

export function Trust({ result }: PartProps): VNode {
  const site = useSite();
  const guards = guardsOf(result, site.settings.timezone);
  const failed = guards.filter((guard) => guard.failed === true).length;
  return (
    <section aria-labelledby="result-trust" class="facts-block">
      <div class="section-head">
        <h2 id="result-trust">{r("trust")}</h2>
        <Checks
          failed={failed}
          made={guards.filter((guard) => typeof guard.failed === "boolean").length}
          all={guards.filter((guard) => guard.failed !== undefined).length}
        />
      </div>
      <dl class="facts">
        {guards.map(({ name, value, note, failed: bad }) => (
          <div key={name} class={bad === true ? "bad" : ""}>
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

/** What could not be checked yet has not passed. */
function Checks({ failed, made, all }: Record<"failed" | "made" | "all", number>): VNode {
  if (failed > 0) {
    return (
      <span class="note bad">
        <Icon svg={Fail} size={12} /> {r("trustNot", { n: failed })}
      </span>
    );
  }
  if (made < all) {
    return (
      <span class="note">
        <Icon svg={Pending} size={12} /> {r("trustSome", { made, all })}
      </span>
    );
  }
  return (
    <span class="note good">
      <Icon svg={Pass} size={12} /> {r("trustAll")}
    </span>
  );
}

/** The split by its surest p, and of how many checks it is. */
function splitGuard({ srm, plan }: Result): Guard {
  const name = r("guard_split");
  if (plan.holdout === 0) return { name, value: "-", note: r("guard_split_none"), failed: null };
  if (srm.p === null) return { name, value: "-", note: r("guard_split_few"), failed: null };
  const note = r(srm.flag ? "guard_split_bad" : "guard_split_ok", { n: srm.checks });
  return { name, value: `p ${smallP(srm.p)}`, note, failed: srm.flag };
}

function guardsOf(result: Result, zone: string): Guard[] {
  const { srm, guards, currency, window_hours } = result;
  const language = locale.value;
  const { multiple_exposures: multiple, alike_before: alike, spend_cap: cap } = guards;
  return [
    splitGuard(result),
    {
      name: r("guard_days"),
      value: count(language, guards.days),
      note: r("guard_days_note", { weeks: guards.whole_weeks }),
    },
    {
      name: r("guard_multiple"),
      value: percent(language, multiple.share, 1),
      note: r("guard_multiple_note", { n: count(language, multiple.visitors) }),
      failed: multiple.share === null ? null : multiple.share > MANY_MULTIPLE,
    },
    {
      name: r("guard_maturing"),
      value: r("guard_maturing_value", { n: count(language, guards.maturing), count: guards.maturing }),
      note: r("guard_maturing_note", windowOf(window_hours)),
    },
    {
      name: r("guard_alike"),
      value:
        alike.p === null ? r("guard_alike_none") : r(alike.passed ? "guard_alike_ok" : "guard_alike_bad"),
      note: alike.p === null ? "" : r("guard_alike_note", { p: smallP(alike.p) }),
      failed: alike.p === null ? null : !alike.passed,
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
    dataGuard(result, zone),
  ];
}

/** Until when history is whole, not when somebody counted last; it fails where the overview says that it is late. */
function dataGuard({ history }: Result, zone: string): Guard {
  const language = locale.value;
  const { at, behind_seconds: behind, letters, is_late: failed } = history;
  return {
    name: r("guard_data"),
    value: time(language, at, zone),
    note: [
      date(language, at, zone),
      ...(behind > 0 ? [r("guard_data_behind", { duration: duration(behind) })] : []),
      ...(letters > 0 ? [r("guard_data_letters", { n: letters })] : []),
    ].join(" · "),
    failed,
  };
}

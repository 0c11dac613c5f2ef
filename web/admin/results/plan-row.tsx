/** What was planned before the start, and how far it has come. It never moves while the phase runs. */
import Lock from "lucide-static/icons/lock.svg?raw";
import type { VNode } from "preact";
import { date, percent } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { locale } from "../session.ts";
import { useSite } from "../site.ts";
import { count, decimalsFor, signedPoints } from "./figures.ts";
import type { PartProps, Result } from "./results.tsx";
import { r } from "./words.ts";

export function PlanRow({ result }: PartProps): VNode {
  const { plan } = result;
  return (
    <section aria-labelledby="result-plan" class="facts-block">
      <div class="section-head">
        <h2 id="result-plan">{r("plan")}</h2>
        {plan.effect === null ? null : (
          <span class="note">
            <Icon svg={Lock} size={12} /> {r("planFixed")}
          </span>
        )}
      </div>
      {plan.effect === null ? <p class="note">{r("planNone")}</p> : null}
      <PlanFacts plan={plan} askedAt={result.asked_at} />
    </section>
  );
}

function PlanFacts({ plan, askedAt }: { plan: Result["plan"]; askedAt: string }): VNode {
  const site = useSite();
  const language = locale.value;
  const points = (effect: number) =>
    signedPoints(language, effect, decimalsFor({ low: -effect / 2, high: effect / 2 }));
  const visitors = count(language, plan.visitors);
  return (
    <dl class="facts">
      {plan.effect === null || plan.baseline === null || plan.power === null ? null : (
        <>
          <Fact name={r("planBaseline")} note="">
            {percent(language, plan.baseline, 1)}, {r("scale", { value: points(plan.effect) })}
          </Fact>
          <Fact name={r("planPower")} note="">
            {percent(language, plan.power, 0)}, {percent(language, plan.alpha, 0)}
          </Fact>
        </>
      )}
      <Fact
        name={
          plan.planned_visitors === null
            ? r("planVisitorsNone", { visitors })
            : r("planVisitors", { visitors, planned: count(language, plan.planned_visitors) })
        }
        note={plan.planned_end === null ? r("planNoEnd") : endsOf(plan, site.settings.timezone)}
      >
        {plan.days_left !== null
          ? r("planDays", { days: plan.days_left })
          : isReached(plan, askedAt)
            ? r("planDone")
            : "-"}
      </Fact>
      <Fact
        name={r("planToday")}
        note={r("planTodayNote", { power: percent(language, plan.power ?? 0.8, 0) })}
      >
        {plan.detectable === null ? "-" : r("scale", { value: points(plan.detectable) })}
      </Fact>
    </dl>
  );
}

/** Until when visitors count, and when they are read: once the window of the last of them has passed. */
function endsOf({ planned_end, reading_at }: Result["plan"], zone: string): string {
  const at = date(locale.value, planned_end ?? "", zone);
  const read = reading_at === null ? at : date(locale.value, reading_at, zone);
  return read === at ? r("planEnds", { at }) : r("planEndsRead", { at, read });
}

/** The planned end, or where none was planned the visitors. */
function isReached({ planned_end, planned_visitors, visitors }: Result["plan"], askedAt: string): boolean {
  if (planned_end !== null) return Date.parse(planned_end) <= Date.parse(askedAt);
  return planned_visitors !== null && visitors >= planned_visitors;
}

function Fact({
  name,
  note,
  children,
}: {
  name: string;
  note: string;
  children: VNode | string | (string | VNode)[];
}): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{children}</strong>
        <span class="note">{note}</span>
      </dd>
    </div>
  );
}

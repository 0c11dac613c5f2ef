/** What would help where somebody is missing, each with the effect that the model gives it. */
import Shift from "lucide-static/icons/arrow-left-right.svg?raw";
import Pause from "lucide-static/icons/circle-pause.svg?raw";
import Together from "lucide-static/icons/messages-square.svg?raw";
import More from "lucide-static/icons/user-plus.svg?raw";
import type { VNode } from "preact";
import type { WireIntraday, WireRemedy } from "../../../domain/staffing/intraday-wire.ts";
import { number, percent, time } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { locale } from "../session.ts";
import { stateOf } from "./view.ts";
import { w } from "./words.ts";

const ICONS: Record<WireRemedy["kind"], string> = {
  more_agents: More,
  shift_agent: Shift,
  concurrency: Together,
  pause_campaign: Pause,
};

export function Remedies({ day }: { day: WireIntraday }): VNode {
  const first = day.remedies[0];
  const at = (moment: string) => time(locale.value, moment, day.timezone);
  return (
    <section aria-labelledby="staffing-help">
      <div class="section-head">
        <h2 id="staffing-help">{w("helpTitle")}</h2>
        {first === undefined ? null : (
          <span class="note">{w("helpWhen", { from: at(first.from), to: at(first.to) })}</span>
        )}
      </div>
      {first === undefined ? (
        <p class="quiet">{w(whyNone(day))}</p>
      ) : (
        <ul class="remedies">
          {day.remedies.map((remedy, index) => (
            <li key={index}>
              <Icon svg={ICONS[remedy.kind]} />
              <div>
                <strong>{titleOf(remedy, day, at)}</strong>
                <p class="quiet">{effectOf(remedy)}</p>
                {remedy.campaign === null ? null : (
                  <p class="note">
                    {w("pauseShare", {
                      share: percent(locale.value, remedy.campaign.share, 0),
                      n: number(locale.value, remedy.campaign.n),
                    })}
                  </p>
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function whyNone(day: WireIntraday): string {
  if (stateOf(day) === "past") return "helpPast";
  const reckoned = day.forecast !== null && day.intervals.some(({ over, gap }) => !over && gap !== null);
  const over = day.forecast !== null && day.intervals.every((one) => one.over || one.needed === null);
  return reckoned || (over && day.model.name !== null) ? "helpNone" : "helpUnknown";
}

function titleOf(remedy: WireRemedy, day: WireIntraday, at: (moment: string) => string): string {
  switch (remedy.kind) {
    case "more_agents":
      return w("more_agents", { n: remedy.agents ?? 0 });
    case "shift_agent":
      return w("shift_agent", { from: at(remedy.away?.from ?? ""), to: at(remedy.away?.to ?? "") });
    case "concurrency":
      return w("concurrency", { n: remedy.concurrency ?? 0, before: day.model.concurrency_used ?? 0 });
    case "pause_campaign":
      return w("pause_campaign", { name: remedy.campaign?.name ?? "" });
    default:
      return remedy.kind satisfies never;
  }
}

function effectOf({ service_level, abandonment, day_service_level }: WireRemedy): string {
  const share = (value: number) => percent(locale.value, value, 0);
  const said = (key: string, { before, after }: { before: number; after: number }) =>
    w(key, { before: share(before), after: share(after) });
  return [
    said("effect", service_level),
    ...(abandonment === null ? [] : [said("effectLeft", abandonment)]),
    ...(day_service_level === null ? [] : [said("effectDay", day_service_level)]),
  ].join("\u00a0· ");
}

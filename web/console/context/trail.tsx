/** How the visitor came and where they went, to the page that is before their eyes now. */
import Radio from "lucide-static/icons/radio.svg?raw";
import type { VNode } from "preact";
import { time } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Arrival, TrailStep } from "../model/visitor.ts";
import { clockOf } from "../model/waits.ts";
import type { Office } from "../office.ts";
import { sayChannel } from "../parts/channel.ts";
import { locale, t as common, tick } from "../words.ts";
import { Group } from "./group.tsx";
import { t } from "./words.ts";

/** The last pages that fit beside a conversation. */
const SHOWN = 12;

export type TrailProps = { office: Office; steps: readonly TrailStep[]; arrival: Arrival };

export function Trail({ office, steps, arrival }: TrailProps): VNode {
  const here = steps.at(-1);
  const now = office.serverTime(tick.value);
  const since = here === undefined ? 0 : (now - here.at) / 1_000;
  const shown = steps.slice(-SHOWN);
  const came = sayArrival(arrival);
  return (
    <Group
      title={common("trail")}
      aside={
        here === undefined ? null : (
          <span class="note good here">
            <Icon svg={Radio} size={12} />
            {common("here_since", { clock: clockOf(since) })}
          </span>
        )
      }
    >
      {came === null ? null : <p class="note">{came}</p>}
      {steps.length === 0 ? <p class="note">{common("trail_empty")}</p> : null}
      {steps.length > SHOWN ? (
        <p class="note">{t("trail_earlier", { count: steps.length - SHOWN })}</p>
      ) : null}
      <ol class="trail">
        {shown.map((step, place) => (
          <li key={`${step.at}-${place}`} class={step === here ? "here" : ""} aria-current={step === here}>
            <time class="note">{time(locale.value, step.at)}</time>
            <span class="trail-mark" aria-hidden="true" />
            <span class="trail-title">{step.title}</span>
            <span class="note">{clockOf(step === here ? since : (step.seconds ?? 0))}</span>
          </li>
        ))}
      </ol>
    </Group>
  );
}

/** What was searched for says most, then the site that led here, then the kind of way. */
function sayArrival({ words, host, channel }: Arrival): string | null {
  if (words !== null) return t("arrival_search", { words });
  if (host !== null) return t("arrival_from", { host });
  return channel === null ? null : t("arrival_by", { channel: sayChannel(channel) });
}

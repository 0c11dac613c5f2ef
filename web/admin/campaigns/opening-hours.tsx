/**
 * The hours in which a campaign may run: days, from, to; none means always. An entry with dates is an exception, which
 * replaces the weekly hours on its days.
 */
import Plus from "lucide-static/icons/plus.svg?raw";
import Cross from "lucide-static/icons/x.svg?raw";
import type { VNode } from "preact";
import { type DayName, DAYS_OF_WEEK, PUBLIC_HOLIDAYS, WEEKDAYS } from "../../../domain/site/days.ts";
import type { Schedule } from "../../../domain/targeting/campaign.ts";
import { Icon } from "../../shared/icon.tsx";
import { t } from "../session.ts";
import { shownClosing, storedClosing } from "../settings/hours-plan.ts";
import type { Refused } from "./fault.ts";
import { HoursPicture } from "./hours-picture.tsx";
import { w } from "./words.ts";

type Hours = NonNullable<Schedule["hours"]>;

const WEEK: Hours[number] = { dayOfWeek: WEEKDAYS.slice(0, 5), opens: "09:00", closes: "18:00" };

export function OpeningHours({
  hours,
  fault,
  zone,
  onChange,
}: {
  hours: Hours;
  fault: Refused | undefined;
  zone: string;
  onChange: (hours: Hours) => void;
}): VNode {
  const put = (index: number, part: Partial<Hours[number]>): void =>
    onChange(hours.map((span, at) => (at === index ? { ...span, ...part } : span)));
  return (
    <fieldset class="hours">
      <legend>{t("hours")}</legend>
      {hours.length === 0 ? <p class="note">{t("hoursAlways")}</p> : <HoursPicture hours={hours} />}
      {hours.map((span, index) => (
        <div key={index} class="span" role="group" aria-label={t("hoursSpan", { n: index + 1 })}>
          <div class="days">
            {DAYS_OF_WEEK.map((day) => (
              <label key={day} title={dayName(day)}>
                <input
                  type="checkbox"
                  aria-label={dayName(day)}
                  checked={span.dayOfWeek.includes(day)}
                  onChange={(event) => {
                    const chosen = DAYS_OF_WEEK.filter((one) =>
                      one === day ? event.currentTarget.checked : span.dayOfWeek.includes(one),
                    );
                    // A span without a day says nothing; its last day stays until the span is removed.
                    if (chosen.length > 0) put(index, { dayOfWeek: chosen });
                    else event.currentTarget.checked = true;
                  }}
                />
                <span aria-hidden="true">
                  {day === PUBLIC_HOLIDAYS ? w("dayShort_holiday") : t(`dayShort_${day}`)}
                </span>
              </label>
            ))}
          </div>
          {span.validFrom === undefined && span.validThrough === undefined ? null : (
            <div class="span-dates">
              {(["validFrom", "validThrough"] as const).map((edge) => (
                <input
                  key={edge}
                  type="date"
                  aria-label={w(edge)}
                  value={span[edge] ?? ""}
                  onInput={(event) => put(index, { [edge]: event.currentTarget.value || null })}
                />
              ))}
            </div>
          )}
          <input
            type="time"
            aria-label={t("opens")}
            value={span.opens}
            onInput={(event) => put(index, { opens: event.currentTarget.value })}
          />
          <input
            type="time"
            aria-label={t("closes")}
            value={shownClosing(span.closes)}
            onInput={(event) => put(index, { closes: storedClosing(event.currentTarget.value) })}
          />
          <button
            type="button"
            class="plain small icon-only"
            aria-label={t("removeHours", { n: index + 1 })}
            title={t("removeHours", { n: index + 1 })}
            onClick={() => onChange(hours.toSpliced(index, 1))}
          >
            <Icon svg={Cross} />
          </button>
        </div>
      ))}
      {fault === undefined ? null : (
        <p class="field-error" role="alert">
          {fault.said}
        </p>
      )}
      <div class="actions">
        <button type="button" class="plain small" onClick={() => onChange([...hours, WEEK])}>
          <Icon svg={Plus} size={12} /> {t("addHours")}
        </button>
        <button
          type="button"
          class="plain small"
          onClick={() =>
            onChange([...hours, { ...WEEK, dayOfWeek: [...WEEKDAYS], validFrom: null, validThrough: null }])
          }
        >
          <Icon svg={Plus} size={12} /> {w("addException")}
        </button>
      </div>
      <p class="note">{t("hoursNote", { zone })}</p>
    </fieldset>
  );
}

const dayName = (day: DayName): string => (day === PUBLIC_HOLIDAYS ? w("day_holiday") : t(`day_${day}`));

/** When somebody is there: every week, on public holidays, by exception; and whether that is now. */
import type { VNode } from "preact";
import { type DayName, PUBLIC_HOLIDAYS, WEEKDAYS } from "../../../domain/site/days.ts";
import type { OpeningHours } from "../../../domain/site/opening-hours.ts";
import { readBusinessHours, type SiteHours } from "../../../domain/targeting/schedule.ts";
import { dateTime } from "../../shared/format.ts";
import type { Refused } from "../campaigns/fault.ts";
import { SelectField } from "../field.tsx";
import { locale, t } from "../session.ts";
import { useNow } from "../states.tsx";
import {
  CLOSED,
  dateIn,
  holidayUnder,
  type HoursPlan,
  hoursOf,
  isClosed,
  OFFICE,
  planOf,
  ruleOf,
  type Span,
  type WeeklySpan,
} from "./hours-plan.ts";
import { AddLine, RemoveLine, SpanInputs } from "./span-inputs.tsx";
import { s } from "./words.ts";

const NOW_EVERY_MS = 30_000;

type PartProps = { plan: HoursPlan; onPlan: (part: Partial<HoursPlan>) => void };

export function BusinessHours({
  hours,
  site,
  fault,
  onChange,
}: {
  hours: OpeningHours[];
  /** The site as it would be saved, in the zone that is saved. */
  site: SiteHours;
  fault: Refused | undefined;
  onChange: (hours: OpeningHours[]) => void;
}): VNode {
  return (
    <section class="business-hours" aria-labelledby="hours-title">
      <h2 id="hours-title">{s("hoursTitle")}</h2>
      <p class="quiet">{s("hoursText", { zone: site.timezone })}</p>
      <OpenNow site={site} />
      {fault === undefined ? null : (
        <p class="field-error" role="alert">
          {fault.said}
        </p>
      )}
      <HoursEditor hours={hours} zone={site.timezone} onChange={onChange} />
    </section>
  );
}

/** Hours of whatever has some: every week, on public holidays, by exception. */
export function HoursEditor({
  hours,
  zone,
  onChange,
}: {
  hours: OpeningHours[];
  zone: string;
  onChange: (hours: OpeningHours[]) => void;
}): VNode {
  const plan = planOf(hours);
  const onPlan = (part: Partial<HoursPlan>): void => onChange(hoursOf({ ...plan, ...part }));
  return (
    <>
      <Weekly plan={plan} onPlan={onPlan} />
      <OnHolidays plan={plan} onPlan={onPlan} />
      <Exceptions plan={plan} zone={zone} onPlan={onPlan} />
    </>
  );
}

function OpenNow({ site }: { site: SiteHours }): VNode {
  const now = useNow(NOW_EVERY_MS);
  const times = readBusinessHours(site);
  const next = times.openFrom(now);
  const words =
    next === null
      ? s("hoursNever")
      : next === now
        ? s("hoursNow")
        : s("hoursNext", { at: dateTime(locale.value, next, site.timezone) });
  return (
    <p class="sentence open-now" role="status">
      {words}
    </p>
  );
}

function Weekly({ plan: { weekly }, onPlan }: PartProps): VNode {
  const put = (index: number, span: WeeklySpan): void => onPlan({ weekly: weekly.with(index, span) });
  return (
    <fieldset class="hours-group">
      <legend>{s("weekly")}</legend>
      {weekly.length === 0 ? <p class="note">{s("weeklyNone")}</p> : null}
      {weekly.map((span, index) => (
        <div key={index} class="hours-line" role="group" aria-label={s("span", { n: index + 1 })}>
          <DayChoice days={span.days} onChange={(days) => put(index, { ...span, days })} />
          <SpanInputs span={span} onChange={(times) => put(index, { ...span, ...times })} />
          <RemoveLine
            label={s("removeSpan", { n: index + 1 })}
            onRemove={() => onPlan({ weekly: weekly.toSpliced(index, 1) })}
          />
        </div>
      ))}
      <AddLine
        label={s("addSpan")}
        onAdd={() => onPlan({ weekly: [...weekly, { days: WEEKDAYS.slice(0, 5), ...OFFICE }] })}
      />
    </fieldset>
  );
}

function DayChoice({
  days,
  onChange,
}: {
  days: readonly DayName[];
  onChange: (days: DayName[]) => void;
}): VNode {
  return (
    <div class="days">
      {WEEKDAYS.map((day) => (
        <label key={day} title={t(`day_${day}`)}>
          <input
            type="checkbox"
            aria-label={t(`day_${day}`)}
            checked={days.includes(day)}
            onChange={(event) => {
              const on = event.currentTarget.checked;
              const chosen = WEEKDAYS.filter((one) => (one === day ? on : days.includes(one)));
              // Hours without a day say nothing; the last day stays until the line is removed.
              if (chosen.length > 0) onChange(chosen);
              else event.currentTarget.checked = true;
            }}
          />
          <span aria-hidden="true">{t(`dayShort_${day}`)}</span>
        </label>
      ))}
    </div>
  );
}

const RULES = ["ordinary", "closed", "hours"] as const;

function OnHolidays({ plan: { holiday }, onPlan }: PartProps): VNode {
  const rule = ruleOf(holiday);
  const put = (index: number, span: Span): void => onPlan({ holiday: holiday.with(index, span) });
  return (
    <div class="hours-group">
      <SelectField
        label={s("holidayRule")}
        value={rule}
        options={RULES.map((value) => ({ value, label: s(`holiday_${value}`) }))}
        onChange={(next) => onPlan({ holiday: holidayUnder(next, holiday) })}
      />
      {rule !== "hours"
        ? null
        : holiday.map((span, index) => (
            <div key={index} class="hours-line" role="group" aria-label={s("span", { n: index + 1 })}>
              <SpanInputs span={span} onChange={(times) => put(index, times)} />
              <RemoveLine
                label={s("removeSpan", { n: index + 1 })}
                onRemove={() => onPlan({ holiday: holiday.toSpliced(index, 1) })}
              />
            </div>
          ))}
      {rule !== "hours" ? null : (
        <AddLine label={s("addSpan")} onAdd={() => onPlan({ holiday: [...holiday, OFFICE] })} />
      )}
    </div>
  );
}

function Exceptions({ plan: { exceptions }, zone, onPlan }: PartProps & { zone: string }): VNode {
  const now = useNow(NOW_EVERY_MS);
  const today = dateIn(zone, now);
  const put = (index: number, entry: OpeningHours): void =>
    onPlan({ exceptions: exceptions.with(index, entry) });
  return (
    <fieldset class="hours-group">
      <legend>{s("exceptions")}</legend>
      {exceptions.length === 0 ? <p class="note">{s("exceptionsNone")}</p> : null}
      {exceptions.map((entry, index) => (
        <Exception
          key={index}
          n={index + 1}
          entry={entry}
          onChange={(next) => put(index, next)}
          onRemove={() => onPlan({ exceptions: exceptions.toSpliced(index, 1) })}
        />
      ))}
      <AddLine
        label={s("addException")}
        onAdd={() =>
          onPlan({
            exceptions: [
              ...exceptions,
              { dayOfWeek: [...WEEKDAYS], ...CLOSED, validFrom: today, validThrough: today },
            ],
          })
        }
      />
      <p class="note">{s("exceptionsNote")}</p>
    </fieldset>
  );
}

function Exception({
  n,
  entry,
  onChange,
  onRemove,
}: {
  n: number;
  entry: OpeningHours;
  onChange: (entry: OpeningHours) => void;
  onRemove: () => void;
}): VNode {
  const closed = isClosed(entry);
  const everyDay = WEEKDAYS.every((day) => entry.dayOfWeek.includes(day));
  return (
    <div class="hours-line" role="group" aria-label={s("exception", { n })}>
      <span class="span-inputs">
        {(["validFrom", "validThrough"] as const).map((edge) => (
          <input
            key={edge}
            type="date"
            aria-label={s(edge === "validFrom" ? "firstDay" : "lastDay")}
            value={entry[edge] ?? ""}
            onInput={(event) => {
              // An exception has dates: without any it would be hours of every week.
              if (event.currentTarget.value !== "") onChange({ ...entry, [edge]: event.currentTarget.value });
            }}
          />
        ))}
      </span>
      <select
        class="in-row"
        aria-label={s("exceptionKind")}
        value={closed ? "closed" : "open"}
        onChange={(event) =>
          onChange({ ...entry, ...(event.currentTarget.value === "closed" ? CLOSED : OFFICE) })
        }
      >
        <option value="closed">{s("closed")}</option>
        <option value="open">{s("open")}</option>
      </select>
      {closed ? null : <SpanInputs span={entry} onChange={(times) => onChange({ ...entry, ...times })} />}
      <RemoveLine label={s("removeException", { n })} onRemove={onRemove} />
      {everyDay ? null : <p class="note">{s("onlyOn", { days: entry.dayOfWeek.map(dayName).join(", ") })}</p>}
    </div>
  );
}

const dayName = (day: DayName): string => (day === PUBLIC_HOLIDAYS ? s("holidaysTitle") : t(`day_${day}`));

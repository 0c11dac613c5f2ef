/** Which days are public holidays: a country's, and the site's own. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { dateOf, frenchHolidays } from "../../../domain/site/holidays.ts";
import type { SiteSettings } from "../../../domain/site/settings.ts";
import { date } from "../../shared/format.ts";
import { faultAt, type Fault } from "../campaigns/fault.ts";
import { SelectField, TextField } from "../field.tsx";
import { locale } from "../session.ts";
import { useNow } from "../states.tsx";
import { RemoveLine } from "./span-inputs.tsx";
import { s } from "./words.ts";

const NEXT_SHOWN = 3;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A date has no zone; noon of it is the same date everywhere it is read. */
const shown = (day: string): string => date(locale.value, `${day}T12:00:00Z`, "UTC");

type Holidays = SiteSettings["holidays"];

export function HolidayFields({
  holidays,
  fault,
  onChange,
}: {
  holidays: Holidays;
  fault: Fault | null;
  onChange: (holidays: Holidays) => void;
}): VNode {
  const today = dateOf(Math.floor(useNow(MINUTE_MS) / DAY_MS));
  const year = Number(today.slice(0, 4));
  const next = [...frenchHolidays(year), ...frenchHolidays(year + 1)].filter((day) => day >= today);
  return (
    <section aria-labelledby="holidays-title">
      <h2 id="holidays-title">{s("holidaysTitle")}</h2>
      <div class="form">
        <SelectField
          label={s("calendar")}
          value={holidays.calendar}
          options={(["none", "fr"] as const).map((value) => ({ value, label: s(`calendar_${value}`) }))}
          {...(holidays.calendar === "fr"
            ? { note: s("calendarNext", { dates: next.slice(0, NEXT_SHOWN).map(shown).join(", ") }) }
            : {})}
          onChange={(calendar) => onChange({ ...holidays, calendar })}
        />
        <OwnDates
          dates={holidays.dates}
          fault={fault}
          onChange={(dates) => onChange({ ...holidays, dates })}
        />
      </div>
    </section>
  );
}

function OwnDates({
  dates,
  fault,
  onChange,
}: {
  dates: readonly string[];
  fault: Fault | null;
  onChange: (dates: string[]) => void;
}): VNode {
  const [wanted, setWanted] = useState("");
  const taken = dates.includes(wanted);
  const add = (): void => {
    if (wanted === "" || taken) return;
    onChange([...dates, wanted].toSorted());
    setWanted("");
  };
  return (
    <div class="own-dates">
      <div class="row-form">
        <TextField
          label={s("ownDates")}
          type="date"
          value={wanted}
          note={taken ? s("dateTaken") : s("ownDatesNote")}
          error={faultAt(fault, "holidays")}
          onInput={setWanted}
        />
        <button type="button" disabled={wanted === "" || taken} onClick={add}>
          {s("addDate")}
        </button>
      </div>
      {dates.length === 0 ? null : (
        <ul>
          {dates.map((day) => (
            <li key={day} class="tag">
              {shown(day)}
              <RemoveLine
                label={s("removeDate", { date: shown(day) })}
                onRemove={() => onChange(dates.filter((other) => other !== day))}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

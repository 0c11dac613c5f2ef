/** Which days are shown: days up to today, whole weeks, or days of one's own. */
import "./overview.css";
import Calendar from "lucide-static/icons/calendar.svg?raw";
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { date } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { locale, t } from "../session.ts";
import { ownDays } from "./asked.ts";
import { type AskedPeriod, localDate, PERIODS, type PeriodRange, type Preset, WEEKS } from "./periods.ts";
import { o } from "./words.ts";

export function PeriodPicker({
  asked,
  range,
  zone,
  onChange,
}: {
  asked: AskedPeriod;
  range: PeriodRange;
  zone: string;
  onChange: (period: AskedPeriod) => void;
}): VNode {
  const box = useRef<HTMLDetailsElement>(null);
  const close = (): void => {
    if (box.current !== null) box.current.open = false;
  };
  const choose = (period: AskedPeriod): void => {
    onChange(period);
    close();
    box.current?.querySelector("summary")?.focus();
  };
  useEffect(() => {
    const outside = ({ target }: Event): void => {
      if (target instanceof Node && box.current?.contains(target) === false) close();
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  return (
    <details
      ref={box}
      class="period"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        close();
        box.current?.querySelector("summary")?.focus();
      }}
    >
      <summary class="button">
        <Icon svg={Calendar} />
        <span class="sr-only">{t("period")}</span>
        {spanInWords(range, zone)}
        <span class="quiet">{nameOf(asked)}</span>
      </summary>
      <div class="period-menu floating">
        <fieldset>
          <legend>{o("periodDays")}</legend>
          {PERIODS.map((one) => (
            <Choice key={one} preset={one} asked={asked} onChoose={choose} />
          ))}
        </fieldset>
        <fieldset>
          <legend>{o("periodWeeks")}</legend>
          {WEEKS.map((one) => (
            <Choice key={one} preset={one} asked={asked} onChoose={choose} />
          ))}
        </fieldset>
        <OwnDays key={range.from + range.to} range={range} zone={zone} onChoose={choose} />
      </div>
    </details>
  );
}

function Choice({
  preset,
  asked,
  onChoose,
}: {
  preset: Preset;
  asked: AskedPeriod;
  onChoose: (period: AskedPeriod) => void;
}): VNode {
  return (
    <button type="button" class="small" aria-pressed={preset === asked} onClick={() => onChoose(preset)}>
      {o(`period_${preset}`)}
    </button>
  );
}

function OwnDays({
  range,
  zone,
  onChoose,
}: {
  range: PeriodRange;
  zone: string;
  onChoose: (period: AskedPeriod) => void;
}): VNode {
  const [from, setFrom] = useState(localDate(Date.parse(range.from), zone));
  const [to, setTo] = useState(localDate(Date.parse(range.to) - 1, zone));
  const own = ownDays(from, to);
  return (
    <fieldset class="own-days">
      <legend>{o("periodOwn")}</legend>
      <label>
        {o("periodFrom")}
        <input type="date" value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
      </label>
      <label>
        {o("periodTo")}
        <input type="date" value={to} min={from} onInput={(event) => setTo(event.currentTarget.value)} />
      </label>
      <button type="button" class="small" disabled={own === null} onClick={() => own && onChoose(own)}>
        {o("periodShow")}
      </button>
    </fieldset>
  );
}

const nameOf = (asked: AskedPeriod): string => o(typeof asked === "string" ? `period_${asked}` : "periodOwn");

export function spanInWords(range: { from: string; to: string }, zone: string): string {
  const from = date(locale.value, range.from, zone);
  const last = date(locale.value, Date.parse(range.to) - 1, zone);
  return from === last ? from : `${from} – ${last}`;
}

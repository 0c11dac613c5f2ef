/** The free times of a few days: one day at a time, its times to choose from. */
import { useState } from "./hooks.ts";
import type { VNode } from "preact";
import type { Free } from "./callback.tsx";
import { zoneOf } from "./when.ts";
import type { Words } from "./words.ts";

type Props = {
  /** Null while they are being asked for. */
  free: Free | null;
  chosen: string | null;
  choose: (slot: string) => void;
  words: Words;
  wrong: string;
};

export function Slots({ free, chosen, choose, words, wrong }: Props): VNode {
  const { t, tag } = words;
  const days = daysOf(free, tag);
  const [picked, pick] = useState<string | null>(null);
  const day = days.find(({ name }) => name === picked) ?? days[0];
  if (free === null) {
    return (
      <p class="line" role="status">
        {t("looking")}
      </p>
    );
  }
  if (!day) return <p role="status">{t("noSlots")}</p>;
  return (
    <>
      <label class="labelled">
        <span>{t("day")}</span>
        <select value={day.name} onChange={(event) => pick(event.currentTarget.value)}>
          {days.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <fieldset class="times" aria-describedby="slot-wrong">
        <legend>
          {t("time")} <small>{clockOf(free.timezone, words)}</small>
        </legend>
        {day.slots.map(({ at, time }) => (
          <label key={at}>
            <input
              type="radio"
              name="slot"
              class="unseen"
              checked={at === chosen}
              onChange={() => choose(at)}
            />
            {time}
          </label>
        ))}
      </fieldset>
      <p id="slot-wrong" class="wrong" aria-live="polite">
        {wrong}
      </p>
    </>
  );
}

type Day = { name: string; slots: { at: string; time: string }[] };

function daysOf(free: Free | null, tag: string): Day[] {
  const zone = free?.timezone ? { timeZone: free.timezone } : {};
  const day = new Intl.DateTimeFormat(tag, { ...zone, weekday: "long", day: "numeric", month: "long" });
  const time = new Intl.DateTimeFormat(tag, { ...zone, hour: "2-digit", minute: "2-digit" });
  const days: Day[] = [];
  for (const at of free?.slots ?? []) {
    const name = day.format(new Date(at));
    const last = days.at(-1);
    const slot = { at, time: time.format(new Date(at)) };
    if (last?.name === name) last.slots.push(slot);
    else days.push({ name, slots: [slot] });
  }
  return days;
}

/** Whose clock it is, where it is not the visitor's. */
function clockOf(timezone: string, words: Words): string {
  return timezone === Intl.DateTimeFormat().resolvedOptions().timeZone ? "" : zoneOf(timezone, words);
}

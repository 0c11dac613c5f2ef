/** The calls that visitors booked: when, whom, who takes it, and what became of it. */
import { useSignal } from "@preact/signals";
import Check from "lucide-static/icons/check.svg?raw";
import Clock from "lucide-static/icons/clock.svg?raw";
import Phone from "lucide-static/icons/phone.svg?raw";
import Triangle from "lucide-static/icons/triangle-alert.svg?raw";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { ApiFailure, request } from "../../shared/api.ts";
import { date, time } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { Pages } from "../live/pages.ts";
import {
  CALL_OUTCOMES,
  dueOf,
  readCall,
  readCalls,
  type Call,
  type CallOutcome,
} from "../model/follow-ups.ts";
import type { Office } from "../office.ts";
import { pathOf } from "../parts/page-path.ts";
import { locale, t, tick } from "../words.ts";
import { ListState, MoreButton, type Stage } from "./follow-ups.tsx";

const DUE_TONES = { later: "quiet", now: "good", late: "bad" } as const;
const DUE_ICONS = { later: Clock, now: Phone, late: Triangle } as const;

export function CallList({ office, stage }: { office: Office; stage: Stage }): VNode {
  const path = `/api/sites/${office.site.key}/callbacks`;
  const [pages] = useState(() => {
    const made = new Pages(readCalls);
    made.open(`${path}?limit=50&status=${stage}`);
    return made;
  });
  const { items, fault } = pages.state.value;
  return (
    <>
      <ListState
        pages={pages}
        failed={t("calls_failed")}
        empty={t(stage === "open" ? "calls_empty" : "calls_done_empty")}
        emptyText={t("calls_empty_text")}
      />
      <ul class={`messages ${fault === null ? "" : "stale"}`}>
        {(items ?? []).map((call) => (
          <CallCard
            key={call.id}
            office={office}
            call={call}
            path={path}
            onChanged={(changed) => pages.replace(changed, ({ id }) => id === changed.id)}
            onConflict={pages.refresh}
          />
        ))}
      </ul>
      <MoreButton pages={pages} />
    </>
  );
}

type CallCardProps = {
  office: Office;
  call: Call;
  path: string;
  onChanged: (changed: Call) => void;
  onConflict: () => void;
};

function CallCard({ office, call, path, onChanged, onConflict }: CallCardProps): VNode {
  const fault = useSignal<"conflict" | "not_kept" | null>(null);
  const concluding = useSignal(false);
  const due = dueOf(call, office.serverTime(tick.value));
  const over = call.status === "done" || call.status === "cancelled";

  async function act(name: "claim" | "release" | "conclude", body: unknown = {}): Promise<void> {
    fault.value = null;
    try {
      const address = `${path}/${encodeURIComponent(call.id)}/${name}`;
      onChanged(readCall(await request<unknown>("POST", address, body)));
      concluding.value = false;
    } catch (error) {
      console.warn("a call could not be changed", error);
      const taken = error instanceof ApiFailure && error.status === 409;
      fault.value = taken ? "conflict" : "not_kept";
      if (taken) onConflict();
    }
  }

  return (
    <li class="left-message">
      <div class="margin">
        <strong class={`speaker ${over ? "" : DUE_TONES[due]}`}>
          {over ? null : <Icon svg={DUE_ICONS[due]} size={12} />}
          {time(locale.value, call.slot)}–{time(locale.value, call.ends_at)}
        </strong>
        <time class="note" dateTime={call.slot}>
          {date(locale.value, call.slot)}
        </time>
        {over || due === "later" ? null : (
          <span class={`note ${DUE_TONES[due]}`}>{t(due === "now" ? "call_now" : "call_late")}</span>
        )}
      </div>
      <div class="words">
        <p class="message">
          <strong>{call.name ?? t("visitor")}</strong> · <a href={`tel:${call.phone}`}>{call.phone_shown}</a>
        </p>
        {call.topic === null ? null : <p class="message">{call.topic}</p>}
        <p class="note">
          {t("reference", { reference: call.reference })}
          {call.page === null ? null : ` · ${pathOf(call.page)}`}
          {call.agent === null || over ? null : ` · ${t("call_taken_by", { name: call.agent.name ?? "" })}`}
        </p>
        {over ? (
          <CallEnd call={call} />
        ) : concluding.value ? (
          <Concluding
            onConclude={(outcome, note) =>
              void act("conclude", note === "" ? { outcome } : { outcome, note })
            }
            onCancel={() => (concluding.value = false)}
          />
        ) : (
          <div class="buttons row-actions">
            {call.status === "booked" ? (
              <button type="button" onClick={() => void act("claim")}>
                <Icon svg={Phone} />
                {t("call_claim")}
              </button>
            ) : null}
            <button type="button" onClick={() => (concluding.value = true)}>
              {t("conclude")}
            </button>
            {call.agent?.id === office.me.id ? (
              <button type="button" class="plain" onClick={() => void act("release")}>
                {t("call_release")}
              </button>
            ) : null}
          </div>
        )}
        {fault.value === null ? null : (
          <p class="field-error" role="alert">
            {t(fault.value === "conflict" ? "call_conflict" : "not_kept")}
          </p>
        )}
      </div>
    </li>
  );
}

function CallEnd({ call }: { call: Call }): VNode {
  if (call.outcome === null) return <p class="state note">{t("call_cancelled")}</p>;
  return (
    <>
      <p class="state good">
        <Icon svg={Check} size={12} />
        {t(`call_${call.outcome}`)}
        {call.agent?.name == null ? null : ` · ${call.agent.name}`}
      </p>
      {call.note === null ? null : <p class="message quiet">{call.note}</p>}
    </>
  );
}

type ConcludingProps = { onConclude: (outcome: CallOutcome, note: string) => void; onCancel: () => void };

function Concluding({ onConclude, onCancel }: ConcludingProps): VNode {
  const outcome = useSignal<CallOutcome>("reached");
  const note = useSignal("");
  return (
    <form
      class="concluding"
      onSubmit={(event) => {
        event.preventDefault();
        onConclude(outcome.value, note.value.trim());
      }}
    >
      <fieldset class="modes">
        <legend class="sr-only">{t("conclude_how")}</legend>
        {CALL_OUTCOMES.map((one) => (
          <label key={one} class="option">
            <input
              type="radio"
              name="call-outcome"
              checked={outcome.value === one}
              onChange={() => (outcome.value = one)}
            />
            <span>{t(`call_${one}`)}</span>
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span class="label">{t("conclude_note")}</span>
        <textarea
          rows={2}
          maxLength={2_000}
          value={note.value}
          onInput={(event) => (note.value = event.currentTarget.value)}
        />
      </label>
      <div class="buttons">
        <button type="submit" class="primary">
          {t("conclude")}
        </button>
        <button type="button" class="plain" onClick={onCancel}>
          {t("cancel")}
        </button>
      </div>
    </form>
  );
}

/** The site's settings, saved only where they changed and only over the version that was read. */
import "./settings.css";
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { request, type ApiFailure } from "../../shared/api.ts";
import { faultAt, type Fault } from "../campaigns/fault.ts";
import { SelectField, TextField } from "../field.tsx";
import { faultOf } from "../refusal.ts";
import { asFailure } from "../resource.ts";
import { t } from "../session.ts";
import { apiPath, useSite, type SiteResource } from "../site.ts";
import { Failed, PageHead } from "../states.tsx";
import { ConclusionFields } from "../talk/conclusion-fields.tsx";
import { w } from "../talk/words.ts";
import { ActionFields } from "./availability/action-fields.tsx";
import { CallbackFields } from "./availability/callback-fields.tsx";
import { MessageRecipients } from "./availability/message-recipients.tsx";
import { SkillHours } from "./availability/skill-hours.tsx";
import { a } from "./availability/words.ts";
import { BusinessHours } from "./business-hours.tsx";
import { EconomicsFields } from "./economics.tsx";
import { HolidayFields } from "./holidays.tsx";
import { HoldoutField } from "./holdout.tsx";
import { Meeting } from "./meeting.tsx";
import { OrderAmountFields } from "./order-amount.tsx";
import { OwnVisits } from "./own-visits.tsx";
import { PressureFields } from "./pressure.tsx";
import { PushPreview } from "./push-preview.tsx";
import { QueuePointsFields } from "./queue-points.tsx";
import { ReportRecipients } from "./report-recipients.tsx";
import { SurveyFields } from "./surveys.tsx";
import { s } from "./words.ts";

const NUMBERS = [
  { key: "session_idle_minutes", min: 1, max: 120 },
  { key: "conversation_idle_minutes", min: 1, max: 240 },
  { key: "attribution_hours", min: 1, max: 720 },
  { key: "wait_target_seconds", min: 5, max: 3_600 },
] as const;
type Field = keyof SiteResource;

export function Settings(): VNode {
  const site = useSite();
  const [base, setBase] = useState(site.settings);
  const [draft, setDraft] = useState(site.settings);
  const [originsText, setOriginsText] = useState(site.settings.allowed_origins.join("\n"));
  const [fault, setFault] = useState<Fault | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [theirs, setTheirs] = useState<SiteResource | null>(null);
  const [saved, setSaved] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (fault !== null) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [fault]);

  const wanted: SiteResource = {
    ...draft,
    allowed_origins: originsText
      .split(/\s+/)
      .map((line) => line.replace(/\/$/, ""))
      .filter((line) => line !== ""),
  };
  const changed = differing(base, wanted);
  const put = (part: Partial<SiteResource>): void => {
    setDraft((before) => ({ ...before, ...part }));
    setSaved(false);
  };
  const adopt = (settings: SiteResource, shown: SiteResource = settings): void => {
    setBase(settings);
    setDraft(shown);
    setOriginsText(shown.allowed_origins.join("\n"));
    setTheirs(null);
    site.changed(settings);
  };
  const save = async (event?: Event): Promise<void> => {
    event?.preventDefault();
    setFault(null);
    setFailure(null);
    const patch = Object.fromEntries(changed.map((key) => [key, wanted[key]]));
    try {
      adopt(await request<SiteResource>("PATCH", apiPath(site.key), patch, { version: base.version }));
      setSaved(true);
    } catch (error) {
      const refusal = asFailure(error);
      if (refusal.status === 412) await meet();
      else if (refusal.path === null) setFailure(refusal);
      else setFault(faultOf(refusal));
    }
  };
  const meet = async (): Promise<void> => {
    try {
      setTheirs(await request<SiteResource>("GET", apiPath(site.key)));
    } catch (error) {
      setFailure(asFailure(error));
    }
  };

  return (
    <>
      <form ref={form} class="settings" onSubmit={(event) => void save(event)}>
        <PageHead title={t("navSettings")}>
          <span class="note" role="status">
            {saved ? t("savedLive") : changed.length > 0 ? t("unsaved") : ""}
          </span>
          <button type="submit" class="primary" disabled={changed.length === 0}>
            {t("save")}
          </button>
        </PageHead>
        {failure === null ? null : (
          <Failed title={t("saveFailed")} failure={failure} onRetry={() => void save()} />
        )}
        {theirs === null ? null : (
          <Meeting
            title={t("settingsConflict")}
            fields={changed
              .filter((key) => JSON.stringify(theirs[key]) !== JSON.stringify(wanted[key]))
              .map((key) => ({ label: labelOf(key), mine: wanted[key], theirs: theirs[key] }))}
            onTakeBoth={() =>
              adopt(theirs, { ...theirs, ...Object.fromEntries(changed.map((key) => [key, wanted[key]])) })
            }
            onTakeTheirs={() => adopt(theirs)}
          />
        )}
        <div class="form general">
          <TextField
            label={t("set_name")}
            value={draft.name}
            maxLength={120}
            error={faultAt(fault, "name")}
            onInput={(name) => put({ name })}
          />
          <TextField
            label={t("set_timezone")}
            value={draft.timezone}
            note={t("set_timezoneNote")}
            error={faultAt(fault, "timezone")}
            onInput={(timezone) => put({ timezone })}
          />
          <TextField
            label={t("set_currency")}
            value={draft.currency}
            maxLength={3}
            error={faultAt(fault, "currency")}
            onInput={(currency) => put({ currency: currency.toUpperCase() })}
          />
          <SelectField
            label={t("set_locale")}
            value={draft.locale}
            options={[
              { value: "fr", label: "Français" },
              { value: "en", label: "English" },
            ]}
            onChange={(language) => put({ locale: language })}
          />
          <SelectField
            label={t("set_default_consent")}
            value={draft.default_consent}
            options={[
              { value: "denied", label: t("consent_denied") },
              { value: "granted", label: t("consent_granted") },
            ]}
            note={t("set_default_consentNote")}
            onChange={(consent) => put({ default_consent: consent })}
          />
          <TextField
            label={t("set_allowed_origins")}
            rows={4}
            value={originsText}
            note={t(wanted.allowed_origins.length === 0 ? "originsAny" : "set_allowed_originsNote")}
            error={faultAt(fault, "allowed_origins")}
            onInput={(text) => {
              setOriginsText(text);
              setSaved(false);
            }}
          />
          <HoldoutField
            draft={draft}
            saved={base}
            fault={fault}
            onChange={(share) => put({ global_holdout: share })}
          />
          <SelectField
            label={t("set_orders")}
            value={draft.orders}
            options={[
              { value: "claimed", label: t("orders_claimed") },
              { value: "confirmed", label: t("orders_confirmed") },
            ]}
            onChange={(orders) => put({ orders })}
          />
          {NUMBERS.map(({ key, min, max }) => (
            <TextField
              key={key}
              label={t(`set_${key}`)}
              type="number"
              min={min}
              max={max}
              step={1}
              value={String(draft[key])}
              error={faultAt(fault, key)}
              onInput={(text) => put({ [key]: Number(text) })}
            />
          ))}
        </div>
        <PressureFields pressure={draft.pressure} fault={fault} onChange={(pressure) => put({ pressure })} />
        <OrderAmountFields amount={draft.order_amount} onChange={(amount) => put({ order_amount: amount })} />
        <EconomicsFields
          economics={draft.economics}
          currency={draft.currency}
          fault={fault}
          onChange={(economics) => put({ economics })}
        />
        <BusinessHours
          hours={draft.business_hours}
          site={{ ...draft, timezone: base.timezone }}
          fault={faultAt(fault, "business_hours")}
          onChange={(hours) => put({ business_hours: hours })}
        />
        <HolidayFields holidays={draft.holidays} fault={fault} onChange={(holidays) => put({ holidays })} />
        <ActionFields
          availability={draft.availability}
          fault={fault}
          onChange={(availability) => put({ availability })}
        />
        <SkillHours
          availability={draft.availability}
          zone={base.timezone}
          fault={fault}
          onChange={(availability) => put({ availability })}
        />
        <QueuePointsFields
          points={draft.queue_points}
          currency={draft.currency}
          fault={fault}
          onChange={(points) => put({ queue_points: points })}
        />
        <PushPreview shown={draft.push_preview} onChange={(shown) => put({ push_preview: shown })} />
        <CallbackFields
          callbacks={draft.callbacks}
          zone={base.timezone}
          fault={fault}
          onChange={(callbacks) => put({ callbacks })}
        />
        <MessageRecipients
          recipients={draft.message_recipients}
          fault={fault}
          onChange={(recipients) => put({ message_recipients: recipients })}
        />
        <ConclusionFields
          codes={draft.wrap_up_codes}
          months={draft.transcript_months}
          measurementMonths={draft.measurement_months}
          fault={fault}
          onChange={put}
        />
        <SurveyFields policy={draft.surveys} fault={fault} onChange={(surveys) => put({ surveys })} />
        <ReportRecipients
          recipients={draft.report_recipients}
          fault={fault}
          onChange={(recipients) => put({ report_recipients: recipients })}
        />
      </form>
      <OwnVisits />
    </>
  );
}

const OWN_WORDS: readonly Field[] = [
  "pressure",
  "order_amount",
  "economics",
  "business_hours",
  "holidays",
  "report_recipients",
  "queue_points",
  "push_preview",
  "surveys",
];
const CONCLUSION: readonly Field[] = ["wrap_up_codes", "transcript_months", "measurement_months"];
const AVAILABILITY: readonly Field[] = ["availability", "callbacks", "message_recipients"];

function labelOf(key: Field): string {
  if (CONCLUSION.includes(key)) return w(`field_${key}`);
  if (AVAILABILITY.includes(key)) return a(`field_${key}`);
  return OWN_WORDS.includes(key) ? s(`field_${key}`) : t(`set_${key}`);
}

function differing(before: SiteResource, after: SiteResource): Field[] {
  return (Object.keys(after) as Field[]).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
}

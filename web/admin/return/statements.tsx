/** What is due for a month: by agreement, with what it rests on, issued once and amended in the open. */
import Check from "lucide-static/icons/circle-check.svg?raw";
import Clock from "lucide-static/icons/hourglass.svg?raw";
import Alert from "lucide-static/icons/triangle-alert.svg?raw";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { WireMonth } from "../../../domain/roi/wire.ts";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { type ApiFailure, request } from "../../shared/api.ts";
import { dateTime, money, number } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { TextField } from "../field.tsx";
import { sayValue } from "../objectives/kpi-values.ts";
import { o } from "../objectives/words.ts";
import { asFailure, useResource } from "../resource.ts";
import { locale } from "../session.ts";
import { apiPath, useSite } from "../site.ts";
import { Failed, Shown } from "../states.tsx";
import { AgreementForm } from "./agreement-form.tsx";
import { g } from "./words.ts";

type Read = { month: string; currency: string; items: WireMonth[] };

/** The month before this one: the last that is over. */
function lastMonth(): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 15)).toISOString().slice(0, 7);
}

export function Statements({ campaigns }: { campaigns: readonly Campaign[] }): VNode {
  const site = useSite();
  const [month, setMonth] = useState(lastMonth);
  const [making, setMaking] = useState(false);
  const valid = /^20\d\d-(0[1-9]|1[0-2])$/.test(month);
  const asked = valid ? month : lastMonth();
  const resource = useResource(`statements ${site.key} ${asked}`, (signal) =>
    request<Read>("GET", apiPath(site.key, "statements", asked), undefined, { signal }),
  );
  return (
    <section aria-labelledby="statements">
      <div class="section-head">
        <h2 id="statements">{g("statements")}</h2>
        <button type="button" class="small" onClick={() => setMaking(true)}>
          {g("newAgreement")}
        </button>
      </div>
      <div class="contact-choice">
        <TextField
          label={g("month")}
          value={month}
          maxLength={7}
          error={valid ? undefined : { said: g("monthFault"), detail: null }}
          onInput={setMonth}
        />
      </div>
      {making ? (
        <AgreementForm
          campaigns={campaigns}
          month={asked}
          onDone={() => {
            setMaking(false);
            resource.reload();
          }}
          onCancel={() => setMaking(false)}
        />
      ) : null}
      <Shown resource={resource} title={g("statementsFailed")}>
        {(read) =>
          read.items.length === 0 ? (
            <p class="quiet">{g("statementsNone")}</p>
          ) : (
            <>
              {read.items.map((item) => (
                <Statement
                  key={item.agreement}
                  item={item}
                  month={read.month}
                  currency={read.currency}
                  campaigns={campaigns}
                  onIssued={resource.reload}
                />
              ))}
            </>
          )
        }
      </Shown>
    </section>
  );
}

type Props = {
  item: WireMonth;
  month: string;
  currency: string;
  campaigns: readonly Campaign[];
  onIssued: () => void;
};

function Statement({ item, month, currency, campaigns, onIssued }: Props): VNode {
  const site = useSite();
  const language = locale.value;
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const { statement, terms, state } = item;
  const issue = async (): Promise<void> => {
    setFailure(null);
    try {
      await request("POST", apiPath(site.key, "statements", month), { agreement: item.agreement });
      onIssued();
    } catch (error) {
      setFailure(asFailure(error));
    }
  };
  const events = `${apiPath(site.key, "statements", month)}/events.csv?agreement=${encodeURIComponent(item.agreement)}`;
  const [last] = item.issued;
  return (
    <article class="statement panel">
      {failure === null ? null : <Failed title={g("issueFailed")} failure={failure} />}
      <div class="section-head">
        <h3>{terms.name}</h3>
        <StateTag state={state} />
      </div>
      <p>
        <span class="kpi-value">{money(language, statement.due, currency)}</span>{" "}
        <span class="quiet">{g(`reason_${statement.reason}`)}</span>
      </p>
      <p class="note">
        {`${g(`kpi_${terms.kpi}`)} · ${g(`basis_${terms.basis}`)} · ${quantityOf(item, currency)}`}
      </p>
      {statement.lines.length === 0 ? null : (
        <Lines lines={statement.lines} terms={terms} campaigns={campaigns} currency={currency} />
      )}
      {statement.goals.length === 0 ? null : (
        <ul class="criteria">
          {statement.goals.map((goal) => (
            <li key={`${goal.kpi} ${goal.bound}`}>
              <StateTag state={goal.state} />
              {g(`goal_${goal.bound}`, {
                kpi: o(`kpi_${goal.kpi}`),
                value: sayValue(goal.kpi, goal.value, currency),
                reading: sayValue(goal.kpi, goal.reading, currency),
              })}{" "}
              <span class="quiet">
                {g(goal.listed ? "goalListed" : "goalWhole", { n: number(language, goal.n) })}
              </span>
            </li>
          ))}
        </ul>
      )}
      {item.now === null ? null : (
        <div class="banner warn">
          <Icon svg={Alert} />
          <div>
            <strong>
              {g("changedSince", { n: item.now.changed_lines, due: money(language, item.now.due, currency) })}
            </strong>
            <ul class="changes">
              {item.now.changes.slice(0, 5).map(({ change, line }) => (
                <li key={`${change} ${line}`}>
                  {g(`change_${change}`)} <code>{line}</code>
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
      <p class="note">
        {last === undefined
          ? state === "open"
            ? g("opensAt", { at: dateTime(language, item.matures_at, site.settings.timezone) })
            : g("notIssued")
          : g("issuedAt", {
              at: dateTime(language, last.issued_at, site.settings.timezone),
              revision: last.revision,
              same: item.reproduced === true ? "yes" : "no",
            })}{" "}
        {g("digest", { n: number(language, item.events), digest: item.digest.slice(0, 16) })}
      </p>
      <div class="actions">
        {state === "ready" || state === "changed" ? (
          <button type="button" onClick={() => void issue()}>
            {g(state === "ready" ? "issue" : "amend")}
            <span class="sr-only"> {terms.name}</span>
          </button>
        ) : null}
        <a class="button" href={events} download>
          {g("eventsCsv")}
          <span class="sr-only"> {terms.name}</span>
        </a>
      </div>
    </article>
  );
}

function quantityOf({ statement: { quantity }, terms }: WireMonth, currency: string): string {
  if (quantity === null) return g("noQuantity");
  const say = (value: number) => sayQuantity(terms.kpi, value, currency);
  return `${say(quantity.value)} ${g("interval", { low: say(quantity.low), high: say(quantity.high) })}`;
}

function sayQuantity(kpi: string, value: number, currency: string): string {
  if (kpi === "incremental_revenue") return money(locale.value, Math.round(value), currency);
  return kpi === "satisfaction" ? sayValue("csat", value, currency) : number(locale.value, value, 1);
}

function Lines({
  lines,
  terms,
  campaigns,
  currency,
}: {
  lines: WireMonth["statement"]["lines"];
  terms: WireMonth["terms"];
  campaigns: readonly Campaign[];
  currency: string;
}): VNode {
  const language = locale.value;
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-label={terms.name}>
      <table>
        <thead>
          <tr>
            <th scope="col">{g("campaignPhase")}</th>
            <th scope="col" class="number">
              {g("invited")}
            </th>
            <th scope="col" class="number">
              {g("heldOut")}
            </th>
            <th scope="col">{g("quantity")}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ campaign, phase, treated, holdout, counted, state, quantity }) => (
            <tr key={`${campaign} ${phase}`}>
              <th scope="row">
                {g("phaseOf", { name: campaigns.find(({ id }) => id === campaign)?.name ?? campaign, phase })}
              </th>
              <td class="number">{`${number(language, counted.treated, 2)} / ${number(language, treated)}`}</td>
              <td class="number">{`${number(language, counted.holdout, 2)} / ${number(language, holdout)}`}</td>
              <td>
                {quantity === null
                  ? g(`line_${state}`)
                  : `${sayQuantity(terms.kpi, quantity.value, currency)} ${g("interval", {
                      low: sayQuantity(terms.kpi, quantity.low, currency),
                      high: sayQuantity(terms.kpi, quantity.high, currency),
                    })}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function StateTag({ state }: { state: string }): VNode {
  const tone = { issued: "good", met: "good", changed: "warn", missed: "bad" }[state] ?? "";
  return (
    <span class={`tag ${tone}`}>
      <Icon svg={tone === "good" ? Check : tone === "" ? Clock : Alert} size={12} />
      {g(`state_${state}`)}
    </span>
  );
}

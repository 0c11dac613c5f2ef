/** What a contact costs by chat, phone and e-mail, and which contacts a campaign spared. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { WireContacts } from "../../../domain/roi/wire.ts";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { request } from "../../shared/api.ts";
import { money, number, percent } from "../../shared/format.ts";
import { SelectField } from "../field.tsx";
import { sayPoints } from "../objectives/findings.tsx";
import { download, writeCsv } from "../overview/csv.ts";
import { roundMoney, type Span } from "../results/figures.ts";
import { useResource } from "../resource.ts";
import { locale } from "../session.ts";
import { apiPath, screenPath, useSite } from "../site.ts";
import { Shown } from "../states.tsx";
import { g } from "./words.ts";

export function Contacts({ campaigns }: { campaigns: readonly Campaign[] }): VNode {
  const site = useSite();
  const [campaign, setCampaign] = useState("");
  const query = campaign === "" ? "" : `?campaign=${encodeURIComponent(campaign)}`;
  const resource = useResource(`contacts ${site.key} ${campaign}`, (signal) =>
    request<WireContacts>("GET", `${apiPath(site.key, "contacts")}${query}`, undefined, { signal }),
  );
  return (
    <section aria-labelledby="contacts">
      <div class="section-head">
        <h2 id="contacts">{g("contacts")}</h2>
        <span class="note">{g("contactsNote")}</span>
      </div>
      <Shown resource={resource} title={g("contactsFailed")}>
        {(read) => (
          <>
            <Costs read={read} />
            <div class="contact-choice">
              <SelectField
                label={g("sparedBy")}
                value={campaign}
                options={[
                  { value: "", label: g("chooseCampaign") },
                  ...campaigns
                    .filter(({ status }) => status !== "draft")
                    .map(({ id, name }) => ({ value: id, label: name })),
                ]}
                onChange={setCampaign}
              />
            </div>
            {read.campaign === null ? null : <Effects read={read} />}
          </>
        )}
      </Shown>
    </section>
  );
}

function Costs({ read: { costs, currency } }: { read: WireContacts }): VNode {
  const site = useSite();
  const language = locale.value;
  const chat = costs.per_chat;
  const toEnter = (what: string) => <a href={screenPath(site.key, "settings")}>{g(what)}</a>;
  const items = [
    ["perChat", chat === null ? null : chat.value],
    ["perCall", costs.per_call],
    ["perEmail", costs.per_email],
  ] as const;
  return (
    <dl class="cost-line">
      {items.map(([name, value]) => (
        <div key={name}>
          <dt>{g(name)}</dt>
          <dd class="kpi-value">{value === null ? "-" : money(language, value, currency)}</dd>
          <dd class="note">
            {name !== "perChat"
              ? value === null
                ? toEnter("costMissing")
                : g("asEntered")
              : chat === null
                ? costs.chats === 0
                  ? g("noChats")
                  : costs.agent_hours === 0
                    ? g("noHours")
                    : toEnter("chatCostMissing")
                : `${g("interval", { low: money(language, chat.low, currency), high: money(language, chat.high, currency) })} · ${g(
                    "costOf",
                    { total: money(language, costs.total, currency), chats: number(language, costs.chats) },
                  )}`}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Effects({ read }: { read: WireContacts }): VNode {
  const language = locale.value;
  const { effects, currency } = read;
  const shown = effects.filter(({ channel }) => channel !== "any");
  if (effects.every(({ treated, holdout }) => treated.contacts + holdout.contacts === 0)) {
    return <p class="quiet">{g("noContacts")}</p>;
  }
  return (
    <>
      <div class="table-scroll" tabIndex={0} role="group" aria-labelledby="contacts">
        <table>
          <thead>
            <tr>
              <th scope="col">{g("channel")}</th>
              <th scope="col">{g("within")}</th>
              <th scope="col" class="number">
                {g("invited")}
              </th>
              <th scope="col" class="number">
                {g("heldOut")}
              </th>
              <th scope="col">{g("difference")}</th>
              <th scope="col" class="number">
                {g("spared")}
              </th>
              <th scope="col" class="number">
                {g("saved")}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ channel, hours, treated, holdout, state, basis, difference, deflected, saved }) => (
              <tr key={`${channel} ${hours}`}>
                <th scope="row">{g(`channel_${channel}`)}</th>
                <td>{g("hours", { n: hours })}</td>
                {[treated, holdout].map((arm, index) => (
                  <td key={index} class="number">
                    {/* Two rates side by side are a comparison, whatever stands beside them. */}
                    {state === "read" ? percent(language, arm.contacting / arm.visitors) : "-"}
                    <span class="note">
                      {`${number(language, arm.contacting)} / ${number(language, arm.visitors)}`}
                    </span>
                  </td>
                ))}
                <td class={difference === null ? undefined : "nowrap"}>
                  {difference === null
                    ? g(`contacts_${state}`)
                    : `${sayPoints(difference.value)} ${g("interval", {
                        low: sayPoints(difference.low),
                        high: sayPoints(difference.high),
                      })}`}
                  {basis === null ? null : <span class="note">{g(`basis_of_${basis}`)}</span>}
                </td>
                <td class="number nowrap">
                  {deflected === null
                    ? "-"
                    : `${number(language, Math.round(deflected.value))} ${g("interval", {
                        low: number(language, Math.round(deflected.low)),
                        high: number(language, Math.round(deflected.high)),
                      })}`}
                </td>
                <td class="number nowrap">{saved === null ? "-" : sayMoney(saved, currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="chart-links">
        <button type="button" class="link" onClick={() => saveCsv(read)}>
          {g("csvContacts")}
        </button>
      </p>
    </>
  );
}

function sayMoney(span: Span, currency: string): string {
  const say = (value: number) => roundMoney(locale.value, value, currency, span);
  return `${say(span.value)} ${g("interval", { low: say(span.low), high: say(span.high) })}`;
}

function saveCsv({ effects, campaign, phase, currency }: WireContacts): void {
  download(
    `aparte-contacts-${campaign ?? ""}-${phase ?? ""}.csv`,
    writeCsv([
      [
        "channel",
        "within_hours",
        "treated",
        "treated_contacting",
        "treated_contacts",
        "holdout",
        "holdout_contacting",
        "holdout_contacts",
        "state",
        "basis",
        "difference",
        "low",
        "high",
        "deflected",
        "deflected_low",
        "deflected_high",
        `saved_${currency}`,
        "saved_low",
        "saved_high",
      ],
      ...effects.map(({ channel, hours, treated, holdout, state, basis, difference, deflected, saved }) => [
        channel,
        hours,
        treated.visitors,
        treated.contacting,
        treated.contacts,
        holdout.visitors,
        holdout.contacting,
        holdout.contacts,
        state,
        basis,
        difference?.value ?? null,
        difference?.low ?? null,
        difference?.high ?? null,
        deflected?.value ?? null,
        deflected?.low ?? null,
        deflected?.high ?? null,
        saved?.value ?? null,
        saved?.low ?? null,
        saved?.high ?? null,
      ]),
    ]),
  );
}

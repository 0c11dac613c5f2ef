/**
 * The right pane: who this visitor is and how they came here, as the site's own records tell it.
 *
 * Read when the conversation opens and again when the desk says that the visitor moved, or the visitor wrote;
 * there is no polling. What was read stays in sight, dated, where it cannot be read again.
 */
import ChevronLeft from "lucide-static/icons/chevron-left.svg?raw";
import Radio from "lucide-static/icons/radio.svg?raw";
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { DeskConversation } from "../../../domain/desk/wire.ts";
import { date, money, number, time } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { Reading } from "../live/reading.ts";
import type { Room } from "../live/room.ts";
import { lastSpoken } from "../model/log.ts";
import { readCampaign, type Reason } from "../model/campaign.ts";
import {
  readVisitor,
  type Cart,
  type Invitation,
  type TrailStep,
  type VisitorView,
} from "../model/visitor.ts";
import { clockOf } from "../model/waits.ts";
import type { Office } from "../office.ts";
import { FaultBanner } from "../parts/fault.tsx";
import { go, place } from "../route.ts";
import { locale, t, tick } from "../words.ts";

/** History follows a new visitor by seconds: one it does not know yet is asked for again, a few times. */
const MISSING_AGAIN_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

const SIGNS: Readonly<Record<string, string>> = {
  $eq: "=",
  $ne: "≠",
  $gt: ">",
  $gte: "≥",
  $lt: "<",
  $lte: "≤",
  $regex: "~",
  $regexi: "~",
};

export type ContextPaneProps = { office: Office; item: DeskConversation; room: Room };

export function ContextPane({ office, item, room }: ContextPaneProps): VNode {
  const [reading] = useState(
    () =>
      new Reading(
        `/api/sites/${office.site.key}/visitors/${encodeURIComponent(item.visitor)}?conversation=${encodeURIComponent(item.conversation)}`,
        (answer) => readVisitor(answer, item.decision_id, item.conversation),
      ),
  );
  const moved = office.desk.whereabouts.value[item.conversation]?.at ?? "";
  const last = lastSpoken(room.log.value);
  const wrote = last?.from.role === "visitor" ? last.seq : 0;
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) reading.refresh();
    first.current = false;
  }, [reading, moved, wrote]);

  const { value, at, fault, busy } = reading.state.value;
  const tries = useRef(0);
  const missing = fault?.code === "not_found" && !busy;
  const notYet = fault?.code === "not_found" && tries.current < MISSING_AGAIN_MS.length;
  useEffect(() => {
    const wait = MISSING_AGAIN_MS[tries.current];
    if (!missing || wait === undefined) return;
    tries.current += 1;
    const again = setTimeout(reading.refresh, wait);
    return () => clearTimeout(again);
  }, [reading, missing]);

  return (
    <aside class="pane context-pane" aria-label={t("visitor_pane")}>
      <div class="context-back phone-only">
        <button
          type="button"
          class="plain"
          onClick={() => go({ name: "conversation", conversation: item.conversation })}
        >
          <Icon svg={ChevronLeft} />
          {t("back_to_conversation")}
        </button>
      </div>
      {fault === null || notYet ? null : fault.code === "not_found" && value === null ? (
        <Group title={t("trail")}>
          <p class="note">{t("visitor_unknown")}</p>
        </Group>
      ) : (
        <FaultBanner what={t("visitor_failed")} fault={fault} shownAt={at} onRetry={reading.refresh} />
      )}
      {value === null && (fault === null || notYet) ? <ContextSkeleton /> : null}
      {value === null ? null : (
        <div class={fault === null ? "" : "stale"}>
          <Trail office={office} steps={value.trail} />
          <CartGroup cart={value.cart} />
          <History view={value} />
          <WhyInvited
            site={office.site.key}
            invitation={value.invitation}
            decided={item.decision_id !== null}
          />
          {value.verified ? <PastConversations view={value} beside={item.conversation} /> : null}
        </div>
      )}
    </aside>
  );
}

type GroupProps = { title: string; aside?: ComponentChildren; children: ComponentChildren };

function Group({ title, aside = null, children }: GroupProps): VNode {
  return (
    <section class="group">
      <div class="group-head">
        <h2 class="eyebrow">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

function Trail({ office, steps }: { office: Office; steps: readonly TrailStep[] }): VNode {
  const here = steps.at(-1);
  const now = office.serverTime(tick.value);
  const since = here === undefined ? 0 : (now - here.at) / 1_000;
  return (
    <Group
      title={t("trail")}
      aside={
        here === undefined ? null : (
          <span class="note good here">
            <Icon svg={Radio} size={12} />
            {t("here_since", { clock: clockOf(since) })}
          </span>
        )
      }
    >
      {steps.length === 0 ? <p class="note">{t("trail_empty")}</p> : null}
      <ol class="trail">
        {steps.map((step, place) => (
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

function CartGroup({ cart }: { cart: Cart }): VNode {
  const sum = money(locale.value, cart.total, cart.currency);
  return (
    <Group title={t("cart")} aside={cart.lines.length === 0 ? null : <strong>{sum}</strong>}>
      {cart.lines.length === 0 ? <p class="note">{t("cart_empty")}</p> : null}
      <ul class="cart">
        {cart.lines.map((line) => (
          <li key={`${line.name} ${line.variant ?? ""}`}>
            <span>
              {line.name}
              {line.variant === null ? null : <span class="quiet"> · {line.variant}</span>}
              {line.quantity === 1 ? null : (
                <span class="quiet"> × {number(locale.value, line.quantity)}</span>
              )}
            </span>
            <span>{money(locale.value, line.total, cart.currency)}</span>
          </li>
        ))}
      </ul>
    </Group>
  );
}

/** Without proof of who it is, only the present visit is shown: a name that anybody may claim opens no history. */
function History({ view }: { view: VisitorView }): VNode {
  if (!view.verified) {
    return (
      <Group title={t("history")} aside={<span class="tag warn">{t("unverified")}</span>}>
        <p class="note">{t("unverified_text")}</p>
      </Group>
    );
  }
  const { bought } = view;
  return (
    <Group title={t("history")}>
      <dl class="figures">
        <Figure value={view.visits} words={t("visits", { count: view.visits })} />
        <Figure
          value={bought.count}
          words={
            t("orders", { count: bought.count }) +
            (bought.currency === null ? "" : `, ${money(locale.value, bought.total, bought.currency)}`)
          }
        />
        <Figure value={view.past.length} words={t("chats", { count: view.past.length })} />
      </dl>
    </Group>
  );
}

function Figure({ value, words }: { value: number; words: string }): VNode {
  return (
    <div>
      <dt>{words}</dt>
      <dd>{number(locale.value, value)}</dd>
    </div>
  );
}

type WhyInvitedProps = { site: string; invitation: Invitation | null; decided: boolean };

function WhyInvited({ site, invitation, decided }: WhyInvitedProps): VNode {
  return (
    <Group title={t("why_invited")}>
      {invitation === null ? (
        <p class="note">{t(decided ? "invited_unknown" : "came_alone")}</p>
      ) : (
        <CampaignOf key={invitation.campaign} site={site} invitation={invitation} />
      )}
    </Group>
  );
}

/** The campaign's name and reasons; until they are read, or where they cannot be, its id. */
function CampaignOf({ site, invitation }: { site: string; invitation: Invitation }): VNode {
  const { campaign, variant } = invitation;
  const [reading] = useState(() => new Reading(`/api/sites/${site}/campaigns/${campaign}`, readCampaign));
  const known = reading.state.value.value;
  return (
    <>
      <p>
        {t("campaign_named", { name: known?.name ?? campaign })}
        <span class="quiet">, {t("variant_named", { variant: variant.toUpperCase() })}</span>
      </p>
      <p class="tags">
        {(known?.reasons ?? []).map((reason) => (
          <span key={`${reason.fact} ${reason.operator}`} class="tag">
            {sayReason(reason)}
          </span>
        ))}
      </p>
    </>
  );
}

/** A reason in words where there are words for it, else as the condition says it. */
function sayReason({ fact, operator, value }: Reason): string {
  const key = `reason_${fact}_${operator}`;
  const words = t(key, { value: Number(value), text: value.replace(/^\^|\$$/g, "") });
  return words === key ? `${fact} ${SIGNS[operator] ?? operator} ${value}` : words;
}

function PastConversations({ view, beside }: { view: VisitorView; beside: string }): VNode {
  const { value } = place;
  return (
    <Group title={t("past")}>
      {view.past.length === 0 ? <p class="note">{t("past_none")}</p> : null}
      <ul class="past">
        {view.past.map((one) => (
          <li key={one.id}>
            <button
              type="button"
              class="link"
              aria-current={value.name === "past" && value.past === one.id}
              onClick={() => go({ name: "past", conversation: beside, past: one.id })}
            >
              <span class="sr-only">{t("past_open_it")} </span>
              {date(locale.value, one.at)}
            </button>
            <span class="note">{sayOutcome(one.outcome, one.open)}</span>
          </li>
        ))}
      </ul>
    </Group>
  );
}

/** An outcome that another tool wrote is shown as it is. */
function sayOutcome(outcome: string | null, open: boolean): string {
  if (outcome === null) return t(open ? "past_open" : "past_closed");
  const words = t(`outcome_${outcome}`);
  return words === `outcome_${outcome}` ? outcome : words;
}

function ContextSkeleton(): VNode {
  return (
    <div aria-busy="true" aria-label={t("loading")} role="status">
      {["trail", "cart", "history", "why_invited"].map((title) => (
        <Group key={title} title={t(title)}>
          <span class="skeleton wide" />
          <span class="skeleton half" />
        </Group>
      ))}
    </div>
  );
}

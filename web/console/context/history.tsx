/**
 * What is known of the visitor from before: visits, orders, conversations, and what the site told of them.
 *
 * Only where it is proven who they are: a name that anybody may claim opens no history.
 */
import Copy from "lucide-static/icons/copy.svg?raw";
import { useSignal } from "@preact/signals";
import type { ComponentChildren, VNode } from "preact";
import { date, dateTime, money, number } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Order, VisitorView } from "../model/visitor.ts";
import type { Office } from "../office.ts";
import { sayChannel } from "../parts/channel.ts";
import { go, place } from "../route.ts";
import { locale, t as common, tick } from "../words.ts";
import { Group } from "./group.tsx";
import { ago } from "./when.ts";
import { t } from "./words.ts";

const ORDERS_SHOWN = 5;
const VISITS_SHOWN = 8;

export type HistoryProps = { office: Office; view: VisitorView; beside: string };

export function History({ office, view, beside }: HistoryProps): VNode {
  if (!view.verified) {
    return (
      <Group title={common("history")} aside={<span class="tag warn">{common("unverified")}</span>}>
        <p class="note">{common("unverified_text")}</p>
      </Group>
    );
  }
  const now = office.serverTime(tick.value);
  return (
    <>
      <Figures view={view} />
      <Orders view={view} now={now} />
      <Past view={view} beside={beside} now={now} />
      <Visits view={view} now={now} />
      <Traits view={view} />
    </>
  );
}

function Figures({ view }: { view: VisitorView }): VNode {
  const { bought } = view;
  const spent = bought.currency === null ? "" : `, ${money(locale.value, bought.total, bought.currency)}`;
  return (
    <Group title={common("history")}>
      <dl class="figures">
        <Figure value={view.visits} words={common("visits", { count: view.visits })} />
        <Figure value={bought.count} words={common("orders", { count: bought.count }) + spent} />
        <Figure value={view.past.length} words={common("chats", { count: view.past.length })} />
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

function Orders({ view, now }: { view: VisitorView; now: number }): VNode {
  const { orders } = view;
  const said = useSignal("");

  async function copy(id: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(id);
      said.value = t("order_copied", { id });
    } catch (error) {
      console.warn("an order's number could not be copied", error);
      said.value = t("order_copy_failed");
    }
  }
  return (
    <Group title={t("orders")}>
      {orders.length === 0 ? <p class="note">{t("no_orders")}</p> : null}
      <ul class="context-rows">
        {orders.slice(0, ORDERS_SHOWN).map((order) => (
          <li key={order.id}>
            <span class="context-row">
              <button
                type="button"
                class="plain small order-id"
                aria-label={t("order_copy", { id: order.id })}
                onClick={() => void copy(order.id)}
              >
                {order.id}
                <Icon svg={Copy} size={12} />
              </button>
              <strong>{money(locale.value, order.total, order.currency)}</strong>
            </span>
            <span class="context-row note">
              <When at={order.at} now={now} />
              <span>{sayStatus(order)}</span>
            </span>
          </li>
        ))}
      </ul>
      {orders.length > ORDERS_SHOWN ? (
        <p class="note">{t("orders_more", { count: orders.length - ORDERS_SHOWN })}</p>
      ) : null}
      <p class="note context-said" role="status">
        {said.value}
      </p>
    </Group>
  );
}

function sayStatus({ status }: Order): string {
  if (status === "claimed") return t("order_claimed");
  return status === "refunded" ? t("order_refunded") : "";
}

function Past({ view, beside, now }: { view: VisitorView; beside: string; now: number }): VNode {
  const { value } = place;
  return (
    <Group title={common("past")}>
      {view.past.length === 0 ? <p class="note">{common("past_none")}</p> : null}
      <ul class="past">
        {view.past.map((one) => (
          <li key={one.id}>
            <span>
              <button
                type="button"
                class="link"
                aria-current={value.name === "past" && value.past === one.id}
                onClick={() => go({ name: "past", conversation: beside, past: one.id })}
              >
                <span class="sr-only">{common("past_open_it")} </span>
                {date(locale.value, one.at)}
              </button>
              <span class="note"> · {sayAgo(one.at, now)}</span>
            </span>
            <span class="note">{sayOutcome(one.outcome, one.open)}</span>
          </li>
        ))}
      </ul>
    </Group>
  );
}

/** An outcome that another tool wrote is shown as it is. */
function sayOutcome(outcome: string | null, open: boolean): string {
  if (outcome === null) return common(open ? "past_open" : "past_closed");
  const words = common(`outcome_${outcome}`);
  return words === `outcome_${outcome}` ? outcome : words;
}

function Visits({ view, now }: { view: VisitorView; now: number }): VNode | null {
  const before = view.visitsBefore.slice(0, VISITS_SHOWN);
  if (before.length === 0) return null;
  return (
    <Group title={t("visits_before")}>
      <ul class="context-rows">
        {before.map((visit) => (
          <li key={visit.id}>
            <span class="context-row">
              <When at={visit.at} now={now} />
              <span class="note">{t("visit_pages", { count: visit.pages })}</span>
            </span>
            <span class="note context-entry">
              {[visit.entry, visit.channel === null ? null : sayChannel(visit.channel)]
                .filter((part) => part !== null)
                .join(" · ")}
            </span>
          </li>
        ))}
      </ul>
    </Group>
  );
}

function Traits({ view }: { view: VisitorView }): VNode | null {
  const customer: readonly [string, string][] =
    view.userId === null ? [] : [[t("trait_customer"), view.userId]];
  const told = view.traits.map(([name, value]): [string, string] => [sayTrait(name), value]);
  const traits = [...customer, ...told];
  if (traits.length === 0) return null;
  return (
    <Group title={t("traits")}>
      <dl class="traits">
        {traits.map(([name, value]) => (
          <Trait key={name} name={name}>
            {value}
          </Trait>
        ))}
      </dl>
    </Group>
  );
}

function Trait({ name, children }: { name: string; children: ComponentChildren }): VNode {
  return (
    <div>
      <dt class="note">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function sayAgo(at: number, now: number): string {
  return ago(locale.value, at, now) ?? t("just_now");
}

/** What a trait is called here, where it is one of Segment's; the site's own keep their names. */
function sayTrait(name: string): string {
  const words = t(`trait_${name}`);
  return words === `trait_${name}` ? name : words;
}

/** A moment both ways: at a glance, and to write down. */
function When({ at, now }: { at: number; now: number }): VNode {
  return (
    <time dateTime={new Date(at).toISOString()}>
      {dateTime(locale.value, at)} · {sayAgo(at, now)}
    </time>
  );
}

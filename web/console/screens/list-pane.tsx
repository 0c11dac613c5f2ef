/** The left pane: what is offered, who waits in the router's order, and one's own conversations. */
import Check from "lucide-static/icons/circle-check.svg?raw";
import Clock from "lucide-static/icons/clock.svg?raw";
import Reply from "lucide-static/icons/reply.svg?raw";
import Triangle from "lucide-static/icons/triangle-alert.svg?raw";
import Users from "lucide-static/icons/users.svg?raw";
import type { VNode } from "preact";
import type { DeskConversation } from "../../../domain/desk/wire.ts";
import { time } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Offer } from "../live/desk.ts";
import { lastWords, type Room } from "../live/room.ts";
import { colleaguesOf, placesOf, queueRows, whoOf, type QueueRow } from "../model/queue-view.ts";
import { clockOf, secondsSince, type WaitLevel } from "../model/waits.ts";
import type { Office } from "../office.ts";
import { sayWho } from "../parts/who.tsx";
import { go } from "../route.ts";
import { locale, t, tick } from "../words.ts";
import { DeskBanners } from "./desk-banners.tsx";

const WAIT_ICONS: Record<WaitLevel, string> = { calm: Check, soon: Clock, late: Triangle };
const WAIT_TONES: Record<WaitLevel, string> = { calm: "good", soon: "warn", late: "bad" };

export function ListPane({ office }: { office: Office }): VNode {
  return (
    <div class="pane list-pane" role="region" aria-label={t("list_pane")}>
      <DeskBanners office={office} />
      <div class="pane-scroll">
        <Queue office={office} />
        <Mine office={office} />
      </div>
      <Foot office={office} />
    </div>
  );
}

function Queue({ office }: { office: Office }): VNode {
  const { desk } = office;
  const now = office.serverTime(tick.value);
  const target = desk.targetSeconds.value;
  const offered = new Set(desk.offers.value.map((offer) => offer.item.conversation));
  const rows = queueRows(desk.queue.value, now, target).filter((row) => !offered.has(row.conversation));
  return (
    <section aria-labelledby="queue-title">
      <div class="list-head">
        <h2 id="queue-title">
          {t("queue")} <span class="count">{rows.length + offered.size}</span>
        </h2>
        <span class="note">{t("target", { clock: clockOf(target) })}</span>
      </div>
      <p class="sr-only" role="status">
        {desk.offers.value.map(({ item }) => t("offer_from", { who: sayWho(whoOf(item)) })).join(", ")}
      </p>
      {desk.offers.value.map((offer) => (
        <OfferCard key={offer.item.conversation} office={office} offer={offer} />
      ))}
      {!desk.ready.value ? <ListSkeleton /> : null}
      {desk.ready.value && rows.length + offered.size === 0 ? (
        <p class="list-empty note">{t("queue_empty")}</p>
      ) : null}
      <ol class="rows">
        {rows.map((row) => (
          <QueueLine key={row.conversation} row={row} />
        ))}
      </ol>
      <TakeNext office={office} first={rows.find((row) => !row.offered) ?? null} />
    </section>
  );
}

function QueueLine({ row }: { row: QueueRow }): VNode {
  const { wait } = row;
  return (
    <li class="row queue-row">
      <div class="row-line">
        <strong class="row-name">{sayWho(row.who)}</strong>
        <span class={`wait ${WAIT_TONES[wait.level]}`}>
          <Icon svg={WAIT_ICONS[wait.level]} />
          <span class="sr-only">{t(`wait_${wait.level}`)}</span> {wait.clock}
        </span>
      </div>
      <div class="row-line note">
        <span class="row-preview">{row.preview ?? row.page ?? t("no_words_yet")}</span>
        <span>{row.offered ? t("offered_elsewhere") : (row.skill ?? "")}</span>
      </div>
      <span
        class={`wait-bar ${wait.level}`}
        aria-hidden="true"
        style={{ "--fill": wait.fill, "--tick": wait.tick }}
      />
    </li>
  );
}

/** A conversation offered to me, until a stated time. */
function OfferCard({ office, offer }: { office: Office; offer: Offer }): VNode {
  const { item, expiresAt } = offer;
  const now = office.serverTime(tick.value);
  const waited = clockOf(secondsSince(item.waiting_since, now));
  const who = sayWho(whoOf(item));
  return (
    <article class="offer enter" aria-label={t("offer_from", { who })}>
      <div class="row-line">
        <strong class="row-name">{who}</strong>
        <span class="note">{t("waits_since", { clock: waited })}</span>
      </div>
      <p class="row-preview quiet">{item.preview ?? item.page ?? t("no_words_yet")}</p>
      {expiresAt === null ? null : (
        <p class="note">{t("offer_until", { time: untilOf(expiresAt, office.desk.offsetMs.value) })}</p>
      )}
      <div class="buttons">
        <button type="button" class="primary" onClick={() => office.desk.accept(item.conversation)}>
          {t("answer")} <kbd aria-hidden="true">N</kbd>
        </button>
        <button type="button" onClick={() => office.desk.decline(item.conversation)}>
          {t("decline")}
        </button>
      </div>
    </article>
  );
}

/** The end of an offer as a time on this agent's clock: "14:32:20". */
function untilOf(expiresAt: string, offsetMs: number): string {
  const at = new Date(Date.parse(expiresAt) - offsetMs);
  return `${time(locale.value, at)}:${String(at.getSeconds()).padStart(2, "0")}`;
}

/** The way to the next in the queue for somebody whom the router would not ask now. */
function TakeNext({ office, first }: { office: Office; first: QueueRow | null }): VNode | null {
  const me = office.desk.me.value;
  if (first === null || me === null || office.desk.offers.value.length > 0) return null;
  const free = placesOf(me).free > 0;
  if (free && me.state === "online") return null;
  return (
    <div class="take-next">
      <p class="note">{t(me.state === "online" ? "no_free_place" : "not_accepting")}</p>
      <button type="button" onClick={() => office.desk.takeBeyond(first.conversation)}>
        {t("take_anyway")} <kbd aria-hidden="true">N</kbd>
      </button>
    </div>
  );
}

function Mine({ office }: { office: Office }): VNode {
  const items = office.mine.value;
  return (
    <section aria-labelledby="mine-title">
      <div class="list-head">
        <h2 id="mine-title">
          {t("mine")} <span class="count">{items.length}</span>
        </h2>
      </div>
      {office.desk.ready.value && items.length === 0 ? (
        <p class="list-empty note">{t("mine_empty")}</p>
      ) : null}
      <ul class="rows">
        {items.map((item) => {
          const room = office.rooms.value.get(item.conversation);
          return <MineLine key={item.conversation} office={office} item={item} room={room} />;
        })}
      </ul>
    </section>
  );
}

type MineLineProps = { office: Office; item: DeskConversation; room: Room | undefined };

function MineLine({ office, item, room }: MineLineProps): VNode {
  const current = office.selected.value?.conversation === item.conversation;
  const unread = room?.unread.value ?? 0;
  const last = room === undefined ? null : lastWords(room);
  const drafted = !current && (room?.draft.value ?? "") !== "";
  return (
    <li class={`row mine-row ${current ? "current" : ""}`}>
      <button
        type="button"
        class="row-button"
        aria-current={current}
        onClick={() => go({ name: "conversation", conversation: item.conversation })}
      >
        <span class="row-line">
          <strong class="row-name">
            {sayWho(whoOf(item))}
            {unread === 0 ? null : (
              <span class="unread">
                {unread}
                <span class="sr-only"> {t("unread", { count: unread })}</span>
              </span>
            )}
          </strong>
          <time class="note">{last === null ? "" : time(locale.value, last.at)}</time>
        </span>
        <span class="row-line note">
          <span class="row-preview">
            {drafted ? <em>{t("draft")} </em> : null}
            {last?.body ?? item.preview ?? ""}
          </span>
          <Turn office={office} item={item} room={room} />
        </span>
      </button>
    </li>
  );
}

/** Whose turn it is: mine, with the visitor's wait, or the visitor's. */
function Turn({ office, item, room }: MineLineProps): VNode {
  if (room?.status.value === "closed") return <span class="turn">{t("to_conclude")}</span>;
  const since = office.turnSince(item.conversation);
  if (since === null) return <span class="turn">{t("visitors_turn")}</span>;
  return (
    <span class="turn warn">
      <Icon svg={Reply} size={12} />
      {t("your_turn", { clock: clockOf(secondsSince(since, office.serverTime(tick.value))) })}
    </span>
  );
}

function Foot({ office }: { office: Office }): VNode {
  const me = office.desk.meId.value;
  const { online, freePlaces } = colleaguesOf(office.desk.agents.value, me ?? "");
  return (
    <div class="list-foot">
      <p class="note foot-line">
        <Icon svg={Users} />
        {t("colleagues", { online: online.length, places: freePlaces })}
      </p>
    </div>
  );
}

function ListSkeleton(): VNode {
  return (
    <div class="skeletons" aria-hidden="true">
      {[0, 1, 2].map((at) => (
        <div key={at} class="row">
          <span class="skeleton wide" />
          <span class="skeleton half" />
        </div>
      ))}
    </div>
  );
}

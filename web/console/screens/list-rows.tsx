/** The rows of the left pane: somebody who waits, an offer, a conversation of mine, of a colleague, a consult. */
import Check from "lucide-static/icons/circle-check.svg?raw";
import Clock from "lucide-static/icons/clock.svg?raw";
import Pause from "lucide-static/icons/circle-pause.svg?raw";
import Reply from "lucide-static/icons/reply.svg?raw";
import Triangle from "lucide-static/icons/triangle-alert.svg?raw";
import type { ComponentChildren, VNode } from "preact";
import type { DeskConversation } from "../../../domain/desk/wire.ts";
import { time } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Consult } from "../live/consults.ts";
import type { Offer } from "../live/desk.ts";
import { lastWords } from "../live/room.ts";
import { queueRow, whoOf } from "../model/queue-view.ts";
import { clockOf, secondsSince, type WaitLevel } from "../model/waits.ts";
import type { Office } from "../office.ts";
import { pathOf } from "../parts/page-path.ts";
import { sayWho } from "../parts/who.tsx";
import { sayMessage } from "../parts/message.tsx";
import { go, shownConversation } from "../route.ts";
import { locale, t, tick } from "../words.ts";

const WAIT_ICONS: Record<WaitLevel, string> = { calm: Check, soon: Clock, late: Triangle };
const WAIT_TONES: Record<WaitLevel, string> = { calm: "good", soon: "warn", late: "bad" };

type LineProps = { office: Office; item: DeskConversation };

/** Somebody who waits. A supervisor can look at it. */
export function QueueLine({ office, item }: LineProps): VNode {
  const row = queueRow(item, office.serverTime(tick.value), office.desk.targetSeconds.value);
  const { wait } = row;
  const inside = (
    <>
      <span class="row-line">
        <strong class="row-name">{sayWho(row.who)}</strong>
        <span class={`wait ${WAIT_TONES[wait.level]}`}>
          <Icon svg={WAIT_ICONS[wait.level]} />
          <span class="sr-only">{t(`wait_${wait.level}`)}</span> {wait.clock}
        </span>
      </span>
      <span class="row-line note">
        <span class="row-preview">{row.preview ?? pathOf(row.page) ?? t("no_words_yet")}</span>
        <span>{row.offered ? t("offered_elsewhere") : (row.skill ?? "")}</span>
      </span>
      <span
        class={`wait-bar ${wait.level}`}
        aria-hidden="true"
        style={{ "--fill": wait.fill, "--tick": wait.tick }}
      />
    </>
  );
  if (office.desk.role.value !== "admin") return <div class="queue-row">{inside}</div>;
  return (
    <RowButton class="queue-row" conversation={item.conversation}>
      {inside}
    </RowButton>
  );
}

/** A conversation offered to me, until a stated time. */
export function OfferCard({ office, offer }: { office: Office; offer: Offer }): VNode {
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
      <p class="row-preview quiet">{item.preview ?? pathOf(item.page) ?? t("no_words_yet")}</p>
      {item.handed_over === undefined ? null : (
        <p class="note handed-over">
          {t("offer_handed_over", {
            named: item.handed_over.from === null ? "no" : "yes",
            who: item.handed_over.from ?? "",
          })}
          {item.handed_over.note ? <q>{item.handed_over.note}</q> : null}
        </p>
      )}
      {expiresAt === null ? null : (
        <p class="note">{t("offer_until", { time: untilOf(expiresAt, office.desk.offsetMs.value) })}</p>
      )}
      <div class="buttons">
        <button
          type="button"
          class="primary"
          aria-keyshortcuts="n"
          onClick={() => office.desk.accept(item.conversation)}
        >
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

export function MineLine({ office, item }: LineProps): VNode {
  const room = office.rooms.value.get(item.conversation);
  const current = shownConversation() === item.conversation;
  const unread = room?.unread.value ?? 0;
  const last = room === undefined ? null : lastWords(room);
  const drafted = !current && room?.drafted === true;
  return (
    <RowButton conversation={item.conversation}>
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
          {last === null ? (item.preview ?? "") : sayMessage(last)}
        </span>
        <MyTurn office={office} item={item} />
      </span>
    </RowButton>
  );
}

/** Whose turn it is: mine, with the visitor's wait, or the visitor's. */
function MyTurn({ office, item }: LineProps): VNode {
  const room = office.rooms.value.get(item.conversation);
  if (room?.status.value === "closed") return <span class="turn">{t("to_conclude")}</span>;
  if (item.turn === "hold") return <OnHold />;
  const since = office.turnSince(item.conversation);
  if (since === null) return <span class="turn">{t("visitors_turn")}</span>;
  return (
    <span class="turn warn">
      <Icon svg={Reply} size={12} />
      {t("your_turn", { clock: clockOf(secondsSince(since, office.serverTime(tick.value))) })}
    </span>
  );
}

function OnHold(): VNode {
  return (
    <span class="turn">
      <Icon svg={Pause} size={12} />
      {t("on_hold")}
    </span>
  );
}

/** A conversation that a colleague has, as a supervisor sees it. */
export function OtherLine({ item }: LineProps): VNode {
  return (
    <RowButton conversation={item.conversation}>
      <span class="row-line">
        <strong class="row-name">{sayWho(whoOf(item))}</strong>
        <span class="note">{item.agent?.name?.split(" ")[0] ?? t("role_agent")}</span>
      </span>
      <span class="row-line note">
        <span class="row-preview">{item.preview ?? pathOf(item.page) ?? ""}</span>
        {item.turn === "hold" ? (
          <OnHold />
        ) : item.turn === undefined ? (
          <span />
        ) : (
          <span class="turn">{t(item.turn === "agent" ? "to_answer" : "visitors_turn")}</span>
        )}
      </span>
    </RowButton>
  );
}

/** Somebody asks for a look at their conversation. */
export function ConsultLine({ consult }: { consult: Consult }): VNode {
  const { item, from, note, seen } = consult;
  return (
    <RowButton conversation={item.conversation}>
      <span class="row-line">
        <strong class="row-name">
          {sayWho(whoOf(item))}
          {seen ? null : <span class="unread-dot" />}
        </strong>
        <span class="note">{seen ? t("consult_seen") : t("consult_unseen")}</span>
      </span>
      <span class="row-line note">
        <span class="row-preview">
          {from === null ? null : <b>{from.split(" ")[0]} </b>}
          {note ?? t("consult_asked")}
        </span>
        <span />
      </span>
    </RowButton>
  );
}

type RowButtonProps = { conversation: string; class?: string; children: ComponentChildren };

function RowButton({ conversation, class: more = "", children }: RowButtonProps): VNode {
  return (
    <button
      type="button"
      class={`row-button ${more}`}
      aria-current={shownConversation() === conversation}
      onClick={() => go({ name: "conversation", conversation })}
    >
      {children}
    </button>
  );
}

/** The middle pane: one conversation, its head, its script and what is being written in it. */
import BadgeCheck from "lucide-static/icons/badge-check.svg?raw";
import CircleAlert from "lucide-static/icons/circle-alert.svg?raw";
import Pause from "lucide-static/icons/circle-pause.svg?raw";
import Shield from "lucide-static/icons/shield-question.svg?raw";
import Transfer from "lucide-static/icons/arrow-left-right.svg?raw";
import WifiOff from "lucide-static/icons/wifi-off.svg?raw";
import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { DeskConversation } from "../../../domain/desk/wire.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Room } from "../live/room.ts";
import { whoOf } from "../model/queue-view.ts";
import { clockOf } from "../model/waits.ts";
import type { Office } from "../office.ts";
import { BackToList } from "../parts/back-to-list.tsx";
import { pathOf } from "../parts/page-path.ts";
import { Disc, sayPlace, sayWho } from "../parts/who.tsx";
import { t, tick } from "../words.ts";
import { Composer } from "./composer.tsx";
import { ConversationActions } from "./conversation-actions.tsx";
import { DeskBanners } from "./desk-banners.tsx";
import { ScriptView } from "./script-view.tsx";
import type { Sheet } from "./sheets.tsx";

export type ConversationPaneProps = {
  office: Office;
  item: DeskConversation;
  room: Room;
  onSheet: (sheet: Sheet) => void;
};

export function ConversationPane({ office, item, room, onSheet }: ConversationPaneProps): VNode {
  // Where reading began: what lies beyond was new when the agent came.
  const [newFrom] = useState(() => room.readSeq.peek());
  const over = useSignal(false);
  const closed = room.status.value === "closed";
  const takesFiles = !closed && !room.writesNote;

  function onDrag(event: DragEvent): void {
    if (!takesFiles || event.dataTransfer?.types.includes("Files") !== true) return;
    event.preventDefault();
    over.value = event.type === "dragover";
    if (event.type === "drop") room.attachments.add(event.dataTransfer.files);
  }

  return (
    <section
      class="pane conversation-pane"
      aria-labelledby="conversation-title"
      onDragOver={onDrag}
      onDragLeave={onDrag}
      onDrop={onDrag}
    >
      <header class="conversation-head">
        <BackToList />
        <Disc name={item.name} />
        <div class="conversation-who">
          <h2 id="conversation-title">{sayWho(whoOf(item))}</h2>
          <p class="note">
            <Whereabouts office={office} item={item} />
          </p>
        </div>
        <ConversationActions office={office} item={item} room={room} onSheet={onSheet} />
      </header>
      <div class="desk-banners">
        <DeskBanners office={office} />
      </div>
      <RoomBanner room={room} />
      <StandingBanner office={office} item={item} />
      <ScriptView
        room={room}
        item={item}
        me={office.me}
        newFrom={newFrom}
        files={{ site: office.site.key, conversation: item.conversation }}
      />
      {closed ? (
        <ClosedFoot office={office} item={item} onConclude={() => onSheet("conclude")} />
      ) : (
        <Composer office={office} room={room} item={item} onCard={() => onSheet("card")} />
      )}
      {over.value ? (
        <div class="drop-here" aria-hidden="true">
          <p>{t("drop_here")}</p>
        </div>
      ) : null}
    </section>
  );
}

function Whereabouts({ office, item }: { office: Office; item: DeskConversation }): VNode {
  const now = office.desk.whereabouts.value[item.conversation];
  const page = now?.title ?? pathOf(now?.page ?? item.page);
  return (
    <>
      {item.place === null || item.name === null ? null : <span>{sayPlace(item.place)} · </span>}
      {page === null ? null : <span>{t("on_page", { page })} · </span>}
      <span class="identity">
        <Icon svg={item.verified ? BadgeCheck : Shield} size={12} />
        {item.verified ? t("verified") : t("unverified")}
      </span>
    </>
  );
}

/** The state of this room's connection; writing goes on whatever it says. */
function RoomBanner({ room }: { room: Room }): VNode {
  const phase = room.link.phase.value;
  const fault = room.fault.value;
  const lostAt = phase.phase === "waiting" || phase.phase === "connecting" ? phase.lostAt : null;
  return (
    <div class="banners" role="status">
      {lostAt === null ? null : (
        <p class="banner warn">
          <Icon svg={WifiOff} />
          <span>
            {t("link_lost", { since: clockOf((tick.value - lostAt) / 1_000) })} {t("room_lost")}
          </span>
          <button type="button" class="link" onClick={room.link.tryNow}>
            {t("try_now")}
          </button>
        </p>
      )}
      {fault === "forbidden" ? (
        <p class="banner bad">
          <Icon svg={CircleAlert} />
          <span>{t("room_forbidden")}</span>
        </p>
      ) : null}
    </div>
  );
}

/** Offered to a colleague, and can be kept; or on hold, and can be taken up. */
function StandingBanner({ office, item }: { office: Office; item: DeskConversation }): VNode | null {
  const { desk } = office;
  const to = desk.transfers.value[item.conversation];
  const held = item.turn === "hold" && office.standingOf(item) === "own";
  if (to === undefined && !held) return null;
  return (
    <div class="banners" role="status">
      {to === undefined ? null : (
        <p class="banner">
          <Icon svg={Transfer} />
          <span>{t("transfer_asked", { name: to })}</span>
          <button type="button" class="link" onClick={() => desk.accept(item.conversation)}>
            {t("transfer_keep")}
          </button>
        </p>
      )}
      {held ? (
        <p class="banner">
          <Icon svg={Pause} />
          <span>{t("held_text")}</span>
          <button type="button" class="link" onClick={() => desk.hold(item.conversation, false)}>
            {t("resume")}
          </button>
        </p>
      ) : null}
    </div>
  );
}

type ClosedFootProps = { office: Office; item: DeskConversation; onConclude: () => void };

function ClosedFoot({ office, item, onConclude }: ClosedFootProps): VNode {
  const own = office.standingOf(item) === "own";
  return (
    <div class="closed-foot">
      <p class="quiet">{t(own ? "closed_text" : "closed_elsewhere")}</p>
      {own ? (
        <button type="button" class="primary" aria-keyshortcuts="c" onClick={onConclude}>
          {t("conclude")}
        </button>
      ) : null}
    </div>
  );
}

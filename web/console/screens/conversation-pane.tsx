/** The middle pane: one conversation, its head, its script and what is being written in it. */
import BadgeCheck from "lucide-static/icons/badge-check.svg?raw";
import CircleAlert from "lucide-static/icons/circle-alert.svg?raw";
import PanelRight from "lucide-static/icons/panel-right.svg?raw";
import Shield from "lucide-static/icons/shield-question.svg?raw";
import Transfer from "lucide-static/icons/arrow-left-right.svg?raw";
import WifiOff from "lucide-static/icons/wifi-off.svg?raw";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { DeskConversation } from "../../../domain/desk/wire.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Room } from "../live/room.ts";
import { whoOf } from "../model/queue-view.ts";
import { clockOf } from "../model/waits.ts";
import type { Office } from "../office.ts";
import { BackToList } from "../parts/back-to-list.tsx";
import { IconButton } from "../parts/icon-button.tsx";
import { Disc, sayPlace, sayWho } from "../parts/who.tsx";
import { go } from "../route.ts";
import { t, tick } from "../words.ts";
import { Composer } from "./composer.tsx";
import { DeskBanners } from "./desk-banners.tsx";
import { ScriptView } from "./script-view.tsx";

export type ConversationPaneProps = {
  office: Office;
  item: DeskConversation;
  room: Room;
  onTransfer: () => void;
  onConclude: () => void;
};

export function ConversationPane({
  office,
  item,
  room,
  onTransfer,
  onConclude,
}: ConversationPaneProps): VNode {
  // Where reading began: what lies beyond was new when the agent came.
  const [newFrom] = useState(() => room.readSeq.peek());
  const closed = room.status.value === "closed";
  return (
    <section class="pane conversation-pane" aria-labelledby="conversation-title">
      <header class="conversation-head">
        <BackToList />
        <Disc name={item.name} />
        <div class="conversation-who">
          <h2 id="conversation-title">{sayWho(whoOf(item))}</h2>
          <p class="note">
            <Whereabouts office={office} item={item} />
          </p>
        </div>
        <div class="buttons conversation-actions">
          {closed ? null : (
            <>
              <button type="button" onClick={onTransfer}>
                <Icon svg={Transfer} />
                <span>{t("transfer")}</span>
              </button>
              <button type="button" onClick={onConclude}>
                {t("conclude")}
              </button>
            </>
          )}
          <IconButton
            class="narrow-only"
            label={t("visitor_pane")}
            svg={PanelRight}
            onClick={() => go({ name: "visitor", conversation: item.conversation })}
          />
        </div>
      </header>
      <div class="desk-banners">
        <DeskBanners office={office} />
      </div>
      <RoomBanner room={room} />
      <TransferBanner office={office} item={item} />
      <ScriptView room={room} item={item} me={office.me} newFrom={newFrom} />
      {closed ? <ClosedFoot onConclude={onConclude} /> : <Composer office={office} room={room} item={item} />}
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

/** An address without its site, which everybody here knows. */
function pathOf(page: string | null | undefined): string | null {
  if (!page) return null;
  return URL.canParse(page) ? new URL(page).pathname : page;
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

/** Offered to a colleague: still here until they take it, and it can be kept. */
function TransferBanner({ office, item }: { office: Office; item: DeskConversation }): VNode | null {
  const to = office.desk.transfers.value[item.conversation];
  if (to === undefined) return null;
  return (
    <div class="banners" role="status">
      <p class="banner">
        <Icon svg={Transfer} />
        <span>{t("transfer_asked", { name: to })}</span>
        <button type="button" class="link" onClick={() => office.desk.accept(item.conversation)}>
          {t("transfer_keep")}
        </button>
      </p>
    </div>
  );
}

function ClosedFoot({ onConclude }: { onConclude: () => void }): VNode {
  return (
    <div class="closed-foot">
      <p class="quiet">{t("closed_text")}</p>
      <button type="button" class="primary" onClick={onConclude}>
        {t("conclude")}
      </button>
    </div>
  );
}

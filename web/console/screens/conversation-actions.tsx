/** What can be done with the conversation on screen, by what it is to this agent. */
import Download from "lucide-static/icons/download.svg?raw";
import Ellipsis from "lucide-static/icons/ellipsis.svg?raw";
import Eye from "lucide-static/icons/messages-square.svg?raw";
import Hand from "lucide-static/icons/hand.svg?raw";
import PanelRight from "lucide-static/icons/panel-right.svg?raw";
import Pause from "lucide-static/icons/circle-pause.svg?raw";
import Play from "lucide-static/icons/circle-play.svg?raw";
import Transfer from "lucide-static/icons/arrow-left-right.svg?raw";
import type { VNode } from "preact";
import type { DeskConversation } from "../../../domain/desk/wire.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Room } from "../live/room.ts";
import { placesOf } from "../model/queue-view.ts";
import type { Office } from "../office.ts";
import { IconButton } from "../parts/icon-button.tsx";
import { Menu, type Choice } from "../parts/menu.tsx";
import { go } from "../route.ts";
import { t } from "../words.ts";
import type { Sheet } from "./sheets.tsx";

export type ConversationActionsProps = {
  office: Office;
  item: DeskConversation;
  room: Room;
  onSheet: (sheet: Sheet) => void;
};

export function ConversationActions(props: ConversationActionsProps): VNode {
  const { office, item } = props;
  return (
    <div class="buttons conversation-actions">
      <Main {...props} />
      <IconButton
        class="narrow-only"
        label={t("visitor_pane")}
        svg={PanelRight}
        onClick={() => go({ name: "visitor", conversation: item.conversation })}
      />
      <More {...props} own={office.standingOf(item) === "own"} />
    </div>
  );
}

function Main({ office, item, room, onSheet }: ConversationActionsProps): VNode | null {
  const { desk } = office;
  const closed = room.status.value === "closed";
  const admin = desk.role.value === "admin";
  switch (office.standingOf(item)) {
    case "own":
      return closed ? null : (
        <>
          <button type="button" aria-keyshortcuts="t" onClick={() => onSheet("transfer")}>
            <Icon svg={Transfer} />
            <span>{t("transfer")}</span>
          </button>
          <button type="button" aria-keyshortcuts="c" onClick={() => onSheet("conclude")}>
            {t("conclude")}
          </button>
        </>
      );
    case "consult":
      return (
        <button
          type="button"
          onClick={() => {
            go({ name: "desk" });
            desk.endConsult(item.conversation);
          }}
        >
          {t("consult_done")}
        </button>
      );
    case "waiting":
      return (
        <>
          <Assign office={office} item={item} />
          <button type="button" onClick={() => onSheet("close")}>
            {t("close_it")}
          </button>
        </>
      );
    case "colleague":
      return closed || !admin ? null : (
        <>
          <button type="button" onClick={() => desk.takeOver(item.conversation)}>
            <Icon svg={Hand} />
            <span>{t("take_over")}</span>
          </button>
          <button type="button" onClick={() => onSheet("close")}>
            {t("close_it")}
          </button>
        </>
      );
  }
}

/** Whoever has a free place can be given a conversation that waits; a supervisor takes it oneself at any load. */
function Assign({ office, item }: { office: Office; item: DeskConversation }): VNode {
  const { desk, me } = office;
  const colleagues = desk.agents.value.filter((agent) => agent.state === "online" && agent.id !== me.id);
  const choices: Choice[] = [
    { key: me.id, words: t("to_me"), onChoose: () => desk.takeOver(item.conversation) },
    ...colleagues.map((agent) => ({
      key: agent.id,
      words: (
        <>
          <span>{agent.name}</span>
          <span class="note">{t("free_places", { places: placesOf(agent).free })}</span>
        </>
      ),
      disabled: placesOf(agent).free === 0 && item.agent?.id !== agent.id,
      onChoose: () => desk.assign(item.conversation, agent.id),
    })),
  ];
  return (
    <Menu
      label={t("assign")}
      button={
        <>
          <Icon svg={Transfer} />
          <span>{t("assign")}</span>
        </>
      }
      groups={[choices]}
    />
  );
}

function More({ office, item, room, onSheet, own }: ConversationActionsProps & { own: boolean }): VNode {
  const held = item.turn === "hold";
  const open = own && room.status.value !== "closed";
  const transcript = `/api/sites/${office.site.key}/conversations/${encodeURIComponent(item.conversation)}/transcript.txt`;
  const ours: Choice[] = [
    {
      key: "hold",
      words: (
        <>
          <Icon svg={held ? Play : Pause} />
          {t(held ? "resume" : "hold")} <kbd>H</kbd>
        </>
      ),
      onChoose: () => office.desk.hold(item.conversation, !held),
    },
    {
      key: "consult",
      words: (
        <>
          <Icon svg={Eye} />
          {t("consult")} <kbd>V</kbd>
        </>
      ),
      onChoose: () => onSheet("consult"),
    },
  ];
  const everybodys: Choice[] = [
    {
      key: "transcript",
      words: (
        <>
          <Icon svg={Download} />
          {t("transcript")}
        </>
      ),
      onChoose: () => {
        const link = document.createElement("a");
        link.href = transcript;
        link.download = "";
        link.click();
      },
    },
  ];
  return (
    <Menu
      label={t("more")}
      buttonClass="plain icon-only"
      button={<Icon svg={Ellipsis} />}
      groups={[open ? ours : [], everybodys]}
    />
  );
}

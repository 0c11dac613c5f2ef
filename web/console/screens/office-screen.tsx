/** The console at work: the bar, the list, the conversation, its visitor; one pane at a time on a phone. */
import { useSignal } from "@preact/signals";
import Armchair from "lucide-static/icons/armchair.svg?raw";
import Volume from "lucide-static/icons/volume-2.svg?raw";
import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { ring } from "../alerts/alarm-bell.ts";
import { placesOf } from "../model/queue-view.ts";
import { shownPane, type Office } from "../office.ts";
import { Lazy } from "../parts/lazy.tsx";
import { SCREENS } from "../navigation.ts";
import { go, place, shownScreen } from "../route.ts";
import { actOf, type Act } from "../shortcuts.ts";
import { t } from "../words.ts";
import { COMPOSER_ID } from "./composer.tsx";
import { ContextPane } from "./context-pane.tsx";
import { ConversationPane } from "./conversation-pane.tsx";
import { ListPane } from "./list-pane.tsx";
import { PastPane } from "./past-pane.tsx";
import { LazySheets } from "./lazy-sheets.tsx";
import type { Sheet } from "./sheets.tsx";
import { TopBar } from "./top-bar.tsx";

export type OfficeScreenProps = {
  office: Office;
  onSignOut: () => void;
  onChangeSite: (() => void) | null;
};

export function OfficeScreen({ office, onSignOut, onChangeSite }: OfficeScreenProps): VNode {
  const sheet = useSignal<Sheet | null>(null);
  const item = office.selected.value;
  const room = item === null ? undefined : office.rooms.value.get(item.conversation);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const act = actOf(event);
      if (act === null) return;
      event.preventDefault();
      perform(office, act, (next) => (sheet.value = next));
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [office]);

  const screen = SCREENS.find(({ name }) => name === shownScreen());
  const close = (): void => void (sheet.value = null);
  return (
    <div class="office" data-pane={shownPane()}>
      <TopBar
        office={office}
        onHelp={() => (sheet.value = "help")}
        onOwnVisits={() => (sheet.value = "own-visits")}
        onSignOut={onSignOut}
        onChangeSite={onChangeSite}
      />
      <main class="panes">
        <ListPane office={office} />
        {screen !== undefined ? (
          <Lazy key={screen.name} screen={screen} office={office} />
        ) : item === null || room === undefined ? (
          <NothingChosen office={office} />
        ) : (
          <>
            {place.value.name === "past" ? (
              <PastPane key={place.value.past} office={office} item={item} id={place.value.past} />
            ) : (
              <ConversationPane
                key={item.conversation}
                office={office}
                item={item}
                room={room}
                onSheet={(next) => (sheet.value = next)}
              />
            )}
            <ContextPane key={`visitor-${item.conversation}`} office={office} item={item} room={room} />
          </>
        )}
      </main>
      <LazySheets office={office} item={item} room={room} shown={sheet.value} onClose={close} />
    </div>
  );
}

function perform(office: Office, act: Act, show: (sheet: Sheet) => void): void {
  const item = office.selected.peek();
  const room = item === null ? undefined : office.rooms.peek().get(item.conversation);
  const mine = item !== null && office.standingOf(item) === "own";
  const open = room !== undefined && room.status.peek() !== "closed";
  switch (act) {
    case "search":
      return go({ name: "screen", screen: "search", id: null });
    case "next":
      return office.step(1);
    case "previous":
      return office.step(-1);
    case "help":
      return show("help");
    case "take":
      return office.takeNext();
    case "transfer":
    case "consult":
      return mine && open ? show(act) : undefined;
    case "conclude":
      return mine ? show("conclude") : undefined;
    case "hold":
      return item !== null && mine && open
        ? office.desk.hold(item.conversation, item.turn !== "hold")
        : undefined;
    case "attach":
      return mine ? document.querySelector<HTMLInputElement>(".tools input[type=file]")?.click() : undefined;
    case "card":
      return mine && open ? show("card") : undefined;
    case "reply":
    case "note":
      if (room !== undefined) room.mode.value = act;
      if (leavePast()) return;
      return document.getElementById(COMPOSER_ID)?.focus();
    case "canned":
      return leavePast() ? undefined : startCanned();
    default:
      act satisfies never;
  }
}

/** To write, the conversation itself must be in view: true where it had to be brought back first. */
function leavePast(): boolean {
  const { value } = place;
  if (value.name !== "past") return false;
  go({ name: "conversation", conversation: value.conversation });
  return true;
}

/** `/` outside of the field: go there and begin with it, as if it had been typed there. */
function startCanned(): void {
  const field = document.getElementById(COMPOSER_ID);
  if (!(field instanceof HTMLTextAreaElement)) return;
  field.focus();
  field.setRangeText(
    field.value === "" || field.value.endsWith(" ") ? "/" : " /",
    field.value.length,
    field.value.length,
    "end",
  );
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

/** Nothing chosen: good news where nobody waits, a step to take where somebody does. */
function NothingChosen({ office }: { office: Office }): VNode {
  const { desk } = office;
  const me = desk.me.value;
  const quiet = desk.queue.value.length === 0 && office.mine.value.length === 0;
  const heard = useSignal<boolean | null>(null);
  return (
    <section class="pane nothing" aria-label={t("conversation")}>
      {!desk.ready.value ? (
        <span class="skeleton nothing-skeleton" role="status" aria-label={t("loading")} />
      ) : (
        <div class="empty">
          <Icon svg={Armchair} size={24} />
          <h2>{quiet ? t("nobody_waits") : t("choose_one")}</h2>
          <p>
            {me !== null && me.state === "online"
              ? t("nobody_waits_text", { places: placesOf(me).free })
              : t("not_online_text")}
          </p>
          {me !== null && me.state !== "online" ? (
            <button type="button" class="primary" onClick={() => desk.setStatus("online", me.capacity)}>
              {t("go_online")}
            </button>
          ) : (
            <button type="button" onClick={() => void ring().then((rang) => (heard.value = rang))}>
              <Icon svg={Volume} />
              {t("sound_test")}
            </button>
          )}
          <p class="note" role="status">
            {heard.value === null ? "" : t(heard.value ? "sound_heard" : "sound_blocked")}
          </p>
        </div>
      )}
    </section>
  );
}

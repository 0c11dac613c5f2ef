/** A call at a time that is free: chosen, booked, proven; moved or cancelled again. */
import { useEffect, useRef, useState } from "./hooks.ts";
import type { ComponentChildren, VNode } from "preact";
import Calendar from "lucide-static/icons/calendar-plus.svg?shapes";
import Done from "lucide-static/icons/circle-check.svg?shapes";
import { type Call, callIn, callLine, callOf } from "./call.ts";
import { Labelled, questionOf, typedIn } from "./form.tsx";
import { Icon } from "./icon.tsx";
import { newId } from "./message-id.ts";
import { save } from "./save.ts";
import type { ChatScreen } from "./screen.ts";
import { fields, Refused, text } from "./server.ts";
import { Slots } from "./slots.tsx";

export { default as style } from "./callback.css?inline";

type Props = { screen: ChatScreen; top: ComponentChildren };
type Wrong = { phone?: string; slot?: string; all?: string };
export type Free = { slots: string[]; timezone: string };

export function Callback({ screen, top }: Props): VNode {
  const { t } = screen.words;
  const { conversation, memory, page, server } = screen;
  const typed = typedIn(conversation);
  const [call, setCall] = useState(() => callIn(memory.call()));
  const [moving, setMoving] = useState(false);
  const [free, setFree] = useState<Free | null>(null);
  const [slot, setSlot] = useState<string | null>(null);
  const [phone, setPhone] = useState(typed.phone);
  const [name, setName] = useState(typed.name);
  const [wrong, setWrong] = useState<Wrong>({});
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const request = useRef(newId());
  const asking = call === null || moving;
  const files = conversation.uploads.value?.list.value.length ?? 0;
  Object.assign(typed, { phone, name });

  useEffect(() => {
    if (asking) void look();
  }, [asking]);

  if (!asking && call) {
    return (
      <Booked
        screen={screen}
        top={top}
        call={call}
        wrong={wrong.all}
        busy={busy}
        move={move}
        cancel={cancel}
      />
    );
  }
  return (
    <form
      ref={form}
      class="scroll away"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void book();
      }}
    >
      {!moving && top}
      <h3>{t(moving ? "moveTitle" : "callTitle")}</h3>
      <Slots free={free} chosen={slot} choose={setSlot} words={screen.words} wrong={wrong.slot ?? ""} />
      {!moving && (
        <>
          <Labelled id="phone" label={t("phone")} wrong={wrong.phone ?? ""}>
            {(marks) => (
              <input
                type="tel"
                autocomplete="tel"
                inputMode="tel"
                maxLength={40}
                value={phone}
                required
                {...marks}
                onInput={(event) => setPhone(event.currentTarget.value)}
              />
            )}
          </Labelled>
          <label class="labelled">
            <span>
              {t("name")} <small>{t("optional")}</small>
            </span>
            <input
              type="text"
              autocomplete="name"
              maxLength={120}
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </label>
        </>
      )}
      {wrong.all && (
        <p class="wrong" role="alert">
          {wrong.all}
        </p>
      )}
      <div class="answers">
        <button type="submit" class="main" aria-disabled={busy || free?.slots.length === 0}>
          {t(moving ? "move" : "book")}
        </button>
        {moving && (
          <button type="button" class="plain" onClick={() => setMoving(false)}>
            {t("keepCall")}
          </button>
        )}
      </div>
      {!moving && files > 0 && <p class="draft">{t("filesKept", { count: files })}</p>}
      {!moving && <p class="small">{t("callFree")}</p>}
    </form>
  );

  async function look(): Promise<void> {
    try {
      const answer = await server.ask("/v1/callbacks/slots");
      const slots = Array.isArray(answer["slots"]) ? answer["slots"] : [];
      setFree({
        slots: slots.map((one) => text(fields(one)["at"])).filter((at) => at !== ""),
        timezone: text(answer["timezone"]),
      });
    } catch (failure) {
      console.warn("aparte: slots", failure);
      setWrong({ all: t("noSlotsNow") });
    }
  }

  async function book(): Promise<void> {
    const missing: Wrong = {
      ...(slot === null && { slot: t("slotWrong") }),
      ...(!moving && phone.trim() === "" && { phone: t("phoneWrong") }),
    };
    setWrong(missing);
    if (slot === null || Object.keys(missing).length > 0) return focusOn(missing);
    if (moving) return send(`/${call?.id}/move`, { token: call?.token, slot });
    const topic = questionOf(conversation).trim().slice(0, 500);
    await send("", {
      request_id: request.current,
      phone: phone.trim(),
      slot,
      locale: screen.words.locale,
      page: location.href,
      ...(name.trim() && { name: name.trim() }),
      ...(topic && { topic }),
    });
  }

  async function send(path: string, body: object): Promise<void> {
    setBusy(true);
    try {
      const answer = await server.call("POST", `/v1/callbacks${path}`, {
        writeKey: page.key,
        anonymousId: page.visitor(),
        ...body,
      });
      const booked = callOf(answer);
      const over = booked === null || booked.status === "cancelled";
      memory.keepCall(over ? null : JSON.stringify(answer));
      request.current = newId();
      setCall(over ? null : booked);
      setSlot(null);
      setMoving(false);
      setWrong({});
      if (!over && path === "" && conversation.status.value === "queued") conversation.end();
    } catch (failure) {
      heed(failure);
    }
    setBusy(false);
  }

  /** What the server did not take, beside what it is about. */
  function heed(failure: unknown): void {
    console.warn("aparte: callback", failure);
    const path = failure instanceof Refused ? text(fields(failure.answer["error"])["path"]) : "";
    const found: Wrong =
      path === "phone"
        ? { phone: t("phoneWrong") }
        : path === "slot"
          ? { slot: t("slotTaken") }
          : { all: t(failure instanceof Refused && failure.status === 429 ? "callsFull" : "notBooked") };
    setWrong(found);
    focusOn(found);
    if (!found.slot) return;
    setSlot(null);
    void look();
  }

  function focusOn({ slot: inSlot, phone: inPhone }: Wrong): void {
    const selector = inSlot ? "[type=radio]" : inPhone ? "[type=tel]" : "[type=submit]";
    form.current?.querySelector<HTMLElement>(selector)?.focus();
  }

  function move(): void {
    setMoving(true);
  }

  function cancel(): void {
    if (call) void send(`/${call.id}/cancel`, { token: call.token });
  }
}

type BookedProps = Props & {
  call: Call;
  wrong: string | undefined;
  busy: boolean;
  move: () => void;
  cancel: () => void;
};

function Booked({ screen, top, call, wrong, busy, move, cancel }: BookedProps): VNode {
  const { t } = screen.words;
  const [sure, setSure] = useState(false);
  const site = screen.site.value;
  return (
    <div class="scroll away">
      {top}
      <div class="receipt" role="status">
        <Icon of={Done} size={32} />
        <h3 class="when">{callLine(call, screen.words)}</h3>
        <p>{t("callsYou", { site, phone: call.phone })}</p>
        <p class="small">{t("reference", { id: call.reference })}</p>
      </div>
      <button
        type="button"
        class="plain"
        onClick={() => save(`${t("callName")}.ics`, call.ics, "text/calendar")}
      >
        <Icon of={Calendar} />
        {t("toCalendar")}
      </button>
      <button type="button" class="quiet" onClick={move}>
        {t("changeCall")}
      </button>
      <button
        type="button"
        class="quiet"
        aria-disabled={busy}
        onClick={() => (sure ? cancel() : setSure(true))}
      >
        {t(sure ? "cancelSure" : "cancelCall")}
      </button>
      {wrong && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}

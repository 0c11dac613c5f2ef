/**
 * The ways to an answer when nobody can chat now, in the site's order: wait, leave a message, be called, read. Where
 * there is one way only, it stands there at once. What is typed follows from one to the other.
 */
import { useEffect, useRef, useState } from "./hooks.ts";
import type { ComponentChildren, VNode } from "preact";
import Book from "lucide-static/icons/book-open.svg?shapes";
import Back from "lucide-static/icons/chevron-left.svg?shapes";
import Next from "lucide-static/icons/chevron-right.svg?shapes";
import Clock from "lucide-static/icons/clock.svg?shapes";
import Letter from "lucide-static/icons/message-square-text.svg?shapes";
import Phone from "lucide-static/icons/phone.svg?shapes";
import { callIn, callLine } from "./call.ts";
import { isTaken } from "./form.tsx";
import { Icon, type Shapes } from "./icon.tsx";
import { Later, type Part } from "./later.tsx";
import { holdFiles } from "./kept-files.ts";
import { Message } from "./message.tsx";
import type { ChatScreen } from "./screen.ts";

export { default as style } from "./ways.css?inline";
const past = () => import("./past.tsx");

export { Heading } from "./heading.tsx";
export { Waiting } from "./waiting.tsx";

const callback = () => import("./callback.tsx");
const faq: () => Promise<Part & typeof import("./faq.tsx")> = () => import("./faq.tsx");

const OTHERS = ["message", "callback", "faq"] as const;
type Way = (typeof OTHERS)[number];
const ICONS: Record<Way, Shapes> = { message: Letter, callback: Phone, faq: Book };

export function Ways({ screen }: { screen: ChatScreen }): VNode {
  const offered = screen.available.value?.actions ?? ["message"];
  // A call that is booked can be moved or cancelled, whatever is offered to others.
  const booked = callIn(screen.memory.call()) && !offered.includes("callback") ? ["callback"] : [];
  const ways = [...offered, ...booked].filter(isWay);
  const [chosen, choose] = useState<Way | null>(null);
  const way = chosen ?? (ways.length === 1 ? (ways[0] ?? null) : null);
  const mayGoBack = chosen !== null && ways.length > 1;
  useEffect(() => screen.keepLooking(), [screen]);
  useEffect(() => holdFiles(screen), [screen]);
  const aside = screen.leaving.value;

  if (aside === "past" || aside === "call") return <Aside screen={screen} aside={aside} />;
  if (way === null) return <Choice screen={screen} ways={ways} choose={choose} />;
  const back = mayGoBack && (
    <button type="button" class="link back" onClick={() => choose(null)}>
      <Icon of={Back} size={16} />
      {screen.words.t("otherWays")}
    </button>
  );
  const top = (
    <>
      {back}
      <Talk screen={screen} />
    </>
  );
  if (way === "message") return <Message screen={screen} top={top} />;
  if (way === "callback") {
    return (
      <Later
        screen={screen}
        load={callback}
        draw={({ Callback }) => <Callback screen={screen} top={top} />}
      />
    );
  }
  return (
    <Later
      screen={screen}
      load={faq}
      draw={({ Faq }) => (
        <Faq screen={screen} top={top} write={ways.includes("message") ? () => choose("message") : null} />
      )}
    />
  );
}

/** Beside the chat, which goes on: what is said there meanwhile is not told as read, and is counted on the way back. */
function Aside({ screen, aside }: { screen: ChatScreen; aside: "past" | "call" }): VNode {
  const { conversation, leaving, view, words } = screen;
  const unread = conversation.unread.value;
  useEffect(() => {
    conversation.watch(false);
    return () => conversation.watch(view.value === "panel" && document.visibilityState === "visible");
  }, [screen]);
  const back = (
    <button type="button" class="link back" onClick={() => (leaving.value = false)}>
      <Icon of={Back} size={16} />
      {unread > 0 ? words.t("unread", { count: unread }) : words.t("backToChat")}
    </button>
  );
  return aside === "past" ? (
    <Later screen={screen} load={past} draw={({ Past }) => <Past screen={screen} top={back} />}>
      {back}
    </Later>
  ) : (
    <Later screen={screen} load={callback} draw={({ Callback }) => <Callback screen={screen} top={back} />}>
      {back}
    </Later>
  );
}

const isWay = (action: string): action is Way => OTHERS.some((one) => one === action);

type Choosing = { screen: ChatScreen; ways: readonly Way[]; choose: (way: Way) => void };

function Choice({ screen, ways, choose }: Choosing): VNode {
  const { t } = screen.words;
  const heading = useRef<HTMLHeadingElement>(null);
  const draft = screen.conversation.draft.value.trim();
  const call = callIn(screen.memory.call());
  const files = screen.conversation.uploads.value?.list.value.length ?? 0;
  useEffect(() => {
    if (screen.asked.value) heading.current?.focus();
  }, [screen]);
  return (
    <div class="scroll ways">
      <Talk screen={screen} />
      {ways.length > 0 && (
        <>
          <h3 ref={heading} tabIndex={-1}>
            {t("waysTitle", { count: ways.length })}
          </h3>
          <ul>
            {ways.map((way) => (
              <Row
                key={way}
                icon={ICONS[way]}
                title={t(`way_${way}`)}
                act={() => choose(way)}
                line={way === "callback" && call ? callLine(call, screen.words) : t(`way_${way}_line`)}
              />
            ))}
          </ul>
        </>
      )}
      {ways.length === 0 && !mayChat(screen) && !mayWait(screen) && <p>{t("nothingNow")}</p>}
      {draft !== "" && <p class="draft">{t("draftKept", { text: shortened(draft) })}</p>}
      {files > 0 && <p class="draft">{t("filesKept", { count: files })}</p>}
    </div>
  );
}

const mayChat = ({ conversation, available }: ChatScreen): boolean =>
  isTaken(conversation) || available.value?.actions.includes("chat") === true;

const mayWait = ({ conversation, available }: ChatScreen): boolean =>
  conversation.status.value === "queued" || available.value?.actions.includes("queue") === true;

/** The way back into the chat, or into the queue, wherever there is one. */
function Talk({ screen }: { screen: ChatScreen }): VNode | null {
  const { t } = screen.words;
  const here = mayChat(screen);
  const waits = mayWait(screen);
  const line = here ? t("hereText") : waits ? waitLine(screen) : "";
  return (
    <div class="talk">
      <p aria-live="polite">{here ? line : ""}</p>
      {(here || waits) && (
        <ul>
          <Row
            icon={here ? Letter : Clock}
            title={t(here ? "accept" : "stay")}
            line={here ? "" : line}
            act={() => void screen.stay()}
          />
        </ul>
      )}
    </div>
  );
}

function waitLine({ conversation, available, words: { t } }: ChatScreen): string {
  const queued = conversation.status.value === "queued";
  const position = queued ? conversation.queue.value.position : (available.value?.position ?? null);
  const seconds = queued ? conversation.queue.value.waitSeconds : (available.value?.wait_seconds ?? null);
  const wait = seconds === null ? null : t("wait", { minutes: Math.round(seconds / 60) });
  const place = position === null ? null : t("place", { position });
  return [place, wait].filter((part) => part !== null).join(" · ") || t("stayLine");
}

type Rowing = { icon: Shapes; title: string; line: ComponentChildren; act: () => void };

function Row({ icon, title, line, act }: Rowing): VNode {
  return (
    <li>
      <button type="button" onClick={act}>
        <Icon of={icon} />
        <span>
          <strong>{title}</strong>
          {line && <small>{line}</small>}
        </span>
        <Icon of={Next} size={16} />
      </button>
    </li>
  );
}

const SHOWN_DRAFT = 24;

function shortened(text: string): string {
  const letters = [...text.replaceAll(/\s+/g, " ")];
  return letters.length <= SHOWN_DRAFT
    ? letters.join("")
    : `${letters.slice(0, SHOWN_DRAFT).join("").trimEnd()}…`;
}

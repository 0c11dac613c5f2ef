/** The conversation as it reads: runs of bubbles with time and state under each, and lines in italics. */
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useMemo, useRef } from "./hooks.ts";
import CheckTwice from "lucide-static/icons/check-check.svg?shapes";
import Check from "lucide-static/icons/check.svg?shapes";
import Alert from "lucide-static/icons/circle-alert.svg?shapes";
import Clock from "lucide-static/icons/clock.svg?shapes";
import { Icon } from "./icon.tsx";
import { Later } from "./later.tsx";
import { sentence } from "./line.ts";
import { content, files } from "./parts.ts";
import type { ChatScreen } from "./screen.ts";
import type { Bubble, Run } from "./transcript-rows.ts";

const NEAR_END_PX = 80;

export function Transcript({ screen, children }: { screen: ChatScreen; children: ComponentChildren }): VNode {
  const element = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const { conversation, words } = screen;
  const rows = conversation.rows.value;
  const { t } = words;
  const typing = conversation.typing.value;
  const uploads = conversation.uploads.value;
  const sending = uploads?.list.value.length ?? 0;

  const stay = (): void => {
    const { current } = element;
    if (current && atEnd.current) current.scrollTop = current.scrollHeight;
  };
  useEffect(() => {
    const last = rows.at(-1);
    if (last?.type === "run" && last.mine) atEnd.current = true;
    stay();
  }, [rows]);
  // Pictures, and parts that are loaded when they are needed, grow after they were drawn: the end stays in sight.
  useEffect(() => {
    const { current } = element;
    if (current) new MutationObserver(stay).observe(current, { childList: true, subtree: true });
  }, []);
  // A long conversation is not drawn anew for every letter that is typed below it.
  const drawn = useMemo(
    () =>
      rows.map((row) =>
        row.type === "run" ? (
          <Said key={row.key} screen={screen} run={row} />
        ) : (
          <p key={row.key} class="line">
            {sentence(row, words)} · {words.clock(row.at)}
          </p>
        ),
      ),
    [rows, screen, words],
  );

  return (
    <div
      class="scroll"
      ref={element}
      tabIndex={0}
      role="log"
      aria-label={t("log")}
      aria-live={conversation.caughtUp.value ? "polite" : "off"}
      onLoadCapture={stay}
      onScroll={({ currentTarget: all }) => {
        atEnd.current = all.scrollHeight - all.scrollTop - all.clientHeight < NEAR_END_PX;
      }}
    >
      {rows.length === 0 && <p class="line">{t("hello")}</p>}
      {drawn}
      {uploads && sending > 0 && (
        <Later
          screen={screen}
          load={files}
          draw={({ Files }) => <Files screen={screen} uploads={uploads} />}
        />
      )}
      {typing !== null && (
        <p class="bubble theirs typing" aria-live="off">
          <span class="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {typing ? t("typing", { name: typing }) : t("typingNobody")}
        </p>
      )}
      {children}
    </div>
  );
}

function Said({ screen, run }: { screen: ChatScreen; run: Run }): VNode {
  const last = run.bubbles.at(-1);
  const { t, clock } = screen.words;
  const who = run.mine ? t("you") : (run.name ?? screen.site.value);
  return (
    <div class={run.mine ? "run mine" : "run"}>
      {run.bubbles.map((bubble) => (
        <Message key={bubble.key} screen={screen} bubble={bubble} who={who} mine={run.mine} />
      ))}
      {last && run.mine && <State screen={screen} bubble={last} />}
      {last && !run.mine && (
        <p class="note">
          {run.name && `${run.name} · `}
          {last.at && clock(last.at)}
        </p>
      )}
    </div>
  );
}

function State({ screen, bubble }: { screen: ChatScreen; bubble: Bubble }): VNode {
  const { t, clock } = screen.words;
  const at = bubble.at ? `${clock(bubble.at)} · ` : "";
  switch (bubble.state) {
    case "waiting":
      return (
        <p class="note">
          <Icon of={Clock} size={14} /> {t("waiting")}
        </p>
      );
    case "failed":
      return (
        <p class="note failed">
          <Icon of={Alert} size={14} /> {t(bubble.reason === "too_large" ? "tooLong" : "failed")}
          {bubble.reason !== "too_large" && (
            <>
              {" · "}
              <button
                type="button"
                class="link"
                onClick={() => void screen.conversation.sendAgain(bubble.key)}
              >
                {t("resend")}
              </button>
            </>
          )}
        </p>
      );
    default: {
      const read = bubble.state === "read";
      return (
        <p class="note">
          {at}
          {t(read ? "read" : "sent")} <Icon of={read ? CheckTwice : Check} size={14} />
        </p>
      );
    }
  }
}

type Saying = { screen: ChatScreen; bubble: Bubble; who: string; mine: boolean };

function Message({ screen, bubble, who, mine }: Saying): VNode {
  const { kind, body, html } = bubble;
  const name = <span class="unseen">{who} : </span>;
  if (kind === "card" || kind === "file") {
    return (
      <div class="carried">
        {name}
        <Later
          screen={screen}
          load={content}
          draw={({ Product, Shown }) =>
            kind === "card" ? (
              <Product screen={screen} body={body} />
            ) : (
              <Shown screen={screen} body={body} mine={mine} />
            )
          }
        >
          <p class={`bubble ${mine ? "own" : "theirs"}`}>…</p>
        </Later>
      </div>
    );
  }
  // An agent's text may say more than its letters; until that is drawn, and where it cannot be, it is its letters.
  const plain = mine || (html === null && !body.includes("://"));
  return (
    <div class={`bubble ${mine ? "own" : "theirs"}`} dir="auto">
      {name}
      {plain ? (
        body
      ) : (
        <Later
          screen={screen}
          load={content}
          quiet
          draw={({ Linked, Rich }) =>
            html === null ? (
              <Linked text={body} />
            ) : (
              <Rich html={html}>
                <Linked text={body} />
              </Rich>
            )
          }
        >
          {body}
        </Later>
      )}
    </div>
  );
}

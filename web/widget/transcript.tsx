/** The conversation as it reads: runs of bubbles with time and state under each, and lines in italics. */
import type { ComponentChildren, VNode } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import CheckTwice from "lucide-static/icons/check-check.svg?shapes";
import Check from "lucide-static/icons/check.svg?shapes";
import Alert from "lucide-static/icons/circle-alert.svg?shapes";
import Clock from "lucide-static/icons/clock.svg?shapes";
import { linksIn } from "../shared/links.ts";
import { Icon } from "./icon.tsx";
import type { ChatScreen } from "./screen.ts";
import type { Bubble, Line, Run } from "./transcript-rows.ts";

const NEAR_END_PX = 80;

export function Transcript({ screen, children }: { screen: ChatScreen; children: ComponentChildren }): VNode {
  const element = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const { conversation, words } = screen;
  const rows = conversation.rows.value;
  const { t } = words;
  const typing = conversation.typing.value;

  useLayoutEffect(() => {
    const { current } = element;
    const last = rows.at(-1);
    const mine = last?.type === "run" && last.mine;
    if (current && (atEnd.current || mine)) current.scrollTop = current.scrollHeight;
  }, [rows, typing, Boolean(children)]);
  // A long conversation is not drawn anew for every letter that is typed below it.
  const drawn = useMemo(
    () =>
      rows.map((row) =>
        row.type === "run" ? (
          <Said key={row.key} screen={screen} run={row} />
        ) : (
          <p key={row.key} class="line">
            {sentence(row, screen)} · {words.clock(row.at)}
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
      onScroll={({ currentTarget: all }) => {
        atEnd.current = all.scrollHeight - all.scrollTop - all.clientHeight < NEAR_END_PX;
      }}
    >
      {rows.length === 0 && <p class="line">{t("hello")}</p>}
      {drawn}
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
        <p key={bubble.key} class={`bubble ${run.mine ? "own" : "theirs"}`} dir="auto">
          <span class="unseen">{who} : </span>
          {run.mine ? bubble.body : linked(bubble.body)}
        </p>
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
    case "read":
      return (
        <p class="note">
          {at}
          {t("read")} <Icon of={CheckTwice} size={14} />
        </p>
      );
    default:
      return (
        <p class="note">
          {at}
          {t("sent")} <Icon of={Check} size={14} />
        </p>
      );
  }
}

function linked(body: string): ComponentChildren {
  return linksIn(body).map((part) =>
    part.href ? (
      <a href={part.href} target="_blank" rel="noopener noreferrer nofollow">
        {part.text}
      </a>
    ) : part.strong ? (
      <strong>{part.text}</strong>
    ) : (
      part.text
    ),
  );
}

function sentence({ name, who }: Line, screen: ChatScreen): string {
  const { t } = screen.words;
  if (name === "closed_by_visitor" || name === "closed_idle") return t(name);
  return who ? t(name, { name: who }) : t(`${name}Nobody`);
}

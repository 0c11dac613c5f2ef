/** The panel's head: who one is speaking with, how things stand, and the ways out. */
import { useState } from "preact/hooks";
import type { VNode } from "preact";
import Back from "lucide-static/icons/chevron-left.svg?shapes";
import More from "lucide-static/icons/ellipsis.svg?shapes";
import Minus from "lucide-static/icons/minus.svg?shapes";
import Cross from "lucide-static/icons/x.svg?shapes";
import { Icon, type Shapes } from "./icon.tsx";
import { Face } from "./face.tsx";
import type { ChatScreen } from "./screen.ts";

type Title = { name: string | null; title: string; beside: string | null; line: string; free: boolean };

export function PanelHead({ screen }: { screen: ChatScreen }): VNode {
  const { t } = screen.words;
  const { name, title, beside, line, free } = titleOf(screen);
  const { status, phase } = screen.conversation;
  const mayEnd = phase.value === "live" && status.value !== "closed" && !screen.leaving.value;
  const button = (label: string, svg: Shapes, kind: string): VNode => (
    <button
      class={`bare ${kind}`}
      type="button"
      aria-label={label}
      title={label}
      onClick={() => screen.minimise()}
    >
      <Icon of={svg} />
    </button>
  );
  return (
    <div class="head">
      {button(t("back"), Back, "phone turn")}
      <Face name={name} />
      <div class="name">
        <h2>
          {title}
          {beside && <small> · {beside}</small>}
        </h2>
        <p class={free ? "free" : ""}>
          {free && <span class="dot" aria-hidden="true" />}
          {line}
        </p>
      </div>
      {mayEnd && <Options screen={screen} />}
      {button(t("minimise"), Minus, "desk")}
      {button(t("close"), Cross, "phone")}
    </div>
  );
}

function Options({ screen }: { screen: ChatScreen }): VNode {
  const [open, setOpen] = useState(false);
  const [sure, setSure] = useState(false);
  const { t } = screen.words;
  return (
    <div class="options">
      <button
        class="bare"
        type="button"
        aria-label={t("options")}
        title={t("options")}
        aria-expanded={open}
        onClick={() => {
          setOpen(!open);
          setSure(false);
        }}
      >
        <Icon of={More} />
      </button>
      {open && (
        <div class="menu">
          {sure ? (
            <>
              <p>{t("endSure")}</p>
              <button type="button" class="plain" onClick={() => end()}>
                {t("yes")}
              </button>
              <button type="button" class="plain" onClick={() => setOpen(false)}>
                {t("no")}
              </button>
            </>
          ) : (
            <button type="button" class="plain" onClick={() => setSure(true)}>
              {t("end")}
            </button>
          )}
        </div>
      )}
    </div>
  );

  function end(): void {
    setOpen(false);
    screen.conversation.end();
  }
}

function titleOf(screen: ChatScreen): Title {
  const { t } = screen.words;
  const site = screen.site.value;
  const { status, queue, agent, link, phase } = screen.conversation;
  if (screen.leaving.value) {
    const there = screen.available.value?.state;
    const title = t(there === "online" ? "hereTitle" : there === "busy" ? "busyTitle" : "awayTitle");
    return { name: null, title, beside: null, line: t("awaySub"), free: false };
  }
  const name = agent.value;
  const known = (line: string, free = false): Title => {
    const title = name ?? site;
    return { name, title, beside: name ? site : null, line, free };
  };
  if (status.value === "closed") return known(t("ended"));
  if (phase.value === "live" && link.value.state === "waiting" && !link.value.fallback) {
    return known(t("offline"));
  }
  const { position, waitSeconds } = queue.value;
  if (status.value === "queued" && position !== null) {
    const minutes = Math.round((waitSeconds ?? 0) / 60);
    const line = waitSeconds === null ? t("queuedSoon") : t("wait", { minutes });
    return { name: null, title: t("queued", { position }), beside: null, line, free: false };
  }
  if (phase.value === "opening" || (phase.value === "live" && status.value === null)) {
    return known(t("connecting"));
  }
  if (name) return known(t("online"), true);
  return known(status.value === "queued" ? t("queuedSoon") : t("chatText"));
}

/** The panel's head: who one is speaking with, how things stand, and the ways out. */
import { useState } from "./hooks.ts";
import type { VNode } from "preact";
import Back from "lucide-static/icons/chevron-left.svg?shapes";
import More from "lucide-static/icons/ellipsis.svg?shapes";
import Minus from "lucide-static/icons/minus.svg?shapes";
import Cross from "lucide-static/icons/x.svg?shapes";
import { Icon, type Shapes } from "./icon.tsx";
import { Later } from "./later.tsx";
import { options, ways } from "./parts.ts";
import type { ChatScreen } from "./screen.ts";
import { Title, type Titled } from "./title.tsx";

export function PanelHead({ screen }: { screen: ChatScreen }): VNode {
  const { t } = screen.words;
  const leaving = screen.leaving.value;
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
      {leaving ? (
        <Later screen={screen} load={ways} quiet draw={({ Heading }) => <Heading screen={screen} />}>
          <Title face={null} title={screen.site.value} line=" " />
        </Later>
      ) : (
        <Title {...titleOf(screen)} />
      )}
      {!leaving && <Options screen={screen} />}
      {button(t("minimise"), Minus, "desk")}
      {button(t("close"), Cross, "phone")}
    </div>
  );
}

function Options({ screen }: { screen: ChatScreen }): VNode {
  const [open, setOpen] = useState(false);
  const { t } = screen.words;
  return (
    <div class="options">
      <button
        class="bare"
        type="button"
        aria-label={t("options")}
        title={t("options")}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon of={More} />
      </button>
      {open && (
        <Later
          screen={screen}
          load={options}
          draw={({ Menu }) => <Menu screen={screen} close={() => setOpen(false)} />}
        />
      )}
    </div>
  );
}

function titleOf(screen: ChatScreen): Titled {
  const { t } = screen.words;
  const site = screen.site.value;
  const { status, queue, agent, link, phase, rows } = screen.conversation;
  const name = agent.value;
  const known = (line: string, free = false): Titled => {
    return { face: name, title: name ?? site, ...(name && { beside: site }), line, free };
  };
  if (status.value === "closed") return known(t("ended"));
  if (phase.value === "live" && link.value.state === "waiting" && !link.value.fallback) {
    return known(t("offline"));
  }
  const { position, waitSeconds } = queue.value;
  if (status.value === "queued" && position !== null) {
    const minutes = Math.round((waitSeconds ?? 0) / 60);
    const line = waitSeconds === null ? t("queuedSoon") : t("wait", { minutes });
    return { face: null, title: t("queued", { position }), line };
  }
  if (phase.value === "opening" || (phase.value === "live" && status.value === null)) {
    return known(t("connecting"));
  }
  if (name) return known(t("online"), true);
  // Nobody comes before the visitor has written, nor while nobody is there.
  const comes = rows.value[0] && screen.available.value?.state !== "closed";
  return known(t(comes ? "queuedSoon" : "chatText"));
}

/** The widget's root: one of card, panel and launcher, and the line that tells a screen reader of an invitation. */
import type { VNode } from "preact";
import { useEffect, useMemo, useState } from "./hooks.ts";
import { Card } from "./card.tsx";
import { onChange } from "./cell.ts";
import { Launcher } from "./launcher.tsx";
import type { Screen } from "./screen.ts";

export function Widget({ screen }: { screen: Screen }): VNode {
  const [, draw] = useState({});
  useEffect(() => onChange(() => draw({})), []);
  const { words } = screen;
  const view = screen.view.value;
  const conversation = screen.talking.value;
  const chatScreen = useMemo(() => conversation && { ...screen, conversation }, [screen, conversation]);
  const Panel = screen.chat.value?.Panel;
  const { invitation } = screen;
  const card = view === "card" && invitation.card.value;
  const launched = view === "launcher" && (!screen.hidden.value || screen.isTalking());
  return (
    <>
      <p class="unseen" role="status">
        {card ? (card.title ?? words.t("chatTitle")) : ""}
      </p>
      {card && <Card key={screen.decision.value?.id} screen={screen} invitation={invitation} card={card} />}
      {view === "panel" && chatScreen && Panel && <Panel screen={chatScreen} />}
      {launched && <Launcher screen={screen} />}
    </>
  );
}

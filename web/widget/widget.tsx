/** The widget's root: one of card, panel and launcher, and the line that tells a screen reader of an invitation. */
import type { VNode } from "preact";
import { useLayoutEffect, useMemo, useState } from "preact/hooks";
import { Card } from "./card.tsx";
import { onChange } from "./cell.ts";
import { Launcher } from "./launcher.tsx";
import type { Screen } from "./screen.ts";

export function Widget({ screen }: { screen: Screen }): VNode {
  const [, draw] = useState({});
  useLayoutEffect(() => onChange(() => draw({})), []);
  const { words } = screen;
  const view = screen.view.value;
  const conversation = screen.talk.value;
  const chatScreen = useMemo(() => conversation && { ...screen, conversation }, [screen, conversation]);
  const Panel = screen.chat.value?.Panel;
  const card = view === "card" && screen.creative.value;
  return (
    <>
      <p class="unseen" role="status">
        {card ? (card.title ?? words.t("chatTitle")) : ""}
      </p>
      {card && <Card key={screen.decision.value?.id} screen={screen} card={card} />}
      {view === "panel" && chatScreen && Panel && <Panel screen={chatScreen} />}
      {view === "launcher" && <Launcher screen={screen} />}
    </>
  );
}

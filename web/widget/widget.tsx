/** The widget's root: one of card, panel and launcher, and the line that tells a screen reader of an invitation. */
import type { VNode } from "preact";
import { Card } from "./card.tsx";
import { Launcher } from "./launcher.tsx";
import type { Screen } from "./screen.ts";

export function Widget({ screen }: { screen: Screen }): VNode {
  const { view, creative } = screen;
  const conversation = screen.talk.value;
  const Panel = screen.chat.value?.Panel;
  const card = creative.value;
  return (
    <>
      <p class="unseen" role="status">
        {view.value === "card" && card ? (card.title ?? screen.words.t("chatTitle")) : ""}
      </p>
      {view.value === "card" && card && <Card key={screen.decision.value?.id} screen={screen} card={card} />}
      {view.value === "panel" && conversation && Panel && <Panel screen={{ ...screen, conversation }} />}
      {view.value === "launcher" && <Launcher screen={screen} />}
    </>
  );
}

/** The panel's head while nobody can chat: whether somebody is there, or when somebody will be. */
import type { VNode } from "preact";
import { isTaken } from "./form.tsx";
import type { ChatScreen } from "./screen.ts";
import { Title } from "./title.tsx";
import { openingOf, zoneOf } from "./when.ts";

export function Heading({ screen }: { screen: ChatScreen }): VNode {
  const { words, conversation } = screen;
  const { t } = words;
  const aside = screen.leaving.value;
  if (aside === "past" || aside === "call") {
    return (
      <Title face={null} title={t(aside === "past" ? "pastTitle" : "yourCall")} line={screen.site.value} />
    );
  }
  const known = screen.available.value;
  const there = isTaken(conversation) ? "online" : (known?.state ?? "closed");
  if (there !== "closed") {
    const here = there === "online";
    return (
      <Title
        face={null}
        title={t(here ? "hereTitle" : "busyTitle")}
        line={t(here ? "freeNow" : "awaySub")}
        free={here}
      />
    );
  }
  const opening = known && openingOf(known, words, Date.now());
  const line = opening && known.timezone ? zoneOf(known.timezone, words) : t("awaySub");
  return <Title face={null} title={opening ?? t("awayTitle")} line={line} />;
}

/** The amber strip: what is wrong with the connection, when the next try is, and that nothing is lost. */
import { useEffect, useState } from "./hooks.ts";
import type { VNode } from "preact";
import NoWifi from "lucide-static/icons/wifi-off.svg?shapes";
import { Icon } from "./icon.tsx";
import type { ChatScreen } from "./screen.ts";

export function Strip({ screen }: { screen: ChatScreen }): VNode | null {
  const { link, phase, status } = screen.conversation;
  const { t } = screen.words;
  if (phase.value === "refused" || phase.value === "too_many") {
    return (
      <div class="strip" role="status">
        <span>{t(phase.value === "refused" ? "refused" : "tooMany")}</span>
        <button type="button" class="link" onClick={() => void screen.stay()}>
          {t("try")}
        </button>
        <button type="button" class="link" onClick={() => screen.leave()}>
          {t("leaveInstead")}
        </button>
      </div>
    );
  }
  const cut = link.value;
  if (phase.value !== "live" || status.value === "closed" || cut.state !== "waiting") return null;
  return <Countdown screen={screen} retryAt={cut.retryAt} fallback={cut.fallback} />;
}

type Cut = { screen: ChatScreen; retryAt: number; fallback: boolean };

function Countdown({ screen, retryAt, fallback }: Cut): VNode {
  const now = useSecond();
  const { t } = screen.words;
  const seconds = Math.max(0, Math.ceil((retryAt - now) / 1_000));
  const line = fallback ? t("slow") : navigator.onLine ? t("cut", { seconds }) : t("noNetwork");
  return (
    <div class="strip">
      <Icon of={NoWifi} size={16} />
      <span>{line}</span>
      <button type="button" class="link" onClick={() => screen.conversation.tryNow()}>
        {t("try")}
      </button>
    </div>
  );
}

/** The time now, once a second. */
function useSecond(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

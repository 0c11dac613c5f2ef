/** The desk's own state in words: a lost line, a refusal, a status that the desk changed, a conversation that left. */
import CircleAlert from "lucide-static/icons/circle-alert.svg?raw";
import Triangle from "lucide-static/icons/triangle-alert.svg?raw";
import WifiOff from "lucide-static/icons/wifi-off.svg?raw";
import type { VNode } from "preact";
import { Icon } from "../../shared/icon.tsx";
import { MissedNote } from "../alerts/bell.tsx";
import { clockOf } from "../model/waits.ts";
import type { Office } from "../office.ts";
import { t, tick } from "../words.ts";

/** What is wrong with the desk, said where the desk is. */
export function DeskBanners({ office }: { office: Office }): VNode {
  const { desk } = office;
  const phase = desk.link.phase.value;
  const fault = desk.fault.value;
  const notice = office.notice.value;
  const lostAt = phase.phase === "waiting" || phase.phase === "connecting" ? phase.lostAt : null;
  return (
    <div class="banners" role="status">
      {lostAt === null ? null : (
        <p class="banner warn">
          <Icon svg={WifiOff} />
          <span>
            {t("link_lost", { since: clockOf((tick.value - lostAt) / 1_000) })}{" "}
            {phase.phase === "waiting"
              ? t("link_retry", { seconds: Math.max(0, Math.ceil((phase.retryAt - tick.value) / 1_000)) })
              : t("link_trying")}
          </span>
          <button type="button" class="link" onClick={desk.link.tryNow}>
            {t("try_now")}
          </button>
        </p>
      )}
      {phase.phase === "ended" ? (
        <p class="banner bad">
          <Icon svg={CircleAlert} />
          <span>{t("link_ended", { code: phase.code })}</span>
        </p>
      ) : null}
      <MissedNote attention={office.attention} />
      {desk.setAway.value ? (
        <p class="banner warn">
          <Icon svg={Triangle} />
          <span>{t("set_away")}</span>
          <button
            type="button"
            class="link"
            onClick={() => desk.setStatus("online", desk.me.value?.capacity ?? 3)}
          >
            {t("back_online")}
          </button>
        </p>
      ) : null}
      {fault === null ? null : (
        <p class="banner bad">
          <Icon svg={CircleAlert} />
          <span>{sayFault(fault.code)}</span>
          <button type="button" class="link" onClick={() => (desk.fault.value = null)}>
            {t("understood")}
          </button>
        </p>
      )}
      {notice === null ? null : (
        <p class="banner">
          <span>{t(notice.key, { name: notice.name || t("visitor") })}</span>
          <button type="button" class="link" onClick={() => (office.notice.value = null)}>
            {t("understood")}
          </button>
        </p>
      )}
    </div>
  );
}

function sayFault(code: string): string {
  const words = t(`fault_${code}`);
  return words === `fault_${code}` ? t("fault", { code }) : words;
}

/** The bell in the bar, which opens how one is alerted; and what was missed, said where the desk is. */
import { useSignal } from "@preact/signals";
import BellIcon from "lucide-static/icons/bell.svg?raw";
import BellOff from "lucide-static/icons/bell-off.svg?raw";
import Triangle from "lucide-static/icons/triangle-alert.svg?raw";
import type { VNode } from "preact";
import { time } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { IconButton } from "../parts/icon-button.tsx";
import { locale } from "../words.ts";
import { soundOn } from "./alarm-bell.ts";
import "./alerts.css";
import { AlertsSheet } from "./alerts-sheet.tsx";
import type { Attention } from "./attention.ts";
import { t } from "./words.ts";

export function Bell({ attention }: { attention: Attention }): VNode {
  const open = useSignal(false);
  const on = soundOn.value;
  return (
    <>
      <IconButton
        label={t(on ? "bell_on" : "bell_off")}
        svg={on ? BellIcon : BellOff}
        onClick={() => (open.value = true)}
      />
      {open.value ? <AlertsSheet push={attention.push} onClose={() => (open.value = false)} /> : null}
    </>
  );
}

/** Offers that ran out before this agent saw them. */
export function MissedNote({ attention }: { attention: Attention }): VNode | null {
  const open = useSignal(false);
  const missed = attention.missed.value;
  return (
    <>
      {missed === null ? null : (
        <div class="banner warn">
          <Icon svg={Triangle} />
          <div class="missed">
            <p>{t("missed", { count: missed.count, time: time(locale.value, missed.at) })}</p>
            <button type="button" class="link" onClick={() => (open.value = true)}>
              {t("missed_check")}
            </button>
            <button type="button" class="link" onClick={() => (attention.missed.value = null)}>
              {t("missed_ok")}
            </button>
          </div>
        </div>
      )}
      {open.value ? <AlertsSheet push={attention.push} onClose={() => (open.value = false)} /> : null}
    </>
  );
}

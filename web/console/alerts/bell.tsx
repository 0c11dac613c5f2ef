/** The bell in the bar, which opens how one is alerted. */
import { useSignal } from "@preact/signals";
import BellIcon from "lucide-static/icons/bell.svg?raw";
import BellOff from "lucide-static/icons/bell-off.svg?raw";
import type { VNode } from "preact";
import { IconButton } from "../parts/icon-button.tsx";
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

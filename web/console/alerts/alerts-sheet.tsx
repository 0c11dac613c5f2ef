/** How one is alerted of a request, each way with a switch and a way to try it. */
import { useSignal } from "@preact/signals";
import Bell from "lucide-static/icons/bell-ring.svg?raw";
import Volume from "lucide-static/icons/volume-2.svg?raw";
import type { VNode } from "preact";
import { Icon } from "../../shared/icon.tsx";
import { Dialog } from "../parts/dialog.tsx";
import "./alerts.css";
import { ring, setSound, soundOn } from "./alarm-bell.ts";
import { pushState, type BrowserPush } from "./browser-push.ts";
import { t } from "./words.ts";

export function AlertsSheet({ push, onClose }: { push: BrowserPush; onClose: () => void }): VNode {
  return (
    <Dialog title={t("title")} onClose={onClose}>
      <div class="dialog-form">
        <p class="quiet">{t("intro")}</p>
        <Sound />
        <Notifications push={push} />
      </div>
    </Dialog>
  );
}

function Sound(): VNode {
  const heard = useSignal<boolean | null>(null);
  return (
    <section class="alert-way">
      <Switch
        words={t("sound")}
        on={soundOn.value}
        onChange={setSound}
        note={heard.value === null ? "" : t(heard.value ? "sound_heard" : "sound_blocked")}
      />
      <button type="button" onClick={() => void ring().then((rang) => (heard.value = rang))}>
        <Icon svg={Volume} />
        {t("sound_test")}
      </button>
    </section>
  );
}

function Notifications({ push }: { push: BrowserPush }): VNode {
  const state = pushState.value;
  const shown = useSignal<boolean | null>(null);
  const on = state === "on" || state === "local";

  async function change(wanted: boolean): Promise<void> {
    shown.value = null;
    await (wanted ? push.enable() : push.disable());
  }
  async function test(): Promise<void> {
    shown.value = null;
    try {
      shown.value = await push.test();
    } catch (error) {
      console.warn("the notification could not be tried", error);
      shown.value = false;
    }
  }
  return (
    <section class="alert-way">
      <Switch
        words={t("notify")}
        on={on || state === "asking"}
        disabled={state === "unsupported" || state === "asking"}
        onChange={(wanted) => void change(wanted)}
        note={shown.value === null ? t(`state_${state}`) : t(shown.value ? "notify_shown" : "notify_failed")}
      />
      {on ? (
        <button type="button" onClick={() => void test()}>
          <Icon svg={Bell} />
          {t("notify_test")}
        </button>
      ) : null}
      <p class="note">{t("privacy")}</p>
    </section>
  );
}

type SwitchProps = {
  words: string;
  on: boolean;
  disabled?: boolean;
  note: string;
  onChange: (on: boolean) => void;
};

function Switch({ words, on, disabled = false, note, onChange }: SwitchProps): VNode {
  return (
    <>
      <label class="option">
        <input
          type="checkbox"
          role="switch"
          checked={on}
          disabled={disabled}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        <span>{words}</span>
      </label>
      <p class="note" role="status">
        {note}
      </p>
    </>
  );
}

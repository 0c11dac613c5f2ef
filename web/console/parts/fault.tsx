/** What could not be read, in the panel that could not read it, with the way to try again. */
import CircleAlert from "lucide-static/icons/circle-alert.svg?raw";
import type { VNode } from "preact";
import { time } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { locale, t } from "../words.ts";

export type FaultBannerProps = {
  /** What it is that could not be read, in words. */
  what: string;
  fault: { code: string; since: number };
  /** When what is still shown was read, or null where nothing is. */
  shownAt: number | null;
  onRetry: () => void;
};

export function FaultBanner({ what, fault, shownAt, onRetry }: FaultBannerProps): VNode {
  return (
    <div class="banner bad fault" role="status">
      <Icon svg={CircleAlert} />
      <div>
        <strong>{what}</strong>
        <p>
          {t("fault_since", { time: time(locale.value, fault.since), code: fault.code })}{" "}
          {shownAt === null ? null : t("fault_shown", { time: time(locale.value, shownAt) })}
        </p>
        <button type="button" class="small" onClick={onRetry}>
          {t("try_again")}
        </button>
      </div>
    </div>
  );
}

/** The way back to the list on a phone, where one pane is the whole screen. */
import ChevronLeft from "lucide-static/icons/chevron-left.svg?raw";
import type { VNode } from "preact";
import { Icon } from "../../shared/icon.tsx";
import { go } from "../route.ts";
import { t } from "../words.ts";

export function BackToList(): VNode {
  return (
    <button
      type="button"
      class="plain icon-only phone-only"
      aria-label={t("back_to_list")}
      title={t("back_to_list")}
      onClick={() => go({ name: "desk" })}
    >
      <Icon svg={ChevronLeft} />
    </button>
  );
}

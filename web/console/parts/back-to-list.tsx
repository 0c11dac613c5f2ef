/** The way back to the list on a phone, where one pane is the whole screen. */
import ChevronLeft from "lucide-static/icons/chevron-left.svg?raw";
import type { VNode } from "preact";
import { go } from "../route.ts";
import { t } from "../words.ts";
import { IconButton } from "./icon-button.tsx";

export function BackToList(): VNode {
  return (
    <IconButton
      class="phone-only"
      label={t("back_to_list")}
      svg={ChevronLeft}
      onClick={() => go({ name: "desk" })}
    />
  );
}

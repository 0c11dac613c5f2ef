/** A campaign's state: icon, word and colour. */
import Draft from "lucide-static/icons/pencil.svg?raw";
import Live from "lucide-static/icons/circle-play.svg?raw";
import Paused from "lucide-static/icons/pause.svg?raw";
import Deleted from "lucide-static/icons/trash-2.svg?raw";
import Ended from "lucide-static/icons/square.svg?raw";
import type { VNode } from "preact";
import type { Campaign } from "../../../domain/targeting/campaign.ts";
import { Icon } from "../../shared/icon.tsx";
import { t } from "../session.ts";

const LOOK = {
  draft: { icon: Draft, tone: "" },
  live: { icon: Live, tone: "good" },
  paused: { icon: Paused, tone: "warn" },
  ended: { icon: Ended, tone: "" },
  deleted: { icon: Deleted, tone: "" },
} as const;

/** One that was deleted is still in what it earned. */
export function StatusTag({ status }: { status: Campaign["status"] | "deleted" }): VNode {
  const { icon, tone } = LOOK[status];
  return (
    <span class={`tag ${tone}`}>
      <Icon svg={icon} size={12} />
      {t(`status_${status}`)}
    </span>
  );
}

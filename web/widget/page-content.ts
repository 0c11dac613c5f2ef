/**
 * The content that a campaign put into a slot of the page: at most one at a time.
 *
 * Holds   the way to empty the slot again. What fills it is fetched only when there is something to fill.
 */
import type { Decision } from "../../domain/targeting/decision.ts";
import type { PageLink } from "../shared/widget-mount.ts";

/** `filled` hears of each decision whose content came into the page. */
export function pageContentOf(page: PageLink, filled: (id: string) => void) {
  let empty: (() => void) | null = null;
  return {
    /** Content goes into the page where the page has its slot; elsewhere it waits for a page that has. */
    async fill({ id, kind, creative: words }: Decision): Promise<void> {
      const { fillSlot } = await import("./slot.ts");
      empty?.();
      empty = null;
      const tell = (name: string) => page.send(`Engagement ${name}`, { decision_id: id });
      const emptied = fillSlot(words, {
        seen() {
          tell("Shown");
          page.on("shown", { id });
        },
        followed() {
          tell("Accepted");
          tell("Clicked");
        },
      });
      if (emptied === null) return;
      filled(id);
      empty = emptied;
      page.on("decision", { id, kind });
    },

    /** What stood in the slot before stands there again. */
    clear(): void {
      empty?.();
    },
  };
}

/**
 * The right pane: who this visitor is and how they came here, as the site's own records tell it.
 *
 * Read when the conversation opens and again when the desk says that the visitor moved, or the visitor wrote;
 * there is no polling. What was read stays in sight, dated, where it cannot be read again.
 */
import ChevronLeft from "lucide-static/icons/chevron-left.svg?raw";
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { DeskConversation } from "../../../domain/desk/wire.ts";
import { Icon } from "../../shared/icon.tsx";
import { CartGroup } from "../context/cart.tsx";
import "../context/context.css";
import { Group } from "../context/group.tsx";
import { History } from "../context/history.tsx";
import { WhyInvited } from "../context/invited.tsx";
import { Trail } from "../context/trail.tsx";
import { Reading } from "../live/reading.ts";
import type { Room } from "../live/room.ts";
import { lastSpoken } from "../model/log.ts";
import { readVisitor } from "../model/visitor.ts";
import type { Office } from "../office.ts";
import { FaultBanner } from "../parts/fault.tsx";
import { go } from "../route.ts";
import { t } from "../words.ts";

/** History follows a new visitor by seconds: one it does not know yet is asked for again, a few times. */
const MISSING_AGAIN_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

export type ContextPaneProps = { office: Office; item: DeskConversation; room: Room };

export function ContextPane({ office, item, room }: ContextPaneProps): VNode {
  const [reading] = useState(
    () =>
      new Reading(
        `/api/sites/${office.site.key}/visitors/${encodeURIComponent(item.visitor)}?conversation=${encodeURIComponent(item.conversation)}`,
        (answer) => readVisitor(answer, item.decision_id, item.conversation),
      ),
  );
  const moved = office.desk.whereabouts.value[item.conversation]?.at ?? "";
  const last = lastSpoken(room.log.value);
  const wrote = last?.from.role === "visitor" ? last.seq : 0;
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) reading.refresh();
    first.current = false;
  }, [reading, moved, wrote]);

  const { value, at, fault, busy } = reading.state.value;
  const tries = useRef(0);
  const missing = fault?.code === "not_found" && !busy;
  const notYet = fault?.code === "not_found" && tries.current < MISSING_AGAIN_MS.length;
  useEffect(() => {
    const wait = MISSING_AGAIN_MS[tries.current];
    if (!missing || wait === undefined) return;
    tries.current += 1;
    const again = setTimeout(reading.refresh, wait);
    return () => clearTimeout(again);
  }, [reading, missing]);

  return (
    <aside class="pane context-pane" aria-label={t("visitor_pane")}>
      <div class="context-back phone-only">
        <button
          type="button"
          class="plain"
          onClick={() => go({ name: "conversation", conversation: item.conversation })}
        >
          <Icon svg={ChevronLeft} />
          {t("back_to_conversation")}
        </button>
      </div>
      {fault === null || notYet ? null : fault.code === "not_found" && value === null ? (
        <Group title={t("trail")}>
          <p class="note">{t("visitor_unknown")}</p>
        </Group>
      ) : (
        <FaultBanner what={t("visitor_failed")} fault={fault} shownAt={at} onRetry={reading.refresh} />
      )}
      {value === null && (fault === null || notYet) ? <ContextSkeleton /> : null}
      {value === null ? null : (
        <div class={fault === null ? "" : "stale"}>
          <Trail office={office} steps={value.trail} arrival={value.arrival} />
          <CartGroup cart={value.cart} />
          <WhyInvited
            site={office.site.key}
            invitation={value.invitation}
            invitedBy={value.invitedBy}
            decided={item.decision_id !== null}
          />
          <History office={office} view={value} beside={item.conversation} />
        </div>
      )}
    </aside>
  );
}

function ContextSkeleton(): VNode {
  return (
    <div aria-busy="true" aria-label={t("loading")} role="status">
      {["trail", "cart", "why_invited", "history"].map((title) => (
        <Group key={title} title={t(title)}>
          <span class="skeleton wide" />
          <span class="skeleton half" />
        </Group>
      ))}
    </div>
  );
}

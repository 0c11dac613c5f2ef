/** Who asks about a segment, and its end, which they hold back. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { t } from "../session.ts";
import { Failed, Shown } from "../states.tsx";
import type { SegmentForm } from "./use-segment-form.ts";
import { type SavedSegment, useSiteSegments } from "./use-segments.ts";
import { s } from "./words.ts";

export function SegmentUse({ form, saved }: { form: SegmentForm; saved: SavedSegment }): VNode {
  const resource = useSiteSegments();
  const [asked, setAsked] = useState(false);
  return (
    <section aria-labelledby="use-title">
      <h2 id="use-title">{s("usedTitle")}</h2>
      <Shown resource={resource} title={s("usedFailed")} lines={2}>
        {({ asking }) => {
          const users = asking.get(saved.key) ?? [];
          if (users.length === 0) return <p class="quiet">{s("usedNone")}</p>;
          return (
            <ul class="asked-by">
              {users.map(({ name, path }) => (
                <li key={path}>
                  <a href={path}>{name}</a>
                </li>
              ))}
            </ul>
          );
        }}
      </Shown>
      {form.kept === null ? null : (
        <Failed title={s(form.kept.code === "conflict" ? "inUse" : "deleteFailed")} failure={form.kept} />
      )}
      <div class="actions">
        {asked ? (
          <>
            <button
              type="button"
              class="danger"
              onClick={() => {
                setAsked(false);
                void form.remove();
              }}
            >
              {s("deleteConfirm", { name: saved.name })}
            </button>
            <button type="button" class="plain" onClick={() => setAsked(false)}>
              {t("cancel")}
            </button>
          </>
        ) : (
          <button type="button" onClick={() => setAsked(true)}>
            {s("delete")}
          </button>
        )}
      </div>
    </section>
  );
}

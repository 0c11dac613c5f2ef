/** What being in a segment does: its worth, its place in the queue, who answers, or being left alone. */
import type { VNode } from "preact";
import { faultAt } from "../campaigns/fault.ts";
import { TextField } from "../field.tsx";
import { ResourceChoice } from "../resource-choice.tsx";
import { useSite } from "../site.ts";
import type { SegmentForm } from "./use-segment-form.ts";
import { s } from "./words.ts";

export function SegmentEffects({ form }: { form: SegmentForm }): VNode {
  const site = useSite();
  const { current, fault, change } = form;
  return (
    <section aria-labelledby="effects-title">
      <h2 id="effects-title">{s("whatFor")}</h2>
      <div class="delivery-rows">
        <TextField
          label={s("valueOf", { currency: site.settings.currency })}
          type="number"
          min={0}
          step="any"
          value={current.value === null || current.value === undefined ? "" : String(current.value)}
          note={s("valueNote")}
          error={faultAt(fault, "value")}
          onInput={(text) => change({ value: text.trim() === "" ? null : Number(text) })}
        />
        <TextField
          label={s("queue")}
          type="number"
          min={-1_000}
          max={1_000}
          step={1}
          value={String(current.priority)}
          note={s("queueNote")}
          error={faultAt(fault, "priority")}
          onInput={(text) => change({ priority: Number(text) })}
        />
        <ResourceChoice
          collection="skills"
          chosen={current.skill}
          label={s("skill")}
          none={s("skillAny")}
          note={s("skillNote")}
          failed={s("skillsFailed")}
          error={faultAt(fault, "skill")}
          onChoose={(skill) => change({ skill })}
        />
        <label class="leave-alone">
          <input
            type="checkbox"
            checked={current.exclude}
            aria-describedby="leave-alone-note"
            onChange={(event) => change({ exclude: event.currentTarget.checked })}
          />
          <span>
            {s("excludeLabel")}
            <span class="note" id="leave-alone-note">
              {s("excludeNote")}
            </span>
          </span>
        </label>
      </div>
    </section>
  );
}

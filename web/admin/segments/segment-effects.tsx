/** What being in a segment does: its worth, its place in the queue, who answers, or being left alone. */
import type { VNode } from "preact";
import type { Skill } from "../../../domain/site/resources.ts";
import { request } from "../../shared/api.ts";
import { faultAt } from "../campaigns/fault.ts";
import { SelectField, TextField } from "../field.tsx";
import { useResource } from "../resource.ts";
import { apiPath, useSite, type Page } from "../site.ts";
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
        <SkillChoice form={form} />
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

/** One of the site's skills, or anybody. A skill that is gone stays in the list until another is chosen. */
function SkillChoice({ form: { current, fault, change } }: { form: SegmentForm }): VNode {
  const site = useSite();
  const { data, failure } = useResource(`skills of ${site.key}`, (signal) =>
    request<Page<Skill>>("GET", `${apiPath(site.key, "skills")}?limit=200`, undefined, { signal }),
  );
  const skill = current.skill ?? "";
  const known = (data?.items ?? []).map(({ key, name }) => ({ value: key, label: name }));
  const present =
    skill === "" || known.some(({ value }) => value === skill) ? [] : [{ value: skill, label: skill }];
  return (
    <SelectField
      label={s("skill")}
      value={skill}
      options={[{ value: "", label: s("skillAny") }, ...known, ...present]}
      note={s(failure === null ? "skillNote" : "skillsFailed")}
      error={faultAt(fault, "skill")}
      onChange={(key) => change({ skill: key === "" ? null : key })}
    />
  );
}

/** One segment: who is in it, what they are worth, who answers them, and who asks about it. */
import "./segments.css";
import "../campaigns/editor.css";
import type { VNode } from "preact";
import { ConditionEditor } from "../campaigns/condition-editor.tsx";
import { faultAt } from "../campaigns/fault.ts";
import { TextField } from "../field.tsx";
import { SavedOrNew } from "../saved-or-new.tsx";
import { t } from "../session.ts";
import { Meeting } from "../settings/meeting.tsx";
import { screenPath, useSite } from "../site.ts";
import { Failed, PageHead } from "../states.tsx";
import { SegmentEffects } from "./segment-effects.tsx";
import { SegmentUse } from "./segment-use.tsx";
import {
  fieldsThatDiffer,
  keyOf,
  segmentOf,
  useSegmentForm,
  type SegmentForm as Form,
} from "./use-segment-form.ts";
import type { SavedSegment } from "./use-segments.ts";
import { s } from "./words.ts";

export function SegmentScreen({ id = "" }: { id?: string }): VNode {
  return (
    <SavedOrNew<SavedSegment> id={id} collection="segments" failed={s("oneFailed")}>
      {(saved, onMade) => <SegmentForm saved={saved} onMade={onMade} />}
    </SavedOrNew>
  );
}

function SegmentForm({
  saved: first,
  onMade,
}: {
  saved: SavedSegment | null;
  onMade: (id: string) => void;
}): VNode {
  const site = useSite();
  const form = useSegmentForm(first, onMade);
  const { saved, current, changed, fault } = form;
  const submit = (event: Event): void => {
    event.preventDefault();
    void form.save();
  };
  return (
    <form ref={form.form} class="segment" onSubmit={submit} noValidate>
      <PageHead
        above={
          <p class="crumbs">
            <a href={screenPath(site.key, "segments")}>{s("title")}</a> › <code>{current.key}</code>
          </p>
        }
        title={current.name === "" ? s("new") : current.name}
      >
        <span class="note" role="status">
          {form.note !== "" ? form.note : changed.length > 0 ? t("unsaved") : ""}
        </span>
        <button type="submit" class="primary" disabled={changed.length === 0 || form.saving}>
          {saved === null ? s("create") : t("save")}
        </button>
      </PageHead>
      {form.failure === null ? null : (
        <Failed title={t("saveFailed")} failure={form.failure} onRetry={() => void form.save()} />
      )}
      <Met form={form} />
      <div class="editor-columns">
        <div class="editor-main">
          <div class="name-and-kind">
            <TextField
              label={t("name")}
              value={current.name}
              maxLength={120}
              error={faultAt(fault, "name")}
              onInput={(name) => {
                // Until it is saved, the key follows the name for as long as nobody has typed another.
                const follows = saved === null && current.key === keyOf(current.name);
                form.change(follows ? { name, key: keyOf(name) } : { name });
              }}
            />
            <TextField
              label={s("key")}
              value={current.key}
              maxLength={40}
              note={s("keyNote", { key: current.key === "" ? "…" : current.key })}
              error={keyFault(form)}
              onInput={(key) => form.change({ key })}
            />
          </div>
          <TextField
            label={s("about")}
            value={current.description}
            rows={2}
            maxLength={400}
            note={s("aboutNote")}
            error={faultAt(fault, "description")}
            onInput={(description) => form.change({ description })}
          />
          <ConditionEditor
            text={form.conditionText}
            faults={form.conditionFaults}
            readOnly={false}
            onText={form.changeCondition}
          />
        </div>
        <div class="delivery">
          <SegmentEffects form={form} />
          {saved === null ? null : <SegmentUse form={form} saved={saved} />}
        </div>
      </div>
    </form>
  );
}

/** The shared words for `key` speak of variants; here it is the segment's. */
function keyFault({ fault, current, saved }: Form) {
  const found = faultAt(fault, "key");
  if (found === undefined) return undefined;
  const taken = /^[a-z0-9][a-z0-9_-]{0,39}$/.test(current.key) && current.key !== saved?.key;
  return { ...found, said: s(taken ? "at_key_conflict" : "at_key") };
}

function Met({ form }: { form: Form }): VNode | null {
  const { theirs, current, changed } = form;
  if (theirs === null) return null;
  const other = segmentOf(theirs);
  const apart = fieldsThatDiffer(other, current).filter((field) => changed.includes(field));
  const mine = Object.fromEntries(changed.map((field) => [field, current[field]]));
  return (
    <Meeting
      title={s("conflict")}
      fields={apart.map((field) => ({
        label: s(`field_${field}`),
        mine: current[field],
        theirs: other[field],
      }))}
      onTakeBoth={() => form.adopt(theirs, { ...other, ...mine })}
      onTakeTheirs={() => form.adopt(theirs)}
    />
  );
}

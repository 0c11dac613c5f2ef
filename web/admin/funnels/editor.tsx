/** A funnel's form: its name, its steps in their order, and what the site wants of each. */
import "./funnels.css";
import Down from "lucide-static/icons/arrow-down.svg?raw";
import Up from "lucide-static/icons/arrow-up.svg?raw";
import Plus from "lucide-static/icons/plus.svg?raw";
import Remove from "lucide-static/icons/trash-2.svg?raw";
import type { VNode } from "preact";
import { Icon } from "../../shared/icon.tsx";
import { faultAt } from "../campaigns/fault.ts";
import { TextField } from "../field.tsx";
import { SavedOrNew } from "../saved-or-new.tsx";
import { keyOf } from "../segments/use-segment-form.ts";
import { t } from "../session.ts";
import { Meeting } from "../settings/meeting.tsx";
import { screenPath, useSite } from "../site.ts";
import { Failed, PageHead, PlacedFault } from "../states.tsx";
import type { SavedFunnel } from "./funnels.tsx";
import { StepFields } from "./step-fields.tsx";
import {
  EMPTY_STEP,
  fieldsThatDiffer,
  type FunnelForm as Form,
  funnelOf,
  type FunnelStep,
  useFunnelForm,
} from "./use-funnel-form.ts";
import { f } from "./words.ts";

const MAX_STEPS = 20;

export function FunnelEditor({ id = "new" }: { id?: string }): VNode {
  return (
    <SavedOrNew<SavedFunnel> id={id} collection="funnels" failed={f("failed")}>
      {(saved, onMade) => <FunnelForm saved={saved} onMade={onMade} />}
    </SavedOrNew>
  );
}

function FunnelForm({
  saved: first,
  onMade,
}: {
  saved: SavedFunnel | null;
  onMade: (id: string) => void;
}): VNode {
  const site = useSite();
  const form = useFunnelForm(first, onMade);
  const { saved, current, changed, fault } = form;
  return (
    <form
      ref={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        void form.save();
      }}
      noValidate
    >
      <PageHead
        above={
          <p class="crumbs">
            <a href={screenPath(site.key, "funnels")}>{f("title")}</a>
            {saved === null ? null : (
              <>
                {" › "}
                <a href={screenPath(site.key, "funnels", saved.id)}>{f("results")}</a>
              </>
            )}
          </p>
        }
        title={current.name === "" ? f("new") : current.name}
      >
        <span class="note" role="status">
          {form.note !== "" ? form.note : changed.length > 0 ? t("unsaved") : ""}
        </span>
        <button type="submit" class="primary" disabled={changed.length === 0 || form.saving}>
          {saved === null ? f("create") : t("save")}
        </button>
      </PageHead>
      {form.failure === null ? null : (
        <Failed title={t("saveFailed")} failure={form.failure} onRetry={() => void form.save()} />
      )}
      {fault !== null && !hasField(fault.path) ? <PlacedFault fault={fault} /> : null}
      <Met form={form} />
      <div class="funnel-names">
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
          label={f("key")}
          value={current.key}
          maxLength={40}
          note={f("keyNote")}
          error={faultAt(fault, "key")}
          onInput={(key) => form.change({ key })}
        />
      </div>
      <h2 class="funnel-steps-head">{f("steps")}</h2>
      <p class="note">{f("stepsNote")}</p>
      <Steps form={form} />
      {saved === null ? null : (
        <section>
          <h2>{f("delete")}</h2>
          <p class="note">{f("deleteNote")}</p>
          <button type="button" class="danger" onClick={() => void form.remove()}>
            {f("delete")}
          </button>
        </section>
      )}
    </form>
  );
}

/** Whether a field of this form shows the complaint itself. */
function hasField(path: string): boolean {
  return /^(?:name|key|steps\.\d+\.(?:name|key|event|path|target\.\w+|importance\.\w+))$/.test(path);
}

function Steps({ form }: { form: Form }): VNode {
  const { steps } = form.current;
  const put = (next: FunnelStep[]): void => form.change({ steps: next });
  const move = (at: number, to: number): void => {
    const [moved] = steps.slice(at, at + 1);
    if (moved !== undefined) put(steps.toSpliced(at, 1).toSpliced(to, 0, moved));
  };
  return (
    <>
      {steps.map((step, at) => (
        <fieldset key={at} class="funnel-step">
          <legend>{f("stepNumber", { n: at + 1 })}</legend>
          <StepFields
            step={step}
            at={at}
            isNew={form.saved === null || form.saved.steps[at]?.key !== step.key}
            fault={form.fault}
            onChange={(part) => put(steps.map((one, index) => (index === at ? { ...one, ...part } : one)))}
          />
          <p class="actions">
            <button type="button" class="small" disabled={at === 0} onClick={() => move(at, at - 1)}>
              <Icon svg={Up} size={12} />
              {f("up", { n: at + 1 })}
            </button>
            <button
              type="button"
              class="small"
              disabled={at === steps.length - 1}
              onClick={() => move(at, at + 1)}
            >
              <Icon svg={Down} size={12} />
              {f("down", { n: at + 1 })}
            </button>
            <button
              type="button"
              class="small"
              disabled={steps.length === 1}
              onClick={() => put(steps.toSpliced(at, 1))}
            >
              <Icon svg={Remove} size={12} />
              {f("removeStep", { n: at + 1 })}
            </button>
          </p>
        </fieldset>
      ))}
      <p class="funnel-add">
        <button
          type="button"
          disabled={steps.length >= MAX_STEPS}
          onClick={() => put([...steps, EMPTY_STEP])}
        >
          <Icon svg={Plus} />
          {f("addStep")}
        </button>
      </p>
    </>
  );
}

function Met({ form }: { form: Form }): VNode | null {
  const { theirs, current, changed } = form;
  if (theirs === null) return null;
  const other = funnelOf(theirs);
  const apart = fieldsThatDiffer(other, current).filter((field) => changed.includes(field));
  const mine = Object.fromEntries(changed.map((field) => [field, current[field]]));
  return (
    <Meeting
      title={f("conflict")}
      fields={apart.map((field) => ({
        label: f(`field_${field}`),
        mine: current[field],
        theirs: other[field],
      }))}
      onTakeBoth={() => form.adopt(theirs, { ...other, ...mine })}
      onTakeTheirs={() => form.adopt(theirs)}
    />
  );
}

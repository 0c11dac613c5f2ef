/** One step of a funnel: how it is reached, what is wanted there, and how much it matters. */
import type { VNode } from "preact";
import { faultAt, type Fault } from "../campaigns/fault.ts";
import { SelectField, TextField } from "../field.tsx";
import { keyOf } from "../segments/use-segment-form.ts";
import type { FunnelStep } from "./use-funnel-form.ts";
import { f } from "./words.ts";

/** What a shop tells most often; any other name can be typed. */
const EVENTS = [
  "Product List Viewed",
  "Product Viewed",
  "Product Added",
  "Cart Viewed",
  "Checkout Started",
  "Checkout Step Viewed",
  "Checkout Step Completed",
  "Order Completed",
  "Form Started",
  "Form Submitted",
  "Lead Submitted",
];

export function StepFields({
  step,
  at,
  isNew,
  fault,
  onChange,
}: {
  step: FunnelStep;
  at: number;
  isNew: boolean;
  fault: Fault | null;
  onChange: (part: Partial<FunnelStep>) => void;
}): VNode {
  const place = `steps.${at}`;
  const by = step.path === null || step.path === undefined ? "event" : "path";
  const value = by === "event" ? (step.event ?? "") : (step.path ?? "");
  return (
    <>
      <div class="funnel-step-row">
        <TextField
          label={f("stepName")}
          value={step.name}
          maxLength={120}
          error={faultAt(fault, `${place}.name`)}
          onInput={(name) =>
            onChange(isNew && step.key === keyOf(step.name) ? { name, key: keyOf(name) } : { name })
          }
        />
        <TextField
          label={f("key")}
          value={step.key}
          maxLength={40}
          error={faultAt(fault, `${place}.key`)}
          onInput={(key) => onChange({ key })}
        />
        <SelectField
          label={f("reachedBy")}
          value={by}
          options={[
            { value: "event", label: f("byEvent") },
            { value: "path", label: f("byPath") },
          ]}
          onChange={(next) =>
            onChange(next === "event" ? { event: "", path: null } : { event: null, path: "/" })
          }
        />
        <ReachedBy at={at} by={by} value={value} fault={fault} onChange={onChange} />
      </div>
      <details>
        <summary>{f("wanted")}</summary>
        <p class="note">{f("wantedNote")}</p>
        <div class="funnel-step-row">
          <NumberField
            label={f("target_passing")}
            value={step.target?.passing == null ? null : Math.round(step.target.passing * 1_000) / 10}
            error={faultAt(fault, `${place}.target.passing`)}
            onNumber={(share) =>
              onChange({ target: { ...step.target, passing: share === null ? null : share / 100 } })
            }
          />
          <NumberField
            label={f("target_satisfaction")}
            value={step.target?.satisfaction ?? null}
            error={faultAt(fault, `${place}.target.satisfaction`)}
            onNumber={(satisfaction) => onChange({ target: { ...step.target, satisfaction } })}
          />
          <NumberField
            label={f("target_effort")}
            value={step.target?.effort ?? null}
            error={faultAt(fault, `${place}.target.effort`)}
            onNumber={(effort) => onChange({ target: { ...step.target, effort } })}
          />
          <span />
          <NumberField
            label={f("importance_business")}
            value={step.importance?.business ?? null}
            error={faultAt(fault, `${place}.importance.business`)}
            onNumber={(business) => onChange({ importance: { ...step.importance, business } })}
          />
          <NumberField
            label={f("importance_customer")}
            value={step.importance?.customer ?? null}
            error={faultAt(fault, `${place}.importance.customer`)}
            onNumber={(customer) => onChange({ importance: { ...step.importance, customer } })}
          />
        </div>
      </details>
    </>
  );
}

function ReachedBy({
  at,
  by,
  value,
  fault,
  onChange,
}: {
  at: number;
  by: "event" | "path";
  value: string;
  fault: Fault | null;
  onChange: (part: Partial<FunnelStep>) => void;
}): VNode {
  const place = `steps.${at}`;
  // What a step lacks is complained of at the step itself.
  const error =
    faultAt(fault, `${place}.${by}`) ?? (fault?.path === place ? faultAt(fault, place) : undefined);
  if (by === "path") {
    return (
      <TextField
        label={f("path")}
        value={value}
        maxLength={500}
        note={f("pathNote")}
        error={error}
        onInput={(path) => onChange({ path })}
      />
    );
  }
  return (
    <div>
      <TextField
        label={f("event")}
        value={value}
        maxLength={120}
        note={EVENTS.includes(value) ? undefined : f("eventNote", { some: EVENTS.slice(1, 6).join(", ") })}
        error={error}
        onInput={(event) => onChange({ event })}
      />
    </div>
  );
}

/** A number, or nothing where nothing is wanted. */
function NumberField({
  label,
  value,
  error,
  onNumber,
}: {
  label: string;
  value: number | null;
  error: ReturnType<typeof faultAt>;
  onNumber: (value: number | null) => void;
}): VNode {
  return (
    <TextField
      label={label}
      type="number"
      step="any"
      value={value === null ? "" : String(value)}
      error={error}
      onInput={(text) => {
        const next = text === "" ? null : Number(text);
        if (next === null || Number.isFinite(next)) onNumber(next);
      }}
    />
  );
}

/** How many points in the queue who is signed in has, and who is worth a certain amount to the site. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { QueuePoints } from "../../../domain/desk/queue-points.ts";
import { faultAt, type Fault, type Refused } from "../campaigns/fault.ts";
import { TextField } from "../field.tsx";
import { s } from "./words.ts";

const MOST_POINTS = 100;
const MOST_MONEY = 1e9;
/** What a rule begins with: at 0 it would be one that does nothing. */
const USUAL_POINTS = 5;

const AMOUNTS = ["cart", "customer"] as const;
type Amount = (typeof AMOUNTS)[number];

export function QueuePointsFields({
  points,
  currency,
  fault,
  onChange,
}: {
  points: QueuePoints;
  currency: string;
  fault: Fault | null;
  onChange: (points: QueuePoints) => void;
}): VNode {
  const errorAt = (place: string, said: "at_points" | "at_amount"): Refused | undefined => {
    const found = faultAt(fault, `queue_points.${place}`);
    return found === undefined ? undefined : { ...found, said: s(said) };
  };
  return (
    <section aria-labelledby="queue-points-title">
      <h2 id="queue-points-title">{s("queuePointsTitle")}</h2>
      <p class="quiet">{s("queuePointsText")}</p>
      <div class="form pressure queue-points">
        <PointsField
          label={s("pointsIdentified")}
          note={s("pointsIdentifiedNote")}
          value={points.identified}
          error={errorAt("identified", "at_points")}
          onInput={(identified) => onChange({ ...points, identified })}
        />
        {AMOUNTS.map((key) => (
          <AmountRule
            key={key}
            name={key}
            rule={points[key]}
            currency={currency}
            amountError={errorAt(`${key}.from`, "at_amount")}
            pointsError={errorAt(`${key}.points`, "at_points")}
            onChange={(rule) => onChange({ ...points, [key]: rule })}
          />
        ))}
      </div>
      <p class="note">{s("queuePointsNote")}</p>
    </section>
  );
}

/** From which amount, and how many points; without an amount there is no rule. */
function AmountRule({
  name,
  rule,
  currency,
  amountError,
  pointsError,
  onChange,
}: {
  name: Amount;
  rule: QueuePoints[Amount];
  currency: string;
  amountError: Refused | undefined;
  pointsError: Refused | undefined;
  onChange: (rule: QueuePoints[Amount]) => void;
}): VNode {
  // An amount that is typed anew finds the points that it had.
  const [kept, setKept] = useState(rule?.points ?? USUAL_POINTS);
  const put = (from: number, points: number): void => {
    setKept(points);
    onChange({ from, points });
  };
  return (
    <>
      <TextField
        label={s(`pointsFrom_${name}`, { currency })}
        note={s(`pointsFromNote_${name}`)}
        type="number"
        min={0}
        max={MOST_MONEY}
        step="any"
        value={rule === null ? "" : String(rule.from)}
        error={amountError}
        onInput={(text) => (text === "" ? onChange(null) : put(Number(text), rule?.points ?? kept))}
      />
      <PointsField
        label={s(`points_${name}`)}
        value={rule?.points ?? null}
        error={pointsError}
        onInput={(points) => {
          if (rule !== null) put(rule.from, points);
        }}
      />
    </>
  );
}

/** A field for points; one that is null waits for its amount. */
function PointsField({
  label,
  note,
  value,
  error,
  onInput,
}: {
  label: string;
  note?: string;
  value: number | null;
  error: Refused | undefined;
  onInput: (points: number) => void;
}): VNode {
  return (
    <TextField
      label={label}
      {...(note === undefined ? {} : { note })}
      type="number"
      min={0}
      max={MOST_POINTS}
      step={1}
      disabled={value === null}
      value={value === null ? "" : String(value)}
      error={error}
      onInput={(text) => onInput(Number(text))}
    />
  );
}

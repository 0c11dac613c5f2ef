/** What visitors are offered in each state, in which order, and from when on nobody else is asked to wait. */
import Down from "lucide-static/icons/chevron-down.svg?raw";
import Up from "lucide-static/icons/chevron-up.svg?raw";
import type { VNode } from "preact";
import {
  type Action,
  ACTIONS,
  DESK_STATES,
  type DeskState,
  USUAL_ACTIONS,
} from "../../../../domain/availability/actions.ts";
import type { AvailabilitySettings } from "../../../../domain/availability/settings.ts";
import { Icon } from "../../../shared/icon.tsx";
import { faultAt, type Fault } from "../../campaigns/fault.ts";
import { TextField } from "../../field.tsx";
import { a } from "./words.ts";

const MINUTE_SECONDS = 60;

/** Who is free answers at once; who is not, after a wait. */
const POSSIBLE: Readonly<Record<DeskState, readonly Action[]>> = {
  online: ACTIONS.filter((action) => action !== "queue"),
  busy: ACTIONS.filter((action) => action !== "chat"),
  closed: ACTIONS.filter((action) => action !== "chat"),
};

type Props = {
  availability: AvailabilitySettings;
  fault: Fault | null;
  onChange: (availability: AvailabilitySettings) => void;
};

export function ActionFields({ availability, fault, onChange }: Props): VNode {
  const errorAt = (key: keyof AvailabilitySettings) => {
    const found = faultAt(fault, `availability.${key}`);
    return found === undefined ? undefined : { ...found, said: a("at_limits") };
  };
  const put = (key: "max_queue" | "max_wait_seconds", value: number | null): void => {
    const { [key]: _before, ...others } = availability;
    onChange(value === null ? others : { ...others, [key]: value });
  };
  const numberOf = (text: string): number | null => (text === "" ? null : Number(text));
  const wait = availability.max_wait_seconds ?? null;
  return (
    <section aria-labelledby="actions-title">
      <h2 id="actions-title">{a("actionsTitle")}</h2>
      <p class="quiet">{a("actionsText")}</p>
      <div class="offered">
        {DESK_STATES.map((state) => (
          <StateActions
            key={state}
            state={state}
            actions={availability[state] ?? USUAL_ACTIONS[state]}
            onChange={(actions) => onChange({ ...availability, [state]: actions })}
          />
        ))}
      </div>
      <p class="note">{a("queueWhenClosed")}</p>
      <div class="form pressure">
        <TextField
          label={a("max_queue")}
          type="number"
          min={1}
          max={10_000}
          step={1}
          value={String(availability.max_queue ?? "")}
          error={errorAt("max_queue")}
          onInput={(text) => put("max_queue", numberOf(text))}
        />
        <TextField
          label={a("max_wait")}
          type="number"
          min={1}
          step="any"
          value={wait === null ? "" : String(wait / MINUTE_SECONDS)}
          error={errorAt("max_wait_seconds")}
          onInput={(text) => {
            const minutes = numberOf(text);
            put("max_wait_seconds", minutes === null ? null : Math.round(minutes * MINUTE_SECONDS));
          }}
        />
      </div>
      <p class="note">{a("limitsNote")}</p>
    </section>
  );
}

function StateActions({
  state,
  actions,
  onChange,
}: {
  state: DeskState;
  actions: readonly Action[];
  onChange: (actions: Action[]) => void;
}): VNode {
  const rest = POSSIBLE[state].filter((action) => !actions.includes(action));
  const move = (from: number, to: number): void => {
    const action = actions[from];
    if (action !== undefined) onChange(actions.toSpliced(from, 1).toSpliced(to, 0, action));
  };
  return (
    <fieldset>
      <legend>{a(`state_${state}`)}</legend>
      <ol>
        {[...actions, ...rest].map((action, index) => {
          const chosen = actions.includes(action);
          const name = a(`action_${action}`);
          return (
            <li key={action}>
              <label class="check">
                <input
                  type="checkbox"
                  checked={chosen}
                  onChange={(event) => {
                    const next = chosenAfter(actions, action, event.currentTarget.checked);
                    // Something is always offered; the last one stays.
                    if (next.length > 0) onChange(next);
                    else event.currentTarget.checked = true;
                  }}
                />
                <span>{name}</span>
              </label>
              {!chosen || actions.length < 2 ? null : (
                <span class="moves">
                  <Move
                    icon={Up}
                    label={a("earlier", { action: name })}
                    off={index === 0}
                    onMove={() => move(index, index - 1)}
                  />
                  <Move
                    icon={Down}
                    label={a("later", { action: name })}
                    off={index === actions.length - 1}
                    onMove={() => move(index, index + 1)}
                  />
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </fieldset>
  );
}

function Move({
  icon,
  label,
  off,
  onMove,
}: {
  icon: string;
  label: string;
  off: boolean;
  onMove: () => void;
}): VNode {
  return (
    <button
      type="button"
      class="plain small icon-only"
      aria-label={label}
      title={label}
      aria-disabled={off}
      onClick={() => {
        if (!off) onMove();
      }}
    >
      <Icon svg={icon} />
    </button>
  );
}

/** What is offered once `action` is or is not: what shows nothing stands alone. */
function chosenAfter(actions: readonly Action[], action: Action, on: boolean): Action[] {
  if (!on) return actions.filter((one) => one !== action);
  if (action === "hide") return ["hide"];
  return [...actions.filter((one) => one !== "hide"), action];
}

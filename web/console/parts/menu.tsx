/** A button that opens a short list of choices below itself. Keys, focus and place are the component's. */
import Check from "lucide-static/icons/check.svg?raw";
import { Fragment, type ComponentChildren, type VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { Dropdown, DropdownItem, type WaDropdownItem } from "./elements.ts";

export type Choice = {
  key: string;
  words: ComponentChildren;
  /** Of a group of which one holds: whether this is the one. Absent for a plain action. */
  checked?: boolean;
  disabled?: boolean;
  onChoose: () => void;
};

export type MenuProps = {
  label: string;
  button: ComponentChildren;
  buttonClass?: string;
  /** Groups of choices, a line between them. */
  groups: readonly (readonly Choice[])[];
};

export function Menu({ label, button, buttonClass = "", groups }: MenuProps): VNode {
  const shown = groups.filter((group) => group.length > 0);
  // Two groups may use the same key: a choice is known by the place of its group too.
  const choices = new Map<string, Choice>(
    shown.flatMap((group, place) => group.map((choice) => [`${place}/${choice.key}`, choice] as const)),
  );
  return (
    <Dropdown onSelect={(value) => choices.get(value)?.onChoose()}>
      <button slot="trigger" type="button" class={buttonClass} aria-label={label}>
        {button}
      </button>
      {shown.map((group, place) => (
        <Fragment key={place}>
          {place === 0 ? null : <hr class="menu-line" />}
          {group.map((choice) => (
            <Item key={choice.key} value={`${place}/${choice.key}`} choice={choice} />
          ))}
        </Fragment>
      ))}
    </Dropdown>
  );
}

/** The component knows checkboxes only; of our groups one holds, so the role is said after it has said its own. */
function Item({ value, choice }: { value: string; choice: Choice }): VNode {
  const item = useRef<WaDropdownItem>(null);
  const { checked } = choice;
  useEffect(() => {
    const element = item.current;
    if (element === null || checked === undefined) return;
    void element.updateComplete.then(() => {
      element.setAttribute("role", "menuitemradio");
      element.setAttribute("aria-checked", String(checked));
    });
  }, [checked]);
  return (
    <DropdownItem element={item} class="menu-item" value={value} disabled={choice.disabled ?? false}>
      <span class="menu-words">{choice.words}</span>
      {checked === undefined ? null : (
        <span slot="details" class="menu-check">
          {checked ? <Icon svg={Check} /> : null}
        </span>
      )}
    </DropdownItem>
  );
}

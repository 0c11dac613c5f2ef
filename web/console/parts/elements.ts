/**
 * The Web Awesome components that the console is made of, one by one, with nothing fetched for them.
 *
 * Their own icons come by `fetch` and through the HTML parser, both of which the page's policy forbids, so their
 * icon libraries are empty and the console draws its own.
 */
import "@awesome.me/webawesome/dist/components/dropdown-item/dropdown-item.js";
import "@awesome.me/webawesome/dist/components/dropdown/dropdown.js";
import "@awesome.me/webawesome/dist/components/tooltip/tooltip.js";
import type WaDialog from "@awesome.me/webawesome/dist/components/dialog/dialog.js";
import type WaDropdownItem from "@awesome.me/webawesome/dist/components/dropdown-item/dropdown-item.js";
import type WaDropdown from "@awesome.me/webawesome/dist/components/dropdown/dropdown.js";
import { registerIconLibrary } from "@awesome.me/webawesome/dist/components/icon/library.js";
import type WaTooltip from "@awesome.me/webawesome/dist/components/tooltip/tooltip.js";
import { h, type ComponentChildren, type Ref } from "preact";
import "./elements.css";

for (const library of ["default", "system"]) registerIconLibrary(library, { resolver: () => "" });

export type { WaDialog, WaDropdown, WaDropdownItem, WaTooltip };

/** `element` is where the element itself is to be found. */
type Common<T> = { element?: Ref<T>; class?: string; children: ComponentChildren };

/** The dialog's code comes with the first dialog: nobody waits for it at the door. */
export async function loadDialog(): Promise<void> {
  await import("@awesome.me/webawesome/dist/components/dialog/dialog.js");
}

export type SheetProps = Common<WaDialog> & { label: string; onHidden: (event: Event) => void };

/** A modal dialog without a head of its own; it shows once its `open` is set. */
export function Sheet({ element, onHidden, ...props }: SheetProps): ComponentChildren {
  const more = { "without-header": true, "light-dismiss": true, "onwa-after-hide": onHidden };
  return h("wa-dialog", { ref: element, ...more, ...props });
}

export type DropdownProps = Common<WaDropdown> & { onSelect: (value: string) => void };

/** A menu below the button in its slot `trigger`. */
export function Dropdown({ element, onSelect, ...props }: DropdownProps): ComponentChildren {
  const onChoice = (event: CustomEvent<{ item: WaDropdownItem }>): void => onSelect(event.detail.item.value);
  const more = { placement: "bottom-end", distance: 4, "onwa-select": onChoice };
  return h("wa-dropdown", { ref: element, ...more, ...props });
}

export type DropdownItemProps = Common<WaDropdownItem> & { value: string; disabled: boolean };

export function DropdownItem({ element, ...props }: DropdownItemProps): ComponentChildren {
  return h("wa-dropdown-item", { ref: element, ...props });
}

export type TipProps = { element: Ref<WaTooltip>; of: string; children: ComponentChildren };

/** The words of the element whose id is `of`, shown when it is pointed at or has the focus. */
export function Tip({ element, of, children }: TipProps): ComponentChildren {
  return h("wa-tooltip", { ref: element, for: of, children });
}

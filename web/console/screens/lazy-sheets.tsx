/** The sheets' code comes with the first sheet; where it does not come, nothing opens and the console says why. */
import { signal } from "@preact/signals";
import type { ComponentType, VNode } from "preact";
import { useEffect } from "preact/hooks";
import type { SheetsProps } from "./sheets.tsx";

const loaded = signal<{ view: ComponentType<SheetsProps> } | null>(null);

export function LazySheets(props: SheetsProps): VNode | null {
  const { office, shown, onClose } = props;
  useEffect(() => {
    if (shown === null || loaded.value !== null) return;
    import("./sheets.tsx").then(
      ({ Sheets }) => (loaded.value = { view: Sheets }),
      (error: unknown) => {
        console.warn("the sheets could not be loaded", error);
        office.desk.fault.value = { code: "offline", message: "" };
        onClose();
      },
    );
  }, [shown]);
  if (loaded.value === null || shown === null) return null;
  const { view: View } = loaded.value;
  return <View {...props} />;
}

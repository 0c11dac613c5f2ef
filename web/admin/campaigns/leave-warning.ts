/** A page with something unsaved asks before it is left. */
import { useEffect } from "preact/hooks";
import { t } from "../session.ts";

export function useLeaveWarning(unsaved: boolean): void {
  useEffect(() => {
    if (!unsaved) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    // Links inside the admin unload nothing, so they are asked about here.
    const ask = (event: MouseEvent): void => {
      const inside = event.target instanceof Element && event.target.closest("a[href^='/admin']") !== null;
      if (!inside || window.confirm(t("leaveUnsaved"))) return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener("beforeunload", warn);
    window.addEventListener("click", ask, { capture: true });
    return () => {
      window.removeEventListener("beforeunload", warn);
      window.removeEventListener("click", ask, { capture: true });
    };
  }, [unsaved]);
}

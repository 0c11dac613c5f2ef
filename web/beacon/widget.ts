/** The widget, fetched when there is something to show and not before. */
import type { Mount, WidgetHandle } from "../shared/widget-mount.ts";
import { identityToken, visitor } from "./identity.ts";
import { emit, host, key } from "./site.ts";
import { track, viewId } from "./view.ts";

/** The widget's URL path, known only once it is built. */
declare const __WIDGET__: string;

let widget: Promise<WidgetHandle> | undefined;

/** Do `what` with the widget, if there is one. */
export function withWidget(what: (handle: WidgetHandle) => void): void {
  widget?.then(what).catch((error: unknown) => {
    widget = undefined;
    emit("error", error);
  });
}

/** Do `what` with the widget, fetched now if it is not there yet. */
export function loadWidget(what: (handle: WidgetHandle) => void): void {
  widget ??= import(/* @vite-ignore */ host + __WIDGET__).then(({ mount }: { mount: Mount }) =>
    mount({
      host,
      key,
      visitor: () => visitor,
      viewId: () => viewId,
      identityToken: () => identityToken,
      send: track,
      on: emit,
    }),
  );
  withWidget(what);
}

export function dropWidget(): void {
  withWidget((handle) => handle.destroy());
  widget = undefined;
}

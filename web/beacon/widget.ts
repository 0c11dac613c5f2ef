/** The widget, fetched when there is something to show and not before. */
import type { Mount, WidgetHandle } from "../shared/widget-mount.ts";
import type { Decision } from "../../domain/targeting/decision.ts";
import { identityToken, visitor } from "./identity.ts";
import { emit, fail, host, key } from "./site.ts";
import { track, viewId } from "./view.ts";

/** The widget's URL path, known only once it is built. */
declare const __WIDGET__: string;

let widget: Promise<WidgetHandle> | undefined;

/** Tell the widget, if there is one. */
export function withWidget(what: keyof WidgetHandle, decision?: Decision): void {
  widget
    ?.then((handle) => handle[what](decision!))
    .catch((error: unknown) => {
      widget = undefined;
      fail(error);
    });
}

/** Tell the widget, fetched now if it is not there yet. */
export function loadWidget(what: keyof WidgetHandle, decision?: Decision): void {
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
  withWidget(what, decision);
}

export function dropWidget(): void {
  withWidget("destroy");
  widget = undefined;
}

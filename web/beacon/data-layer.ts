/** Read what a tagged shop pushes, before and after us; the site's own `push` answers as it always did. */
import { readPush } from "./ga4.ts";
import { guard } from "./site.ts";
import { track } from "./view.ts";

const read = (pushed: unknown): void =>
  guard(() => {
    const event = readPush(pushed);
    if (event) track(...event);
  });

export function readDataLayer(): void {
  const page = window as unknown as { dataLayer?: unknown[] };
  const layer = (page.dataLayer ??= []);
  layer.forEach(read);
  const push = layer.push;
  layer.push = (...pushes) => {
    const length = push.apply(layer, pushes);
    pushes.forEach(read);
    return length;
  };
}

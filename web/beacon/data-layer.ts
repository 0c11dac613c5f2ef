/** Read what a tagged shop pushes, before and after us; the site's own `push` answers as it always did. */
import { lookForBanner } from "./consent.ts";
import { COMMERCE, keepKnown, type Push, readPush } from "./ga4.ts";
import { guard } from "./site.ts";
import { tell } from "./view.ts";

const read = (pushed: unknown): void =>
  guard(() => {
    lookForBanner();
    const said = readPush(Object(pushed) as Push);
    if (COMMERCE.test(said["event"] as string)) tell(said, false, keepKnown);
  });

export function readDataLayer(): void {
  const layer = ((window as { dataLayer?: unknown[] }).dataLayer ??= []);
  layer.forEach(read);
  const push = layer.push;
  layer.push = (...pushes) => {
    const length = push.apply(layer, pushes);
    pushes.forEach(read);
    return length;
  };
}

/**
 * The page's consent banners, heard from the first word to the last: IAB's framework where it says something, else
 * Google's consent mode. Either may come later than we do.
 */
import { BANNER, type StartConsent } from "../shared/consent-mount.ts";
import { type Framework, saidBy } from "./framework.ts";
import { consentMode } from "./google.ts";
import { NOT_YET, type Said } from "./said.ts";

type Page = { __tcfapi?: Framework; dataLayer?: unknown[] };

export const start: StartConsent = (hear) => {
  const page = window as Page;
  const google = consentMode();
  let asked = false;
  let framework: Said | null = null;

  const speak = (): void => {
    const said = framework ?? google.said();
    hear(BANNER, said?.word, said?.unsure);
  };
  const look = (): void => {
    if (asked || !page.__tcfapi) return;
    asked = true;
    framework = NOT_YET;
    speak();
    page.__tcfapi("addEventListener", 2, (data, success) => {
      if (!success || !data) return;
      framework = saidBy(data);
      speak();
    });
  };

  const layer = (page.dataLayer ??= []);
  for (const push of layer) google.take(push);
  speak();
  look();
  for (const name of ["DOMContentLoaded", "load"]) addEventListener(name, look);

  const { push } = layer;
  layer.push = (...pushes) => {
    const length = push.apply(layer, pushes);
    // The framework's stub may come with any tag that is pushed.
    look();
    if (pushes.filter((one) => google.take(one))[0]) speak();
    return length;
  };
};

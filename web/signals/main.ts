/**
 * The page's second chunk: it comes with the visitor's first input and sees what that visitor struggles with
 * (`docs/signals.md`).
 *
 * Nothing here may slow or break the site: listeners are passive and read no layout, and nothing is told but that
 * something happened.
 */
import type { StartSignals } from "../shared/signals-mount.ts";
import { detectDeadClicks, detectRageClicks } from "./clicks.ts";
import { detectPhoneCopied } from "./copy-phone.ts";
import { detectFlickUp, detectMouseLeaving } from "./exit-intent.ts";
import { followForms, leaveForm } from "./forms.ts";
import { detectHesitation } from "./hesitation.ts";
import { followHistory } from "./navigation.ts";
import { beginView } from "./report.ts";
import { detectScriptErrors } from "./script-error.ts";
import { beginDepth, followScroll } from "./scroll.ts";

/** A router takes away the form that it leaves within this time; what is still there then stays. */
const ROUTED_MS = 1e3;

export const start: StartSignals = (link) => {
  followHistory(
    () => link.look(),
    () => {
      setTimeout(leaveForm, ROUTED_MS);
      beginView(link);
      beginDepth();
    },
  );
  followScroll();
  detectRageClicks();
  detectDeadClicks();
  detectMouseLeaving();
  detectFlickUp();
  detectPhoneCopied();
  followForms();
  detectHesitation();
  detectScriptErrors(link.errors());
};

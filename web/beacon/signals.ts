/** What the visitor struggles with is seen by a chunk of its own, fetched with the first input and never before. */
import type { SignalsLink } from "../shared/signals-mount.ts";
import { kept } from "./identity.ts";
import { answers, startPart } from "./site.ts";
import { showPage, track } from "./view.ts";

/** The chunk's URL path, known only once it is built. */
declare const __SIGNALS__: string;

let errors = 0;
let touched: unknown;
let started: unknown;

/** Fetch the chunk once there was an input and there is consent: nothing is told of somebody who said no. */
export function wakeSignals(input?: Partial<PointerEvent>): void {
  // A page that moves below a resting pointer makes the browser tell of a move, by nothing.
  touched ||= input && (input.buttons !== 0 || input.movementX);
  started ||=
    touched &&
    (kept || !(window as { navigation?: unknown }).navigation) &&
    startPart<SignalsLink>(__SIGNALS__, {
      tell: track,
      look: showPage,
      errors: () => errors,
      consented: () => kept,
      wanted: () => answers[0]?.headers.get("aparte-signals"),
    });
}

// Until then only script errors are counted.
for (const name of ["error", "unhandledrejection"]) addEventListener(name, () => errors++);
for (const name of ["pointermove", "pointerdown", "keydown"]) addEventListener(name, wakeSignals);

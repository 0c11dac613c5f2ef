/**
 * What a visitor can do now: a pure function of who is at the desk, the hours and what the site wants to offer.
 *
 * Shapes  `Availability`: the state, and the actions in the order in which they are shown; never none. An action says
 *         what happens: `chat` only where somebody is free, `queue` where one waits.
 * Units   moments are `EpochMs`; `opensAt` is null where it is open, never opens, or merely nobody is there.
 */
import type { DeskStatus } from "../desk/wire.ts";
import type { EpochMs } from "../ids.ts";
import type { OpenTimes } from "../targeting/schedule.ts";
import { type Action, type DeskState, USUAL_ACTIONS } from "./actions.ts";
import type { AvailabilitySettings } from "./settings.ts";

export type DeskNow = Pick<DeskStatus, "covered" | "staffed" | "waiting" | "wait_seconds" | "skills">;

export type Offer = {
  desk: DeskNow;
  /** The site's hours, or those of `skill` where it has its own. */
  hours: Pick<OpenTimes, "isOpen" | "openFrom">;
  settings: AvailabilitySettings;
  skill: string | null;
  /** Whether there is a call to book and an article to read at all. */
  callbacks: boolean;
  articles: boolean;
};

export type Availability = {
  state: DeskState;
  actions: Action[];
  /** The place that who joins the queue now gets; null where nobody is asked to wait. */
  position: number | null;
  waitSeconds: number | null;
  opensAt: EpochMs | null;
  /** Whether a new conversation is taken. */
  accepts: boolean;
};

export function availabilityOf(offer: Offer, now: EpochMs): Availability {
  const { desk, hours, settings } = offer;
  const open = hours.isOpen(now);
  const state = open ? stateOf(desk, offer.skill) : "closed";
  const actions = actionsIn(state, offer);
  const waits = actions.includes("queue");
  return {
    state,
    actions,
    position: waits ? desk.waiting + 1 : null,
    waitSeconds: state === "closed" ? null : state === "online" ? 0 : desk.wait_seconds,
    opensAt: open ? null : hours.openFrom(now),
    // Agents come and go within a minute: unless the site has said what it offers instead, who writes then waits.
    accepts: waits || actions.includes("chat") || (open && state === "closed" && !settings.closed),
  };
}

/** A skill that nobody present names is served by those who serve everything. */
function stateOf({ covered, staffed, skills }: DeskNow, skill: string | null): DeskState {
  const named = skill !== null && Object.hasOwn(skills, skill);
  const free = named ? (skills[skill] ?? 0) > 0 : covered;
  return free ? "online" : staffed ? "busy" : "closed";
}

function actionsIn(state: DeskState, offer: Offer): Action[] {
  const wanted = wantedIn(state, offer.settings);
  const full = state === "busy" && isFull(offer.desk, offer.settings);
  const possible = wanted
    .map((action) => trueTo(state, action))
    .filter((action) => isPossible(action, offer));
  const offered = full ? possible.filter((action) => action !== "queue") : possible;
  if (offered.length > 0) return [...new Set(offered)];
  // Nothing is left of what the site would offer: what it offers when it is closed, and a message goes always.
  const rest = full ? wantedIn("closed", offer.settings) : [];
  const closed = rest.filter((action) => !isTalk(action) && isPossible(action, offer));
  return closed.length > 0 ? closed : ["message"];
}

function wantedIn(state: DeskState, settings: AvailabilitySettings): readonly Action[] {
  return settings[state] ?? USUAL_ACTIONS[state];
}

const isTalk = (action: Action): boolean => action === "chat" || action === "queue";

function trueTo(state: DeskState, action: Action): Action {
  if (!isTalk(action)) return action;
  return state === "online" ? "chat" : "queue";
}

function isPossible(action: Action, { callbacks, articles }: Offer): boolean {
  if (action === "callback") return callbacks;
  return action !== "faq" || articles;
}

function isFull({ waiting, wait_seconds: wait }: DeskNow, settings: AvailabilitySettings): boolean {
  const { max_queue: longest, max_wait_seconds: patience } = settings;
  if (typeof longest === "number" && waiting >= longest) return true;
  return typeof patience === "number" && wait !== null && wait > patience;
}

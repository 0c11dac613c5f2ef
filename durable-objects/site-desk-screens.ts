/**
 * What consoles show of the whole desk, and the places that waiting visitors are told: some moments after a change, so
 * that a hundred changes at a busy desk are said once.
 *
 * Holds   in memory only, the picture that every console has. After an eviction there is none, and the first change
 *         is told whole. The timer lives for a second at most.
 * Units   `EpochMs`; bytes of UTF-16 code units, as `string.length` counts.
 */
import type { Desk } from "../domain/desk/desk.ts";
import { changeBetween, isChange, type Picture, pictureFor, queueFrame } from "../domain/desk/picture.ts";
import type { Place } from "../domain/desk/report.ts";
import { pictureOf, placeOf, toldPlaces } from "../domain/desk/view.ts";
import type { EpochMs } from "../domain/ids.ts";
import type { SiteDeskSockets } from "./site-desk-sockets.ts";

export const SHOW_EVERY_MS = 250;
const SHOW_AT_LEAST_EVERY_MS = 1_000;
/** What all consoles together are sent a second; more makes the moments between two pictures longer. */
const BYTES_A_SECOND = 1_000_000;
/** Up to so much for all consoles together a picture is told whole, beyond it by what has changed. */
const WHOLE_BYTES = 64_000;

type Source = { desk: (now: EpochMs) => Desk; waits: () => EpochMs[] };
type Tell = (conversation: string, place: Place) => void;

export class SiteDeskScreens {
  readonly #source: Source;
  readonly #sockets: SiteDeskSockets;
  readonly #tellPlace: Tell;
  #shown: { desk: Desk; picture: Picture } | null = null;
  #shownAt: EpochMs = 0;
  #pauseMs = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #places = new Map<string, Place>();

  constructor(source: Source, sockets: SiteDeskSockets, tellPlace: Tell) {
    this.#source = source;
    this.#sockets = sockets;
    this.#tellPlace = tellPlace;
  }

  /** The desk may have changed: it is shown now, or once the pause since it was last shown is over. */
  changed(now: EpochMs): void {
    if (this.#timer !== null || this.#source.desk(now) === this.#shown?.desk) return;
    const since = now - this.#shownAt;
    if (since < 0 || since >= this.#pauseMs) this.#show(now);
    else this.#timer = setTimeout(() => this.#show(Date.now()), this.#pauseMs - since);
  }

  /** The picture that every console has from now on, for one that joins them. */
  picture(now: EpochMs): Picture {
    const desk = this.#source.desk(now);
    return this.#shown?.desk === desk ? this.#shown.picture : this.#show(now);
  }

  /** Where a conversation stands; who asked for it need not be told. */
  place(conversation: string, now: EpochMs): Place {
    const place = placeOf(this.#source.desk(now), conversation, this.#source.waits(), now);
    if (place.position !== null) this.#places.set(conversation, place);
    return place;
  }

  #show(now: EpochMs): Picture {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const desk = this.#source.desk(now);
    const { desk: shown = null, picture: before = null } = this.#shown ?? {};
    const picture = pictureOf(desk, (before?.n ?? 0) + 1);
    // An agent's word is answered even where a second one has undone it meanwhile.
    const isNews =
      before === null ||
      desk.agents !== shown?.agents ||
      isChange(changeBetween(before, picture), before.waiting);
    this.#shown = { desk, picture: isNews ? picture : before };
    if (isNews) this.#tellConsoles(before, picture, now);
    this.#tellPlaces(desk, now);
    return this.#shown.picture;
  }

  #tellConsoles(before: Picture | null, picture: Picture, now: EpochMs): void {
    const consoles = [...this.#sockets.welcomed()];
    const forAgents = this.#textFor(null, before, picture, consoles.length);
    let bytes = 0;
    for (const { socket, person } of consoles) {
      const text =
        person.role === "admin" ? this.#textFor(person.id, before, picture, consoles.length) : forAgents;
      socket.send(text);
      bytes += text.length;
    }
    this.#shownAt = now;
    const fair = (bytes / BYTES_A_SECOND) * 1_000;
    this.#pauseMs = Math.min(SHOW_AT_LEAST_EVERY_MS, Math.max(SHOW_EVERY_MS, fair));
  }

  /** The frame for one supervisor, or for all agents. */
  #textFor(supervisor: string | null, before: Picture | null, after: Picture, consoles: number): string {
    const mine = pictureFor(after, supervisor);
    const whole = JSON.stringify(queueFrame(mine));
    if (before === null || whole.length * consoles <= WHOLE_BYTES) return whole;
    return JSON.stringify(changeBetween(pictureFor(before, supervisor), mine));
  }

  /** Tell the visitors who wait where they stand now: each of the first, the others now and then. */
  #tellPlaces(desk: Desk, now: EpochMs): void {
    const before = this.#places;
    this.#places = toldPlaces(desk, this.#source.waits(), now);
    for (const [conversation, place] of this.#places) {
      const known = before.get(conversation);
      if (known?.position === place.position && known.waitSeconds === place.waitSeconds) continue;
      this.#tellPlace(conversation, place);
    }
  }
}

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
  #isQuick = true;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #places = new Map<string, Place>();
  /** Consoles that have a newer picture than the others. */
  readonly #joined = new Set<string>();

  constructor(source: Source, sockets: SiteDeskSockets, tellPlace: Tell) {
    this.#source = source;
    this.#sockets = sockets;
    this.#tellPlace = tellPlace;
  }

  /** The desk may have changed: it is shown now, or once the pause since it was last shown is over. */
  changed(now: EpochMs): void {
    if (this.#timer !== null || this.#source.desk(now) === this.#shown?.desk) return;
    const since = now - this.#shownAt;
    const isOver = since < 0 || since >= this.#pauseMs;
    // What takes long to show never keeps the one whose step it was waiting.
    if (isOver && this.#isQuick) this.#show(now);
    else this.#timer = setTimeout(() => this.#show(Date.now()), isOver ? 0 : this.#pauseMs - since);
  }

  /**
   * The picture for a console that joins. Where the others are told of it only later, this one is told whole then, for
   * what changes back meanwhile.
   */
  join(socket: string, now: EpochMs): Picture {
    const desk = this.#source.desk(now);
    if (this.#shown === null) this.#show(now);
    if (this.#shown?.desk === desk) return this.#shown.picture;
    this.#joined.add(socket);
    return pictureOf(desk, this.#shown?.picture.n ?? 0);
  }

  /** Where a conversation stands; who asked for it need not be told. */
  place(conversation: string, now: EpochMs): Place {
    const place = placeOf(this.#source.desk(now), conversation, this.#source.waits(), now);
    if (place.position !== null) this.#places.set(conversation, place);
    return place;
  }

  #show(now: EpochMs): void {
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
  }

  #tellConsoles(before: Picture | null, after: Picture, now: EpochMs): void {
    const consoles = [...this.#sockets.welcomed()];
    const forAgents = framesOf(pictureFor(before, null), pictureFor(after, null));
    let bytes = 0;
    for (const { socket, person } of consoles) {
      const { id, role } = person;
      const frames = role === "admin" ? framesOf(pictureFor(before, id), pictureFor(after, id)) : forAgents;
      const isSmall = frames.whole().length * consoles.length <= WHOLE_BYTES;
      const text = isSmall || this.#joined.has(socket.id) ? frames.whole() : frames.change();
      socket.send(text);
      bytes += text.length;
    }
    this.#joined.clear();
    this.#shownAt = now;
    this.#isQuick = bytes <= WHOLE_BYTES;
    const fair = (bytes / BYTES_A_SECOND) * 1_000;
    this.#pauseMs = Math.min(SHOW_AT_LEAST_EVERY_MS, Math.max(SHOW_EVERY_MS, fair));
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

/** Both ways to say `after`, made when they are first asked for; whole where there is no picture before. */
function framesOf(before: Picture | null, after: Picture): { whole: () => string; change: () => string } {
  let whole: string | null = null;
  let change: string | null = null;
  const sayWhole = () => (whole ??= JSON.stringify(queueFrame(after)));
  return {
    whole: sayWhole,
    change: () => (change ??= before === null ? sayWhole() : JSON.stringify(changeBetween(before, after))),
  };
}

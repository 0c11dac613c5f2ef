/**
 * The desk as it is now, and the one way to change it: a step, what time and routing make of it, the write, and the
 * word to agents, waiting visitors and rooms. The rules are in `domain/desk/`.
 */
import type { Desk, Effect, Step } from "../domain/desk/desk.ts";
import type { Picture } from "../domain/desk/picture.ts";
import { noticeLost } from "../domain/desk/presence.ts";
import type { Place } from "../domain/desk/report.ts";
import { nextChangeAt, settle } from "../domain/desk/settle.ts";
import { effectFrame, endedWaits, WAITS_KEPT } from "../domain/desk/view.ts";
import type { EpochMs } from "../domain/ids.ts";
import { NextAlarm } from "./next-alarm.ts";
import type { SiteDeskOutbox } from "./site-desk-outbox.ts";
import { SiteDeskScreens } from "./site-desk-screens.ts";
import type { SiteDeskSockets } from "./site-desk-sockets.ts";
import type { SiteDeskStore } from "./site-desk-store.ts";

/** How often the sockets are looked at while somebody is connected: a dead one must not hold a place. */
const SWEEP_MS = 60_000;

export class SiteDeskSteps {
  readonly #ctx: DurableObjectState;
  readonly #store: SiteDeskStore;
  readonly #outbox: SiteDeskOutbox;
  readonly #sockets: SiteDeskSockets;
  readonly #alarm: NextAlarm;
  readonly #screens: SiteDeskScreens;
  #known: Desk | null = null;

  constructor(
    ctx: DurableObjectState,
    store: SiteDeskStore,
    outbox: SiteDeskOutbox,
    sockets: SiteDeskSockets,
  ) {
    this.#ctx = ctx;
    this.#store = store;
    this.#outbox = outbox;
    this.#sockets = sockets;
    this.#alarm = new NextAlarm(ctx.storage);
    const source = { desk: (now: EpochMs) => this.desk(now), waits: () => store.waits() };
    this.#screens = new SiteDeskScreens(source, sockets, (conversation, place) =>
      ctx.waitUntil(outbox.tellPlace(conversation, place)),
    );
  }

  /** The desk as stored, read once per life; agents whose sockets a crash has cut are noticed at the first look. */
  desk(now: EpochMs): Desk {
    if (this.#known !== null) return this.#known;
    const stored = this.#store.desk();
    const desk = noticeLost(stored, this.#sockets.connected(), now);
    this.#store.saveDesk(stored, desk);
    this.#known = desk;
    this.wake(now);
    return desk;
  }

  /** Where a conversation stands in the queue; nulls where it does not wait. */
  place(conversation: string, now: EpochMs): Place {
    return this.#screens.place(conversation, now);
  }

  /** What a console that joins shows. */
  join(socket: string, now: EpochMs): Picture {
    return this.#screens.join(socket, now);
  }

  /** A step that by itself tells nobody anything. */
  change(now: EpochMs, change: (desk: Desk) => Desk): void {
    this.take(now, (desk) => ({ desk: change(desk), effects: [] }));
  }

  /**
   * One step of the desk: change it, let time and routing follow, write what differs and what others must be told in
   * one transaction; then tell the agents, the waiting visitors and the rooms.
   */
  take(now: EpochMs, change: (desk: Desk) => Step): void {
    const before = this.desk(now);
    const changed = change(before);
    const settled = settle(changed.desk, now);
    const effects = [...changed.effects, ...settled.effects];
    if (settled.desk !== before || effects.length > 0) this.#write(before, settled.desk, effects, now);
    this.#show(settled.desk, effects, now);
    if (effects.some(({ to }) => to === "room")) this.#ctx.waitUntil(this.#outbox.tellRooms());
    if (this.#outbox.hasFresh()) this.#ctx.waitUntil(this.#outbox.sendFresh());
    this.wake(now);
  }

  /** The alarm is no longer set. */
  alarmRang(): void {
    this.#alarm.rang();
  }

  /** Set the alarm for the earliest moment at which there may be something to do; an earlier one stays. */
  wake(now: EpochMs): void {
    const desk = this.#known;
    if (desk === null) return;
    const sweepAt = isSomebodyHere(desk) ? now + SWEEP_MS : null;
    this.#alarm.setFor([nextChangeAt(desk), this.#outbox.nextAt(now), sweepAt], now);
  }

  /** In one transaction. Where it fails nothing is known, so that the next look reads what is stored. */
  #write(before: Desk, after: Desk, effects: readonly Effect[], now: EpochMs): void {
    this.#known = null;
    this.#store.atomically(() => {
      this.#store.saveDesk(before, after);
      this.#outbox.putStretches(before, after, now);
      for (const effect of effects) if (effect.to === "room") this.#store.addCommand(effect.command);
      const waits = endedWaits(after, effects, now);
      if (waits.length > 0) this.#store.setWaits([...this.#store.waits(), ...waits].slice(-WAITS_KEPT));
    });
    this.#known = after;
  }

  #show(desk: Desk, effects: readonly Effect[], now: EpochMs): void {
    for (const effect of effects) {
      const frame = effect.to === "agent" ? effectFrame(desk, effect) : null;
      if (effect.to === "agent" && frame !== null) this.#sockets.tell(effect.agent, frame);
    }
    this.#screens.changed(now);
  }
}

function isSomebodyHere(desk: Desk): boolean {
  for (const agent of desk.agents.values()) {
    if (agent.state !== "offline" && agent.lostAt === null) return true;
  }
  return false;
}

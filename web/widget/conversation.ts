/**
 * One visitor's conversation as this tab draws it: cells for the screen, actions for the visitor.
 *
 * Holds   the draft, and the engine once it is loaded: right after the panel is drawn, or with the first action.
 * Errors  an engine that does not come is a refused opening; what was written stays in the field.
 */
import type { RoomStatus } from "../../domain/chat/wire.ts";
import type { PageLink } from "../shared/widget-mount.ts";
import { cell } from "./cell.ts";
import type { Engine } from "./engine.ts";
import type { Memory } from "./memory.ts";
import type { Opened } from "./open.ts";
import type { Link } from "./room-connection.ts";
import type { Server, Standing } from "./server.ts";
import type { Row } from "./transcript-rows.ts";
import type { Uploads } from "./uploads.ts";

export type Phase = "none" | "opening" | "live" | "refused" | "too_many";
export type Queue = { position: number | null; waitSeconds: number | null };
export type Cells = ReturnType<typeof cellsOf>;
export type Conversation = ReturnType<typeof conversationOf>;

const NO_ROWS: readonly Row[] = [];

function cellsOf(memory: Memory) {
  return {
    phase: cell<Phase>("none"),
    status: cell<RoomStatus | null>(null),
    queue: cell<Queue>({ position: null, waitSeconds: null }),
    agent: cell<string | null>(null),
    /** Who is typing: a name, "" where it has none, null for nobody. */
    typing: cell<string | null>(null),
    link: cell<Link>({ state: "connecting" }),
    draft: cell(memory.draft()),
    rated: cell(false),
    /** The files on their way; their code is loaded with the first of them. */
    uploads: cell<Uploads | null>(null),
  };
}

/** `turnedAway` hears that no conversation can begin now, and what can be done instead. */
export function conversationOf(
  page: PageLink,
  server: Server,
  memory: Memory,
  turnedAway: (instead: Standing) => void,
) {
  const cells = cellsOf(memory);
  const { agent, draft, phase, rated, status, typing } = cells;
  const engine = cell<Engine | null>(null);
  let loading: Promise<Engine> | null = null;
  let watching = false;

  function load(): Promise<Engine> {
    loading ??= import("./engine.ts").then(
      ({ engineOf }) => {
        const made = engineOf({ page, server, memory, cells, turnedAway, write });
        made.watch(watching);
        return (engine.value = made);
      },
      (failure: unknown) => {
        loading = null;
        throw failure;
      },
    );
    return loading;
  }

  const failed = (failure: unknown): void => page.on("error", { message: String(failure) });

  /** Have the engine do something. Without one, it is as if the conversation could not be opened. */
  async function run<T>(act: (engine: Engine) => T): Promise<Awaited<T> | null> {
    let running: Engine;
    try {
      running = await load();
    } catch (failure) {
      phase.value = "refused";
      failed(failure);
      return null;
    }
    return await act(running);
  }

  /** What stands in the field now: kept for a reload, and told as typing. */
  function write(text: string): void {
    draft.value = text;
    memory.keepDraft(text);
    engine.value?.typed(text);
  }

  return {
    ...cells,
    rows: {
      get value() {
        return engine.value?.rows.value ?? NO_ROWS;
      },
    },
    unread: {
      get value() {
        return engine.value?.unread.value ?? 0;
      },
    },
    caughtUp: {
      get value() {
        return engine.value?.caughtUp.value ?? false;
      },
    },
    write,
    /** Fetch the engine before it is needed. */
    prepare: () => void run(() => null),

    /**
     * Open a conversation, once: while one is being opened or lives, this is that one. The answer says how things
     * stand where the place that was kept for the invitation is gone.
     */
    open: (decisionId: string | null): Promise<Opened["lost"]> => {
      if (phase.value !== "live") phase.value = "opening";
      return run((running) => running.open(decisionId));
    },

    /** Take up the conversation that the page remembers. False where it remembers none. */
    resume(): boolean {
      if (memory.conversation() === null) return phase.value === "live";
      if (phase.value === "none") phase.value = "opening";
      void run((running) => running.resume());
      return true;
    },

    /** It is before the visitor's eyes, or no longer: only what was seen is told as read. */
    watch(now: boolean): void {
      watching = now;
      engine.value?.watch(now);
    },

    /** Send what the visitor wrote. It shows at once, and leaves when it can. */
    say: (text: string) => run((running) => running.say(text)),
    sendAgain: (client_id: string) => run((running) => running.sendAgain(client_id)),
    /** Send `files`; those for `later` wait until a conversation is wanted, or go with a message. */
    attach: (files: readonly File[], later?: boolean) =>
      run((running) => running.attach(files, later)).catch(failed),
    /** What was written to a conversation that did not come to be stands in the field again. */
    takeBack: () => engine.value?.takeBack(),
    tryNow: () => engine.value?.tryNow(),
    end: () => engine.value?.end(),
    /** Nothing more is asked of this conversation. */
    closeSurvey: () => engine.value?.closeSurvey(),
    /** What opens the conversation on the server; null while there is none. */
    proof: (): { id: string; token: string } | null => engine.value?.proof() ?? null,

    /** Leave the conversation for good: connection, memory and log. The draft stays. */
    forget(): void {
      engine.value?.forget();
      memory.forget();
      memory.keepRequest(null);
      phase.value = "none";
      status.value = agent.value = typing.value = null;
      rated.value = false;
    },
  };
}

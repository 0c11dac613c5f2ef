/**
 * Something read from the API and kept fresh: the last answer stays on screen, dated, while the next is fetched and
 * when that fails.
 *
 * Shapes  `data` is the last good answer and `readAt` when it came; `failure` is the last attempt's, null once mended.
 * Units   `pollMs` in milliseconds; polling rests while the tab is hidden.
 */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiFailure } from "../shared/api.ts";
import { me } from "./session.ts";

export type Resource<T> = {
  data: T | undefined;
  readAt: number | null;
  failure: ApiFailure | null;
  /** When the present run of failures began. */
  failingSince: number | null;
  refreshing: boolean;
  reload(): void;
  /** Put an answer that a write has just given in place of the one read. */
  replace(data: T): void;
};

type State<T> = Pick<Resource<T>, "data" | "readAt" | "failure" | "failingSince"> & { key: string };

/** Read with `load` whenever `key` changes, and every `pollMs` while the tab is visible. */
export function useResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  pollMs?: number,
): Resource<T> {
  const fresh = (): State<T> => ({ key, data: undefined, readAt: null, failure: null, failingSince: null });
  const [state, setState] = useState<State<T>>(fresh);
  const [refreshing, setRefreshing] = useState(false);
  const [turn, setTurn] = useState(0);
  const reading = useRef(false);
  const latest = useRef(load);
  latest.current = load;

  useEffect(() => {
    const abort = new AbortController();
    setRefreshing(true);
    reading.current = true;
    latest
      .current(abort.signal)
      .then((data) => setState({ key, data, readAt: Date.now(), failure: null, failingSince: null }))
      .catch((error: unknown) => {
        if (abort.signal.aborted) return;
        const failure = asFailure(error);
        if (failure.status === 401) me.value = null;
        setState((before) => ({
          ...(before.key === key ? before : fresh()),
          failure,
          failingSince: (before.key === key ? before.failingSince : null) ?? Date.now(),
        }));
      })
      .finally(() => {
        if (abort.signal.aborted) return;
        reading.current = false;
        setRefreshing(false);
      });
    return () => abort.abort();
  }, [key, turn]);

  useEffect(() => {
    if (pollMs === undefined) return;
    const again = (): void => {
      // A slow answer is waited for: asking again would drop it, and the next one, and show nothing for ever.
      if (document.visibilityState === "visible" && !reading.current) setTurn((before) => before + 1);
    };
    const timer = setInterval(again, pollMs);
    document.addEventListener("visibilitychange", again);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", again);
    };
  }, [pollMs]);

  const reload = useCallback(() => setTurn((before) => before + 1), []);
  const replace = useCallback(
    (data: T) => setState({ key, data, readAt: Date.now(), failure: null, failingSince: null }),
    [key],
  );
  const current = state.key === key ? state : fresh();
  return { ...current, refreshing, reload, replace };
}

/** `error` as a refusal that a screen can show; what is no refusal is a fault of this page and says so. */
export function asFailure(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error;
  console.error(error);
  return new ApiFailure(0, "page_error", error instanceof Error ? error.message : String(error));
}

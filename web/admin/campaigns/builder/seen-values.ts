/**
 * What a fact has been in the site's own traffic, offered while its value is typed.
 *
 * It is help and nothing more: where there is none, or the server cannot tell, the value is typed without it.
 */
import { useEffect, useState } from "preact/hooks";
import { request } from "../../../shared/api.ts";
import { asFailure } from "../../resource.ts";
import { apiPath } from "../../site.ts";

export type SeenValue = { value: string; visits: number };

/** Typing rests so long before the next question. */
const REST_MS = 200;

/** `values` that begin with `prefix`, once `ask` was called: when the field gets the focus. */
export function useSeenValues({ site, fact, prefix }: { site: string; fact: string; prefix: string }): {
  values: readonly SeenValue[];
  ask: () => void;
} {
  const [asked, setAsked] = useState(false);
  const [values, setValues] = useState<readonly SeenValue[]>([]);
  useEffect(() => {
    if (!asked || fact.endsWith(".")) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      const path = `${apiPath(site, "facts", fact, "values")}?prefix=${encodeURIComponent(prefix.slice(0, 200))}`;
      request<{ items: SeenValue[] }>("GET", path, undefined, { signal: abort.signal })
        .then(({ items }) => setValues(items))
        .catch((error: unknown) => {
          // A fact of which nothing is told is refused; whatever else fails is told where it can be seen.
          if (!abort.signal.aborted && asFailure(error).status !== 404) setValues([]);
        });
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [asked, site, fact, prefix]);
  return { values, ask: () => setAsked(true) };
}

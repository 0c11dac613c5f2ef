/** A list that is read page by page: what has come stays while more is asked for. */
import type { ComponentChildren, VNode } from "preact";
import { useState } from "preact/hooks";
import type { ApiFailure } from "../../shared/api.ts";
import { asFailure, useResource } from "../resource.ts";
import { t } from "../session.ts";
import type { Page } from "../site.ts";
import { Failed, Shown } from "../states.tsx";

type Props<T> = {
  /** Changes whenever the list is another one. */
  name: string;
  /** What could not be read, as a sentence. */
  title: string;
  load: (cursor: string | null, signal?: AbortSignal) => Promise<Page<T>>;
  empty: ComponentChildren;
  children: (items: T[]) => ComponentChildren;
};

export function MoreList<T>({ name, title, load, empty, children }: Props<T>): VNode {
  const resource = useResource(name, (signal) => load(null, signal));
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [reading, setReading] = useState(false);
  const more = async (page: Page<T>): Promise<void> => {
    setFailure(null);
    setReading(true);
    try {
      const next = await load(page.next_cursor);
      resource.replace({ items: [...page.items, ...next.items], next_cursor: next.next_cursor });
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      setReading(false);
    }
  };
  return (
    <Shown resource={resource} title={title}>
      {(page) =>
        page.items.length === 0 ? (
          empty
        ) : (
          <>
            {children(page.items)}
            {failure === null ? null : (
              <Failed title={title} failure={failure} onRetry={() => void more(page)} />
            )}
            {page.next_cursor === null ? null : (
              <button type="button" class="more" disabled={reading} onClick={() => void more(page)}>
                {t("more")}
              </button>
            )}
          </>
        )
      }
    </Shown>
  );
}

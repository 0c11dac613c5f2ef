/** A screen for one thing of a collection by its id: read before it is shown, or begun where the id is "new". */
import { Fragment, type VNode } from "preact";
import { useState } from "preact/hooks";
import { request } from "../shared/api.ts";
import { useResource } from "./resource.ts";
import { apiPath, useSite } from "./site.ts";
import { Shown } from "./states.tsx";

type Props<Saved> = {
  id: string;
  collection: string;
  /** That it could not be read, as a sentence. */
  failed: string;
  /** Its form; `saved` is null for a new one, and `onMade` hears the id that it gets. */
  children: (saved: Saved | null, onMade: (id: string) => void) => VNode;
};

export function SavedOrNew<Saved>({ id, children, ...rest }: Props<Saved>): VNode {
  // What was made here keeps its form when its address gets its id.
  const [made, setMade] = useState<string | null>(null);
  if (id === "new" || id === made) return <Fragment key="new">{children(null, setMade)}</Fragment>;
  return (
    <Read<Saved> key={id} id={id} {...rest}>
      {children}
    </Read>
  );
}

function Read<Saved>({ id, collection, failed, children }: Props<Saved>): VNode {
  const site = useSite();
  const resource = useResource(`${site.key} ${id}`, (signal) =>
    request<Saved>("GET", apiPath(site.key, collection, id), undefined, { signal }),
  );
  return (
    <Shown resource={resource} title={failed} lines={8}>
      {(saved) => children(saved, () => {})}
    </Shown>
  );
}

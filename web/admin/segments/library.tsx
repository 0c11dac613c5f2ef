/** What is ready to install, one button each; what is installed leaves the list. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { request, type ApiFailure } from "../../shared/api.ts";
import { asFailure } from "../resource.ts";
import { locale } from "../session.ts";
import { apiPath, useSite } from "../site.ts";
import { Failed, Shown } from "../states.tsx";
import { ConditionWords } from "./condition-words.tsx";
import { type LibrarySegment, type SavedSegment, useLibrary } from "./use-segments.ts";
import { s } from "./words.ts";

export function Library({
  segments,
  onInstalled,
}: {
  segments: readonly SavedSegment[];
  onInstalled: () => void;
}): VNode {
  const site = useSite();
  const resource = useLibrary(locale.value);
  const [busy, setBusy] = useState<string | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [installed, setInstalled] = useState<string | null>(null);
  const install = async ({ key, name }: LibrarySegment): Promise<void> => {
    setBusy(key);
    setFailure(null);
    try {
      const path = `${apiPath(site.key, "segments", "library", key)}?locale=${locale.value}`;
      await request("POST", path);
      setInstalled(name);
      resource.reload();
      onInstalled();
    } catch (error) {
      setFailure(asFailure(error));
    } finally {
      setBusy(null);
    }
  };
  return (
    <section aria-labelledby="library-title">
      <div class="section-head">
        <h2 id="library-title">{s("libraryTitle")}</h2>
        <span class="note" role="status">
          {installed === null ? s("libraryText") : s("installed", { name: installed })}
        </span>
      </div>
      {failure === null ? null : <Failed title={s("installFailed")} failure={failure} />}
      <Shown resource={resource} title={s("libraryFailed")}>
        {(items) => (
          <Offered
            items={items.filter((item) => item.installed === null)}
            segments={segments}
            busy={busy}
            onInstall={(item) => void install(item)}
          />
        )}
      </Shown>
    </section>
  );
}

function Offered({
  items,
  segments,
  busy,
  onInstall,
}: {
  items: readonly LibrarySegment[];
  segments: readonly SavedSegment[];
  busy: string | null;
  onInstall: (item: LibrarySegment) => void;
}): VNode {
  if (items.length === 0) return <p class="quiet">{s("libraryDone")}</p>;
  return (
    <ul class="library">
      {items.map((item) => (
        <li key={item.key}>
          <div>
            <strong>{item.name}</strong>
            <p>{item.description}</p>
            <p class="note">
              <ConditionWords condition={item.condition} segments={segments} />
            </p>
          </div>
          <button
            type="button"
            class="small"
            disabled={busy !== null}
            aria-label={s("installNamed", { name: item.name })}
            onClick={() => onInstall(item)}
          >
            {busy === item.key ? s("installing") : s("install")}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** "Objectives": where they stand, what the figures ask for, and what each rule did. */
import "./objectives.css";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Objective, Pilot } from "../../../domain/objectives/objective.ts";
import type { WireGuide, WirePilot, WireProgress } from "../../../domain/objectives/wire.ts";
import { request } from "../../shared/api.ts";
import { type Resource, useResource } from "../resource.ts";
import { apiPath, type Page, useSite } from "../site.ts";
import { Empty, PageHead, Shown } from "../states.tsx";
import { Benchmarks } from "./benchmarks.tsx";
import { Findings } from "./findings.tsx";
import { Ledger } from "./ledger.tsx";
import { ObjectiveForm } from "./objective-form.tsx";
import { ObjectiveSentence } from "./objective-sentence.tsx";
import { ObjectiveTable } from "./objective-table.tsx";
import { Pilots } from "./pilots.tsx";
import { o } from "./words.ts";

export type Saved<T> = T & { id: string; version: number };
export type Standing = {
  objectives: { saved: Saved<Objective>; progress: WireProgress | null }[];
  pilots: { saved: Saved<Pilot>; progress: WirePilot | null }[];
};

/** `noun` and its progress, side by side. */
async function readBoth<T, P extends { id: string }>(
  site: string,
  noun: string,
  signal: AbortSignal,
): Promise<{ saved: Saved<T>; progress: P | null }[]> {
  const [saved, progress] = await Promise.all([
    request<Page<Saved<T>>>("GET", `${apiPath(site, noun)}?limit=200`, undefined, { signal }),
    request<{ items: P[] }>("GET", apiPath(site, noun, "progress"), undefined, { signal }),
  ]);
  const by = new Map(progress.items.map((item) => [item.id, item]));
  return saved.items.map((item) => ({ saved: item, progress: by.get(item.id) ?? null }));
}

export function Objectives(): VNode {
  const site = useSite();
  const [edited, setEdited] = useState<Saved<Objective> | "new" | null>(null);
  const standing = useResource<Standing>(`objectives ${site.key}`, async (signal) => {
    const [objectives, pilots] = await Promise.all([
      readBoth<Objective, WireProgress>(site.key, "objectives", signal),
      readBoth<Pilot, WirePilot>(site.key, "pilots", signal),
    ]);
    return { objectives, pilots };
  });
  const done = (): void => {
    setEdited(null);
    standing.reload();
  };
  return (
    <div class="objectives">
      <PageHead title={o("title")}>
        <button type="button" class="primary" onClick={() => setEdited("new")}>
          {o("newObjective")}
        </button>
      </PageHead>
      {edited === null ? null : (
        <ObjectiveForm
          key={edited === "new" ? "new" : edited.id}
          saved={edited === "new" ? null : edited}
          onDone={done}
          onCancel={() => setEdited(null)}
        />
      )}
      <Shown resource={standing} title={o("failed")}>
        {({ objectives, pilots }) => (
          <>
            {objectives.length === 0 ? (
              <Empty title={o("none")}>
                <p>{o("noneText")}</p>
              </Empty>
            ) : (
              <>
                <ObjectiveSentence objectives={objectives} />
                <ObjectiveTable objectives={objectives} onEdit={setEdited} onChanged={standing.reload} />
              </>
            )}
            <Pilots pilots={pilots} onChanged={standing.reload} />
          </>
        )}
      </Shown>
      <Guide />
    </div>
  );
}

function Guide(): VNode {
  const site = useSite();
  const guide: Resource<WireGuide> = useResource(`guide ${site.key}`, (signal) =>
    request<WireGuide>("GET", apiPath(site.key, "guide"), undefined, { signal }),
  );
  return (
    <Shown resource={guide} title={o("guideFailed")}>
      {(read) => (
        <>
          <Findings guide={read} />
          <Ledger guide={read} />
          <Benchmarks guide={read} />
        </>
      )}
    </Shown>
  );
}

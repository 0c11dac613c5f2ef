/**
 * "Dry run": what the draft at hand would have done to the last visits, or to those of a file, before it goes live.
 *
 * Nothing is asked until somebody asks; what was answered stays, and says when the draft has changed since.
 */
import "./dry-run.css";
import Play from "lucide-static/icons/play.svg?raw";
import type { VNode } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { CampaignInput } from "../../../domain/targeting/campaign.ts";
import type { DryRunAnswer, DryRunRequest } from "../../../domain/targeting/dry-run-wire.ts";
import { type ApiFailure, request } from "../../shared/api.ts";
import { Icon } from "../../shared/icon.tsx";
import type { Fault } from "../campaigns/fault.ts";
import { campaignFault } from "../campaigns/use-campaign-form.ts";
import { faultOf } from "../refusal.ts";
import { asFailure } from "../resource.ts";
import { apiPath, useSite } from "../site.ts";
import { Failed, Loading, PlacedFault } from "../states.tsx";
import { DryRunResult, type Given } from "./dry-run-result.tsx";
import { MAX_FILE_BYTES, readMessages } from "./read-file.ts";
import { d } from "./words.ts";

const DRAFT = "campaign.";

type File = { name: string; messages: unknown[] };
type Done = { answer: DryRunAnswer; of: string; file: string | null };

type Props = { campaign: CampaignInput; id: string | null; onAnswer?: (answer: DryRunAnswer) => void };

/** `campaign` is the draft as it would be saved; `id` its campaign's, where that exists. */
export function DryRun({ campaign, id, onAnswer }: Props): VNode {
  const site = useSite();
  const [done, setDone] = useState<Done | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [running, setRunning] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  const [given, setGiven] = useState<Given>({ acceptance: null, handleSeconds: null });
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const draft = JSON.stringify(campaign);

  const play = async (chosen: File | null, assumed: Given): Promise<void> => {
    abort.current?.abort();
    const controller = new AbortController();
    abort.current = controller;
    setRunning(true);
    setFailure(null);
    try {
      const answer = await request<DryRunAnswer>(
        "POST",
        apiPath(site.key, "campaigns", "dry-run"),
        bodyOf(campaign, id, chosen, assumed),
        { signal: controller.signal },
      );
      setDone({ answer, of: draft, file: chosen?.name ?? null });
      onAnswer?.(answer);
    } catch (error) {
      if (!controller.signal.aborted) setFailure(asFailure(error));
    } finally {
      if (!controller.signal.aborted) setRunning(false);
    }
  };
  const assume = (assumed: Given): void => {
    setGiven(assumed);
    void play(file, assumed);
  };
  const refused = failure === null ? null : faultInDraft(failure);
  return (
    <section class="dry-run" aria-labelledby="dry-run">
      <div class="section-head">
        <h2 id="dry-run">{d("title")}</h2>
        <span class="note">{file === null ? d("onLast") : d("onFile", { name: file.name })}</span>
      </div>
      <div class="actions">
        <button type="button" disabled={running} onClick={() => void play(file, given)}>
          <Icon svg={Play} />
          {d(running ? "running" : "run")}
        </button>
        <FileChoice
          onFile={(chosen) => {
            setFile(chosen);
            void play(chosen, given);
          }}
        />
      </div>
      <div role="status" aria-busy={running}>
        {failure === null ? null : refused === null ? (
          <Failed title={d("failed")} failure={failure} onRetry={() => void play(file, given)} />
        ) : (
          <PlacedFault fault={refused} />
        )}
        {done === null ? (
          running ? (
            <Loading lines={5} />
          ) : (
            <p class="note">{d("intro")}</p>
          )
        ) : (
          <>
            {done.of === draft ? null : <p class="note">{d("stale")}</p>}
            <div class={running || done.of !== draft ? "stale" : ""}>
              <DryRunResult answer={done.answer} kind={campaign.kind} given={given} onGiven={assume} />
            </div>
          </>
        )}
      </div>
    </section>
  );
}

/** What the server refuses of the draft, in the words of its editor; null where it refuses something else. */
function faultInDraft(failure: ApiFailure): Fault | null {
  const fault = faultOf(failure);
  if (fault?.path.startsWith(DRAFT) !== true) return null;
  return campaignFault({ ...fault, path: fault.path.slice(DRAFT.length) });
}

function bodyOf(campaign: CampaignInput, id: string | null, file: File | null, given: Given): DryRunRequest {
  return {
    // A draft can be played before it has a name.
    campaign: { ...campaign, name: campaign.name.trim() === "" ? d("title") : campaign.name },
    ...(id === null ? {} : { campaign_id: id }),
    ...(file === null ? {} : { messages: file.messages }),
    ...(given.acceptance === null ? {} : { acceptance: given.acceptance }),
    ...(given.handleSeconds === null ? {} : { handle_seconds: given.handleSeconds }),
  };
}

function FileChoice({ onFile }: { onFile: (file: File) => void }): VNode {
  const id = useId();
  const [fault, setFault] = useState<string | null>(null);
  const read = async (input: HTMLInputElement): Promise<void> => {
    const chosen = input.files?.[0];
    input.value = "";
    if (chosen === undefined) return;
    if (chosen.size > MAX_FILE_BYTES) {
      setFault(d("fileLarge"));
      return;
    }
    const found = readMessages(await chosen.text());
    setFault(found.ok ? null : d(found.fault, { line: found.line }));
    if (found.ok) onFile({ name: chosen.name, messages: found.messages });
  };
  return (
    <div class="file-choice">
      <label for={id}>{d("file")}</label>
      <input
        id={id}
        type="file"
        accept=".json,.ndjson,.jsonl,application/json,application/x-ndjson"
        aria-describedby={`${id}-note`}
        onChange={(event) => void read(event.currentTarget)}
      />
      <p
        id={`${id}-note`}
        class={fault === null ? "note" : "field-error"}
        role={fault === null ? undefined : "alert"}
      >
        {fault ?? d("fileNote")}
      </p>
    </div>
  );
}

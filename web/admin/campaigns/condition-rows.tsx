/** Where the builder stands: it comes with a file of its own, and the JSON beside it works without. */
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ApiFailure } from "../../shared/api.ts";
import { asFailure } from "../resource.ts";
import { t } from "../session.ts";
import { useSite } from "../site.ts";
import { Failed, Loading } from "../states.tsx";
import type { SegmentName } from "./builder/context.ts";
import type { ConditionBuilder } from "./builder/condition-builder.tsx";
import { rulesOf, type Query } from "./condition-query.ts";
import { w } from "./words.ts";

type Builder = typeof ConditionBuilder;

export function ConditionRows({
  query,
  faults,
  segments,
  stale,
  disabled,
  onQuery,
  onShowJson,
}: {
  query: Query;
  faults: ReadonlyMap<string, string>;
  segments: readonly SegmentName[];
  stale: boolean;
  disabled: boolean;
  onQuery: (query: Query) => void;
  onShowJson: (id: string) => void;
}): VNode {
  const { key: site, settings } = useSite();
  const { Builder, failure, load } = useBuilder();
  if (failure !== null) return <Failed title={w("builderFailed")} failure={failure} onRetry={load} />;
  if (Builder === null) return <Loading lines={Math.max(2, rulesOf(query).length + 1)} />;
  return (
    <fieldset disabled={disabled} class={stale ? "stale" : ""}>
      <legend class="sr-only">{t("conditionTitle")}</legend>
      <Builder
        site={site}
        currency={settings.currency}
        query={query}
        faults={faults}
        segments={segments}
        disabled={disabled}
        onQuery={onQuery}
        onShowJson={onShowJson}
      />
    </fieldset>
  );
}

let loaded: Builder | null = null;

function useBuilder(): { Builder: Builder | null; failure: ApiFailure | null; load: () => void } {
  const [state, setState] = useState<{ Builder: Builder | null; failure: ApiFailure | null }>({
    Builder: loaded,
    failure: null,
  });
  const load = (): void => {
    setState({ Builder: null, failure: null });
    import("./builder/condition-builder.tsx").then(
      (module) => {
        loaded = module.ConditionBuilder;
        setState({ Builder: loaded, failure: null });
      },
      (error: unknown) => setState({ Builder: null, failure: asFailure(error) }),
    );
  };
  useEffect(() => {
    if (loaded === null) load();
  }, []);
  return { ...state, load };
}

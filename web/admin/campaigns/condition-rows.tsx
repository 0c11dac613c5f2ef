/** Where the builder stands: it comes with a file of its own, and the JSON beside it works without. */
import type { VNode } from "preact";
import { t } from "../session.ts";
import { useSite } from "../site.ts";
import { Failed, Loading } from "../states.tsx";
import type { SegmentName } from "./builder/context.ts";
import { rulesOf, type Query } from "./condition-query.ts";
import type { LoadedBuilder } from "./use-builder.ts";
import { w } from "./words.ts";

export function ConditionRows({
  builder,
  query,
  faults,
  segments,
  stale,
  disabled,
  onQuery,
  onShowJson,
}: {
  builder: LoadedBuilder;
  query: Query;
  faults: ReadonlyMap<string, string>;
  segments: readonly SegmentName[];
  stale: boolean;
  disabled: boolean;
  onQuery: (query: Query) => void;
  onShowJson: (id: string) => void;
}): VNode {
  const { key: site, settings } = useSite();
  const { Builder, failure, load } = builder;
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

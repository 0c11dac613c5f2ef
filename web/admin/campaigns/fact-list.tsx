/** All that a condition can ask about, by group: what each fact is called, written and what it says. */
import type { VNode } from "preact";
import type { SegmentName } from "./builder/context.ts";
import { factAbout, factLabel } from "./builder/fact-words.ts";
import { factAt, FACT_GROUPS, FACTS, OPEN_FACTS, type FactGroup } from "./facts.ts";
import { w } from "./words.ts";

export function FactList({ segments }: { segments: readonly SegmentName[] }): VNode {
  return (
    <details class="fact-list">
      <summary>{w("factList")}</summary>
      <div class="fact-groups">
        {FACT_GROUPS.map((group) => (
          <section key={group} aria-label={w(`facts_${group}`)}>
            <h3>{w(`facts_${group}`)}</h3>
            <dl>
              {pathsOf(group, segments).map((path) => (
                <div key={path}>
                  <dt>
                    {factLabel(path, segments) === path ? null : `${factLabel(path, segments)} `}
                    <code>{path}</code>
                    {unitOf(path)}
                  </dt>
                  <dd class="note">{factAbout(path, segments)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </details>
  );
}

/** The group's facts, and the names below which the site's own follow. */
function pathsOf(group: FactGroup, segments: readonly SegmentName[]): string[] {
  return [
    ...FACTS.filter((fact) => fact.group === group).map(({ path }) => path),
    ...(group === "segment" ? segments.map(({ key }) => `segment.${key}`) : []),
    ...OPEN_FACTS.filter((open) => open.group === group).map(({ path }) => `${path}.…`),
  ];
}

function unitOf(path: string): VNode | null {
  const unit = factAt(path)?.unit;
  return unit === undefined ? null : <span class="note"> {w(`unitName_${unit}`)}</span>;
}

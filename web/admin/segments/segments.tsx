/** The site's segments in the order in which they count, and those that are ready to install. */
import Plus from "lucide-static/icons/plus.svg?raw";
import Shield from "lucide-static/icons/shield.svg?raw";
import "./segments.css";
import type { VNode } from "preact";
import { money, number } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { locale, t } from "../session.ts";
import { screenPath, useSite } from "../site.ts";
import { Empty, PageHead, Shown } from "../states.tsx";
import { ConditionWords } from "./condition-words.tsx";
import { Library } from "./library.tsx";
import { type Asking, type SavedSegment, type SiteSegments, useSiteSegments } from "./use-segments.ts";
import { s } from "./words.ts";

export function Segments(): VNode {
  const site = useSite();
  const resource = useSiteSegments();
  const create = screenPath(site.key, "segments", "new");
  return (
    <>
      <PageHead title={s("title")}>
        <a class="button primary" href={create}>
          <Icon svg={Plus} />
          {s("new")}
        </a>
      </PageHead>
      <Shown resource={resource} title={s("failed")}>
        {(read) =>
          read.segments.length === 0 ? (
            <Empty title={s("none")}>
              <p>{s("noneText")}</p>
              <a href={create}>{s("new")}</a>
            </Empty>
          ) : (
            <Listed {...read} />
          )
        }
      </Shown>
      <Library segments={resource.data?.segments ?? []} onInstalled={resource.reload} />
    </>
  );
}

function Listed({ segments, asking }: SiteSegments): VNode {
  const excluding = segments.filter(({ exclude }) => exclude).length;
  return (
    <>
      <p class="sentence status-sentence">
        {s("sentence", { n: segments.length })} {s("sentenceExclude", { n: excluding })}
      </p>
      <div class="table-scroll" tabIndex={0}>
        <table class="segments">
          <thead>
            <tr>
              <th scope="col">{s("segment")}</th>
              <th scope="col">{s("condition")}</th>
              <th scope="col" class="number">
                {s("value")}
              </th>
              <th scope="col" class="number">
                {t("priority")}
              </th>
              <th scope="col">{s("usedIn")}</th>
            </tr>
          </thead>
          <tbody>
            {segments.map((segment) => (
              <Line
                key={segment.id}
                segment={segment}
                segments={segments}
                asking={asking.get(segment.key) ?? []}
              />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Line({
  segment,
  segments,
  asking,
}: {
  segment: SavedSegment;
  segments: readonly SavedSegment[];
  asking: readonly Asking[];
}): VNode {
  const site = useSite();
  return (
    <tr>
      <th scope="row">
        <a href={screenPath(site.key, "segments", segment.id)}>{segment.name}</a>
        <code>{segment.key}</code>
        {segment.exclude ? <ExcludeTag /> : null}
      </th>
      <td>
        <ConditionWords condition={segment.condition} segments={segments} />
      </td>
      <td class="number">{money(locale.value, segment.value ?? null, site.settings.currency)}</td>
      <td class="number">{number(locale.value, segment.priority)}</td>
      <td>
        <AskedBy asking={asking} />
      </td>
    </tr>
  );
}

function ExcludeTag(): VNode {
  return (
    <span class="tag outline">
      <Icon svg={Shield} size={12} />
      {s("exclude")}
    </span>
  );
}

function AskedBy({ asking }: { asking: readonly Asking[] }): VNode {
  if (asking.length === 0) return <span class="quiet">{s("unused")}</span>;
  return (
    <ul class="asked-by">
      {asking.map(({ name, path }) => (
        <li key={path}>
          <a href={path}>{name}</a>
        </li>
      ))}
    </ul>
  );
}

/** The site's canned answers: what agents say by a shortcut. */
import "./talk.css";
import Plus from "lucide-static/icons/plus.svg?raw";
import type { VNode } from "preact";
import type { Canned } from "../../../domain/site/resources.ts";
import { request } from "../../shared/api.ts";
import { Icon } from "../../shared/icon.tsx";
import { useResource } from "../resource.ts";
import { apiPath, screenPath, useSite, type Page } from "../site.ts";
import { Empty, PageHead, Shown } from "../states.tsx";
import { w } from "./words.ts";

export type SavedAnswer = Canned & { id: string; version: number };

const PAGE = 200;

/** All of them: an agent's screen holds them all, too. */
async function readAll(site: string, signal: AbortSignal): Promise<SavedAnswer[]> {
  const all: SavedAnswer[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const wanted = new URLSearchParams({ limit: String(PAGE), ...(cursor === "" ? {} : { cursor }) });
    const page: Page<SavedAnswer> = await request("GET", `${apiPath(site, "canned")}?${wanted}`, undefined, {
      signal,
    });
    all.push(...page.items);
    cursor = page.next_cursor;
  }
  return all.toSorted((a, b) => a.shortcut.localeCompare(b.shortcut) || a.locale.localeCompare(b.locale));
}

export function Answers(): VNode {
  const site = useSite();
  const resource = useResource(site.key, (signal) => readAll(site.key, signal));
  const create = screenPath(site.key, "canned", "new");
  return (
    <>
      <PageHead title={w("title")}>
        <a class="button primary" href={create}>
          <Icon svg={Plus} />
          {w("new")}
        </a>
      </PageHead>
      <Shown resource={resource} title={w("failed")}>
        {(answers) =>
          answers.length === 0 ? (
            <Empty title={w("none")}>
              <p>{w("noneText")}</p>
              <a href={create}>{w("new")}</a>
            </Empty>
          ) : (
            <>
              <p class="sentence status-sentence">{w("sentence", { n: answers.length })}</p>
              <div class="table-scroll" tabIndex={0}>
                <table class="answers">
                  <thead>
                    <tr>
                      <th scope="col">{w("shortcut")}</th>
                      <th scope="col">{w("text")}</th>
                      <th scope="col">{w("language")}</th>
                      <th scope="col">{w("tags")}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {answers.map((answer) => (
                      <Line key={answer.id} answer={answer} />
                    ))}
                  </tbody>
                </table>
              </div>
            </>
          )
        }
      </Shown>
    </>
  );
}

function Line({ answer: { id, shortcut, title, body, locale, tags } }: { answer: SavedAnswer }): VNode {
  const site = useSite();
  return (
    <tr>
      <th scope="row">
        <a href={screenPath(site.key, "canned", id)}>
          <code>/{shortcut}</code>
        </a>
      </th>
      <td lang={locale} class="answer-text">
        {title === "" ? null : <strong>{title}</strong>}
        <span>{body}</span>
      </td>
      <td>{w(locale)}</td>
      <td>
        {tags.map((tag) => (
          <span key={tag} class="tag outline">
            {tag}
          </span>
        ))}
      </td>
    </tr>
  );
}

/** What visitors left while nobody was there. */
import "./talk.css";
import type { VNode } from "preact";
import { request } from "../../shared/api.ts";
import { dateTime } from "../../shared/format.ts";
import { locale, t } from "../session.ts";
import { apiPath, useSite, type Page } from "../site.ts";
import { Empty, PageHead } from "../states.tsx";
import { MoreList } from "./more-list.tsx";

type LeftMessage = {
  id: string;
  at: string;
  email: string;
  name: string | null;
  body: string;
  page: string | null;
  files: { id: string; name: string }[];
};

export function LeftMessages(): VNode {
  const site = useSite();
  return (
    <>
      <PageHead title={t("navLeftMessages")} />
      <MoreList<LeftMessage>
        name={site.key}
        title={t("leftFailed")}
        load={(cursor, signal) => {
          const wanted = new URLSearchParams({ limit: "50", ...(cursor === null ? {} : { cursor }) });
          return request<Page<LeftMessage>>(
            "GET",
            `${apiPath(site.key, "left-messages")}?${wanted}`,
            undefined,
            signal === undefined ? {} : { signal },
          );
        }}
        empty={
          <Empty title={t("noLeftTitle")}>
            <p>{t("noLeftText")}</p>
          </Empty>
        }
      >
        {(items) => (
          <ol class="left-messages">
            {items.map((message) => (
              <li key={message.id}>
                <p>
                  <strong>{message.name ?? message.email}</strong>{" "}
                  <a href={`mailto:${encodeURIComponent(message.email).replace("%40", "@")}`}>
                    {message.email}
                  </a>{" "}
                  <span class="note">{dateTime(locale.value, message.at, site.settings.timezone)}</span>
                </p>
                <p class="message said">{message.body}</p>
                {message.files.map(({ id, name }) => (
                  <p key={id}>
                    <a href={apiPath(site.key, "left-messages", message.id, "files", id)}>
                      <bdi>{name}</bdi>
                    </a>
                  </p>
                ))}
                {message.page === null ? null : <p class="note">{message.page}</p>}
              </li>
            ))}
          </ol>
        )}
      </MoreList>
    </>
  );
}

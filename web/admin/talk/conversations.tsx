/** What was said, newest first, and a search in what has ended. */
import "./talk.css";
import Search from "lucide-static/icons/search.svg?raw";
import Waiting from "lucide-static/icons/hourglass.svg?raw";
import Open from "lucide-static/icons/message-circle.svg?raw";
import Closed from "lucide-static/icons/check.svg?raw";
import type { VNode } from "preact";
import { useLocation } from "preact-iso";
import { request } from "../../shared/api.ts";
import { dateTime, number } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { locale, t } from "../session.ts";
import { apiPath, screenPath, useSite, type Page } from "../site.ts";
import { Empty, PageHead } from "../states.tsx";
import { agentName, useAgents } from "./agent-names.ts";
import { MoreList } from "./more-list.tsx";

export type Conversation = {
  id: string;
  visitor_id: string;
  page: string | null;
  status: string;
  agent_id: string | null;
  visitor_messages: number;
  agent_messages: number;
  created_at: string;
  closed_at: string | null;
};

const STATUS: Record<string, { icon: string; tone: string }> = {
  new: { icon: Waiting, tone: "" },
  queued: { icon: Waiting, tone: "warn" },
  open: { icon: Open, tone: "good" },
  closed: { icon: Closed, tone: "" },
};

export function Conversations(): VNode {
  const site = useSite();
  const { query, path, route } = useLocation();
  const text = query["q"] ?? "";
  const submit = (event: Event): void => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const wanted = String(new FormData(form).get("q") ?? "").trim();
    route(wanted === "" ? path : `${path}?${new URLSearchParams({ q: wanted })}`);
  };
  return (
    <>
      <PageHead title={t("navConversations")}>
        <form class="search" role="search" onSubmit={submit}>
          <input type="search" name="q" aria-label={t("searchLabel")} defaultValue={text} maxLength={200} />
          <button type="submit">
            <Icon svg={Search} />
            {t("search")}
          </button>
        </form>
      </PageHead>
      <MoreList<Conversation>
        name={`${site.key} ${text}`}
        title={t("conversationsFailed")}
        load={(cursor, signal) => {
          const wanted = new URLSearchParams({ limit: "50" });
          if (text !== "") wanted.set("q", text);
          if (cursor !== null) wanted.set("cursor", cursor);
          const address = `${apiPath(site.key, "conversations")}?${wanted}`;
          return request<Page<Conversation>>(
            "GET",
            address,
            undefined,
            signal === undefined ? {} : { signal },
          );
        }}
        empty={
          text === "" ? (
            <Empty title={t("noConversationTitle")}>
              <p>{t("noConversationText")}</p>
            </Empty>
          ) : (
            <Empty title={t("noMatchTitle", { text })}>
              <p>{t("noMatchText")}</p>
            </Empty>
          )
        }
      >
        {(items) => <Table conversations={items} />}
      </MoreList>
    </>
  );
}

function Table({ conversations }: { conversations: Conversation[] }): VNode {
  const site = useSite();
  const agents = useAgents(site.key);
  return (
    <div class="table-scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("started")}</th>
            <th scope="col">{t("state")}</th>
            <th scope="col">{t("agent")}</th>
            <th scope="col">{t("pageColumn")}</th>
            <th scope="col" class="number">
              {t("messages")}
            </th>
          </tr>
        </thead>
        <tbody>
          {conversations.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <a href={screenPath(site.key, "conversations", one.id)}>
                  {dateTime(locale.value, one.created_at, site.settings.timezone)}
                </a>
              </th>
              <td>
                <StatusTag status={one.status} />
              </td>
              <td>{agentName(agents, one.agent_id)}</td>
              <td class="page-cell">{one.page ?? "-"}</td>
              <td class="number">{number(locale.value, one.visitor_messages + one.agent_messages)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function StatusTag({ status }: { status: string }): VNode {
  const look = STATUS[status];
  return (
    <span class={`tag ${look?.tone ?? ""}`}>
      {look === undefined ? null : <Icon svg={look.icon} size={12} />}
      {look === undefined ? status : t(`conv_${status}`)}
    </span>
  );
}

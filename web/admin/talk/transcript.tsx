/** One conversation, set like a play, to be read and not changed. */
import "./talk.css";
import File from "lucide-static/icons/paperclip.svg?raw";
import Lock from "lucide-static/icons/lock.svg?raw";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { request } from "../../shared/api.ts";
import { dateTime, time } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { useResource } from "../resource.ts";
import { locale, t } from "../session.ts";
import { apiPath, screenPath, useSite } from "../site.ts";
import { Empty, PageHead, Shown } from "../states.tsx";
import { agentName, useAgents } from "./agent-names.ts";
import { StatusTag, type Conversation } from "./conversations.tsx";
import { linesOf, type Line, type LogEvent } from "./play.ts";
import { w } from "./words.ts";

const POLL_MS = 10_000;
type Whole = Conversation & { log: LogEvent[] };

export function Transcript({ id = "" }: { id?: string }): VNode {
  const site = useSite();
  const agents = useAgents(site.key);
  const zone = site.settings.timezone;
  const resource = useResource(
    `${site.key} ${id}`,
    (signal) => request<Whole>("GET", apiPath(site.key, "conversations", id), undefined, { signal }),
    POLL_MS,
  );
  return (
    <>
      <PageHead
        above={
          <p class="crumbs">
            <a href={screenPath(site.key, "conversations")}>{t("navConversations")}</a>
          </p>
        }
        title={
          resource.data === undefined
            ? t("navConversations")
            : t("conversationOf", { at: dateTime(locale.value, resource.data.created_at, zone) })
        }
      >
        <span class="note">{t("readOnlyTranscript")}</span>
        <a class="button" download href={apiPath(site.key, "conversations", id, "transcript.txt")}>
          {w("download")}
        </a>
      </PageHead>
      <Shown resource={resource} title={t("conversationFailed")}>
        {(conversation) => (
          <>
            <p class="about">
              <StatusTag status={conversation.status} />
              <span>{agentName(agents, conversation.agent_id)}</span>
              <a href={screenPath(site.key, "visitors", conversation.visitor_id)}>{t("why.link")}</a>
              {conversation.page === null ? null : (
                <span class="note">{t("openedFrom", { page: conversation.page })}</span>
              )}
            </p>
            {conversation.log.length === 0 ? (
              <Empty title={t("noLogTitle")}>
                <p>{t("noLogText")}</p>
              </Empty>
            ) : (
              <ol class="play">
                {linesOf(conversation.log).map((line) => (
                  <PlayLine key={line.seq} line={line} zone={zone} conversation={id} />
                ))}
              </ol>
            )}
          </>
        )}
      </Shown>
    </>
  );
}

function PlayLine({ line, zone, conversation }: { line: Line; zone: string; conversation: string }): VNode {
  if (line.kind === "entrance") {
    return (
      <li class="entrance system-line">
        <span>
          {t(line.words, { name: line.name })} {time(locale.value, line.at, zone)}
        </span>
      </li>
    );
  }
  return (
    <li class={line.note ? `${line.role} note-line` : line.role}>
      <span class="play-who">
        <strong>{line.name ?? t(`role_${line.role}`)}</strong>
        <time class="note" dateTime={line.at}>
          {time(locale.value, line.at, zone)}
        </time>
      </span>
      <div class="said message">
        {line.note ? (
          <span class="tag warn">
            <Icon svg={Lock} size={12} /> {t("noteTag")}
          </span>
        ) : null}{" "}
        {line.file === undefined ? (
          line.body
        ) : (
          <FileLink conversation={conversation} file={line.file} name={line.body} />
        )}
      </div>
    </li>
  );
}

/** A file is fetched by an address of a few minutes, asked for when it is wanted. */
function FileLink({ conversation, file, name }: { conversation: string; file: string; name: string }): VNode {
  const site = useSite();
  const [failed, setFailed] = useState(false);
  const fetchIt = async (): Promise<void> => {
    setFailed(false);
    try {
      const path = apiPath(site.key, "conversations", conversation, "files", file, "url");
      const { url } = await request<{ url: string }>("POST", path);
      location.assign(url);
    } catch {
      setFailed(true);
    }
  };
  return (
    <>
      <button type="button" class="small" onClick={() => void fetchIt()}>
        <Icon svg={File} size={12} /> {name}
      </button>{" "}
      <span class="note" role="status">
        {failed ? w("fileFailed") : ""}
      </span>
    </>
  );
}

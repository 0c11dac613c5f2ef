/** The messages left while nobody was there, and who has seen to them. */
import { useSignal } from "@preact/signals";
import Check from "lucide-static/icons/check.svg?raw";
import Mail from "lucide-static/icons/mail.svg?raw";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { request } from "../../shared/api.ts";
import { dateTime } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { Pages } from "../live/pages.ts";
import { readLeftMessage, readLeftMessages, type LeftMessage } from "../model/follow-ups.ts";
import type { Office } from "../office.ts";
import { Prose } from "../parts/prose.tsx";
import { pathOf } from "../parts/page-path.ts";
import { locale, t } from "../words.ts";
import { bytesOf } from "../format.ts";
import { ListState, MoreButton, type Stage } from "./follow-ups.tsx";

export function LeftMessageList({ office, stage }: { office: Office; stage: Stage }): VNode {
  const path = `/api/sites/${office.site.key}/left-messages`;
  const [pages] = useState(() => {
    const made = new Pages(readLeftMessages);
    made.open(`${path}?limit=50&status=${stage === "open" ? "open" : "concluded"}`);
    return made;
  });
  const { items, fault } = pages.state.value;
  return (
    <>
      <ListState
        pages={pages}
        failed={t("messages_failed")}
        empty={t(stage === "open" ? "messages_empty" : "messages_done_empty")}
        emptyText={t("messages_empty_text")}
      />
      <ul class={`messages ${fault === null ? "" : "stale"}`}>
        {(items ?? []).map((message) => (
          <MessageCard
            key={message.id}
            message={message}
            path={path}
            onChanged={(changed) => pages.replace(changed, ({ id }) => id === changed.id)}
          />
        ))}
      </ul>
      <MoreButton pages={pages} />
    </>
  );
}

type MessageCardProps = { message: LeftMessage; path: string; onChanged: (changed: LeftMessage) => void };

function MessageCard({ message, path, onChanged }: MessageCardProps): VNode {
  const failed = useSignal(false);
  const { outcome, reference } = message;

  async function conclude(next: LeftMessage["outcome"]): Promise<void> {
    failed.value = false;
    try {
      const address = `${path}/${encodeURIComponent(message.id)}/conclude`;
      onChanged(readLeftMessage(await request<unknown>("POST", address, { outcome: next })));
    } catch (error) {
      console.warn("a message could not be concluded", error);
      failed.value = true;
    }
  }

  const subject = encodeURIComponent(t("mail_subject", { reference }));
  const quoted = encodeURIComponent(`\n\n> ${message.body.replaceAll("\n", "\n> ")}`);
  return (
    <li class="left-message">
      <div class="margin">
        <strong class="speaker">{message.name ?? t("visitor")}</strong>
        <time class="note" dateTime={message.at}>
          {dateTime(locale.value, message.at)}
        </time>
      </div>
      <div class="words">
        <Prose text={message.body} />
        {message.files.map(({ id, name, bytes }) => (
          <p key={id}>
            <a href={`${path}/${encodeURIComponent(message.id)}/files/${encodeURIComponent(id)}`}>
              <bdi>{name}</bdi>
            </a>{" "}
            <span class="note">{bytesOf(locale.value, bytes)}</span>
          </p>
        ))}
        <p class="note">
          {message.email}
          {reference === "" ? null : ` · ${t("reference", { reference })}`}
          {message.page === null ? null : ` · ${pathOf(message.page)}`}
        </p>
        {outcome === null ? (
          <div class="buttons row-actions">
            <a
              class="button"
              href={`mailto:${encodeURIComponent(message.email)}?subject=${subject}&body=${quoted}`}
            >
              <Icon svg={Mail} />
              {t("answer_by_mail")}
            </a>
            <button type="button" onClick={() => void conclude("answered")}>
              <Icon svg={Check} />
              {t("message_answered")}
            </button>
            <button type="button" class="plain" onClick={() => void conclude("dismissed")}>
              {t("message_dismissed")}
            </button>
          </div>
        ) : (
          <p class="state good">
            <Icon svg={Check} size={12} />
            {t(`message_was_${outcome}`, { name: message.concluded_by?.name ?? t("role_agent") })}{" "}
            <button type="button" class="link" onClick={() => void conclude(null)}>
              {t("reopen")}
            </button>
          </p>
        )}
        {failed.value ? (
          <p class="field-error" role="alert">
            {t("not_kept")}
          </p>
        ) : null}
      </div>
    </li>
  );
}

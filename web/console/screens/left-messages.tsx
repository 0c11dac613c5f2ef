/** The messages left while nobody was there. */
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import * as z from "zod/mini";
import { dateTime } from "../../shared/format.ts";
import { Reading } from "../live/reading.ts";
import type { Office } from "../office.ts";
import { BackToList } from "../parts/back-to-list.tsx";
import { FaultBanner } from "../parts/fault.tsx";
import { Prose } from "../parts/prose.tsx";
import { locale, t } from "../words.ts";

const moment = z.union([z.string(), z.number()]);
const LeftMessages = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      at: moment,
      email: z.string(),
      name: z.nullish(z.string()),
      body: z.string(),
      page: z.nullish(z.string()),
    }),
  ),
});
type LeftMessage = z.infer<typeof LeftMessages>["items"][number];

export function LeftMessagesPane({ office }: { office: Office }): VNode {
  const [reading] = useState(
    () =>
      new Reading(
        `/api/sites/${office.site.key}/left-messages`,
        (answer) => LeftMessages.parse(answer).items,
      ),
  );
  useEffect(() => {
    addEventListener("focus", reading.refresh);
    return () => removeEventListener("focus", reading.refresh);
  }, [reading]);
  const { value, at, fault } = reading.state.value;

  return (
    <section class="pane side-pane" aria-labelledby="messages-title">
      <header class="messages-head">
        <BackToList />
        <h2 class="title" id="messages-title">
          {t("screen_messages")}
        </h2>
      </header>
      <hr class="double-rule" />
      {fault === null ? null : (
        <FaultBanner what={t("messages_failed")} fault={fault} shownAt={at} onRetry={reading.refresh} />
      )}
      {value === null && fault === null ? (
        <span class="skeleton messages-skeleton" role="status" aria-label={t("loading")} />
      ) : null}
      {value?.length === 0 ? (
        <div class="empty">
          <h3>{t("messages_empty")}</h3>
          <p>{t("messages_empty_text")}</p>
        </div>
      ) : null}
      <ul class={`messages ${fault === null ? "" : "stale"}`}>
        {(value ?? []).map((message) => (
          <MessageCard key={message.id} message={message} />
        ))}
      </ul>
    </section>
  );
}

function MessageCard({ message }: { message: LeftMessage }): VNode {
  return (
    <li class="left-message">
      <div class="margin">
        <strong class="speaker">{message.name ?? t("visitor")}</strong>
        <time class="note">{dateTime(locale.value, message.at)}</time>
      </div>
      <div class="words">
        <Prose text={message.body} />
        <p class="note">
          <a href={`mailto:${encodeURIComponent(message.email)}`}>{message.email}</a>
          {message.page === null || message.page === undefined ? null : ` · ${message.page}`}
        </p>
      </div>
    </li>
  );
}

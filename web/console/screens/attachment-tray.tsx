/** The files that go with the answer, and the ways to bring something into the conversation. */
import CircleAlert from "lucide-static/icons/circle-alert.svg?raw";
import FileIcon from "lucide-static/icons/file-text.svg?raw";
import Paperclip from "lucide-static/icons/paperclip.svg?raw";
import Shirt from "lucide-static/icons/shirt.svg?raw";
import X from "lucide-static/icons/x.svg?raw";
import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { bytesOf } from "../format.ts";
import type { Attachment, Attachments } from "../live/attachments.ts";
import { IconButton } from "../parts/icon-button.tsx";
import { locale, t } from "../words.ts";

/** What the server takes; it looks into the file and decides by itself. */
const TAKEN = ".png,.jpg,.jpeg,.gif,.webp,.pdf,.txt,.csv,.zip,.docx,.xlsx,.pptx,.mp4,.mp3";

export function AttachmentTray({ attachments }: { attachments: Attachments }): VNode | null {
  const items = attachments.items.value;
  if (items.length === 0) return null;
  return (
    <ul class="tray" aria-label={t("files")}>
      {items.map((item) => (
        <li key={item.key} class={`tray-item ${item.state.is === "refused" ? "bad" : ""}`}>
          <span class="tray-picture">
            {item.preview === null ? <Icon svg={FileIcon} size={20} /> : <img src={item.preview} alt="" />}
          </span>
          <span class="tray-words">
            <strong>{item.name}</strong>
            <State item={item} attachments={attachments} />
          </span>
          <IconButton
            label={t("file_remove", { name: item.name })}
            svg={X}
            onClick={() => attachments.remove(item.key)}
          />
        </li>
      ))}
    </ul>
  );
}

function State({ item, attachments }: { item: Attachment; attachments: Attachments }): VNode {
  switch (item.state.is) {
    case "uploading":
      return <span class="note">{t("file_uploading")}</span>;
    case "ready":
      return <span class="note">{t("file_ready", { size: bytesOf(locale.value, item.bytes) })}</span>;
    case "refused":
      return (
        <span class="note bad">
          <Icon svg={CircleAlert} size={12} /> {sayRefusal(item.state.code)}
          {item.state.code === "network" ? (
            <>
              {" "}
              <button type="button" class="link" onClick={() => attachments.retry(item.key)}>
                {t("try_again")}
              </button>
            </>
          ) : null}
        </span>
      );
  }
}

function sayRefusal(code: string): string {
  const words = t(`file_refused_${code}`);
  return words === `file_refused_${code}` ? t("file_refused", { code }) : words;
}

export type ComposerToolsProps = { attachments: Attachments; onCard: () => void };

export function ComposerTools({ attachments, onCard }: ComposerToolsProps): VNode {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div class="tools">
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={TAKEN}
        aria-label={t("attach")}
        onChange={(event) => {
          attachments.add(event.currentTarget.files ?? []);
          event.currentTarget.value = "";
        }}
      />
      <IconButton label={t("attach")} keys="a" svg={Paperclip} onClick={() => input.current?.click()} />
      <IconButton label={t("card_add")} keys="p" svg={Shirt} onClick={onCard} />
    </div>
  );
}

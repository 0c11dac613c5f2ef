/** The files of a message that is being written: each can be taken away, more can be added. */
import type { VNode } from "preact";
import Alert from "lucide-static/icons/circle-alert.svg?shapes";
import FileIcon from "lucide-static/icons/file.svg?shapes";
import Clip from "lucide-static/icons/paperclip.svg?shapes";
import Cross from "lucide-static/icons/x.svg?shapes";
import { useRef } from "./hooks.ts";
import { Icon } from "./icon.tsx";
import { attachLater, type KeptFiles } from "./kept-files.ts";
import type { ChatScreen } from "./screen.ts";
import { sizeOf } from "./sizes.ts";

type Props = { screen: ChatScreen; kept: KeptFiles };

export function Attached({ screen, kept: { files, faults } }: Props): VNode {
  const chooser = useRef<HTMLInputElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const { t, tag } = screen.words;
  return (
    <div class="attached">
      {files.length > 0 && (
        <ul aria-label={t("attachedFiles")}>
          {files.map(({ key, name, size, drop }) => (
            <li key={key}>
              <Icon of={FileIcon} />
              <span>
                <bdi>{name}</bdi>
                <small>
                  <bdi>{sizeOf(size, tag)}</bdi>
                </small>
                {faults[key] && (
                  <span class="wrong" role="alert">
                    <Icon of={Alert} size={14} /> {t(`file_${faults[key]}`)}
                  </span>
                )}
              </span>
              <button
                type="button"
                class="bare"
                aria-label={t("dropNamed", { name })}
                title={t("dropFile")}
                onClick={() => {
                  drop();
                  opener.current?.focus();
                }}
              >
                <Icon of={Cross} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <input
        ref={chooser}
        type="file"
        class="unseen"
        multiple
        tabIndex={-1}
        aria-hidden="true"
        accept="image/*,.pdf,.txt,.csv"
        onChange={({ currentTarget }) => {
          takeIn(screen, currentTarget.files);
          currentTarget.value = "";
        }}
      />
      <button ref={opener} type="button" class="quiet" onClick={() => chooser.current?.click()}>
        <Icon of={Clip} />
        {t("attach")}
      </button>
    </div>
  );
}

/** Keep `files` for the message. False where there are none. */
export function takeIn(screen: ChatScreen, files: FileList | null | undefined): boolean {
  if (!files || files.length === 0) return false;
  attachLater(screen, [...files]);
  return true;
}

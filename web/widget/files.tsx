/** The visitor's files on their way: each with its progress, or with what is wrong and what can be done. */
import type { VNode } from "preact";
import Alert from "lucide-static/icons/circle-alert.svg?shapes";
import Clock from "lucide-static/icons/clock.svg?shapes";
import FileIcon from "lucide-static/icons/file.svg?shapes";
import { Icon } from "./icon.tsx";
import type { ChatScreen } from "./screen.ts";
import { sizeOf } from "./sizes.ts";
import type { Upload, Uploads } from "./uploads.ts";

export { default as style } from "./content.css?inline";

type Props = { screen: ChatScreen; uploads: Uploads };

export function Files({ screen, uploads }: Props): VNode {
  return (
    <>
      {uploads.list.value.map((upload) => (
        <OnItsWay key={upload.key} screen={screen} uploads={uploads} upload={upload} />
      ))}
    </>
  );
}

function OnItsWay({ screen, uploads, upload }: Props & { upload: Upload }): VNode {
  const { key, file, progress, state } = upload;
  const { t, tag } = screen.words;
  const percent = Math.round(progress * 100);
  return (
    <div class="run mine">
      <div class="bubble file own">
        <p>
          <Icon of={FileIcon} />
          <span class="what">
            <bdi>{file.name}</bdi>
            <small>{sizeOf(file.size, tag)}</small>
          </span>
        </p>
        {state === "sending" && (
          <progress max={100} value={percent} aria-label={t("sending", { name: file.name })} />
        )}
      </div>
      {state === "failed" ? (
        <p class="note failed" role="alert">
          <Icon of={Alert} size={14} /> {t(`file_${upload.reason ?? "other"}`)}
          {(upload.reason === "other" || upload.reason === "many") && (
            <>
              {" · "}
              <button type="button" class="link" onClick={() => uploads.again(key)}>
                {t("resend")}
              </button>
            </>
          )}
          {" · "}
          <button type="button" class="link" onClick={() => uploads.drop(key)}>
            {t("dropFile")}
          </button>
        </p>
      ) : (
        <p class="note">
          <Icon of={Clock} size={14} />
          {state === "sending" ? t("percent", { percent }) : t("waiting")}
          {" · "}
          <button type="button" class="link" onClick={() => uploads.drop(key)}>
            {t("cancelFile")}
          </button>
        </p>
      )}
    </div>
  );
}

/** What was said, by its kind: text, an agent's text with its Markdown, a product's card, a file. */
import Download from "lucide-static/icons/download.svg?raw";
import FileIcon from "lucide-static/icons/file-text.svg?raw";
import Package from "lucide-static/icons/package.svg?raw";
import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import type { MessageKind } from "../../../domain/chat/wire.ts";
import { bytesOf, money } from "../format.ts";
import { Icon } from "../../shared/icon.tsx";
import { linksIn } from "../../shared/links.ts";
import { openFile } from "../live/files.ts";
import { readCard, readFile, type CardBody, type FileBody } from "../model/message.ts";
import { locale, t } from "../words.ts";
import { Prose } from "./prose.tsx";
import { SafeHtml } from "./safe-html.tsx";

/** Which conversation of which site a file belongs to. */
export type FilePlace = { site: string; conversation: string };
type Said = { body: string; html?: string | null | undefined; kind: MessageKind };
export type MessageProps = { said: Said; ours: boolean; files: FilePlace };

export function Message({ said, ours, files }: MessageProps): VNode {
  const card = said.kind === "card" ? readCard(said.body) : null;
  if (card !== null) return <CardView card={card} />;
  const file = said.kind === "file" ? readFile(said.body) : null;
  if (file !== null) return <FileView file={file} place={files} />;
  const text = <Prose text={said.body} ours={ours} />;
  return ours && said.html ? <SafeHtml html={said.html} instead={text} /> : text;
}

/** A message in one line, for a list. */
export function sayMessage({ body, kind }: Said): string {
  if (kind === "card") return readCard(body)?.title ?? body;
  if (kind === "file") return t("file_named", { name: readFile(body)?.name ?? "" });
  return linksIn(body)
    .map(({ text }) => text)
    .join("");
}

/** A card as the visitor sees it. Pictures of other hosts are not fetched here: whoever owns them would learn of it. */
export function CardView({ card }: { card: CardBody }): VNode {
  const { title, price, text, url } = card;
  const image = card.image !== undefined && isOurs(card.image) ? card.image : null;
  return (
    <a class="card" href={url} target="_blank" rel="noopener noreferrer nofollow">
      <span class="card-picture">
        {image === null ? <Icon svg={Package} size={20} /> : <img src={image} alt="" />}
      </span>
      <span class="card-words">
        <strong>{title}</strong>
        <span class="quiet">
          {[text, price === undefined ? null : money(locale.value, price.amount, price.currency)]
            .filter(Boolean)
            .join(" · ") || new URL(url).hostname}
        </span>
      </span>
    </a>
  );
}

function isOurs(address: string): boolean {
  return URL.parse(address)?.origin === location.origin;
}

/** A file; its address is asked for when it is wanted, since it holds for minutes only. */
function FileView({ file, place }: { file: FileBody; place: FilePlace }): VNode {
  const state = useSignal<"idle" | "asked" | "failed">("idle");
  async function get(): Promise<void> {
    state.value = "asked";
    try {
      await openFile(place, file.id);
      state.value = "idle";
    } catch (error) {
      console.warn("a file could not be opened", error);
      state.value = "failed";
    }
  }
  return (
    <>
      <button type="button" class="file" aria-disabled={state.value === "asked"} onClick={() => void get()}>
        <Icon svg={FileIcon} />
        <span class="file-name">{file.name}</span>
        <span class="note">{bytesOf(locale.value, file.bytes)}</span>
        <Icon svg={Download} />
        <span class="sr-only">{t("download")}</span>
      </button>
      {state.value === "failed" ? <p class="state bad">{t("file_failed")}</p> : null}
    </>
  );
}

/** What a message is more than plain text: an agent's Markdown, a product's card, a file to fetch. */
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useRef, useState } from "./hooks.ts";
import FileIcon from "lucide-static/icons/file.svg?shapes";
import Download from "lucide-static/icons/download.svg?shapes";
import { url } from "./address.ts";
import { cardIn, fileIn } from "./content-body.ts";
import { Icon } from "./icon.tsx";
import { linked } from "./linked.tsx";
import { fill } from "./safe-html.ts";
import type { ChatScreen } from "./screen.ts";
import { conversationPath, text } from "./server.ts";
import { sizeOf } from "./sizes.ts";

export { default as style } from "./content.css?inline";

/** The server's HTML; `children`, the plain text, until it stands and where it cannot. */
export function Rich({ html, children }: { html: string; children: ComponentChildren }): VNode {
  const element = useRef<HTMLDivElement>(null);
  const [filled, setFilled] = useState(false);
  useEffect(() => {
    const { current } = element;
    if (!current) return;
    fill(current, html).then(
      () => setFilled(true),
      (failure: unknown) => console.warn("aparte: html", failure),
    );
  }, [html]);
  return (
    <>
      <div ref={element} class="rich" hidden={!filled} />
      {!filled && children}
    </>
  );
}

/** A plain text, its addresses being links. */
export function Linked({ text: said }: { text: string }): VNode {
  return <>{linked(said)}</>;
}

/** One product: the whole card is its link, which stays in this tab where it leads within the site. */
export function Product({ screen, body }: { screen: ChatScreen; body: string }): VNode {
  const card = cardIn(body);
  if (!card) return <p class="bubble theirs">{screen.words.t("unreadable")}</p>;
  const { title, text: what, image, price, href } = card;
  const away = new URL(href).origin !== location.origin;
  const { t, tag } = screen.words;
  return (
    <a class="product" href={href} {...(away && { target: "_blank", rel: "noopener noreferrer nofollow" })}>
      {image && (
        <img src={image} alt="" width={94} height={112} onError={(event) => event.currentTarget.remove()} />
      )}
      <span>
        <strong dir="auto">{title}</strong>
        {(what || price) && (
          <span class="what" dir="auto">
            {[what, price && money(price, tag)].filter(Boolean).join(" · ")}
          </span>
        )}
        <span class="go">
          {t("seeProduct")}
          {away && <span class="unseen"> {t("newTab")}</span>}
        </span>
      </span>
    </a>
  );
}

function money({ amount, currency }: { amount: number; currency: string }, tag: string): string {
  const cents = Number.isInteger(amount) ? { minimumFractionDigits: 0 } : {};
  return new Intl.NumberFormat(tag, { style: "currency", currency, ...cents }).format(amount);
}

/** A file: its name and size, its picture where it is one, and a button that fetches it. */
export function Shown({ screen, body, mine }: { screen: ChatScreen; body: string; mine: boolean }): VNode {
  const file = fileIn(body);
  const [picture, setPicture] = useState<string | null>(null);
  const [state, setState] = useState<"" | "asking" | "failed">("");
  const { t, tag } = screen.words;
  const isPicture = file?.type.startsWith("image/") === true;
  useEffect(() => {
    if (!file || !isPicture) return;
    fileUrl(screen, file.id).then(
      (address) => setPicture(url(address)),
      (failure: unknown) => console.warn("aparte: picture", failure),
    );
  }, [body]);
  if (!file) return <p class="bubble theirs">{t("unreadable")}</p>;
  return (
    <div class={`bubble file ${mine ? "own" : "theirs"}`}>
      {picture && <img src={picture} alt={file.name} onError={() => setPicture(null)} />}
      <p>
        <Icon of={FileIcon} />
        <span class="what">
          <bdi>{file.name}</bdi>
          <small>
            <bdi>{sizeOf(file.bytes, tag)}</bdi>
          </small>
        </span>
        <button
          type="button"
          class="bare"
          aria-label={t("download", { name: file.name })}
          title={t("download", { name: file.name })}
          aria-disabled={state === "asking"}
          onClick={() => void fetchIt(file)}
        >
          <Icon of={Download} />
        </button>
      </p>
      {state === "failed" && (
        <p role="alert" class="small">
          {t("notFetched")}
        </p>
      )}
    </div>
  );

  async function fetchIt({ id, name }: { id: string; name: string }): Promise<void> {
    setState("asking");
    try {
      const link = document.createElement("a");
      link.href = await fileUrl(screen, id);
      link.download = name;
      link.click();
      setState("");
    } catch (failure) {
      // Said under the file; the button stays.
      console.warn("aparte: file", failure);
      setState("failed");
    }
  }
}

/** An address from which `file` can be fetched for a few minutes. */
async function fileUrl({ conversation, page, server }: ChatScreen, file: string): Promise<string> {
  const { id, token } = conversation.proof() ?? { id: "", token: "" };
  const path = `${conversationPath(id)}/files/${encodeURIComponent(file)}/url`;
  return new URL(text((await server.call("POST", path, {}, token))["url"]), page.host).href;
}

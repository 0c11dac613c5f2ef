/** A place of somebody's page, filled with the campaign's blocks: in the page's own type, and nothing but text. */
import type { VNode } from "preact";
import type { ContentBlock, CreativeText } from "../../../domain/targeting/campaign.ts";
import { t } from "../session.ts";
import { pictureAt } from "./image-field.tsx";
import { w } from "./words.ts";

export function ContentPreview({
  creative,
  language,
  phone,
}: {
  creative: CreativeText;
  language: "fr" | "en";
  phone: boolean;
}): VNode {
  const blocks = creative.blocks ?? [];
  return (
    <div class={phone ? "preview page phone" : "preview page"} role="img" aria-label={t("preview")}>
      <div class="page-lines" />
      <div class="page-slot" lang={language} inert>
        {blocks.length === 0 ? <p class="page-empty">{w("blocksNone")}</p> : null}
        {blocks.map((block, index) => (
          <Block key={index} block={block} />
        ))}
      </div>
      <div class="page-lines" />
    </div>
  );
}

function Block({ block }: { block: ContentBlock }): VNode | null {
  switch (block.type) {
    case "heading":
      return <h3>{block.text}</h3>;
    case "text":
      return <p>{block.text}</p>;
    case "list":
      return (
        <ul>
          {block.items.map((item, index) => (
            <li key={index}>{item}</li>
          ))}
        </ul>
      );
    case "image": {
      const picture = pictureAt(block.image);
      if (picture === null) return null;
      return picture.shown ? (
        <img src={picture.href} alt={block.alt} />
      ) : (
        <p class="page-picture">{picture.host}</p>
      );
    }
    case "link":
      return (
        <p>
          <span class="page-link">{block.text}</span>
        </p>
      );
    default:
      return block satisfies never;
  }
}

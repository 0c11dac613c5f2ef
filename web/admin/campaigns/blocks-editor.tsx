/** The blocks of a `content` campaign: added, worded, moved and removed, all by keyboard. */
import Down from "lucide-static/icons/arrow-down.svg?raw";
import Up from "lucide-static/icons/arrow-up.svg?raw";
import Plus from "lucide-static/icons/plus.svg?raw";
import Cross from "lucide-static/icons/x.svg?raw";
import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { ContentBlock } from "../../../domain/targeting/campaign.ts";
import { Icon } from "../../shared/icon.tsx";
import { TextField } from "../field.tsx";
import { faultAt, type Fault } from "./fault.ts";
import { ImageField } from "./image-field.tsx";
import { TemplateField } from "./template-field.tsx";
import { w } from "./words.ts";

const MAX_BLOCKS = 12;
const NEW: Record<ContentBlock["type"], ContentBlock> = {
  heading: { type: "heading", text: "" },
  text: { type: "text", text: "" },
  list: { type: "list", items: [""] },
  image: { type: "image", image: "", alt: "" },
  link: { type: "link", text: "", link: "" },
};
const TYPES = ["heading", "text", "list", "image", "link"] as const;

type Common = {
  lang: string;
  fault: Fault | null;
  /** The blocks' place in the campaign, as a refusal names it. */
  at: string;
  problems: ReadonlyMap<string, string>;
};

export function BlocksEditor({
  blocks,
  onChange,
  ...common
}: Common & { blocks: readonly ContentBlock[]; onChange: (blocks: ContentBlock[]) => void }): VNode {
  const list = useRef<HTMLOListElement>(null);
  // Where the focus goes once a change is drawn: with the block that moved, or into the one that came.
  const next = useRef<string | null>(null);
  useLayoutEffect(() => {
    if (next.current === null) return;
    list.current?.querySelector<HTMLElement>(next.current)?.focus();
    next.current = null;
  });
  const put = (index: number, block: ContentBlock): void => onChange(blocks.toSpliced(index, 1, block));
  const move = (index: number, to: number): void => {
    const moved = blocks[index];
    if (moved === undefined || to < 0 || to >= blocks.length) return;
    // A button at the end of its way is disabled and could not keep the focus.
    const way = to === 0 ? "down" : to === blocks.length - 1 ? "up" : to < index ? "up" : "down";
    next.current = `[data-block="${to}"] [data-move="${way}"]`;
    onChange(blocks.toSpliced(index, 1).toSpliced(to, 0, moved));
  };
  const add = (type: ContentBlock["type"]): void => {
    next.current = `[data-block="${blocks.length}"] :is(input, textarea)`;
    onChange([...blocks, NEW[type]]);
  };
  return (
    <fieldset class="blocks">
      <legend>{w("blocks")}</legend>
      {blocks.length === 0 ? <p class="note">{w("blocksNone")}</p> : null}
      <ol ref={list}>
        {blocks.map((block, index) => (
          <li key={index} data-block={index}>
            <div class="block-head">
              <span class="eyebrow">{w(`block_${block.type}`)}</span>
              <MoveButton
                way="up"
                index={index}
                disabled={index === 0}
                onClick={() => move(index, index - 1)}
              />
              <MoveButton
                way="down"
                index={index}
                disabled={index === blocks.length - 1}
                onClick={() => move(index, index + 1)}
              />
              <button
                type="button"
                class="plain small icon-only"
                aria-label={w("blockRemove", { n: index + 1 })}
                title={w("blockRemove", { n: index + 1 })}
                onClick={() => {
                  next.current =
                    blocks.length > 1
                      ? `[data-block="${Math.max(0, index - 1)}"] :is(input, textarea)`
                      : null;
                  onChange(blocks.toSpliced(index, 1));
                }}
              >
                <Icon svg={Cross} />
              </button>
            </div>
            <BlockFields
              {...common}
              block={block}
              index={index}
              onChange={(changed) => put(index, changed)}
            />
          </li>
        ))}
      </ol>
      <div class="actions">
        {TYPES.map((type) => (
          <button
            key={type}
            type="button"
            class="small"
            disabled={blocks.length >= MAX_BLOCKS}
            onClick={() => add(type)}
          >
            <Icon svg={Plus} size={12} /> {w(`block_${type}`)}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

function MoveButton({
  way,
  index,
  disabled,
  onClick,
}: {
  way: "up" | "down";
  index: number;
  disabled: boolean;
  onClick: () => void;
}): VNode {
  const label = w(`block_${way}`, { n: index + 1 });
  return (
    <button
      type="button"
      class="plain small icon-only"
      data-move={way}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon svg={way === "up" ? Up : Down} />
    </button>
  );
}

function BlockFields({
  block,
  index,
  lang,
  fault,
  at,
  problems,
  onChange,
}: Common & { block: ContentBlock; index: number; onChange: (block: ContentBlock) => void }): VNode {
  const labelled = (key: string): string => w(`blockField_${key}`, { n: index + 1 });
  const field = (key: string) => ({
    label: labelled(key),
    lang,
    error: faultAt(fault, `${at}.${index}.${key}`),
    problem: [...problems].find(([place]) => `${place}.`.startsWith(`blocks.${index}.${key}.`))?.[1],
  });
  switch (block.type) {
    case "heading":
      return (
        <TemplateField
          {...field("text")}
          value={block.text}
          maxLength={160}
          onInput={(text) => onChange({ ...block, text })}
        />
      );
    case "text":
      return (
        <TemplateField
          {...field("text")}
          value={block.text}
          maxLength={1_000}
          rows={3}
          onInput={(text) => onChange({ ...block, text })}
        />
      );
    case "list":
      return (
        <TemplateField
          {...field("items")}
          value={block.items.join("\n")}
          maxLength={3_600}
          rows={Math.max(3, block.items.length)}
          onInput={(text) => onChange({ ...block, items: text.split("\n") })}
        />
      );
    case "image":
      return (
        <>
          <ImageField
            label={labelled("image")}
            value={block.image}
            error={faultAt(fault, `${at}.${index}.image`)}
            onInput={(image) => onChange({ ...block, image })}
          />
          <TextField
            label={labelled("alt")}
            lang={lang}
            value={block.alt}
            maxLength={300}
            note={w("altNote")}
            error={faultAt(fault, `${at}.${index}.alt`)}
            onInput={(alt) => onChange({ ...block, alt })}
          />
        </>
      );
    case "link":
      return (
        <>
          <TemplateField
            {...field("text")}
            value={block.text}
            maxLength={120}
            onInput={(text) => onChange({ ...block, text })}
          />
          <TextField
            label={labelled("link")}
            value={block.link}
            maxLength={2_000}
            note={w("linkNote")}
            error={faultAt(fault, `${at}.${index}.link`)}
            onInput={(link) => onChange({ ...block, link })}
          />
        </>
      );
    default:
      return block satisfies never;
  }
}

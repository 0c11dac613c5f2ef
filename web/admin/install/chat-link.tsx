/** A link to the site's own chat page, with the campaign it stands for, and its QR code: made here, as it is typed. */
import type { VNode } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { renderSVG } from "uqr";
import { chatLink, type LinkField, MAX_FIELD_LENGTH } from "../../../domain/availability/chat-link.ts";
import { SelectField, TextField } from "../field.tsx";
import { me, t } from "../session.ts";
import { useSite } from "../site.ts";
import { CopyButton } from "../states.tsx";
import { l } from "./words.ts";

const FIELDS = ["utm_source", "utm_medium", "utm_campaign"] as const;
const MODULE_PIXELS = 10;

export function ChatLink(): VNode {
  const site = useSite();
  const [fields, setFields] = useState<Partial<Record<LinkField, string>>>({});
  const put = (name: LinkField, value: string): void => setFields((before) => ({ ...before, [name]: value }));
  const link = chatLink(me.value?.public_origin ?? location.origin, site.key, fields);
  const picture = usePicture(useMemo(() => renderSVG(link, { pixelSize: MODULE_PIXELS }), [link]));
  return (
    <section class="chat-link" aria-labelledby="chat-link-title">
      <h2 id="chat-link-title">{l("title")}</h2>
      <p class="quiet">{l("text")}</p>
      <div class="form">
        {FIELDS.map((name) => (
          <TextField
            key={name}
            label={l(name)}
            value={fields[name] ?? ""}
            maxLength={MAX_FIELD_LENGTH}
            autocomplete="off"
            onInput={(value) => put(name, value)}
          />
        ))}
        <SelectField
          label={l("lang")}
          value={fields.lang ?? ""}
          options={[
            { value: "", label: l("lang_auto") },
            { value: "fr", label: "Français" },
            { value: "en", label: "English" },
          ]}
          onChange={(lang) => put("lang", lang)}
        />
      </div>
      <div class="snippet">
        <code tabIndex={0} aria-label={l("link")}>
          {link}
        </code>
        <CopyButton text={link} label={t("copy")} />
        <a href={link} target="_blank" rel="noopener">
          {l("open")}
        </a>
      </div>
      {picture === null ? null : (
        <figure class="qr">
          <img src={picture} alt={l("qr")} width="160" height="160" />
          <figcaption>
            <a href={picture} download={`${site.key}-qr.svg`}>
              {l("download")}
            </a>
          </figcaption>
        </figure>
      )}
    </section>
  );
}

/** An address of `svg` within this page, while it is shown. */
function usePicture(svg: string): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [svg]);
  return address;
}

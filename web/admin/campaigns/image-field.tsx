/** The address of a picture, and the picture where this page may show it. */
import type { VNode } from "preact";
import { TextField } from "../field.tsx";
import type { Refused } from "./fault.ts";
import { w } from "./words.ts";

export function ImageField({
  label,
  value,
  error,
  onInput,
}: {
  label: string;
  value: string;
  error?: Refused | undefined;
  onInput: (address: string) => void;
}): VNode {
  const picture = pictureAt(value);
  return (
    <div class="image-field">
      <TextField label={label} type="url" value={value} maxLength={2_000} error={error} onInput={onInput} />
      {picture === null ? null : picture.shown ? (
        <img src={picture.href} alt={w("imagePreview")} />
      ) : (
        <a href={picture.href} target="_blank" rel="noreferrer">
          {w("imageOpen", { host: picture.host })}
        </a>
      )}
    </div>
  );
}

/** The admin's own policy lets no other site's pictures in; those open in a tab of their own. */
export function pictureAt(address: string): { href: string; host: string; shown: boolean } | null {
  if (!URL.canParse(address)) return null;
  const { href, host, origin, protocol } = new URL(address);
  return /^https?:$/.test(protocol) ? { href, host, shown: origin === location.origin } : null;
}

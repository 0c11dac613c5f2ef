/** Text with its web addresses as links; every part stays text. */
import type { ComponentChildren } from "preact";
import { addressesIn } from "./links.ts";

export function linked(body: string): ComponentChildren {
  return addressesIn(body).map(({ text, href }) =>
    href ? (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        {text}
      </a>
    ) : (
      text
    ),
  );
}

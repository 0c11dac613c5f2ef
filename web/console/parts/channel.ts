/** How a visit came, in words: the names are those of GA4, and one that this console does not know stands as it is. */
import { t } from "../words.ts";

export function sayChannel(channel: string): string {
  const words = t(`channel_${channel}`);
  return words === `channel_${channel}` ? channel : words;
}

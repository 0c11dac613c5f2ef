/** Hands the visitor the conversation so far as a text file. */
import { save } from "./save.ts";
import type { ChatScreen } from "./screen.ts";
import { transcriptOf } from "./transcript-file.ts";

export function saveTranscript({ conversation, site, words }: ChatScreen): void {
  const day = new Date().toISOString().slice(0, 10);
  const text = transcriptOf(conversation.rows.value, { site: site.value, words });
  save(`${words.t("transcriptName")}-${day}.txt`, text, "text/plain;charset=utf-8");
}

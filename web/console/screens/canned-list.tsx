/** The canned answers that fit what is typed after `/`; the field keeps the focus, the choice is told by id. */
import type { VNode } from "preact";
import type { Canned } from "../model/canned.ts";
import { FaultBanner } from "../parts/fault.tsx";
import { t } from "../words.ts";

export type CannedListProps = {
  id: string;
  answers: readonly Canned[];
  word: string;
  chosen: number;
  fault: { code: string; since: number } | null;
  onRetry: () => void;
  onChoose: (answer: Canned) => void;
};

export function CannedList({ id, answers, word, chosen, fault, onRetry, onChoose }: CannedListProps): VNode {
  return (
    <div class="canned floating" onPointerDown={(event) => event.preventDefault()}>
      <div class="canned-head note">
        <span>{word === "" ? t("canned_all") : t("canned_for", { word })}</span>
        <span class="canned-keys" aria-hidden="true">
          <kbd>↑</kbd> <kbd>↓</kbd> {t("canned_choose")} <kbd>⇥</kbd> {t("canned_insert")}
        </span>
      </div>
      {fault !== null && answers.length === 0 ? (
        <FaultBanner what={t("canned_failed")} fault={fault} shownAt={null} onRetry={onRetry} />
      ) : null}
      <ul id={id} role="listbox" aria-label={t("canned_all")}>
        {answers.map((answer, at) => (
          <li
            key={answer.id}
            id={`${id}-${at}`}
            role="option"
            aria-selected={at === chosen}
            onClick={() => onChoose(answer)}
          >
            <strong>/{answer.shortcut}</strong>
            <span class="canned-text">{answer.text}</span>
            <span class="note">{answer.title}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

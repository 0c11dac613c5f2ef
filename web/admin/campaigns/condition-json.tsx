/** The condition as JSON, with its lines counted and what is wrong marked at its line. */
import Alert from "lucide-static/icons/circle-alert.svg?raw";
import type { RefObject, VNode } from "preact";
import { Icon } from "../../shared/icon.tsx";
import { sayCondition } from "../refusal.ts";
import { t } from "../session.ts";
import { CopyButton, Detail } from "../states.tsx";

export function ConditionJson({
  text,
  faults,
  onText,
  readOnly,
  textarea,
}: {
  text: string;
  faults: ReadonlyMap<number, string>;
  onText: (text: string) => void;
  readOnly: boolean;
  textarea: RefObject<HTMLTextAreaElement | null>;
}): VNode {
  const count = text.split("\n").length;
  return (
    <div class="condition-json">
      <div class="condition-json-head">
        <label class="eyebrow" for="condition-json">
          JSON
        </label>
        <CopyButton text={text} label={t("copy")} kind="small plain" />
      </div>
      <div class="json-lines">
        <ol aria-hidden="true">
          {Array.from({ length: count }, (_, index) => (
            <li key={index} class={faults.has(index + 1) ? "fault" : ""}>
              {index + 1}
            </li>
          ))}
        </ol>
        <textarea
          ref={textarea}
          id="condition-json"
          spellcheck={false}
          autocapitalize="none"
          readOnly={readOnly}
          rows={Math.max(8, count)}
          value={text}
          aria-invalid={faults.size > 0 ? "true" : undefined}
          aria-describedby="condition-json-faults"
          onInput={(event) => onText(event.currentTarget.value)}
        />
      </div>
      <div id="condition-json-faults" role="status">
        {[...faults].map(([line, message]) => (
          <div key={line}>
            <p class="field-error">
              <Icon svg={Alert} size={12} />
              {t("lineFault", { line, message: sayCondition(message).said })}
            </p>
            <Detail text={message} />
          </div>
        ))}
      </div>
    </div>
  );
}

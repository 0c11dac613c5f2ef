/**
 * "Who, and when": rows on the left, the JSON they mean on the right. The JSON is the one source; an edit of either
 * is seen in the other at once, and an error marks the same line in both.
 */
import Check from "lucide-static/icons/circle-check.svg?raw";
import Alert from "lucide-static/icons/circle-alert.svg?raw";
import type { VNode } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { sayCondition } from "../refusal.ts";
import { t } from "../session.ts";
import { CopyButton, Detail } from "../states.tsx";
import { GroupRows } from "./condition-rows.tsx";
import { lineOfPath, parseCondition, printCondition } from "./condition-text.ts";
import { readTree, rowPaths, rowsOf, writeTree, type Row, type Tree } from "./condition-tree.ts";

/** A complaint about a part of the condition; `path` is inside of it and empty for the whole. */
export type ConditionFault = { path: string; message: string };

export function ConditionEditor({
  text,
  faults,
  onText,
  readOnly,
}: {
  text: string;
  faults: readonly ConditionFault[];
  onText: (text: string) => void;
  readOnly: boolean;
}): VNode {
  const parsed = useMemo(() => parseCondition(text), [text]);
  // The tree as it was last edited, for as long as the text is what it wrote: rows then stay where they were put.
  const [edited, setEdited] = useState<{ tree: Tree; text: string } | null>(null);
  const read = useMemo(() => {
    if (!parsed.ok) return null;
    return edited?.text === text && faults.length === 0 ? edited.tree : readTree(parsed.value);
  }, [parsed, edited, text, faults]);
  // What cannot be read just now keeps its last rows in view, so that the error has a row to stand on.
  const lastRead = useRef<Tree | null>(null);
  if (read !== null) lastRead.current = read;
  const broken = !parsed.ok || (read === null && faults.length > 0);
  const tree = broken ? (read ?? lastRead.current) : read;

  const lineFaults = new Map<number, string>();
  const rowFaults = new Map<Row, string>();
  if (!parsed.ok) lineFaults.set(parsed.line, parsed.message);
  else {
    const paths = rowPaths(parsed.value);
    const rows = tree === null || paths.length !== rowsOf(tree).length ? [] : rowsOf(tree);
    for (const fault of faults) {
      lineFaults.set(lineOfPath(parsed.lines, fault.path), fault.message);
      const index = paths.findIndex((path) => path.startsWith(fault.path) || fault.path.startsWith(path));
      const row = fault.path === "" ? undefined : rows[index];
      if (row !== undefined) rowFaults.set(row, sayCondition(fault.message).said);
    }
  }

  const changeTree = (next: Tree): void => {
    const written = printCondition(writeTree(next));
    setEdited({ tree: next, text: written });
    onText(written);
  };

  return (
    <section aria-labelledby="condition-title">
      <div class="section-head">
        <h2 id="condition-title">{t("conditionTitle")}</h2>
        <ConditionState ok={parsed.ok && faults.length === 0} shown={tree !== null} />
      </div>
      <div class="condition panel">
        <div class="condition-rows">
          {tree === null ? (
            <p class="quiet">{t(parsed.ok ? "conditionJsonOnly" : "conditionUnreadable")}</p>
          ) : (
            <fieldset disabled={readOnly || (broken && read === null)} class={parsed.ok ? "" : "stale"}>
              <legend class="sr-only">{t("conditionTitle")}</legend>
              <GroupRows group={tree} faults={rowFaults} onChange={changeTree} />
            </fieldset>
          )}
        </div>
        <JsonLines text={text} faults={lineFaults} onText={onText} readOnly={readOnly} />
      </div>
    </section>
  );
}

function ConditionState({ ok, shown }: { ok: boolean; shown: boolean }): VNode {
  return ok ? (
    <span class="condition-state good" role="status">
      <Icon svg={Check} /> {t(shown ? "conditionValid" : "conditionValidJson")}
    </span>
  ) : (
    <span class="condition-state bad" role="status">
      <Icon svg={Alert} /> {t("conditionInvalid")}
    </span>
  );
}

function JsonLines({
  text,
  faults,
  onText,
  readOnly,
}: {
  text: string;
  faults: ReadonlyMap<number, string>;
  onText: (text: string) => void;
  readOnly: boolean;
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

/**
 * "Who, and when": rows on the left, the JSON they mean on the right. The JSON is the one source; an edit of either
 * is seen in the other at once, and an error marks the same line in both.
 */
import Check from "lucide-static/icons/circle-check.svg?raw";
import Alert from "lucide-static/icons/circle-alert.svg?raw";
import "./condition.css";
import type { VNode } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { sayCondition } from "../refusal.ts";
import { t } from "../session.ts";
import { ConditionJson } from "./condition-json.tsx";
import { readQuery, ruleAt, writeQuery, type Drawn, type Query } from "./condition-query.ts";
import { ConditionRows } from "./condition-rows.tsx";
import { lineOfPath, parseCondition, printCondition, type ParsedText } from "./condition-text.ts";
import { FactList } from "./fact-list.tsx";
import { isRecord } from "./operators.ts";
import { useSegments } from "./segments.ts";
import { useBuilder } from "./use-builder.ts";

/** A complaint about a part of the condition; `path` is inside of it and empty for the whole. */
export type ConditionFault = { path: string; message: string };

const NOTHING: Drawn = { query: { combinator: "all", rules: [] }, paths: new Map() };

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
  const segments = useSegments();
  const builder = useBuilder();
  const parsed = useMemo(() => parseCondition(text), [text]);
  // The rows as they were last edited, for as long as the text is what they wrote: they then stay where they were put.
  const [edited, setEdited] = useState<{ query: Query; text: string } | null>(null);
  const read = useMemo((): Drawn | null => {
    if (!parsed.ok || !isRecord(parsed.value)) return null;
    const drawn = readQuery(parsed.value);
    return edited?.text === text && faults.length === 0 ? { ...drawn, query: edited.query } : drawn;
  }, [parsed, edited, text, faults]);
  // Text that is no JSON just now leaves the last rows in view.
  const lastRead = useRef<Drawn>(NOTHING);
  if (read !== null) lastRead.current = read;
  const { query, paths } = lastRead.current;

  const json = useRef<HTMLTextAreaElement>(null);
  const marked = marksOf(parsed, faults, paths);
  const changeQuery = (next: Query): void => {
    const written = printCondition(writeQuery(next));
    setEdited({ query: next, text: written });
    onText(written);
  };
  const showJson = (id: string): void => {
    if (parsed.ok) selectLine(json.current, lineOfPath(parsed.lines, paths.get(id) ?? ""));
  };

  return (
    <section aria-labelledby="condition-title" class="who">
      <div class="section-head">
        <h2 id="condition-title">{t("conditionTitle")}</h2>
        <ConditionState ok={parsed.ok && faults.length === 0} both={builder.Builder !== null} />
      </div>
      <div class="condition panel">
        <div class="condition-rows">
          <ConditionRows
            builder={builder}
            query={query}
            faults={marked.rules}
            segments={segments}
            stale={!parsed.ok}
            disabled={readOnly || !parsed.ok}
            onQuery={changeQuery}
            onShowJson={showJson}
          />
        </div>
        <ConditionJson
          text={text}
          faults={marked.lines}
          onText={onText}
          readOnly={readOnly}
          textarea={json}
        />
      </div>
      <FactList segments={segments} />
    </section>
  );
}

type Marks = { lines: ReadonlyMap<number, string>; rules: ReadonlyMap<string, string> };

/** Each complaint at its line of the JSON and, in the reader's words, at its row. */
function marksOf(parsed: ParsedText, faults: readonly ConditionFault[], paths: Drawn["paths"]): Marks {
  const lines = new Map<number, string>();
  const rules = new Map<string, string>();
  if (!parsed.ok) lines.set(parsed.line, parsed.message);
  else {
    for (const { path, message } of faults) {
      lines.set(lineOfPath(parsed.lines, path), message);
      const rule = ruleAt(paths, path);
      if (rule !== null) rules.set(rule, sayCondition(message).said);
    }
  }
  return { lines, rules };
}

function selectLine(textarea: HTMLTextAreaElement | null, line: number): void {
  if (textarea === null) return;
  const lines = textarea.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  textarea.focus();
  textarea.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
}

function ConditionState({ ok, both }: { ok: boolean; both: boolean }): VNode {
  return ok ? (
    <span class="condition-state good" role="status">
      <Icon svg={Check} /> {t(both ? "conditionValid" : "conditionValidJson")}
    </span>
  ) : (
    <span class="condition-state bad" role="status">
      <Icon svg={Alert} /> {t("conditionInvalid")}
    </span>
  );
}

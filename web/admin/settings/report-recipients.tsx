/** Who gets the weekly report: one address a line. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { faultAt, type Fault } from "../campaigns/fault.ts";
import { TextField } from "../field.tsx";
import { s } from "./words.ts";

export function ReportRecipients({
  recipients,
  fault,
  onChange,
}: {
  recipients: readonly string[];
  fault: Fault | null;
  onChange: (recipients: string[]) => void;
}): VNode {
  const [text, setText] = useState(recipients.join("\n"));
  // What is typed stands as it is, blank lines too, unless the settings were read again meanwhile.
  const shown = linesOf(text).join("\n") === recipients.join("\n") ? text : recipients.join("\n");
  return (
    <section aria-labelledby="report-title">
      <h2 id="report-title">{s("reportTitle")}</h2>
      <div class="form">
        <TextField
          label={s("field_report_recipients")}
          rows={3}
          value={shown}
          note={s("reportNote")}
          error={faultAt(fault, "report_recipients")}
          onInput={(typed) => {
            setText(typed);
            onChange(linesOf(typed));
          }}
        />
      </div>
    </section>
  );
}

function linesOf(text: string): string[] {
  return text
    .split(/[\s,;]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

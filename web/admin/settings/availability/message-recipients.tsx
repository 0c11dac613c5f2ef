/** Who is written to when a visitor has left a message or booked a call: one address a line. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { faultAt, type Fault } from "../../campaigns/fault.ts";
import { TextField } from "../../field.tsx";
import { a } from "./words.ts";

export function MessageRecipients({
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
    <section aria-labelledby="recipients-title">
      <h2 id="recipients-title">{a("recipientsTitle")}</h2>
      <div class="form">
        <TextField
          label={a("field_message_recipients")}
          rows={3}
          value={shown}
          note={a("recipientsNote")}
          error={faultAt(fault, "message_recipients")}
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
  return text.split(/[\s,;]+/).filter((line) => line !== "");
}

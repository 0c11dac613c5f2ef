/** Two people changed the same thing: both versions field by field, and what becomes of them. */
import type { VNode } from "preact";
import { ConflictPanel, ConflictTable } from "../conflict-panel.tsx";

export type MetField = { label: string; mine: unknown; theirs: unknown };

export function Meeting({
  title,
  fields,
  onTakeBoth,
  onTakeTheirs,
}: {
  title: string;
  fields: readonly MetField[];
  onTakeBoth: () => void;
  onTakeTheirs: () => void;
}): VNode {
  const rows = fields.map(({ label, theirs, mine }) => ({
    key: label,
    label,
    theirs: <code>{JSON.stringify(theirs)}</code>,
    mine: <code>{JSON.stringify(mine)}</code>,
  }));
  return (
    <ConflictPanel title={title} onTakeBoth={onTakeBoth} onTakeTheirs={onTakeTheirs}>
      <div class="table-scroll" tabIndex={0}>
        <ConflictTable rows={rows} />
      </div>
    </ConflictPanel>
  );
}

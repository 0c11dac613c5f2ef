/** What is wrong with a condition: as typed, as read, or as the server said. */
import { readCondition } from "../../../domain/targeting/condition.ts";
import type { ConditionFault } from "./condition-editor.tsx";
import type { parseCondition } from "./condition-text.ts";
import type { Fault } from "./fault.ts";

export function conditionFaultsOf(
  parsed: ReturnType<typeof parseCondition>,
  fault: Fault | null,
): ConditionFault[] {
  if (!parsed.ok) return [];
  const read = readCondition(parsed.value);
  if (!read.ok) return read.problems;
  if (fault === null || (fault.path !== "condition" && !fault.path.startsWith("condition."))) return [];
  return [{ path: fault.path.slice("condition.".length), message: fault.message }];
}

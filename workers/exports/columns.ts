/** What the columns of an export hold, for formats that say so. */
import { getTableColumns } from "drizzle-orm";
import {
  agentStates,
  callbacks,
  contacts,
  conversations,
  exposures,
  leads,
  orders,
  refunds,
  sessions,
  surveys,
} from "../../migrations/schema.ts";
import { columnsOf, isMoment } from "./tables.ts";

/** Moments are `EpochMs` or ISO 8601, flags 0 or 1. */
export type Kind = "moment" | "flag" | "count" | "amount" | "text";
export type Column = { name: string; kind: Kind };

const STORED = {
  agent_states: agentStates,
  callbacks,
  contacts,
  conversations,
  exposures,
  leads,
  orders,
  refunds,
  sessions,
  surveys,
};

/** The columns of the export `name` of history, in their order. */
export function typedColumnsOf(name: string): Column[] {
  return columnsOf(name).map((column) => ({ name: column, kind: kindOf(name, column) }));
}

/** What D1 keeps in `column` of the export `name`. */
function kindOf(name: string, column: string): Kind {
  if (isMoment(column)) return "moment";
  const table = Object.entries(STORED).find(([known]) => known === name)?.[1];
  if (table === undefined) return column === "seq" ? "count" : "text";
  const stored = Object.values(getTableColumns(table)).find((one) => one.name === column);
  if (stored?.dataType === "boolean") return "flag";
  if (stored?.columnType === "SQLiteReal") return "amount";
  return stored?.dataType === "number" ? "count" : "text";
}

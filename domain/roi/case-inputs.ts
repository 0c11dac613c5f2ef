/** What a business case is made of: the inputs that are ranges, in the order in which they are drawn. */
export type Range = { low: number; likely: number; high: number };

export const CASE_INPUTS = [
  "visitors",
  "conversion",
  "basket",
  "margin",
  "acceptance",
  "lift",
  "agent_hour",
  "chats_per_agent_hour",
  "platform_month",
  "set_up",
] as const;
export type CaseInput = (typeof CASE_INPUTS)[number];

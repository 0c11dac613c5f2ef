/** What of an order's amount a site counts as what it sold for. */
import * as z from "zod";

/** `included`: as it was told. `left_out`: taken off where the event tells how much of it there was. */
const Part = z.enum(["included", "left_out"]);

export const OrderAmount = z.object({
  tax: Part.default("included"),
  shipping: Part.default("included"),
});
export type OrderAmount = z.infer<typeof OrderAmount>;

/** By which event names a site's server tells of contacts beside the chat. */
import * as z from "zod";

const names = z.array(z.string().trim().min(1).max(120)).max(20);

export const ContactEvents = z.object({
  phone: names.default(["Call Started"]),
  email: names.default(["Email Sent"]),
});
export type ContactEvents = z.infer<typeof ContactEvents>;

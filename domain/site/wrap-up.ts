/**
 * How an agent says what a conversation was about once it is over: the site's own codes, named in both languages.
 *
 * Shapes  where any code is `required`, one at least is chosen before a conversation is let go, whichever it is.
 */
import * as z from "zod";

const label = z.string().trim().min(1).max(80);

export const WrapUpCode = z.object({
  key: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, "1 to 40 lower-case letters, digits, _ and -"),
  label: z.object({ fr: label, en: label }),
  required: z.boolean().optional(),
});
export type WrapUpCode = z.infer<typeof WrapUpCode>;

export const MAX_WRAP_UP_CODES = 40;

export const WrapUpCodes = z
  .array(WrapUpCode)
  .max(MAX_WRAP_UP_CODES)
  .superRefine((codes, { addIssue }) => {
    const keys = codes.map(({ key }) => key);
    const twice = keys.findIndex((key, index) => keys.indexOf(key) !== index);
    if (twice >= 0) addIssue({ code: "custom", path: [twice, "key"], message: "two codes have this key" });
  });

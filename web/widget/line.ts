/** The sentence of a line that says who came and who went. Pure. */
import type { Line } from "./transcript-rows.ts";
import type { Words } from "./words.ts";

export function sentence({ name, who }: Line, { t }: Pick<Words, "t">): string {
  if (name === "closed_by_visitor" || name === "closed_idle") return t(name);
  return who ? t(name, { name: who }) : t(`${name}Nobody`);
}

/** One of the site's own things of a kind, chosen by its key, or none of them. */
import type { VNode } from "preact";
import { request } from "../shared/api.ts";
import type { Refused } from "./campaigns/fault.ts";
import { SelectField } from "./field.tsx";
import { useResource } from "./resource.ts";
import { apiPath, useSite, type Page } from "./site.ts";

/** `window_hours`: of a goal that has a window of its own. */
type Choice = { key: string; name: string; window_hours?: number | null };

/** What is gone stays in the list until another is chosen, as `gone` calls it. */
export function ResourceChoice({
  collection,
  chosen,
  label,
  none,
  gone = (key) => key,
  note,
  failed,
  error,
  onChoose,
}: {
  collection: "goals" | "skills";
  chosen: string | null;
  label: string;
  none: string;
  gone?: (key: string) => string;
  note?: string;
  /** That the list could not be read, in the note's place. */
  failed: string;
  error: Refused | undefined;
  onChoose: (key: string | null, chosen: Choice | null) => void;
}): VNode {
  const site = useSite();
  const { data, failure } = useResource(`${collection} of ${site.key}`, (signal) =>
    request<Page<Choice>>("GET", `${apiPath(site.key, collection)}?limit=200`, undefined, { signal }),
  );
  const value = chosen ?? "";
  const known = (data?.items ?? []).map(({ key, name }) => ({ value: key, label: name }));
  const isGone = value !== "" && !known.some((one) => one.value === value);
  const present = isGone ? [{ value, label: data ? gone(value) : value }] : [];
  const said = failure === null ? note : failed;
  return (
    <SelectField
      label={label}
      value={value}
      options={[{ value: "", label: none }, ...known, ...present]}
      {...(said === undefined ? {} : { note: said })}
      error={error}
      onChange={(key) => {
        const one = data?.items.find((item) => item.key === key) ?? null;
        onChoose(key === "" ? null : key, one);
      }}
    />
  );
}

/** The hours of skills that do not go by the site's. */
import type { VNode } from "preact";
import type { AvailabilitySettings } from "../../../../domain/availability/settings.ts";
import type { OpeningHours } from "../../../../domain/site/opening-hours.ts";
import { WEEKDAYS } from "../../../../domain/site/days.ts";
import { request } from "../../../shared/api.ts";
import { faultAt, type Fault } from "../../campaigns/fault.ts";
import { SelectField } from "../../field.tsx";
import { useResource } from "../../resource.ts";
import { apiPath, useSite, type Page } from "../../site.ts";
import { HoursEditor } from "../business-hours.tsx";
import { OFFICE } from "../hours-plan.ts";
import { a } from "./words.ts";

type Skill = { key: string; name: string };

export function SkillHours({
  availability,
  zone,
  fault,
  onChange,
}: {
  availability: AvailabilitySettings;
  zone: string;
  fault: Fault | null;
  onChange: (availability: AvailabilitySettings) => void;
}): VNode {
  const site = useSite();
  const { data, failure } = useResource(`skills of ${site.key}`, (signal) =>
    request<Page<Skill>>("GET", `${apiPath(site.key, "skills")}?limit=200`, undefined, { signal }),
  );
  const hours = availability.hours ?? {};
  const put = (key: string, own: OpeningHours[] | null): void => {
    const { [key]: _before, ...others } = hours;
    const next = own === null || own.length === 0 ? others : { ...hours, [key]: own };
    onChange({ ...availability, hours: next });
  };
  const nameOf = (key: string): string => data?.items.find((skill) => skill.key === key)?.name ?? key;
  const free = (data?.items ?? []).filter(({ key }) => !Object.hasOwn(hours, key));
  const found = faultAt(fault, "availability.hours");
  return (
    <section aria-labelledby="skill-hours-title">
      <h2 id="skill-hours-title">{a("skillHoursTitle")}</h2>
      <p class="quiet">{a("skillHoursText")}</p>
      {found === undefined ? null : (
        <p class="field-error" role="alert">
          {found.said}
        </p>
      )}
      {Object.keys(hours).length === 0 ? <p class="note">{a("skillHoursNone")}</p> : null}
      {Object.entries(hours).map(([key, own]) => (
        <div key={key} class="own-hours" role="group" aria-label={nameOf(key)}>
          <h3>{nameOf(key)}</h3>
          <HoursEditor hours={own} zone={zone} onChange={(next) => put(key, next)} />
          <button type="button" onClick={() => put(key, null)}>
            {a("removeSkill")}
          </button>
        </div>
      ))}
      {free.length === 0 && failure === null ? null : (
        <div class="form">
          <SelectField
            label={a("addSkill")}
            value=""
            options={[
              { value: "", label: a("chooseSkill") },
              ...free.map(({ key, name }) => ({ value: key, label: name })),
            ]}
            {...(failure === null ? {} : { note: a("skillsFailed") })}
            onChange={(key) => {
              if (key !== "") put(key, [{ dayOfWeek: WEEKDAYS.slice(0, 5), ...OFFICE }]);
            }}
          />
        </div>
      )}
    </section>
  );
}

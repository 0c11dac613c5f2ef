/** What the desk gives one person: their languages, how many conversations at once, and how well they do each skill. */
import type { TargetedEvent, VNode } from "preact";
import { useState } from "preact/hooks";
import { request, type ApiFailure } from "../../shared/api.ts";
import { faultAt, type Fault } from "../campaigns/fault.ts";
import { SelectField, TextField } from "../field.tsx";
import { faultOf } from "../refusal.ts";
import { asFailure } from "../resource.ts";
import { t } from "../session.ts";
import { apiPath, useSite } from "../site.ts";
import { Failed } from "../states.tsx";
import type { Agent } from "./team.tsx";

export type Skill = {
  id: string;
  key: string;
  name: string;
  agents: string[];
  /** Absent in skills that were saved before there were levels. */
  levels?: Record<string, number>;
  version: number;
};

const DEFAULT_CAPACITY = 3;
const DEFAULT_LEVEL = 2;
const LEVELS = ["none", "1", "2", "3"] as const;
type Level = (typeof LEVELS)[number];

/** One line: languages, skills with their level, places. */
export function DeskSummary({ agent, skills }: { agent: Agent; skills: readonly Skill[] }): VNode {
  const able = skills.filter(({ agents }) => agents.includes(agent.id));
  const parts = [
    agent.languages.join(", "),
    ...able.map((skill) => `${skill.name} ${levelOf(skill, agent.id)}`),
    t("deskPlaces", { count: agent.capacity ?? DEFAULT_CAPACITY }),
  ];
  return <span class="note">{parts.filter((part) => part !== "").join(" · ")}</span>;
}

type DeskFormProps = {
  agent: Agent;
  skills: readonly Skill[];
  onSaved: () => void;
  onCancelled: () => void;
};

export function DeskForm({ agent, skills, onSaved, onCancelled }: DeskFormProps): VNode {
  const site = useSite();
  const [languages, setLanguages] = useState(agent.languages.join(", "));
  const [capacity, setCapacity] = useState(agent.capacity === null ? "" : String(agent.capacity));
  const [levels, setLevels] = useState<Record<string, Level>>(() =>
    Object.fromEntries(skills.map((skill) => [skill.id, levelOf(skill, agent.id)])),
  );
  const [version, setVersion] = useState(agent.version);
  const [fault, setFault] = useState<Fault | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);

  const submit = async (event: TargetedEvent<HTMLFormElement, SubmitEvent>): Promise<void> => {
    event.preventDefault();
    setFault(null);
    setFailure(null);
    const wanted = {
      languages: languages
        .toLowerCase()
        .split(/[\s,;]+/)
        .filter((language) => language !== ""),
      capacity: capacity.trim() === "" ? null : Number(capacity),
    };
    try {
      const path = apiPath(site.key, "agents", agent.id);
      // Where a skill is refused after this, the next attempt goes on from here.
      setVersion((await request<Agent>("PATCH", path, wanted, { version })).version);
      for (const skill of skills) await saveLevel(site.key, skill, agent.id, levels[skill.id] ?? "none");
      onSaved();
    } catch (error) {
      const refusal = asFailure(error);
      if (refusal.path === null) setFailure(refusal);
      else setFault(faultOf(refusal));
    }
  };
  return (
    <section aria-labelledby="desk-of-title">
      <h2 id="desk-of-title">{t("deskOf", { name: agent.name })}</h2>
      {failure === null ? null : <Failed title={t("saveFailed")} failure={failure} />}
      <form class="form" onSubmit={(event) => void submit(event)}>
        <TextField
          label={t("deskLanguages")}
          value={languages}
          autocomplete="off"
          note={t("deskLanguagesNote")}
          error={faultAt(fault, "languages")}
          onInput={setLanguages}
        />
        <TextField
          label={t("deskCapacity")}
          type="number"
          value={capacity}
          note={t("deskCapacityNote", { count: DEFAULT_CAPACITY })}
          error={faultAt(fault, "capacity")}
          onInput={setCapacity}
        />
        <fieldset class="form">
          <legend>{t("deskSkills")}</legend>
          <p class="note">{skills.length === 0 ? t("deskNoSkills") : t("deskSkillsNote")}</p>
          {skills.map((skill) => (
            <SelectField
              key={skill.id}
              label={skill.name}
              value={levels[skill.id] ?? "none"}
              options={LEVELS.map((value) => ({
                value,
                label: value === "none" ? t("skillNone") : t("skillLevel", { level: value }),
              }))}
              onChange={(level) => setLevels({ ...levels, [skill.id]: level })}
            />
          ))}
        </fieldset>
        <div class="actions">
          <button type="submit" class="primary">
            {t("save")}
          </button>{" "}
          <button type="button" class="plain" onClick={onCancelled}>
            {t("cancel")}
          </button>
        </div>
      </form>
    </section>
  );
}

function levelOf({ agents, levels = {} }: Skill, agent: string): Level {
  if (!agents.includes(agent)) return "none";
  const level = String((Object.hasOwn(levels, agent) ? levels[agent] : undefined) ?? DEFAULT_LEVEL);
  return LEVELS.find((each) => each === level) ?? "none";
}

/** The skill with this person at this level; nothing is written where that is so already. */
async function saveLevel(site: string, skill: Skill, agent: string, level: Level): Promise<void> {
  if (level === levelOf(skill, agent)) return;
  const { [agent]: _before, ...others } = skill.levels ?? {};
  const without = skill.agents.filter((id) => id !== agent);
  const body =
    level === "none"
      ? { agents: without, levels: others }
      : { agents: [...without, agent], levels: { ...others, [agent]: Number(level) } };
  await request("PATCH", apiPath(site, "skills", skill.id), body, { version: skill.version });
}

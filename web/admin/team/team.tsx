/** Who works at this site: invite, change a role, say what the desk gives them, remove. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { request, type ApiFailure } from "../../shared/api.ts";
import { date } from "../../shared/format.ts";
import { faultAt, type Fault } from "../campaigns/fault.ts";
import { SelectField, TextField } from "../field.tsx";
import { faultOf } from "../refusal.ts";
import { asFailure, useResource } from "../resource.ts";
import { locale, me, t } from "../session.ts";
import { apiPath, useSite, type Page } from "../site.ts";
import { DeskForm, DeskSummary, type Skill } from "./agent-at-desk.tsx";
import { CopyButton, Failed, PageHead, Shown } from "../states.tsx";

type Role = "admin" | "agent";
export type Agent = {
  id: string;
  email: string;
  name: string;
  role: Role;
  languages: string[];
  capacity: number | null;
  version: number;
  created_at: string;
  initial_password?: string;
};

export function Team(): VNode {
  const site = useSite();
  const resource = useResource(site.key, async (signal) => {
    const [people, skills] = await Promise.all([
      request<Page<Agent>>("GET", `${apiPath(site.key, "agents")}?limit=200`, undefined, { signal }),
      request<Page<Skill>>("GET", `${apiPath(site.key, "skills")}?limit=200`, undefined, { signal }),
    ]);
    return { agents: people.items, skills: skills.items };
  });
  return (
    <>
      <PageHead title={t("navTeam")} />
      <Shown resource={resource} title={t("teamFailed")}>
        {({ agents, skills }) => <People agents={agents} skills={skills} onChanged={resource.reload} />}
      </Shown>
      <Invite onInvited={resource.reload} />
    </>
  );
}

function People({
  agents,
  skills,
  onChanged,
}: {
  agents: Agent[];
  skills: Skill[];
  onChanged: () => void;
}): VNode {
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [leaving, setLeaving] = useState<string | null>(null);
  const [setting, setSetting] = useState<string | null>(null);
  const site = useSite();
  const act = async (call: Promise<unknown>): Promise<void> => {
    setFailure(null);
    try {
      await call;
    } catch (error) {
      setFailure(asFailure(error));
    }
    setLeaving(null);
    onChanged();
  };
  const setRole = (agent: Agent, role: Role): Promise<void> =>
    act(request("PATCH", apiPath(site.key, "agents", agent.id), { role }, { version: agent.version }));
  const remove = (agent: Agent): Promise<void> =>
    act(request("DELETE", apiPath(site.key, "agents", agent.id)));
  const chosen = agents.find(({ id }) => id === setting);
  return (
    <>
      {failure === null ? null : <Failed title={t("saveFailed")} failure={failure} />}
      <div class="table-scroll" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("name")}</th>
              <th scope="col">{t("email")}</th>
              <th scope="col">{t("role")}</th>
              <th scope="col">{t("atTheDesk")}</th>
              <th scope="col">{t("since_column")}</th>
              <th scope="col">
                <span class="sr-only">{t("actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {agents.map((agent) => (
              <tr key={agent.id}>
                <th scope="row">
                  {agent.name} {agent.id === me.value?.user.id ? <span class="note">{t("you")}</span> : null}
                </th>
                <td>{agent.email}</td>
                <td>
                  <select
                    key={`${agent.id} ${agent.version}`}
                    class="in-row"
                    aria-label={t("roleOf", { name: agent.name })}
                    value={agent.role}
                    onChange={(event) =>
                      void setRole(agent, event.currentTarget.value === "admin" ? "admin" : "agent")
                    }
                  >
                    <option value="admin">{t("roleAdmin")}</option>
                    <option value="agent">{t("roleAgent")}</option>
                  </select>
                </td>
                <td>
                  <DeskSummary agent={agent} skills={skills} />{" "}
                  <button
                    type="button"
                    class="small"
                    aria-expanded={setting === agent.id}
                    onClick={() => setSetting(setting === agent.id ? null : agent.id)}
                  >
                    {t("deskSet")}
                    <span class="sr-only"> {agent.name}</span>
                  </button>
                </td>
                <td>{date(locale.value, agent.created_at, site.settings.timezone)}</td>
                <td class="number">
                  {leaving === agent.id ? (
                    <>
                      <button type="button" class="small danger" onClick={() => void remove(agent)}>
                        {t("removeConfirm", { name: agent.name })}
                      </button>{" "}
                      <button type="button" class="small plain" onClick={() => setLeaving(null)}>
                        {t("cancel")}
                      </button>
                    </>
                  ) : (
                    <button type="button" class="small" onClick={() => setLeaving(agent.id)}>
                      {t("remove")}
                      <span class="sr-only"> {agent.name}</span>
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {chosen === undefined ? null : (
        <DeskForm
          key={chosen.id}
          agent={chosen}
          skills={skills}
          onSaved={() => {
            setSetting(null);
            onChanged();
          }}
          onCancelled={() => setSetting(null)}
        />
      )}
    </>
  );
}

function Invite({ onInvited }: { onInvited: () => void }): VNode {
  const site = useSite();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("agent");
  const [password, setPassword] = useState("");
  const [fault, setFault] = useState<Fault | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [invited, setInvited] = useState<Agent | null>(null);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setFault(null);
    setFailure(null);
    try {
      const body = { email: email.trim(), name: name.trim(), role, ...(password === "" ? {} : { password }) };
      setInvited(await request<Agent>("POST", apiPath(site.key, "agents"), body));
      setEmail("");
      setName("");
      setPassword("");
      onInvited();
    } catch (error) {
      const refusal = asFailure(error);
      if (refusal.path === null) setFailure(refusal);
      else setFault(faultOf(refusal));
    }
  };
  return (
    <section aria-labelledby="invite-title">
      <h2 id="invite-title">{t("inviteTitle")}</h2>
      {invited === null ? null : (
        <div class="banner good" role="status">
          <div>
            <strong>{t("invited", { name: invited.name })}</strong>
            {invited.initial_password === undefined ? null : (
              <p class="secret">
                {t("initialPassword")} <code>{invited.initial_password}</code>{" "}
                <CopyButton text={invited.initial_password} label={t("copy")} kind="small" />
              </p>
            )}
          </div>
        </div>
      )}
      {failure === null ? null : <Failed title={t("inviteFailed")} failure={failure} />}
      <form class="form" onSubmit={(event) => void submit(event)}>
        <TextField
          label={t("name")}
          value={name}
          required
          maxLength={120}
          error={faultAt(fault, "name")}
          onInput={setName}
        />
        <TextField
          label={t("email")}
          type="email"
          value={email}
          required
          autocomplete="off"
          error={faultAt(fault, "email")}
          onInput={setEmail}
        />
        <SelectField
          label={t("role")}
          value={role}
          options={[
            { value: "agent", label: t("roleAgent") },
            { value: "admin", label: t("roleAdmin") },
          ]}
          note={t("roleNote")}
          onChange={setRole}
        />
        <TextField
          label={t("password")}
          type="password"
          value={password}
          autocomplete="new-password"
          note={t("passwordNote")}
          error={faultAt(fault, "password")}
          onInput={setPassword}
        />
        <button type="submit" class="primary">
          {t("invite")}
        </button>
      </form>
    </section>
  );
}

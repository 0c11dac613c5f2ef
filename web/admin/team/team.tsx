/** Who works at this site: invite, change a role, remove. */
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
import { CopyButton, Failed, PageHead, Shown } from "../states.tsx";

type Role = "admin" | "agent";
type Agent = {
  id: string;
  email: string;
  name: string;
  role: Role;
  version: number;
  created_at: string;
  initial_password?: string;
};

export function Team(): VNode {
  const site = useSite();
  const resource = useResource(site.key, (signal) =>
    request<Page<Agent>>("GET", `${apiPath(site.key, "agents")}?limit=200`, undefined, { signal }),
  );
  return (
    <>
      <PageHead title={t("navTeam")} />
      <Shown resource={resource} title={t("teamFailed")}>
        {({ items }) => <People agents={items} onChanged={resource.reload} />}
      </Shown>
      <Invite onInvited={resource.reload} />
    </>
  );
}

function People({ agents, onChanged }: { agents: Agent[]; onChanged: () => void }): VNode {
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [leaving, setLeaving] = useState<string | null>(null);
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

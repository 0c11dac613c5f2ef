/** What the site's own servers sign in with: create, see once, revoke. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { request, type ApiFailure } from "../../shared/api.ts";
import { dateTime } from "../../shared/format.ts";
import { TextField } from "../field.tsx";
import { asFailure, useResource } from "../resource.ts";
import { locale, t } from "../session.ts";
import { apiPath, useSite, type Page } from "../site.ts";
import { CopyButton, Empty, Failed, PageHead, Shown } from "../states.tsx";

type Key = { id: string; name: string; created_at: string; revoked_at: string | null };
type ShownKey = { id: string; name: string; key: string };

export function ApiKeys(): VNode {
  const site = useSite();
  const resource = useResource(site.key, (signal) =>
    request<Page<Key>>("GET", `${apiPath(site.key, "api-keys")}?limit=200`, undefined, { signal }),
  );
  return (
    <>
      <PageHead title={t("navApiKeys")}>
        <a class="button" href="/api/docs">
          {t("apiDocs")}
        </a>
      </PageHead>
      <Shown resource={resource} title={t("keysFailed")}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t("noKeyTitle")}>
              <p>{t("noKeyText")}</p>
            </Empty>
          ) : (
            <Keys keys={items} onChanged={resource.reload} />
          )
        }
      </Shown>
      <NewKey onMade={resource.reload} />
    </>
  );
}

function NewKey({ onMade }: { onMade: () => void }): VNode {
  const site = useSite();
  const [name, setName] = useState("");
  const [made, setMade] = useState<ShownKey | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setFailure(null);
    try {
      setMade(await request<ShownKey>("POST", apiPath(site.key, "api-keys"), { name: name.trim() }));
      setName("");
      onMade();
    } catch (error) {
      setFailure(asFailure(error));
    }
  };
  return (
    <section aria-labelledby="new-key-title">
      <h2 id="new-key-title">{t("newKeyTitle")}</h2>
      {failure === null ? null : <Failed title={t("keyFailed")} failure={failure} />}
      {made === null ? null : (
        <div class="banner good" role="status">
          <div>
            <strong>{t("keyMade", { name: made.name })}</strong>
            <p>{t("keyOnce")}</p>
            <p class="secret">
              <code>{made.key}</code> <CopyButton text={made.key} label={t("copy")} kind="small" />
            </p>
          </div>
        </div>
      )}
      <form class="form row-form" onSubmit={(event) => void submit(event)}>
        <TextField
          label={t("keyName")}
          value={name}
          required
          maxLength={120}
          note={t("keyNameNote")}
          onInput={setName}
        />
        <button type="submit" class="primary">
          {t("createKey")}
        </button>
      </form>
    </section>
  );
}

function Keys({ keys, onChanged }: { keys: Key[]; onChanged: () => void }): VNode {
  const site = useSite();
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [asked, setAsked] = useState<string | null>(null);
  const when = (at: string): string => dateTime(locale.value, at, site.settings.timezone);
  const revoke = async (id: string): Promise<void> => {
    setFailure(null);
    try {
      await request("DELETE", apiPath(site.key, "api-keys", id));
    } catch (error) {
      setFailure(asFailure(error));
    }
    setAsked(null);
    onChanged();
  };
  return (
    <>
      {failure === null ? null : <Failed title={t("keyFailed")} failure={failure} />}
      <div class="table-scroll" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("name")}</th>
              <th scope="col">{t("created")}</th>
              <th scope="col">{t("state")}</th>
              <th scope="col">
                <span class="sr-only">{t("actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => (
              <tr key={key.id}>
                <th scope="row">{key.name}</th>
                <td>{when(key.created_at)}</td>
                <td>
                  {key.revoked_at === null ? t("keyValid") : t("keyRevoked", { at: when(key.revoked_at) })}
                </td>
                <td class="number">
                  {key.revoked_at !== null ? null : asked === key.id ? (
                    <>
                      <button type="button" class="small danger" onClick={() => void revoke(key.id)}>
                        {t("revokeConfirm", { name: key.name })}
                      </button>{" "}
                      <button type="button" class="small plain" onClick={() => setAsked(null)}>
                        {t("cancel")}
                      </button>
                    </>
                  ) : (
                    <button type="button" class="small" onClick={() => setAsked(key.id)}>
                      {t("revoke")}
                      <span class="sr-only"> {key.name}</span>
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

/** Agents' names by their id, for what history keeps of them. */
import { request } from "../../shared/api.ts";
import { useResource } from "../resource.ts";
import { apiPath, type Page } from "../site.ts";

/** The names known so far; an agent who has left, or a list that could not be read, has none. */
export function useAgents(site: string): ReadonlyMap<string, string> {
  const { data } = useResource(`agents ${site}`, (signal) =>
    request<Page<{ id: string; name: string }>>("GET", `${apiPath(site, "agents")}?limit=200`, undefined, {
      signal,
    }),
  );
  return new Map(data?.items.map(({ id, name }) => [id, name]));
}

export function agentName(agents: ReadonlyMap<string, string>, id: string | null): string {
  return id === null ? "-" : (agents.get(id) ?? id);
}

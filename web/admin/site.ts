/** The site that the screens speak of: who may do what in it, its settings, and its routes. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { SiteSettings } from "../../domain/site/settings.ts";
import type { SiteSeat } from "./session.ts";

export type SiteResource = SiteSettings & { version: number };
export type Site = SiteSeat & {
  settings: SiteResource;
  /** Take the settings that a save answered. */
  changed(settings: SiteResource): void;
};
export type Page<T> = { items: T[]; next_cursor: string | null };

export const SiteContext = createContext<Site | null>(null);

export function useSite(): Site {
  const site = useContext(SiteContext);
  if (site === null) throw new Error("a screen was drawn outside of its site");
  return site;
}

/** `/api/sites/{site}/…` */
export function apiPath(site: string, ...rest: string[]): string {
  return `/api/sites/${[site, ...rest].map(encodeURIComponent).join("/")}`;
}

/** `/admin/{site}/…` */
export function screenPath(site: string, ...rest: string[]): string {
  return `/admin/${[site, ...rest].map(encodeURIComponent).join("/")}`;
}

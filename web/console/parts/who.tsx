/** Who somebody is, in words: a name, a place, or "a visitor". */
import type { VNode } from "preact";
import { initialsOf, whoOf, type Who } from "../model/queue-view.ts";
import { locale, t } from "../words.ts";

/** "Camille Roussel", "Visiteur de Nantes", "Visiteur". */
export function sayWho(who: Who): string {
  if ("name" in who) return who.name;
  return "place" in who ? t("visitor_from", { place: sayPlace(who.place) }) : t("visitor");
}

/** The town of "Paris, FR"; where only the country is known, its name in words. */
export function sayPlace(place: string): string {
  const [town = "", country = ""] = place.split(/,\s*(?=[A-Z]{2}$)/);
  if (country !== "") return town;
  if (!/^[A-Z]{2}$/.test(town)) return place;
  return new Intl.DisplayNames([locale.value], { type: "region" }).of(town) ?? town;
}

/** What a speaker's name is in the margin of the conversation: the first name is enough there. */
export function sayFirstName(item: { name: string | null; place: string | null }): string {
  const who = whoOf(item);
  return "name" in who ? (who.name.split(" ")[0] ?? who.name) : t("visitor");
}

/** The disc with initials; drawn only, the name stands beside it. */
export function Disc({ name }: { name: string | null }): VNode {
  return <span class="disc" aria-hidden="true" data-initials={initialsOf(name) || "?"} />;
}

/** A desk with many agents and far more who wait: skills, languages and priorities in a fixed mixture. */
import type { Person, RoomReport } from "../domain/desk/report.ts";
import type { Staff } from "../domain/desk/desk.ts";

export const AGENTS = 200;
export const WAITING = 5_000;
export const CAPACITY = 3;

const SKILLS = [null, null, "sales", "care", "billing", "returns"];
const LOCALES = ["fr-FR", "fr-FR", "en-GB", "de-DE", "it-IT"];
const PRIORITIES = [0, 0, 0, 1, 2, 5];

/** Every fourth serves everything; the others have two skills and two languages each. */
export function staffOf(index: number): Staff {
  if (index % 4 === 0) return { skills: {}, languages: [], capacity: CAPACITY };
  const named = ["sales", "care", "billing", "returns"];
  const spoken = ["fr", "en", "de", "it"];
  const skills = { [at(named, index)]: (index % 3) + 1, [at(named, index + 1)]: 2 };
  return { skills, languages: [at(spoken, index), at(spoken, index + 2)], capacity: CAPACITY };
}

export function personOf(index: number): Person {
  return { id: `usr_${String(index).padStart(5, "0")}`, name: `Agent ${index}` };
}

export function reportOf(index: number, waitingSince: number): RoomReport {
  return {
    conversation: `cnv_${String(index).padStart(7, "0")}`,
    revision: 1,
    status: "queued",
    visitor: `visitor-${index}`,
    name: null,
    verified: false,
    preview: "Bonjour, je cherche une veste en taille M, est-elle encore disponible ?",
    page: "/femme/vestes/veste-en-lin",
    place: "Lyon, FR",
    skill: at(SKILLS, index * 7),
    priority: at(PRIORITIES, index * 5),
    decisionId: null,
    locale: at(LOCALES, index * 3),
    waitingSince,
  };
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new Error("an empty list has no entries");
  return found;
}

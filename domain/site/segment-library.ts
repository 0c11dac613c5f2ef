/**
 * Segments that are ready to install, in French and English: who is worth a word, who needs one, and who is best left
 * alone.
 *
 * Shapes  `segment` is a `Segment` but for its words. Conditions ask only for facts that every site has. A number that
 *         is not known compares as 0, so nothing here asks for "less than" or "equals 0" where that would mistake it.
 * Units   money is in the site's currency; a site changes the amounts to its own after installing.
 */
import type { Segment } from "./resources.ts";

export type LibraryWords = { name: string; description: string };
export type LibrarySegment = {
  segment: Omit<Segment, "name" | "description">;
  words: Record<"fr" | "en", LibraryWords>;
};

type Condition = Segment["condition"];

function entry(
  key: string,
  priority: number,
  condition: Condition,
  words: LibrarySegment["words"],
  exclude = false,
): LibrarySegment {
  return { segment: { key, condition, priority, exclude, value: null, skill: null }, words };
}

/** Signs that the page does not do what the visitor wants. */
const TROUBLE: Condition[] = [
  { "signals.rage_click": { $gte: 1 } },
  { "signals.dead_click": { $gte: 2 } },
  { "signals.script_error": { $gte: 1 } },
  { "signals.hesitation": { $gte: 2 } },
  { "signals.u_turn": { $gte: 2 } },
  { "signals.scroll_thrash": { $gte: 2 } },
  { "form.refilled": { $gte: 2 } },
  { "page.status": { $gte: 400 } },
];

const CONTACT_PAGE: Condition = { "page.path": { $regexi: "(^|/)[a-z-]*contact" } };

export const SEGMENT_LIBRARY: readonly LibrarySegment[] = [
  entry(
    "high_basket",
    40,
    { "cart.value": { $gte: 120 } },
    {
      fr: { name: "Gros panier", description: "Le panier vaut 120 ou plus." },
      en: { name: "High basket", description: "The cart is worth 120 or more." },
    },
  ),
  entry(
    "premium",
    50,
    { "cart.items": { $gt: 3 } },
    {
      fr: { name: "Premium", description: "Plus de trois articles dans le panier." },
      en: { name: "Premium", description: "More than three items in the cart." },
    },
  ),
  entry(
    "hot_prospect",
    30,
    {
      "session.pages": { $gte: 4 },
      $or: [
        { "cart.items": { $gte: 1 } },
        { "visitor.visits": { $gte: 3 }, "visitor.orders": { $exists: true, $lt: 1 } },
      ],
    },
    {
      fr: {
        name: "Prospect chaud",
        description:
          "Quatre pages vues, et soit un panier commencé, soit une troisième visite sans commande jusqu’ici.",
      },
      en: {
        name: "Hot prospect",
        description: "Four pages seen, and either a cart begun or a third visit with no order so far.",
      },
    },
  ),
  entry(
    "in_difficulty",
    35,
    { $or: TROUBLE },
    {
      fr: {
        name: "En difficulté",
        description:
          "Clics répétés ou sans effet, allers-retours, champ ressaisi, erreur de page ou de script.",
      },
      en: {
        name: "In difficulty",
        description:
          "Repeated clicks or clicks without effect, going back and forth, a field filled in again, a page or script error.",
      },
    },
  ),
  entry(
    "about_to_contact",
    45,
    {
      $or: [
        { "signals.copy_phone": { $gte: 1 } },
        {
          $and: [CONTACT_PAGE, { $or: [{ "page.seconds": { $gte: 10 } }, { "form.id": { $exists: true } }] }],
        },
      ],
    },
    {
      fr: {
        name: "Sur le point de nous contacter",
        description:
          "Dix secondes sur la page de contact, un formulaire commencé là, ou un numéro de téléphone sélectionné.",
      },
      en: {
        name: "About to contact us",
        description: "Ten seconds on the contact page, a form begun there, or a phone number selected.",
      },
    },
  ),
  entry(
    "searching",
    15,
    {
      $or: [{ "event.name": "Products Searched" }, { "session.search_terms": { $exists: true, $ne: "" } }],
    },
    {
      fr: {
        name: "En recherche",
        description: "Une recherche dans la boutique, ou arrivée par une recherche dont le terme est connu.",
      },
      en: {
        name: "Searching",
        description: "A search in the shop, or an arrival from a search whose term is known.",
      },
    },
  ),
  entry(
    "from_affiliate",
    10,
    { $or: [{ "session.channel": "Affiliates" }, { "session.affiliate": { $exists: true, $ne: "" } }] },
    {
      fr: { name: "Venu d’un affilié", description: "La visite vient d’un site partenaire." },
      en: { name: "From an affiliate", description: "The visit comes from a partner’s site." },
    },
  ),
  entry(
    "about_to_leave",
    25,
    { "signals.exit_intent": { $gte: 1 } },
    {
      fr: { name: "Sur le départ", description: "Le pointeur ou le geste va vers la sortie." },
      en: { name: "About to leave", description: "The pointer or the gesture goes for the exit." },
    },
  ),
  entry(
    "returning_customer",
    20,
    { "visitor.orders": { $gte: 1 }, "visitor.visits": { $gte: 2 } },
    {
      fr: { name: "Cliente ou client de retour", description: "A déjà commandé, et revient." },
      en: { name: "Returning customer", description: "Has ordered before, and is back." },
    },
  ),
  entry(
    "leave_alone",
    0,
    {
      "visitor.orders": { $gte: 2 },
      "visitor.visits": { $gte: 3 },
      $nor: [
        ...TROUBLE,
        CONTACT_PAGE,
        { "page.seconds": { $gte: 90 } },
        { "signals.exit_intent": { $gte: 1 } },
      ],
    },
    {
      fr: {
        name: "À laisser tranquille",
        description:
          "Habitués qui avancent sans peine : au moins deux commandes et trois visites, aucun signe de difficulté, jamais longtemps sur une page. Aucune campagne ne les atteint.",
      },
      en: {
        name: "Leave alone",
        description:
          "Regulars who manage by themselves: at least two orders and three visits, no sign of difficulty, never long on a page. No campaign reaches them.",
      },
    },
    true,
  ),
];

/** The segment that `key` names, with its words in `locale`; null where the library has none. */
export function librarySegment(key: string, locale: "fr" | "en"): Segment | null {
  const found = SEGMENT_LIBRARY.find(({ segment }) => segment.key === key);
  return found === undefined ? null : { ...found.segment, ...found.words[locale] };
}

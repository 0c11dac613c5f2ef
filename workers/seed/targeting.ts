/** Whom the demo shop has a name for, the way through it, and how much it asks of anybody. */
import type { Segment } from "../../domain/site/resources.ts";
import { librarySegment } from "../../domain/site/segment-library.ts";
import type { SiteSettings } from "../../domain/site/settings.ts";

const fromLibrary = (key: string, more: Partial<Segment> = {}): Segment[] => {
  const segment = librarySegment(key, "fr");
  return segment === null ? [] : [{ ...segment, ...more }];
};

export const DEMO_SEGMENTS: readonly Segment[] = [
  ...fromLibrary("high_basket", { value: 12 }),
  ...fromLibrary("premium", { value: 18 }),
  ...fromLibrary("in_difficulty", { value: 6 }),
  ...fromLibrary("returning_customer", { value: 9 }),
  ...fromLibrary("leave_alone"),
];

export const DEMO_FUNNELS = [
  {
    key: "choix",
    name: "Choisir une chemise",
    steps: [
      { key: "liste", name: "Liste des chemises", event: "Product List Viewed", path: null },
      { key: "fiche", name: "Une chemise", event: "Product Viewed", path: null },
      { key: "ajout", name: "Mise au panier", event: "Product Added", path: null },
    ],
  },
  {
    key: "achat",
    name: "Acheter",
    steps: [
      { key: "panier", name: "Panier", event: "Cart Viewed", path: null },
      { key: "caisse", name: "Passage en caisse", event: "Checkout Started", path: null },
      { key: "payee", name: "Commande payée", event: "Order Completed", path: null },
    ],
  },
];

/** Somebody is there at any hour, so that the demo shows its invitations whenever it is tried. */
export const DEMO_HOURS: Pick<SiteSettings, "business_hours" | "holidays"> = {
  business_hours: [
    {
      dayOfWeek: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
      opens: "00:00",
      closes: "24:00",
    },
  ],
  holidays: { calendar: "fr", dates: [] },
};

/** Nobody is called at night, whatever the hours of the chat. */
export const DEMO_CALLS: Partial<SiteSettings["callbacks"]> = {
  capacity: 2,
  hours: [
    {
      dayOfWeek: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
      opens: "09:00",
      closes: "18:00",
    },
    { dayOfWeek: ["PublicHolidays"], opens: "00:00", closes: "00:00" },
  ],
};

export const DEMO_PRESSURE: SiteSettings["pressure"] = { per_session: 4, per_visitor: 20, per_days: 30 };

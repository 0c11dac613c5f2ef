/** The demo shop's live campaigns, in French and English: one chat, one coupon, two pieces of advice. */
import type { CampaignInput } from "../../domain/targeting/campaign.ts";

export type DemoCampaign = {
  id: string;
  body: Partial<CampaignInput> & Pick<CampaignInput, "name" | "kind" | "variants">;
};

export const DEMO_LIVE: readonly DemoCampaign[] = [
  {
    id: "cmp_demo_aide_panier",
    body: {
      name: "Aide panier",
      status: "live",
      kind: "chat",
      condition: {
        "page.path": { $regex: "^/shop/cart" },
        "cart.items": { $gte: 3 },
        "page.seconds": { $gte: 30 },
      },
      priority: 10,
      requires_agent: true,
      caps: { per_session: 1 },
      variants: [
        {
          key: "a",
          weight: 1,
          creative: {
            fr: {
              title: "Hésitez-vous entre deux tailles ?",
              text: "Trois chemises dans votre panier : je peux vérifier la coupe et la taille avec vous. Comptez deux minutes.",
              accept: "Oui, discutons",
              decline: "Non merci",
            },
            en: {
              title: "Unsure between two sizes?",
              text: "You have three shirts in your cart: I can check the cut and the size with you. It takes two minutes.",
              accept: "Yes, let’s talk",
              decline: "No, thank you",
            },
          },
        },
      ],
    },
  },
  {
    id: "cmp_demo_livraison_offerte",
    body: {
      name: "Livraison offerte avant de partir",
      status: "live",
      kind: "offer",
      condition: {
        "cart.value": { $gte: 60 },
        "signals.exit_intent": { $gte: 1 },
        "page.path": { $regex: "^/shop/(cart|checkout)" },
      },
      priority: 5,
      caps: { per_session: 1, per_visitor: 2, per_days: 30, after_decline_days: 14 },
      variants: [
        {
          key: "a",
          weight: 1,
          creative: {
            fr: {
              title: "La livraison est pour nous",
              text: "Soit 4,90 € de moins sur cette commande, avec le code ci-dessous.",
              code: "LIN-LIVRAISON",
              accept: "Utiliser le code",
              decline: "Non merci",
            },
            en: {
              title: "Delivery is on us",
              text: "That is €4.90 off this order, with the code below.",
              code: "LIN-LIVRAISON",
              accept: "Use the code",
              decline: "No, thank you",
            },
          },
        },
      ],
    },
  },
  {
    id: "cmp_demo_guide_tailles",
    body: {
      name: "Guide des tailles",
      status: "live",
      kind: "content",
      condition: { "page.path": { $regex: "^/shop/product/" }, "page.seconds": { $gte: 45 } },
      priority: 1,
      caps: { per_session: 1, per_visitor: 3, per_days: 30, after_decline_days: 30 },
      variants: [
        {
          key: "a",
          weight: 0.5,
          creative: {
            fr: {
              title: "Trouver sa taille",
              text: "Mesurez le tour de cou et la carrure d’une chemise qui vous va, posée à plat.",
              accept: "Voir le guide",
              decline: "Non merci",
              link: "/shop/",
            },
            en: {
              title: "Find your size",
              text: "Measure the collar and the shoulders of a shirt that fits you, laid flat.",
              accept: "See the guide",
              decline: "No, thank you",
              link: "/shop/",
            },
          },
        },
        {
          key: "b",
          weight: 0.5,
          creative: {
            fr: {
              title: "Entre deux tailles ?",
              text: "Nos chemises taillent normalement. Pour une coupe ample, prenez la taille au-dessus.",
              accept: "Voir le guide",
              decline: "Non merci",
              link: "/shop/",
            },
            en: {
              title: "Between two sizes?",
              text: "Our shirts are true to size. For a loose fit, take one size up.",
              accept: "See the guide",
              decline: "No, thank you",
              link: "/shop/",
            },
          },
        },
      ],
    },
  },
  {
    id: "cmp_demo_conseil",
    body: {
      name: "Conseil après dix pages",
      status: "live",
      kind: "content",
      condition: { "session.pages": { $gte: 10 }, "cart.items": 0, "visitor.orders": 0 },
      holdout: 0.2,
      caps: { per_session: 1, per_visitor: 2, per_days: 30, after_decline_days: 30 },
      variants: [
        {
          key: "a",
          weight: 1,
          creative: {
            fr: {
              title: "Par où commencer ?",
              text: "Trois chemises conviennent à presque tout le monde : la Rivoli, la Belle-Île et l’Encre.",
              accept: "Les voir",
              decline: "Non merci",
              link: "/shop/",
            },
            en: {
              title: "Where to begin?",
              text: "Three shirts suit almost everybody: the Rivoli, the Belle-Île and the Encre.",
              accept: "See them",
              decline: "No, thank you",
              link: "/shop/",
            },
          },
        },
      ],
    },
  },
];

/** The demo shop's campaigns that wait for their owner: drafts, ready to go live. */
import type { DemoCampaign } from "./campaigns.ts";

export const DEMO_DRAFTS: readonly DemoCampaign[] = [
  {
    id: "cmp_demo_paiement",
    body: {
      name: "Aide au paiement",
      status: "draft",
      kind: "chat",
      condition: {
        "funnel.name": "checkout",
        "funnel.step": { $in: ["delivery", "payment"] },
        "page.seconds": { $gte: 60 },
      },
      schedule: { business_hours: true },
      priority: 20,
      requires_agent: true,
      holdout: 0.1,
      caps: { per_session: 1, after_decline_days: 7 },
      variants: [
        {
          key: "a",
          weight: 1,
          creative: {
            fr: {
              title: "Un doute avant de payer ?",
              text: "Livraison, retour, paiement : posez votre question, une personne répond.",
              accept: "Poser ma question",
              decline: "Non merci",
            },
            en: {
              title: "A doubt before you pay?",
              text: "Delivery, returns, payment: ask your question, a person answers.",
              accept: "Ask my question",
              decline: "No, thank you",
            },
          },
        },
      ],
    },
  },
  {
    id: "cmp_demo_remise_gros_panier",
    body: {
      name: "Remise sur un gros panier",
      status: "draft",
      kind: "offer",
      condition: { "segment.high_basket": true, "visitor.orders": { $exists: true, $lt: 1 } },
      priority: 4,
      holdout: 0.2,
      value: 10,
      namespace: { key: "remises", from: 0, to: 0.5 },
      caps: { per_session: 1, per_visitor: 1, per_days: 90, cooldown_seconds: 3_600 },
      variants: [
        {
          key: "a",
          weight: 0.5,
          creative: {
            fr: {
              title: "10 % sur votre première commande",
              text: "Soit {{ cart.value | times: 0.1 | round: 2 | money: cart.currency }} de moins sur ce panier, avec le code ci-dessous.",
              code: "LIN-BIENVENUE",
              accept: "Utiliser le code",
              decline: "Non merci",
            },
            en: {
              title: "10% off your first order",
              text: "That is {{ cart.value | times: 0.1 | round: 2 | money: cart.currency }} off this cart, with the code below.",
              code: "LIN-BIENVENUE",
              accept: "Use the code",
              decline: "No, thank you",
            },
          },
        },
        {
          key: "b",
          weight: 0.5,
          delay_seconds: 20,
          creative: {
            fr: {
              title: "Une remise pour commencer",
              text: "10 % de moins sur cette première commande, avec le code ci-dessous.",
              code: "LIN-BIENVENUE",
              accept: "Utiliser le code",
              decline: "Non merci",
              position: "start",
            },
            en: {
              title: "Something off to begin with",
              text: "10% off this first order, with the code below.",
              code: "LIN-BIENVENUE",
              accept: "Use the code",
              decline: "No, thank you",
              position: "start",
            },
          },
        },
      ],
    },
  },
  {
    id: "cmp_demo_banniere",
    body: {
      name: "Bannière de la boutique",
      status: "draft",
      kind: "content",
      condition: { "page.path": { $regex: "^/shop/$" }, "visitor.visits": { $gte: 2 } },
      exempt_ok: true,
      caps: { per_session: 1 },
      variants: [
        {
          key: "a",
          weight: 1,
          creative: {
            fr: {
              slot: "shop-banner",
              blocks: [
                { type: "heading", text: "Votre taille vous attend" },
                {
                  type: "text",
                  text: "Trois coupes, sept tailles, et l’échange gratuit si l’une d’elles ne va pas.",
                },
                { type: "link", text: "Voir toutes les chemises", link: "/shop/" },
              ],
            },
            en: {
              slot: "shop-banner",
              blocks: [
                { type: "heading", text: "Your size is waiting" },
                { type: "text", text: "Three cuts, seven sizes, and a free exchange if one does not fit." },
                { type: "link", text: "See all shirts", link: "/shop/" },
              ],
            },
          },
        },
      ],
    },
  },
  {
    id: "cmp_demo_page_absente",
    body: {
      name: "Page introuvable",
      status: "draft",
      kind: "content",
      condition: { "page.status": 404 },
      caps: { per_session: 1 },
      variants: [
        {
          key: "a",
          weight: 1,
          creative: {
            fr: {
              title: "Cette page a changé d’adresse",
              text: "Toutes nos chemises sont dans la boutique.",
              accept: "Aller à la boutique",
              decline: "Rester ici",
              link: "/shop/",
            },
            en: {
              title: "This page has moved",
              text: "All our shirts are in the shop.",
              accept: "Go to the shop",
              decline: "Stay here",
              link: "/shop/",
            },
          },
        },
      ],
    },
  },
];

/**
 * The weekly report's words and figures in two languages.
 *
 * Units   rates are fractions, durations seconds, money major units. Minus is U+2212; a missing figure is "-".
 */
import { durationWords } from "../words/duration-words.ts";
import type { FindingWire, OverviewWire } from "./wire.ts";

export type ReportLocale = "fr" | "en";
type Span = { value: number; low: number; high: number };

const TAG: Record<ReportLocale, string> = { fr: "fr-FR", en: "en-GB" };
const NBSP = "\u00a0";

/** Figures as they are written in `locale`. */
export function writerOf(locale: ReportLocale, currency: string) {
  const proper = (text: string) => text.replaceAll("-", "\u2212");
  const write = (value: number, options: Intl.NumberFormatOptions) =>
    proper(new Intl.NumberFormat(TAG[locale], options).format(value === 0 ? 0 : value));
  const count = (value: number | null, digits = 1) =>
    value === null ? "-" : write(value, { maximumFractionDigits: digits });
  const percent = (value: number | null, digits = 1) =>
    value === null
      ? "-"
      : write(value, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits });
  const money = (value: number | null) =>
    value === null
      ? "-"
      : write(value, {
          style: "currency",
          currency,
          ...(Number.isInteger(value) || Math.abs(value) >= 1_000 ? { maximumFractionDigits: 0 } : {}),
        });
  /** With as many digits as its interval can bear. */
  const roughly = (value: number, { low, high }: Span) => {
    const half = Math.abs(high - low) / 2;
    const step = half > 0 ? 10 ** Math.max(0, Math.floor(Math.log10(half)) - 1) : 1;
    return money(Math.round(value / step) * step || 0);
  };
  const seconds = (value: number | null) => (value === null ? "-" : durationWords(value));
  const date = (iso: string, timeZone: string) =>
    new Intl.DateTimeFormat(TAG[locale], {
      day: "numeric",
      month: "short",
      year: "numeric",
      timeZone,
    }).format(new Date(iso));
  const day = (text: string) =>
    new Intl.DateTimeFormat(TAG[locale], {
      weekday: "long",
      day: "numeric",
      month: "short",
      timeZone: "UTC",
    }).format(new Date(`${text}T00:00:00Z`));
  return { count, percent, money, roughly, seconds, date, day };
}
export type Writer = ReturnType<typeof writerOf>;

export const REPORT_WORDS = {
  en: {
    subject: (site: string, span: string) => `${site}: is it working? ${span}`,
    title: "Is it working?",
    earned: {
      site_holdout: "Revenue that would not have come without Aparté",
      campaigns: "Revenue that the campaigns added, each given the others",
    },
    interval: (low: string, high: string) => `95% interval: ${low} to ${high}`,
    rests: (invited: string, held: string) =>
      `${invited} visitors could be invited, ${held} held out at random`,
    bought: (invited: string, held: string) => `${invited} against ${held} bought`,
    nothing: "It may still be nothing: the interval reaches zero.",
    none: {
      measured: "",
      collecting: "Collecting: no effect can be told yet.",
      not_measurable:
        "Not measurable: nobody is held out, so nobody shows what would have happened without it.",
      unusable_split: "Unusable: visitors were not split as planned, so no difference means anything.",
      too_few: "Too few sales: fewer than ten in an arm of these weeks.",
      leads: "The campaigns that can be read are after leads: they are told below, not as revenue.",
      nobody: "In these weeks nobody came whom a campaign could have invited.",
    },
    without: "Not in it, as their effect on sales is not known: ",
    margin: (share: string) => `Margin at ${share}`,
    costs: "− Agents and platform",
    net: "= Net",
    netUnknown: "not known while that of some campaigns is not",
    roi: "Return on cost",
    attributed: "Attributed, not incremental",
    needs: "Needs you",
    needsNothing: "Nothing needs you now.",
    service: "Service",
    inside: "inside business hours",
    byTheClock: "by the clock",
    now: "These weeks",
    before: "The weeks before",
    maturing: "orders of the last days may still come",
    of: (part: string, whole: string) => `${part} / ${whole}`,
    few: (n: string) => `${n} answers, under 30: no rate`,
    campaigns: "Campaigns, effect in points",
    hidden: "not readable",
    points: (value: string, low: string, high: string) => `${value} (${low} to ${high})`,
    open: "Open the overview",
    why: "You get this because an admin of the site entered your address in its settings.",
  },
  fr: {
    subject: (site: string, span: string) => `${site}${NBSP}: est-ce que cela marche${NBSP}? ${span}`,
    title: `Est-ce que cela marche${NBSP}?`,
    earned: {
      site_holdout: "Chiffre d’affaires qui ne serait pas venu sans Aparté",
      campaigns: "Chiffre d’affaires ajouté par les campagnes, chacune avec les autres",
    },
    interval: (low: string, high: string) => `Intervalle à 95${NBSP}%${NBSP}: ${low} à ${high}`,
    rests: (invited: string, held: string) =>
      `${invited} visiteurs pouvaient être invités, ${held} témoins tirés au hasard`,
    bought: (invited: string, held: string) => `${invited} contre ${held} ont acheté`,
    nothing: `Ce peut encore n’être rien${NBSP}: l’intervalle contient zéro.`,
    none: {
      measured: "",
      collecting: `En cours de mesure${NBSP}: aucun effet ne peut encore être affirmé.`,
      not_measurable: `Non mesurable${NBSP}: sans témoins, personne ne montre ce qui se serait passé autrement.`,
      unusable_split: `Inutilisable${NBSP}: les visiteurs n’ont pas été répartis comme prévu.`,
      too_few: `Trop peu de ventes${NBSP}: moins de dix dans un groupe sur ces semaines.`,
      leads: `Les campagnes lisibles visent des contacts${NBSP}: elles sont ci-dessous, pas en chiffre d’affaires.`,
      nobody: "Sur ces semaines, aucun visiteur ne remplissait les conditions d’une campagne.",
    },
    without: `N’y sont pas, leur effet sur les ventes n’est pas connu${NBSP}: `,
    margin: (share: string) => `Marge à ${share}`,
    costs: "− Conseillers et plateforme",
    net: "= Net",
    netUnknown: "inconnu tant que l’effet de certaines campagnes l’est",
    roi: "Rendement du coût",
    attributed: "Attribué, non incrémental",
    needs: "À vous de voir",
    needsNothing: "Rien ne vous attend.",
    service: "Service",
    inside: "pendant les heures d’ouverture",
    byTheClock: "à toute heure",
    now: "Ces semaines",
    before: "Les semaines d’avant",
    maturing: "les commandes des derniers jours peuvent encore arriver",
    of: (part: string, whole: string) => `${part} / ${whole}`,
    few: (n: string) => `${n} réponses, moins de 30${NBSP}: pas de taux`,
    campaigns: "Campagnes, effet en points",
    hidden: "illisible",
    points: (value: string, low: string, high: string) => `${value} (${low} à ${high})`,
    open: "Ouvrir la vue d’ensemble",
    why: "Vous recevez ce message parce qu’un responsable du site a saisi votre adresse dans ses réglages.",
  },
} as const;
export type ReportWords = (typeof REPORT_WORDS)[ReportLocale];

export const FIGURE_NAMES = {
  en: {
    coverage_rate: "Coverage",
    acceptance_rate: "Acceptance",
    conversion_after_chat: "Conversion after chat",
    aov_assisted: "Order value, assisted",
    csat: "Satisfied",
    first_reply_median: "First reply, median",
  },
  fr: {
    coverage_rate: "Couverture",
    acceptance_rate: "Acceptation",
    conversion_after_chat: "Conversion après chat",
    aov_assisted: "Panier assisté",
    csat: "Satisfaits",
    first_reply_median: "Première réponse, médiane",
  },
} as const;
export type ReportFigure = keyof (typeof FIGURE_NAMES)["en"];

/** A finding as one sentence. */
export function findingWords(finding: FindingWire, locale: ReportLocale, writer: Writer): string {
  const english = locale === "en";
  switch (finding.code) {
    case "history_late":
      return english ? "Data is late" : "Des données tardent";
    case "unusable_split": {
      const users = finding.users.map((one) => writer.count(one)).join(" : ");
      return english
        ? `${finding.name}: visitor split is ${users}`
        : `${finding.name}${NBSP}: répartition ${users}`;
    }
    case "long_waits": {
      const [late, target, day] = [
        writer.count(finding.late),
        writer.seconds(finding.target_seconds),
        writer.day(finding.day),
      ];
      const hours = `${finding.from_hour}–${finding.to_hour} h`;
      return english
        ? `${late} chats waited over ${target}, ${day}, ${hours}`
        : `${late} chats ont attendu plus de ${target}, ${day}, ${hours}`;
    }
    case "worse":
      return english ? `${finding.name} does harm` : `${finding.name} fait du tort`;
    case "better":
      return english ? `${finding.name} has its answer` : `${finding.name} a sa réponse`;
    case "no_difference":
      return english
        ? `${finding.name}: no difference you planned to detect`
        : `${finding.name}${NBSP}: pas la différence que vous vouliez voir`;
    case "holdout_missing":
      return english ? `${finding.name} cannot be measured` : `${finding.name} ne se mesure pas`;
    case "too_few":
      return english
        ? `${finding.name}: too few conversions`
        : `${finding.name}${NBSP}: trop peu de conversions`;
    case "margin_missing":
      return english ? "No margin is entered" : "Aucune marge n’est saisie";
    case "costs_missing":
      return english ? "No cost is entered" : "Aucun coût n’est saisi";
    case "no_campaign":
      return english ? "No campaign is live" : "Aucune campagne n’est en ligne";
    default:
      return finding satisfies never;
  }
}

export type ReportCampaign = OverviewWire["campaigns"][number];

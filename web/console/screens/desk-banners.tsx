/**
 * The desk's own state in words: a lost line, a status that the desk changed, requests that were missed, a refusal, a
 * conversation that left. They may all stand at once; the gravest is in sight.
 */
import { useSignal } from "@preact/signals";
import CircleAlert from "lucide-static/icons/circle-alert.svg?raw";
import Triangle from "lucide-static/icons/triangle-alert.svg?raw";
import WifiOff from "lucide-static/icons/wifi-off.svg?raw";
import type { VNode } from "preact";
import { time } from "../../shared/format.ts";
import { AlertsSheet } from "../alerts/alerts-sheet.tsx";
import type { Attention } from "../alerts/attention.ts";
import { t as alertsWords } from "../alerts/words.ts";
import type { Desk } from "../live/desk.ts";
import type { Link } from "../live/link.ts";
import { clockOf } from "../model/waits.ts";
import type { Office } from "../office.ts";
import { type Banner, FoldedBanners } from "../parts/folded-banners.tsx";
import { locale, t, tick } from "../words.ts";

/** What is wrong with the desk, said where the desk is. */
export function DeskBanners({ office }: { office: Office }): VNode {
  const checking = useSignal(false);
  const { attention, desk } = office;
  const banners = [
    linkBanner(desk.link),
    awayBanner(desk),
    missedBanner(attention, () => (checking.value = true)),
    faultBanner(desk),
    noticeBanner(office),
  ].filter((banner) => banner !== null);
  return (
    <>
      <FoldedBanners banners={banners} />
      {checking.value ? <AlertsSheet push={attention.push} onClose={() => (checking.value = false)} /> : null}
    </>
  );
}

function linkBanner(link: Link): Banner | null {
  const phase = link.phase.value;
  if (phase.phase === "ended") {
    const words = t("link_ended", { code: phase.code });
    return { key: "link", tone: "bad", svg: CircleAlert, words, acts: [] };
  }
  if (phase.phase === "open" || phase.lostAt === null) return null;
  const since = t("link_lost", { since: clockOf((tick.value - phase.lostAt) / 1_000) });
  const next =
    phase.phase === "waiting"
      ? t("link_retry", { seconds: Math.max(0, Math.ceil((phase.retryAt - tick.value) / 1_000)) })
      : t("link_trying");
  const acts = [{ words: t("try_now"), act: link.tryNow }];
  return { key: "link", tone: "warn", svg: WifiOff, words: `${since} ${next}`, ticks: true, acts };
}

function awayBanner(desk: Desk): Banner | null {
  if (!desk.setAway.value) return null;
  const back = (): void => desk.setStatus("online", desk.me.value?.capacity ?? 3);
  const acts = [{ words: t("back_online"), act: back, dismisses: true }];
  return { key: "away", tone: "warn", svg: Triangle, words: t("set_away"), acts };
}

/** Offers that ran out before this agent saw them; `check` opens how one is alerted. */
function missedBanner(attention: Attention, check: () => void): Banner | null {
  const missed = attention.missed.value;
  if (missed === null) return null;
  const words = alertsWords("missed", { count: missed.count, time: time(locale.value, missed.at) });
  const known = (): void => void (attention.missed.value = null);
  const acts = [
    { words: alertsWords("missed_check"), act: check },
    { words: alertsWords("missed_ok"), act: known, dismisses: true },
  ];
  return { key: "missed", tone: "warn", svg: Triangle, words, acts };
}

function faultBanner(desk: Desk): Banner | null {
  const fault = desk.fault.value;
  if (fault === null) return null;
  const known = (): void => void (desk.fault.value = null);
  const acts = [{ words: t("understood"), act: known, dismisses: true }];
  return { key: "fault", tone: "bad", svg: CircleAlert, words: sayFault(fault.code), acts };
}

function noticeBanner({ notice }: Office): Banner | null {
  if (notice.value === null) return null;
  const words = t(notice.value.key, { name: notice.value.name || t("visitor") });
  const known = (): void => void (notice.value = null);
  return {
    key: "notice",
    tone: "plain",
    svg: null,
    words,
    acts: [{ words: t("understood"), act: known, dismisses: true }],
  };
}

function sayFault(code: string): string {
  const words = t(`fault_${code}`);
  return words === `fault_${code}` ? t("fault", { code }) : words;
}

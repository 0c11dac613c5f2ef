/** One visitor of the list: where they are, what they carry, and what may be done about it. */
import Monitor from "lucide-static/icons/monitor.svg?raw";
import Phone from "lucide-static/icons/smartphone.svg?raw";
import Tablet from "lucide-static/icons/tablet.svg?raw";
import type { VNode } from "preact";
import type { LiveVisitor } from "../../../domain/desk/wire.ts";
import { money, number } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { InvitationSent } from "../live/live-visitors.ts";
import { clockOf } from "../model/waits.ts";
import { sayChannel } from "../parts/channel.ts";
import { sayWho } from "../parts/who.tsx";
import { locale } from "../words.ts";
import { named, t } from "./words.ts";

const DEVICES: Readonly<Record<string, string>> = { desktop: Monitor, mobile: Phone, tablet: Tablet };

export type VisitorRowProps = {
  row: LiveVisitor;
  /** For how long they are on the site, in seconds. */
  seconds: number;
  sent: InvitationSent | null;
  /** The agent may invite at all: online, with a free place. */
  able: boolean;
  onInvite: () => void;
  /** Where their conversation is one that this agent may open. */
  onOpen: (() => void) | null;
};

export function VisitorRow({ row, seconds, sent, able, onInvite, onOpen }: VisitorRowProps): VNode {
  const who = whoIs(row);
  const page = row.title ?? row.page ?? "";
  return (
    <tr class={row.cart_value === null ? "" : "with-cart"}>
      <th scope="row" class="visitor-who">
        <span class="visitor-name">{who}</span>
        <span class="note phone-only visitor-page">{page}</span>
        <Standing row={row} sent={sent} />
      </th>
      <td class="visitor-page wide-only" title={row.page ?? ""}>
        {page}
      </td>
      <td class="number">{clockOf(seconds)}</td>
      <td class="number wide-only">{number(locale.value, row.pages)}</td>
      <td class="number visitor-cart">
        {row.cart_value === null ? (
          <span class="note">-</span>
        ) : (
          <strong>{sayMoney(row.cart_value, row.currency)}</strong>
        )}
      </td>
      <td class="wide-only">{row.channel === null ? "" : sayChannel(row.channel)}</td>
      <td class="wide-only">
        {row.device === null ? null : (
          <span class="visitor-device">
            <Icon svg={DEVICES[row.device] ?? Monitor} />
            {named(`device_${row.device}`, row.device)}
          </span>
        )}
      </td>
      <td class="number wide-only">
        {row.visits === 1 ? <span class="note">{t("first_visit")}</span> : number(locale.value, row.visits)}
      </td>
      <td class="visitor-action">
        <Action {...{ row, who, sent, able, onInvite, onOpen }} />
      </td>
    </tr>
  );
}

/** What became of an invitation; the sender hears at once, everybody else with the next report. */
function Standing({ row, sent }: Pick<VisitorRowProps, "row" | "sent">): VNode | null {
  if (sent === "asked") return <span class="tag">{t("asked")}</span>;
  const { invitation } = row;
  if (invitation === null) {
    return sent?.ok === true ? <span class="tag new">{t("state_sent")}</span> : null;
  }
  const { agent } = invitation;
  const state = t(`state_${invitation.state}`);
  const tone = { sent: "new", shown: "new", accepted: "good", declined: "", ignored: "" }[invitation.state];
  return <span class={`tag ${tone}`}>{agent === null ? state : t("by", { state, agent })}</span>;
}

type ActionProps = Omit<VisitorRowProps, "seconds"> & { who: string };

function Action({ row, who, sent, able, onInvite, onOpen }: ActionProps): VNode {
  if (onOpen !== null) {
    return (
      <button
        type="button"
        class="small"
        data-row-action
        aria-label={t("open_conversation_of", { who })}
        onClick={onOpen}
      >
        {t("open_conversation")}
      </button>
    );
  }
  if (row.not_now !== null) return <span class="note">{sayReason(row.not_now)}</span>;
  const waits = sent === "asked" || (sent?.ok === true && row.invitation === null);
  return (
    <button
      type="button"
      class="small"
      data-row-action
      disabled={!able || waits}
      aria-label={t("invite_who", { who })}
      onClick={onInvite}
    >
      {t("invite")}
    </button>
  );
}

/** "Camille Roussel" where it is proven, "Visiteur de Nantes", "Visiteur". */
export function whoIs({ name, city, country }: LiveVisitor): string {
  if (name !== null) return sayWho({ name });
  const place = [city, country].filter((part) => part !== null).join(", ");
  return sayWho(place === "" ? { unknown: true } : { place });
}

export function sayReason(reason: string): string {
  return named(`reason_${reason}`, t("reason_other"));
}

function sayMoney(value: number, currency: string | null): string {
  return currency === null ? number(locale.value, value, 2) : money(locale.value, value, currency);
}

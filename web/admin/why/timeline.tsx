/** A visit's moments, one of them chosen: by a click, or by the arrow keys. */
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { WireMoment } from "../../../domain/targeting/why-wire.ts";
import { duration, money } from "../../shared/format.ts";
import { locale } from "../session.ts";
import { clock } from "./clock.ts";
import { y } from "./words.ts";

type Props = {
  moments: readonly WireMoment[];
  chosen: number;
  zone: string;
  currency: string;
  nameOf: (campaign: string) => string;
  onChoose: (index: number) => void;
};

export function Timeline({ moments, chosen, zone, currency, nameOf, onChoose }: Props): VNode {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const move = (event: KeyboardEvent): void => {
    const to = targetOf(event.key, chosen, moments.length - 1);
    if (to === null) return;
    event.preventDefault();
    if (to !== chosen) onChoose(to);
  };
  const at = moments[chosen]?.at;
  return (
    <>
      <ul
        ref={list}
        class="moments"
        role="listbox"
        tabIndex={0}
        aria-label={y("momentsLabel")}
        aria-activedescendant={`moment-${chosen}`}
        onKeyDown={move}
      >
        {moments.map((moment) => (
          <li
            key={moment.index}
            id={`moment-${moment.index}`}
            role="option"
            aria-selected={moment.index === chosen}
            class={moment.decision === null ? "" : "decided"}
            onClick={() => onChoose(moment.index)}
          >
            <span>
              <time dateTime={moment.at}>{clock(moment.at, zone)}</time> <strong>{moment.name}</strong>
            </span>
            <span class="note">{detailOf(moment, currency, nameOf)}</span>
          </li>
        ))}
      </ul>
      {at === undefined ? null : (
        <p class="note arrows">{y("arrows", { at: clock(at, zone), up: "↑", down: "↓" })}</p>
      )}
    </>
  );
}

function targetOf(key: string, at: number, last: number): number | null {
  switch (key) {
    case "ArrowUp":
      return Math.max(0, at - 1);
    case "ArrowDown":
      return Math.min(last, at + 1);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}

/** What a moment was about, in a line. */
function detailOf(moment: WireMoment, currency: string, nameOf: (campaign: string) => string): string {
  const { decision, woken, page, page_seconds: seconds, properties, cart, name } = moment;
  if (decision !== null) {
    const words = { campaign: nameOf(decision.campaign), variant: decision.variant };
    return y(decision.arm === "holdout" ? "decisionHoldout" : "decisionTreated", words);
  }
  if (woken) return y("wakeDetail", { seconds: duration(seconds) });
  if (name === "Cart Viewed" && cart.items > 0) {
    const value = money(locale.value, cart.value, cart.currency ?? currency);
    return y("cartDetail", { items: cart.items, value });
  }
  for (const key of ["name", "query", "signal", "form_id", "step", "order_id"]) {
    const said = properties[key];
    if (typeof said === "string" && said !== "") return said;
  }
  return page?.title ?? page?.path ?? "";
}

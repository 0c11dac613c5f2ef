/** The left pane: what is offered, who waits in the router's order, and the conversations under way. */
import Users from "lucide-static/icons/users.svg?raw";
import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import { number } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { colleaguesOf, placesOf, whoOf } from "../model/queue-view.ts";
import { clockOf } from "../model/waits.ts";
import type { Office } from "../office.ts";
import { Rows } from "../parts/rows.tsx";
import { sayWho } from "../parts/who.tsx";
import { shownConversation } from "../route.ts";
import { locale, t } from "../words.ts";
import { DeskBanners } from "./desk-banners.tsx";
import { ConsultLine, MineLine, OfferCard, OtherLine, QueueLine } from "./list-rows.tsx";

const QUEUE_ROW_PX = 64;
const CONVERSATION_ROW_PX = 56;

type Props = { office: Office };

/** However many wait, one's own conversations stay in sight: each of the two lists scrolls by itself. */
export function ListPane({ office }: Props): VNode {
  return (
    <div class="pane list-pane" role="region" aria-label={t("list_pane")}>
      <DeskBanners office={office} />
      <Queue office={office} />
      <Conversations office={office} />
      <Foot office={office} />
    </div>
  );
}

function Queue({ office }: Props): VNode {
  const scroller = useRef<HTMLDivElement>(null);
  const { desk } = office;
  const offered = new Set(desk.offers.value.map((offer) => offer.item.conversation));
  const items = desk.queue.value.filter(
    (item) => item.status !== "assigned" && !offered.has(item.conversation),
  );
  const shown = items.length + offered.size;
  const waiting = Math.max(desk.waiting.value, shown);
  return (
    <section class="list-part queue-part" aria-labelledby="queue-title">
      <div class="list-head">
        <h2 id="queue-title">
          {t("queue")} <span class="count">{number(locale.value, waiting)}</span>
        </h2>
        <span class="note">{t("target", { clock: clockOf(desk.targetSeconds.value) })}</span>
      </div>
      <p class="sr-only" role="status">
        {desk.offers.value.map(({ item }) => t("offer_from", { who: sayWho(whoOf(item)) })).join(", ")}
      </p>
      <div ref={scroller} class="pane-scroll" tabIndex={-1}>
        {desk.offers.value.map((offer) => (
          <OfferCard key={offer.item.conversation} office={office} offer={offer} />
        ))}
        {!desk.ready.value ? <ListSkeleton /> : null}
        {desk.ready.value && waiting === 0 ? <p class="list-empty note">{t("queue_empty")}</p> : null}
        <Rows
          items={items}
          keyOf={(item) => item.conversation}
          rowPx={QUEUE_ROW_PX}
          scroller={scroller}
          label={t("queue")}
          row={(item) => <QueueLine office={office} item={item} />}
        />
        {waiting > shown ? (
          <p class="list-empty note">{t("queue_more", { count: waiting - shown })}</p>
        ) : null}
      </div>
      <TakeNext office={office} first={desk.firstWaiting?.conversation ?? null} />
    </section>
  );
}

/** The way to the next in the queue for somebody whom the router would not ask now. */
function TakeNext({ office, first }: { office: Office; first: string | null }): VNode | null {
  const me = office.desk.me.value;
  if (first === null || me === null || office.desk.offers.value.length > 0) return null;
  const free = placesOf(me).free > 0;
  if (free && me.state === "online") return null;
  return (
    <div class="take-next">
      <p class="note">{t(me.state === "online" ? "no_free_place" : "not_accepting")}</p>
      <button type="button" aria-keyshortcuts="n" onClick={() => office.desk.takeBeyond(first)}>
        {t("take_anyway")} <kbd aria-hidden="true">N</kbd>
      </button>
    </div>
  );
}

/** What colleagues ask this agent to look at. */
function Consults({ office }: { office: Office }): VNode | null {
  const consults = office.desk.consults.list.value;
  if (consults.length === 0) return null;
  const fresh = consults.filter((consult) => !consult.seen).length;
  return (
    <section class="consults" aria-labelledby="consults-title">
      <div class="consults-head">
        <h3 id="consults-title" class="eyebrow">
          {t("consults")}
        </h3>
        {fresh === 0 ? null : <span class="tag new">{t("consults_new", { count: fresh })}</span>}
      </div>
      <ul class="rows-whole">
        {consults.map((consult) => (
          <li key={consult.item.conversation} class="row">
            <ConsultLine consult={consult} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** One's own conversations and, for supervisors, those of everybody else. */
function Conversations({ office }: Props): VNode {
  const scroller = useRef<HTMLDivElement>(null);
  const others = office.scope.value === "others" && office.desk.role.value === "admin";
  const mine = office.mine.value;
  const theirs = office.desk.others.value;
  const items = others ? theirs : mine;
  return (
    <section class="list-part mine-part" aria-labelledby="mine-title">
      {office.desk.role.value === "admin" ? (
        <div class="list-head tabs">
          <h2 id="mine-title" class="sr-only">
            {t(others ? "others" : "mine")}
          </h2>
          <ScopeButton office={office} scope="mine" words={t("mine_short")} count={mine.length} />
          <ScopeButton office={office} scope="others" words={t("others")} count={theirs.length} />
        </div>
      ) : (
        <div class="list-head">
          <h2 id="mine-title">
            {t("mine")} <span class="count">{mine.length}</span>
          </h2>
        </div>
      )}
      <div ref={scroller} class="pane-scroll" tabIndex={-1}>
        <Consults office={office} />
        {office.desk.ready.value && items.length === 0 ? (
          <p class="list-empty note">{t(others ? "others_empty" : "mine_empty")}</p>
        ) : null}
        <Rows
          key={others ? "others" : "mine"}
          items={items}
          keyOf={(item) => item.conversation}
          rowPx={CONVERSATION_ROW_PX}
          scroller={scroller}
          label={t(others ? "others" : "mine")}
          current={shownConversation()}
          row={(item) =>
            others ? <OtherLine office={office} item={item} /> : <MineLine office={office} item={item} />
          }
        />
      </div>
    </section>
  );
}

type ScopeButtonProps = { office: Office; scope: "mine" | "others"; words: string; count: number };

function ScopeButton({ office, scope, words, count }: ScopeButtonProps): VNode {
  return (
    <button
      type="button"
      class="mode"
      aria-pressed={office.scope.value === scope}
      onClick={() => (office.scope.value = scope)}
    >
      {words} <span class="count">{number(locale.value, count)}</span>
    </button>
  );
}

function Foot({ office }: { office: Office }): VNode {
  const me = office.desk.meId.value;
  const { online, freePlaces } = colleaguesOf(office.desk.agents.value, me ?? "");
  return (
    <div class="list-foot">
      <p class="note foot-line">
        <Icon svg={Users} />
        {t("colleagues", { online: online.length, places: freePlaces })}
      </p>
    </div>
  );
}

function ListSkeleton(): VNode {
  return (
    <div class="skeletons" aria-hidden="true">
      {[0, 1, 2].map((at) => (
        <div key={at} class="row">
          <span class="skeleton wide" />
          <span class="skeleton half" />
        </div>
      ))}
    </div>
  );
}

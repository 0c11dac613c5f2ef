/**
 * The visitors who are on the site now, and inviting one of them. The desk is told that the list is open as long as it
 * is, and tells it what changes.
 */
import { useSignal } from "@preact/signals";
import Unplug from "lucide-static/icons/unplug.svg?raw";
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { LiveVisitor } from "../../../domain/desk/wire.ts";
import { time } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { placesOf } from "../model/queue-view.ts";
import type { Office } from "../office.ts";
import { BackToList } from "../parts/back-to-list.tsx";
import { go } from "../route.ts";
import { locale, t as common, tick } from "../words.ts";
import { InviteDialog } from "./invite-dialog.tsx";
import { FILTERS, ORDERS, stillHere, viewOf, type Filter, type Order, type Sorting } from "./live-view.ts";
import { sayReason, VisitorRow, whoIs } from "./visitor-row.tsx";
import "./visitors.css";
import { t } from "./words.ts";

const FIRST: Sorting = { by: "cart", falling: true };

export function VisitorsScreen({ office }: { office: Office }): VNode {
  const { desk } = office;
  const live = desk.visitors;
  const filter = useSignal<Filter>("all");
  const words = useSignal("");
  const sorting = useSignal<Sorting>(FIRST);
  const inviting = useSignal<LiveVisitor | null>(null);
  const search = useRef<HTMLInputElement>(null);

  useEffect(() => {
    live.watch(true);
    return () => live.watch(false);
  }, [live]);
  useSlash(search);

  const link = desk.link.phase.value;
  const connected = link.phase === "open" && desk.ready.value;
  const now = office.serverTime(tick.value);
  const present = [...live.present.value.values()];
  const rows = connected ? stillHere(present, now) : present;
  const shown = viewOf(rows, { filter: filter.value, words: words.value, sorting: sorting.value });
  const total = Math.max(rows.length, connected ? live.total.value - (present.length - rows.length) : 0);
  const me = desk.me.value;
  const able = me !== null && me.state === "online" && placesOf(me).free >= 1 && connected;

  return (
    <section class="pane side-pane visitors" aria-labelledby="visitors-title">
      <header class="side-head">
        <BackToList />
        <h2 class="title" id="visitors-title">
          {t("title")}
        </h2>
      </header>
      <hr class="double-rule" />
      {live.told.value ? <Sentence rows={rows} total={total} /> : null}
      {connected || !live.told.value ? null : <Frozen since={"lostAt" in link ? link.lostAt : null} />}
      {connected ? <Able office={office} /> : null}
      <Outcome office={office} />
      {live.told.value && rows.length > 0 ? (
        <div class="visitors-tools">
          <input
            ref={search}
            type="search"
            aria-label={t("search")}
            placeholder={t("search")}
            value={words.value}
            onInput={(event) => (words.value = event.currentTarget.value)}
          />
          <Filters filter={filter.value} onFilter={(next) => (filter.value = next)} />
        </div>
      ) : null}
      {live.told.value ? null : (
        <span class="skeleton messages-skeleton" role="status" aria-label={common("loading")} />
      )}
      {live.told.value && rows.length === 0 ? (
        <div class="empty">
          <h3>{t("empty")}</h3>
          <p>{t("empty_text")}</p>
        </div>
      ) : null}
      {rows.length > 0 && shown.length === 0 ? (
        <div class="empty">
          <p>{t("no_match")}</p>
          <button
            type="button"
            onClick={() => {
              filter.value = "all";
              words.value = "";
            }}
          >
            {t("show_all")}
          </button>
        </div>
      ) : null}
      {shown.length === 0 ? null : (
        <div class={`table-scroll tall ${connected ? "" : "frozen"}`}>
          <table class="visitors-table" onKeyDown={moveAmongRows}>
            <Head sorting={sorting.value} onSort={(by) => (sorting.value = nextSorting(sorting.value, by))} />
            <tbody>
              {shown.map((row) => (
                <VisitorRow
                  key={row.visitor}
                  row={row}
                  seconds={Math.max(0, (now - Date.parse(row.since)) / 1_000)}
                  sent={live.invitations.value.get(row.visitor) ?? null}
                  able={able}
                  onInvite={() => (inviting.value = row)}
                  onOpen={openerOf(office, row)}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {inviting.value === null ? null : (
        <InviteDialog
          row={inviting.value}
          who={whoIs(inviting.value)}
          seconds={Math.max(0, (now - Date.parse(inviting.value.since)) / 1_000)}
          onInvite={(text) => inviting.value !== null && live.invite(inviting.value.visitor, text)}
          onClose={() => (inviting.value = null)}
        />
      )}
    </section>
  );
}

function Sentence({ rows, total }: { rows: readonly LiveVisitor[]; total: number }): VNode {
  const carts = rows.filter(({ cart_value }) => cart_value !== null).length;
  const talking = rows.filter(({ conversation }) => conversation !== null).length;
  return (
    <>
      <p class="sentence">{t("sentence", { total, carts, talking })}</p>
      {total > rows.length ? <p class="note">{t("only_busiest", { shown: rows.length, total })}</p> : null}
    </>
  );
}

function Frozen({ since }: { since: number | null }): VNode {
  return (
    <div class="banner warn" role="status">
      <Icon svg={Unplug} />
      <span>{t("frozen", { time: time(locale.value, since ?? Date.now()) })}</span>
    </div>
  );
}

/** What keeps this agent from inviting anybody, and the way out of it. */
function Able({ office }: { office: Office }): VNode | null {
  const me = office.desk.me.value;
  if (me === null) return null;
  if (me.state !== "online") {
    return (
      <div class="banner">
        <span>{t("not_online")}</span>
        <button type="button" class="small" onClick={() => office.desk.setStatus("online", me.capacity)}>
          {t("go_online")}
        </button>
      </div>
    );
  }
  return placesOf(me).free >= 1 ? null : <div class="banner">{t("no_place")}</div>;
}

/** What became of the invitation that was sent last, said once. */
function Outcome({ office }: { office: Office }): VNode {
  const { invitations, present } = office.desk.visitors;
  const [visitor, sent] = [...invitations.value].at(-1) ?? [];
  const row = visitor === undefined ? undefined : present.value.get(visitor);
  const who = row === undefined ? common("visitor") : whoIs(row);
  const words =
    sent === undefined || sent === "asked"
      ? ""
      : sent.ok
        ? t("said_ok", { who })
        : t("said_no", { who, reason: sayReason(sent.reason ?? "other") });
  return (
    <p
      class={`note visitors-outcome ${sent !== undefined && sent !== "asked" && !sent.ok ? "bad" : ""}`}
      role="status"
    >
      {words}
    </p>
  );
}

function Filters({ filter, onFilter }: { filter: Filter; onFilter: (next: Filter) => void }): VNode {
  return (
    <div class="visitors-filters" role="group" aria-label={t("show")}>
      {FILTERS.map((one) => (
        <button
          key={one}
          type="button"
          class="small"
          aria-pressed={filter === one}
          onClick={() => onFilter(one)}
        >
          {t(`filter_${one}`)}
        </button>
      ))}
    </div>
  );
}

type Column = { key: string; number?: boolean; wide?: boolean };
const COLUMNS: readonly Column[] = [
  { key: "visitor" },
  { key: "page", wide: true },
  { key: "since", number: true },
  { key: "pages", number: true, wide: true },
  { key: "cart", number: true },
  { key: "channel", wide: true },
  { key: "device", wide: true },
  { key: "visits", number: true, wide: true },
  { key: "action" },
];

function Head({ sorting, onSort }: { sorting: Sorting; onSort: (by: Order) => void }): VNode {
  return (
    <thead>
      <tr>
        {COLUMNS.map(({ key, number, wide }) => {
          const by = ORDERS.find((order) => order === key);
          const names = [number === true ? "number" : "", wide === true ? "wide-only" : ""];
          const sorted = sorting.falling ? "descending" : "ascending";
          return (
            <th
              key={key}
              scope="col"
              class={names.join(" ")}
              aria-sort={by === undefined ? undefined : by === sorting.by ? sorted : "none"}
            >
              {by === undefined ? (
                <span class={key === "action" ? "sr-only" : ""}>{t(`column_${key}`)}</span>
              ) : (
                <button type="button" class="plain small sort" onClick={() => onSort(by)}>
                  <span aria-hidden="true">{by !== sorting.by ? "" : sorting.falling ? "↓" : "↑"}</span>
                  {t(`column_${key}`)}
                </button>
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function nextSorting(before: Sorting, by: Order): Sorting {
  return before.by === by ? { by, falling: !before.falling } : { by, falling: true };
}

/** Up and down go from one visitor's button to the next one's. */
function moveAmongRows(event: KeyboardEvent & { currentTarget: HTMLTableElement }): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || event.altKey) return;
  const actions = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row-action]:not(:disabled)")];
  const at = actions.findIndex((action) => action === document.activeElement);
  const next = actions[at === -1 ? 0 : at + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

/** `/` goes to the search, unless something is being written. */
function useSlash(search: { current: HTMLInputElement | null }): void {
  useEffect(() => {
    const onKeyDown = ({ key, target }: KeyboardEvent): void => {
      const writes = target instanceof HTMLElement && target.closest("input, textarea, select") !== null;
      if (key === "/" && !writes) search.current?.focus();
    };
    document.addEventListener("keyup", onKeyDown);
    return () => document.removeEventListener("keyup", onKeyDown);
  }, []);
}

function openerOf(office: Office, { conversation }: LiveVisitor): (() => void) | null {
  if (conversation === null) return null;
  const known = [...office.mine.value, ...office.desk.others.value].some(
    (item) => item.conversation === conversation,
  );
  return known ? () => go({ name: "conversation", conversation }) : null;
}

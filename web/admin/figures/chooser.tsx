/** Which figures are shown: searched by name or meaning, and chosen among their kind. */
import List from "lucide-static/icons/list-checks.svg?raw";
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { KpiName } from "../../../domain/kpi/figures.ts";
import { Icon } from "../../shared/icon.tsx";
import { FIGURES, GROUPS, MOST_CHOSEN, NAMES } from "./catalogue.ts";
import { f } from "./words.ts";

type Part = { chosen: readonly KpiName[]; onChange: (chosen: readonly KpiName[]) => void };

export function Chooser({ chosen, onChange }: Part): VNode {
  const box = useRef<HTMLDetailsElement>(null);
  const [search, setSearch] = useState("");
  const close = (): void => {
    if (box.current !== null) box.current.open = false;
  };
  useEffect(() => {
    const outside = ({ target }: Event): void => {
      if (target instanceof Node && box.current?.contains(target) === false) close();
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  const found = new Set(NAMES.filter((name) => matches(name, search)));
  return (
    <details
      ref={box}
      class="period figures-choice"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        close();
        box.current?.querySelector("summary")?.focus();
      }}
    >
      <summary class="button">
        <Icon svg={List} />
        {f("choose", { n: chosen.length })}
      </summary>
      <div class="period-menu floating" role="group" aria-label={f("chooseTitle")}>
        <label class="figures-search">
          {f("search")}
          <input type="search" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
        </label>
        <p class="note" aria-live="polite">
          {f("found", { n: found.size })} · {f("most", { n: MOST_CHOSEN })}
        </p>
        <div class="figures-list" tabIndex={0} role="group" aria-label={f("chooseTitle")}>
          {GROUPS.map((group) => (
            <Kind key={group} group={group} found={found} chosen={chosen} onChange={onChange} />
          ))}
        </div>
        <button type="button" class="small" disabled={chosen.length === 0} onClick={() => onChange([])}>
          {f("clear")}
        </button>
      </div>
    </details>
  );
}

function Kind({
  group,
  found,
  chosen,
  onChange,
}: Part & { group: (typeof GROUPS)[number]; found: ReadonlySet<KpiName> }): VNode | null {
  const names = NAMES.filter((name) => FIGURES[name].group === group && found.has(name));
  if (names.length === 0) return null;
  return (
    <fieldset>
      <legend class="eyebrow">{f(`group_${group}`)}</legend>
      {names.map((name) => {
        const isChosen = chosen.includes(name);
        return (
          <label key={name} class="figures-option">
            <input
              type="checkbox"
              checked={isChosen}
              disabled={!isChosen && chosen.length >= MOST_CHOSEN}
              onChange={() =>
                onChange(NAMES.filter((one) => (one === name ? !isChosen : chosen.includes(one))))
              }
            />
            <span>
              {f(`kpi_${name}`)} <span class="note">{f(`what_${name}`)}</span>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

/** Every word that is searched for begins somewhere in the figure's name, its meaning, its kind or its key. */
function matches(name: KpiName, search: string): boolean {
  const text = plain(
    [f(`kpi_${name}`), f(`what_${name}`), f(`group_${FIGURES[name].group}`), name].join(" "),
  );
  return plain(search)
    .split(" ")
    .every((word) => text.includes(word));
}

/** Without marks and capitals. */
function plain(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** Which fact a row asks about: from the list, or typed by its path. */
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { OPEN_FACTS } from "../facts.ts";
import { w } from "../words.ts";
import { useSurroundings } from "./context.ts";
import { factAbout } from "./fact-words.ts";

export function FactChoice({
  fact,
  disabled,
  aboutId,
  onChange,
}: {
  fact: string;
  disabled: boolean;
  aboutId: string;
  onChange: (fact: string) => void;
}): VNode {
  const { segments, facts } = useSurroundings();
  const listed = facts.some(({ options }) => options.some(({ name }) => name === fact));
  return (
    <div class="fact">
      <select
        aria-label={w("fact")}
        aria-describedby={aboutId}
        title={factAbout(fact, segments)}
        value={listed ? fact : openOf(fact)}
        disabled={disabled}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          onChange(chosen.endsWith(".*") ? chosen.slice(0, -1) : chosen);
        }}
      >
        {facts.map(({ label, options }) => (
          <optgroup key={label} label={label}>
            {options.map(({ name, label: words }) => (
              <option key={name} value={name}>
                {words}
              </option>
            ))}
          </optgroup>
        ))}
        <optgroup label={w("facts_open")}>
          {OPEN_FACTS.map(({ path }) => (
            <option key={path} value={`${path}.*`}>
              {w(`open_${path}`)}
            </option>
          ))}
          {listed || openOf(fact) !== OTHER ? null : <option value={OTHER}>{w("factOther")}</option>}
        </optgroup>
      </select>
      {listed ? null : <PathInput key={fact} path={fact} disabled={disabled} onChange={onChange} />}
    </div>
  );
}

const OTHER = "other";

/** The entry of the list below which `fact` stands. */
function openOf(fact: string): string {
  const open = OPEN_FACTS.find(({ path }) => fact.startsWith(`${path}.`));
  return open === undefined ? OTHER : `${open.path}.*`;
}

/** A path is taken when it is left or Enter is pressed: half of one is another fact. */
function PathInput({
  path,
  disabled,
  onChange,
}: {
  path: string;
  disabled: boolean;
  onChange: (path: string) => void;
}): VNode {
  const [typed, setTyped] = useState(path);
  const input = useRef<HTMLInputElement>(null);
  // The rest of the path is what comes next once its beginning was chosen.
  useEffect(() => {
    if (path.endsWith(".")) input.current?.focus();
  }, []);
  const take = (): void => {
    if (typed !== path) onChange(typed);
  };
  return (
    <input
      ref={input}
      aria-label={w("factPath")}
      class="mono"
      spellcheck={false}
      autocapitalize="none"
      value={typed}
      disabled={disabled}
      onInput={(event) => setTyped(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === "Enter") take();
      }}
    />
  );
}

/** A group of rows: solid ink rule for all, dashed accent for any, and the word in its head. */
import Brackets from "lucide-static/icons/brackets.svg?raw";
import Plus from "lucide-static/icons/plus.svg?raw";
import type { VNode } from "preact";
import { RuleGroupBodyComponents, useRuleGroup, type RuleGroupProps } from "react-querybuilder";
import { Icon } from "../../../shared/icon.tsx";
import { COMBINATORS } from "../condition-query.ts";
import { w } from "../words.ts";
import { RemoveButton } from "./remove-button.tsx";

export function Group(props: RuleGroupProps): VNode {
  const group = useRuleGroup(props);
  const { combinator = "all", disabled = false, path } = group;
  const empty = group.ruleGroup.rules.length === 0;
  return (
    <div class={`group ${combinator}`} role="group" aria-label={w(`group_${combinator}`)}>
      <div class="group-head">
        <select
          aria-label={w("groupKind")}
          value={combinator}
          disabled={disabled}
          onChange={(event) => group.onCombinatorChange(event.currentTarget.value)}
        >
          {COMBINATORS.map((one) => (
            <option key={one} value={one}>
              {w(`group_${one}`)}
            </option>
          ))}
        </select>
        <span class="quiet">{w(`joined_${combinator}`)}</span>
        {path.length === 0 ? null : (
          <RemoveButton label={w("removeGroup")} disabled={disabled} onClick={() => group.removeGroup()} />
        )}
      </div>
      <div class="group-items">
        {empty ? <p class="quiet">{w(`empty_${combinator}`)}</p> : null}
        <RuleGroupBodyComponents {...group} />
        <div class="group-add">
          <button type="button" class="plain small" disabled={disabled} onClick={() => group.addRule()}>
            <Icon svg={Plus} size={12} /> {w("addCondition")}
          </button>
          <button type="button" class="plain small" disabled={disabled} onClick={() => group.addGroup()}>
            <Icon svg={Brackets} size={12} /> {w("addGroup")}
          </button>
        </div>
      </div>
    </div>
  );
}

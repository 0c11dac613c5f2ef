/** A campaign that shares its visitors out with others: only those whose place in the namespace is in its range. */
import type { VNode } from "preact";
import { Switch, TextField } from "../field.tsx";
import type { PartProps } from "./draft.ts";
import { faultAt, type Fault } from "./fault.ts";
import { w } from "./words.ts";

const HALF = { key: "", from: 0, to: 0.5 };
const PERCENT = 100;

export function NamespaceField({ draft, fault, onChange }: PartProps): VNode {
  const { namespace } = draft;
  return (
    <fieldset class="caps">
      <Switch
        label={w("namespace")}
        note={w("namespaceNote")}
        checked={namespace !== null && namespace !== undefined}
        onChange={(on) => onChange({ namespace: on ? HALF : null })}
      />
      {namespace === null || namespace === undefined ? null : (
        <>
          <TextField
            label={w("namespace_key")}
            value={namespace.key}
            maxLength={40}
            error={faultAt(fault, "namespace.key")}
            onInput={(key) => onChange({ namespace: { ...namespace, key } })}
          />
          {(["from", "to"] as const).map((edge) => (
            <TextField
              key={edge}
              label={w(`namespace_${edge}`)}
              type="number"
              min={0}
              max={PERCENT}
              step={1}
              value={String(Math.round(namespace[edge] * 10_000) / PERCENT)}
              error={faultAt(fault, `namespace.${edge}`)}
              onInput={(text) => onChange({ namespace: { ...namespace, [edge]: Number(text) / PERCENT } })}
            />
          ))}
          <NamespaceFault fault={fault} />
        </>
      )}
    </fieldset>
  );
}

/** The two edges together may be refused too. */
function NamespaceFault({ fault }: { fault: Fault | null }): VNode | null {
  return fault?.path !== "namespace" ? null : (
    <p class="field-error" role="alert">
      {fault.said}
    </p>
  );
}

/** Every key, and the switch for those of one letter. */
import type { VNode } from "preact";
import { Dialog } from "../parts/dialog.tsx";
import { SHORTCUTS, setSingleKeys, singleKeys } from "../shortcuts.ts";
import { t } from "../words.ts";

export function HelpSheet({ onClose }: { onClose: () => void }): VNode {
  return (
    <Dialog title={t("shortcuts")} onClose={onClose}>
      <table class="keys">
        <tbody>
          {SHORTCUTS.map(({ keys, words }) => (
            <tr key={words}>
              <th scope="row">
                {keys.map((key) => (
                  <kbd key={key}>{key === "Esc" ? t("key_name_escape") : key}</kbd>
                ))}
              </th>
              <td>{t(words)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <label class="option">
        <input
          type="checkbox"
          checked={singleKeys.value}
          onChange={(event) => setSingleKeys(event.currentTarget.checked)}
        />
        <span>{t("single_keys")}</span>
      </label>
    </Dialog>
  );
}

/** A screen whose code comes when it is shown; until then, and where it does not come, that is said. */
import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import type { Screen, ScreenProps } from "../navigation.ts";
import { t } from "../words.ts";
import { FaultBanner } from "./fault.tsx";

type Loaded = Awaited<ReturnType<Screen["load"]>>;

export function Lazy({ screen, ...props }: { screen: Screen } & ScreenProps): VNode {
  const loaded = useSignal<{ view: Loaded } | null>(null);
  const failed = useSignal<number | null>(null);

  async function load(): Promise<void> {
    failed.value = null;
    try {
      loaded.value = { view: await screen.load() };
    } catch (error) {
      console.warn("a screen could not be loaded", screen.name, error);
      failed.value = Date.now();
    }
  }
  useEffect(() => void load(), [screen]);

  if (loaded.value !== null) {
    const { view: View } = loaded.value;
    return <View {...props} />;
  }
  return (
    <section class="pane side-pane" aria-busy={failed.value === null} aria-label={t(`screen_${screen.name}`)}>
      {failed.value === null ? (
        <span class="skeleton messages-skeleton" role="status" aria-label={t("loading")} />
      ) : (
        <FaultBanner
          what={t("screen_failed")}
          fault={{ code: "network", since: failed.value }}
          shownAt={null}
          onRetry={() => void load()}
        />
      )}
    </section>
  );
}

/** What is to be said in one place, the gravest in sight and the rest behind a count, so that it never takes more room. */
import { useSignal } from "@preact/signals";
import type { RefObject, VNode } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { t } from "../words.ts";

export type BannerAct = {
  words: string;
  act: () => void;
  /** The banner goes with it, and the button under the finger too. */
  dismisses?: boolean;
};
export type Banner = {
  key: string;
  tone: "plain" | "warn" | "bad";
  svg: string | null;
  words: string;
  /** Its words change every second: they are read out when the banner comes, and not again. */
  ticks?: boolean;
  acts: readonly BannerAct[];
};

/** `banners` with the gravest first. */
export function FoldedBanners({ banners }: { banners: readonly Banner[] }): VNode {
  const root = useRef<HTMLDivElement>(null);
  const more = useRef<HTMLButtonElement>(null);
  const open = useSignal(false);
  const listId = useId();
  const [gravest, ...behind] = banners;
  const unfolded = open.value && behind.length > 0;

  useEffect(() => {
    if (behind.length === 0) open.value = false;
  }, [behind.length]);
  useEffect(() => {
    if (!unfolded) return;
    // A sheet that one of them opened gives the focus back when it closes.
    const leave = ({ target }: Event): void => {
      if (!(target instanceof Element) || target.closest("wa-dialog") !== null) return;
      if (root.current?.contains(target) !== true) open.value = false;
    };
    document.addEventListener("pointerdown", leave);
    document.addEventListener("focusin", leave);
    return () => {
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("focusin", leave);
    };
  }, [unfolded]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !unfolded) return;
    event.stopPropagation();
    open.value = false;
    more.current?.focus();
  };
  const view = (banner: Banner, rest: VNode | null): VNode => (
    <BannerView key={banner.key} banner={banner} home={root} rest={rest} />
  );
  return (
    <div ref={root} class="banners folded" tabIndex={-1} onKeyDown={onKeyDown}>
      <div role="status">
        {gravest === undefined
          ? null
          : view(
              gravest,
              behind.length === 0 ? null : (
                <button
                  ref={more}
                  type="button"
                  class="banner-more"
                  aria-label={t("banners_more", { count: behind.length })}
                  aria-expanded={unfolded}
                  aria-controls={listId}
                  onClick={() => (open.value = !unfolded)}
                >
                  +{behind.length}
                </button>
              ),
            )}
        {unfolded || behind.length === 0 ? null : (
          <p class="sr-only">{behind.map(({ words }) => words).join(" ")}</p>
        )}
      </div>
      <div id={listId} class="banners-behind" hidden={!unfolded}>
        {unfolded ? behind.map((banner) => view(banner, null)) : null}
      </div>
    </div>
  );
}

type BannerViewProps = { banner: Banner; home: RefObject<HTMLElement | null>; rest: VNode | null };

/** `home` takes the focus of a button that goes away with its banner. */
function BannerView({ banner, home, rest }: BannerViewProps): VNode {
  const { tone, svg, words, ticks = false, acts } = banner;
  return (
    <div class={`banner ${tone}`}>
      {svg === null ? null : <Icon svg={svg} />}
      <div class="banner-said">
        <p role={ticks ? "timer" : undefined}>{words}</p>
        <div class="banner-acts">
          {acts.map(({ words: label, act, dismisses = false }) => (
            <button
              key={label}
              type="button"
              class="link"
              onClick={() => {
                act();
                if (dismisses) home.current?.focus();
              }}
            >
              {label}
            </button>
          ))}
          {rest}
        </div>
      </div>
    </div>
  );
}

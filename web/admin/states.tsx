/** What a panel shows before, instead of and beside its answer: `look.md` §7. */
import Alert from "lucide-static/icons/circle-alert.svg?raw";
import Refresh from "lucide-static/icons/refresh-cw.svg?raw";
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ApiFailure } from "../shared/api.ts";
import { time } from "../shared/format.ts";
import { Icon } from "../shared/icon.tsx";
import { Brackets } from "../shared/mark.tsx";
import type { Resource } from "./resource.ts";
import type { Fault, Refused } from "./campaigns/fault.ts";
import { sayRefusal } from "./refusal.ts";
import { locale, t } from "./session.ts";

/** The page's title, what can be done there, and the one double rule. */
export function PageHead({
  title,
  above,
  children,
}: {
  title: ComponentChildren;
  above?: ComponentChildren;
  children?: ComponentChildren;
}): VNode {
  return (
    <header class="page-head">
      {above}
      <div class="page-head-row">
        <h1 tabIndex={-1}>{title}</h1>
        <div class="page-actions">{children}</div>
      </div>
      <hr class="double-rule" />
    </header>
  );
}

/** Blocks in the shape of an answer of `lines` rows. */
export function Loading({ lines = 4 }: { lines?: number }): VNode {
  return (
    <div class="loading" role="status">
      <span class="sr-only">{t("loading")}</span>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} class="skeleton" style={{ width: `${90 - ((index * 17) % 45)}%` }} />
      ))}
    </div>
  );
}

/** The banner of a panel that could not be read or saved. */
export function Failed({
  title,
  failure,
  since,
  onRetry,
}: {
  title: string;
  failure: ApiFailure;
  since?: number | null;
  onRetry?: () => void;
}): VNode {
  const { said, detail } = sayRefusal(failure);
  return (
    <div class="banner bad failed" role="alert">
      <Icon svg={Alert} />
      <div>
        <strong>{title}</strong>
        <p>
          {since === undefined || since === null ? "" : `${t("since", { at: time(locale.value, since) })} `}
          {said}
        </p>
        <Detail text={detail} />
      </div>
      <div class="failed-actions">
        {onRetry === undefined ? null : (
          <button type="button" class="small" onClick={onRetry}>
            {t("tryAgain")}
          </button>
        )}
        <CopyButton
          text={`${failure.code} ${failure.status} ${new Date(since ?? Date.now()).toISOString()}`}
          label={t("copyError", { code: failure.code })}
          kind="small plain"
        />
      </div>
    </div>
  );
}

/** The server's own text, in its own language, below what was said of it. */
export function Detail({ text }: { text: Refused["detail"] }): VNode | null {
  if (text === null) return null;
  return (
    <p class="detail">
      {t("refusedDetail")}
      {locale.value === "fr" ? "\u00a0: " : ": "}
      <span lang="en">{text}</span>
    </p>
  );
}

/** What was refused of something whose place has no field here. */
export function PlacedFault({ fault }: { fault: Fault }): VNode {
  return (
    <div class="banner bad" role="alert">
      <div>
        <p>
          <code>{fault.path}</code> {fault.said}
        </p>
        <Detail text={fault.message} />
      </div>
    </div>
  );
}

/** One sentence, one step, where the thing will be. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }): VNode {
  return (
    <div class="empty">
      <Brackets size={40} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** `children` of the data; skeleton while there is none; a banner over the old, dimmed data when it failed. */
export function Shown<T>({
  resource,
  title,
  lines,
  loading,
  children,
}: {
  resource: Resource<T>;
  /** What could not be read, as a sentence. */
  title: string;
  lines?: number;
  /** Blocks in the shape of this answer, where lines are not. */
  loading?: ComponentChildren;
  children: (data: T) => ComponentChildren;
}): VNode {
  const { data, failure, failingSince, readAt } = resource;
  return (
    <>
      {failure === null ? null : (
        <Failed title={title} failure={failure} since={failingSince} onRetry={resource.reload} />
      )}
      {data === undefined ? (
        failure === null ? (
          (loading ?? <Loading {...(lines === undefined ? {} : { lines })} />)
        ) : null
      ) : (
        <div class={failure === null ? "shown" : "shown stale"}>
          {failure === null || readAt === null ? null : (
            <p class="note">{t("asReadAt", { at: time(locale.value, readAt) })}</p>
          )}
          {children(data)}
        </div>
      )}
    </>
  );
}

/** How old the figures are, and a way to read them again. */
export function DataAge<T>({ resource }: { resource: Resource<T> }): VNode {
  const now = useNow(1_000);
  const { readAt } = resource;
  const seconds = readAt === null ? null : Math.max(0, Math.round((now - readAt) / 1_000));
  return (
    <button type="button" class="tag outline data-age" onClick={resource.reload} title={t("refresh")}>
      <Icon svg={Refresh} size={12} />
      {seconds === null
        ? t("ageUnknown")
        : seconds < 60
          ? t("ageSeconds", { seconds })
          : t("ageMinutes", { minutes: Math.floor(seconds / 60) })}
    </button>
  );
}

/** The present moment, told every `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

export function CopyButton({
  text,
  label,
  kind = "",
}: {
  text: string;
  label: string;
  kind?: string;
}): VNode {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setState("copied"),
      () => setState("refused"),
    );
  };
  return (
    <button type="button" class={kind} onClick={copy}>
      <span aria-live="polite">
        {state === "idle" ? label : t(state === "copied" ? "copied" : "copyRefused")}
      </span>
    </button>
  );
}

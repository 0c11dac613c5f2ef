/** The one question at the end: three faces with their words, a line to add, or nothing. */
import { useState } from "preact/hooks";
import type { VNode } from "preact";
import Frown from "lucide-static/icons/frown.svg?shapes";
import Meh from "lucide-static/icons/meh.svg?shapes";
import Smile from "lucide-static/icons/smile.svg?shapes";
import { Icon } from "./icon.tsx";
import type { ChatScreen } from "./screen.ts";

const FACES = [
  { answer: 1, svg: Frown, kind: "bad" },
  { answer: 2, svg: Meh, kind: "half" },
  { answer: 3, svg: Smile, kind: "good" },
] as const;

export function Rating({ screen }: { screen: ChatScreen }): VNode {
  const { conversation } = screen;
  const { t } = screen.words;
  const [answer, setAnswer] = useState<1 | 2 | 3 | null>(null);
  const [comment, setComment] = useState("");
  const [state, setState] = useState<"asking" | "sending" | "failed" | "skipped">("asking");
  const name = conversation.agent.value;
  const again = (
    <p class="after">
      <button type="button" class="link" onClick={() => void screen.startAgain()}>
        {t("reopen")}
      </button>
    </p>
  );
  if (conversation.rated.value || state === "skipped") {
    return (
      <>
        {conversation.rated.value && (
          <p class="line" role="status">
            {t("thanks")}
          </p>
        )}
        {again}
      </>
    );
  }
  return (
    <>
      <form
        class="rating"
        onSubmit={(event) => {
          event.preventDefault();
          if (answer === null || state === "sending") return;
          setState("sending");
          conversation.rate(answer, comment.trim()).catch(() => setState("failed"));
        }}
      >
        <fieldset>
          <legend>{name ? t("asked", { name }) : t("askedNobody")}</legend>
          <p class="small">{t("oneQuestion")}</p>
          <div class="faces">
            {FACES.map((face) => (
              <label key={face.answer} class={face.kind}>
                <input
                  type="radio"
                  name="answer"
                  class="unseen"
                  checked={answer === face.answer}
                  onChange={() => setAnswer(face.answer)}
                />
                <Icon of={face.svg} size={32} />
                {t(`face${face.answer}`)}
              </label>
            ))}
          </div>
        </fieldset>
        <label class="labelled">
          <span>
            {t(answer === 3 || answer === null ? "wordMore" : "wordMissing")} <small>{t("optional")}</small>
          </span>
          <textarea
            rows={2}
            dir="auto"
            maxLength={2_000}
            value={comment}
            onInput={(event) => setComment(event.currentTarget.value)}
          />
        </label>
        {state === "failed" && (
          <p class="wrong" role="alert">
            {t("notSaved")}
          </p>
        )}
        <div class="answers uneven">
          <button type="submit" class="main" aria-disabled={answer === null}>
            {t("send")}
          </button>
          <button type="button" class="quiet" onClick={() => setState("skipped")}>
            {t("skip")}
          </button>
        </div>
      </form>
      {again}
    </>
  );
}

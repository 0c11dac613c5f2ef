/**
 * What the visitor thought of it, asked once, and only what the conversation's end asks: three faces for welcome, wait
 * and answer with a line to add; then, for who likes, some figures. Each can be passed over, and what was given before
 * counts.
 */
import { useState } from "./hooks.ts";
import type { ComponentChildren, VNode } from "preact";
import Frown from "lucide-static/icons/frown.svg?shapes";
import Meh from "lucide-static/icons/meh.svg?shapes";
import Smile from "lucide-static/icons/smile.svg?shapes";
import { questionsAt } from "./asked.ts";
import { Icon } from "./icon.tsx";
import { saveTranscript } from "./save-transcript.ts";
import type { ChatScreen } from "./screen.ts";
import { conversationPath } from "./server.ts";

export { default as style } from "./rating.css?inline";

const FACES = [
  { value: 1, svg: Frown, kind: "bad" },
  { value: 2, svg: Meh, kind: "half" },
  { value: 3, svg: Smile, kind: "good" },
] as const;
const ASPECTS = ["welcome", "wait", "answer"] as const;
const SCALES = [
  { name: "csat", from: 1, to: 5 },
  { name: "ces", from: 1, to: 7 },
  { name: "nps", from: 0, to: 10 },
] as const;

/** Answers of 1 to 3, and on their scales; what was not answered is not there. */
type Survey = Partial<
  Record<"welcome" | "wait" | "answer" | "csat" | "ces" | "nps", number> & {
    resolved: boolean;
    comment: string;
  }
>;
type Step = "faces" | "figures" | "done";

export function Rating({ screen }: { screen: ChatScreen }): VNode {
  const { conversation } = screen;
  const { t } = screen.words;
  const [survey, setSurvey] = useState<Survey>({});
  const [passed, setPassed] = useState<Step | null>(null);
  const [state, setState] = useState<"" | "sending" | "failed">("");
  const [given, setGiven] = useState(false);
  const give = (more: Survey): void => setSurvey({ ...survey, ...more });

  const asked = questionsAt(conversation.rows.value);
  const figures = asked.filter((one) => one !== "faces");
  const scales = SCALES.filter(({ name }) => figures.includes(name));
  const step = stepAfter(passed);
  if (conversation.rated.value || step === "done") {
    return (
      <>
        {given && (
          <p class="line" role="status">
            {t("thanks")}
          </p>
        )}
        <After screen={screen} />
      </>
    );
  }
  return (
    <>
      {step === "faces" ? (
        <Questions
          title={t("ratingTitle")}
          line={t("ratingLine")}
          state={state}
          screen={screen}
          ready={ASPECTS.some((one) => survey[one])}
          send={() => void send("faces")}
          skip={finish}
        >
          {ASPECTS.map((aspect) => (
            <Faces key={aspect} screen={screen} aspect={aspect} value={survey[aspect]} give={give} />
          ))}
          <label class="labelled">
            <span>
              {t(survey.answer === 1 || survey.answer === 2 ? "wordMissing" : "wordMore")}{" "}
              <small>{t("optional")}</small>
            </span>
            <textarea
              rows={2}
              dir="auto"
              maxLength={2_000}
              value={survey.comment ?? ""}
              onInput={(event) => give({ comment: event.currentTarget.value })}
            />
          </label>
        </Questions>
      ) : (
        <Questions
          title={t(asked.includes("faces") ? "figuresTitle" : "ratingTitle", { n: figures.length })}
          line={t("figuresLine", { n: figures.length })}
          state={state}
          screen={screen}
          ready={figures.some((name) => survey[name] !== undefined)}
          send={() => void send("figures")}
          skip={finish}
        >
          {figures.includes("resolved") && (
            <Choices
              legend={t("resolved")}
              name="resolved"
              value={survey.resolved}
              options={[true, false].map((value) => ({ value, label: t(value ? "face3" : "face1") }))}
              choose={(resolved) => give({ resolved })}
            />
          )}
          {scales.map(({ name, from, to }) => (
            <Choices
              key={name}
              legend={t(name)}
              name={name}
              value={survey[name]}
              ends={[t(`${name}Low`), t(`${name}High`)]}
              options={Array.from({ length: to - from + 1 }, (_, at) => {
                return { value: from + at, label: String(from + at) };
              })}
              choose={(value) => give({ [name]: value })}
            />
          ))}
        </Questions>
      )}
      <After screen={screen} />
    </>
  );

  /** Where somebody stands who is done with `last`: at what is asked after it. */
  function stepAfter(last: Step | null): Step {
    if (last === null && asked.includes("faces")) return "faces";
    return last !== "figures" && last !== "done" && figures.length > 0 ? "figures" : "done";
  }

  async function send(from: Step): Promise<void> {
    if (state === "sending") return;
    setState("sending");
    const comment = survey.comment?.trim() ?? "";
    const { comment: _typed, ...answers } = survey;
    try {
      const { id, token } = conversation.proof() ?? { id: "", token: "" };
      // Every answer so far: a later survey stands for the one before it.
      const said = { token, ...answers, ...(comment && { comment }) };
      await screen.server.call("POST", `${conversationPath(id)}/survey`, said);
      setGiven(true);
      setState("");
      if (stepAfter(from) === "done") finish();
      else setPassed(from);
    } catch (failure) {
      // Said beside the button; the answers stay.
      console.warn("aparte: survey", failure);
      setState("failed");
    }
  }

  function finish(): void {
    setPassed("done");
    conversation.closeSurvey();
  }
}

type Questioning = {
  screen: ChatScreen;
  title: string;
  line: string;
  state: "" | "sending" | "failed";
  /** Something is answered. */
  ready: boolean;
  send: () => void;
  skip: () => void;
  children: ComponentChildren;
};

function Questions({ screen, title, line, state, ready, send, skip, children }: Questioning): VNode {
  const { t } = screen.words;
  return (
    <form
      class="rating"
      aria-label={title}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) send();
      }}
    >
      <h3>{title}</h3>
      <p class="small">{line}</p>
      {children}
      {state === "failed" && (
        <p class="wrong" role="alert">
          {t("notSaved")}
        </p>
      )}
      <div class="answers uneven">
        <button type="submit" class="main" aria-disabled={!ready || state === "sending"}>
          {t("send")}
        </button>
        <button type="button" class="quiet" onClick={skip}>
          {t("skip")}
        </button>
      </div>
    </form>
  );
}

type Facing = {
  screen: ChatScreen;
  aspect: (typeof ASPECTS)[number];
  value: number | undefined;
  give: (more: Survey) => void;
};

function Faces({ screen, aspect, value, give }: Facing): VNode {
  const { t } = screen.words;
  const name = screen.conversation.agent.value;
  const asked = aspect === "answer" && name ? t("asked", { name }) : t(`asked_${aspect}`);
  return (
    <fieldset>
      <legend>{asked}</legend>
      <div class="faces">
        {FACES.map((face) => (
          <label key={face.value} class={face.kind}>
            <input
              type="radio"
              name={aspect}
              class="unseen"
              checked={value === face.value}
              onChange={() => give({ [aspect]: face.value })}
            />
            <Icon of={face.svg} size={24} />
            {t(aspect === "answer" ? `face${face.value}` : `${aspect}${face.value}`)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** More choices than this get less room each, and two rows where even that is too little. */
const MOST_IN_A_ROW = 7;

type Choosing<T> = {
  legend: string;
  name: string;
  value: T | undefined;
  options: readonly { value: T; label: string }[];
  /** The words at both ends of a scale. */
  ends?: readonly [string, string] | string[];
  choose: (value: T) => void;
};

function Choices<T extends number | boolean>(props: Choosing<T>): VNode {
  const { legend, name, value, options, ends, choose } = props;
  return (
    <fieldset>
      <legend>{legend}</legend>
      <div class={options.length > MOST_IN_A_ROW ? "scale long" : "scale"}>
        {options.map((option) => (
          <label key={option.label}>
            <input
              type="radio"
              name={name}
              class="unseen"
              checked={value === option.value}
              onChange={() => choose(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
      {ends && (
        <p class="ends">
          <span>{ends[0]}</span>
          <span>{ends[1]}</span>
        </p>
      )}
    </fieldset>
  );
}

/** What is over can be read later on; where that part does not come, the new conversation begins all the same. */
async function startAgain(screen: ChatScreen): Promise<void> {
  try {
    const { keepPast } = await import("./past.tsx");
    keepPast(screen);
  } catch (failure) {
    console.warn("aparte: past", failure);
  }
  await screen.startAgain();
}

function After({ screen }: { screen: ChatScreen }): VNode {
  const { t } = screen.words;
  return (
    <p class="after">
      <button type="button" class="link" onClick={() => saveTranscript(screen)}>
        {t("transcript")}
      </button>
      <button type="button" class="link" onClick={() => void startAgain(screen)}>
        {t("reopen")}
      </button>
    </p>
  );
}

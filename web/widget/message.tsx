/** The question by e-mail, with what was already typed and attached, and a receipt for it. */
import { useRef, useState } from "./hooks.ts";
import type { ComponentChildren, VNode } from "preact";
import Done from "lucide-static/icons/circle-check.svg?shapes";
import { Attached, takeIn } from "./attached.tsx";
import { Labelled, questionOf, typedIn } from "./form.tsx";
import { Icon } from "./icon.tsx";
import { useKeptFiles } from "./kept-files.ts";
import { newId } from "./message-id.ts";
import type { ChatScreen } from "./screen.ts";
import { text } from "./server.ts";

const ADDRESS = /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/;

type State = { name: "writing" | "sending" | "failed" } | { name: "left"; reference: string };
/** `top`: the other ways, above the form. */
type Props = { screen: ChatScreen; top: ComponentChildren };

export function Message({ screen, top }: Props): VNode {
  const { t } = screen.words;
  const { available, conversation, page, server } = screen;
  const typed = typedIn(conversation);
  const [email, setEmail] = useState(typed.email);
  const [name, setName] = useState(typed.name);
  const [asked] = useState(() => questionOf(conversation));
  const [edited, setEdited] = useState(false);
  const [state, setState] = useState<State>({ name: "writing" });
  const [checked, setChecked] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  /** One id for this message however often it is sent: a repeat after a lost answer is no second message. */
  const request = useRef(newId());
  const kept = useKeptFiles(screen);
  const draft = conversation.draft.value;
  const body = edited || draft !== "" ? draft : asked;
  const wrong = { email: !ADDRESS.test(email.trim()), body: body.trim() === "" };
  Object.assign(typed, { email, name });

  const leave = async (): Promise<void> => {
    setState({ name: "sending" });
    try {
      const id = (request.current ??= newId());
      const files = await kept.bring(id);
      // Said at the file; nothing leaves without it unless it is taken away.
      if (files === null) return setState({ name: "writing" });
      const answer = await server.call("POST", "/v1/messages", {
        writeKey: page.key,
        anonymousId: page.visitor(),
        page: location.href,
        request_id: id,
        email: email.trim(),
        body: body.trim(),
        ...(files.length > 0 && { files }),
        ...(name.trim() && { name: name.trim() }),
      });
      conversation.write("");
      kept.done();
      request.current = newId();
      // Whoever asks by e-mail no longer waits in the queue.
      if (conversation.status.value === "queued") conversation.end();
      setState({ name: "left", reference: text(answer["reference"]) || text(answer["id"]) });
    } catch (failure) {
      // Said beside the button; the text stays where it is.
      console.warn("aparte: message", failure);
      setState({ name: "failed" });
    }
  };

  if (state.name === "left") {
    return (
      <div class="scroll receipt" role="status">
        <Icon of={Done} size={32} />
        <h3>{t("left")}</h3>
        <p>{t("leftText", { email: email.trim() })}</p>
        <p class="small">{t("reference", { id: state.reference })}</p>
        <button type="button" class="plain" onClick={again}>
          {t("another")}
        </button>
      </div>
    );
  }
  return (
    <form
      ref={form}
      class="scroll away"
      noValidate
      onDrop={(event) => takeIn(screen, event.dataTransfer?.files)}
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (wrong.body || wrong.email) focusOn(wrong.body ? "textarea" : "[type=email]");
        else if (state.name !== "sending") void leave();
      }}
    >
      {top}
      <p>{t(available.value?.state === "closed" ? "awayText" : "busyText")}</p>
      <Labelled id="body" label={t("field")} wrong={checked && wrong.body ? t("bodyWrong") : ""}>
        {(marks) => (
          <textarea
            rows={4}
            dir="auto"
            maxLength={4_000}
            value={body}
            required
            {...marks}
            onInput={(event) => {
              setEdited(true);
              conversation.write(event.currentTarget.value);
            }}
            onPaste={(event) => {
              if (takeIn(screen, event.clipboardData?.files)) event.preventDefault();
            }}
          />
        )}
      </Labelled>
      <Attached screen={screen} kept={kept} />
      <Labelled id="email" label={t("email")} wrong={checked && wrong.email ? t("emailWrong") : ""}>
        {(marks) => (
          <input
            type="email"
            autocomplete="email"
            inputMode="email"
            maxLength={254}
            value={email}
            required
            {...marks}
            onInput={(event) => setEmail(event.currentTarget.value)}
          />
        )}
      </Labelled>
      <label class="labelled">
        <span>
          {t("name")} <small>{t("optional")}</small>
        </span>
        <input
          type="text"
          autocomplete="name"
          maxLength={120}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      {state.name === "failed" && (
        <p class="wrong" role="alert">
          {t("notLeft")}
        </p>
      )}
      <div class="answers">
        <button type="submit" class="main" aria-disabled={state.name === "sending"}>
          {t("leave")}
        </button>
      </div>
      <p class="small">{t("kept")}</p>
    </form>
  );

  function again(): void {
    setChecked(false);
    setState({ name: "writing" });
  }

  function focusOn(selector: string): void {
    form.current?.querySelector<HTMLElement>(selector)?.focus();
  }
}

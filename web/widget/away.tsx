/** Nobody is there: the question by e-mail, with what was already typed, and a receipt for it. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { VNode } from "preact";
import { newId } from "./message-id.ts";
import Done from "lucide-static/icons/circle-check.svg?shapes";
import { Icon } from "./icon.tsx";
import type { ChatScreen } from "./screen.ts";

const LOOK_AGAIN_MS = 15_000;
const ADDRESS = /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/;

type State = { name: "writing" | "sending" | "failed" } | { name: "left"; id: string };

export function Away({ screen }: { screen: ChatScreen }): VNode {
  const { t } = screen.words;
  const { conversation, server, available } = screen;
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [state, setState] = useState<State>({ name: "writing" });
  const [checked, setChecked] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  /** One id for this message however often it is sent: a repeat after a lost answer is no second message. */
  const request = useRef(newId());
  const body = conversation.draft.value;
  const wrong = { email: !ADDRESS.test(email.trim()), body: body.trim() === "" };
  const there = available.value?.state ?? "closed";

  useEffect(() => {
    // Somebody may come while the form stands open: say so, and leave the choice to the visitor.
    const timer = setInterval(() => void screen.look(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [screen]);

  const leave = async (): Promise<void> => {
    setState({ name: "sending" });
    try {
      const message = {
        request_id: request.current,
        email: email.trim(),
        name: name.trim(),
        body: body.trim(),
      };
      const id = await server.leave(message);
      conversation.write("");
      request.current = newId();
      setState({ name: "left", id });
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
        <p class="small">{t("reference", { id: state.id })}</p>
        <button type="button" class="plain" onClick={() => again()}>
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
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (wrong.body || wrong.email) focusOn(wrong.body ? "textarea" : "[type=email]");
        else if (state.name !== "sending") void leave();
      }}
    >
      <p aria-live="polite">
        {t(there === "online" ? "hereText" : there === "busy" ? "busyText" : "awayText")}
      </p>
      {there !== "closed" && (
        <button type="button" class="plain" onClick={() => void screen.stay()}>
          {t(there === "online" ? "accept" : "stay")}
        </button>
      )}
      <label class="labelled">
        <span>{t("field")}</span>
        <textarea
          rows={4}
          dir="auto"
          maxLength={4_000}
          value={body}
          required
          aria-invalid={checked && wrong.body}
          aria-describedby="body-wrong"
          onInput={(event) => conversation.write(event.currentTarget.value)}
        />
      </label>
      <Wrong id="body-wrong" text={checked && wrong.body ? t("bodyWrong") : ""} />
      <label class="labelled">
        <span>{t("email")}</span>
        <input
          type="email"
          autocomplete="email"
          inputMode="email"
          maxLength={254}
          value={email}
          required
          aria-invalid={checked && wrong.email}
          aria-describedby="email-wrong"
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
      </label>
      <Wrong id="email-wrong" text={checked && wrong.email ? t("emailWrong") : ""} />
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

function Wrong({ id, text }: { id: string; text: string }): VNode {
  return (
    <p id={id} class="wrong" aria-live="polite">
      {text}
    </p>
  );
}

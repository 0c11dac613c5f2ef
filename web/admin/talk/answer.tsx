/** One canned answer: its words, what fills them in, and how it reads. */
import "./talk.css";
import Trash from "lucide-static/icons/trash-2.svg?raw";
import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import {
  CANNED_VARIABLES,
  cannedProblem,
  previewCanned,
  PROVEN,
  type CannedVariable,
} from "../../../domain/creative/canned-variables.ts";
import { Icon } from "../../shared/icon.tsx";
import { Field, SelectField, TextField } from "../field.tsx";
import { SavedOrNew } from "../saved-or-new.tsx";
import { t } from "../session.ts";
import { screenPath, useSite } from "../site.ts";
import { Failed, PageHead } from "../states.tsx";
import type { SavedAnswer } from "./answers.tsx";
import { refusedAt, useAnswerForm, type AnswerForm } from "./use-answer-form.ts";
import { w } from "./words.ts";

const NAMES = Object.keys(CANNED_VARIABLES) as CannedVariable[];

export function AnswerScreen({ id = "" }: { id?: string }): VNode {
  return (
    <SavedOrNew<SavedAnswer> id={id} collection="canned" failed={w("oneFailed")}>
      {(saved, onMade) => <Form saved={saved} onMade={onMade} />}
    </SavedOrNew>
  );
}

function Form({ saved, onMade }: { saved: SavedAnswer | null; onMade: (id: string) => void }): VNode {
  const site = useSite();
  const form = useAnswerForm(saved, onMade);
  const { current, changed, failure } = form;
  const submit = (event: Event): void => {
    event.preventDefault();
    void form.save();
  };
  return (
    <form ref={form.root} onSubmit={submit} noValidate>
      <PageHead
        above={
          <p class="crumbs">
            <a href={screenPath(site.key, "canned")}>{w("title")}</a>
          </p>
        }
        title={current.shortcut === "" ? w("new") : `/${current.shortcut}`}
      >
        <span class="note" role="status">
          {form.note !== "" ? form.note : changed ? t("unsaved") : ""}
        </span>
        <button type="submit" class="primary" disabled={!changed || form.saving}>
          {form.saved === null ? w("create") : t("save")}
        </button>
      </PageHead>
      {failure === null ? null : (
        <Failed title={t("saveFailed")} failure={failure} onRetry={() => void form.save()} />
      )}
      {form.stale ? (
        <div class="banner warn" role="alert">
          <strong>{w("conflict")}</strong>
          <button type="button" class="small" onClick={() => void form.reread()}>
            {w("reread")}
          </button>
        </div>
      ) : null}
      <div class="answer-columns">
        <Fields form={form} />
        <Preview form={form} />
      </div>
      {form.saved === null ? null : <Removal form={form} />}
    </form>
  );
}

function Fields({ form }: { form: AnswerForm }): VNode {
  const { current, change } = form;
  const [tags, setTags] = useState(current.tags.join(", "));
  return (
    <div class="form">
      <TextField
        label={w("shortcut")}
        value={current.shortcut}
        maxLength={40}
        note={w("shortcutNote")}
        error={refusedAt(form, "shortcut")}
        onInput={(shortcut) => change({ shortcut })}
      />
      <TextField
        label={w("name")}
        value={current.title}
        maxLength={120}
        lang={current.locale}
        onInput={(title) => change({ title })}
      />
      <SelectField
        label={w("language")}
        value={current.locale}
        options={[
          { value: "fr", label: w("fr") },
          { value: "en", label: w("en") },
        ]}
        onChange={(locale) => change({ locale })}
      />
      <Body form={form} />
      <TextField
        label={w("tags")}
        value={tags}
        note={w("tagsNote")}
        onInput={(text) => {
          setTags(text);
          change({
            tags: [...new Set(text.split(",").map((tag) => tag.trim()))].filter((tag) => tag !== ""),
          });
        }}
      />
    </div>
  );
}

/** The text, and everything that can be put into it where the caret stands. */
function Body({ form }: { form: AnswerForm }): VNode {
  const { body, locale } = form.current;
  const field = useRef<HTMLTextAreaElement>(null);
  const caret = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (caret.current === null) return;
    field.current?.focus();
    field.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });
  const insert = (name: string): void => {
    const text = `{{ ${name} }}`;
    const start = field.current?.selectionStart ?? body.length;
    const end = field.current?.selectionEnd ?? start;
    caret.current = start + text.length;
    form.change({ body: `${body.slice(0, start)}${text}${body.slice(end)}` });
  };
  return (
    <>
      <Field label={w("text")} note={w("textNote")} error={refusedAt(form, "body")}>
        {(ids) => (
          <textarea
            {...ids}
            ref={field}
            rows={7}
            lang={locale}
            maxLength={4_000}
            value={body}
            onInput={(event) => form.change({ body: event.currentTarget.value })}
          />
        )}
      </Field>
      <details class="answer-variables">
        <summary>{w("variables")}</summary>
        <div class="table-scroll" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{w("variable")}</th>
                <th scope="col">{w("example")}</th>
                <th scope="col">{w("known")}</th>
              </tr>
            </thead>
            <tbody>
              {NAMES.map((name) => (
                <tr key={name}>
                  <th scope="row">
                    <button
                      type="button"
                      class="small plain"
                      aria-label={w("insert", { name })}
                      onClick={() => insert(name)}
                    >
                      <code>{name}</code>
                    </button>
                  </th>
                  <td>{CANNED_VARIABLES[name][locale]}</td>
                  <td>{w(PROVEN.includes(name) ? "proven" : "always")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}

function Preview({ form: { current } }: { form: AnswerForm }): VNode {
  const { body, locale } = current;
  const problem = cannedProblem(body);
  const filled = previewCanned(body, locale);
  return (
    <section class="answer-preview" aria-labelledby="preview-title">
      <h2 id="preview-title">{w("preview")}</h2>
      {problem === null && filled.ok ? (
        <p class="said message" lang={locale}>
          {filled.text}
        </p>
      ) : (
        <p class="field-error" role="status">
          {problem?.unknown === null || problem === null
            ? w("problem")
            : w("unknown", { name: problem.unknown })}
        </p>
      )}
      <p class="note">{w("previewNote")}</p>
    </section>
  );
}

function Removal({ form }: { form: AnswerForm }): VNode {
  const [asked, setAsked] = useState(false);
  if (!asked) {
    return (
      <p class="answer-removal">
        <button type="button" class="plain" onClick={() => setAsked(true)}>
          <Icon svg={Trash} />
          {w("delete")}
        </button>
      </p>
    );
  }
  return (
    <div class="answer-removal" role="group" aria-label={w("delete")}>
      <p class="note">{w("deleteText")}</p>
      <button type="button" class="danger" disabled={form.saving} onClick={() => void form.remove()}>
        {w("deleteSure")}
      </button>
      <button type="button" onClick={() => setAsked(false)}>
        {w("cancel")}
      </button>
    </div>
  );
}

/**
 * How letters leave: through Cloudflare's `send_email` binding where one is bound as `MAIL` and `MAIL_FROM` says who
 * writes; into the log on one machine. Neither is in `wrangler.toml` by default: an operator who wants letters adds both.
 */
export type Mail = { to: string; subject: string; text: string; html: string; replyTo?: string };
export type Mailer = { send(mail: Mail): Promise<void> };

export function mailerOf(env: Env): Mailer {
  const binding: unknown = Reflect.get(env, "MAIL");
  const from: unknown = Reflect.get(env, "MAIL_FROM");
  if (isSendEmail(binding) && typeof from === "string" && from !== "") {
    return {
      async send(mail) {
        await binding.send({ from, ...mail });
      },
    };
  }
  return env.APP_HOST === "" ? LOG : SILENT;
}

function isSendEmail(value: unknown): value is SendEmail {
  return typeof value === "object" && value !== null && "send" in value;
}

/** On one machine the letter is read where everything else is. */
const LOG: Mailer = {
  send({ to, subject, text, replyTo }) {
    console.log(JSON.stringify({ level: "info", what: "mail", to, replyTo, subject, text }));
    return Promise.resolve();
  },
};

/** Deployed, a letter does not belong in the log. */
const SILENT: Mailer = {
  send({ subject }) {
    console.warn(JSON.stringify({ level: "warn", what: "mail is not bound: nothing was sent", subject }));
    return Promise.resolve();
  },
};

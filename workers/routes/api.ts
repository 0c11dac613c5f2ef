/**
 * /api — everything for people at work: sign-in, set-up, and the nouns of each site.
 *
 * Each noun is a module; here they are mounted behind the gates that they share.
 */
import { bodyLimit } from "hono/body-limit";
import { ApiError } from "../errors.ts";
import { auth } from "./auth.ts";
import { me } from "./me.ts";
import { MAX_BODY_BYTES, nounRouter } from "./openapi.ts";
import { setup } from "./setup.ts";

export const api = nounRouter();

api.use(
  bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: () => {
      throw new ApiError("too_large", `a body may have up to ${MAX_BODY_BYTES / 1_024} KB`);
    },
  }),
);
api.route("/auth", auth);
api.route("/setup", setup);
api.route("/me", me);

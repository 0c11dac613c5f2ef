/** The admin site's entry: theme and language as chosen on this device, then the app. */
import "../shared/base.css";
import "./admin.css";
import { render } from "preact";
import { rememberLocale } from "../shared/i18n.ts";
import { applyTheme, currentTheme } from "../shared/theme.ts";
import { App } from "./app.tsx";
import { locale } from "./session.ts";

applyTheme(currentTheme());
rememberLocale(locale.value);
const root = document.querySelector("#app");
if (root !== null) render(<App />, root);

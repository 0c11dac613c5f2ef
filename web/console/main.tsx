/** The console: where agents answer. */
import { render } from "preact";
import { preferredLocale, rememberLocale } from "../shared/i18n.ts";
import { applyTheme, currentTheme } from "../shared/theme.ts";
import { App } from "./app.tsx";
import "../shared/base.css";
import "./parts/elements.ts";
import "./console.css";

applyTheme(currentTheme());
rememberLocale(preferredLocale());
const root = document.getElementById("root");
if (root !== null) render(<App />, root);

/** Light, dark, or as the system says: kept on this device, shown by `data-theme` on the root element. */
export type Theme = "system" | "light" | "dark";

const THEME_KEY = "aparte:theme";

/** What was chosen here before; `system` where nothing was. */
export function currentTheme(): Theme {
  const stored = localStorage.getItem(THEME_KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

/** Show `theme` and remember it. Call once at start with `currentTheme()`. */
export function applyTheme(theme: Theme): void {
  if (theme === "system") {
    delete document.documentElement.dataset["theme"];
    localStorage.removeItem(THEME_KEY);
  } else {
    document.documentElement.dataset["theme"] = theme;
    localStorage.setItem(THEME_KEY, theme);
  }
}

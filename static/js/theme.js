// Light or dark: the system's choice, unless the person pressed the switch. Runs before the first paint.
(() => {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  const stored = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // Storage may be forbidden; the system's choice then holds.
    }
  };

  const remember = (theme) => {
    try {
      if (theme) localStorage.setItem("theme", theme);
      else localStorage.removeItem("theme");
    } catch {
      /* Without storage the choice lasts until the next page. */
    }
  };

  const systemTheme = () => (system.matches ? "dark" : "light");

  const show = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    const dark = (theme || systemTheme()) === "dark";
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(dark));
    }
  };

  const toggle = () => {
    const next = (root.dataset.theme || systemTheme()) === "dark" ? "light" : "dark";
    // Back at what the system says: follow the system again.
    const choice = next === systemTheme() ? null : next;
    remember(choice);
    show(choice);
  };

  const known = (theme) => (theme === "light" || theme === "dark" ? theme : null);

  show(known(stored()));
  document.addEventListener("DOMContentLoaded", () => show(known(stored())));
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-theme-switch]")) toggle();
  });
  system.addEventListener("change", () => show(known(stored())));
  window.addEventListener("storage", (event) => {
    if (event.key === "theme") show(known(event.newValue));
  });
})();

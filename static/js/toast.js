// Says what happened without moving the page. The event "toast" carries {words, tone}: a script dispatches it, or the
// server sends it with the header HX-Trigger.
(() => {
  const STAYS_MS = 7000;

  const region = () => document.querySelector("[data-toasts]");

  const show = ({ words, tone = "info" }) => {
    const place = region();
    if (!place || !words) return;
    const toast = document.createElement("div");
    toast.className = `toast toast--${["ok", "warn", "bad"].includes(tone) ? tone : "info"}`;
    const text = document.createElement("p");
    text.textContent = words;
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", place.dataset.sayClose || "Close");
    close.addEventListener("click", () => toast.remove());
    toast.append(text, close);
    place.append(toast);
    // What went wrong stays until it was read; the rest goes by itself, but not from under a pointer or the focus.
    if (tone === "bad") return;
    const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 1000) : toast.remove());
    setTimeout(leave, STAYS_MS);
  };

  document.addEventListener("toast", (event) => show(event.detail ?? {}));
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-toast]");
    if (button) show({ words: button.dataset.toast, tone: button.dataset.tone });
  });
})();

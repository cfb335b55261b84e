// A textarea with data-counter="id" tells there how many characters it has, against data-min and data-max.
(() => {
  const format = new Intl.NumberFormat(document.documentElement.lang || "en");

  const count = (area) => {
    const output = document.getElementById(area.dataset.counter);
    if (!output) return;
    const { min = "0", max = "0", sayMissing = "{n} more needed", sayOver = "{n} too many" } = area.dataset;
    // Code points, as the server counts them; an emoji is one, not two.
    const length = [...area.value.trim()].length;
    const missing = Number(min) - length;
    const over = Number(max) ? length - Number(max) : 0;
    let words = Number(max) ? `${format.format(length)} / ${format.format(Number(max))}` : format.format(length);
    let state = length ? "ok" : "";
    if (over > 0) {
      words += ` · ${sayOver.replace("{n}", format.format(over))}`;
      state = "bad";
    } else if (length && missing > 0) {
      words += ` · ${sayMissing.replace("{n}", format.format(missing))}`;
      state = "";
    }
    output.textContent = words;
    output.dataset.state = state;
  };

  const start = (root) => {
    for (const area of root.querySelectorAll("textarea[data-counter]")) count(area);
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches?.("textarea[data-counter]")) count(event.target);
  });
  document.addEventListener("htmx:load", (event) => start(event.target));
  window.addEventListener("pageshow", () => start(document));
  start(document);
})();

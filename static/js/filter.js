// A field with data-filter="id" hides, while one types, what under that element lacks one of the words. What an entry
// is found by stands in its data-filter-words; a data-filter-group without an entry left goes with it.
(() => {
  for (const field of document.querySelectorAll("[data-filter]")) {
    const place = document.getElementById(field.dataset.filter);
    const count = document.getElementById(field.dataset.filterCount);
    const none = document.getElementById(field.dataset.filterNone);
    const entries = [...place.querySelectorAll("[data-filter-words]")];

    const filter = () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const entry of entries) {
        entry.hidden = !words.every((word) => entry.dataset.filterWords.includes(word));
      }
      for (const group of place.querySelectorAll("[data-filter-group]")) {
        group.hidden = !group.querySelector("[data-filter-words]:not([hidden])");
      }
      const found = entries.filter((entry) => !entry.hidden).length;
      none.hidden = found > 0;
      count.textContent = words.length ? `${count.dataset.words} ${found}` : "";
    };

    // Found by the server already: there is nothing here to widen the search with, so the form is sent as before.
    if (field.value) continue;
    field.form.addEventListener("submit", (event) => event.preventDefault());
    field.addEventListener("input", filter);
  }
})();

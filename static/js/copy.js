// A button with data-copy="id" copies the text of that element, or what a field holds, and says so.
(() => {
  const copy = async (button) => {
    const source = document.getElementById(button.dataset.copy);
    const label = button.querySelector("span") ?? button;
    const before = label.textContent;
    try {
      await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
      label.textContent = button.dataset.copied;
      setTimeout(() => {
        label.textContent = before;
      }, 2000);
    } catch {
      // Browsers forbid the clipboard on pages without TLS: select the text, so that Ctrl+C is all that is left.
      if (source.select) source.select();
      else getSelection().selectAllChildren(source);
    }
  };

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", () => copy(button));
  }
})();

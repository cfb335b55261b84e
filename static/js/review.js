// Keys for the review of one item: an element with data-key is switched, one with data-command is pressed by its key.
// A form with data-review and data-shortcuts="off" leaves all keys alone.
(() => {
  const form = document.querySelector("form[data-review]");
  const help = document.getElementById("review-help");
  if (!form) return;

  const opener = document.querySelector('[data-command="?"]');
  const openHelp = () => {
    if (!help.open) help.showModal();
  };
  if (opener && help) {
    opener.hidden = false;
    opener.addEventListener("click", openHelp);
  }

  const on = form.dataset.shortcuts !== "off";
  for (const key of document.querySelectorAll(".review-keys, [data-review] kbd, .review-last kbd")) key.hidden = !on;
  if (!on) return;

  const isText = (element) =>
    element.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
  // Enter on these does what it always does.
  const takesEnter = (element) => element.matches("a[href], button, summary");

  // Focus tells a screen reader the genre and its new state.
  const toggle = (box) => {
    box.focus();
    box.click();
  };

  const press = (button) => {
    if (button.form) button.form.requestSubmit(button);
    else button.click();
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey || help?.open) return;
    const at = event.target;
    if (isText(at)) {
      if (event.key === "Escape") at.blur();
      return;
    }
    if (event.key === "Enter" && takesEnter(at)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const box = form.querySelector(`[data-key="${CSS.escape(key)}"]`);
    const button = document.querySelector(`[data-command="${CSS.escape(key)}"]`);
    if (!box && !button) return;
    event.preventDefault();
    if (box) toggle(box);
    else if (button === opener) openHelp();
    else press(button);
  });
})();

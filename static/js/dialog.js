// A form with data-confirm="question" asks before it goes out; a button with data-dialog="id" opens that dialog.
(() => {
  const asked = new WeakSet();

  const ask = (question) => {
    const dialog = document.getElementById("confirm");
    dialog.querySelector("[data-question]").textContent = question;
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((done) => {
      dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true });
    });
  };

  // In the capture phase: before htmx and before the guard against double presses see the form go.
  document.addEventListener(
    "submit",
    async (event) => {
      const form = event.target;
      if (!form.dataset?.confirm || !document.getElementById("confirm")) return;
      if (asked.delete(form)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const { submitter } = event;
      if (!(await ask(form.dataset.confirm))) return;
      // A list that renews itself may have put another form in this one's place while the person read.
      const alike = ({ action, dataset }) => action === form.action && dataset.confirm === form.dataset.confirm;
      const live = form.isConnected ? form : [...document.forms].find(alike);
      if (!live) return;
      asked.add(live);
      live.requestSubmit(live === form ? submitter : null);
    },
    true,
  );

  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
    // A press on the backdrop lands on the dialog itself.
    if (event.target.matches?.("dialog.dialog")) event.target.close();
  });

  for (const opener of document.querySelectorAll("[data-dialog]")) opener.hidden = false;
})();

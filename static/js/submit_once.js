// A form with data-submit-once goes out once: its buttons rest until the answer comes or the person returns.
(() => {
  const buttonsOf = (form) =>
    [...form.elements].filter((element) => element.matches("button:not([type=button]), input[type=submit]"));

  const rest = (form, submitter) => {
    form.dataset.sent = "";
    // The pressed button's name and value must still go out, so it is disabled after the form is read.
    setTimeout(() => {
      for (const button of buttonsOf(form)) button.disabled = true;
      if (submitter) submitter.dataset.busy = "";
    });
  };

  const wake = (form) => {
    delete form.dataset.sent;
    for (const button of buttonsOf(form)) {
      button.disabled = false;
      delete button.dataset.busy;
    }
  };

  const formAt = (event) => event.target.closest?.("form[data-submit-once]");

  document.addEventListener("submit", (event) => {
    const form = formAt(event);
    if (!form) return;
    if ("sent" in form.dataset) event.preventDefault();
    else if (!event.defaultPrevented) rest(form, event.submitter);
  });

  // htmx keeps the page, so its answer, good or bad, wakes the form. It stops the submit event, hence its own "before".
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = formAt(event);
    if (!form) return;
    if ("sent" in form.dataset) event.preventDefault();
    else rest(form, event.detail.requestConfig.triggeringEvent?.submitter);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = formAt(event);
    if (form) setTimeout(() => wake(form));
  });

  // Back to a page from the browser's memory: its buttons must work again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-submit-once]")) wake(form);
  });
})();

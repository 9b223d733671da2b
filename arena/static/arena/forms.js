/** Send a form once, however often the button is pressed; Ctrl or Cmd with Enter sends it from the text box. */
export function prepareForms() {
  for (const form of document.querySelectorAll("[data-send-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "true";
      form.querySelector("[type=submit]").setAttribute("aria-disabled", "true");
    });
  }
  for (const box of document.querySelectorAll("[data-send-with-ctrl-enter]")) {
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      box.form.requestSubmit();
    });
  }
  // A page that the browser brings back from its memory may be sent again.
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    for (const form of document.querySelectorAll("[data-sent]")) {
      delete form.dataset.sent;
      form.querySelector("[type=submit]").removeAttribute("aria-disabled");
    }
  });
}

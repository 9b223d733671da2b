const prepared = new WeakSet();

/** Send a form once, however often the button is pressed; Ctrl or Cmd with Enter sends it from the text box. */
export function prepareForms() {
  for (const form of fresh("[data-send-once]")) {
    form.addEventListener("submit", (event) => {
      const note = form.querySelector("[data-offline-note]");
      if (note) note.hidden = navigator.onLine;
      if (form.dataset.sent || !navigator.onLine) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "true";
      form.querySelector("[type=submit]").setAttribute("aria-disabled", "true");
    });
  }
  for (const box of fresh("[data-send-with-ctrl-enter]")) {
    box.addEventListener("keydown", (event) => {
      // While a syllable is being composed, the key belongs to the input method.
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      box.form.requestSubmit();
    });
  }
}

/** Those that no earlier call has seen: a part of the page may be renewed. */
function fresh(selector) {
  const found = [...document.querySelectorAll(selector)].filter((element) => !prepared.has(element));
  found.forEach((element) => prepared.add(element));
  return found;
}

// A page that the browser brings back from its memory may be sent again.
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const form of document.querySelectorAll("[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[type=submit]").removeAttribute("aria-disabled");
    // The same words once more are a new battle: the visitor came back for it.
    if (form.elements.idempotency_key) form.elements.idempotency_key.value = "";
  }
});

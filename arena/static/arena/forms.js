import { find, findAll, need } from "./elements.js";

const MAX_LINES = 6;
const prepared = new WeakSet();

/** Send a form once, however often the button is pressed; Enter sends it from the text box. */
export function prepareForms() {
  fresh("[data-send-once]", HTMLFormElement).forEach(sendOnce);
  fresh("[data-send-with-enter]", HTMLTextAreaElement).forEach(sendWithEnter);
}

/** @param {HTMLFormElement} form */
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    const note = find(form, "[data-offline-note]");
    if (note) note.hidden = navigator.onLine;
    if (form.dataset.sent || !navigator.onLine) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "true";
    need(form, "[type=submit]").setAttribute("aria-disabled", "true");
  });
}

/**
 * What was sent did not arrive, or is to be sent once more.
 * @param {HTMLFormElement} form
 */
export function sendAgain(form) {
  delete form.dataset.sent;
  need(form, "[type=submit]").removeAttribute("aria-disabled");
}

/** The keys on a screen have no Shift with Enter: there Enter begins a line, and the button sends. */
const hasKeyboard = matchMedia("(hover: hover)");

/** @param {HTMLTextAreaElement} box */
function sendWithEnter(box) {
  box.addEventListener("input", () => growByLines(box));
  box.addEventListener("keydown", (event) => {
    // While a syllable is being composed, the key belongs to the input method.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
    if (!hasKeyboard.matches && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    // By its own button, as Enter in a field of one line does: a button may say how it is meant.
    const button = box.form && find(box.form, "[type=submit]", HTMLButtonElement);
    if (!event.repeat) box.form?.requestSubmit(button);
  });
}

/**
 * A box of one line grows with what is typed, also where the styles cannot do that.
 * @param {HTMLTextAreaElement} box
 */
function growByLines(box) {
  if (box.dataset.grows === undefined || CSS.supports("field-sizing", "content")) return;
  box.rows = Math.min(MAX_LINES, box.value.split("\n").length);
}

/**
 * Those that no earlier call has seen: a part of the page may be renewed.
 * @template {Element} E
 * @param {string} selector
 * @param {new () => E} kind
 */
function fresh(selector, kind) {
  const found = findAll(document, selector, kind).filter((element) => !prepared.has(element));
  found.forEach((element) => prepared.add(element));
  return found;
}

// A page that the browser brings back from its memory may be sent again.
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const form of findAll(document, "[data-sent]", HTMLFormElement)) {
    sendAgain(form);
    // The same words once more are a new battle: the visitor came back for it.
    const key = find(form, "[name=idempotency_key]", HTMLInputElement);
    if (key) key.value = "";
  }
});

/** The list of keys, opened by "?" or its button. */

import { find, need } from "./elements.js";

/**
 * Listen for "?" where the page has such a list.
 * @param {HTMLElement} page
 */
export function prepareKeys(page) {
  const dialog = find(page, "[data-keys-dialog]", HTMLDialogElement);
  if (!dialog) return;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.isComposing || dialog.open) return;
    if (event.target instanceof Element && event.target.closest("textarea, input, select")) return;
    event.preventDefault();
    dialog.showModal();
  });
}

/**
 * Its button comes and goes with the vote bar.
 * @param {HTMLElement} page
 */
export function prepareKeysButton(page) {
  const button = find(page, "[data-keys]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => need(page, "[data-keys-dialog]", HTMLDialogElement).showModal());
}

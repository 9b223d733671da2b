/** The list of keys, opened by "?" or its button. */

export function prepareKeys(page) {
  const dialog = page.querySelector("[data-keys-dialog]");
  if (!dialog) return;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.isComposing || dialog.open) return;
    if (event.target.closest("textarea, input, select")) return;
    event.preventDefault();
    dialog.showModal();
  });
}

/** Its button comes and goes with the vote bar. */
export function prepareKeysButton(page) {
  const button = page.querySelector("[data-keys]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => page.querySelector("[data-keys-dialog]").showModal());
}

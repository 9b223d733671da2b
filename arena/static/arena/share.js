import { copy } from "./clipboard.js";
import { find, need } from "./elements.js";

/**
 * The button that copies the link to a shared conversation; called again whenever the outcome is renewed.
 * @param {HTMLElement} page
 */
export function prepareShare(page) {
  const button = find(page, "[data-copy-link]");
  if (!button) return;
  const link = need(page, ".share__line input", HTMLInputElement);
  button.hidden = false;
  button.addEventListener("click", async () => {
    await copy(link.value, () => link.select());
    button.textContent = page.dataset.copied ?? "";
  });
}

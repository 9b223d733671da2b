import { copy } from "./clipboard.js";
import { find, need } from "./elements.js";

/**
 * The button that copies the address of a shared conversation; called again whenever the outcome is renewed.
 * @param {HTMLElement} page
 */
export function prepareShare(page) {
  const button = find(page, "[data-copy-address]");
  if (!button) return;
  const address = need(page, ".share__line input", HTMLInputElement);
  button.hidden = false;
  button.addEventListener("click", async () => {
    await copy(address.value, () => address.select());
    button.textContent = page.dataset.copied ?? "";
  });
}

import { copy } from "./clipboard.js";

/** The button that copies the address of a shared conversation; called again whenever the outcome is renewed. */
export function prepareShare(page) {
  const button = page.querySelector("[data-copy-address]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const address = button.parentElement.querySelector("input");
    await copy(address.value, () => address.select());
    button.textContent = page.dataset.copied;
  });
}

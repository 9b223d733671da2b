/** The button that copies the address of a shared conversation; called again whenever the outcome is renewed. */
export function prepareShare(page) {
  const button = page.querySelector("[data-copy-address]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const address = button.parentElement.querySelector("input");
    address.select();
    try {
      await navigator.clipboard.writeText(address.value);
    } catch {
      document.execCommand("copy"); // without HTTPS there is no clipboard
    }
    button.textContent = page.dataset.copied;
  });
}

import { find, findAll } from "./elements.js";

/** A file that is too large is told before it travels, in the words that the arena would answer. */
for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-most]"))) {
  field.addEventListener("change", () => {
    const isTooLarge = (field.files?.[0]?.size ?? 0) > Number(field.dataset.most) * 1e6;
    field.setCustomValidity((isTooLarge && field.dataset.tooLarge) || "");
    field.reportValidity();
  });
}

/** Parts that come again by themselves, unless somebody is busy in them or looks elsewhere. */
for (const part of findAll(document, "[data-live]")) follow(part);

/** @param {HTMLElement} part */
function follow(part) {
  const seconds = Number(part.dataset.live);
  if (!seconds) return;
  setTimeout(async () => {
    if (!document.hidden && !part.contains(document.activeElement)) await renew(part);
    follow(part);
  }, seconds * 1000);
}

/**
 * What the page would show now; without an answer the part stays as it is.
 * @param {HTMLElement} part
 */
async function renew(part) {
  const response = await fetch(location.href).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const renewed = find(fresh, "[data-live]");
  if (!renewed) return;
  if (part.innerHTML !== renewed.innerHTML) part.innerHTML = renewed.innerHTML;
  part.dataset.live = renewed.dataset.live;
}

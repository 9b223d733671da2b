import { find, findAll } from "./elements.js";

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

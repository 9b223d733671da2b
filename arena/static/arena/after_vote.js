/** What only matters once there is a vote: the key to the next recorded battle, and reasons that exclude each other. */

import { find, findAll } from "./elements.js";

/** What "n" gives on a keyboard that is set to Korean. */
const NEXT = ["n", "N", "ㅜ"];

/**
 * Listen for as long as the page stands: the reveal comes without a new one.
 * @param {HTMLElement} page
 */
export function prepareAfterVote(page) {
  document.addEventListener("keydown", (event) => goToNext(page, event));
  page.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement && target.checked) excludeOpposite(target);
  });
}

/**
 * @param {HTMLElement} page
 * @param {KeyboardEvent} event
 */
function goToNext(page, event) {
  if (!NEXT.includes(event.key) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target instanceof Element && event.target.closest("textarea, input, select, dialog")) return;
  find(page, "[data-next]")?.click();
}

/** @param {HTMLInputElement} ticked */
function excludeOpposite(ticked) {
  const side = ticked.closest("fieldset");
  if (!(side instanceof HTMLElement)) return;
  const tags = findAll(side, "input", HTMLInputElement);
  // Each virtue stands beside its opposite: 0 and 1, 2 and 3, and so on.
  const opposite = tags[tags.indexOf(ticked) ^ 1];
  if (opposite) opposite.checked = false;
}

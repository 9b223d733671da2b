/** How long the answers of a battle are being written already: one clock for both sides. */

import { find } from "./elements.js";

const SECOND_MS = 1000;

/**
 * Let the clock of the page go on, until the outcome that it stands in is renewed.
 * @param {HTMLElement} page
 */
export function prepareClock(page) {
  const clock = find(page, "[data-clock]");
  if (!clock) return;
  const start = performance.now();
  const before = Number(clock.dataset.seconds);
  const timer = setInterval(() => {
    if (!clock.isConnected) clearInterval(timer);
    clock.textContent = textOf(clock.dataset.shape ?? "", before + (performance.now() - start) / SECOND_MS);
  }, SECOND_MS);
}

/**
 * What the clock says after so many seconds.
 * @param {string} shape with [s] where the seconds stand
 * @param {number} seconds
 */
export function textOf(shape, seconds) {
  return shape.replace("[s]", String(Math.floor(seconds)));
}

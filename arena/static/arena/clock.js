/** How long the answers of a battle are being written already: one clock for both sides. */

import { find, findAll } from "./elements.js";

const SECOND_MS = 1000;
/** Before that a card says only what its side does. */
const SHOWN_AFTER = 5;

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
    if (!clock.isConnected) {
      clearInterval(timer);
      return;
    }
    const seconds = before + (performance.now() - start) / SECOND_MS;
    clock.textContent = textOf(clock.dataset.shape ?? "", seconds);
    if (seconds >= SHOWN_AFTER) tellOnCards(page, clock.dataset.cardShape ?? "", seconds);
  }, SECOND_MS);
}

/**
 * @param {HTMLElement} page
 * @param {string} shape with [state] where the state stands, and [s] where the seconds do
 * @param {number} seconds
 */
function tellOnCards(page, shape, seconds) {
  for (const answer of findAll(page, "[data-answer][aria-busy=true]")) {
    const label = find(answer, "[data-state-label]");
    const state = label?.dataset[answer.dataset.state ?? ""] ?? "";
    if (label) label.textContent = textOf(shape.replace("[state]", state), seconds);
  }
}

/**
 * What the clock says after so many seconds.
 * @param {string} shape with [s] where the seconds stand
 * @param {number} seconds
 */
export function textOf(shape, seconds) {
  return shape.replace("[s]", String(Math.floor(seconds)));
}

import { copyComing } from "./clipboard.js";
import { find, findAll, need } from "./elements.js";

const COPIED_MS = 1500;

/**
 * Give each answer that has ended a button that copies it as its model wrote it; called again whenever one ends.
 * @param {HTMLElement} page
 */
export function prepareCopies(page) {
  for (const answer of findAll(page, '[data-answer]:is([data-state="done"], [data-state="stopped"])')) {
    const hasText = find(answer, "[data-text] > *");
    if (hasText && !find(answer, ".answer__copy")) need(answer, ".answer__name").append(button(page, answer));
  }
}

/**
 * @param {HTMLElement} page
 * @param {HTMLElement} answer
 */
function button(page, answer) {
  const { copy = "", copied = "", copyAnswer = "" } = page.dataset;
  const { turn, slot } = answer.dataset;
  const made = document.createElement("button");
  made.type = "button";
  made.className = "answer__copy";
  made.textContent = copy;
  made.title = copyAnswer;
  made.addEventListener("click", async () => {
    if (!(await copyComing(text(`${location.pathname}answers/${turn}/${slot}/`)))) return;
    made.textContent = copied;
    setTimeout(() => (made.textContent = copy), COPIED_MS);
  });
  return made;
}

/** @param {string} address */
async function text(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.text();
}

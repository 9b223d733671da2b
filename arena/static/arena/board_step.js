/** An open reveal learns of the board that has counted its vote. */

import { find, findAll, need } from "./elements.js";

/** Before each question; mostly a board comes within a second. */
const WAITS_MS = [800, 1500, 3000, 6000, 12000, 24000];

/**
 * Ask for the next board, if the reveal waits for one.
 * @param {HTMLElement} page
 * @param {() => Promise<Document | null>} ask
 */
export async function followBoard(page, ask) {
  const line = find(page, "[data-awaits-board]");
  if (!line) return;
  line.role = "status";
  for (const wait of WAITS_MS) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (!line.isConnected) return;
    const reply = document.hidden ? null : await ask();
    if (!reply || find(reply, "[data-awaits-board]")) continue;
    if (line.isConnected && find(reply, "[data-reveal]")) tell(page, line, reply);
    return;
  }
}

/**
 * The numbers change where they stand. Where the new ones take more room, a link leads to them: nothing jumps.
 * @param {HTMLElement} page
 * @param {HTMLElement} line
 * @param {Document} reply
 */
function tell(page, line, reply) {
  const said = need(reply, "[data-counted]").textContent;
  const shown = numbersOf(page);
  const fresh = numbersOf(reply).map((part) => document.adoptNode(part));
  const heights = shown.map(heightOf);
  shown.forEach((part, i) => part.replaceWith(fresh[i]));
  if (fresh.every((part, i) => heightOf(part) <= heights[i])) {
    fresh.forEach((part, i) => keep(part, heights[i]));
    return;
  }
  fresh.forEach((part, i) => part.replaceWith(shown[i]));
  const link = document.createElement("a");
  link.href = location.pathname;
  link.textContent = page.dataset.showStep ?? "";
  keep(line, heightOf(line));
  line.replaceChildren(`${said} `, link);
}

/**
 * It stays as high as it was.
 * @param {HTMLElement} part
 * @param {number} height
 */
function keep(part, height) {
  part.style.minBlockSize = `${height}px`;
}

/** @param {ParentNode} root */
function numbersOf(root) {
  return [...findAll(root, ".reveal .standing"), need(root, ".board-said")];
}

/** @param {HTMLElement} part */
function heightOf(part) {
  return part.offsetHeight;
}

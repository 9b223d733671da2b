import { findAll, need } from "./elements.js";
import { keepOpen } from "./socket.js";

/** @typedef {{facts: string, sureness: string, head: string, rows: string}} Board rendered by our server */

const table = need(document, "[data-board]");
const facts = need(document, "[data-board-facts]");
const sureness = need(document, "[data-board-sureness]");
const scroller = need(document, ".board__scroll:has([data-board])");

keepOpen(() => table.dataset.socket ?? "", onBoard, { maySleep: true });

/** @param {Board} board */
function onBoard(board) {
  if (table.dataset.default !== "true") return refresh();
  facts.innerHTML = board.facts;
  sureness.innerHTML = board.sureness;
  show(board.head + board.rows);
}

/**
 * The whole table: a column may have come with the rows. Where the reader is stays, in the table and by keyboard.
 * @param {string} html
 */
function show(html) {
  const scroll = scroller.scrollLeft;
  const focused = document.activeElement;
  const href = focused && table.contains(focused) ? focused.getAttribute("href") : null;
  table.innerHTML = html;
  scroller.scrollLeft = scroll;
  const again = findAll(table, "a").find((link) => href !== null && link.getAttribute("href") === href);
  again?.focus({ preventScroll: true });
}

/** @type {number | undefined} */
let waiting;

/** Rows come of the default view; a page of another one asks for its own, at a moment of its own. */
function refresh() {
  waiting ??= setTimeout(async () => {
    waiting = undefined;
    const response = await fetch(location.href).catch(() => null);
    if (!response?.ok) return; // the next board asks again
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const part of ["[data-board-facts]", "[data-board-sureness]", ".board__found"]) {
      const [old, renewed] = [document.querySelector(part), fresh.querySelector(part)];
      if (old && renewed) old.innerHTML = renewed.innerHTML;
    }
    show(need(fresh, "[data-board]").innerHTML);
  }, Math.random() * 1000);
}

import { keepOpen } from "./socket.js";

const table = document.querySelector("[data-board]");
const facts = document.querySelector("[data-board-facts]");

keepOpen(() => table.dataset.socket, (message) => {
  if (table.dataset.default !== "true") return refresh();
  facts.innerHTML = message.facts; // all rendered by our server
  show(message.head + message.rows);
}, { maySleep: true });

/** The whole table: a column may have come with the rows. Where the reader is stays, in the table and by keyboard. */
function show(html) {
  const scroll = table.parentElement.scrollLeft;
  const focused = table.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  table.innerHTML = html;
  table.parentElement.scrollLeft = scroll;
  if (focused) [...table.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus({ preventScroll: true });
}

let waiting;

/** Rows come of the usual view; a page of another one asks for its own, at a moment of its own. */
function refresh() {
  waiting ??= setTimeout(async () => {
    waiting = undefined;
    const response = await fetch(location.href).catch(() => null);
    if (!response?.ok) return; // the next board asks again
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const part of ["[data-board-facts]", ".board__found"]) {
      const [old, renewed] = [document.querySelector(part), fresh.querySelector(part)];
      if (old && renewed) old.innerHTML = renewed.innerHTML;
    }
    show(fresh.querySelector("[data-board]").innerHTML);
  }, Math.random() * 1000);
}

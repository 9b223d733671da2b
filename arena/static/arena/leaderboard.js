import { keepOpen } from "./socket.js";

const table = document.querySelector("[data-board]");
const facts = document.querySelector("[data-board-facts]");

keepOpen(() => table.dataset.socket, (message) => {
  facts.innerHTML = message.facts; // both rendered by our server
  if (table.dataset.sorted === "rating") showRows(table, message.rows);
  else refresh();
}, { maySleep: true });

function showRows(target, html) {
  const scroll = target.parentElement.scrollLeft;
  for (const body of [...target.tBodies]) body.remove();
  target.insertAdjacentHTML("beforeend", html);
  target.parentElement.scrollLeft = scroll;
}

/** Rows come in the usual order; a page sorted otherwise asks for its own. */
async function refresh() {
  const response = await fetch(location.href);
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-board]");
  showRows(table, [...fresh.tBodies].map((body) => body.outerHTML).join(""));
}

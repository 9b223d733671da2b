import { keepOpen } from "./socket.js";

const table = document.querySelector("[data-board]");
const facts = document.querySelector("[data-board-facts]");

keepOpen(() => table.dataset.socket, (message) => {
  if (table.dataset.usual !== "true") return refresh();
  facts.innerHTML = message.facts; // both rendered by our server
  showRows(message.rows);
}, { maySleep: true });

function showRows(html) {
  const scroll = table.parentElement.scrollLeft;
  for (const body of [...table.tBodies]) body.remove();
  table.insertAdjacentHTML("beforeend", html);
  table.parentElement.scrollLeft = scroll;
}

let waiting;

/** Rows come of the usual view; a page of another one asks for its own, at a moment of its own. */
function refresh() {
  waiting ??= setTimeout(async () => {
    waiting = undefined;
    const response = await fetch(location.href);
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    facts.innerHTML = fresh.querySelector("[data-board-facts]").innerHTML;
    showRows([...fresh.querySelector("[data-board]").tBodies].map((body) => body.outerHTML).join(""));
  }, Math.random() * 1000);
}

import { findAll, need } from "./elements.js";

/*
 * A long table scrolls within a box of its own, so that its head stays in sight. Where no column is cut off it needs
 * none: then the page scrolls, and the head stays at the edge of the screen.
 */
for (const box of findAll(document, ".board__scroll--tall")) {
  const table = need(box, "table");
  const fit = () => box.classList.toggle("board__scroll--fits", table.offsetWidth <= box.clientWidth);
  const watch = new ResizeObserver(fit);
  watch.observe(box);
  watch.observe(table);
}

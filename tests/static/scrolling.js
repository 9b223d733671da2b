import { reachByTab, scrollsByKeys } from "../../arena/static/arena/scrolling.js";
import { equal, place, test } from "./cases.js";

/** The observer has told by the end of the second frame. */
const told = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

/** @param {string} width */
function box(width) {
  const page = place(`<div style="inline-size: 100px; overflow: auto"><p style="inline-size: ${width}">x</p></div>`);
  const outer = /** @type {HTMLElement} */ (page.firstElementChild);
  reachByTab(outer);
  return outer;
}

test("what is wider than its place is reached by Tab, as long as it is", async () => {
  const outer = box("200px");
  await told();
  equal([outer.tabIndex, scrollsByKeys(outer), scrollsByKeys(outer.children[0])], [0, true, true]);
  outer.style.inlineSize = "300px";
  await told();
  equal([outer.tabIndex, scrollsByKeys(outer)], [-1, false]);
});

test("what fits is passed over by Tab", async () => {
  const outer = box("50px");
  await told();
  equal([outer.tabIndex, scrollsByKeys(outer)], [-1, false]);
});

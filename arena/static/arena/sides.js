/** On a narrow screen the two answers lie side by side behind one window: swipe, or press A or B. */

import { find, findAll } from "./elements.js";
import { reachByTab } from "./scrolling.js";

/**
 * Prepare the switch in the vote bar; called again whenever the bar is renewed.
 * @param {HTMLElement} page
 */
export function prepareSides(page) {
  const group = find(page, "[data-sides]");
  const scrollers = findAll(page, "[data-scroller]");
  // Where an answer is out of sight, the keyboard must reach what scrolls it into view.
  scrollers.forEach(reachByTab);
  if (!group || scrollers.length === 0) return;
  group.hidden = false;
  const buttons = findAll(group, "[data-side]");
  /** @param {string} side */
  const mark = (side) => {
    buttons.forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.side === side)));
    scrollers.forEach((scroller) => (scroller.dataset.inView = side));
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      mark(button.dataset.side ?? "");
      scrollers.forEach((scroller) => showSide(scroller, button.dataset.side));
    });
  }
  for (const scroller of scrollers) {
    const tell = () => {
      const side = sideInView(scroller);
      mark(side);
      for (const other of scrollers) if (other !== scroller && sideInView(other) !== side) showSide(other, side);
    };
    /** @type {number | undefined} */
    let timer;
    scroller.onscroll = () => {
      clearTimeout(timer);
      timer = setTimeout(tell, 80);
    };
  }
  mark(sideInView(scrollers[scrollers.length - 1]));
}

/**
 * Where a window is scrolled to for one side to be in view. Where the page is read from the right, positions count
 * downwards from 0.
 * @param {string | undefined} side
 * @param {number} width how far it can be scrolled
 * @param {string} direction "ltr" or "rtl"
 */
export function positionOf(side, width, direction) {
  if (side !== "b") return 0;
  return direction === "rtl" ? -width : width;
}

/**
 * The side that is in view where a window is scrolled to there.
 * @param {number} position
 * @param {number} width how far it can be scrolled
 */
export function sideAt(position, width) {
  return Math.abs(position) > width / 2 ? "b" : "a";
}

/**
 * @param {HTMLElement} scroller
 * @param {string | undefined} side
 */
function showSide(scroller, side) {
  scroller.scrollTo({ left: positionOf(side, wayOf(scroller), getComputedStyle(scroller).direction) });
}

/** @param {HTMLElement} scroller */
function sideInView(scroller) {
  return sideAt(scroller.scrollLeft, wayOf(scroller));
}

/** @param {HTMLElement} scroller */
function wayOf(scroller) {
  return scroller.scrollWidth - scroller.clientWidth;
}

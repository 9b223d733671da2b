/** On a narrow screen the two answers lie side by side behind one window: swipe, or press A or B. */

// Where an answer is out of sight, the keyboard must reach what scrolls it into view.
const widths = new ResizeObserver((changed) => {
  for (const { target } of changed) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

/** Prepare the switch in the vote bar; called again whenever the bar is renewed. */
export function prepareSides(page) {
  const group = page.querySelector("[data-sides]");
  const scrollers = [...page.querySelectorAll("[data-scroller]")];
  scrollers.forEach((scroller) => widths.observe(scroller));
  if (!group || scrollers.length === 0) return;
  group.hidden = false;
  const buttons = [...group.querySelectorAll("[data-side]")];
  const mark = (side) => buttons.forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.side === side)));
  for (const button of buttons) {
    button.addEventListener("click", () => scrollers.forEach((scroller) => showSide(scroller, button.dataset.side)));
  }
  for (const scroller of scrollers) {
    const tell = () => {
      const side = sideInView(scroller);
      mark(side);
      for (const other of scrollers) if (other !== scroller && sideInView(other) !== side) showSide(other, side);
    };
    let timer;
    scroller.onscroll = () => {
      clearTimeout(timer);
      timer = setTimeout(tell, 80);
    };
  }
  mark(sideInView(scrollers.at(-1)));
}

function showSide(scroller, side) {
  const width = scroller.scrollWidth - scroller.clientWidth;
  const isBehind = side === "b";
  // Where the page is read from the right, positions count downwards from 0.
  scroller.scrollTo({ left: isBehind ? width * (getComputedStyle(scroller).direction === "rtl" ? -1 : 1) : 0 });
}

function sideInView(scroller) {
  return Math.abs(scroller.scrollLeft) > (scroller.scrollWidth - scroller.clientWidth) / 2 ? "b" : "a";
}

/** What is wider than its place is reached by Tab, to be scrolled by the arrow keys. */

const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});

/**
 * Watch whether the element is wider than its place, from now on. To be called again when more stands in it.
 * @param {Element} element
 */
export function reachByTab(element) {
  widths.unobserve(element);
  widths.observe(element);
}

/**
 * Whether the arrow keys pressed there scroll something.
 * @param {Element} element
 */
export function scrollsByKeys(element) {
  return element.closest("[tabindex='0']") !== null;
}

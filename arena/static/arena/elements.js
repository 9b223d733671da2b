/** Elements found by selector, of the kind that the caller names; another kind there is an error. */

/**
 * The one that must be there.
 * @template {Element} [E=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => E} [kind]
 * @returns {E}
 */
export function need(root, selector, kind) {
  const found = find(root, selector, kind);
  if (!found) throw new TypeError(`nothing is ${selector}`);
  return found;
}

/**
 * The first one, if there is one.
 * @template {Element} [E=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => E} [kind]
 * @returns {E | null}
 */
export function find(root, selector, kind) {
  const found = root.querySelector(selector);
  return found && ofKind(found, selector, kind);
}

/**
 * All of them, in the order of the page.
 * @template {Element} [E=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => E} [kind]
 * @returns {E[]}
 */
export function findAll(root, selector, kind) {
  return [...root.querySelectorAll(selector)].map((found) => ofKind(found, selector, kind));
}

/**
 * @template {Element} E
 * @param {Element} found
 * @param {string} selector
 * @param {new () => E} [kind]
 */
function ofKind(found, selector, kind) {
  if (!(found instanceof (kind ?? HTMLElement))) throw new TypeError(`${selector} is a ${found.tagName}`);
  return /** @type {E} */ (found);
}

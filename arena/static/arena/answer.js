/** What stands in one answer's box: its HTML so far, to which more comes at its end. */

import { copy } from "./clipboard.js";
import { find, findAll, need } from "./elements.js";
import { hasMaths, loadMaths, renderMaths } from "./maths.js";
import { reachByTab } from "./scrolling.js";

const COPIED_MS = 1500;
const SCROLLED = ".table, .code > pre, .maths[data-maths=block]";
/**
 * What often comes in HTML is sent as one character, from U+0080 on. arena/markup/short.py has the same parts.
 */
export const PARTS = [
  "</span>",
  '<span class="hl-',
  '<span class="hl-k">',
  '<span class="hl-nb">',
  '<span class="hl-nf">',
  '<span class="hl-s">',
  '<span class="hl-s1">',
  '<span class="hl-s2">',
  '<span class="hl-mi">',
  '<span class="hl-c1">',
  ' rel="noopener noreferrer nofollow ugc">',
  '<code class="maths" data-maths="',
  '" dir="ltr">',
  "</td>\n<td>",
  "</td>\n</tr>\n<tr>\n<td>",
  '<p dir="auto">',
  "</p>\n",
  "<strong>",
  "</strong>",
  "<li>",
  "</li>\n",
  "<code>",
  "</code>",
  "<br>\n",
  '<a href="https://',
  "</a>",
  "<em>",
  "</em>",
  ' dir="auto">',
  "&amp;",
  "&lt;",
  "&gt;",
];

/**
 * The open part of each box: its HTML, the same as elements that nobody has prepared, and the number of nodes of the
 * box that stand before it. text: what the nodes before it say.
 * @typedef {{html: string, pristine: HTMLElement, start: number, text: string}} Open
 * @type {WeakMap<HTMLElement, Open>}
 */
const open = new WeakMap();
/** @type {WeakSet<HTMLElement>} */
const waiting = new WeakSet();
/** Where HTML becomes elements that load nothing and have not been prepared. */
const inert = document.implementation.createHTMLDocument("");

/**
 * HTML that our server sanitised: it joins the open part that the box has, less `drop` characters of its end. The first
 * `done` characters of it are finished from now on. whole: the box begins anew. lang: the language of the whole answer.
 * @param {HTMLElement} box
 * @param {{html?: string, drop?: number, done?: number, whole?: boolean, lang?: string}} more
 */
export function grow(box, { html = "", drop = 0, done = 0, whole = false, lang }) {
  if (whole) empty(box);
  const part = open.get(box) ?? { html: "", pristine: parsed(""), start: 0, text: "" };
  part.html = part.html.slice(0, part.html.length - drop) + expanded(html);
  const next = parsed(part.html);
  renew(box, part.start, part.pristine, next);
  part.pristine = next;
  open.set(box, part);
  if (done) finish(part, done);
  if (lang) box.lang = lang;
  if (!hasMaths() && !waiting.has(box) && find(box, "[data-maths]")) {
    waiting.add(box);
    loadMaths().then(() => redraw(box));
  }
}

/**
 * The first formulas have taken their form late: elements in place of all others, so that none has moved.
 * @param {HTMLElement} box
 */
function redraw(box) {
  waiting.delete(box);
  const nodes = [...box.childNodes].map((node) => node.cloneNode(true));
  box.replaceChildren(...nodes);
  for (const button of findAll(box, ".code__copy")) button.remove();
  prepareContent(box);
}

/**
 * HTML as the server shortened it.
 * @param {string} html
 */
export function expanded(html) {
  return html.replace(/[\u0080-\u009f]/g, (character) => PARTS[character.charCodeAt(0) - 0x80] ?? "");
}

/**
 * What the box says, without what this page has added to it.
 * @param {HTMLElement} box
 */
export function textOf(box) {
  const part = open.get(box);
  return part ? part.text + saidBy(part.pristine) : "";
}

/**
 * An answer that begins anew.
 * @param {HTMLElement} box
 */
export function empty(box) {
  open.delete(box);
  box.replaceChildren();
}

/**
 * Give code its copy button, wide tables and code a way to scroll by key, and mathematics its form.
 * @param {ParentNode} root
 */
export function prepareContent(root) {
  findAll(root, "figure.code").forEach(addCopyButton);
  findAll(root, SCROLLED).forEach(reachByTab);
  // One that is still open stays TeX; by the time that it is whole, what it needs is there.
  const formulas = findAll(root, "[data-maths]");
  if (hasMaths()) formulas.forEach(renderMaths);
  else if (formulas.length > 0) loadMaths().then(() => formulas.forEach(renderMaths));
}

/**
 * @param {Open} part
 * @param {number} done
 */
function finish(part, done) {
  const finished = parsed(part.html.slice(0, done));
  part.html = part.html.slice(done);
  part.pristine = parsed(part.html);
  part.start += finished.childNodes.length;
  part.text += saidBy(finished);
}

/**
 * Make what is shown like `after`. What has not changed stays, with what a reader has selected in it or has the focus
 * on: to the eye, and to a measure of it, nothing has jumped.
 * @param {Node} shown
 * @param {number} start the first of its nodes that `before` stands for
 * @param {Node} before what was shown, as it came
 * @param {Node} after
 */
function renew(shown, start, before, after) {
  const olds = [...before.childNodes];
  const news = [...after.childNodes];
  const stand = [...shown.childNodes].slice(start, start + olds.length);
  news.forEach((node, i) => {
    if (i >= olds.length) shown.appendChild(prepared(node));
    else if (!olds[i].isEqualNode(node)) renewOne(stand[i], olds[i], node);
  });
  for (const node of stand.slice(news.length)) shown.removeChild(node);
}

/**
 * @param {ChildNode} shown
 * @param {Node} before
 * @param {Node} after
 */
function renewOne(shown, before, after) {
  if (shown instanceof Text && after instanceof Text) shown.data = after.data;
  else if (isAlike(before, after)) {
    renew(shown, 0, before, after);
    if (shown instanceof Element && shown.matches(SCROLLED)) reachByTab(shown);
  } else shown.replaceWith(prepared(after));
}

/**
 * Whether two elements differ in what they hold only. A formula is prepared as one. Where a table gets a further row,
 * or a line a formula, the columns may become wider and the line higher, and a bold word that grows may go to the next
 * line: another element in its place moves nothing that a reader has before their eyes.
 * @param {Node} before
 * @param {Node} after
 */
function isAlike(before, after) {
  if (!(before instanceof HTMLElement && after instanceof HTMLElement)) return false;
  if (after.dataset.maths || after.matches("table, a, em, strong, s, u, sub, sup, kbd, :not(pre) > code")) return false;
  if (after.matches("p, li, td, h3, h4, h5, h6") && formulasOf(before) !== formulasOf(after)) return false;
  return before.cloneNode(false).isEqualNode(after.cloneNode(false));
}

/** @param {HTMLElement} element */
function formulasOf(element) {
  return findAll(element, "[data-maths]")
    .map((formula) => formula.textContent)
    .join();
}

/** @param {Node} node */
function prepared(node) {
  const fragment = new DocumentFragment();
  fragment.append(document.importNode(node, true));
  prepareContent(fragment);
  return fragment;
}

/**
 * The words of what came, a row of a table as one line.
 * @param {HTMLElement} part
 */
function saidBy(part) {
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  let said = "";
  while (walker.nextNode()) {
    const { parentElement, textContent } = walker.currentNode;
    said += parentElement?.localName === "tr" ? " " : (textContent ?? "");
  }
  return said;
}

/** @param {string} html */
function parsed(html) {
  const element = inert.createElement("div");
  element.innerHTML = html;
  return element;
}

/** What the page says in its own language. */
function words() {
  const { copy = "", copied = "" } = need(document, "[data-copy]").dataset;
  return { copy, copied };
}

/** @param {HTMLElement} figure */
function addCopyButton(figure) {
  if (find(figure, ".code__copy")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "code__copy";
  button.textContent = words().copy;
  button.addEventListener("click", async () => {
    if (!(await copyCode(need(figure, "code")))) return;
    button.textContent = words().copied;
    setTimeout(() => (button.textContent = words().copy), COPIED_MS);
  });
  figure.append(button);
}

/** @param {HTMLElement} code */
function copyCode(code) {
  return copy(code.textContent ?? "", () => getSelection()?.selectAllChildren(code));
}

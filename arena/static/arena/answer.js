/** What stands in one answer's box: finished blocks, and behind them the words that are still coming. */

import { copy } from "./clipboard.js";
import { find, findAll, need } from "./elements.js";
import { reachByTab } from "./scrolling.js";

const COPIED_MS = 1500;
const MAX_TEX = 5000;
/** These two would write style attributes, which our policy refuses. */
const MACROS = { "\\pmb": "\\boldsymbol{#1}", "\\fcolorbox": "\\boxed{\\colorbox{#2}{#3}}" };

/**
 * The HTML of each box's blocks so far, as the parser writes it.
 * @type {WeakMap<HTMLElement, string>}
 */
const shown = new WeakMap();

/**
 * Words as they come.
 * @param {HTMLElement} box
 * @param {string} text
 */
export function addText(box, text) {
  const tail = tailOf(box);
  tail.append(text);
  tail.classList.toggle("answer__tail--code", opensCode(tail.textContent));
  // By the time that the formula is whole, what it needs is there, and it takes its last form at once.
  if (beginsFormula(text)) loadMaths();
}

/**
 * HTML that our server sanitised, in place of so many code points at the front of the words.
 * @param {HTMLElement} box
 * @param {string} html
 * @param {number} characters
 */
export function addBlock(box, html, characters) {
  const rest = afterCharacters(tailOf(box).textContent, characters);
  const template = parsed(html);
  shown.set(box, (shown.get(box) ?? "") + template.innerHTML);
  replaceTail(box, template);
  addText(box, rest);
}

/**
 * The whole answer: what stands there already stays, with what a reader has selected in it or has the focus on.
 * @param {HTMLElement} box
 * @param {string} html
 */
export function setWhole(box, html) {
  const template = parsed(html);
  const first = template.content.firstElementChild;
  const lang = first?.getAttribute("lang");
  const before = shown.get(box) ?? "";
  const whole = first && lang ? first.innerHTML : template.innerHTML;
  if (whole.startsWith(before)) {
    replaceTail(box, parsed(whole.slice(before.length)));
    if (lang) box.lang = lang;
  } else {
    box.replaceChildren();
    replaceTail(box, template);
  }
}

/**
 * An answer that begins anew.
 * @param {HTMLElement} box
 */
export function empty(box) {
  shown.delete(box);
  box.replaceChildren();
}

/**
 * Give code its copy button, wide tables and code a way to scroll by key, and mathematics its form.
 * @param {ParentNode} root
 */
export function prepareContent(root) {
  findAll(root, "figure.code").forEach(addCopyButton);
  findAll(root, ".table, .code > pre, .maths[data-maths=block]").forEach(reachByTab);
  const formulas = findAll(root, "[data-maths]");
  if (katex()) formulas.forEach(renderMaths);
  else if (formulas.length > 0) loadMaths().then(() => formulas.forEach(renderMaths));
}

/**
 * How many code points a text has: the server counts them, a string counts surrogates.
 * @param {string | null} text
 */
export function charactersIn(text) {
  return [...(text ?? "")].length;
}

/**
 * What follows so many code points.
 * @param {string | null} text
 * @param {number} characters
 */
export function afterCharacters(text, characters) {
  return [...(text ?? "")].slice(characters).join("");
}

/**
 * Whether words that are still coming are code: they are set as such before the block is whole.
 * @param {string | null} text
 */
export function opensCode(text) {
  return /^\s*(```|~~~)/.test(text ?? "");
}

/**
 * Whether a formula may begin in a text; a price is none.
 * @param {string} text
 */
export function beginsFormula(text) {
  return /\$[^\s\d]|\\[([]/.test(text);
}

/** @param {string} html */
function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template;
}

/**
 * A new tail instead of one that moves: to the eye, and to a measure of it, nothing has jumped.
 * @param {HTMLElement} box
 * @param {HTMLTemplateElement} template
 */
function replaceTail(box, template) {
  const content = document.adoptNode(template.content);
  prepareContent(content);
  tailOf(box).replaceWith(content);
}

/** @param {HTMLElement} box */
function tailOf(box) {
  let tail = find(box, ":scope > .answer__tail");
  if (!tail) {
    tail = document.createElement("div");
    tail.className = "answer__tail";
    box.append(tail);
  }
  return tail;
}

/** What the page says in its own language, and where it keeps KaTeX. */
function words() {
  const { copy = "", copied = "", katex = "" } = need(document, "[data-copy]").dataset;
  return { copy, copied, katex };
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

/** KaTeX itself, once it is here. */
function katex() {
  return /** @type {{katex?: {render: (tex: string, into: Element, options: object) => void}}} */ (window).katex;
}

/** @type {Promise<void> | undefined} */
let loading;

/** KaTeX comes only where there is a formula; where it does not come, the next formula asks again. */
function loadMaths() {
  loading ??= new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = words().katex;
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => {
      loading = undefined;
      resolve();
    });
    document.head.append(script);
  });
  return loading;
}

/**
 * What KaTeX cannot read stays as it was written.
 * @param {HTMLElement} formula
 */
function renderMaths(formula) {
  const library = katex();
  const tex = formula.textContent ?? "";
  if (!library || formula.dataset.rendered || tex.length > MAX_TEX) return;
  const formed = document.createElement("span");
  try {
    library.render(tex, formed, {
      output: "mathml",
      displayMode: formula.dataset.maths === "block",
      trust: false,
      strict: "ignore",
      throwOnError: true,
      maxExpand: 200,
      maxSize: 20,
      macros: { ...MACROS },
    });
  } catch {
    return;
  }
  formula.dataset.rendered = "true";
  formula.replaceChildren(formed);
}

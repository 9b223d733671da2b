/** What stands in one answer's box: finished blocks, and behind them the words that are still coming. */

import { copy } from "./clipboard.js";

const COPIED_MS = 1500;
const MAX_TEX = 5000;
/** These two would write style attributes, which our policy refuses. */
const MACROS = { "\\pmb": "\\boldsymbol{#1}", "\\fcolorbox": "\\boxed{\\colorbox{#2}{#3}}" };

/** The HTML of each box's blocks so far, as the parser writes it. */
const shown = new WeakMap();
/** A box that is wider than its place is reached by Tab, to be scrolled by the arrow keys. */
const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

/** Words as they come. */
export function addText(box, text) {
  const tail = tailOf(box);
  tail.append(text);
  tail.classList.toggle("answer__tail--code", /^\s*(```|~~~)/.test(tail.textContent));
  // By the time that the formula is whole, what it needs is there, and it takes its last form at once.
  if (/\$[^\s\d]|\\[([]/.test(text)) loadMaths();
}

/** HTML that our server sanitised, in place of so many code points at the front of the words. */
export function addBlock(box, html, characters) {
  const rest = [...tailOf(box).textContent].slice(characters).join("");
  const template = parsed(html);
  shown.set(box, (shown.get(box) ?? "") + template.innerHTML);
  replaceTail(box, template);
  addText(box, rest);
}

/** The whole answer: what stands there already stays, with what a reader has selected in it or has the focus on. */
export function setWhole(box, html) {
  const template = parsed(html), first = template.content.firstElementChild;
  const whole = first?.lang ? first.innerHTML : template.innerHTML, before = shown.get(box) ?? "";
  if (whole.startsWith(before)) {
    replaceTail(box, parsed(whole.slice(before.length)));
    if (first?.lang) box.lang = first.lang;
  } else {
    box.replaceChildren();
    replaceTail(box, template);
  }
}

/** An answer that begins anew. */
export function empty(box) {
  shown.delete(box);
  box.replaceChildren();
}

/** Give code its copy button, wide tables and code a way to scroll by key, and mathematics its form. */
export function prepareContent(root) {
  for (const figure of root.querySelectorAll("figure.code")) addCopyButton(figure);
  for (const wide of root.querySelectorAll(".table, .code > pre, .maths[data-maths=block]")) widths.observe(wide);
  const formulas = [...root.querySelectorAll("[data-maths]")];
  if (window.katex) formulas.forEach(renderMaths);
  else if (formulas.length > 0) loadMaths().then(() => formulas.forEach(renderMaths));
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template;
}

/** A new tail instead of one that moves: to the eye, and to a measure of it, nothing has jumped. */
function replaceTail(box, template) {
  const content = document.adoptNode(template.content);
  prepareContent(content);
  tailOf(box).replaceWith(content);
}

function tailOf(box) {
  let tail = box.querySelector(":scope > .answer__tail");
  if (!tail) {
    tail = document.createElement("div");
    tail.className = "answer__tail";
      box.append(tail);
  }
  return tail;
}

function words() {
  return document.querySelector("[data-copy]").dataset;
}

function addCopyButton(figure) {
  if (figure.querySelector(".code__copy")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "code__copy";
  button.textContent = words().copy;
  button.addEventListener("click", async () => {
    if (!(await copyCode(figure.querySelector("code")))) return;
    button.textContent = words().copied;
    setTimeout(() => (button.textContent = words().copy), COPIED_MS);
  });
  figure.append(button);
}

const copyCode = (code) => copy(code.textContent, () => getSelection().selectAllChildren(code));

let library;

/** KaTeX comes only where there is a formula; where it does not come, the next formula asks again. */
function loadMaths() {
  library ??= new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = words().katex;
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => {
      library = undefined;
      resolve();
    });
    document.head.append(script);
  });
  return library;
}

/** What KaTeX cannot read stays as it was written. */
function renderMaths(formula) {
  if (!window.katex || formula.dataset.rendered || formula.textContent.length > MAX_TEX) return;
  const formed = document.createElement("span");
  try {
    window.katex.render(formula.textContent, formed, {
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

/** What stands in one answer's box: finished blocks, and behind them the words that are still coming. */

const COPIED_MS = 1500;

/** Words as they come. */
export function addText(box, text) {
  const tail = tailOf(box);
  tail.append(text);
  tail.classList.toggle("answer__tail--code", /^\s*(```|~~~)/.test(tail.textContent));
}

/** HTML that our server sanitised, in place of so many characters at the front of the words. */
export function addBlock(box, html, characters) {
  const tail = tailOf(box), rest = [...tail.textContent].slice(characters).join("");
  const template = document.createElement("template");
  template.innerHTML = html;
  const added = [...template.content.children];
  // A new tail instead of one that moves: to the eye, and to a measure of it, nothing has jumped.
  tail.replaceWith(template.content);
  added.forEach(prepareContent);
  addText(box, rest);
}

/** The whole answer. */
export function setWhole(box, html) {
  box.innerHTML = html;
  prepareContent(box);
}

/** An answer that begins anew. */
export function empty(box) {
  box.replaceChildren();
}

/** Give code its copy button, wide tables and code a way to scroll by key, and mathematics its form. */
export function prepareContent(root) {
  for (const figure of all(root, "figure.code")) addCopyButton(figure);
  for (const wide of all(root, ".table, figure.code > pre")) {
    if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
  }
  const formulas = all(root, "[data-maths]");
  if (formulas.length > 0) renderMaths(formulas);
}

function all(root, selector) {
  return [...(root.matches(selector) ? [root] : []), ...root.querySelectorAll(selector)];
}

function tailOf(box) {
  let tail = box.querySelector(":scope > .answer__tail");
  if (!tail) {
    tail = document.createElement("div");
    tail.className = "answer__tail";
    tail.dir = "auto";
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
    await navigator.clipboard.writeText(figure.querySelector("code").textContent);
    button.textContent = words().copied;
    setTimeout(() => (button.textContent = words().copy), COPIED_MS);
  });
  figure.append(button);
}

let library;

/** KaTeX comes only where there is a formula. What it cannot read stays as it was written. */
function renderMaths(formulas) {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = words().katex;
    script.addEventListener("load", () => resolve(window.katex));
    script.addEventListener("error", reject);
    document.head.append(script);
  });
  library.then((katex) => formulas.forEach((formula) => renderOne(katex, formula))).catch(() => (library = undefined));
}

function renderOne(katex, formula) {
  if (formula.dataset.rendered) return;
  const shown = document.createElement("span");
  try {
    katex.render(formula.textContent, shown, {
      output: "mathml",
      displayMode: formula.dataset.maths === "block",
      trust: false,
      strict: "ignore",
      throwOnError: true,
      maxExpand: 200,
      maxSize: 20,
    });
  } catch {
    return;
  }
  formula.dataset.rendered = "true";
  formula.replaceChildren(shown);
  if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
}

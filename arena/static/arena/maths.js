/** Formulas: their TeX becomes MathML, which browsers draw and screen readers speak. */

import { findAll, need } from "./elements.js";

const MAX_TEX = 5000;
const FONT = '1em "Agon Maths"';
/** These two would write style attributes, which our policy refuses. */
const MACROS = { "\\pmb": "\\boldsymbol{#1}", "\\fcolorbox": "\\boxed{\\colorbox{#2}{#3}}" };

/**
 * Where the letters and digits of each alphabet begin in Unicode, and those that had a place before it was made.
 * @type {Record<string, {capitals: number, small: number, digits?: number, older?: Record<string, string>}>}
 */
const ALPHABETS = {
  bold: { capitals: 0x1d400, small: 0x1d41a, digits: 0x1d7ce },
  script: {
    capitals: 0x1d49c,
    small: 0x1d4b6,
    older: { B: "ℬ", E: "ℰ", F: "ℱ", H: "ℋ", I: "ℐ", L: "ℒ", M: "ℳ", R: "ℛ", e: "ℯ", g: "ℊ", o: "ℴ" },
  },
  fraktur: { capitals: 0x1d504, small: 0x1d51e, older: { C: "ℭ", H: "ℌ", I: "ℑ", R: "ℜ", Z: "ℨ" } },
  "double-struck": {
    capitals: 0x1d538,
    small: 0x1d552,
    digits: 0x1d7d8,
    older: { C: "ℂ", H: "ℍ", N: "ℕ", P: "ℙ", Q: "ℚ", R: "ℝ", Z: "ℤ" },
  },
};

/** KaTeX itself, once it is here. */
function katex() {
  return /** @type {{katex?: {render: (tex: string, into: Element, options: object) => void}}} */ (window).katex;
}

/** @type {Promise<void> | undefined} */
let loading;
let isFontAwaited = true;

/** Whether formulas can be drawn at once, and so that they do not move when their font comes. */
export function hasMaths() {
  return katex() !== undefined && (!isFontAwaited || document.fonts.check(FONT));
}

/** KaTeX and the font come only where there is a formula; where KaTeX does not come, the next formula asks again. */
export function loadMaths() {
  loading ??= Promise.all([loadKatex(), document.fonts.load(FONT).catch(() => [])]).then(() => {
    isFontAwaited = false;
  });
  return loading;
}

/** @returns {Promise<void>} */
function loadKatex() {
  return new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = need(document, "[data-katex]").dataset.katex ?? "";
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => {
      loading = undefined;
      resolve();
    });
    document.head.append(script);
  });
}

/**
 * What KaTeX cannot read stays as it was written.
 * @param {HTMLElement} formula
 */
export function renderMaths(formula) {
  const library = katex();
  const tex = formula.textContent ?? "";
  if (!library || formula.dataset.rendered || formula.dataset.maths === "open" || tex.length > MAX_TEX) return;
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
  findAll(formed, "[mathvariant]", Element).forEach(inOwnLetters);
  formula.dataset.rendered = "true";
  formula.replaceChildren(formed);
}

/**
 * Browsers know no mathvariant any more: the letters themselves have to say that they are double-struck, or bold.
 * @param {Element} element
 */
function inOwnLetters(element) {
  const alphabet = element.getAttribute("mathvariant") ?? "";
  if (!(alphabet in ALPHABETS)) return;
  element.textContent = inAlphabet(element.textContent ?? "", alphabet);
  element.removeAttribute("mathvariant");
}

/**
 * The text in the letters of one of the alphabets; what has no such letter stays.
 * @param {string} text
 * @param {string} name of ALPHABETS
 */
export function inAlphabet(text, name) {
  const { capitals, small, digits, older = {} } = ALPHABETS[name];
  return text.replace(/[A-Za-z0-9]/g, (letter) => {
    if (letter in older) return older[letter];
    const code = letter.charCodeAt(0);
    if (letter >= "a") return String.fromCodePoint(small + code - 0x61);
    if (letter >= "A") return String.fromCodePoint(capitals + code - 0x41);
    return digits ? String.fromCodePoint(digits + code - 0x30) : letter;
  });
}

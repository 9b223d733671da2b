/** What one answer says and the other does not, word by word, on the answers as they are shown. */

import { find, findAll } from "./elements.js";

/** @typedef {{text: string, start: number, end: number}} Word a word or a mark, and where it stands in its text */
/** @typedef {{node: Text, start: number, end: number}} Stretch a part of a text node */

const MAX_WORDS = 2500;
/** Offered when so much of the two is shared; where less is, everything would be marked. */
const SHARED = 0.5;

/**
 * Prepare the button; called again whenever the outcome is renewed.
 * @param {HTMLElement} page
 */
export function prepareDifferences(page) {
  const button = find(page, "[data-differences]");
  const texts = findAll(page, ".turn:last-of-type > [data-scroller] [data-text]");
  if (!button || texts.length !== 2) return;
  const [a, b] = texts.map(wordsOf);
  if (!isWorthwhile(a, b)) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const shows = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(shows));
    if (shows) markDifferences(texts);
    else texts.forEach(clear);
  });
}

/**
 * The words and marks of a text, in its order.
 * @param {string} text
 * @returns {Word[]}
 */
export function wordsIn(text) {
  const found = [...text.matchAll(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu)];
  return found.map(({ 0: word, index }) => ({ text: word, start: index, end: index + word.length }));
}

/**
 * Whether marking what differs would show anything: enough is shared, and not all.
 * @param {Word[]} first
 * @param {Word[]} second
 */
export function isWorthwhile(first, second) {
  const [a, b] = [first, second].map((words) => words.filter(({ text }) => /[\p{L}\p{N}]/u.test(text)));
  const most = Math.max(a.length, b.length);
  if (most > MAX_WORDS) return false;
  const shared = countShared(a, b);
  return shared < most && shared / most >= SHARED;
}

/**
 * How many words are in both, wherever they stand; one that is said twice counts twice.
 * @param {Word[]} a
 * @param {Word[]} b
 */
function countShared(a, b) {
  const counts = new Map();
  for (const { text } of a) counts.set(text, (counts.get(text) ?? 0) + 1);
  let shared = 0;
  for (const { text } of b) {
    const left = counts.get(text) ?? 0;
    if (left > 0) {
      shared += 1;
      counts.set(text, left - 1);
    }
  }
  return shared;
}

/**
 * The words of both that are in a longest common subsequence.
 * @template {{text: string}} W
 * @param {W[]} a
 * @param {W[]} b
 * @returns {Set<W>}
 */
export function commonSubsequence(a, b) {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const here = i * width + j;
      const isSame = a[i].text === b[j].text;
      lengths[here] = isSame ? lengths[here + width + 1] + 1 : Math.max(lengths[here + width], lengths[here + 1]);
    }
  }
  const shared = new Set();
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i].text === b[j].text) shared.add(a[i++]).add(b[j++]);
    else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) i++;
    else j++;
  }
  return shared;
}

/**
 * Neighbouring words as one stretch; only space is between them.
 * @param {Stretch[]} words
 * @returns {Stretch[]}
 */
export function stretchesOf(words) {
  /** @type {Stretch[]} */
  const joined = [];
  for (const { node, start, end } of words) {
    const last = joined.at(-1);
    if (last?.node === node && /^\s*$/.test(node.data.slice(last.end, start))) last.end = end;
    else joined.push({ node, start, end });
  }
  return joined;
}

/**
 * Each word and mark with the text node that holds it.
 * @param {HTMLElement} box
 */
function wordsOf(box) {
  return textsIn(box).flatMap((node) => wordsIn(node.data).map((word) => ({ ...word, node })));
}

/**
 * The texts that the model wrote: no button of ours, no formula.
 * @param {HTMLElement} box
 */
function textsIn(box) {
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(/** @type {Text} */ (walker.currentNode));
  return nodes.filter((node) => !node.parentElement?.closest("button, figcaption, math"));
}

/** @param {HTMLElement[]} texts */
function markDifferences(texts) {
  const [a, b] = texts.map(wordsOf);
  const shared = commonSubsequence(a, b);
  mark(a.filter((word) => !shared.has(word)));
  mark(b.filter((word) => !shared.has(word)));
}

/**
 * From the last to the first: what is before a marked word in its node stays where it was.
 * @param {Stretch[]} words
 */
function mark(words) {
  for (const { node, start, end } of stretchesOf(words).reverse()) {
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, end);
    const element = document.createElement("mark");
    element.className = "difference";
    range.surroundContents(element);
  }
}

/** @param {HTMLElement} box */
function clear(box) {
  for (const element of findAll(box, "mark.difference")) element.replaceWith(...element.childNodes);
  box.normalize();
}

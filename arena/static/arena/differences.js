/** What one answer says and the other does not, word by word, on the answers as they are shown. */

const MAX_WORDS = 2500;
/** Offered when so much of the two is shared; where less is, everything would be marked. */
const SHARED = 0.5;

/** Prepare the button; called again whenever the outcome is renewed. */
export function prepareDifferences(page) {
  const button = page.querySelector("[data-differences]");
  const texts = [...page.querySelectorAll(".turn:last-of-type > [data-scroller] [data-text]")];
  if (!button || texts.length !== 2) return;
  const words = texts.map(wordsOf);
  if (!isWorthwhile(...words)) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const shows = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(shows));
    if (shows) markDifferences(texts);
    else texts.forEach(clear);
  });
}

/** Each word and mark with the text node that holds it. */
function wordsOf(box) {
  const words = [];
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentElement.closest("button, figcaption, math")) continue;
    for (const match of node.data.matchAll(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu)) {
      words.push({ text: match[0], node, start: match.index, end: match.index + match[0].length });
    }
  }
  return words;
}

function isWorthwhile(...both) {
  const [a, b] = both.map((words) => words.filter(({ text }) => /[\p{L}\p{N}]/u.test(text)));
  if (Math.max(a.length, b.length) > MAX_WORDS || Math.min(a.length, b.length) === 0) return false;
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
  return shared < Math.max(a.length, b.length) && shared / Math.max(a.length, b.length) >= SHARED;
}

function markDifferences(texts) {
  const [a, b] = texts.map(wordsOf);
  const shared = commonSubsequence(a, b);
  mark(a.filter((word) => !shared.has(word)));
  mark(b.filter((word) => !shared.has(word)));
}

/** The words of both that are in a longest common subsequence. */
function commonSubsequence(a, b) {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] = a[i].text === b[j].text
        ? lengths[(i + 1) * width + j + 1] + 1
        : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
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

/** From the last to the first: what is before a marked word in its node stays where it was. */
function mark(words) {
  for (const { node, start, end } of runs(words).reverse()) {
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, end);
    const element = document.createElement("mark");
    element.className = "difference";
    range.surroundContents(element);
  }
}

/** Neighbouring words as one mark. */
function runs(words) {
  const joined = [];
  for (const { node, start, end } of words) {
    const last = joined.at(-1);
    if (last?.node === node && /^\s*$/.test(node.data.slice(last.end, start))) last.end = end;
    else joined.push({ node, start, end });
  }
  return joined;
}

function clear(box) {
  for (const element of box.querySelectorAll("mark.difference")) element.replaceWith(...element.childNodes);
  box.normalize();
}

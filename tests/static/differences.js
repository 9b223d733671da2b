import {
  commonSubsequence,
  isWorthwhile,
  prepareDifferences,
  stretchesOf,
  wordsIn,
} from "../../arena/static/arena/differences.js";
import { equal, place, test } from "./cases.js";

test("a word is letters and digits, and each mark stands alone", () => {
  const words = wordsIn("It's 5 km, 바다!").map(({ text, start, end }) => `${text} ${start}-${end}`);
  equal(words, ["It 0-2", "' 2-3", "s 3-4", "5 5-6", "km 7-9", ", 9-10", "바다 11-13", "! 13-14"]);
});

test("differences are offered where half of the words is shared, and not all", () => {
  const offered = [
    ["one two", "one three"],
    ["one two", "one two!"],
    ["one two three", "one x y"],
    ["one", ""],
    ["!", "?"],
  ].map(([a, b]) => isWorthwhile(wordsIn(a), wordsIn(b)));
  equal(offered, [true, false, false, false, false]);
});

test("a word that one side says twice is shared once with one that says it once", () => {
  equal(isWorthwhile(wordsIn("so so"), wordsIn("so")), true);
  equal(isWorthwhile(wordsIn("so"), wordsIn("so so !x")), false);
});

test("texts of more than 2500 words are not compared", () => {
  const words = "word ".repeat(2499);
  equal(isWorthwhile(wordsIn(`${words} end`), wordsIn(`${words} stop`)), true);
  equal(isWorthwhile(wordsIn(`${words} the end`), wordsIn(`${words} stop`)), false);
});

/** @param {string} letters */
function lettersOf(letters) {
  return [...letters].map((text) => ({ text }));
}

/**
 * The shared letters of both, as each side has them.
 * @param {string} first
 * @param {string} second
 */
function shared(first, second) {
  const [a, b] = [first, second].map(lettersOf);
  const common = commonSubsequence(a, b);
  return [a, b].map((letters) => letters.filter((letter) => common.has(letter)).map(({ text }) => text));
}

test("the textbook's example has a common subsequence of four", () => {
  const [a, b] = shared("ABCBDAB", "BDCABA"); // Cormen, Leiserson, Rivest and Stein, Introduction to Algorithms
  equal(a, b);
  equal(a.length, 4);
});

/**
 * The length of a longest common subsequence, by the definition.
 * @param {string} a
 * @param {string} b
 * @returns {number}
 */
function slowly(a, b) {
  if (!a || !b) return 0;
  if (a[0] === b[0]) return 1 + slowly(a.slice(1), b.slice(1));
  return Math.max(slowly(a.slice(1), b), slowly(a, b.slice(1)));
}

test("of all texts of up to five of two letters the longest is found", () => {
  const texts = [""];
  for (const text of texts) if (text.length < 5) texts.push(`${text}a`, `${text}b`);
  equal(texts.length, 63);
  for (const first of texts) {
    for (const second of texts) {
      const [a, b] = shared(first, second);
      equal(a, b);
      equal(a.length, slowly(first, second));
    }
  }
});

test("words with only space between them are one stretch", () => {
  const node = new Text("one  two, three");
  const words = wordsIn(node.data).map((word) => ({ ...word, node }));
  const found = stretchesOf([words[0], words[1], words[3]]);
  equal(
    found.map(({ start, end }) => node.data.slice(start, end)),
    ["one  two", "three"],
  );
});

test("a stretch ends with its text node", () => {
  const [first, second] = [new Text("one"), new Text("two")];
  const found = stretchesOf([
    { node: first, start: 0, end: 3 },
    { node: second, start: 0, end: 3 },
  ]);
  equal(found.length, 2);
});

/** @param {string[]} answers */
function turn(...answers) {
  const texts = answers.map((html) => `<div data-text>${html}</div>`).join("");
  return place(`<section class="turn"><div data-scroller>${texts}</div></section>
    <button data-differences aria-pressed="false" hidden></button>`);
}

test("the button marks what differs, and takes the marks away again", () => {
  const page = turn("<p>The deep <b>blue</b> sea is salty</p>", "<p>The sea is not salty</p>");
  const before = page.querySelector("[data-scroller]")?.innerHTML;
  const pieces = page.querySelector("p")?.childNodes.length;
  prepareDifferences(page);
  const button = page.querySelector("button");
  equal(button?.hidden, false);
  button?.click();
  const marked = [...page.querySelectorAll("mark")].map((mark) => mark.textContent);
  equal([button?.ariaPressed, ...marked], ["true", "deep", "blue", "not"]);
  button?.click();
  equal([button?.ariaPressed, page.querySelector("[data-scroller]")?.innerHTML], ["false", before]);
  equal(page.querySelector("p")?.childNodes.length, pieces);
});

test("our own buttons and formulas are not compared", () => {
  const page = turn("<p>The sea<button>Copy</button><math>x</math></p>", "<p>The sea</p>");
  prepareDifferences(page);
  equal(page.querySelector("[data-differences]")?.hasAttribute("hidden"), true);
});

import {
  addBlock,
  addText,
  afterCharacters,
  beginsFormula,
  charactersIn,
  empty,
  opensCode,
  setWhole,
} from "../../arena/static/arena/answer.js";
import { equal, place, test } from "./cases.js";

test("characters are code points, as the server counts them", () => {
  equal([charactersIn("a😀b"), charactersIn("바다"), charactersIn(""), charactersIn(null)], [3, 2, 0, 0]);
});

test("what follows so many characters never begins with half of one", () => {
  equal([afterCharacters("😀😀b", 1), afterCharacters("ab", 5), afterCharacters(null, 1)], ["😀b", "", ""]);
});

test("words that begin with a fence are code", () => {
  equal(["```py\nx", "\n~~~\nx", "so ```x", null].map(opensCode), [true, true, false, false]);
});

test("a price is no formula", () => {
  equal(["$x$", "\\(x", "\\[x", "$5", "$ x", "x"].map(beginsFormula), [true, true, true, false, false, false]);
});

/** @param {HTMLElement} box */
function blocksAndTail(box) {
  return [...box.children].map((child) => `${child.className || child.localName}: ${child.textContent}`);
}

test("words come behind each other in one tail", () => {
  const box = place("");
  addText(box, "One ");
  addText(box, "<b>two</b>");
  equal(blocksAndTail(box), ["answer__tail: One <b>two</b>"]);
});

test("a tail that begins with a fence looks like code", () => {
  const box = place("");
  addText(box, "```py\nx = 1");
  equal(blocksAndTail(box), ["answer__tail answer__tail--code: ```py\nx = 1"]);
});

test("a block takes the place of its own words, counted in code points", () => {
  const box = place("");
  addText(box, "😀 one\n\ntwo");
  addBlock(box, "<p>😀 one</p>", 7);
  equal(blocksAndTail(box), ["p: 😀 one", "answer__tail: two"]);
  addBlock(box, "<p>two</p>", 3);
  equal(blocksAndTail(box), ["p: 😀 one", "p: two", "answer__tail: "]);
});

test("the whole answer leaves the blocks that stand there", () => {
  const box = place("");
  addBlock(box, "<p>one</p>", 0);
  addText(box, "tw");
  const first = box.firstElementChild;
  setWhole(box, "<p>one</p><p>two</p>");
  equal(blocksAndTail(box), ["p: one", "p: two"]);
  equal(box.firstElementChild === first, true);
});

test("a whole answer that begins otherwise takes the place of all", () => {
  const box = place("");
  addBlock(box, "<p>one</p>", 0);
  setWhole(box, "<p>two</p>");
  equal(blocksAndTail(box), ["p: two"]);
});

test("the language of a whole answer becomes that of its box", () => {
  const box = place("");
  addBlock(box, "<p>하나</p>", 0);
  setWhole(box, '<div lang="ko"><p>하나</p><p>둘</p></div>');
  equal([box.lang, ...blocksAndTail(box)], ["ko", "p: 하나", "p: 둘"]);
});

test("an answer that begins anew forgets its blocks", () => {
  const box = place("");
  addBlock(box, "<p>old</p>", 0);
  empty(box);
  addBlock(box, "<p>new</p>", 0);
  const first = box.firstElementChild;
  setWhole(box, "<p>new</p><p>end</p>");
  equal(blocksAndTail(box), ["p: new", "p: end"]);
  equal(box.firstElementChild === first, true);
});

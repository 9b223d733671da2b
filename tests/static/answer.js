import { empty, expanded, grow, textOf } from "../../arena/static/arena/answer.js";
import { equal, place, test } from "./cases.js";

/** The words of KaTeX and the labels of buttons come from the page. */
function answerBox() {
  return place(
    '<div data-copy="Copy" data-copied="Copied" data-katex="/arena/static/vendor/katex/katex.min.js"></div><div></div>',
  ).lastElementChild;
}

/** @returns {HTMLElement} */
function box() {
  return /** @type {HTMLElement} */ (answerBox());
}

test("HTML joins what the box has, and tags that are left open are closed", () => {
  const answer = box();
  grow(answer, { html: "<p>One <strong>two" });
  equal(answer.innerHTML, "<p>One <strong>two</strong></p>");
  grow(answer, { html: " three</strong> four" });
  equal(answer.innerHTML, "<p>One <strong>two three</strong> four</p>");
});

test("the end of what was there makes way", () => {
  const answer = box();
  grow(answer, { html: "<p>One *two" });
  grow(answer, { html: "<em>two</em> 😀", drop: 4 });
  grow(answer, { html: "!", drop: 2 });
  equal(answer.innerHTML, "<p>One <em>two</em> !</p>");
});

test("elements that have not changed stay, and so do words that go on", () => {
  const answer = box();
  grow(answer, { html: "<ol><li>one</li><li>tw" });
  const [first, second] = answer.querySelectorAll("li");
  const words = second.firstChild;
  grow(answer, { html: "o</li><li>three" });
  const after = answer.querySelectorAll("li");
  equal(answer.innerHTML, "<ol><li>one</li><li>two</li><li>three</li></ol>");
  equal([after[0] === first, after[1] === second, second.firstChild === words], [true, true, true]);
});

test("finished blocks are looked at no more", () => {
  const answer = box();
  grow(answer, { html: "<p>one</p>\n<p>tw", done: 11 });
  const first = answer.firstElementChild;
  grow(answer, { html: "<h3>two", drop: 5 });
  equal(answer.innerHTML, "<p>one</p>\n<h3>two</h3>");
  equal([answer.firstElementChild === first, textOf(answer)], [true, "one\ntwo"]);
});

test("code keeps its button while it grows", () => {
  const answer = box();
  grow(answer, { html: '<figure class="code"><pre><code>a' });
  const button = answer.querySelector("button");
  grow(answer, { html: "\nb</code></pre></figure>\n<p>c" });
  equal([answer.querySelectorAll("button").length, answer.querySelector("button") === button], [1, true]);
  equal(textOf(answer), "a\nb\nc");
});

test("a formula that is still open stays TeX, and one that is whole takes its place", () => {
  const answer = box();
  grow(answer, { html: '<p><code data-maths="open">x' });
  const before = answer.querySelector("code");
  grow(answer, { html: '<code data-maths="inline">x^2', drop: 25 });
  equal([answer.querySelector("code") === before, answer.textContent], [false, "x^2"]);
});

test("a page that comes again begins anew", () => {
  const answer = box();
  grow(answer, { html: "<p>one" });
  grow(answer, { html: "<p>one</p>\n<p>two", done: 11, whole: true });
  grow(answer, { html: "!" });
  equal(answer.innerHTML, "<p>one</p>\n<p>two!</p>");
});

test("the language of a whole answer becomes that of its box", () => {
  const answer = box();
  grow(answer, { html: "<p>하나", lang: "ko" });
  equal([answer.lang, answer.innerHTML], ["ko", "<p>하나</p>"]);
});

test("an answer that begins anew forgets what it had", () => {
  const answer = box();
  grow(answer, { html: "<p>old" });
  empty(answer);
  grow(answer, { html: "<p>new" });
  equal([answer.innerHTML, textOf(answer)], ["<p>new</p>", "new"]);
});

test("what was shortened is as it was", () => {
  equal(expanded("\u0091a\u0092 b\u0081o\u0022>"), '<strong>a</strong> b<span class="hl-o">');
});

test("a row of a table is said as one line", () => {
  const answer = box();
  grow(answer, { html: "<table><tbody>\n<tr>\n<td>a</td>\n<td>b</td>\n</tr>\n</tbody>" });
  equal(textOf(answer).trim(), "a b");
});

import { choiceOf, prepareVote } from "../../arena/static/arena/vote.js";
import { equal, place, press, test } from "./cases.js";

test("digits choose, and arrows choose the one beside", () => {
  equal(
    ["1", "2", "3", "4"].map((key) => choiceOf(key, 2)),
    [0, 1, 2, 3],
  );
  equal([choiceOf("ArrowLeft", 2), choiceOf("ArrowRight", 2)], [1, 3]);
});

test("where nothing is chosen, the arrows choose A and B", () => {
  equal([choiceOf("ArrowLeft", -1), choiceOf("ArrowRight", -1)], [0, 1]);
});

test("other keys choose nothing", () => {
  equal(
    ["0", "5", "12", "", "a", "Tab", "ArrowUp"].map((key) => choiceOf(key, 0) ?? "none"),
    Array(7).fill("none"),
  );
});

const CHOICES = ["A", "B", "Tie", "Bad"]
  .map((label) => `<button type="submit" name="choice" value="${label}" data-label="${label}">${label}</button>`)
  .join("");
const BAR = `<form data-vote data-armed-text="Your vote: [choice]."><p data-armed-line></p>
  <button type="button" data-undo hidden>Undo</button>${CHOICES}</form><pre tabindex="0">wide</pre><input>`;

/**
 * A bar on a page; `sent` fills with the votes that get through.
 * @param {{gets?: boolean, armedMs?: number}} [options] gets: whether they get through
 */
function bar({ gets = true, armedMs = 60_000 } = {}) {
  const page = place(BAR);
  const state = {
    page,
    /** @type {string[]} */
    sent: [],
    /** @type {() => void} */
    onPost: () => {},
    armed: () => [...page.querySelectorAll("[aria-pressed=true]")].map((choice) => choice.textContent).join(),
    says: () => page.querySelector("[data-armed-line]")?.textContent,
    /** @param {string} label */
    click: (label) => page.querySelector(`[value=${label}]`)?.dispatchEvent(new MouseEvent("click", { bubbles: true })),
    undo: () => page.querySelector("[data-undo]")?.dispatchEvent(new MouseEvent("click")),
  };
  /** @type {import("../../arena/static/arena/vote.js").Post} */
  const post = async (_form, choice) => {
    state.sent.push(choice.value);
    state.onPost();
    return gets;
  };
  prepareVote(page, post, { armedMs });
  page.addEventListener("submit", (event) => event.preventDefault());
  return state;
}

test("a key arms a choice, and the bar says which", () => {
  const vote = bar();
  equal(press(document.body, "3"), true);
  equal([vote.armed(), vote.says(), vote.sent], ["Tie", "Your vote: Tie.", []]);
  press(document.body, "ArrowRight");
  equal(vote.armed(), "Bad");
});

test("beyond the last choice an arrow changes nothing", () => {
  const vote = bar();
  press(document.body, "4");
  equal([press(document.body, "ArrowRight"), vote.armed()], [false, "Bad"]);
});

test("a key counts when its time is over, as a click does", async () => {
  const vote = bar({ armedMs: 0 });
  const posted = new Promise((resolve) => (vote.onPost = () => resolve(undefined)));
  press(document.body, "2");
  equal([vote.armed(), vote.sent], ["B", []]);
  await posted;
  equal(vote.sent, ["B"]);
});

test("who writes on, or asks for more, takes the choice back", () => {
  const vote = bar();
  vote.page.insertAdjacentHTML("beforeend", "<form id=more><input name=turn><textarea></textarea></form>");
  press(document.body, "2");
  vote.page.querySelector("textarea")?.dispatchEvent(new InputEvent("input", { bubbles: true }));
  equal(vote.armed(), "");
  press(document.body, "2");
  vote.page.querySelector("#more")?.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
  equal([vote.armed(), vote.sent], ["", []]);
});

test("Escape takes the choice back", () => {
  const vote = bar();
  press(document.body, "2");
  press(document.body, "Escape");
  equal([vote.armed(), vote.says()], ["", ""]);
});

test("Enter on a choice votes at once, and only once", () => {
  const vote = bar();
  press(document.body, "1");
  const focused = document.activeElement;
  equal(focused?.textContent, "A");
  if (focused) press(focused, "Enter");
  if (focused) press(focused, "Enter");
  equal(vote.sent, ["A"]);
});

test("a click counts when its time is over", async () => {
  const vote = bar({ armedMs: 0 });
  const posted = new Promise((resolve) => (vote.onPost = () => resolve(undefined)));
  vote.click("B");
  equal([vote.armed(), vote.sent], ["B", []]);
  await posted;
  equal(vote.sent, ["B"]);
});

test("a choice that is undone before its time is over never counts", async () => {
  const vote = bar({ armedMs: 0 });
  vote.click("B");
  vote.undo();
  press(document.body, "3");
  press(document.body, "Escape");
  equal(vote.armed(), "");
  await new Promise((resolve) => setTimeout(resolve, 0)); // later than their time, which was set before
  equal([vote.armed(), vote.sent], ["", []]);
});

test("of two clicks the second counts", async () => {
  const vote = bar({ armedMs: 0 });
  const posted = new Promise((resolve) => (vote.onPost = () => resolve(undefined)));
  vote.click("A");
  vote.click("B");
  await posted;
  equal(vote.sent, ["B"]);
});

test("a vote that did not get through can be given again", async () => {
  const vote = bar({ gets: false });
  press(document.body, "1");
  if (document.activeElement) press(document.activeElement, "Enter");
  await Promise.resolve();
  await Promise.resolve();
  equal([vote.armed(), vote.sent], ["", ["A"]]);
  press(document.body, "2");
  if (document.activeElement) press(document.activeElement, "Enter");
  equal(vote.sent, ["A", "B"]);
});

test("keys in a text, with Ctrl, or in half a syllable choose nothing", () => {
  const vote = bar();
  const field = vote.page.querySelector("input");
  equal(field && press(field, "1"), false);
  for (const how of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }, { isComposing: true }]) {
    equal(press(document.body, "1", how), false);
  }
  equal(vote.armed(), "");
});

test("in what the arrows scroll they scroll, and digits still choose", () => {
  const vote = bar();
  const wide = vote.page.querySelector("pre");
  equal([wide && press(wide, "ArrowRight"), vote.armed()], [false, ""]);
  equal([wide && press(wide, "2"), vote.armed()], [true, "B"]);
});

test("while the choices are disabled no key chooses", () => {
  const vote = bar();
  vote.page.querySelectorAll("button").forEach((button) => (button.disabled = true));
  equal([press(document.body, "1"), vote.armed()], [false, ""]);
});

test("when the bar is renewed only the newest hears a key", () => {
  const page = place(BAR);
  /** @type {string[]} */
  const heard = [];
  for (const name of ["old", "new"]) {
    page.innerHTML = BAR;
    prepareVote(page, async () => heard.push(name) > 0);
  }
  press(document.body, "1");
  if (document.activeElement) press(document.activeElement, "Enter");
  equal(heard, ["new"]);
});

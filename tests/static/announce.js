import { Announcer, sentencesOf } from "../../arena/static/arena/announce.js";
import { equal, place, test } from "./cases.js";

test("a sentence ends when the space behind its mark is there", () => {
  equal(sentencesOf("One. Two! Three"), [["One.", " Two!"], " Three"]);
  equal(sentencesOf("One."), [[], "One."]);
});

test("a point inside a number or a name ends nothing", () => {
  equal(sentencesOf("It is 3.14 on example.org and"), [[], "It is 3.14 on example.org and"]);
});

test("a closing quotation mark or bracket belongs to its sentence", () => {
  equal(sentencesOf('He said "no." Then (so it was.) he'), [['He said "no."', " Then (so it was.)"], " he"]);
});

test("Chinese and Japanese marks end a sentence without a space", () => {
  equal(sentencesOf("你好。好！半"), [["你好。", "好！"], "半"]);
});

test("a line is a sentence, for lists and headings", () => {
  equal(sentencesOf("# Tides\n- moon\n- su"), [["# Tides\n", "- moon\n"], "- su"]);
});

/** @returns {[Announcer, () => (string | null)[]]} */
function announcer() {
  const log = place("");
  return [new Announcer(log), () => [...log.children].map((line) => line.textContent)];
}

test("a sentence is said once it is whole, with its side", () => {
  const [said, lines] = announcer();
  said.hear("Model A", "The sea is ");
  equal(lines(), []);
  said.hear("Model A", "The sea is salty. It");
  equal(lines(), ["Model A: The sea is salty."]);
});

test("the sentences of two sides do not mix", () => {
  const [said, lines] = announcer();
  said.hear("Model A", "One ");
  said.hear("Model B", "Two. ");
  said.hear("Model A", "One half. ");
  equal(lines(), ["Model B: Two.", "Model A: One half."]);
});

test("at the end the rest is said, and how it ended", () => {
  const [said, lines] = announcer();
  said.hear("Model A", "Half a sent");
  said.end("Model A", "stopped");
  said.end("Model B", "failed");
  equal(lines(), ["Model A: Half a sent", "Model A: stopped", "Model B: failed"]);
});

test("a side that begins anew says nothing of what it had begun", () => {
  const [said, lines] = announcer();
  said.hear("Model A", "Lost ");
  said.forget("Model A");
  said.hear("Model A", "Found. ");
  equal(lines(), ["Model A: Found."]);
});

test("empty lines are not said, and the newest thirty lines are kept", () => {
  const [said, lines] = announcer();
  said.hear("A", Array.from({ length: 40 }, (_, i) => `${i + 1}\n\n`).join(""));
  equal([lines().length, lines()[0], lines()[29]], [30, "A: 11", "A: 40"]);
});

test("what was said is not said again when a mark before it turns out to be none", () => {
  const [said, lines] = announcer();
  said.hear("A", "It is 5. And ");
  said.hear("A", "It is 5. And so. ");
  equal(lines(), ["A: It is 5.", "A: And so."]);
});
